"""Stations in force: which stand where, and how much of each compound lies within their reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.coverage.assignment import assign
from app.domain.kinds import LEVELS
from geo.reach import reach
from geo.shares import ON_BORDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.coverage.answers import Answers


def judge_reach(
    answers: Answers, codes: list[str], station_kind: str, metres: float
) -> list[tuple[float | None, str | None]]:
    """Return for each compound the share of its area in reach, None without outline, and the nearest station."""
    serving = _serving(answers, station_kind)
    share, nearest = _reach(answers, codes, metres, answers, serving)
    return [
        (None if np.isnan(part) else float(part), None if by < 0 else serving[by])
        for part, by in zip(share, nearest, strict=True)
    ]


def reach_by(
    answers: Answers, codes: list[str], station_kind: str, metres: float, stations_of: Answers
) -> list[float]:
    """Return the share of each compound, as it lies on one day, in reach of the stations of another; NaN without outline."""
    share, _ = _reach(answers, codes, metres, stations_of, _serving(stations_of, station_kind))
    return [float(part) for part in share]


def _serving(answers: Answers, station_kind: str) -> list[str]:
    return [
        record.code
        for record in answers.dataset.in_force("stations", answers.day)
        if record.on("kind", answers.day) == station_kind
    ]


def _reach(
    answers: Answers, codes: list[str], metres: float, stations_of: Answers, serving: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    stations, subjects = answers.places.subjects("stations"), answers.places.subjects()
    return reach(
        subjects.outlines_of(subjects.rows_of(codes, answers.day)),
        stations.outlines_of(stations.rows_of(serving, stations_of.day)),
        metres,
    )


def stations_at(answers: Answers) -> dict[str, list[tuple[str, str]]]:
    """Return for compounds and units the stations in force there, each with its kind.

    A compound has those recorded at it and those whose point lies in its outline; a unit those placed in it.
    """
    day = answers.day
    records = answers.dataset.in_force("stations", day)
    codes = [record.code for record in records]
    kinds = [str(record.on("kind", day) or "") for record in records]
    found: dict[str, dict[str, str]] = {}
    for record, kind in zip(records, kinds, strict=True):
        owner = record.on("compound", day)
        if owner is not None:
            found.setdefault(str(owner), {})[record.code] = kind
    _put_inside(answers, codes, kinds, found)
    units = answers.places.units(day)
    for level in LEVELS:
        held = assign(answers, "station", codes, level, "whole", None)
        here = units.levels[LEVELS.index(level)].codes
        for subject, unit in zip(held.subject.tolist(), held.unit.tolist(), strict=True):
            found.setdefault(here[unit], {})[codes[subject]] = kinds[subject]
    return {code: sorted(stations.items()) for code, stations in found.items()}


def _put_inside(
    answers: Answers, codes: list[str], kinds: list[str], found: dict[str, dict[str, str]]
) -> None:
    """Add to each compound the stations whose point lies in its outline."""
    if not codes:
        return
    stations, subjects = answers.places.subjects("stations"), answers.places.subjects()
    points = stations.outlines_of(stations.rows_of(codes, answers.day))
    areas = subjects.outlines_of(subjects.rows_on(answers.day))
    areas[~(shapely.area(areas) > 0)] = None
    station, compound = shapely.STRtree(areas).query(
        shapely.point_on_surface(points), predicate="dwithin", distance=ON_BORDER
    )
    for at, inside in zip(station.tolist(), compound.tolist(), strict=True):
        found.setdefault(subjects.codes[inside], {})[codes[at]] = kinds[at]
