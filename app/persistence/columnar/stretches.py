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
_GAP: Final = 1_000_000  # more than the texts of a stretch can be
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
    statement, outlines, texts = _statements(kind)
    last = 0
    while True:
        row = connection.exec_driver_sql(statement, (last,)).one()
        if row[0] is None:
            return
        blobs: list[bytes | None] = []
        if outlines:
            blobs = [shape[0] for shape in connection.exec_driver_sql(outlines, (last,))]
        last = row[0]
        yield _stretch(row, blobs, width, texts)


def _stretch(row: Any, blobs: list[bytes | None], width: int, texts: int) -> Stretch:
    _, text, sums, marks = row
    content = text.split(NEXT)
    if marks != texts * len(content) + _GAP * text.count(NOTHING):
        raise NotAsWrittenError
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
def _statements(kind: str) -> tuple[str, str, int]:
    """Return the statements for a stretch of rows, and for its outlines ("" for a kind that has none), and how many columns of texts it has.

    A stretch: the last ``fid``, the rows, their checksums, and a sum of marks: 1 for each value of a column of texts, none for a
    blob, which is greater than any text; a value that is not there counts so too, and ``_GAP`` more. As no value stands
    for nothing but those that say so, the sum is what the text says only where there is no blob and no text that says so.
    """
    spec = KINDS[kind]
    names = row_names(kind)
    content = names[: names.index("checksum")]
    numeric = {field.name for field in spec.fields if field.type in _NUMBERS} | {"version"}
    # adding 0 leaves numbers as they are, and makes another number of a text
    said = [
        f"coalesce('#' || (\"{name}\" + 0), '{NOTHING.decode()}')"
        if name in numeric
        else f"coalesce(\"{name}\", '{NOTHING.decode()}')"
        for name in content
    ]
    marks = [
        f'("{name}" IS NULL) * {_GAP}' if name in numeric else f"ifnull(\"{name}\" < x'', {_GAP + 1})"
        for name in content
    ]
    where = f'FROM "{spec.table}" NOT INDEXED WHERE fid > ? ORDER BY fid LIMIT {_AT_ONCE}'
    form = BETWEEN.decode().join("%s" for _ in content)
    rows = f"SELECT fid, printf('{form}', {', '.join(said)}) AS said, checksum, {' + '.join(marks)} AS marks {where}"
    stretch = (
        "SELECT max(fid), CAST(group_concat(said, char(30)) AS BLOB), group_concat(checksum, ''), sum(marks)"
        f" FROM ({rows})"
    )
    return stretch, f"SELECT geom {where}" if spec.is_layer else "", len(content) - len(numeric)
