"""Tasks as they stand on a day: which there are, what each waits for, which are overdue, and how many, by street and post."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS, LEVELS, FieldType
from app.domain.period import today
from app.domain.tasks import (
    ASKED,
    CLOSED,
    NEXT,
    SETTLED,
    STATES,
    UNREACHABLE,
    acts_from,
    is_overdue,
    state_on,
)
from app.domain.values import read_field
from app.errors import InvalidInput, Problem
from app.services.registry.lookup import find_record
from app.services.tasks.acts import is_gone
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.coverage.engine import CoverageEngine
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.domain.tasks import Act
    from app.services.registry.registry import Registry

_LEFT_OUT: Final = "left_out"
_DAYS: Final = ("due", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task on a day. ``days_over``: how many days its due day is past, 0 where it is not overdue.

    ``next``: the act that it waits for, "" for none; ``status``: what its measure says of its subject on the day, "" without
    a measure; ``excluded``: its subject is not in the base of its measure, or not there any more; ``units``: by level.
    """

    code: str
    subject: str
    why: str
    measure: str | None
    finding: str | None
    owner: str | None
    due: date | None
    state: str
    since: date | None
    overdue: bool
    days_over: int
    granted_by: str | None
    request: str | None
    result: str | None
    note: str | None
    next: str
    status: str
    reason: str
    excluded: bool
    is_gone: bool
    units: dict[str, str]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state in SETTLED

    @property
    def acts(self) -> tuple[Act, ...]:
        """What may be done with it."""
        return acts_from(self.state, is_gone=self.is_gone)

    @property
    def is_met(self) -> bool:
        """Whether the registry holds already what the task is to bring."""
        return self.status == "covered"

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the task as reference 9 prints it; ``request`` is null unless it was asked to count as out of reach."""
        asked = self.state in (ASKED, UNREACHABLE)
        return {
            "code": self.code,
            "subject": self.subject,
            "why": self.why,
            "measure": self.measure,
            "owner": self.owner,
            "due": None if self.due is None else self.due.isoformat(),
            "state": self.state,
            "since": None if self.since is None else self.since.isoformat(),
            "overdue": self.overdue,
            "request": {"why": self.request, "granted_by": self.granted_by} if asked else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """Tasks on a day, by code."""

    as_of: date
    tasks: tuple[Task, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the list as reference 9 prints it."""
        return {"count": len(self.tasks), "tasks": [task.as_json(lang) for task in self.tasks]}

    @property
    def states(self) -> dict[str, int]:
        """How many there are in each state; they add up to all."""
        found = Counter(task.state for task in self.tasks)
        return {state: found[state] for state in STATES}

    @property
    def unsettled(self) -> int:
        """How many still wait for something."""
        return sum(not task.is_settled for task in self.tasks)

    @property
    def overdue(self) -> tuple[Task, ...]:
        """Those whose due day is past, the longest first."""
        return tuple(sorted((t for t in self.tasks if t.overdue), key=lambda t: (-t.days_over, t.code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The tasks of one unit or post, in parts that add up: ``unsettled + closed + unreachable + excluded = total``.

    ``unreachable``: granted; ``excluded``: not settled, and the subject is out of the base of its measure. Neither is
    ever counted as done, and no coverage figure reads any of them. ``overdue``: of the unsettled.
    """

    key: str
    unsettled: int
    closed: int
    unreachable: int
    excluded: int
    overdue: int
    codes: tuple[str, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return self.unsettled + self.closed + self.unreachable + self.excluded

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the numbers by name."""
        return {
            "key": self.key or None,
            "unsettled": self.unsettled,
            "closed": self.closed,
            "unreachable": self.unreachable,
            "excluded": self.excluded,
            "overdue": self.overdue,
            "total": self.total,
        }


def tasks_of(
    registry: Registry,
    *,
    day: date | None = None,
    where: Sequence[str] = (),
    overdue: bool = False,
    codes: Iterable[str] | None = None,
) -> TaskList:
    """Return the tasks that there are on a day (default today) and that fit every ``FIELD=VALUE``.

    Fields are those of the kind, its code, and the units that the subject lies in; an empty value is what nobody said.
    ``overdue``: those alone whose due day is past. Raises InvalidInput for a field or a value that there isn't.
    """
    asked = day or today()
    engine = registry.engine
    wanted = [_condition(registry, text) for text in where]
    only = None if codes is None else set(codes)
    found = []
    for task in _told(engine, asked, only):
        if overdue and not task.overdue:
            continue
        if all(_value(task, name) == value for name, value in wanted):
            found.append(task)
    return TaskList(as_of=asked, tasks=tuple(found))


def tally(tasks: Iterable[Task], by: str) -> list[Tally]:
    """Count tasks by ``owner`` or by a level of units, by key; those of no post or no unit stand under ""."""
    parts: dict[str, list[Task]] = {}
    for task in tasks:
        key = (task.owner or "") if by == "owner" else task.units.get(by, "")
        parts.setdefault(key, []).append(task)
    return [_tally(key, parts[key]) for key in sorted(parts, key=lambda key: (not key, key))]


def posts_of(registry: Registry) -> list[str]:
    """Return the posts that have or had a task, those with most first: what is offered when one is to be named."""
    found: Counter[str] = Counter()
    for task in registry.dataset.of("tasks").values():
        held = {str(value) for _, value in task.past.get("owner", ()) if value}
        found.update({*held, *({task.text("owner")} if task.text("owner") else ())})
    return [post for post, _ in sorted(found.items(), key=lambda one: (-one[1], one[0]))]


def _tally(key: str, tasks: Sequence[Task]) -> Tally:
    states = Counter(_part(task) for task in tasks)
    return Tally(
        key=key,
        unsettled=states["unsettled"],
        closed=states[CLOSED],
        unreachable=states[UNREACHABLE],
        excluded=states["excluded"],
        overdue=sum(task.overdue for task in tasks if _part(task) == "unsettled"),
        codes=tuple(task.code for task in tasks),
    )


def _part(task: Task) -> str:
    if task.is_settled:
        return task.state
    return "excluded" if task.excluded else "unsettled"


def _told(engine: CoverageEngine, day: date, only: set[str] | None) -> list[Task]:
    dataset, profile = engine.dataset, engine.profile
    units: dict[str, dict[str, str]] = {}
    found = []
    for code, record in sorted(dataset.of("tasks").items()):
        state = state_on(record, day)
        if not state or (only is not None and code not in only):
            continue
        subject = str(record.on("subject", day) or "")
        if subject not in units:
            units[subject] = _units(engine, subject, day)
        found.append(_task(engine, profile, record, state, units[subject], day))
    return found


def _task(
    engine: CoverageEngine, profile: Profile, record: Record, state: str, units: dict[str, str], day: date
) -> Task:
    subject = str(record.on("subject", day) or "")
    measure = record.text("measure")
    status, reason = _status(engine, profile, measure, subject, day) if measure else ("", "")
    due, since = record.on("due", day), record.on("since", day)
    over = is_overdue(record, day)
    gone = is_gone(engine.dataset, record, day)

    def said(name: str) -> str | None:
        value = record.on(name, day)
        return None if value is None else str(value)

    return Task(
        code=record.code,
        subject=subject,
        why=said("why") or "",
        measure=measure or None,
        finding=said("finding"),
        owner=said("owner"),
        due=due if isinstance(due, date) else None,
        state=state,
        since=since if isinstance(since, date) else None,
        overdue=over,
        days_over=(day - due).days if over and isinstance(due, date) else 0,
        granted_by=said("granted_by"),
        request=said("request"),
        result=said("result"),
        note=said("note"),
        next="close" if gone and state not in SETTLED else NEXT[state],
        status=status,
        reason=reason,
        excluded=state not in SETTLED and (gone or status == _LEFT_OUT),
        is_gone=gone,
        units=units,
    )


def _status(
    engine: CoverageEngine, profile: Profile, measure: str, subject: str, day: date
) -> tuple[str, str]:
    from app.coverage.measures import is_measure  # the window starts without it

    if not is_measure(profile, measure):
        return "", ""  # the profile had it once
    found = engine.status_of(measure, day).get(subject)
    return ("", "") if found is None else (str(found[0]), str(found[1]))


def _units(engine: CoverageEngine, code: str, day: date) -> dict[str, str]:
    """Return level → unit of what a task is about, itself included where it is one."""
    record = engine.dataset.find(code)
    if record is None or not KINDS[record.kind].is_layer:
        return {}
    derived = engine.derived(code, day)
    units = {level: str(unit) for level in LEVELS if (unit := getattr(derived, level))}
    if KINDS[record.kind].table in LEVELS:
        units[KINDS[record.kind].table] = code
    return units


def _value(task: Task, name: str) -> str:
    if name in LEVELS:
        return task.units.get(name, "")
    value = getattr(task, name)
    return "" if value is None else value.isoformat() if name in _DAYS else str(value)


def _condition(registry: Registry, text: str) -> tuple[str, str]:
    name, equals, raw = (part.strip() for part in text.partition("="))
    if not equals:
        raise _refused(
            Text(f"--where 要写 字段=值，这里是 {text!r}。", f"--where wants FIELD=VALUE, not {text!r}."),
            "where",
        )
    field = KINDS["tasks"].by_name.get(name)
    if field is None and name not in (*LEVELS, "code"):
        known = ", ".join(["code", *KINDS["tasks"].by_name, *LEVELS])
        raise _refused(
            Text(f"任务没有字段 {name!r}。有：{known}。", f"Tasks have no field {name!r}: {known}."), name
        )
    if not raw:
        return name, ""
    if field is None or field.type is FieldType.REFERENCE:
        record = find_record(registry.dataset, raw)
        return name, raw if record is None else record.code
    value = read_field(field, raw, registry.profile)
    return name, value.isoformat() if isinstance(value, date) else str(value)


def _refused(message: Text, column: str) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, column=column),))
