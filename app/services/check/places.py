"""Rules of `check` that look at the map: tiling, overlaps, borders, missing and contradicting places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.units import NOWHERE
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.domain.mend import Write
from app.services.check.asked import LEVELS_IN_A_SENTENCE
from app.services.check.finding import Finding, name_of, short_name
from app.services.fusion.cuts import OUTSIDE, sides_of
from app.text import Text
from geo.tiling import find_gaps, find_overlaps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.record import Record
    from app.services.check.asked import Asked
    from geo.tiling import Gap

SLIVER_WIDTH: Final = 0.5  # [m] a gap or a cut narrower than this is a border drawn twice
SMALL_CUT: Final = 0.01  # a smaller share beyond a line is a border drawn twice, too
MOST_NAMED: Final = 12  # codes of neighbours that a finding names
_STREET, _COMMUNITY, _GRID = 1, 2, 3
_EXACT: Final = 1e-9  # a smaller share beyond a border is none


def grid_gap(asked: Asked) -> Iterator[Finding]:
    """Find ground of a community that no grid covers; without the community's outline, holes between its grids."""
    grids, communities = asked.units.levels[_GRID], asked.units.levels[_COMMUNITY]
    if not grids.has_outline:
        return
    own = np.array(
        [asked.dataset.of("communities")[code].geometry_on(asked.day) for code in communities.codes],
        dtype=object,
    )
    tree = shapely.STRtree(grids.outlines)
    for place in sorted(set(grids.ancestors[:, _COMMUNITY].tolist()) - {NOWHERE}):
        record = asked.dataset.of("communities")[communities.codes[place]]
        within = communities.outlines[place]
        mine = np.flatnonzero(grids.ancestors[:, _COMMUNITY] == place)
        if own[place] is None:
            yield from _gaps_of(record, find_gaps(grids.outlines[mine], None), [grids.codes[i] for i in mine])
        else:
            near = np.sort(tree.query(within))
            yield from _gaps_of(
                record, find_gaps(grids.outlines[near], within), [grids.codes[i] for i in near]
            )
    loose = np.flatnonzero((grids.ancestors[:, _COMMUNITY] == NOWHERE) & ~shapely.is_missing(grids.outlines))
    if len(loose) > 1:
        gaps = find_gaps(grids.outlines[loose], None)
        yield from _gaps_of(None, gaps, [grids.codes[i] for i in loose])


def _gaps_of(community: Record | None, gaps: tuple[Gap, ...], tiles: list[str]) -> Iterator[Finding]:
    beside: dict[tuple[str, ...], list[Gap]] = {}
    for gap in gaps:
        beside.setdefault(tuple(tiles[i] for i in gap.beside[:MOST_NAMED]), []).append(gap)
    for codes, found in beside.items():
        area = sum(gap.area for gap in found)
        width = max(gap.width for gap in found)
        where = (
            ("无社区的网格", "grids of no community")
            if community is None
            else (name_of(community), name_of(community, "en"))
        )
        is_sliver = width < SLIVER_WIDTH
        yield Finding(
            rule="grid_gap",
            severity="notice" if is_sliver else "warning",
            codes=(*(() if community is None else (community.code,)), *codes),
            message=Text(
                f"{where[0]}有 {area:,.0f} m² 不在任何网格里，旁边是 {_listed(codes) or '空地'}。"
                + (
                    "多半是边界没对齐：让两边共用一条线。"
                    if is_sliver
                    else "把旁边的网格扩到这里，或补画一个网格。"
                ),
                f"{area:,.0f} m² of {where[1]} lie in no grid, beside {_listed(codes, ', ') or 'open ground'}. "
                + (
                    "Most likely a border drawn twice: let both sides share one line."
                    if is_sliver
                    else "Extend a grid beside it, or draw the missing one."
                ),
            ),
            measure={"area_m2": area, "width_m": width, "count": len(found)},
        )


def grid_overlap(asked: Asked) -> Iterator[Finding]:
    """Find two grids that cover the same ground."""
    grids = asked.units.levels[_GRID]
    found = find_overlaps(grids.outlines)
    for first, second, area, share in zip(found.first, found.second, found.area, found.share, strict=True):
        a, b = grids.codes[first], grids.codes[second]
        yield Finding(
            rule="grid_overlap",
            severity="error" if share >= SMALL_CUT else "notice",
            codes=(a, b),
            message=Text(
                f"{short_name(asked.dataset, a)}与{short_name(asked.dataset, b)}重叠 {area:,.0f} m²（占较小者 {share:.1%}）。定好归谁，改另一个的边界。",
                f"Grids {short_name(asked.dataset, a)} and {short_name(asked.dataset, b)} overlap by {area:,.0f} m² ({share:.1%} of the smaller). Settle whose it is and redraw the other.",
            ),
            measure={"area_m2": float(area), "share": float(share)},
        )


