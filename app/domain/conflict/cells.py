"""The cells of a record: what two people can change without touching each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.record import Record

GEOMETRY: Final = "geometry"
COMMON: Final = ("valid_from", "valid_until", "source", GEOMETRY)  # of every kind


class Cell(NamedTuple):
    """A field's latest value, and what it was up to which day."""

    value: Any
    past: tuple[tuple[date, object], ...] = ()


def names_of(kind: str) -> tuple[str, ...]:
    """Return the names of the cells of a kind's records."""
    return (*KINDS[kind].index, *COMMON)


def cell(record: Record | None, name: str) -> Cell:
    """Return a record's cell; an empty one of no record."""
    if record is None:
        return Cell(None)
    value = getattr(record, name) if name in COMMON else record.get(name)
    return Cell(value, tuple(record.past.get(name, ())))


def changed(before: Record | None, after: Record) -> list[str]:
    """Return the names of the cells in which two states of a record differ."""
    return [name for name in names_of(after.kind) if cell(before, name) != cell(after, name)]


def is_same(one: Record | None, other: Record | None) -> bool:
    """Whether two states say the same, whatever their version."""
    if one is None or other is None:
        return one is other
    return one.version == other.version or not changed(one, other)


def with_cells(record: Record, cells: Iterable[tuple[str, Cell]]) -> Record:
    """Return a record with cells put in place of its own."""
    past = dict(record.past)
    for name, (value, before) in cells:
        said = {name: value}
        record = record._replace(**said) if name in COMMON else record.with_values(**said)
        past.pop(name, None)
        if before:
            past[name] = before
    return record._replace(past=past)


def name_in(record: Record, *datasets: Dataset) -> str:
    """Return what a record is called: its name, of a row what it is about, else its code."""
    kind = KINDS[record.kind]
    if kind.has_name:
        return record.text("name") or record.code
    for field in (kind.fields[0], *kind.fields[1:]):
        if field.to:
            whose = next(
                (found for dataset in datasets if (found := dataset.find(record.text(field.name)))), None
            )
            if whose is not None:
                return name_in(whose, *datasets)
    return record.code
