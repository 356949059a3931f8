"""Feedback by three lists: needs, resources and projects; which resource or project answers which need, and when.

An entry's text says what is needed or offered, never by whom: it is screened like every text of the registry.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.record import make_record
from app.services.count.unit_counts import count_by_unit
from app.services.edit.stepwise import check_day, closed, refused, stepped
from app.services.edit.typed_values import read_values
from app.services.registry.lookup import record_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.count.unit_counts import Key, UnitCounts
    from app.services.registry.registry import Registry

NEEDS: Final = "needs"
NOTED: Final = "noted"
MATCHED: Final = "matched"
DONE: Final = "done"
_DATED: Final = ("state", "answers")  # what a step changes


def note_entry(registry: Registry, values: Mapping[str, object], *, why: str | None = None) -> Changes:
    """Put an entry on a list of a compound or community, noted on ``opened`` (default today)."""

    def build(dataset: Dataset) -> list[Edit]:
        read = read_values(dataset, registry.profile, KINDS["entries"], values)
        read.setdefault("opened", today())
        read.setdefault("state", NOTED)
        if read["state"] != NOTED or read.get("answers") or read.get("closed"):
            raise refused(
                Text(
                    "新条目先登记，再对接、办结：不要写 state、answers、closed。",
                    "A new entry is noted first, then matched and done: leave out state, answers and closed.",
                ),
                str(read.get("code") or ""),
                "state",
            )
        code = str(read.pop("code", None) or CodeMaker(dataset).make("entries"))
        return [Put(make_record("entries", str(uuid.uuid4()), code, **read))]

    return registry.write(build, verb="note", why=why)


def match_entry(
    registry: Registry, code: str, need: str, *, on: date | None = None, why: str | None = None
) -> Changes:
    """Let a resource or project answer a need as of a day (default today): both are matched then, as one change.

    One that answered another need leaves it; a need that nothing answers any more is noted again.
    Raises InvalidInput where the one is a need, the other is none, either is done, or the day is before either.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        entry, wanted = record_of(dataset, code, "entries"), record_of(dataset, need, "entries")
        if entry.text("list") == NEEDS:
            raise refused(
                Text(
                    f"{entry.code} 是需求；回应需求的是资源或项目。",
                    f"{entry.code} is a need; a resource or a project answers one.",
                ),
                entry.code,
                "list",
            )
        if wanted.text("list") != NEEDS:
            raise refused(
                Text(f"{wanted.code} 不是需求。", f"{wanted.code} is no need."), wanted.code, "answers"
            )
        for record in (entry, wanted):
            check_day(record, day, _DATED)
            if record.text("state") == DONE:
                raise refused(
                    Text(
                        f"{record.code} 已于 {record.get('closed') or '…'} 办结，不能再对接。",
                        f"{record.code} was done on {record.get('closed') or '…'}; it can't be matched.",
                    ),
                    record.code,
                    "state",
                )
        return [
            stepped(entry, day, answers=wanted.code, state=MATCHED),
            stepped(wanted, day, state=MATCHED),
            *_left_alone(dataset, entry, wanted, day),
        ]

    return registry.write(build, verb="match", why=why)


def _left_alone(dataset: Dataset, entry: Record, wanted: Record, day: date) -> list[Edit]:
    """Return the edit that has the need answered so far noted again, where nothing else answers it."""
    left = dataset.of("entries").get(entry.text("answers"))
    if left is None or left.code == wanted.code or left.text("state") != MATCHED:
        return []
    if any(other.code != entry.code for other in dataset.children("entries", "answers", left.code)):
        return []
    check_day(left, day, _DATED)
    return [stepped(left, day, state=NOTED)]


def finish_entry(registry: Registry, code: str, *, on: date | None = None, why: str | None = None) -> Changes:
    """Say that an entry is done as of a day; a need is done with the last of what answers it."""
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        entry = record_of(dataset, code, "entries")
        check_day(entry, day, _DATED)
        if entry.text("state") == DONE:
            raise refused(
                Text(
                    f"{entry.code} 已于 {entry.get('closed') or '…'} 办结。",
                    f"{entry.code} was done on {entry.get('closed') or '…'} already.",
                ),
                entry.code,
                "state",
            )
        finished = [entry]
        need = dataset.of("entries").get(entry.text("answers"))
        if need is not None and need.text("state") != DONE:
            others = [
                other
                for other in dataset.children("entries", "answers", need.code)
                if other.code != entry.code and other.text("state") != DONE
            ]
            if not others:
                check_day(need, day, _DATED)
                finished.append(need)
        return [closed(record, day, DONE) for record in finished]

    return registry.write(build, verb="done", why=why)


def state_of_entry(entry: Record, day: date) -> str:
    """Return an entry's state as of a day; "" before it was noted."""
    opened = entry.get("opened")
    if not entry.is_in_force(day) or not isinstance(opened, date) or day < opened:
        return ""
    closed = entry.get("closed")
    if isinstance(closed, date) and closed <= day:
        return DONE
    state = str(entry.on("state", day) or "")
    if state == DONE and isinstance(closed, date) and day < closed:
        return NOTED  # typed in as done, nothing recorded of its way there
    return state


def answers_on(entry: Record, day: date) -> str:
    """Return the need that an entry answers on a day, "" where it answers none yet."""
    return str(entry.on("answers", day) or "") if state_of_entry(entry, day) else ""


def list_counts(engine: CoverageEngine, by: str, day: date) -> UnitCounts:
    """Count the entries noted by ``day``: their key is list and state. Raises InvalidInput for no such level."""

    def key_of(entry: Record) -> Key | None:
        state = state_of_entry(entry, day)
        return (str(entry.on("list", day) or ""), state) if state else None

    return count_by_unit(engine, "entries", by, day, key_of, parts=("list", "state"))
