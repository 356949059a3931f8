"""What mending does, in sentences: ground in m², who changes side, figures before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.vocabulary import LEVELS, UNNAMED
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.results import Figures
    from app.services.check.proof import Proof

_MOST: Final = 12  # of each kind are named, the rest is counted
_NONE: Final = Text("哪个单元的面积都不变。", "No unit's area changes.")
_STAYS: Final = Text("没有小区换单元。", "No compound changes its unit.")
_NOWHERE: Final = Text("（无）", "(none)")


def proof_lines(proof: Proof) -> list[Text]:
    """Return a sentence for each unit and compound that is touched, and one for the figures."""
    lines = [
        Text(
            f"{LEVELS[one.level].zh}{one.name}（{one.unit}）面积：{_area(one.before)} → {_area(one.after)} 平方米",
            f"{LEVELS[one.level].en} {one.name} ({one.unit}), area: {_area(one.before)} → {_area(one.after)} m²",
        )
        for one in proof.areas[:_MOST]
    ] or [_NONE]
    lines += _more(len(proof.areas))
    lines += [
        Text(
            f"{one.name or UNNAMED.zh}（{one.code}，{_count(one.households)} 户）的{LEVELS[one.level].zh}："
            f"{one.before or _NOWHERE.zh} → {one.after or _NOWHERE.zh}",
            f"{one.name or UNNAMED.en} ({one.code}, {_count(one.households)} households), {LEVELS[one.level].en}: "
            f"{one.before or _NOWHERE.en} → {one.after or _NOWHERE.en}",
        )
        for one in proof.sides[:_MOST]
    ] or [_STAYS]
    lines += _more(len(proof.sides))
    lines.append(
        Text(
            f"覆盖、未覆盖、未知：{_figures(proof.before)} → {_figures(proof.after)}；换单元的 {proof.households} 户。",
            f"Covered, not covered, unknown: {_figures(proof.before)} → {_figures(proof.after)}; "
            f"{proof.households} households change their unit.",
        )
    )
    return lines


def _more(count: int) -> list[Text]:
    rest = count - _MOST
    return [Text(f"……另有 {rest} 处", f"… and {rest} more")] if rest > 0 else []


def _area(area: float | None) -> str:
    return "—" if area is None else f"{area:,.1f}"


def _count(number: int | None) -> str:
    return "—" if number is None else str(number)


def _figures(figures: Figures) -> str:
    return " / ".join(f"{number:g}" for number in (figures.covered, figures.uncovered, figures.unknown))
