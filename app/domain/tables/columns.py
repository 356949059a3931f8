"""A table as columns: what a file holds, without an object for each row; records are made when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.kinds import KINDS
from app.domain.record import NO_PAST, Record, own_code
from app.domain.tables.cells import Coded, Listed, Same, coded
from app.domain.tables.table import NONE, Table, in_order, sorted_by_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from app.domain.outlines import Outlines
    from app.domain.tables.cells import Cells

_MAKE: Final = partial(tuple.__new__, Record)
_AT_ONCE: Final = 2048  # rows of which records are made together
_AHEAD: Final = 256  # rows of which records are made when one is asked for after the other
_TOGETHER: Final = 8  # rows that follow each other, from which on their records are made together
_GROUPS_KEPT: Final = 512  # groups of which the records are kept, for who asks again


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The columns of a kind. ``codes``: None where rows have none of their own. ``pasts``: row → past, where there is one."""

    count: int
    ids: Cells
    codes: Cells | None
    fields: tuple[Cells, ...]
    valid_from: Cells
    valid_until: Cells
    source: Cells
    version: Cells
    pasts: Mapping[int, Mapping[str, Any]]
    outlines: Outlines | None = None


class Columns(Table):
    """The records of one kind, no two of which have one code."""

    def __init__(self, kind: str, parts: Parts) -> None:
        self.kind = kind
        self.parts = parts
        # what every row holds, and the columns in which rows differ
        self._same = [cells.value if isinstance(cells, Same) else None for cells in parts.fields]
        self._coded = [(p, c.at, c.words) for p, c in enumerate(parts.fields) if isinstance(c, Coded)]
        self._others = [(p, c) for p, c in enumerate(parts.fields) if not isinstance(c, (Same, Coded))]
        self._row_of: dict[str, int] | None = None
        self._asked = -1  # the row that was asked for last
        self._ahead: tuple[int, list[Record]] = (0, [])  # a row, and the records from there on
        self._indexes: dict[str, _Index] = {}
        self._groups: dict[tuple[str, str], tuple[Record, ...]] = {}
        self._keys: dict[str, Mapping[str, tuple[Record, ...]]] = {}

    @property
    def end(self) -> int:
        """How many rows there are."""
        return self.parts.count

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self.parts.count

    def __iter__(self) -> Iterator[str]:
        """Give the codes in the file's order."""
        self._keep_codes()
        for start, stop in self._stretches():
            yield from self._codes(start, stop)

    def __contains__(self, code: object) -> bool:
        """Whether a row has this code."""
        return isinstance(code, str) and self._row(code) is not None

    def __getitem__(self, code: str) -> Record:
        """Return a record; KeyError for no such code."""
        row = self._row(code)
        if row is None:
            raise KeyError(code)
        return self.record(row)

    def get(self, code: str, default: Any = None) -> Any:
        """Return a record, ``default`` for no such code."""
        row = self._row(code)
        return default if row is None else self.record(row)

    def place(self, code: str) -> int:
        """Return the number of a record's row."""
        row = self._row(code)
        if row is None:
            raise KeyError(code)
        return row

    def record(self, row: int) -> Record:
        """Return the record of a row; whoever asks for one after the other gets them made together."""
        start, ahead = self._ahead
        if start <= row < start + len(ahead):
            self._asked = row
            return ahead[row - start]
        if row == self._asked + 1:
            ahead = list(self._records(row, min(row + _AHEAD, self.parts.count)))
            self._ahead = row, ahead
            self._asked = row
            return ahead[0]
        self._asked = row
        return self._one(row)

    def _some(self, rows: Sequence[int]) -> list[Record]:
        """Return the records of rows in rising order, at least one; that they follow each other says nothing of who is asked for next."""
        first, last = rows[0], rows[-1]
        if last - first == len(rows) - 1 and len(rows) >= _TOGETHER:
            self._asked = last
            return list(self._records(first, last + 1))
        made = [self.record(first)]
        start, ahead = self._ahead
        made += [
            ahead[row - start] if start <= row < start + len(ahead) else self._one(row) for row in rows[1:]
        ]
        self._asked = last
        return made

    def _one(self, row: int) -> Record:
        parts = self.parts
        values = self._same.copy()
        for place, at, words in self._coded:
            values[place] = words[at[row]]
        for place, cells in self._others:
            values[place] = cells[row]
        first = parts.valid_from[row]
        return tuple.__new__(
            Record,
            (
                self.kind,
                parts.ids[row],
                own_code(self.kind, values, first) if parts.codes is None else parts.codes[row],
                tuple(values),
                first,
                parts.valid_until[row],
                parts.source[row],
                None if parts.outlines is None else parts.outlines.drawn(row),
                parts.pasts.get(row, NO_PAST),
                parts.version[row],
            ),
        )

    def records(self) -> Iterator[Record]:
        """Give the records in the file's order."""
        for start, stop in self._stretches():
            yield from self._records(start, stop)

    def with_past(self) -> Iterator[Record]:
        """Give the records of which something was otherwise earlier."""
        return map(self._one, self.parts.pasts)

    def group(self, field: str, key: str) -> tuple[Record, ...]:
        """Return the records whose ``field`` holds ``key``."""
        found = self._groups.get((field, key))
        if found is None:
            rows = self._index(field).rows(key)
            found = in_order(self.kind, self._some(rows.tolist())) if len(rows) else NONE
            _keep(self._groups, (field, key), found)
        return found

    def by_key(self, subject: str) -> Mapping[str, tuple[Record, ...]]:
        """Return a subject's facts by key."""
        found = self._keys.get(subject)
        if found is None:
            found = sorted_by_key(self.group("subject", subject))
            _keep(self._keys, subject, found)
        return found

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Give what some columns hold, row by row."""
        cells = [self._cells(name) for name in names]
        for start, stop in self._stretches():
            parts = (
                self._codes(start, stop) if column is None else column.listed(start, stop) for column in cells
            )
            yield from zip(*parts, strict=True)

    def _cells(self, name: str) -> Cells | None:
        place = KINDS[self.kind].index.get(name)
        if place is not None:
            return self.parts.fields[place]
        return self.parts.codes if name == "code" else getattr(self.parts, "ids" if name == "id" else name)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        count = self.parts.count
        return ((start, min(start + _AT_ONCE, count)) for start in range(0, count, _AT_ONCE))

    def _codes(self, start: int, stop: int) -> Sequence[str]:
        parts = self.parts
        if parts.codes is not None:
            return parts.codes.listed(start, stop)
        values = zip(*(cells.listed(start, stop) for cells in parts.fields[:2]), strict=True)
        firsts = parts.valid_from.listed(start, stop)
        return [own_code(self.kind, pair, first) for pair, first in zip(values, firsts, strict=True)]

    def _records(self, start: int, stop: int) -> Iterable[Record]:
        parts = self.parts
        count = stop - start
        values = list(zip(*(cells.listed(start, stop) for cells in parts.fields), strict=True))
        firsts = parts.valid_from.listed(start, stop)
        if parts.codes is None:
            kind = self.kind
            codes = [own_code(kind, row, first) for row, first in zip(values, firsts, strict=True)]
        else:
            codes = parts.codes.listed(start, stop)
        pasts: list[Any] = [NO_PAST] * count
        if parts.pasts:
            pasts = [parts.pasts.get(row, NO_PAST) for row in range(start, stop)]
        return map(
            _MAKE,
            zip(
                repeat(self.kind, count),
                parts.ids.listed(start, stop),
                codes,
                values,
                firsts,
                parts.valid_until.listed(start, stop),
                parts.source.listed(start, stop),
                repeat(None, count) if parts.outlines is None else parts.outlines.all_drawn(start, stop),
                pasts,
                parts.version.listed(start, stop),
                strict=True,
            ),
        )

    def _row(self, code: str) -> int | None:
        if self.parts.codes is None:
            return self._row_of_own(code)
        if self._row_of is None:
            self._keep_codes()
            self._row_of = {
                text: row for row, text in enumerate(self.parts.codes.listed(0, self.parts.count))
            }
        return self._row_of.get(code)

    def _keep_codes(self) -> None:
        """Have each code there once as a text of its own, for all that hold codes from now on."""
        codes, count = self.parts.codes, self.parts.count
        if codes is not None and not isinstance(codes, Listed):
            self.parts = replace(self.parts, codes=Listed(codes.listed(0, count)))

    def _row_of_own(self, code: str) -> int | None:
        """Return the row of a code that is made of what the row says; its first field may have a colon itself."""
        index = self._index(KINDS[self.kind].fields[0].name)
        end = code.find(":")
        while end >= 0:
            first = code[:end]
            for row in index.rows(first if first != str(None) else None).tolist():
                if self._codes(row, row + 1)[0] == code:
                    return int(row)
            end = code.find(":", end + 1)
        return None

    def _index(self, field: str) -> _Index:
        index = self._indexes.get(field)
        if index is None:
            cells = self.parts.fields[KINDS[self.kind].index[field]]
            index = self._indexes[field] = _Index(cells, self.parts.count)
        return index


class _Index:
    """The rows by what a field holds in them."""

    __slots__ = ("_number", "_order", "_starts")

    def __init__(self, cells: Cells, count: int) -> None:
        column = coded(cells, count)
        self._number = {
            word if word is None else str(word): number for number, word in enumerate(column.words)
        }
        self._order = np.argsort(column.numbers, kind="stable").astype(np.int32)
        counts = np.bincount(column.numbers, minlength=len(column.words))
        self._starts = np.concatenate(([0], np.cumsum(counts)))

    def rows(self, key: str | None) -> NDArray[np.int32]:
        """Return the rows that hold a value, ascending; None: that hold nothing."""
        number = self._number.get(key)
        if number is None:
            return self._order[:0]
        return self._order[self._starts[number] : self._starts[number + 1]]


def _keep(kept: dict[Any, Any], key: Any, found: Any) -> None:
    """Keep what was found, as long as it is not too much to keep."""
    if len(kept) >= _GROUPS_KEPT:
        kept.clear()
    kept[key] = found
