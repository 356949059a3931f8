"""What a siting stands on: who counts with how many households, what lies where, which stations are there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.judging import COVERED
from app.coverage.measures import parse_measure
from app.coverage.places.places import COUNTED
from app.coverage.results import Query
from app.coverage.weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Figures
    from app.services.siting.request import SiteRequest

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]

WEIGHT: Final = "households"
DIGITS: Final = 8  # of a degree that a place is written with: a millimetre


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The base of the stations' measure on a day.

    ``codes`` (n) ascending; ``weights`` (n,) households, 0 where nobody counted; ``outlines`` (n,) in metres or None;
    ``reached`` (n,) the share that stations in force reach; ``stations`` their outlines. ``figures`` of the measure.
    """

    engine: CoverageEngine
    day: date
    codes: tuple[str, ...]
    weights: Floats
    outlines: Geometries
    reached: Floats
    stations: Geometries
    figures: Figures

    @property
    def drawn(self) -> NDArray[np.bool_]:
        """Who has an outline, or a point."""
        drawn: NDArray[np.bool_] = ~(shapely.is_missing(self.outlines) | shapely.is_empty(self.outlines))
        return drawn


def ground_of(engine: CoverageEngine, request: SiteRequest) -> Ground:
    """Return what a request stands on; raise InvalidInput for a kind or radius that there isn't."""
    measure, day = parse_measure(engine.profile, request.measure), request.as_of
    answers = engine.book.on(day)
    pieces = engine.judgement(measure, day, None).pieces
    codes = tuple(sorted(pieces))
    weights = weights_of(answers, measure.spec.subject, codes, WEIGHT, "whole", None)
    subjects = answers.places.subjects(COUNTED)
    return Ground(
        engine=engine,
        day=day,
        codes=codes,
        weights=np.nan_to_num(weights),
        outlines=subjects.outlines_of(subjects.rows_of(codes, day)),
        reached=np.array(
            [sum((p.amount for p in pieces[code] if p.where == COVERED), 0.0) for code in codes],
            dtype=np.float64,
        ),
        stations=stations_of(engine, request.station_kind, day),
        figures=figures_of(engine, request),
    )


def stations_of(engine: CoverageEngine, kind: str, day: date) -> Geometries:
    """Return the outlines in metres of the stations of a kind that are in force and have one."""
    answers = engine.book.on(day)
    placed = answers.places.subjects("stations")
    records = answers.dataset.in_force("stations", day)
    codes = [record.code for record in records if record.on("kind", day) == kind]
    outlines = placed.outlines_of(placed.rows_of(codes, day))
    there: Geometries = outlines[~(shapely.is_missing(outlines) | shapely.is_empty(outlines))]
    return there


def figures_of(engine: CoverageEngine, request: SiteRequest) -> Figures:
    """Return the households' figures of the stations' measure, all units together."""
    query = Query(measure=request.measure, by="district", as_of=request.as_of, weight=WEIGHT)
    return engine.coverage(query).total.figures


def rounded(lonlat: Floats) -> Floats:
    """Return places with the digits that they are written with, so that who adds them adds the same place."""
    found: Floats = np.round(lonlat, DIGITS)
    return found


def points(places: Sequence[tuple[float, float]] | Floats) -> Geometries:
    """Return places in degrees as points."""
    made: Geometries = np.asarray(
        shapely.points(np.asarray(places, dtype=float).reshape(-1, 2)), dtype=object
    )
    return made
