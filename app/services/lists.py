"""Feedback by three lists: needs, resources and projects; which resource or project answers which need, and when.

An entry's text says what is needed or offered, never by whom: it is screened like every text of the registry.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.domain.code_maker import CodeMaker
from app.domain.dated import with_value_from
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, today
from app.domain.record import make_record
from app.errors import InvalidInput, Problem
from app.services.lookup import find_record, no_such
from app.services.typed_values import read_values
from app.services.unit_counts import count_by_unit
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.registry import Registry
    from app.services.unit_counts import CountRow, Key, UnitCounts

NEEDS: Final = "needs"
NOTED: Final = "noted"
MATCHED: Final = "matched"
DONE: Final = "done"


def note_entry(registry: Registry, values: Mapping[str, object], *, why: str | None = None) -> Changes:
    """Put an entry on a list of a compound or community, noted on ``opened`` (default today)."""

    def build(dataset: Dataset) -> list[Edit]:
        read = read_values(dataset, registry.profile, KINDS["entries"], values)
        read.setdefault("opened", today())
        read.setdefault("state", NOTED)
        if read["state"] != NOTED or read.get("answers") or read.get("closed"):
            raise _refused(
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

    Raises InvalidInput where the one is a need, the other is none, either is done, or the day is before either.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        entry, wanted = _entry(dataset, code), _entry(dataset, need)
        if entry.text("list") == NEEDS:
            raise _refused(
                Text(
                    f"{entry.code} 是需求；回应需求的是资源或项目。",
                    f"{entry.code} is a need; a resource or a project answers one.",
                ),
                entry.code,
                "list",
            )
        if wanted.text("list") != NEEDS:
            raise _refused(
                Text(f"{wanted.code} 不是需求。", f"{wanted.code} is no need."), wanted.code, "answers"
            )
        for record in (entry, wanted):
            _not_before(record, day)
            if record.text("state") == DONE:
                raise _refused(
                    Text(
                        f"{record.code} 已于 {record.get('closed') or '…'} 办结，不能再对接。",
                        f"{record.code} was done on {record.get('closed') or '…'}; it can't be matched.",
                    ),
                    record.code,
                    "state",
                )
        return [_put(entry, day, answers=wanted.code, state=MATCHED), _put(wanted, day, state=MATCHED)]

    return registry.write(build, verb="match", why=why)


def finish_entry(registry: Registry, code: str, *, on: date | None = None, why: str | None = None) -> Changes:
    """Say that an entry is done as of a day; a need is done with the last of what answers it."""
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        entry = _entry(dataset, code)
        _not_before(entry, day)
        if entry.text("state") == DONE:
            raise _refused(
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
                _not_before(need, day)
                finished.append(need)
        return [_finished(record, day) for record in finished]

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

    return count_by_unit(engine, "entries", by, day, key_of)


def lists_json(counts: UnitCounts) -> dict[str, Any]:
    """Return the counts as JSON, rows by code."""
    return {
        "by": counts.by,
        "as_of": counts.as_of.isoformat(),
        "rows": [_row_json(row) for row in counts.rows],
        "unplaced": _row_json(counts.unplaced),
        "total": _row_json(counts.total),
    }


def _row_json(row: CountRow) -> dict[str, Any]:
    return {
        "unit": row.unit or None,
        "name": row.name or None,
        "total": row.total,
        "counts": [
            {"list": list_, "state": state, "count": count}
            for (list_, state), count in sorted(row.counts.items())
        ],
    }


def _entry(dataset: Dataset, code: str) -> Record:
    record = find_record(dataset, code)
    if record is None:
        raise no_such(code)
    if record.kind != "entries":
        words = KINDS[record.kind].words
        raise _refused(
            Text(
                f"{record.code} 是{words.zh}，不是清单条目。",
                f"{record.code} is one of {words.en}, no list entry.",
            ),
            record.code,
        )
    return record


def _not_before(entry: Record, day: date) -> None:
    days = [last + ONE_DAY for field in ("state", "answers") for last, _ in entry.past.get(field, ())]
    opened = entry.get("opened")
    latest = max([*days, *([opened] if isinstance(opened, date) else [])], default=day)
    if day < latest:
        raise _refused(
            Text(
                f"{day} 早于 {entry.code} 的上一步（{latest}）。写 {latest} 或以后的一天。",
                f"{day} is before the latest step of {entry.code} ({latest}). Give that day or a later one.",
            ),
            entry.code,
            "on",
            str(day),
        )


def _finished(entry: Record, day: date) -> Put:
    put = _put(entry, day, state=DONE)
    return Put(put.record.with_values(closed=day), entry)


def _put(entry: Record, day: date, **values: str) -> Put:
    changed = entry
    for field, value in values.items():
        if entry.get(field) != value:
            changed = with_value_from(changed, field, value, day)
    return Put(changed._replace(version=entry.version + 1), entry)


def _refused(message: Text, code: str, column: str | None = None, value: str | None = None) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, code=code or None, column=column, value=value),))
