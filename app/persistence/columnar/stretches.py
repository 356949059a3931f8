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
from app.persistence.columnar.cuts import BETWEEN, NEXT, NOTHING, Cut
from app.persistence.columnar.errors import NotAsWrittenError
from app.persistence.columns import row_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.persistence.reading import Runs

_AT_ONCE: Final = 2048  # rows of a stretch: more of them are slower, for they outgrow the processor's cache
_NUMBERS: Final = frozenset({FieldType.COUNT, FieldType.YEAR, FieldType.NUMBER})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows: their values (``row_names`` order, up to the checksum), and their outlines.

    ``total``: the sum of their checksums, modulo 2**64.
    """

    cut: Cut
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
    if greatest != "text" or text.count(NOTHING) != nothings:
        raise NotAsWrittenError
    content = text.split(NEXT)
    try:
        if blobs:
            content = [t if shape is None else t + shape for t, shape in zip(content, blobs, strict=True)]
        digests = b"".join([blake2b(one, digest_size=8).digest() for one in content])
    except (TypeError, ValueError) as error:  # an outline that is none
        raise NotAsWrittenError from error
    if digests.hex() != sums:
        raise NotAsWrittenError
    numbers = np.frombuffer(digests, dtype=">u8")
    return Stretch(Cut(text, width), blobs, int(np.add.reduce(numbers, dtype=np.uint64)))


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
        f"coalesce('#' || (\"{name}\" + 0), '{NOTHING.decode()}')"
        if name in numeric
        else f"coalesce(\"{name}\", '{NOTHING.decode()}')"
        for name in content
    ]
    nothings = " + ".join(f'("{name}" IS NULL)' for name in content)
    where = f'FROM "{spec.table}" NOT INDEXED WHERE fid > ? ORDER BY fid LIMIT {_AT_ONCE}'
    form = BETWEEN.decode().join("%s" for _ in content)
    rows = f"SELECT fid, printf('{form}', {', '.join(said)}) AS said, checksum, max({', '.join(texts)}) AS most, {nothings} AS nothings {where}"
    stretch = (
        "SELECT max(fid), CAST(group_concat(said, char(30)) AS BLOB), group_concat(checksum, ''), typeof(max(most)),"
        f" sum(nothings) FROM ({rows})"
    )
    return stretch, f"SELECT geom {where}" if spec.is_layer else ""
