"""What the topic of tasks shows, as values: rows in the order in which they are to be done, and sums that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.coverage.measures import measure_words
from app.domain.tasks import ACTS
from app.domain.vocabulary import STATUS, UNNAMED
from app.services.tasks.listed import tally, tasks_of
from app.text import Text
from ui.topics.base.lines import Head, Line

if TYPE_CHECKING:
    from datetime import date

    from app.services.registry.registry import Registry
    from app.services.tasks.listed import Task, TaskList

UNSETTLED, OVERDUE = "unsettled", "overdue"
SHOWS: Final = {
    UNSETTLED: Text("没结的", "Not settled"),
    OVERDUE: Text("逾期的", "Overdue"),
    "all": Text("全部", "All"),
}
STATE, DUE, NEXT = 0, 4, 5  # columns that look or act otherwise
_HEADS: Final = (
    Head(Text("状态", "State"), width=96),
    Head(Text("对象", "Subject"), width=170),
    Head(Text("为什么", "Why"), width=190),
    Head(Text("岗位", "Owner post"), width=130),
    Head(Text("到期", "Due"), width=210),
    Head(Text("下一步", "Next step"), width=96),
)
_OVER: Final = Text("{}，逾期 {} 天", "{}, {: day|days} overdue")
_SUM: Final = Text(
    "共 {} 件 = 没结 {} + 已结 {} + 够不着已准 {} + 不在口径 {}；逾期 {} 件",
    "{} in all = not settled {} + closed {} + out of reach, granted {} + outside the base {}; {} overdue",
)
_LONGEST: Final = Text("，最久 {} 天", ", the longest {: day|days}")
_MET: Final = Text("台账已有，等核", "in the registry already, to be verified")
_GONE: Final = Text("已撤，可结", "gone, may be closed")
_EXCLUDED: Final = Text("不在口径内", "outside the base")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be shown. Empty: all."""

    show: str = UNSETTLED
    state: str = ""
    post: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Rows, the tasks behind them by code, a sentence above them, and how many are not settled."""

    asked: Asked
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    tasks: dict[str, Task]
    summary: Text
    posts: tuple[str, ...]


def find(registry: Registry, day: date, asked: Asked, lang: str) -> Shown:
    """Return what the topic shows: overdue first, then by the due day."""
    every = tasks_of(registry, day=day)
    ranged = [
        task
        for task in every.tasks
        if (not asked.street or task.units.get("street") == asked.street)
        and (not asked.post or (task.owner or "") == asked.post)
    ]
    rows = [
        task
        for task in ranged
        if (not asked.state or task.state == asked.state)
        and (asked.state or asked.show != UNSETTLED or not task.is_settled)
        and (asked.show != OVERDUE or task.overdue)
    ]
    rows.sort(key=lambda task: (not task.overdue, task.due is None, task.due, task.code))
    return Shown(
        asked=asked,
        heads=_HEADS,
        lines=tuple(_line(registry, task, day, lang) for task in rows),
        tasks={task.code: task for task in rows},
        summary=_sum(ranged),
        posts=_posts(every),
    )


def _posts(every: TaskList) -> tuple[str, ...]:
    return tuple(sorted({task.owner for task in every.tasks if task.owner}))


def _sum(tasks: list[Task]) -> Text:
    rows = tally(tasks, "owner")
    over = [task.days_over for task in tasks if task.overdue]
    said = _SUM.format(
        len(tasks),
        sum(row.unsettled for row in rows),
        sum(row.closed for row in rows),
        sum(row.unreachable for row in rows),
        sum(row.excluded for row in rows),
        len(over),
    )
    longest = _LONGEST.format(max(over, default=0))
    return Text(said.zh + longest.zh, said.en + longest.en) if over else said


def _line(registry: Registry, task: Task, day: date, lang: str) -> Line:
    states = registry.profile.choices["task_state"]
    name = registry.engine.name_on(task.subject, day) or UNNAMED.in_(lang)
    due = "" if task.due is None else task.due.isoformat()
    return Line(
        task.code,
        (
            states.get(task.state, Text(task.state, task.state)).in_(lang),
            name,
            _why(registry, task, lang),
            task.owner or "—",
            _OVER.format(due, task.days_over).in_(lang) if task.overdue else due or "—",
            ACTS[task.next].words.in_(lang) if task.next else "",
        ),
        codes=(task.subject,),
        tip="\n".join(filter(None, (task.why, task.request, task.note))),
    )


def _why(registry: Registry, task: Task, lang: str) -> str:
    """Return the measure and what it says of the subject now; what is no gap of a measure says its reason."""
    if task.is_gone:
        return _GONE.in_(lang)
    if task.measure is None:
        return task.why
    said = _EXCLUDED if task.excluded else _MET if task.is_met else STATUS.get(task.status)
    words = measure_words(registry.profile, task.measure).in_(lang)
    return words if said is None else f"{words} {said.in_(lang)}"
