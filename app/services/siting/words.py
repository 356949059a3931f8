"""A proposal in sentences, for commands and the window alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.services.siting.request import MEDIAN, MODELS, SET, WAYS
from app.services.siting.site import OPTIMAL
from app.text import Text

if TYPE_CHECKING:
    from app.services.siting.site import SitePlan

_BEFORE_AFTER: Final = Text(
    "{0} 米内的户：现有站点 {1}，加这 {2} 个后 {3}，共 {4}（{5}）。",
    "Households within {0} m: {1} with the stations there are, {3} with these {2}, of {4} ({5}).",
)
_NOBODY: Final = Text(
    "没有一个小区登记了户数，算不出站放在哪里覆盖的户最多。先填上或导入小区的“户数”，再找位置。",
    "No compound has its households entered, so nobody can tell where a station serves most. "
    "Enter or import 'Households' of the compounds, then look again.",
)
_PROVEN: Final = Text(
    "{0}：已证明最优（候选点 {1} 个）。", "{0}: proven the best there is ({1: candidate|candidates})."
)
_BOUND: Final = {
    "cover": Text(
        "{0}：时间用完，还没证明最优；{1} 个候选点里怎么选都不会超过 {2} 户。",
        "{0}: time was up before the proof; no choice of the {1: candidate|candidates} covers more than {2: household|households}.",
    ),
    "set": Text(
        "{0}：时间用完，还没证明最少；{1} 个候选点里至少要 {2} 个。",
        "{0}: time was up before the proof; of the {1: candidate|candidates} it takes {2} at least.",
    ),
    "median": Text(
        "{0}：时间用完，还没证明最优；{1} 个候选点里怎么选，平均都不会近于 {2} 米。",
        "{0}: time was up before the proof; no choice of the {1: candidate|candidates} brings the mean below {2} m.",
    ),
}


def summary_of(plan: SitePlan) -> list[Text]:
    """Return what the proposal comes to: before and after, how far it is proven, for the median the mean way."""
    if not plan.after.total and plan.without_weight:
        return [_NOBODY]
    request, ways = plan.request, WAYS[plan.ways]
    figures = (
        f"{plan.before.covered:,.0f}",
        len(plan.places),
        f"{plan.after.covered:,.0f}",
        f"{plan.after.total:,.0f}",
    )
    said = [
        Text(
            _BEFORE_AFTER.zh.format(f"{request.radius:g}", *figures, ways.zh),
            _BEFORE_AFTER.en.format(f"{request.radius:g}", *figures, ways.en),
        )
    ]
    if plan.is_by_hand:
        said.append(
            Text(
                "位置是手移过的。",
                "The places were moved by hand.",
            )
        )
        return said
    model, count = MODELS[request.model], f"{len(plan.candidates):,}"
    words = _PROVEN if plan.status == OPTIMAL else _BOUND[request.model]
    bound = f"{plan.bound:,.0f}"
    said.append(words.format(model, count, bound))
    if plan.metres is not None and plan.metres[1] is not None:
        was, now = (None if one is None else f"{one:,.0f}" for one in plan.metres)
        said.append(
            Text(f"到最近一站平均 {now} 米。", f"The nearest station is {now} m away on average.")
            if was is None
            else Text(
                f"到最近一站平均 {was} 米，加后 {now} 米。",
                f"The nearest station is {was} m away on average, then {now} m.",
            )
        )
    if len(plan.places) < request.count and request.model not in (SET, MEDIAN):
        said.append(
            Text(
                f"再多的站也不会多覆盖一户，所以只放 {len(plan.places)} 个。",
                f"More stations would cover no more households, so there are only {len(plan.places)}.",
            )
        )
    return said


def notes_of(plan: SitePlan) -> list[Text]:
    """Return what was left out, and what the figures do not say."""
    said = list(plan.candidates.notes)
    if plan.request.capacity is not None:
        said.append(
            Text(
                f"每个新站最多服务 {plan.request.capacity:,} 户；一个小区的户可以分给几个站；已有站点不限。",
                f"A new station serves {plan.request.capacity:,} households at most; those of one compound may be shared "
                "among several; the stations there are serve whoever comes.",
            )
        )
    if plan.without_weight:
        said.append(
            Text(
                f"{plan.without_weight} 个小区没有户数，按 0 算。",
                f"{plan.without_weight} compounds without a count of households count as 0.",
            )
        )
    if plan.without_outline:
        said.append(
            Text(
                f"{plan.without_outline} 个小区没有轮廓，够不够得着不知道。",
                f"{plan.without_outline} compounds have no outline: whether they are in reach is unknown.",
            )
        )
    return said
