"""What the page of siting shows: a line for each place, and the places over the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from app.services.siting.request import STRAIGHT
from app.services.siting.words import notes_of, summary_of
from app.text import Text
from ui.models.sites import Sites
from ui.topics.base.lines import Head, Line

if TYPE_CHECKING:
    from app.coverage.engine import CoverageEngine
    from app.services.siting.site import SitePlan

HEADS: Final = (
    Head(Text("次序", "Order"), is_number=True, width=56),
    Head(Text("新增户数", "Households gained"), is_number=True, width=110),
    Head(
        Text("累计", "So far"),
        is_number=True,
        width=90,
        tip=Text("放到这一个为止覆盖的户", "Households covered up to this one"),
    ),
    Head(Text("小区", "Compounds"), is_number=True, width=70),
    Head(Text("新够得着的小区", "Compounds newly in reach"), width=420),
)
_MOST: Final = 12  # names told in a line
_FIGURE: Final = Text("覆盖 {0} 户", "{0: household|households} covered")
_GAIN: Final = Text("这一个新增 {0} 户", "{0} of them by this one")
_SIGNED: Final = Text("比原来 {0}", "{0} beside before")


def place_lines(plan: SitePlan, engine: CoverageEngine, lang: str) -> list[Line]:
    """Return a line for each place."""
    found, covered = [], plan.before.covered
    for at, place in enumerate(plan.places, 1):
        covered += place.gain
        names = [engine.name_on(code, plan.request.as_of) or code for code in place.codes[:_MOST]]
        more = "…" if len(place.codes) > _MOST else ""
        joined = ("、" if lang == "zh" else ", ").join(names) + more
        cells = (at, f"{place.gain:,.0f}", f"{covered:,.0f}", len(place.codes), joined)
        found.append(Line(str(at), cells, place.codes))
    return found


def plan_words(plan: SitePlan, lang: str) -> str:
    """Return what is said above a proposal."""
    return ("" if lang == "zh" else " ").join(one.in_(lang) for one in (*summary_of(plan), *notes_of(plan)))


def sites_of(plan: SitePlan, engine: CoverageEngine) -> Sites:
    """Return a proposal as it lies over the map."""
    places = np.array([(place.lon, place.lat) for place in plan.places], dtype=np.float64).reshape(-1, 2)
    return Sites(
        zone=engine.zone,
        candidates=engine.zone.xy(plan.candidates.lonlat),
        places=engine.zone.xy(places),
        radius=plan.request.radius if plan.ways == STRAIGHT else 0.0,
    )


def figure_words(covered: float, gain: float, before: float, lang: str) -> tuple[str, ...]:
    """Return what is written beside a place under the hand."""
    change = round(covered) - round(before)
    sign = f"{change:+,d}" if change else "±0"
    return tuple(
        said.format(number).in_(lang)
        for said, number in ((_FIGURE, f"{covered:,.0f}"), (_GAIN, f"{gain:,.0f}"), (_SIGNED, sign))
    )