def compound_overlap(asked: Asked) -> Iterator[Finding]:
    """Find two compounds that cover the same ground by at least 1 m²."""
    records = asked.compounds
    outlines = _outlines(asked, records)
    found = find_overlaps(outlines)
    for first, second, area, share in zip(found.first, found.second, found.area, found.share, strict=True):
        a, b = records[first], records[second]
        within = share > 1 - SMALL_CUT
        yield Finding(
            rule="compound_overlap",
            severity="warning" if share >= SMALL_CUT else "notice",
            codes=(a.code, b.code),
            message=Text(
                f"{name_of(a)}与{name_of(b)}重叠 {area:,.0f} m²（占较小者 {share:.1%}）。"
                + (
                    "一个在另一个里面：多半要删去一个，或改画大的。"
                    if within
                    else "核对两边的边界，改画一边。"
                ),
                f"{name_of(a, 'en')} and {name_of(b, 'en')} overlap by {area:,.0f} m² ({share:.1%} of the smaller). "
                + (
                    "One lies in the other: remove one, or redraw the larger."
                    if within
                    else "Compare both borders and redraw one."
                ),
            ),
            measure={"area_m2": float(area), "share": float(share)},
        )


def outside_unit(asked: Asked) -> Iterator[Finding]:
    """Find more than half of a compound lies in no unit of a level that has outlines; the highest such level is told."""
    for code, row in asked.rows.items():
        for level, spread in enumerate(asked.placing.spreads):
            outside = float(spread.outside[row])
            if not spread.by_outline[row] or outside <= 0.5:
                continue
            record = _record(asked, code)
            zh, en = LEVELS_IN_A_SENTENCE[level]
            chosen = asked.placing.whole[row, level]
            placed = asked.units.levels[level].codes[chosen] if chosen != NOWHERE else None
            counted = (
                (
                    f"仍计入{short_name(asked.dataset, placed)}",
                    f"it is still counted in {short_name(asked.dataset, placed)}",
                )
                if placed
                else ("未归属", "it is unplaced")
            )
            yield Finding(
                rule="outside_unit",
                severity="warning",
                codes=(code,),
                message=Text(
                    f"{name_of(record)}有 {outside:.0%} 在所有{zh}之外，{counted[0]}。核对它的位置、坐标系，或补画{zh}。",
                    f"{outside:.0%} of {name_of(record, 'en')} lies outside every {en}; {counted[1]}. Check its place and datum, or draw the missing {en}.",
                ),
                measure={"outside": outside},
            )
            break


def straddles(asked: Asked) -> Iterator[Finding]:
    """Find a compound cut by a border, between units or with nothing beyond; up to half may lie outside."""
    cuts: dict[int, dict[int, dict[str, float]]] = {}
    for row, level, sides in sides_of(asked.placing, asked.units):
        cuts.setdefault(row, {})[level] = sides
    for code, row in asked.rows.items():
        cut = cuts.get(row)
        if cut is None:
            continue
        record = _record(asked, code)
        units = {unit: share for shares in cut.values() for unit, share in shares.items()}
        lowest = sorted(cut[max(cut)].items(), key=lambda pair: -pair[1])
        lines = [LEVELS_IN_A_SENTENCE[level] for level in cut]
        named = lowest[:MOST_NAMED]
        zh = "，".join(
            f"{'界外' if unit == OUTSIDE else short_name(asked.dataset, unit)} {share:.1%}"
            for unit, share in named
        )
        en = ", ".join(
            f"{'outside' if unit == OUTSIDE else short_name(asked.dataset, unit)} {share:.1%}"
            for unit, share in named
        )
        yield Finding(
            rule="straddles",
            severity="warning" if sum(share for _, share in lowest[1:]) >= SMALL_CUT else "notice",
            codes=(code, *sorted(units.keys() - {OUTSIDE})),
            message=Text(
                f"{name_of(record)}被{'、'.join(word for word, _ in lines)}界线切开：{zh}。在“界线融合”里让界线绕开院墙，或核对轮廓。",
                f"{name_of(record, 'en')} is cut by a border of a {', '.join(word for _, word in lines)}: {en}. "
                "Lead the border along its wall in 'Boundary fusion', or check the outline.",
            ),
            measure=units,
        )


