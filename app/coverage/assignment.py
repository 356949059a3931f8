"""Weights of subjects, and which part of each belongs to which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.coverage.units import NOWHERE
from app.domain.kinds import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.coverage.answers import Answers

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Pairs of subject and unit by position; ``counted`` of each subject counts there, ``outside`` nowhere.

    ``share`` is what ``explain`` calls the subject's share in the unit; ``placed_by`` is by subject.
    """

    subject: Ints
    unit: Ints
    counted: Floats
    share: Floats
    outside: Floats
    placed_by: list[str | None]


def assign_compounds(answers: Answers, codes: Sequence[str], by: str, count: str) -> Assignment:
    """Return where compounds and scattered buildings count at a level."""
    subjects = answers.places.subjects()
    placing = answers.places.placing(answers.day)
    level = LEVELS.index(by)
    positions = np.array([subjects.position[code] for code in codes], dtype=np.int64)
    rows = subjects.rows_on(answers.day)[positions]
    spread = placing.spreads[level]
    place_of_row = np.full(len(subjects.refs), NOWHERE, dtype=np.int64)
    place_of_row[rows] = np.arange(len(rows))
    subject = place_of_row[spread.subject]
    mine = subject != NOWHERE
    subject, unit = subject[mine], spread.unit[mine]
    share, counted = spread.share[mine], spread.counted[mine]
    outside = spread.outside[rows]
    if count == "whole":
        chosen = placing.whole[rows, level]
        kept = unit == chosen[subject]
        subject, unit, share = subject[kept], unit[kept], share[kept]
        counted = np.ones(len(subject))
        outside = np.where(chosen == NOWHERE, 1.0, 0.0)
    else:
        share = counted
    placed_by: list[str | None] = [None] * len(codes)
    by_outline = spread.by_outline[rows]
    for place in np.unique(subject).tolist():
        placed_by[place] = "outline" if by_outline[place] else "record"
    return Assignment(subject, unit, counted, share, outside, placed_by)


def assign_grids(answers: Answers, codes: Sequence[str], by: str) -> Assignment:
    """Return the units that hold each grid: itself, or its recorded ancestor (reference 5)."""
    grids = answers.places.units(answers.day).levels[3]
    level = LEVELS.index(by)
    units = []
    placed_by: list[str | None] = []
    for code in codes:
        place = grids.position[code]
        unit = place if by == "grid" else int(grids.ancestors[place, level])
        units.append(unit)
        is_filled = by != "grid" and grids.filled[place] != NOWHERE and level <= grids.filled[place]
        placed_by.append(None if unit == NOWHERE else "outline" if is_filled else "record")
    return _wholly(units, placed_by)


def assign_firms(answers: Answers, codes: Sequence[str], by: str, kind: str | None) -> Assignment:
    """Return the unit that holds most of each firm's counted compounds (reference 5)."""
    level = LEVELS.index(by)
    units = [answers.firm_line(code, kind)[level] for code in codes]
    return _wholly(units, [None] * len(units))


def _wholly(units: Sequence[int], placed_by: list[str | None]) -> Assignment:
    unit = np.array(units, dtype=np.int64)
    subject = np.flatnonzero(unit != NOWHERE)
    ones = np.ones(len(subject))
    return Assignment(subject, unit[subject], ones, ones, np.where(unit == NOWHERE, 1.0, 0.0), placed_by)


def compound_weights(answers: Answers, codes: Sequence[str], weight: str) -> Floats:
    """Return each compound's or scattered building's weight; NaN where it has none (reference 4.8)."""
    if weight == "compounds":
        return np.ones(len(codes))
    if weight == "area":
        subjects = answers.places.subjects()
        rows = subjects.rows_on(answers.day)[
            np.array([subjects.position[code] for code in codes], dtype=np.int64)
        ]
        areas = subjects.areas[rows]
        return np.where(areas > 0, areas, np.nan)
    found = [people(answers, code, weight) for code in codes]
    return np.array([np.nan if number is None else number for number in found], dtype=np.float64)


def people(answers: Answers, code: str, weight: str) -> int | None:
    """Return a compound's or scattered building's ``households`` or ``residents``; None where nobody counted."""
    if (
        weight == "households"
        and (row := answers.dataset.latest_count(code, weight, answers.day)) is not None
    ):
        value = row.get(weight)
    else:
        record = answers.dataset.find(code)
        value = None if record is None else record.on(weight, answers.day)
    return value if isinstance(value, int) else None


def grid_weights(answers: Answers, codes: Sequence[str], weight: str, count: str, kind: str | None) -> Floats:
    """Return each grid's weight: its area, or the sum over the counted compounds placed in it (reference 5)."""
    if weight == "compounds":
        return np.ones(len(codes))
    grids = answers.places.units(answers.day).levels[3]
    places = [grids.position[code] for code in codes]
    if weight == "area":
        areas = shapely.area(grids.outlines[places])
        return np.where(areas > 0, areas, np.nan)
    compounds = list(answers.counted(kind))
    own = compound_weights(answers, compounds, weight)
    held = assign_compounds(answers, compounds, "grid", count)
    has_number = ~np.isnan(own[held.subject])
    size = len(grids.codes)
    units = held.unit[has_number]
    amounts = (own[held.subject] * held.counted)[has_number]
    total = np.bincount(units, weights=amounts, minlength=size)
    any_number = np.bincount(units, minlength=size) > 0
    return np.where(any_number, total, np.nan)[places]
