"""Records as a change that wrote many at once left them, packed a second time under a checksum of their own.

The journal keeps a record that was made alone whole, and of every later change each field. Of an import or a sample
it says only which pack names what was made (``app.persistence.packs.names``); the pack holds those records. A pack and
the journal after it tell what our last change left of a record, whatever became of its row
(``app.persistence.foreign.known``).

A pack holds records of one kind: their names, and apart from these columns of JSON values (references as codes) with
their outlines, compressed. Nobody reads it until a row does not fit.
"""

from __future__ import annotations

import json
import lzma
import struct
import uuid
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import shapely

from app.domain.kinds import KINDS
from app.domain.record import Record, own_code
from app.persistence import spelled
from app.persistence.files.checksum import row_checksum
from app.persistence.journal_values import subject_of
from app.persistence.packs.names import Names, digest_of_names, names_of
from app.persistence.packs.outlines import coordinates_of, with_coordinates
from app.persistence.row_codec import (
    UNDECODABLE,
    as_kept,
    past_from_json,
    past_json,
    value_from_json,
    value_json,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from app.persistence.reading import Runs

T = TypeVar("T")

A_PACK: Final = 4_000  # records of one pack: more of them are hardly packed closer
_HEAD: Final = struct.Struct("<I")  # bytes of JSON before the ids and outlines
_PRESET: Final = 1  # six times quicker than the default, and a tenth larger
_COMMON: Final = ("valid_from", "valid_until", "source", "version", "past")


class Unpackable(ValueError):
    """A pack that can't be read."""


class Pack(NamedTuple):
    """A pack that was written: its id, and of its names the kind, how many and their digest."""

    id: str
    kind: str
    size: int
    digest: str


def keep(connection: Runs, records: Iterable[Record], seq: int) -> list[Pack]:
    """Pack records as the change with the number ``seq`` leaves them; to be called inside that change's write."""
    by_kind: dict[str, list[Record]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record)
    return [
        _written(connection, kind, seq, names_of([(r.id, subject_of(r)) for r in some]), packed(kind, some))
        for kind, found in by_kind.items()
        for some in _parted(found)
    ]


def keep_names(connection: Runs, kind: str, named: Sequence[tuple[str, str]], seq: int) -> list[Pack]:
    """Keep the names alone, (id, code) each, of records that a change made and of which no more can be told."""
    return [_written(connection, kind, seq, names_of(some), b"") for some in _parted(named)]


def _parted(found: Sequence[T]) -> Iterator[Sequence[T]]:
    return (found[start : start + A_PACK] for start in range(0, len(found), A_PACK))


def _written(connection: Runs, kind: str, seq: int, names: bytes, content: bytes) -> Pack:
    pack_id = str(uuid.uuid4())
    head = (pack_id, kind, seq, names)
    connection.exec_driver_sql(spelled.PACK_IN, (*head, row_checksum(head, content), content))
    return Pack(pack_id, kind, Names.read(names).count, digest_of_names(names))


def keep_anew(connection: Runs, records: Iterable[Record], seq: int, journal: Collection[str]) -> None:
    """Pack all records as they are now, in place of every pack there is; nothing older stays in the file.

    ``journal``: ids of the packs that the journal names; of these the names stay.
    """
    rows = connection.exec_driver_sql(
        "SELECT id, kind, seq, names FROM kept WHERE id IN (SELECT value FROM json_each(?)) ORDER BY fid",
        (json.dumps(list(journal)),),
    ).all()
    connection.exec_driver_sql("DELETE FROM kept")
    for row in rows:
        connection.exec_driver_sql(spelled.PACK_IN, (*row, row_checksum(row, b""), b""))
    keep(connection, records, seq)


def packs_of(connection: Runs, kinds: Iterable[str], *, is_named: bool) -> Iterator[tuple[int, list[Record]]]:
    """Give the packs of some kinds, oldest first: the number of the change, and what it left; damaged ones are left out.

    ``is_named``: names stand apart, as they do since schema step 6.
    """
    listed = json.dumps(sorted(kinds))
    columns = "id, kind, seq, names, checksum, content" if is_named else "id, kind, seq, checksum, content"
    rows = connection.exec_driver_sql(
        f"SELECT {columns} FROM kept NOT INDEXED"
        " WHERE kind IN (SELECT value FROM json_each(?)) AND length(content) > 0 ORDER BY seq, fid",
        (listed,),
    )
    for *head, check, content in rows:
        try:
            if row_checksum(head, content) == check:
                yield head[2], unpacked(head[1], content, head[3] if is_named else None)
        except (TypeError, Unpackable):
            continue  # `verify` names it


def packed(kind: str, records: Sequence[Record]) -> bytes:
    """Return what records of one kind hold besides their names, in as few bytes as may be."""
    columns: dict[str, list[Any]] = {}
    for place, field in enumerate(KINDS[kind].fields):
        columns[field.name] = [value_json(record.values[place]) for record in records]
    for name in _COMMON[:-1]:
        columns[name] = [value_json(getattr(record, name)) for record in records]
    columns["past"] = [past_json(record) or None for record in records]
    document: dict[str, Any] = {
        "n": len(records),
        "columns": {name: column for name, column in columns.items() if column.count(None) < len(column)},
    }
    outlines: list[bytes] = []
    if any(record.geometry is not None for record in records):
        kept = [as_kept(kind, record.geometry) for record in records]
        shapes, decimals, coordinates = coordinates_of(kept)
        document["decimals"] = decimals
        document["shapes"] = [None if shape is None else len(shape) for shape in shapes]
        outlines = [*(shape for shape in shapes if shape is not None), coordinates]
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return lzma.compress(b"".join((_HEAD.pack(len(text)), text, *outlines)), preset=_PRESET)


def unpacked(kind: str, content: bytes, names: bytes | None) -> list[Record]:
    """Return the records of a pack; raises Unpackable where it holds something else.

    ``names``: None of a pack as files of schema steps 4 and 5 have it, with ids and codes in its content.
    """
    try:
        raw = lzma.decompress(content)
        (length,) = _HEAD.unpack_from(raw)
        at = _HEAD.size + length
        document = json.loads(raw[_HEAD.size : at])
        if names is None:
            ids, codes, at = _old_names(raw, at, document)
        else:
            told = Names.read(names)
            ids, codes = told.ids, told.codes
        shapes: list[Any] = []
        for size in document.get("shapes", [None] * document["n"]):
            shapes.append(None if size is None else shapely.from_wkb(raw[at : at + size]))
            at += size or 0
        shapes = with_coordinates(shapes, document.get("decimals"), raw[at:])
        return list(_records(kind, document, ids, codes, shapes))
    except (*UNDECODABLE, lzma.LZMAError, struct.error, EOFError) as error:
        raise Unpackable(str(error)) from error


def _old_names(raw: bytes, at: int, document: dict[str, Any]) -> tuple[list[str], list[str], int]:
    """Return ids and codes that stand in the content, and where these end."""
    codes = document["columns"].get("code", [None] * document["n"])
    if "ids" in document:
        return document["ids"], codes, at
    end = at + 16 * document["n"]
    return [str(uuid.UUID(bytes=raw[place : place + 16])) for place in range(at, end, 16)], codes, end


def _records(
    kind: str, document: dict[str, Any], ids: Sequence[str], codes: Sequence[str], shapes: Sequence[Any]
) -> Iterator[Record]:
    spec = KINDS[kind]
    count = document["n"]
    columns = document["columns"]
    empty: list[Any] = [None] * count

    def column(name: str) -> list[Any]:
        return [value_from_json(kind, name, value) for value in columns.get(name, empty)]

    fields = [column(field.name) for field in spec.fields]
    first, last, source = (column(name) for name in _COMMON[:3])
    versions, pasts = (columns.get(name, empty) for name in _COMMON[3:])
    for place in range(count):
        values = tuple(field[place] for field in fields)
        yield Record(
            kind,
            ids[place],
            codes[place] if spec.coded else own_code(kind, values, first[place]),
            values,
            first[place],
            last[place],
            source[place],
            shapes[place],
            past_from_json(kind, pasts[place]),
            versions[place],
        )
