"""Which unit a record of any kind is counted in: itself, its compound, its community, what it is attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.coverage.assignment import assign, assign_compounds, assign_others, assign_units
from app.coverage.places.units import NOWHERE
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.answers import Answers
    from app.coverage.assignment import Assignment
    from app.coverage.places.units import Refs
    from app.domain.record import Record


def units_of(answers: Answers, kind: str, codes: Sequence[str], by: str) -> list[str | None]:
    """Return for records of a plural kind the code of the unit of a level that each is counted in, whole."""
    if kind in UNIT_KINDS:
        return _codes(answers, by, assign_units(answers, codes, UNIT_KINDS.index(kind), by), len(codes))
    if kind == "compounds":
        return _codes(answers, by, assign_compounds(answers, codes, by, "whole"), len(codes))
    if kind == "firms":
        return _codes(answers, by, assign(answers, "firm", codes, by, "whole", "all"), len(codes))
    spec = KINDS[kind]
    if spec.subject or spec.is_layer:
        return _codes(answers, by, assign_others(answers, kind, codes, by, "whole"), len(codes))
    records = [answers.dataset.of(kind)[code] for code in codes]
    if spec.about:
        return _of_targets(answers, by, [_about(record, answers) for record in records])
    if kind == "organisations":
        return _of_targets(answers, by, [_seat(answers, code) for code in codes])
    return [_by_record(answers, record, by) for record in records]


def _codes(answers: Answers, by: str, held: Assignment, count: int) -> list[str | None]:
    units = answers.places.units(answers.day).levels[LEVELS.index(by)].codes
    found: list[str | None] = [None] * count
    for subject, unit in zip(held.subject.tolist(), held.unit.tolist(), strict=True):
        found[subject] = units[unit]
    return found


def _text(record: Record, field: str, answers: Answers) -> str | None:
    value = record.on(field, answers.day)
    return None if value is None else str(value)


def _about(record: Record, answers: Answers) -> str | None:
    """Return whose a row is: the first of its ends that is said."""
    said = (_text(record, end, answers) for end in KINDS[record.kind].about)
    return next((code for code in said if code is not None), None)


def _seat(answers: Answers, organisation: str) -> str | None:
    """Return what an organisation is attached to: the first attachment in force, by code."""
    running = [
        record for record in answers.dataset.attachments_of(organisation) if record.is_in_force(answers.day)
    ]
    first = min(running, key=lambda record: record.code, default=None)
    return None if first is None else _text(first, "to", answers)


def _of_targets(answers: Answers, by: str, targets: Sequence[str | None]) -> list[str | None]:
    """Return the units of the records that others stand at, each kind placed in one go."""
    by_kind: dict[str, list[str]] = {}
    for code in dict.fromkeys(targets):
        record = None if code is None else answers.dataset.find(code)
        if record is not None:
            by_kind.setdefault(record.kind, []).append(record.code)
    unit_of: dict[str, str | None] = {}
    for kind, codes in by_kind.items():
        unit_of.update(zip(codes, units_of(answers, kind, codes, by), strict=True))
    return [None if code is None else unit_of.get(code) for code in targets]


def _by_record(answers: Answers, record: Record, by: str) -> str | None:
    """Return the unit that a record names itself, as alliances and zones do; None for one without place."""
    row: list[str | None] = [None, None, None, None]
    for number, level in enumerate(LEVELS):
        if level in KINDS[record.kind].index:
            row[number] = _text(record, level, answers)
    refs: Refs = (row[0], row[1], row[2], row[3])
    units = answers.places.units(answers.day)
    place = units.line(refs)[LEVELS.index(by)]
    return None if place == NOWHERE else units.levels[LEVELS.index(by)].codes[place]
