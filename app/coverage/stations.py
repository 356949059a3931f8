"""Stations in force: which stand where, and how much of each compound lies within their reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.coverage.assignment import assign
from app.domain.kinds import LEVELS
from geo.shares import ON_BORDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.coverage.answers import Answers


def judge_reach(
    answers: Answers, codes: list[str], station_kind: str, metres: float
) -> list[tuple[float | None, str | None]]:
    """Return for each compound the share of its area in reach, None without outline, and the nearest station."""
    share, nearest = _reach(answers, codes, station_kind, metres, answers)
    return [(None if np.isnan(part) else part, by) for part, by in zip(share.tolist(), nearest, strict=True)]


def reach_by(
    answers: Answers, codes: list[str], station_kind: str, metres: float, stations_of: Answers
) -> list[float]:
    """Return the share of each compound, as it lies on one day, in reach of the stations of another; NaN without outline."""
    share, _ = _reach(answers, codes, station_kind, metres, stations_of)
    return [float(part) for part in share]


def _reach(
    answers: Answers, codes: list[str], station_kind: str, metres: float, stations_of: Answers
) -> tuple[NDArray[np.float64], list[str | None]]:
    day = stations_of.day
    serving = [
        record.code
        for record in answers.dataset.in_force("stations", day)
        if record.on("kind", day) == station_kind
    ]
    stations = answers.places.subjects("stations")
    outlines = stations.outlines_of(stations.rows_of(serving, day))
    rows = answers.places.subjects().rows_of(codes, answers.day)
    return answers.places.reach(station_kind, metres, serving, outlines).of(rows)


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
    rows = subjects.envelopes.near(points)
    rows = rows[subjects.areas_of(rows) > 0]
    station, compound = shapely.STRtree(subjects.outlines_of(rows)).query(
        shapely.point_on_surface(points), predicate="dwithin", distance=ON_BORDER
    )
    here = subjects.codes_of(rows)
    today = dict(zip(set(here), subjects.rows_of(list(set(here)), answers.day).tolist(), strict=True))
    for at, inside in zip(station.tolist(), compound.tolist(), strict=True):
        if today[here[inside]] == rows[inside]:
            found.setdefault(here[inside], {})[codes[at]] = kinds[at]