def no_outline(asked: Asked) -> Iterator[Finding]:
    """Find a compound, scattered building or unit that nobody has drawn."""
    are_drawn = asked.subjects.are_drawn
    for code, row in asked.rows.items():
        if are_drawn[row]:
            continue
        record = _record(asked, code)
        lowest = next((level for level in (3, 2, 1, 0) if asked.placing.whole[row, level] != NOWHERE), None)
        unit = None if lowest is None else asked.units.levels[lowest].codes[asked.placing.whole[row, lowest]]
        yield Finding(
            rule="no_outline",
            severity="warning" if unit is None else "notice",
            codes=(code,),
            message=Text(
                f"{name_of(record)}没有轮廓，"
                + (
                    f"按登记归{short_name(asked.dataset, unit)}。补画它。"
                    if unit
                    else "也没有登记网格、社区或街道，未归属。补画它，或填上所在社区。"
                ),
                f"{name_of(record, 'en')} has no outline; "
                + (
                    f"by its record it lies in {short_name(asked.dataset, unit)}. Draw it."
                    if unit
                    else "nor does it record a grid, community or street, so it is unplaced. Draw it, or fill in its community."
                ),
            ),
        )
    for level, (zh, en) in enumerate(LEVELS_IN_A_SENTENCE):
        units = asked.units.levels[level]
        for code, outline in zip(units.codes, units.outlines, strict=True):
            if outline is None:
                record = asked.dataset.of(UNIT_KINDS[level])[code]
                yield Finding(
                    rule="no_outline",
                    severity="notice",
                    codes=(code,),
                    message=Text(
                        f"{zh}{name_of(record)}没有边界，下级也没有：小区不能按轮廓归到这里。导入或画出边界。",
                        f"The {en} {name_of(record, 'en')} has no border, nor have its parts: no compound is placed here by outline. Import or draw it.",
                    ),
                )


def recorded_differs(asked: Asked) -> Iterator[Finding]:
    """Find a compound whose record names another unit than its outline does; the outline counts."""
    for code, row in asked.rows.items():
        refs = asked.refs[code]
        for level in (3, 2, 1):
            recorded = refs[level]
            if recorded is None or not asked.placing.spreads[level].by_outline[row]:
                continue
            alone = tuple(recorded if at == level else None for at in range(4))
            meant = asked.units.line((alone[0], alone[1], alone[2], alone[3]))[level]
            placed = int(asked.placing.whole[row, level])
            if meant in (placed, NOWHERE):
                continue
            codes = asked.units.levels[level].codes
            spread = asked.placing.spreads[level]
            share = float(spread.share[(spread.subject == row) & (spread.unit == meant)].sum())
            zh, en = LEVELS_IN_A_SENTENCE[level]
            lies = codes[placed] if placed != NOWHERE else None
            record = _record(asked, code)
            yield Finding(
                rule="recorded_differs",
                severity="warning",
                codes=(code, recorded, *((lies,) if lies else ())),
                message=Text(
                    f"{name_of(record)}登记在{short_name(asked.dataset, recorded)}，轮廓却{'在' + short_name(asked.dataset, lies) if lies else f'不在任何{zh}里'}（{share:.0%} 在登记处）。按轮廓计。改登记，或改轮廓。",
                    f"{name_of(record, 'en')} is recorded in the {en} {short_name(asked.dataset, recorded)}, but its outline lies in {short_name(asked.dataset, lies) if lies else 'none'} ({share:.0%} in the recorded one). The outline counts. Correct the record or the outline.",
                ),
                measure={"share_in_recorded": share},
                mend=_as_outline(asked, code, row),
            )
            break


def _as_outline(asked: Asked, code: str, row: int) -> tuple[Write, ...]:
    """Return the recorded units put right by the outline; () unless it lies whole in one unit wherever they differ."""
    steps = []
    for level in (_GRID, _COMMUNITY, _STREET):
        recorded, spread = asked.refs[code][level], asked.placing.spreads[level]
        if recorded is None or not spread.by_outline[row]:
            continue
        alone = tuple(recorded if at == level else None for at in range(4))
        meant = asked.units.line((alone[0], alone[1], alone[2], alone[3]))[level]
        placed = int(asked.placing.whole[row, level])
        if meant in (placed, NOWHERE):
            continue
        shares = spread.share[spread.subject == row]
        if placed == NOWHERE or len(shares) != 1 or shares[0] < 1 - _EXACT:
            return ()
        steps.append(Write(code, LEVELS[level], asked.units.levels[level].codes[placed]))
    return tuple(steps)


def _record(asked: Asked, code: str) -> Record:
    return asked.subject(code)


def _outlines(asked: Asked, records: list[Record]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    rows = np.array([asked.rows[record.code] for record in records], dtype=np.int64)
    return asked.subjects.outlines_of(rows)


def _listed(codes: tuple[str, ...], comma: str = "、") -> str:
    return comma.join(codes[:4]) + (" …" if len(codes) > 4 else "")
