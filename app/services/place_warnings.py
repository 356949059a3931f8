"""Places that nobody can have meant: said where they are written, offered to be read otherwise, found afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.edits import Put
from app.domain.ground import ground_for, ground_of, misplaced
from app.domain.place_reading import PlaceWarning
from app.errors import InvalidInput, Problem
from app.text import Text

__all__ = [
    "PlaceWarning",
    "must_be_degrees",
    "place_warnings",
    "read_as",
    "read_otherwise",
    "warning_about",
]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.services.registry import Registry


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
    ground = ground_for(before, after, drawn)
    found = [(record, off) for record in drawn if (off := misplaced(record, after, ground)) is not None]
    if not found:
        return ()
    from app.exchange.place_doubts import warning_of  # projections only where something is doubted

    return tuple(warning_of(record, off, ground) for record, off in found)


def warning_about(registry: Registry, code: str) -> PlaceWarning | None:
    """Return what is doubted of a record's place as it is kept now; None where nothing is."""
    dataset = registry.dataset
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


def read_as(written: str, values: Mapping[str, object]) -> dict[str, Any]:
    """Return field values with their geometry read as ``--read-as`` says (EPSG:n, swapped, gcj02, bd09), in degrees.

    Raises InvalidInput where there is no geometry, no such reading, or nothing that is degrees comes of it.
    """
    from app.exchange.readings import AS_STORED, read_so, reading_said
    from app.services.typed_values import read_geometry

    reading = reading_said(written)
    raw = values.get("geometry")
    if raw is None or raw == "":
        message = Text("--read-as 要和 geometry= 一起写。", "--read-as needs geometry=.")
        raise InvalidInput(message, (Problem(message=message, column="read_as", value=written),))
    shape = read_so(read_geometry(raw), AS_STORED, reading)
    if shape is None:
        message = Text(f"按 {written} 读不出经纬度。", f"Read as {written} these are no degrees.")
        raise InvalidInput(message, (Problem(message=message, column="geometry", value=str(raw)[:200]),))
    return {**values, "geometry": shape}


def read_otherwise(registry: Registry, warning: PlaceWarning, why: str | None = None) -> Changes:
    """Give a record the place that its warning offers, as one change that can be taken back."""
    from app.exchange.readings import AS_STORED, read_so
    from app.services import edit

    record = registry.find(str(warning.code))
    shape = None
    if warning.reading is not None and record.geometry is not None:
        shape = read_so(record.geometry, AS_STORED, warning.reading)
    if shape is None:
        raise InvalidInput(warning.said, (warning,))
    return edit.set_values(registry, [record.code], {"geometry": shape}, why=why)
