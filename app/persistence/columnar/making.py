"""A kind's table as columns, of rows that are as they were written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from app.domain.kinds import KINDS, FieldType
from app.domain.tables.cells import Coded, Ids, Texts, coded
from app.domain.tables.columns import Columns, Parts
from app.domain.tables.table import Plain
from app.persistence.columnar.entries import Links
from app.persistence.columnar.errors import NotAsWrittenError
from app.persistence.columnar.numbering import Numbering
from app.persistence.columnar.outlines import OutlineMaker
from app.persistence.columnar.stretches import stretches
from app.persistence.row_codec import UNDECODABLE, past_from_json

if TYPE_CHECKING:
    from app.domain.tables.cells import Cells
    from app.domain.tables.table import Table
    from app.persistence.columnar.cuts import Cut
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
            making.add(stretch.cut, stretch.blobs)
            total = (total + stretch.total) % _SUMS
        return Made(making.table(), total)
    except UNDECODABLE as error:
        raise NotAsWrittenError from error


class _Making:
    """The columns of a kind while its rows come."""

    def __init__(self, kind: str, entries: Entries) -> None:
        self._kind = kind
        self._spec = KINDS[kind]
        self._listed = entries.listed
        self._count = 0
        self._ids: list[bytes] = []
        self._codes: list[str] = []
        days_source_version = [False] * 4
        is_link = [field.type is FieldType.REFERENCE for field in self._spec.fields] + days_source_version
        self._columns = [Links(self._listed) if link else Numbering() for link in is_link]
        self._pasts: dict[int, Mapping[str, Any]] = {}
        self._outlines = OutlineMaker() if self._spec.is_layer else None

    def add(self, cut: Cut, blobs: list[bytes | None]) -> None:
        """Take more rows."""
        start = 2 if self._spec.coded else 1
        ids = cut.column(0).ids()
        self._ids.append(ids)
        if self._spec.coded:
            codes = cut.column(1).texts()
            if not self._listed.are(self._kind, ids, codes):
                raise NotAsWrittenError
            self._codes += codes
        for place, made in enumerate(self._columns, start):
            made.add(cut.column(place))
        pasts = cut.column(start + len(self._columns))
        for row in np.flatnonzero(~pasts.are_nothing()).tolist():
            past = json.loads(pasts.one(row))
            self._pasts[self._count + row] = past_from_json(self._kind, past)
        if self._outlines is not None:
            self._outlines.add(blobs)
        self._count += cut.count

    def table(self) -> Table:
        """Return the table of all that came."""
        if not self._count:
            return Plain(self._kind)
        spec = self._spec
        readers: list[Reader] = [_READERS.get(field.type, list) for field in spec.fields]
        readers += [_days, _days, list, _wholes]
        cells = [made.cells(read) for made, read in zip(self._columns, readers, strict=True)]
        *fields, first, last, source, version = cells
        parts = Parts(
            count=self._count,
            ids=Ids(b"".join(self._ids)),
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
        if None in (version.words if isinstance(version, Coded) else [version.value]):
            raise NotAsWrittenError  # a row that another program made
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
