"""How far a task has come: its states, and which act leads from which to which. Said once; all that moves a task asks here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.dated import with_value_from
from app.domain.kinds import KINDS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.record import Record, Value

OPEN: Final = "open"
ASSIGNED: Final = "assigned"
REPORTED: Final = "reported"
VERIFIED: Final = "verified"
CLOSED: Final = "closed"
RETURNED: Final = "returned"
ASKED: Final = "unreachable_asked"
UNREACHABLE: Final = "unreachable"
STATES: Final = (OPEN, ASSIGNED, REPORTED, VERIFIED, CLOSED, RETURNED, ASKED, UNREACHABLE)
SETTLED: Final = (CLOSED, UNREACHABLE)  # nothing is to be done any more
OWNED: Final = (ASSIGNED, REPORTED, VERIFIED, RETURNED)  # some post has it
DATED: Final = ("state", "since", "owner", "due", "granted_by", "result", "note", "request")


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a task: from which states it may be done, and to which it leads. ``needs_why``: a reason in words."""

    name: str
    words: Text
    before: tuple[str, ...]
    after: str
    needs_why: bool = False


ACTS: Final[Mapping[str, Act]] = {
    act.name: act
    for act in (
        Act("assign", Text("派给岗位", "assign"), (OPEN, ASSIGNED, RETURNED), ASSIGNED),
        Act("report", Text("报", "report"), (ASSIGNED, RETURNED), REPORTED),
        Act("verify", Text("核过", "verify"), (REPORTED,), VERIFIED),
        Act("close", Text("结", "close"), (VERIFIED,), CLOSED),
        Act("return", Text("退回", "return"), (REPORTED, VERIFIED, ASKED), RETURNED, needs_why=True),
        Act("ask", Text("申请够不着", "ask"), (OPEN, ASSIGNED, RETURNED), ASKED, needs_why=True),
        Act("grant", Text("准许够不着", "grant"), (ASKED,), UNREACHABLE, needs_why=True),
    )
}
NEXT: Final[Mapping[str, str]] = {  # the act that a state waits for; "" = for somebody else, or for nothing
    OPEN: "assign",
    ASSIGNED: "report",
    REPORTED: "verify",
    VERIFIED: "close",
    CLOSED: "",
    RETURNED: "report",
    ASKED: "grant",
    UNREACHABLE: "",
}


def acts_from(state: str, *, is_gone: bool = False) -> tuple[Act, ...]:
    """Return what may be done with a task in a state; ``is_gone``: its subject is there no more, so that it may be closed."""
    found = tuple(act for act in ACTS.values() if state in act.before)
    if is_gone and state not in SETTLED and ACTS["close"] not in found:
        found = (*found, ACTS["close"])
    return found


def state_of(task: Record) -> str:
    """Return a task's latest state; one that nobody wrote follows from whether a post has it."""
    return task.text("state") or (ASSIGNED if task.text("owner") else OPEN)


def state_on(task: Record, day: date) -> str:
    """Return a task's state as of a day; "" before it was given."""
    since = task.on("since", day)
    if not task.is_in_force(day) or (since is not None and str(since) > day.isoformat()):
        return ""
    return str(task.on("state", day) or "") or (ASSIGNED if task.on("owner", day) else OPEN)


def is_overdue(task: Record, day: date) -> bool:
    """Whether a task's due day is past on a day and it is not settled, whoever holds it."""
    due = task.on("due", day)
    state = state_on(task, day)
    return bool(state) and state not in SETTLED and due is not None and str(due) < day.isoformat()


def stepped(task: Record, day: date, **values: Value) -> Record:
    """Return a task with other values from a day on; what stood before stays true of the days before."""
    changed = task
    for field, value in values.items():
        if changed.get(field) == value:
            continue
        if field in DATED:
            changed = with_value_from(changed, field, value, day)
        else:
            changed = changed.with_values(**{field: value})
    return changed if changed is task else changed._replace(version=task.version + 1)


def completed(task: Record, before: Record | None, day: date) -> Record:
    """Return a task as it is kept: with its state and the day on which that began, its steps on their days.

    ``day`` is the day where none is said. Who has minded the days already (other past values) is left alone. The note of
    the step before doesn't stand for a step that says none.
    """
    state = state_of(task)
    if before is None:
        return task.with_values(state=state, since=task.get("since") or day)
    if task.past != before.past or state == state_of(before):
        return task
    since = task.get("since")
    last = before.get("since")
    first = since if isinstance(since, date) and since != last else day
    if isinstance(last, date) and since == last:
        first = max(first, last)  # no step is before the one before it
    said = {
        field.name: task.get(field.name)
        for field in KINDS["tasks"].fields
        if task.get(field.name) != before.get(field.name)
    }
    moved = stepped(before, first, **{"note": None, **said, "state": state, "since": first})
    return task._replace(values=moved.values, past=moved.past)
