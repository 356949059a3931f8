"""The number that a weight is of a subject and of a unit: one entry here for each that ``app.domain.weights`` declares.

NaN stands where there is no number (reference 4.8 and 5).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from app.coverage.assignment import assign_compounds
from app.coverage.places.places import COUNTED
from app.domain.kinds import KINDS, LEVELS
from app.domain.profile.declared import SUBJECTS
from app.domain.weights import ONE
from geo.exact import summed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from app.coverage.answers import Answers

    Floats = NDArray[np.float64]


class Number(NamedTuple):
    """How a weight is found: of what is placed by its outline, and of units.

    ``of_subjects``: answers, the kind of placed things, codes. ``of_units``: answers, the level by its place in
    ``LEVELS``, codes, the way of counting, the kind of compound.
    """

    of_subjects: Callable[[Answers, str, Sequence[str]], Floats]
    of_units: Callable[[Answers, int, Sequence[str], str, str | None], Floats]


def weights_of(
    answers: Answers, subject: str, codes: Sequence[str], weight: str, count: str, kind: str | None
) -> Floats:
    """Return the weight of each subject of a measure."""
    if subject in LEVELS:
        return unit_weights(answers, codes, LEVELS.index(subject), weight, count, kind)
    is_placed = subject != "compound" and KINDS[SUBJECTS[subject]].is_layer
    return NUMBERS[weight].of_subjects(answers, SUBJECTS[subject] if is_placed else COUNTED, codes)


def unit_weights(
    answers: Answers, codes: Sequence[str], own: int, weight: str, count: str, kind: str | None
) -> Floats:
    """Return each unit's weight."""
    return NUMBERS[weight].of_units(answers, own, codes, count, kind)


def people(answers: Answers, code: str, weight: str) -> int | None:
    """Return a compound's or scattered building's ``households`` or ``residents``; None where nobody counted."""
    if (
        weight == "households"
        and (row := answers.dataset.latest_count(code, weight, answers.day)) is not None
    ):
        value = row.get(weight)
    else:
        record = answers.dataset.find(code)
        is_said = record is not None and weight in KINDS[record.kind].index
        value = record.on(weight, answers.day) if record is not None and is_said else None
    return value if isinstance(value, int) else None


def _one(_answers: Answers, _kind: str, codes: Sequence[str]) -> Floats:
    return np.ones(len(codes))


def _one_of_units(
    _answers: Answers, _own: int, codes: Sequence[str], _count: str, _kind: str | None
) -> Floats:
    return np.ones(len(codes))


def _area(answers: Answers, kind: str, codes: Sequence[str]) -> Floats:
    subjects = answers.places.subjects(kind)
    areas = subjects.areas_of(subjects.rows_of(codes, answers.day))
    return np.where(areas > 0, areas, np.nan)


def _area_of_units(
    answers: Answers, own: int, codes: Sequence[str], _count: str, _kind: str | None
) -> Floats:
    units = answers.places.units(answers.day).levels[own]
    areas = shapely.area(units.outlines[[units.position[code] for code in codes]])
    return np.where(areas > 0, areas, np.nan)


def _counted(field: str, answers: Answers, _kind: str, codes: Sequence[str]) -> Floats:
    found = [people(answers, code, field) for code in codes]
    return np.array([np.nan if number is None else number for number in found], dtype=np.float64)


def _sum(
    field: str, answers: Answers, own: int, codes: Sequence[str], count: str, kind: str | None
) -> Floats:
    """Return the sum of a number over the counted compounds placed in each unit."""
    units = answers.places.units(answers.day).levels[own]
    compounds = list(answers.counted(kind))
    weights = _counted(field, answers, COUNTED, compounds)
    held = assign_compounds(answers, compounds, LEVELS[own], count)
    has_number = ~np.isnan(weights[held.subject])
    size = len(units.codes)
    unit = held.unit[has_number]
    amounts = (weights[held.subject] * held.counted)[has_number]
    total = summed(amounts, unit, size)
    any_number = np.bincount(unit, minlength=size) > 0
    return np.where(any_number, total, np.nan)[[units.position[code] for code in codes]]


def _of_field(field: str) -> Number:
    """Return the weight that is a number of a compound or scattered building, of units by its sum."""
    return Number(partial(_counted, field), partial(_sum, field))


NUMBERS: Final[Mapping[str, Number]] = {
    ONE: Number(_one, _one_of_units),
    "households": _of_field("households"),
    "residents": _of_field("residents"),
    "area": Number(_area, _area_of_units),
}
