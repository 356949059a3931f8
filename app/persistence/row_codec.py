"""Records to rows and back; the only place that knows that references are ids in the file and codes elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

import shapely

from app.domain.kinds import KINDS, FieldType
from app.domain.purging import PURGED
from app.domain.record import NO_PAST, Record, own_code
from app.persistence.columns import shape_type
from app.persistence.damage import CHANGED, NOWHERE, UNREADABLE
from app.persistence.files.checksum import row_checksum
from app.persistence.geometry_blob import from_blobs, to_blobs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.text import Text

# what a decoder raises on content that is no longer what was written
UNDECODABLE: Final = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    shapely.errors.GEOSException,
)
_TEXT: Final[frozenset[type]] = frozenset({str, type(None)})
_VERSION: Final[frozenset[type]] = frozenset({int, type(None)})  # none where another program made the row
_NUMBER: Final[frozenset[type]] = frozenset({int, float, type(None)})
_TYPES: Final[dict[FieldType, frozenset[type]]] = {
    FieldType.COUNT: frozenset({int, type(None)}),
    FieldType.YEAR: frozenset({int, type(None)}),
    FieldType.NUMBER: _NUMBER,
}


class IdOf(Protocol):
    """The ids by code."""

    def __getitem__(self, code: str) -> str:
        """Return the id of a code; raises KeyError."""


def to_rows(kind: str, records: Sequence[Record], id_of: IdOf) -> list[tuple[Any, ...]]:
    """Return the rows of records, ready to be bound, in the order of ``row_names``."""
    spec = KINDS[kind]
    references = [field.type is FieldType.REFERENCE for field in spec.fields]
    blobs = to_blobs([as_kept(kind, r.geometry) for r in records]) if spec.is_layer else [None] * len(records)
    rows = []
    for record, blob in zip(records, blobs, strict=True):
        head: list[Any] = [record.id]
        if spec.coded:
            head.append(record.code)
        for value, is_reference in zip(record.values, references, strict=True):
            if is_reference and value is not None:
                head.append(id_of[str(value)])
            else:
                head.append(value.isoformat() if isinstance(value, date) else value)
        head += [
            record.valid_from.isoformat() if record.valid_from else None,
            record.valid_until.isoformat() if record.valid_until else None,
            record.source,
            record.version,
            _past_text(record),
        ]
        row = (*head, row_checksum(head, blob))
        rows.append((*row, blob) if spec.is_layer else row)
    return rows


def as_kept(kind: str, shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return the shape as its layer keeps it: units are MULTIPOLYGON, so a lone polygon is wrapped."""
    if isinstance(shape, shapely.Polygon) and shape_type(kind) == "MULTIPOLYGON":
        return shapely.MultiPolygon([shape])
    return shape


@dataclass(slots=True)
class Decoded:
    """The rows of a kind, decoded: a record for each row, None where it can't be read, and what does not fit.

    ``damaged``: place → fault, of rows that are not as they were written or can't be understood. ``edited``:
    place → fault, of rows that can be read and don't fit their checksum: another program's edits.
    """

    records: list[Record | None]
    damaged: dict[int, Text]
    edited: dict[int, Text]


def to_records(
    kind: str, rows: Sequence[Sequence[Any]], code_of: Mapping[str, str], lacking: Sequence[int] = ()
) -> Decoded:
    """Return the records of rows (``row_names`` order), and each row that is not as it was written.

    ``lacking``: places of columns that the file does not have yet. A reference to nothing stands as it was written.
    """
    spec = KINDS[kind]
    shapes: list[Any] = [None] * len(rows)
    if spec.is_layer:
        shapes = read_shapes([row[-1] for row in rows])
    start = 2 if spec.coded else 1
    end = start + len(spec.fields)
    references = [place for place, field in enumerate(spec.fields) if field.type is FieldType.REFERENCE]
    days = [place for place, field in enumerate(spec.fields) if field.type is FieldType.DAY]
    day_of = _Days()
    records: list[Record | None] = []
    found = Decoded(records, dict.fromkeys(_strange_types(kind, rows), UNREADABLE), {})
    for at, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
        try:
            blob = row[-1] if spec.is_layer else None
            kept = row[: end + 5]
            if lacking:
                kept = [value for place, value in enumerate(kept) if place not in lacking]
            if row_checksum(kept, blob) != row[end + 5]:
                found.edited[at] = CHANGED
            if (shape is None and blob is not None) or (row[end + 3] is None and at not in found.edited):
                found.damaged[at] = UNREADABLE
            values = list(row[start:end])
            for place in references:
                if values[place] in code_of:
                    values[place] = code_of[values[place]]
                elif values[place] is not None and at not in found.edited:
                    found.damaged.setdefault(at, NOWHERE)
            for place in days:
                values[place] = day_of[values[place]]
            first = row[end]
            records.append(
                Record(
                    kind,
                    row[0],
                    row[1] if spec.coded else own_code(kind, values, first),
                    tuple(values),
                    day_of[first],
                    day_of[row[end + 1]],
                    row[end + 2],
                    shape,
                    NO_PAST if row[end + 4] is None else past_from_json(kind, json.loads(row[end + 4])),
                    row[end + 3],
                )
            )
        except UNDECODABLE:
            found.damaged.setdefault(at, UNREADABLE)
            records.append(None)
    for at in found.damaged.keys() & found.edited.keys():  # not fit, and not readable either
        found.damaged[at] = found.edited.pop(at)
    return found


