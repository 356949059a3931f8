"""A kind's table as columns, of rows that are as they were written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from app.domain.kinds import KINDS, FieldType
from app.domain.tables.cells import Ids, Maker, Texts, coded, id_bytes
from app.domain.tables.columns import Columns, Parts
from app.domain.tables.table import Plain
from app.persistence.columnar.outlines import OutlineMaker
from app.persistence.columnar.stretches import NOTHING, NotAsWrittenError, stretches
from app.persistence.row_codec import UNDECODABLE, past_from_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.tables.cells import Cells
    from app.domain.tables.table import Table
    from app.persistence.columnar.entries import Entries
    from app.persistence.reading import Runs

_SUMS: Final = 1 << 64


class Made(NamedTuple):
    """A table, and the sum of the checksums of its rows, modulo 2**64."""

    table: Table
    total: int


def made_table(connection: Runs, kind: str, entries: Entries) -> Made:
    """Return the table of a kind; raises NotAsWrittenError where a row is not as written, or not in the list of codes."""
    making = _Making(kind, entries)
    total = 0
    try:
        for stretch in stretches(connection, kind):
            making.add(stretch.columns, stretch.blobs)
            total = (total + stretch.total) % _SUMS
        return Made(making.table(), total)
    except UNDECODABLE as error:
        raise NotAsWrittenError from error


class _Making:
    """The columns of a kind while its rows come."""

    def __init__(self, kind: str, entries: Entries) -> None:
        self._kind = kind
        self._spec = KINDS[kind]
        self._entries = entries
        self._count = 0
        self._ids: list[bytes] = []
        self._odd_ids: list[str] = []  # all of them, where one is not written as we write ids
        self._codes: list[str] = []
        self._makers = [
            Maker() for _ in range(len(self._spec.fields) + 4)
        ]  # the days, the source, the version
        self._pasts: dict[int, Mapping[str, Any]] = {}
        self._outlines = OutlineMaker() if self._spec.is_layer else None

    def add(self, columns: Sequence[list[str]], blobs: list[bytes | None]) -> None:
        """Take more rows."""
        start = 2 if self._spec.coded else 1
        self._take_ids(columns[0])
        if self._spec.coded:
            if not self._entries.are(self._kind, columns[0], columns[1]):
                raise NotAsWrittenError
            self._codes += columns[1]
        for maker, column in zip(self._makers, columns[start:-1], strict=True):
            maker.add(column)
        pasts = columns[-1]
        if pasts.count(NOTHING) != len(pasts):
            for row, past in enumerate(pasts, self._count):
                if past != NOTHING:
                    self._pasts[row] = past_from_json(self._kind, json.loads(past))
        if self._outlines is not None:
            self._outlines.add(blobs)
        self._count += len(columns[0])

    def _take_ids(self, ids: list[str]) -> None:
        raw = None if self._odd_ids else id_bytes(ids)
        if raw is None:
            self._odd_ids = self._odd_ids or Ids(b"".join(self._ids)).listed(0, self._count)
            self._odd_ids += ids
        else:
            self._ids.append(raw)

    def table(self) -> Table:
        """Return the table of all that came."""
        if not self._count:
            return Plain(self._kind)
        spec, entries = self._spec, self._entries
        readers: list[Reader] = [_reader(field.type, entries) for field in spec.fields]
        readers += [_days, _days, list, _wholes]
        cells = [maker.cells(NOTHING, read) for maker, read in zip(self._makers, readers, strict=True)]
        *fields, first, last, source, version = cells
        parts = Parts(
            count=self._count,
            ids=Texts(self._odd_ids) if self._odd_ids else Ids(b"".join(self._ids)),
            codes=Texts(self._codes) if spec.coded else None,
            fields=tuple(fields),
            valid_from=first,
            valid_until=last,
            source=source,
            version=version,
            pasts=self._pasts,
            outlines=None if self._outlines is None else self._outlines.made(),
        )
        self._must_be_different(parts)
        if None in version.listed(0, self._count):  # a row that another program made
            raise NotAsWrittenError
        return Columns(self._kind, parts)

    def _must_be_different(self, parts: Parts) -> None:
        """Raise NotAsWrittenError where two rows have one code."""
        if self._spec.coded:
            if len(set(self._codes)) != self._count:
                raise NotAsWrittenError
            return
        named: list[Cells] = list(parts.fields[:2])
        if self._kind == "facts":
            named.append(parts.valid_from)
        key = np.zeros(self._count, dtype=np.int64)
        for cells in named:
            column = coded(cells, self._count)
            key = key * len(column.words) + column.numbers.astype(np.int64)
        key.sort()
        if (key[1:] == key[:-1]).any():
            raise NotAsWrittenError


Reader = Callable[[list[str]], list[Any]]  # what texts of a column stand for


def _reader(type_: FieldType, entries: Entries) -> Reader:
    return entries.codes_of if type_ is FieldType.REFERENCE else _READERS.get(type_, list)


def _wholes(words: list[str]) -> list[int]:
    return [int(word[1:]) for word in words]


def _numbers(words: list[str]) -> list[int | float]:
    return [float(word[1:]) if "." in word or "e" in word else int(word[1:]) for word in words]


def _days(words: list[str]) -> list[date]:
    return [date.fromisoformat(word) for word in words]


_READERS: Final[Mapping[FieldType, Reader]] = {
    FieldType.COUNT: _wholes,
    FieldType.YEAR: _wholes,
    FieldType.NUMBER: _numbers,
    FieldType.DAY: _days,
}
