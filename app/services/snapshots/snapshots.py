"""Tables that are kept as they were published: kept, listed, named, taken away, each as a change that can be undone."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from app.coverage.change.published import published
from app.coverage.measures import parse_measure
from app.coverage.results import Query
from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put, Remove
from app.domain.period import today
from app.domain.record import make_record
from app.domain.values import read_text
from app.domain.vocabulary import LEVELS
from app.errors import InvalidInput, Problem
from app.services.snapshots.packing import figures_text, published_from, states_text
from app.services.snapshots.stamp import Stamp, stamp_of
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.change.published import Published
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

KIND: Final = "snapshots"
_NO_NAME: Final = Text("给这张表起个名字。", "Give the table a name.")


@dataclass(frozen=True)
class Snapshot:
    """One kept table."""

    record: Record

    @property
    def code(self) -> str:
        """By which it is asked for."""
        return self.record.code

    @property
    def name(self) -> str:
        """What it is called."""
        return self.record.text("name")

    @property
    def kept_on(self) -> date | None:
        """The day on which it was kept."""
        return self.record.valid_from

    @cached_property
    def query(self) -> Query:
        """What was asked; its day is that of the table."""
        record = self.record
        return Query(
            measure=record.text("measure"),
            by=record.text("by"),
            as_of=_day(record.get("as_of")),
            weight=record.text("weight"),
            count=record.text("count"),
            kind=record.text("kind") or None,
        )

    @cached_property
    def stamp(self) -> Stamp:
        """What it was counted from."""
        return Stamp(**json.loads(self.record.text("stamp")))

    @cached_property
    def published(self) -> Published:
        """Its figures as they were printed, and what each subject was."""
        return published_from(self.query, self.record.text("figures"), self.record.text("states"))

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return what it is, without its figures."""
        query = self.query
        return {
            "id": self.code,
            "name": self.name,
            "measure": query.measure,
            "by": query.by,
            "weight": query.weight,
            "count": query.count,
            "kind": query.kind,
            "as_of": query.as_of.isoformat(),
            "kept_on": None if self.kept_on is None else self.kept_on.isoformat(),
            "kept_by": self.record.text("by_whom"),
            "profile": self.stamp.profile,
            "stamp": self.stamp.as_json(lang),
        }


def usual_name(registry: Registry, query: Query) -> Text:
    """Return what a table is called where nobody says otherwise: measure, unit, day."""
    words, level = parse_measure(registry.profile, query.measure).words, LEVELS.get(query.by)
    by = Text(query.by, query.by) if level is None else level
    return Text(f"{words.zh}·按{by.zh}·{query.as_of}", f"{words.en} by {by.en}, {query.as_of}")


def keep(
    registry: Registry,
    query: Query,
    *,
    name: str | None = None,
    why: str | None = None,
    lang: str = "zh",
    ticket: Ticket | None = None,
) -> tuple[Changes, Snapshot]:
    """Keep the table that ``query`` asks for as it is counted now, as one change.

    The record is decided on the data that are written to: a table is never kept with the stamp of others. Raises
    InvalidInput as ``CoverageEngine.coverage`` does, or for a name that is empty or holds a personal number.
    """
    called = _named(usual_name(registry, query).in_(lang) if name is None else name)
    row_id = str(uuid.uuid4())

    def build(dataset: Dataset) -> list[Edit]:
        engine = (
            registry.engine if registry.engine.dataset is dataset else registry.engine.with_dataset(dataset)
        )
        then = published(engine, query, ticket)
        asked = then.query
        return [
            Put(
                make_record(
                    KIND,
                    row_id,
                    CodeMaker(dataset).make(KIND),
                    valid_from=today(),
                    name=called,
                    measure=asked.measure,
                    by=asked.by,
                    weight=asked.weight,
                    count=asked.count,
                    kind=asked.kind,
                    as_of=asked.as_of,
                    stamp=json.dumps(stamp_of(registry, engine)._asdict(), separators=(",", ":")),
                    figures=figures_text(then),
                    states=states_text(then),
                    by_whom=registry.by,
                )
            )
        ]

    changes = registry.write(build, verb="snapshot", why=why)
    return changes, snapshot_called(registry, changes.codes[0])


def snapshots(registry: Registry) -> list[Snapshot]:
    """Return the tables that are kept, by code."""
    rows = registry.dataset.of(KIND).values()
    return [Snapshot(row) for row in sorted(rows, key=lambda row: row.code)]


def snapshot_called(registry: Registry, code: str) -> Snapshot:
    """Return the kept table with a code; raise InvalidInput, naming those there are, where there is none."""
    found = registry.dataset.of(KIND).get(code.strip())
    if found is not None:
        return Snapshot(found)
    known = [f"{one.code} {one.name}" for one in snapshots(registry)]
    message = Text(
        f"没有存过的表 {code}。" + (f"有：{'；'.join(known)}。" if known else "先用 snapshot 存一张。"),
        f"There is no kept table {code}. "
        + (f"There are: {'; '.join(known)}." if known else "Keep one with snapshot first."),
    )
    raise InvalidInput(message, (Problem(message=message, column="snapshot", value=code),))


def rename(registry: Registry, code: str, name: str, *, why: str | None = None) -> Changes:
    """Call a kept table something else, as one change; its figures and stamp stay."""
    called = _named(name)

    def build(_dataset: Dataset) -> list[Edit]:
        old = snapshot_called(registry, code).record
        return [Put(old.with_values(name=called)._replace(version=old.version + 1), old)]

    return registry.write(build, verb="set", why=why)


def take_away(registry: Registry, code: str, *, why: str) -> Changes:
    """Take a kept table away, as one change that can be taken back; raises InvalidInput if ``why`` is empty."""
    if not why.strip():
        message = Text("要写为什么（--why）。", "Say why (--why).")
        raise InvalidInput(message, (Problem(message=message, column="why"),))

    def build(_dataset: Dataset) -> list[Edit]:
        return [Remove(snapshot_called(registry, code).record)]

    return registry.write(build, verb="remove", why=why.strip())


def _named(name: str) -> str:
    try:
        called = read_text(name)
    except InvalidInput as error:
        raise InvalidInput(error.message, (Problem(message=error.message, column="name"),)) from error
    if not called:
        raise InvalidInput(_NO_NAME, (Problem(message=_NO_NAME, column="name"),))
    return called


def _day(value: object) -> date:
    assert isinstance(value, date)  # noqa: S101  # a required day
    return value
