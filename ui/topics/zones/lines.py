"""What the zones page shows: zones in force or a proposal as lines, and either as outlines on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from app.text import Text
from ui.models.sketch import Sketch
from ui.topics.base.lines import Head, Line

if TYPE_CHECKING:
    from app.coverage.engine import CoverageEngine
    from app.services.zones.plan import ZonePlan
    from app.services.zones.view import ZoneShown

_NAME: Final = Head(Text("片区", "Zone"), width=150)
_FIRM: Final = Head(Text("物业企业", "Firm"), width=120)
_COUNT: Final = Head(Text("小区", "Compounds"), is_number=True, width=70)
_HOUSEHOLDS: Final = Head(Text("户数", "Households"), is_number=True, width=84)
_TARGET: Final = Head(Text("目标", "Aim"), is_number=True, width=70)
_OFF: Final = Head(
    Text("差", "Off"), is_number=True, width=70, tip=Text("户数减目标", "Households less the aim")
)
_RESIDENTS: Final = Head(Text("人口", "Residents"), is_number=True, width=84)
_SHAPE: Final = Head(
    Text("紧凑度", "Compact"),
    is_number=True,
    width=76,
    tip=Text("1 是一个整圆；越散、越长越小", "1 is a full disc; less where scattered or long"),
)
_STATE: Final = Head(Text("说明", "Remark"), width=360)
HEADS: Final = (_NAME, _COUNT, _HOUSEHOLDS, _TARGET, _OFF, _RESIDENTS, _SHAPE, _FIRM, _STATE)
PLAN_HEADS: Final = (_NAME, _COUNT, _HOUSEHOLDS, _OFF, _RESIDENTS, _SHAPE, _STATE)
_PIECES: Final = Text("分成 {} 块，互不相邻", "in {: piece|pieces} that do not adjoin")
_EMPTY: Final = Text("没有小区", "no compound")
_NO_COUNT: Final = Text("{} 个没有户数：{}", "{} without a count of households: {}")


def zone_lines(shown: list[ZoneShown], engine: CoverageEngine, lang: str) -> list[Line]:
    """Return a line for each zone in force."""
    found = []
    for zone in shown:
        firm = None if zone.firm is None else engine.dataset.find(zone.firm)
        remarks = [] if zone.members else [_EMPTY.in_(lang)]
        if zone.pieces > 1:
            remarks.append(_PIECES.format(zone.pieces).in_(lang))
        remarks += _unknown(zone.without_households, lang)
        found.append(
            Line(
                zone.code,
                (
                    zone.name,
                    len(zone.members),
                    zone.households,
                    zone.target,
                    None if zone.target is None else zone.households - zone.target,
                    zone.residents,
                    None if zone.compactness is None else f"{zone.compactness:.2f}",
                    None if firm is None else firm.text("name") or firm.code,
                    "；".join(remarks) if lang == "zh" else "; ".join(remarks),
                ),
                zone.members,
            )
        )
    return found


def plan_lines(plan: ZonePlan, lang: str) -> list[Line]:
    """Return a line for each zone proposed; its code is its first member's."""
    found = []
    for zone in plan.zones:
        remarks = [] if zone.why is None else [zone.why.in_(lang)]
        remarks += _unknown(zone.without_households, lang)
        found.append(
            Line(
                zone.members[0],
                (
                    zone.name,
                    len(zone.members),
                    zone.households,
                    zone.households - plan.request.households,
                    zone.residents,
                    f"{zone.compactness:.2f}",
                    "；".join(remarks) if lang == "zh" else "; ".join(remarks),
                ),
                zone.members,
            )
        )
    return found


def _unknown(codes: tuple[str, ...], lang: str) -> list[str]:
    if not codes:
        return []
    listed = " ".join(codes[:4]) + (" …" if len(codes) > 4 else "")
    return [_NO_COUNT.format(len(codes), listed).in_(lang)]


_SUMMARY: Final = Text(
    "预览，没有写入：{zones} 个片区，{within} 个在容差内，平均差 {off:,.0f} 户，紧凑度 {shape:.2f}。"
    "照代码顺序凑是 {plain} 个，{plain_within} 个在容差内，平均差 {plain_off:,.0f} 户。",
    "A preview, nothing written: {zones: zone|zones}, {within} within the tolerance, {off:,.0f household|households} off on "
    "average, compactness {shape:.2f}. Going down the list gives {plain}, {plain_within}, {plain_off:,.0f}.",
)
_LEFT: Final = Text(
    "没有轮廓、没有编入 {count} 个：{codes}。", "Left out for want of an outline: {count} ({codes})."
)
_KEPT: Final = Text("已有的 {} 个片区不动。", "{: zone stays|zones stay} as they are.")
_REPLACED: Final = Text("会结束已有的 {} 个片区。", "{: zone|zones} will end.")
_TOTAL: Final = Text(
    "{zones} 个片区，{compounds} 个小区、{households:,} 户",
    "{zones: zone|zones}, {compounds: compound|compounds}, {households:, household|households}",
)
_NONE: Final = Text(
    "还没有片区。写一个户数，按“预览”", "No zone yet. Give a number of households and press Preview"
)


def plan_words(plan: ZonePlan, lang: str) -> str:
    """Return what is said above a proposal."""
    ours, plain = plan.score, plan.baseline
    said = [
        _SUMMARY.format(
            zones=ours.zones, within=ours.within, off=ours.off, shape=ours.compactness,
            plain=plain.zones, plain_within=plain.within, plain_off=plain.off,
        )
    ]  # fmt: skip
    if plan.left_out:
        codes = " ".join(code for code, _ in plan.left_out[:6]) + (" …" if len(plan.left_out) > 6 else "")
        said.append(_LEFT.format(count=len(plan.left_out), codes=codes))
    if plan.kept:
        said.append(_KEPT.format(len(plan.kept)))
    if plan.replaced:
        said.append(_REPLACED.format(len(plan.replaced)))
    return ("" if lang == "zh" else " ").join(text.in_(lang) for text in said)


def zones_words(shown: list[ZoneShown], lang: str) -> str:
    """Return what is said above the zones in force."""
    if not shown:
        return _NONE.in_(lang)
    return _TOTAL.format(
        zones=len(shown),
        compounds=sum(len(zone.members) for zone in shown),
        households=sum(zone.households for zone in shown),
    ).in_(lang)


def plan_sketch(plan: ZonePlan, engine: CoverageEngine, lang: str) -> Sketch:
    """Return a proposal as outlines for the map; work for a worker."""
    from app.services.zones.view import hulls_of

    hulls = hulls_of(
        engine, {zone.members[0]: zone.members for zone in plan.zones}, plan.day, reach=plan.request.reach
    )
    known = [zone for zone in plan.zones if zone.members[0] in hulls]
    shapes = np.full(len(known), None, dtype=object)
    shapes[:] = [hulls[zone.members[0]] for zone in known]
    unit = Text("户", " households").in_(lang)
    return Sketch(
        zone=engine.zone,
        shapes=shapes,
        names=tuple(f"{zone.name} {zone.households:,}{unit}" for zone in known),
        is_proposed=True,
        codes=tuple(zone.members[0] for zone in known),
    )
