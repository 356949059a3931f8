"""Verbs about zones: zones (propose, write, list) and zone (show one, change it by hand)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain.period import today
from app.errors import InvalidInput, Problem
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from app.services.registry.registry import Registry
    from app.services.zones.plan import ZonePlan
    from app.services.zones.view import ZoneShown
    from ui.cli.output import Output


_PLANNED: Final = (
    Text("片区", "zone"),
    Text("小区", "compounds"),
    Text("户数", "households"),
    Text("人口", "residents"),
    Text("紧凑度", "compactness"),
    Text("成员", "members"),
    Text("说明", "why"),
)
_SHOWN: Final = (
    Text("代码", "code"),
    Text("片区", "zone"),
    Text("企业", "firm"),
    Text("小区", "compounds"),
    Text("户数", "households"),
    Text("目标", "target"),
    Text("块数", "pieces"),
    Text("成员", "members"),
)


@verb()
@REGISTRY
@click.option("--households", type=int, help="每个片区的目标户数 · households a zone should have")
@click.option("--street", metavar="CODE")
@click.option("--tolerance", type=float, default=0.2, show_default=True)
@click.option("--reach", type=float, default=60.0, show_default=True, metavar="METRES")
@click.option("--within", default="street", show_default=True, metavar="community|street|district")
@click.option("--kind")
@click.option("--scattered", "with_scattered", is_flag=True, help="零星楼栋也编入 · scattered buildings too")
@click.option("--existing", default="keep", show_default=True, metavar="keep|replace")
@click.option("--as-of", type=DAY)
@click.option("--commit", "is_committed", is_flag=True, help="写入 · write the proposal")
@click.option("--why")
def zones(
    output: Output,
    registry: Path,
    households: int | None,
    is_committed: bool,
    why: str | None,
    **given: Any,
) -> None:
    """Bundle adjoining compounds for one firm: a proposal, written with --commit; without --households list."""
    with opened(output, registry) as opened_registry:
        if households is None:
            if is_committed:
                message = Text("--commit 要和 --households 一起写。", "--commit needs --households.")
                raise InvalidInput(message, (Problem(message=message, column="households"),))
            _list_zones(output, opened_registry, given["street"], given["as_of"], given["reach"])
        else:
            _plan(output, opened_registry, {"households": households, **given}, is_committed, why)


@verb()
@REGISTRY
@click.argument("code", metavar="ZONE")
@click.option("--add", "added", multiple=True, metavar="CODE", help="移入这个片区 · move into this zone")
@click.option("--drop", "dropped", multiple=True, metavar="CODE", help="移出 · take out of it")
@click.option("--merge", "merged", multiple=True, metavar="ZONE", help="并入这个片区 · merge into this one")
@click.option("--end", "is_ended", is_flag=True, help="撤销这个片区 · end this zone")
@click.option("--on", "--as-of", "on", type=DAY)
@click.option("--why")
def zone(
    output: Output,
    registry: Path,
    code: str,
    added: tuple[str, ...],
    dropped: tuple[str, ...],
    merged: tuple[str, ...],
    is_ended: bool,
    on: date | None,
    why: str | None,
) -> None:
    """Show one zone, or change it by hand: one act at a time, each one change."""
    acts = [name for name, given in (("--add", added), ("--drop", dropped), ("--merge", merged)) if given]
    acts += ["--end"] if is_ended else []
    if len(acts) > 1:
        message = Text(f"一次只做一件：{'、'.join(acts)}。", f"One act at a time: {', '.join(acts)}.")
        raise InvalidInput(message, (Problem(message=message),))
    with opened(output, registry) as opened_registry:
        if not acts:
            _show_zone(output, opened_registry, code, on)
            return
        changes = _act(opened_registry, code, added, dropped, merged, on, why)
        tell_changes(output, changes)
        _tell_torn(output, opened_registry, changes, on)


def _act(
    registry: Registry,
    code: str,
    added: tuple[str, ...],
    dropped: tuple[str, ...],
    merged: tuple[str, ...],
    on: date | None,
    why: str | None,
) -> Changes:
    from app.services.zones import edits as zone_edits

    if added:
        return zone_edits.move_to_zone(registry, added, code, on=on, why=why)
    if merged:
        return zone_edits.merge_zones(registry, code, merged, on=on, why=why)
    if dropped:
        return zone_edits.take_out(registry, dropped, code, on=on, why=why)
    return zone_edits.end_zone(registry, code, on=on, why=why)


def _plan(
    output: Output, registry: Registry, given: dict[str, Any], is_committed: bool, why: str | None
) -> None:
    from app.services.zones.edits import commit_zones
    from app.services.zones.plan import ZoneRequest
    from app.services.zones.zones import plan_zones

    with output.ticket() as ticket:
        plan = plan_zones(registry, ZoneRequest(**given), ticket)
    changes = commit_zones(registry, plan, why=why) if is_committed else None
    if output.as_json:
        written = {} if changes is None else changes.as_json(output.lang)
        output.document({**plan.as_json(output.lang), "committed": changes is not None, **written})
        return
    _plan_table(output, plan)
    if changes is None:
        output.say(
            Text("预览，没有写入。写入加 --commit。", "A preview; nothing was written. --commit writes it.")
        )
    else:
        tell_changes(output, changes)


def _plan_table(output: Output, plan: ZonePlan) -> None:
    rows = [
        [
            zone.name,
            len(zone.members),
            f"{zone.households:,}",
            f"{zone.residents:,}",
            f"{zone.compactness:.2f}",
            output.listed(zone.members),
            zone.why,
        ]
        for zone in plan.zones
    ]
    output.table(_PLANNED, rows, right=range(1, 5))
    for code, why in plan.left_out:
        output.say(Text(f"没有编入 {code}：{why.zh}", f"Left out {code}: {why.en}"))
    unknown = [code for zone in plan.zones for code in zone.without_households]
    if unknown:
        output.say(
            Text(
                f"{len(unknown)} 个没有户数，按 0 户编入：{output.listed(unknown)}",
                f"{len(unknown)} without a count of households went in as 0: {output.listed(unknown)}",
            )
        )
    ours, plain = plan.score, plan.baseline
    output.say(
        Text(
            f"{ours.zones} 个片区，{ours.within} 个在容差内，平均差 {ours.off:,.0f} 户，紧凑度 {ours.compactness:.2f}"
            f"（按代码顺序凑：{plain.zones} 个，{plain.within} 个在容差内，平均差 {plain.off:,.0f} 户）",
            f"{ours.zones} zones, {ours.within} within the tolerance, {ours.off:,.0f} households off on average, "
            f"compactness {ours.compactness:.2f} (going down the list: {plain.zones}, {plain.within}, {plain.off:,.0f})",
        )
    )


def _list_zones(
    output: Output, registry: Registry, street: str | None, as_of: date | None, reach: float
) -> None:
    from app.services.zones.view import zones_on

    day = as_of or today()
    found = zones_on(
        registry.engine, day, street=None if street is None else registry.find(street).code, reach=reach
    )
    if output.as_json:
        zones = [zone.as_json(output.lang) for zone in found]
        output.document({"as_of": day.isoformat(), "count": len(zones), "zones": zones})
        return
    _zones_table(output, found)
    output.say(Text(f"共 {len(found)} 个片区，截至 {day}", f"{len(found)} zones as of {day}"))


def _zones_table(output: Output, found: list[ZoneShown]) -> None:
    rows = [
        [
            zone.code,
            zone.name,
            zone.firm,
            len(zone.members),
            f"{zone.households:,}",
            zone.target,
            zone.pieces,
            output.listed(zone.members),
        ]
        for zone in found
    ]
    output.table(_SHOWN, rows, right=range(3, 7))


def _show_zone(output: Output, registry: Registry, code: str, on: date | None) -> None:
    from app.services.zones.view import zones_on

    day = on or today()
    record = registry.find(code)
    shown = [zone for zone in zones_on(registry.engine, day) if zone.code == record.code]
    if not shown:
        message = Text(f"{code} 不是 {day} 有效的片区。", f"{code} is no zone in force on {day}.")
        raise InvalidInput(message, (Problem(message=message, code=code),))
    if output.as_json:
        output.document({"as_of": day.isoformat(), **shown[0].as_json(output.lang)})
        return
    _zones_table(output, shown)


def _tell_torn(output: Output, registry: Registry, changes: Changes, on: date | None) -> None:
    """Say of the zones touched which no longer hang together."""
    from app.services.zones.view import torn_by, torn_words

    for zone in torn_by(registry.engine, changes, on):
        words = torn_words(zone)
        output.note(Text(f"{words.zh}。", f"{words.en}."))