def _strange_types(kind: str, rows: Sequence[Sequence[Any]]) -> set[int]:
    """Return the places of rows in which a number or a text is of another type, whatever their checksum says."""
    spec = KINDS[kind]
    start = 2 if spec.coded else 1
    end = start + len(spec.fields)
    wrong: set[int] = set()
    allowed: dict[int, frozenset[type]] = {
        **dict.fromkeys([*range(start), end, end + 1, end + 2, end + 4, end + 5], _TEXT),
        end + 3: _VERSION,
    }
    for place, field in enumerate(spec.fields, start):
        allowed[place] = _TYPES.get(field.type, _TEXT)
    for place, types in allowed.items():
        if not {type(row[place]) for row in rows} <= types:
            wrong |= {at for at, row in enumerate(rows) if type(row[place]) not in types}
    return wrong


class _Days(dict[Any, Any]):
    """Days by their text, each read once: a registry has far fewer days than rows."""

    def __missing__(self, text: str | None) -> date | None:
        day = self[text] = None if text is None else date.fromisoformat(text)
        return day


def read_shapes(blobs: Sequence[bytes | None]) -> list[Any]:
    """Return the geometry of each blob, None for None and where one is damaged."""
    try:
        return list(from_blobs(blobs))
    except UNDECODABLE:  # one is damaged: find it
        shapes: list[Any] = []
        for blob in blobs:
            try:
                shapes += from_blobs([blob])
            except UNDECODABLE:
                shapes.append(None)
        return shapes


def _past_text(record: Record) -> str | None:
    if not record.past:
        return None
    return json.dumps(past_json(record), ensure_ascii=False, separators=(",", ":"))


def past_json(record: Record) -> dict[str, list[list[Any]]]:
    """Return the past as JSON values: days as text, outlines as hexadecimal WKB, references as codes."""
    return {
        name: [[last.isoformat(), value_json(value)] for last, value in periods]
        for name, periods in record.past.items()
    }


def value_json(value: object) -> Any:
    """Return one value as the journal keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(value, hex=True)
    return value


def value_from_json(kind: str, name: str, value: Any) -> Any:
    """Return a journal's value as the record has it; None where it was purged and no text can stand for it."""
    if value is None or (value == PURGED and not _is_text(kind, name)):
        return None
    if name == "geometry":
        return shapely.from_wkb(value)
    if name in ("valid_from", "valid_until"):
        return date.fromisoformat(value)
    field = KINDS[kind].by_name.get(name)
    return date.fromisoformat(value) if field is not None and field.type is FieldType.DAY else value


def _is_text(kind: str, name: str) -> bool:
    field = KINDS[kind].by_name.get(name)
    return name == "source" if field is None else field.type is FieldType.TEXT


def past_from_json(
    kind: str, past: Mapping[str, list[list[Any]]] | str | None
) -> Mapping[str, tuple[tuple[date, object], ...]]:
    """Return the past of a record from its JSON values; none where it was purged."""
    if not past or isinstance(past, str):
        return NO_PAST
    return {
        name: tuple((date.fromisoformat(last), value_from_json(kind, name, value)) for last, value in periods)
        for name, periods in past.items()
    }
