"""Disputes under mediation: opened, moved from state to state, handed one level up, closed; each on its day.

A case holds where it arose, a level, a category and a state. It has no field for parties or for text.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.code_maker import CodeMaker
from app.domain.dated import with_value_from
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, today
from app.domain.record import make_record
from app.domain.values import is_empty, read_field
from app.errors import InvalidInput, Problem
from app.services.lookup import find_record, no_such
from app.services.typed_values import read_values
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile import Profile
    from app.domain.record import Record
    from app.services.registry import Registry

OPENED: Final = "opened"
ESCALATED: Final = "escalated"
CLOSED: Final = "closed"
NEXT: Final[Mapping[str, str]] = {
    OPENED: "accepted",
    "accepted": "negotiated",
    "negotiated": "answered",
    "answered": CLOSED,
    ESCALATED: "accepted",  # the level above begins
}
_RUNGS: Final[Mapping[str, int]] = {  # how high a level stands; a city may have levels of its own among these
    "building": 0,
    "compound": 0,
    "grid": 0,
    "community": 1,
    "street": 2,
    "district": 3,
}


def open_case(registry: Registry, values: Mapping[str, object], *, why: str | None = None) -> Changes:
    """Open a case of a compound or a community: ``compound`` or ``community``, ``level``, ``category``, ``opened``.

    The state is opened, the day today and the level the compound's (or community's) own unless given.
    """

    def build(dataset: Dataset) -> list[Edit]:
        read = read_values(dataset, registry.profile, KINDS["cases"], values)
        read.setdefault("opened", today())
        read.setdefault("state", OPENED)
        read.setdefault("level", "community" if read.get("compound") is None else "compound")
        if read["state"] == CLOSED or read.get("closed") is not None:
            raise _refused(
                Text(
                    "登记时还没有办结；先登记，再办结。", "A new case is not closed: open it, then close it."
                ),
                str(read.get("code") or ""),
                "state",
            )
        code = str(read.pop("code", None) or CodeMaker(dataset).make("cases"))
        return [Put(make_record("cases", str(uuid.uuid4()), code, **read))]

    return registry.write(build, verb="open", why=why)


def move_case(
    registry: Registry,
    code: str,
    state: str | None = None,
    *,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Move a case to a state (default: the next one) as of a day (default today).

    Raises InvalidInput for a closed case, a day before its latest step, or a state that there isn't.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        case = _open_case(dataset, code)
        now = case.text("state")
        wanted = _state(registry.profile, case, NEXT.get(now, now) if is_empty(state) else str(state))
        if wanted == CLOSED:
            return [_closed(case, day)]
        if wanted == ESCALATED:
            return [_escalated(registry.profile, case, day)]
        if wanted == OPENED and now != OPENED:
            raise _refused(
                Text(
                    f"{case.code} 已经{_words(registry.profile, 'case_state', now).zh}，回不到受理。",
                    f"{case.code} is {_words(registry.profile, 'case_state', now).en}; it can't be opened again.",
                ),
                case.code,
                "state",
                wanted,
            )
        return [_stepped(case, day, state=wanted)]

    return registry.write(build, verb="move", why=why)


def escalate_case(
    registry: Registry, code: str, *, on: date | None = None, why: str | None = None
) -> Changes:
    """Hand a case one level up as of a day: compound or grid → community → street.

    Raises InvalidInput where there is no level above, or for what ``move_case`` refuses.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        return [_escalated(registry.profile, _open_case(dataset, code), day)]

    return registry.write(build, verb="escalate", why=why)


def close_case(registry: Registry, code: str, *, on: date | None = None, why: str | None = None) -> Changes:
    """Close a case as of a day; from then on it can't be moved."""
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        return [_closed(_open_case(dataset, code), day)]

    return registry.write(build, verb="close", why=why)


def level_above(profile: Profile, level: str) -> str | None:
    """Return the next level that the profile declares above one; None above the highest."""
    own = _RUNGS.get(level)
    if own is None:
        return None
    above = [
        (rung, name) for name, rung in _RUNGS.items() if rung > own and name in profile.choices["case_level"]
    ]
    return min(above)[1] if above else None


