"""Which part of each subject belongs to which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.coverage.places.places import COUNTED
from app.coverage.places.units import NOWHERE, refs_on
from app.domain.kinds import KINDS, LEVELS
from app.domain.profile.declared import SUBJECTS

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


def assign(
    answers: Answers, subject: str, codes: Sequence[str], by: str, count: str, kind: str | None
) -> Assignment:
    """Return where the subjects of a measure count at a level."""
    if subject == "compound":
        return assign_compounds(answers, codes, by, count)
    if subject == "firm":
        return assign_firms(answers, codes, by, kind)
    if subject in LEVELS:
        return assign_units(answers, codes, LEVELS.index(subject), by)
    return assign_others(answers, SUBJECTS[subject], codes, by, count)


def assign_others(answers: Answers, kind: str, codes: Sequence[str], by: str, count: str) -> Assignment:
    """Return where records of a kind count: by their own ground where they have any, else where their compound lies."""
    if KINDS[kind].is_layer and kind != "buildings":
        return _assign_layer(answers, kind, codes, by, count)
    return _through(answers, kind, codes, by, count)


def assign_compounds(answers: Answers, codes: Sequence[str], by: str, count: str) -> Assignment:
    """Return where compounds and scattered buildings count at a level."""
    return _assign_placed(answers, COUNTED, codes, by, count)


def _assign_placed(answers: Answers, kind: str, codes: Sequence[str], by: str, count: str) -> Assignment:
    subjects = answers.places.subjects(kind)
    placing = answers.places.placing(answers.day, kind)
    level = LEVELS.index(by)
    rows = subjects.rows_of(codes, answers.day)
    spread = placing.spread(level).at(rows)
    subject, unit, outside = spread.subject, spread.unit, spread.outside
    share, counted = spread.share, spread.counted
    if count == "whole":
        chosen = placing.chosen(level).at(rows).array
        kept = unit == chosen[subject]
        subject, unit, share = subject[kept], unit[kept], share[kept]
        counted = np.ones(len(subject))
        outside = np.where(chosen == NOWHERE, 1.0, 0.0)
    else:
        share = counted
    placed_by: list[str | None] = [None] * len(codes)
    for place in np.unique(subject).tolist():
        placed_by[place] = "outline" if spread.by_outline[place] else "record"
    return Assignment(subject, unit, counted, share, outside, placed_by)


def assign_units(answers: Answers, codes: Sequence[str], own: int, by: str) -> Assignment:
    """Return the units that hold units of a level: itself, or its ancestor; below its own level none does."""
    units = answers.places.units(answers.day).levels[own]
    level = LEVELS.index(by)
    held = []
    placed_by: list[str | None] = []
    for code in codes:
        place = units.position.get(code, NOWHERE)
        unit = NOWHERE
        if place != NOWHERE and level <= own:
            unit = place if level == own else int(units.ancestors[place, level])
        held.append(unit)
        if unit == NOWHERE:
            placed_by.append(None)
            continue
        is_filled = level < own and units.filled[place] != NOWHERE and level <= units.filled[place]
        placed_by.append("outline" if is_filled else "record")
    return _wholly(held, placed_by)


def assign_firms(answers: Answers, codes: Sequence[str], by: str, kind: str | None) -> Assignment:
    """Return the unit that holds most of each firm's counted compounds (reference 5)."""
    level = LEVELS.index(by)
    units = [answers.firm_line(code, kind)[level] for code in codes]
    return _wholly(units, [None] * len(units))


def _assign_layer(answers: Answers, kind: str, codes: Sequence[str], by: str, count: str) -> Assignment:
    """Place records by their own outline or record; one that neither places, where its compound lies."""
    own = _assign_placed(answers, kind, codes, by, count)
    if "compound" not in KINDS[kind].index:
        return own
    subjects = answers.places.subjects(kind)
    whole = answers.places.placing(answers.day, kind).whole_of(subjects.rows_of(codes, answers.day))
    records = answers.dataset.of(kind)
    lost = [
        place
        for place, code in enumerate(codes)
        if (whole[place] == NOWHERE).all() and records[code].on("compound", answers.day) is not None
    ]
    if not lost:
        return own
    return _replaced(own, lost, _through(answers, kind, [codes[place] for place in lost], by, count))


def _through(answers: Answers, kind: str, codes: Sequence[str], by: str, count: str) -> Assignment:
    """Place records where their compound lies; without one, by the units that they record.

    A scattered building is placed as such, by its outline or record.
    """
    known = answers.places.subjects()
    level = LEVELS.index(by)
    units = answers.places.units(answers.day)
    records = answers.dataset.of(kind)
    owners: list[str | None] = []
    has_owner = "compound" in KINDS[kind].index
    for code in codes:
        owner = records[code].on("compound", answers.day) if has_owner else None
        named = code if owner is None and kind == "buildings" else None if owner is None else str(owner)
        owners.append(named if named in known else None)
    compounds = sorted({owner for owner in owners if owner is not None})
    held = assign_compounds(answers, compounds, by, count)
    pairs: list[list[int]] = [[] for _ in compounds]
    for pair, subject in enumerate(held.subject.tolist()):
        pairs[subject].append(pair)
    position = {code: place for place, code in enumerate(compounds)}
    subject, unit, counted, share = [], [], [], []
    outside = np.ones(len(codes))
    placed_by: list[str | None] = [None] * len(codes)
    for place, owner in enumerate(owners):
        if owner is None:
            line = units.line(refs_on(records[codes[place]], answers.day))
            if line[level] != NOWHERE:
                subject.append(place)
                unit.append(line[level])
                counted.append(1.0)
                share.append(1.0)
                outside[place], placed_by[place] = 0.0, "record"
            continue
        at = position[owner]
        outside[place], placed_by[place] = held.outside[at], held.placed_by[at]
        for pair in pairs[at]:
            subject.append(place)
            unit.append(int(held.unit[pair]))
            counted.append(float(held.counted[pair]))
            share.append(float(held.share[pair]))
    return Assignment(
        np.array(subject, dtype=np.int64),
        np.array(unit, dtype=np.int64),
        np.array(counted, dtype=np.float64),
        np.array(share, dtype=np.float64),
        outside,
        placed_by,
    )


def _replaced(held: Assignment, places: Sequence[int], other: Assignment) -> Assignment:
    """Return an assignment in which the subjects at some places count as ``other`` says."""
    at = np.array(places, dtype=np.int64)
    kept = ~np.isin(held.subject, at)
    outside = held.outside.copy()
    outside[at] = other.outside
    placed_by = list(held.placed_by)
    for place, by in zip(places, other.placed_by, strict=True):
        placed_by[place] = by
    return Assignment(
        np.concatenate([held.subject[kept], at[other.subject]]),
        np.concatenate([held.unit[kept], other.unit]),
        np.concatenate([held.counted[kept], other.counted]),
        np.concatenate([held.share[kept], other.share]),
        outside,
        placed_by,
    )


def _wholly(units: Sequence[int], placed_by: list[str | None]) -> Assignment:
    unit = np.array(units, dtype=np.int64)
    subject = np.flatnonzero(unit != NOWHERE)
    ones = np.ones(len(subject))
    return Assignment(subject, unit[subject], ones, ones, np.where(unit == NOWHERE, 1.0, 0.0), placed_by)
