"""Records as a change that wrote many at once left them, packed a second time under a checksum of their own.

The journal keeps a record that was made alone whole, and of every later change each field. Of an import or a sample
it only names what was made; those records are packed here. A pack and the journal after it tell what our last change
left of a record, whatever became of its row (``app.persistence.foreign.known``).

A pack holds records of one kind as columns of JSON values (references as codes), their ids as bytes, their outlines
as well-known binary, together compressed. Nobody reads it until a row does not fit.
"""

from __future__ import annotations

import json
import lzma
import struct
import uuid
from typing import TYPE_CHECKING, Any, Final

import shapely

from app.domain.kinds import KINDS
from app.domain.record import Record
from app.persistence.files.checksum import row_checksum
from app.persistence.row_codec import (
    UNDECODABLE,
    as_kept,
    own_code,
    past_from_json,
    past_json,
    value_from_json,
    value_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.persistence.reading import Runs

A_PACK: Final = 4_000  # records of one pack: more of them are hardly packed closer
_HEAD: Final = struct.Struct("<I")  # bytes of JSON before the ids and outlines
_PRESET: Final = 1  # six times quicker than the default, and a tenth larger
_COMMON: Final = ("valid_from", "valid_until", "source", "version", "past")


class Unpackable(ValueError):
    """A pack that can't be read."""


def keep(connection: Runs, records: Iterable[Record], seq: int) -> None:
    """Pack records as the change with the number ``seq`` leaves them; to be called inside that change's write."""
    by_kind: dict[str, list[Record]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record)
    rows = []
    for kind, found in by_kind.items():
        for start in range(0, len(found), A_PACK):
            head = [str(uuid.uuid4()), kind, seq]
            content = packed(kind, found[start : start + A_PACK])
            rows.append((*head, row_checksum(head, content), content))
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO kept (id, kind, seq, checksum, content) VALUES (?,?,?,?,?)", rows
        )


def keep_anew(connection: Runs, records: Iterable[Record], seq: int) -> None:
    """Pack all records as they are now, in place of every pack there is; nothing older stays in the file."""
    connection.exec_driver_sql("DELETE FROM kept")
    keep(connection, records, seq)


def packs_of(connection: Runs, kinds: Iterable[str]) -> Iterator[tuple[int, list[Record]]]:
    """Give the packs of some kinds, oldest first: the number of the change, and what it left; damaged ones are left out."""
    listed = json.dumps(sorted(kinds))
    rows = connection.exec_driver_sql(
        "SELECT id, kind, seq, checksum, content FROM kept NOT INDEXED"
        " WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY seq, fid",
        (listed,),
    )
    for row in rows:
        try:
            if row_checksum(row[:3], row[4]) == row[3]:
                yield row[2], unpacked(row[1], row[4])
        except (TypeError, Unpackable):
            continue  # `verify` names it


def packed(kind: str, records: Sequence[Record]) -> bytes:
    """Return records of one kind in as few bytes as may be."""
    columns: dict[str, list[Any]] = {"code": [record.code for record in records]} if KINDS[kind].coded else {}
    for place, field in enumerate(KINDS[kind].fields):
        columns[field.name] = [value_json(record.values[place]) for record in records]
    for name in _COMMON[:-1]:
        columns[name] = [value_json(getattr(record, name)) for record in records]
    columns["past"] = [past_json(record) or None for record in records]
    kept = [as_kept(kind, record.geometry) for record in records]
    shapes = [None if shape is None else shapely.to_wkb(shape) for shape in kept]
    ids = [_id_bytes(record.id) for record in records]
    document: dict[str, Any] = {
        "n": len(records),
        "columns": {name: column for name, column in columns.items() if column.count(None) < len(column)},
        "shapes": [None if shape is None else len(shape) for shape in shapes],
    }
    if None in ids:
        document["ids"] = [record.id for record in records]
        ids = []
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    parts = (_HEAD.pack(len(text)), text, *(i for i in ids if i), *(s for s in shapes if s is not None))
    return lzma.compress(b"".join(parts), preset=_PRESET)


def unpacked(kind: str, content: bytes) -> list[Record]:
    """Return the records of a pack; raises Unpackable where it holds something else."""
    try:
        raw = lzma.decompress(content)
        (length,) = _HEAD.unpack_from(raw)
        at = _HEAD.size + length
        document = json.loads(raw[_HEAD.size : at])
        ids = document.get("ids")
        if ids is None:
            end = at + 16 * document["n"]
            ids = [str(uuid.UUID(bytes=raw[place : place + 16])) for place in range(at, end, 16)]
            at = end
        shapes: list[Any] = []
        for size in document["shapes"]:
            shapes.append(None if size is None else shapely.from_wkb(raw[at : at + size]))
            at += size or 0
        return list(_records(kind, document, ids, shapes))
    except (*UNDECODABLE, lzma.LZMAError, struct.error, EOFError) as error:
        raise Unpackable(str(error)) from error


def _records(
    kind: str, document: dict[str, Any], ids: Sequence[str], shapes: Sequence[Any]
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
    codes = columns.get("code", empty)
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


def _id_bytes(row_id: str) -> bytes | None:
    """Return an id's 16 bytes; None for one that is not written as we write ids."""
    try:
        read = uuid.UUID(row_id)
    except ValueError:
        return None
    return read.bytes if str(read) == row_id else None
