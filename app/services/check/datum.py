"""Whether outlines and compounds lie in different datums: one labelled WGS 84 that is really GCJ-02 or BD-09.

Borders follow streets and walls, so few compounds are cut by one. Where many are, and hardly any once the border is
moved by exactly the offset of a web map, the offset is the likely reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import UNIT_KINDS
from app.services.check.asked import LEVELS_IN_A_SENTENCE
from app.services.check.finding import Finding, name_of
from app.text import Text
from geo.datum import from_wgs84, to_wgs84
from geo.shares import intersection_area, mended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.services.check.asked import Asked

    Floats = NDArray[np.float64]

FEWEST_CUT: Final = 8  # compounds that a border must cut before anything is said of its datum
LEAST_CUT: Final = 2.0  # [compounds] sum of the smaller shares
LEFT_OVER: Final = 0.25  # at most this part of it may be left once shifted
_CUT: Final = 0.01  # a compound with a smaller share beyond the border is not counted as cut
_LARGEST_SHIFT: Final = 2000.0  # [m] no offset of a web map is larger


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """``who`` is really in ``datum``: the border or the compounds. ``move`` brings the border to the compounds."""

    who: str
    datum: str
    move: Callable[[Floats], Floats]


_HYPOTHESES: Final = (
    Hypothesis("border", "gcj02", lambda lonlat: to_wgs84(lonlat, "gcj02")),
    Hypothesis("border", "bd09", lambda lonlat: to_wgs84(lonlat, "bd09")),
    Hypothesis("compounds", "gcj02", lambda lonlat: from_wgs84(lonlat, "gcj02")),
    Hypothesis("compounds", "bd09", lambda lonlat: from_wgs84(lonlat, "bd09")),
)
_DATUM_WORDS: Final = {"gcj02": "GCJ-02", "bd09": "BD-09"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a border says of its datum. ``cut``: sum of the smaller shares of the compounds it cuts [compounds]."""

    hypothesis: Hypothesis
    compounds_cut: int
    cut: float
    cut_shifted: float
    metres: float


def datum_shift(asked: Asked) -> Iterator[Finding]:
    """Find borders that fit the compounds only once moved by the offset of a web map; evidence is in the measure."""
    rows = np.array([asked.rows[c.code] for c in asked.compounds], dtype=np.int64)
    compounds = mended(asked.subjects.outlines_of(rows))
    compounds = compounds[shapely.area(compounds) > 0]
    if len(compounds) == 0:
        return
    tree = shapely.STRtree(compounds)
    told: set[tuple[int, int]] = set()
    for level, kind in enumerate(UNIT_KINDS[:-1]):
        units = asked.units.levels[level]
        for place, code in enumerate(units.codes):
            record = asked.dataset.of(kind)[code]
            outline = record.geometry_on(asked.day)
            above = {(at, int(units.ancestors[place, at])) for at in range(level)}
            if outline is None or units.outlines[place] is None or above & told:
                continue
            found = evidence_of(asked, outline, units.outlines[place], compounds, tree)
            if found is not None:
                told.add((level, place))
                yield _finding(
                    code, name_of(record), name_of(record, "en"), LEVELS_IN_A_SENTENCE[level], found
                )


def evidence_of(
    asked: Asked,
    degrees: BaseGeometry,
    metres: BaseGeometry,
    compounds: NDArray[np.object_],
    tree: shapely.STRtree,
) -> Evidence | None:
    """Return the evidence that a border, or the compounds around it, are shifted; None where it is too little."""
    near = compounds[tree.query(metres, predicate="dwithin", distance=_LARGEST_SHIFT)]
    areas = shapely.area(near)
    as_labelled = _cut(metres, near, areas)
    many = int((as_labelled > _CUT).sum())
    cut = float(as_labelled.sum())
    if many < FEWEST_CUT or cut < LEAST_CUT:
        return None
    best: Evidence | None = None
    for hypothesis in _HYPOTHESES:
        moved = asked.zone.to_metres([shapely.transform(degrees, hypothesis.move)])[0]
        left = float(_cut(moved, near, areas).sum())
        if left <= LEFT_OVER * cut and (best is None or left < best.cut_shifted):
            distance = float(shapely.distance(shapely.centroid(metres), shapely.centroid(moved)))
            best = Evidence(hypothesis, many, cut, left, distance)
    return best


def _cut(border: BaseGeometry, compounds: NDArray[np.object_], areas: Floats) -> Floats:
    """Return for each compound the smaller of its shares within and beyond a border."""
    shapely.prepare(border)
    share = np.where(shapely.contains_properly(border, compounds), 1.0, 0.0)
    doubtful = np.flatnonzero((share == 0.0) & shapely.intersects(border, compounds))
    common = intersection_area(compounds[doubtful], np.full(len(doubtful), border, dtype=object))
    share[doubtful] = common / areas[doubtful]
    return np.minimum(share, 1.0 - share)


def _finding(code: str, zh: str, en: str, level: tuple[str, str], found: Evidence) -> Finding:
    datum = found.hypothesis.datum
    words = _DATUM_WORDS[datum]
    if found.hypothesis.who == "border":
        likely = Text(
            f"边界多半是 {words} 坐标而没有标明。用 --datum {datum} 重新导入这条边界。",
            f"Most likely the border is in {words} without saying so. Import it again with --datum {datum}.",
        )
    else:
        likely = Text(
            f"小区轮廓多半是 {words} 坐标而没有标明。用 --datum {datum} 重新导入小区。",
            f"Most likely the compounds are in {words} without saying so. Import them again with --datum {datum}.",
        )
    return Finding(
        rule="datum_shift",
        severity="warning",
        codes=(code,),
        message=Text(
            f"{level[0]}{zh}的边界切开 {found.compounds_cut} 个小区，份额合计 {found.cut:.2f}；"
            f"按 {words} 移动 {found.metres:.0f} 米后只剩 {found.cut_shifted:.2f}。{likely.zh}",
            f"The border of the {level[1]} {en} cuts {found.compounds_cut} compounds, {found.cut:.2f} shares in all; "
            f"moved by {found.metres:.0f} m ({words}) only {found.cut_shifted:.2f} are left. {likely.en}",
        ),
        measure={
            "compounds_cut": found.compounds_cut,
            "cut_as_labelled": found.cut,
            "cut_shifted": found.cut_shifted,
            "metres": found.metres,
        },
    )
