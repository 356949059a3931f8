"""What is done with tasks: given, assigned, reported, verified, closed, returned, said to be out of reach, and granted.

Each call is one change of the journal, however many tasks it touches: all of them or none. Which act may follow which
state is said in ``app.domain.tasks``; owners and those who grant are posts, never persons.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Changes, Put
from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.record import make_record
from app.domain.rules.tasks import held_by, not_to_be_done, too_early
from app.domain.tasks import ACTS, ASKED, ASSIGNED, OPEN, acts_from, state_of, stepped
from app.domain.values import read_text
from app.errors import InvalidInput, Problem
from app.services.check.mending import finding_called
from app.services.registry.lookup import record_called, record_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.domain.tasks import Act
    from app.services.registry.registry import Registry

_NO_WHY: Final = Text("写上为什么（--why）。", "Say why (--why).")
_NO_OWNER: Final = Text(
    "写上派给哪个岗位（--owner）：岗位，不是人名。",
    "Say which post gets it (--owner): a post, not a person's name.",
)
_NO_GRANTOR: Final = Text("写上由哪个岗位准许（--by）。", "Say which post grants it (--by).")
_NOBODY: Final = Text(
    "写上是哪些对象，或用 --finding 指明核查结果。", "Name the subjects, or a finding by --finding."
)
_HAS_NO_TASKS: Final = Text("{}是{}，出不了任务。", "{} is one of {}; no task can be about it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What a task is about beside its subject: a measure or a finding (or neither), in whose post, until when, and why."""

    why: str
    measure: str | None = None
    finding: str | None = None
    owner: str | None = None
    due: date | None = None


def add_tasks(
    registry: Registry,
    subjects: Sequence[str],
    gap: Gap,
    *,
    on: date | None = None,
    leaves_held: bool = False,
) -> Changes:
    """Make a task of each subject, as one change; with an owner it is assigned at once, else open.

    Without subjects, those of the finding are taken. ``leaves_held``: a subject with an unsettled task for the same gap is
    left out instead of refusing all. Raises InvalidInput for an unknown subject, measure or finding, or without a reason.
    """
    day, why = on or today(), _said(gap.why, _NO_WHY, "why")
    measure = _measure(registry, gap.measure)
    wanted = tuple(subjects)
    if gap.finding:
        found = finding_called(registry, gap.finding)
        wanted = wanted or tuple(code for code in found.codes if _may_have_tasks(registry.dataset.find(code)))
    if not wanted:
        raise _refused(_NOBODY, None, "subject")

    def build(dataset: Dataset) -> list[Edit]:
        maker, edits = CodeMaker(dataset), []
        for code in dict.fromkeys(_subject(dataset, code).code for code in wanted):
            task = make_record(
                "tasks",
                str(uuid.uuid4()),
                "",
                subject=code,
                measure=measure,
                finding=(gap.finding or "").strip() or None,
                owner=_post(gap.owner),
                due=gap.due,
                state=ASSIGNED if _post(gap.owner) else OPEN,
                since=day,
                why=why,
            )
            if leaves_held and held_by(tuple(dataset.children("tasks", "subject", code)), task) is not None:
                continue
            edits.append(Put(task._replace(code=maker.make("tasks"))))
        return list(edits)

    return registry.write(build, verb="add", why=why)