def levels_in_order(profile: Profile) -> list[str]:
    """Return the levels that the profile declares, the lowest first; one of the city's own that has no rung last."""
    declared = list(profile.choices["case_level"])
    return sorted(declared, key=lambda level: (_RUNGS.get(level, len(_RUNGS)), declared.index(level)))


def is_counted(case: Record, day: date) -> bool:
    """Whether a case had been opened by a day, and its record is in force."""
    opened = case.get("opened")
    return case.is_in_force(day) and isinstance(opened, date) and opened <= day


def state_on(case: Record, day: date) -> str:
    """Return a case's state as of a day; "" before it was opened."""
    if not is_counted(case, day):
        return ""
    closed = case.get("closed")
    if isinstance(closed, date) and closed <= day:
        return CLOSED
    state = str(case.on("state", day) or "")
    if state == CLOSED and isinstance(closed, date) and day < closed:
        return OPENED  # typed in as closed, nothing recorded of its way there
    return state


def level_on(case: Record, day: date) -> str:
    """Return the level that a case stood at on a day; "" before it was opened."""
    return str(case.on("level", day) or "") if is_counted(case, day) else ""


def steps_of(case: Record) -> list[tuple[date, str, str]]:
    """Return the days on which a case changed, with the level and state from then on; the opening first."""
    opened = case.get("opened")
    days = {opened} if isinstance(opened, date) else set()
    for field in ("state", "level"):
        days |= {last + ONE_DAY for last, _ in case.past.get(field, ())}
    closed = case.get("closed")
    if isinstance(closed, date):
        days.add(closed)
    return [(day, level_on(case, day), state_on(case, day)) for day in sorted(days) if is_counted(case, day)]


def _open_case(dataset: Dataset, code: str) -> Record:
    record = find_record(dataset, code)
    if record is None:
        raise no_such(code)
    if record.kind != "cases":
        words = KINDS[record.kind].words
        raise _refused(
            Text(f"{record.code} 是{words.zh}，不是纠纷。", f"{record.code} is one of {words.en}, no case."),
            record.code,
        )
    if record.text("state") == CLOSED or record.get("closed") is not None:
        raise _refused(
            Text(
                f"{record.code} 已于 {record.get('closed') or '…'} 办结，不能再动。另开一件。",
                f"{record.code} was closed on {record.get('closed') or '…'} and can't be moved. Open another.",
            ),
            record.code,
            "state",
        )
    return record


def _stepped(case: Record, day: date, **values: str) -> Put:
    latest = max((step[0] for step in steps_of(case)), default=case.get("opened"))
    if isinstance(latest, date) and day < latest:
        raise _refused(
            Text(
                f"{day} 早于 {case.code} 的上一步（{latest}）。写 {latest} 或以后的一天。",
                f"{day} is before the latest step of {case.code} ({latest}). Give that day or a later one.",
            ),
            case.code,
            "on",
            str(day),
        )
    changed = case
    for field, value in values.items():
        if case.get(field) != value:
            changed = with_value_from(changed, field, value, day)
    return Put(changed._replace(version=case.version + 1), case)


def _closed(case: Record, day: date) -> Put:
    put = _stepped(case, day, state=CLOSED)
    return Put(put.record.with_values(closed=day), case)


def _escalated(profile: Profile, case: Record, day: date) -> Put:
    level = case.text("level")
    above = level_above(profile, level)
    if above is None:
        words = _words(profile, "case_level", level)
        raise _refused(
            Text(
                f"{case.code} 在{words.zh}层级，上面没有可上交的层级。",
                f"{case.code} stands at level {words.en}; there is none above it.",
            ),
            case.code,
            "level",
            level,
        )
    return _stepped(case, day, level=above, state=ESCALATED)


def _state(profile: Profile, case: Record, written: str) -> str:
    try:
        return str(read_field(KINDS["cases"].by_name["state"], written, profile))
    except InvalidInput as error:
        raise _refused(error.message, case.code, "state", written) from error


def _words(profile: Profile, choices: str, value: str) -> Text:
    return profile.choices[choices].get(value, Text(value, value))


def _refused(message: Text, code: str, column: str | None = None, value: str | None = None) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, code=code or None, column=column, value=value),))
