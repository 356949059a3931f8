"""Verbs about tasks: task (made of a gap or a finding, moved rung by rung) and tasks (which there are)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain.tasks import ACTS
from app.errors import InvalidInput, Problem
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from app.services.registry.registry import Registry
    from app.services.tasks.listed import Task, TaskList
    from ui.cli.output import Output

ADD: Final = "add"
_TAKES: Final = {  # act → options that it reads beside --why and --on
    ADD: ("measure", "finding", "owner", "due"),
    "assign": ("owner", "due"),
    "report": ("result",),
    "verify": ("by",),
    "close": (),
    "return": (),
    "ask": (),
    "grant": ("by",),
}
_HEADS: Final = (
    Text("代码", "code"),
    Text("状态", "state"),
    Text("对象", "subject"),
    Text("为什么", "why"),
    Text("岗位", "owner"),
    Text("到期", "due"),
    Text("下一步", "next"),
)
_OVERDUE: Final = Text("逾期 {} 天", "{: day|days} overdue")
_SUM: Final = Text(
    "共 {} 件 = 没结 {} + 已结 {} + 够不着已准 {} + 不在口径 {}；逾期 {} 件",
    "{} in all = unsettled {} + closed {} + out of reach, granted {} + outside the base {}; {} overdue",
)


@verb()
@REGISTRY
@click.argument("act", type=click.Choice((ADD, *ACTS)))
@click.argument("codes", nargs=-1, metavar="SUBJECT… | T…")
@click.option("--measure", help="为哪个指标 · for which measure (add)")
@click.option("--finding", help="为哪项核查结果 · for which finding (add)")
@click.option("--owner", help="派给哪个岗位 · which post gets it (add, assign)")
@click.option("--due", type=DAY, help="到期 · the last day (add, assign)")
@click.option("--result", type=click.Choice(("yes", "no", "unknown")), help="查到的结果 · found (report)")
@click.option("--by", help="哪个岗位准许、核 · which post grants it, verifies it (grant, verify)")
@click.option("--on", type=DAY, help="哪一天 · on which day (default today)")
@click.option("--why")
def task(
    output: Output, registry: Path, act: str, codes: tuple[str, ...], on: date | None, **said: Any
) -> None:
    """Make tasks of subjects (add), or assign, report, verify, close, return, ask, grant some."""
    for name, value in said.items():
        if value is not None and name not in (*_TAKES[act], "why"):
            raise _refused(
                Text(f"{act} 不用 --{name}，去掉它。", f"{act} takes no --{name}; leave it out."), name, value
            )
    if not codes and act != ADD:  # without a subject the service says what is to be named
        raise _refused(Text("写上任务代码。", "Name the tasks."), "codes", None)
    with opened(output, registry) as r:
        tell_changes(output, _done(r, act, codes, on, said))


@verb()
@REGISTRY
@click.option("--where", multiple=True, metavar="FIELD=VALUE")
@click.option("--overdue", is_flag=True, help="只看逾期的 · those alone whose day is past")
@click.option("--as-of", type=DAY)
def tasks(output: Output, registry: Path, where: tuple[str, ...], overdue: bool, as_of: date | None) -> None:
    """List tasks as they stand on a day."""
    from app.services.tasks.listed import tasks_of

    with opened(output, registry) as r:
        found = tasks_of(r, day=as_of, where=where, overdue=overdue)
        if output.as_json:
            output.document(found.as_json(output.lang))
            return
        _tell(output, r, found)


def _done(r: Registry, act: str, codes: tuple[str, ...], on: date | None, said: dict[str, Any]) -> Changes:
    from app.services.tasks import acts

    why = said["why"]
    match act:
        case "add":
            gap = acts.Gap(
                why=why or "",
                measure=said["measure"],
                finding=said["finding"],
                owner=said["owner"],
                due=said["due"],
            )
            return acts.add_tasks(r, codes, gap, on=on)
        case "assign":
            return acts.assign(r, codes, said["owner"] or "", due=said["due"], on=on, why=why)
        case "report":
            return acts.report(r, codes, result=said["result"], on=on, why=why)
        case "verify":
            return acts.verify(r, codes, by=said["by"], on=on, why=why)
        case "close":
            return acts.close(r, codes, on=on, why=why)
        case "return":
            return acts.send_back(r, codes, why=why or "", on=on)
        case "ask":
            return acts.ask_unreachable(r, codes, why=why or "", on=on)
        case _:
            return acts.grant_unreachable(r, codes, by=said["by"] or "", why=why or "", on=on)


def _tell(output: Output, r: Registry, found: TaskList) -> None:
    from app.services.registry.people_words import PeopleWords
    from app.services.tasks.listed import tally

    words, states = PeopleWords(r.dataset, r.profile, output.lang), r.profile.choices["task_state"]
    ordered = sorted(found.tasks, key=lambda one: (not one.overdue, one.due is None, one.due, one.code))
    output.table(
        _HEADS,
        [
            [
                one.code,
                states.get(one.state, Text(one.state, one.state)),
                words.named(one.subject),
                one.why,
                one.owner or "—",
                _due(one),
                ACTS[one.next].words if one.next else "",
            ]
            for one in ordered
        ],
    )
    rows = tally(found.tasks, "owner")
    output.say(
        _SUM.format(
            len(found.tasks),
            sum(row.unsettled for row in rows),
            sum(row.closed for row in rows),
            sum(row.unreachable for row in rows),
            sum(row.excluded for row in rows),
            len(found.overdue),
        )
    )


def _due(one: Task) -> Text | str:
    if one.due is None:
        return "—"
    over = _OVERDUE.format(one.days_over)
    return Text(f"{one.due} {over.zh}", f"{one.due} {over.en}") if one.overdue else one.due.isoformat()


def _refused(message: Text, column: str, value: object) -> InvalidInput:
    shown = None if value is None else str(value)
    return InvalidInput(message, (Problem(message=message, column=column, value=shown),))
