"""Which records go with a unit: what lies in it, what is about that, and whom that names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.dataset import Dataset
    from app.domain.record import Record

_ABOUT: Final = {kind.name: kind.about for kind in KINDS.values() if kind.about}


def is_known_by(record: Record, day: date) -> bool:
    """Whether a record that tells of a day tells of one on or before ``day``."""
    name = KINDS[record.kind].told_on
    on = record.get(name) if name else None
    return not isinstance(on, date) or on <= day


def units_of(record: Record, dataset: Dataset, unit_of: Callable[[Record], str | None]) -> set[str]:
    """Return the units that a record goes with, ``unit_of`` telling where those lie that lie somewhere.

    A layer's record goes where it lies; a row about another with that one; a firm, organisation, department,
    alliance or zone with whatever it serves or is attached to.
    """
    if KINDS[record.kind].is_layer:
        unit = unit_of(record)
        return set() if unit is None else {unit}
    if (about := _ABOUT.get(record.kind)) is not None:
        for name in about:
            other = dataset.find(record.text(name))
            if other is not None:
                return set() if other.kind == record.kind else units_of(other, dataset, unit_of)
        return set()
    return {
        unit
        for kind in _ABOUT
        for field in KINDS[kind].fields
        if field.type is FieldType.REFERENCE and field.name not in _ABOUT[kind] and record.kind in field.to
        for row in dataset.children(kind, field.name, record.code)
        for unit in units_of(row, dataset, unit_of)
    }
