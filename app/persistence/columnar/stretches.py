"""Rows of a kind, stretch by stretch, each compared with its checksum.

SQLite itself writes each row as its checksum reads it and hands over a stretch of them as one text: a value costs a
fifth of what it costs alone. What such a text can't say for certain is counted beside it; where anything differs, the
kind is read row by row (``app.persistence.row_codec``), which names what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.kinds import KINDS, FieldType
from app.persistence.columns import row_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.persistence.reading import Runs

NOTHING: Final = "#None"  # as ``row_checksum`` reads a value that is not there
_AT_ONCE: Final = 2048  # rows of a stretch: more of them are slower, for they outgrow the processor's cache
_BETWEEN, _NEXT = "\x1f", "\x1e"  # values, rows; no text of a record holds control characters
_NUMBERS: Final = frozenset({FieldType.COUNT, FieldType.YEAR, FieldType.NUMBER})


class NotAsWrittenError(Exception):
    """A row is not plainly as it was written."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows: for each column its texts (``row_names`` order, up to the checksum), and their outlines.

    ``total``: the sum of their checksums, modulo 2**64.
    """

    count: int
    columns: list[list[str]]
    blobs: list[bytes | None]
    total: int


def stretches(connection: Runs, kind: str) -> Iterator[Stretch]:
    """Give the rows of a kind in the file's order; raises NotAsWrittenError where one is not plainly as written."""
    width = row_names(kind).index("checksum")
    statement, outlines = _statements(kind)
    last = 0
    while True:
        row = connection.exec_driver_sql(statement, (last,)).one()
        if row[0] is None:
            return
        blobs: list[bytes | None] = []
        if outlines:
            blobs = [shape[0] for shape in connection.exec_driver_sql(outlines, (last,))]
        last = row[0]
        yield _stretch(row, blobs, width)


def _stretch(row: Any, blobs: list[bytes | None], width: int) -> Stretch:
    _, text, sums, greatest, nothings = row
    texts = text.split(_NEXT.encode())
    try:
        if blobs:
            content = [t if shape is None else t + shape for t, shape in zip(texts, blobs, strict=True)]
        else:
            content = texts
        digests = b"".join([blake2b(one, digest_size=8).digest() for one in content])
        values = text.replace(_NEXT.encode(), _BETWEEN.encode()).decode().split(_BETWEEN)
    except (TypeError, ValueError) as error:  # an outline that is none, a text that is no UTF-8
        raise NotAsWrittenError from error
    is_plain = greatest == "text" and text.count(NOTHING.encode()) == nothings
    if digests.hex() != sums or len(values) != width * len(texts) or not is_plain:
        raise NotAsWrittenError
    numbers = np.frombuffer(digests, dtype=">u8")
    columns = [values[place::width] for place in range(width)]
    return Stretch(len(texts), columns, blobs, int(np.add.reduce(numbers, dtype=np.uint64)))


@cache
def _statements(kind: str) -> tuple[str, str]:
    """Return the statements for a stretch of rows, and for its outlines; "" for a kind that has none.

    A stretch: the last ``fid``, the rows, their checksums, the type of the greatest value of the columns of texts
    (a blob is greater than any text), and how many values are not there.
    """
    spec = KINDS[kind]
    names = row_names(kind)
    content = names[: names.index("checksum")]
    numeric = {field.name for field in spec.fields if field.type in _NUMBERS} | {"version"}
    texts = [f"coalesce(\"{name}\", '')" for name in content if name not in numeric]
    # adding 0 leaves numbers as they are, and makes another number of a text
    said = [
        f"coalesce('#' || (\"{name}\" + 0), '{NOTHING}')"
        if name in numeric
        else f"coalesce(\"{name}\", '{NOTHING}')"
        for name in content
    ]
    nothings = " + ".join(f'("{name}" IS NULL)' for name in content)
    where = f'FROM "{spec.table}" NOT INDEXED WHERE fid > ? ORDER BY fid LIMIT {_AT_ONCE}'
    form = _BETWEEN.join("%s" for _ in content)
    rows = f"SELECT fid, printf('{form}', {', '.join(said)}) AS said, checksum, max({', '.join(texts)}) AS most, {nothings} AS nothings {where}"
    stretch = (
        "SELECT max(fid), CAST(group_concat(said, char(30)) AS BLOB), group_concat(checksum, ''), typeof(max(most)),"
        f" sum(nothings) FROM ({rows})"
    )
    return stretch, f"SELECT geom {where}" if spec.is_layer else ""