def assign(
    registry: Registry,
    codes: Sequence[str],
    owner: str,
    *,
    due: date | None = None,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Give tasks to a post, with a due day where one is said; those that have one get another."""
    said = {"owner": _said(owner, _NO_OWNER, "owner"), **({} if due is None else {"due": due})}
    return _move(registry, "assign", codes, on, why, said)


def report(
    registry: Registry,
    codes: Sequence[str],
    *,
    result: str | None = None,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Say that tasks are done, as their posts report it; ``result``: yes, no or unknown, what was found."""
    said: dict[str, Any] = {} if result is None else {"result": result}
    return _move(registry, "report", codes, on, why, said)


def verify(
    registry: Registry,
    codes: Sequence[str],
    *,
    by: str | None = None,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Say that what was reported is so. ``by``: the post that says it, which can't be the one that reported."""
    return _move(registry, "verify", codes, on, why, {}, by=by)


def close(
    registry: Registry, codes: Sequence[str], *, on: date | None = None, why: str | None = None
) -> Changes:
    """Close tasks that were verified, or whose subject is there no more."""
    return _move(registry, "close", codes, on, why, {})


def send_back(registry: Registry, codes: Sequence[str], *, why: str, on: date | None = None) -> Changes:
    """Return tasks to their posts, with a reason; a request to count as out of reach is refused so."""
    return _move(registry, "return", codes, on, why, {"request": None})


def ask_unreachable(registry: Registry, codes: Sequence[str], *, why: str, on: date | None = None) -> Changes:
    """Ask that tasks count as out of reach, with a reason; somebody else grants it."""
    return _move(registry, "ask", codes, on, why, {"request": why.strip()})


def grant_unreachable(
    registry: Registry, codes: Sequence[str], *, by: str, why: str, on: date | None = None
) -> Changes:
    """Allow that tasks count as out of reach. ``by``: the post that allows it, which can't be the one that asked."""
    said = {"granted_by": _said(by, _NO_GRANTOR, "granted_by")}
    return _move(registry, "grant", codes, on, why, said, by=by)


def is_gone(dataset: Dataset, task: Record, day: date) -> bool:
    """Whether what a task is about is there no more on a day, so that the task may be closed as it is."""
    subject = dataset.find(task.text("subject"))
    return subject is None or (subject.valid_until is not None and subject.valid_until < day)


def _move(
    registry: Registry,
    name: str,
    codes: Sequence[str],
    on: date | None,
    why: str | None,
    said: dict[str, Any],
    *,
    by: str | None = None,
) -> Changes:
    """Do one act with tasks as one change; raise InvalidInput, with every task that stands against it, and do none."""
    act, day = ACTS[name], on or today()
    reason = _said(why or "", _NO_WHY, "why") if act.needs_why else _post(why, "why")

    def build(dataset: Dataset) -> list[Edit]:
        edits: list[Edit] = []
        problems: list[Problem] = []
        for code in dict.fromkeys(record_of(dataset, code, "tasks").code for code in codes):
            task = dataset.of("tasks")[code]
            against = _against(registry, dataset, act, task, day, by)
            if against is not None:
                problems.append(Problem(message=against[1], code=code, column=against[0]))
                continue
            values = {"state": act.after, "note": reason, **said}
            if act.after != state_of(task) or values.get("owner", task.get("owner")) != task.get("owner"):
                values["since"] = day
            if act.name == "assign" and "since" not in values and reason is None:
                del values["note"]
            edits.append(Put(stepped(task, day, **values), task))
        if problems:
            more = f"（共 {len(problems)} 件）" if len(problems) > 1 else ""
            more_en = f" ({len(problems)} tasks in all)" if len(problems) > 1 else ""
            first = problems[0].message
            raise InvalidInput(Text(f"{first.zh}{more}", f"{first.en}{more_en}"), tuple(problems))
        return edits

    return registry.write(build, verb=name, why=reason)


def _against(
    registry: Registry, dataset: Dataset, act: Act, task: Record, day: date, by: str | None
) -> tuple[str, Text] | None:
    """Return (column, what stands against an act on a task), None where nothing does."""
    gone = is_gone(dataset, task, day)
    if act not in acts_from(state_of(task), is_gone=gone):
        return "state", not_to_be_done(task, registry.profile, is_gone=gone)
    last = task.get("since")
    if last is not None and day.isoformat() < str(last):
        return "on", too_early(task, last)
    if by is not None and _post(by, "by") == task.text("owner"):
        is_request = state_of(task) == ASKED
        return "granted_by" if is_request else "by", Text(
            f"{task.code} 由{task.text('owner')}{'申请' if is_request else '报来'}，要别的岗位来{act.words.zh}。",
            f"{task.code} was {'asked' if is_request else 'reported'} by {task.text('owner')}; another post has to {act.words.en} it.",
        )
    return None


def _measure(registry: Registry, written: str | None) -> str | None:
    if not written or not written.strip():
        return None
    from app.coverage.measures import parse_measure  # the window starts without it

    return parse_measure(registry.profile, written.strip()).id


def _subject(dataset: Dataset, code: str) -> Record:
    record = record_called(dataset, code)
    if not _may_have_tasks(record):
        words = KINDS[record.kind].words
        message = Text(
            _HAS_NO_TASKS.zh.format(record.code, words.zh), _HAS_NO_TASKS.en.format(record.code, words.en)
        )
        raise _refused(message, record.code, "subject")
    return record


def _may_have_tasks(record: Record | None) -> bool:
    return record is not None and "tasks" in KINDS[record.kind].may_have


def _post(written: str | None, column: str = "owner") -> str | None:
    """Return what was written, without blanks around it; None for nothing. Refused as a cell with such a text is."""
    try:
        return read_text(written or "") or None
    except InvalidInput as error:
        raise _refused(error.message, None, column) from error


def _said(written: str, otherwise: Text, column: str) -> str:
    said = _post(written, column)
    if said is None:
        raise _refused(otherwise, None, column)
    return said


def _refused(message: Text, code: str | None, column: str) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, code=code, column=column),))
