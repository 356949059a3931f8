"""Places that nobody can have meant: said where they are written, offered to be read otherwise, found afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.edits import Put
from app.domain.place.ground import ground_for, ground_of, misplaced, parent_of
from app.domain.place.reading import PlaceWarning
from app.errors import InvalidInput

__all__ = [
    "PlaceWarning",
    "must_be_degrees",
    "place_warnings",
    "warning_about",
]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit


def place_warnings(before: Dataset, after: Dataset, edits: Sequence[Edit]) -> tuple[PlaceWarning, ...]:
    """Return a warning for each record whose new or changed outline lies where nobody can have meant it.

    Judged by its parent's outline, else by where the registry lay before; an empty registry by China alone.
    """
    drawn = [
        edit.record
        for edit in edits
        if isinstance(edit, Put)
        and edit.record.geometry is not None
        and (edit.before is None or edit.before.geometry != edit.record.geometry)
    ]
    if not drawn:
        return ()
    is_one_alone = any(parent_of(record, after) is None for record in drawn)
    ground = ground_for(before, after, drawn) if is_one_alone else None  # a look at all outlines
    found = [(record, off) for record in drawn if (off := misplaced(record, after, ground)) is not None]
    if not found:
        return ()
    ground = ground or ground_for(before, after, drawn)
    from app.exchange.place_doubts import warning_of  # projections only where something is doubted

    return tuple(warning_of(record, off, ground) for record, off in found)


def warning_about(dataset: Dataset, code: str) -> PlaceWarning | None:
    """Return what is doubted of a record's place as it is kept now; None where nothing is."""
    record, ground = dataset.find(code), ground_of(dataset)
    off = None if record is None else misplaced(record, dataset, ground)
    if record is None or off is None:
        return None
    from app.exchange.place_doubts import warning_of

    return warning_of(record, off, ground)


def must_be_degrees(shape: BaseGeometry, dataset: Dataset) -> None:
    """Raise InvalidInput, with what the numbers look like, if a typed or drawn outline can't be degrees."""
    west, south, east, north = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return
    from app.exchange.place_doubts import no_degrees

    warning = no_degrees(shape, ground_of(dataset))
    raise InvalidInput(warning.said, (warning,))
