"""What an edit of outlines comes to, in sentences: for neighbours, for pieces, for who changes side and how coverage moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS
from app.domain.looks import wording
from app.text import Text
from ui.models.editing import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.services.outlines.sides import Beside, Side, Sides
    from ui.map.editing.work import Changed, Work
    from ui.shell.editing.works import JoinedWork

_MOST: Final = 6  # rows of one sort: what is more is counted
_NEIGHBOUR: Final = Text("邻居：{}", "Neighbour: {}")
_ABOVE: Final = Text("所在的 {}", "{}, in which it lies")
_GIVES: Final = Text("让出 {:,.0f} m²", "gives {:,.0f} m²")
_GETS: Final = Text("得到 {:,.0f} m²", "gets {:,.0f} m²")
_BOTH: Final = Text("让出 {:,.0f} m²，得到 {:,.0f} m²", "gives {:,.0f} m², gets {:,.0f} m²")
_LEAST_M2: Final = 0.5
_BARE: Final = Text("{:,.0f} m² 谁也不归", "{:,.0f} m² would be nobody's")
_SHARED: Final = Text("与 {0} 重叠 {1:,.0f} m²", "Shares {1:,.0f} m² with {0}")
_STAYS: Final = Text("会裁齐，归 {}；Tab 换归属", "Will be clipped, stays with {}; Tab changes the owner")
_PIECE: Final = Text("第 {} 份", "Part {}")
_AREA: Final = Text("{:,.0f} m²（{:.1%}）", "{:,.0f} m² ({:.1%})")
_NEXT: Final = Text(
    "下一步问：从哪天起，挂着的归哪条", "Next it is asked from which day, and what goes where"
)
_MORE: Final = Text("还有 {} 个", "{} more")
_NONE: Final = Text("", "")
_SAME_SIDE: Final = Text("没有小区换网格", "No compound changes its grid")
_MOVES: Final = Text("{} 换{}", "{} changes {}")
_HOUSES: Final = Text("{} → {}，{} 户", "{} → {}, {: household|households}")
_UNCOUNTED: Final = Text("{} → {}，户数未知", "{} → {}, households not known")
_NOWHERE: Final = Text("不在任何一个里", "in none")
_SAME_RATE: Final = Text("覆盖率不变", "Coverage stays as it is")
_RATE: Final = Text("{} 的覆盖率", "Coverage of {}")


def outcomes_of(work: Work) -> list[Outcome]:
    """Return what an edit does to outlines."""
    found = []
    for one in work.changed[:_MOST]:
        if one.given >= 0.5 and one.taken >= 0.5:
            detail = _BOTH.format(one.given, one.taken)
        else:
            detail = _GIVES.format(one.given) if one.given >= one.taken else _GETS.format(one.taken)
        found.append(Outcome("users-three", _who(work, one).format(one.name), detail))
    if (more := len(work.changed) - _MOST) > 0:
        found.append(Outcome("users-three", _MORE.format(more), _NONE))
    if work.bare >= _LEAST_M2:
        found.append(Outcome("warning", _BARE.format(work.bare), _NONE, "warning"))
    for shared in work.shared:
        keeper = work.name if work.is_taking else shared.name
        title = _SHARED.format(shared.name, shared.area)
        found.append(Outcome("scissors", title, _STAYS.format(keeper), "error"))
    whole = sum(float(piece.area) for piece in work.pieces)
    for place, piece in enumerate(work.pieces, 1):
        area = float(piece.area)
        found.append(Outcome("scissors", _PIECE.format(place), _AREA.format(area, area / whole)))
    if work.refusal is not None:
        found.append(Outcome("prohibit", work.refusal, _NONE, "error"))
    return found


def _who(work: Work, one: Changed) -> Text:
    """Return what another is to the outline in hand: a unit that it lies in, or a neighbour."""
    kinds = list(UNIT_KINDS)
    level = kinds.index(work.kind) if work.kind in kinds else len(kinds)
    is_above = one.kind in kinds[:level] and shapely.contains(one.before, work.before.representative_point())
    return _ABOVE if is_above else _NEIGHBOUR


def outcomes_of_joining(work: JoinedWork) -> list[Outcome]:
    """Return what becomes one, each with its area, or why it can't."""
    whole = sum(area for _, area in work.members)
    found = [
        Outcome("intersect", Text(name, name), _AREA.format(area, area / whole))
        for name, area in work.members[:_MOST]
    ]
    if (more := len(work.members) - _MOST) > 0:
        found.append(Outcome("intersect", _MORE.format(more), _NONE))
    if work.refusal is not None:
        found.append(Outcome("prohibit", work.refusal, _NONE, "error"))
    else:
        found.append(Outcome("arrow-bend-up-right", _NEXT, _NONE))
    return found


def outcomes_of_sides(sides: Sides, named: Callable[[str], str]) -> list[Outcome]:
    """Return who changes side, with how many households, and how coverage moves; ``named`` tells a unit's name."""
    found = [_side(side, named) for side in sides.moves[:_MOST]]
    if (more := len(sides.moves) - _MOST) > 0:
        found.append(Outcome("grid-four", _MORE.format(more), _NONE))
    if not sides.moves:
        found.append(Outcome("grid-four", _SAME_SIDE, _NONE))
    moved = [one for one in sides.figures if one.before != one.after]
    found += [_figures(one) for one in moved[:_MOST]]
    if not moved:
        found.append(Outcome("chart-bar-horizontal", _SAME_RATE, _NONE))
    return found


def _side(side: Side, named: Callable[[str], str]) -> Outcome:
    level = KINDS[UNIT_KINDS[LEVELS.index(side.level)]].words
    title = Text(_MOVES.zh.format(side.name.zh, level.zh), _MOVES.en.format(side.name.en, level.en))
    ends = [Text(named(end), named(end)) if end else _NOWHERE for end in (side.before, side.after)]
    how = _UNCOUNTED if side.households is None else _HOUSES
    count = () if side.households is None else (side.households,)
    detail = how.format(*ends, *count)
    return Outcome("grid-four", title, detail)


def _figures(one: Beside) -> Outcome:
    name = one.name or one.unit
    before, after = wording.rate_of(one.before), wording.rate_of(one.after)
    detail = Text(f"{before.zh} → {after.zh}", f"{before.en} → {after.en}")
    return Outcome("chart-bar-horizontal", _RATE.format(name), detail)
