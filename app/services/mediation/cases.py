"""Disputes under mediation: opened, moved from state to state, handed one level up, closed; each on its day.

A case holds where it arose, a level, a category and a state. It has no field for parties or for text.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, today
from app.domain.record import make_record
from app.domain.values import is_empty, read_field
from app.errors import InvalidInput
from app.services.edit.stepwise import check_day, closed, refused, stepped
from app.services.edit.typed_values import read_values
from app.services.registry.lookup import record_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.services.registry.registry import Registry

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
_DATED: Final = ("state", "level")  # what a step changes
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
            raise refused(
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

    Raises InvalidInput for a closed case, a day before its latest step, a state that there isn't, or none where
    a state of the city's own has no next one.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        case = _open_case(dataset, code)
        now = case.text("state")
        if is_empty(state) and now not in NEXT:
            words = _words(registry.profile, "case_state", now)
            raise refused(
                Text(
                    f"“{words.zh}”之后是什么，没有规定。写下一个状态。",
                    f"Nothing says what comes after '{words.en}'. Give the next state.",
                ),
                case.code,
                "state",
            )
        wanted = _state(registry.profile, case, NEXT[now] if is_empty(state) else str(state))
        if wanted == CLOSED:
            return [_closed(case, day)]
        if wanted == ESCALATED:
            return [_escalated(registry.profile, case, day)]
        if wanted == OPENED and now != OPENED:
            raise refused(
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
    for field in _DATED:
        days |= {last + ONE_DAY for last, _ in case.past.get(field, ())}
    closed = case.get("closed")
    if isinstance(closed, date):
        days.add(closed)
    return [(day, level_on(case, day), state_on(case, day)) for day in sorted(days) if is_counted(case, day)]


def _open_case(dataset: Dataset, code: str) -> Record:
    record = record_of(dataset, code, "cases")
    if record.text("state") == CLOSED or record.get("closed") is not None:
        raise refused(
            Text(
                f"{record.code} 已于 {record.get('closed') or '…'} 办结，不能再动。另开一件。",
                f"{record.code} was closed on {record.get('closed') or '…'} and can't be moved. Open another.",
            ),
            record.code,
            "state",
        )
    return record


def _stepped(case: Record, day: date, **values: str) -> Put:
    check_day(case, day, _DATED)
    return stepped(case, day, **values)


def _closed(case: Record, day: date) -> Put:
    check_day(case, day, _DATED)
    return closed(case, day, CLOSED)


def _escalated(profile: Profile, case: Record, day: date) -> Put:
    level = case.text("level")
    above = level_above(profile, level)
    if above is None:
        words = _words(profile, "case_level", level)
        raise refused(
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
        raise refused(error.message, case.code, "state", written) from error


def _words(profile: Profile, choices: str, value: str) -> Text:
    return profile.choices[choices].get(value, Text(value, value))
