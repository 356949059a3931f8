"""How far every compound is from the nearest station of a kind, and the share of households within distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.coverage.measures import check_kind, parse_measure
from app.coverage.results import Figures, Query
from app.coverage.weights import people
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine

USUAL: Final = (300.0, 500.0, 1000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """One compound: metres from its outline to the nearest station's point or outline; None without either."""

    code: str
    name: str
    households: int | None
    metres: float | None
    station: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """``within``: for each distance the households of the compounds' parts that lie so near."""

    station_kind: str
    as_of: date
    kind: str | None
    stations: tuple[str, ...]
    within: tuple[tuple[float, Figures], ...]
    compounds: tuple[Distance, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the answer, unrounded."""
        return {
            "station_kind": self.station_kind,
            "as_of": self.as_of.isoformat(),
            "kind": self.kind,
            "stations": len(self.stations),
            "within": [
                {"metres": metres, **figures.as_json(lang), "without_weight": figures.without_weight}
                for metres, figures in self.within
            ],
            "compounds": [
                {
                    "code": one.code,
                    "name": one.name or None,
                    "households": one.households,
                    "metres": one.metres,
                    "station": one.station,
                }
                for one in self.compounds
            ],
        }


def reach_of(
    engine: CoverageEngine,
    station_kind: str,
    day: date,
    metres: Sequence[float] = USUAL,
    kind: str | None = None,
) -> Reach:
    """Measure from every counted compound; raises InvalidInput for a kind or distance that there isn't.

    The shares are those of the measure ``station:KIND:METRES`` weighed by households.
    """
    check_kind(engine.profile, kind)
    if not metres:
        raise InvalidInput(
            Text(
                "要写至少一个距离（米），如 300,500,1000。",
                "Give at least one distance in metres, such as 300,500,1000.",
            ),
            (Problem(message=Text("没有距离", "no distance"), column="metres"),),
        )
    names = [f"station:{station_kind}:{distance:g}" for distance in metres]
    for name in names:
        parse_measure(engine.profile, name)  # refuses a kind or distance that there isn't
    answers = engine.book.on(day)
    stations = [
        record
        for record in answers.dataset.in_force("stations", day)
        if record.on("kind", day) == station_kind
    ]
    placed = answers.places.subjects("stations")
    codes = [record.code for record in stations]
    points = placed.outlines_of(placed.rows_of(codes, day))
    drawn = np.flatnonzero(~shapely.is_missing(points))
    subjects = answers.places.subjects()
    counted = list(answers.counted(kind))
    outlines = subjects.outlines_of(subjects.rows_of(counted, day))
    nearest = _nearest(outlines, points[drawn])
    compounds = tuple(
        Distance(
            code=code,
            name=engine.name_on(code, day),
            households=people(answers, code, "households"),
            metres=None if found is None else found[0],
            station=None if found is None else codes[int(drawn[found[1]])],
        )
        for code, found in zip(counted, nearest, strict=True)
    )
    within = tuple(
        (distance, engine.coverage(_query(name, day, kind)).total.figures)
        for distance, name in zip(metres, names, strict=True)
    )
    return Reach(
        station_kind=station_kind,
        as_of=day,
        kind=kind,
        stations=tuple(codes),
        within=within,
        compounds=compounds,
    )


def _query(measure: str, day: date, kind: str | None) -> Query:
    return Query(measure=measure, by="district", as_of=day, weight="households", kind=kind)


def _nearest(
    outlines: np.ndarray[tuple[int], np.dtype[np.object_]],
    points: np.ndarray[tuple[int], np.dtype[np.object_]],
) -> list[tuple[float, int] | None]:
    """Return for each outline the distance to, and the place of, the nearest point; ties: the first."""
    found: list[tuple[float, int] | None] = [None] * len(outlines)
    there = np.flatnonzero(~shapely.is_missing(outlines))
    if not len(points) or not len(there):
        return found
    (row, place), metres = shapely.STRtree(points).query_nearest(outlines[there], return_distance=True)
    for at, point, distance in zip(row.tolist(), place.tolist(), metres.tolist(), strict=True):
        other = found[int(there[at])]
        if other is None or point < other[1]:
            found[int(there[at])] = (distance, point)
    return found
