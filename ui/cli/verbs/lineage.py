"""Verbs that split a record and merge several: split, merge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY, pairs
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from datetime import date

    from app.services.lineage.plan import Plan
    from app.services.registry.registry import Registry
    from ui.cli.output import Output

_PARTS: Final = (
    Text("份", "part"),
    Text("代码", "code"),
    Text("名称", "name"),
    Text("面积（平方米）", "area (m²)"),
    Text("占比", "share"),
)
_ITEMS: Final = (
    Text("键", "key"),
    Text("什么", "what"),
    Text("归", "goes to"),
    Text("为什么", "why"),
    Text("要看", "look"),
)
_STAYS: Final = Text("留在原来那条", "stays with the old one")
_LOOK: Final = Text("是", "yes")

_FROM = click.option(
    "--from", "since", type=DAY, help="从哪天起，默认今天 · from which day, today if not said"
)
_GIVE = click.option(
    "--give",
    multiple=True,
    metavar="KEY=WHERE",
    help="一样东西归哪份：1、2、代码、all、none；数写 120/80 · where one thing goes; numbers as 120/80",
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="只看，不写 · only shows what it would do")


@verb()
@REGISTRY
@click.argument("code")
@click.option(
    "--by",
    required=True,
    metavar="WKT_LINE",
    help="切开它的线，经纬度，或 @文件.geojson · the line that cuts it, in degrees, or @FILE.geojson",
)
@_FROM
@_GIVE
@click.option(
    "--code",
    "codes",
    multiple=True,
    metavar="CODE",
    help="各份的代码，大的在前 · codes of the parts, the largest first",
)
@click.option(
    "--name", "names", multiple=True, help="各份的名称，大的在前 · names of the parts, the largest first"
)
@_DRY_RUN
@click.option("--why")
def split(
    output: Output,
    registry: Path,
    code: str,
    *,
    by: str,
    since: date | None,
    give: tuple[str, ...],
    codes: tuple[str, ...],
    names: tuple[str, ...],
    dry_run: bool,
    why: str | None,
) -> None:
    """Split a record along a line: it ends the day before, its parts begin; what hung on it goes to one of them."""
    from app.services.lineage.split import plan_split

    with opened(output, registry) as opened_registry:
        plan = plan_split(opened_registry, code, by=by, since=since, codes=codes, names=names)
        _do(output, opened_registry, plan.with_words(pairs(give)), why, dry_run=dry_run)


@verb()
@REGISTRY
@click.argument("codes", nargs=-1, required=True, metavar="CODE…")
@click.option(
    "--into", metavar="CODE", help="接着用的那一条，别的结束 · the one that goes on; the others end"
)
@_FROM
@_GIVE
@click.option("--code", metavar="CODE", help="新的一条的代码 · code of the new one")
@click.option("--name", help="合并后的名称 · what it is called")
@click.option("--torn", "is_torn", is_flag=True, help="不连成一块也行 · it may be in pieces")
@_DRY_RUN
@click.option("--why")
def merge(
    output: Output,
    registry: Path,
    codes: tuple[str, ...],
    *,
    into: str | None,
    since: date | None,
    give: tuple[str, ...],
    code: str | None,
    name: str | None,
    is_torn: bool,
    dry_run: bool,
    why: str | None,
) -> None:
    """Merge records into one: all end the day before, or all but --into, which goes on with the joint outline."""
    from app.services.lineage.merge import plan_merge

    with opened(output, registry) as opened_registry:
        plan = plan_merge(
            opened_registry, codes, into=into, since=since, code=code or "", name=name or "", is_torn=is_torn
        )
        _do(output, opened_registry, plan.with_words(pairs(give)), why, dry_run=dry_run)


def _do(output: Output, registry: Registry, plan: Plan, why: str | None, *, dry_run: bool) -> None:
    from app.services.lineage.write import Parted, estimates, rehearsed, write_plan

    parted: Parted = rehearsed(registry, plan, why=why) if dry_run else write_plan(registry, plan, why=why)
    if output.as_json:
        output.document(parted.as_json(output.lang))
        return
    _tell(output, plan)
    for problem in estimates(plan):
        output.warn(problem.message)
    if dry_run:
        output.say(Text("这是预演，没有写入。", "This was a rehearsal; nothing was written."))
    else:
        tell_changes(output, parted.changes)


def _tell(output: Output, plan: Plan) -> None:
    rows = [
        [place, target.code, target.record.text("name"), f"{target.area_m2:,.0f}", f"{target.share:.1%}"]
        for place, target in enumerate(plan.targets, 1)
    ]
    output.table(_PARTS, rows, right=(0, 3, 4))
    told = [
        [number.key, number.said, _numbers(number.before) + " → " + _numbers(number.after), number.reason, _LOOK if number.is_asked else ""]
        for number in plan.numbers
    ]  # fmt: skip
    told += [
        [
            item.key,
            item.said,
            output.listed([item.choices[place] for place in item.to]) or _STAYS,
            item.reason,
            _LOOK if item.is_asked else "",
        ]
        for item in plan.items
    ]
    if told:
        output.table(_ITEMS, told)
    for note in plan.notes:
        output.note(note)


def _numbers(values: tuple[int | None, ...]) -> str:
    return "/".join("?" if value is None else f"{value}" for value in values)
