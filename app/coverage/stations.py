"""How much of each compound lies within reach of a station in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.reach import reach

if TYPE_CHECKING:
    from app.coverage.answers import Answers


def judge_reach(
    answers: Answers, codes: list[str], station_kind: str, metres: float
) -> list[tuple[float | None, str | None]]:
    """Return for each compound the share of its area in reach, None without outline, and the nearest station."""
    day = answers.day
    stations = answers.places.subjects("stations")
    rows = stations.rows_on(day)
    records = answers.dataset.of("stations")
    serving = [
        place
        for place, code in enumerate(stations.codes)
        if records[code].is_in_force(day) and records[code].on("kind", day) == station_kind
    ]
    subjects = answers.places.subjects()
    places = np.array([subjects.position[code] for code in codes], dtype=np.int64)
    share, nearest = reach(
        subjects.outlines[subjects.rows_on(day)[places]],
        stations.outlines[rows[np.asarray(serving, dtype=np.int64)]],
        metres,
    )
    return [
        (None if np.isnan(part) else float(part), None if by < 0 else stations.codes[serving[by]])
        for part, by in zip(share, nearest, strict=True)
    ]
