"""The list of all codes that were ever given, as reading asks it: which id has which code, and of which kind."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from app.domain.kinds import KINDS
from app.domain.tables.cells import Coded, Ids, Same, coded
from app.persistence import spelled
from app.persistence.columnar.cuts import BETWEEN, NEXT, Cut
from app.persistence.columnar.errors import NotAsWrittenError
from app.persistence.columnar.numbering import Numbering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from app.persistence.columnar.cuts import CutColumn
    from app.persistence.reading import Runs

_FORM: Final = BETWEEN.decode().join(("%s", "%s", "%s"))
_AT_ONCE: Final = (  # all entries as one text, how many values are texts (a blob is greater), how many entries there are
    f"SELECT CAST(group_concat(printf('{_FORM}', id, code, kind), char({NEXT[0]})) AS BLOB),"
    " sum((id < x'') + (code < x'') + (kind < x'')), count(*) FROM entity"
)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, without a pattern


class Entries:
    """Ids, codes and kinds as the file lists them."""

    def __init__(
        self, rows: Callable[[], Sequence[Sequence[Any]]], count: int, listed: Listed | None
    ) -> None:
        """``rows``: the entries in the file's order; ``listed``: None where one is not plainly as we write it."""
        self._rows = rows
        self._listed = listed
        self.count = count

    @property
    def listed(self) -> Listed:
        """The entries as columns; raises NotAsWrittenError where they can't be."""
        if self._listed is None:
            raise NotAsWrittenError
        return self._listed

    @cached_property
    def by_id(self) -> Mapping[Any, tuple[Any, Any, Any]]:
        """Every entry by its id: (id, code, kind)."""
        return {row_id: (row_id, code, kind) for row_id, code, kind in self._rows()}

    @cached_property
    def code_of(self) -> Mapping[Any, Any]:
        """Each id with its code."""
        return {row_id: entry[1] for row_id, entry in self.by_id.items()}

    def are(self, kind: str, ids: Sequence[Any], codes: Sequence[Any]) -> bool:
        """Whether rows of a kind have the codes that were given to their ids."""
        given = map(self.by_id.get, ids)
        return all(
            entry == (row_id, code, kind) for entry, row_id, code in zip(given, ids, codes, strict=True)
        )

    def ids(self) -> dict[Any, Any]:
        """Return every code with its id."""
        return {code: row_id for row_id, code in self.code_of.items()}


class Listed:
    """Entries as columns, kind by kind, those of a kind in the file's order; found by ids of sixteen bytes."""

    def __init__(self, cut: Cut) -> None:
        """Take the entries of a text; raises NotAsWrittenError or ValueError where they are not plainly as we write them."""
        kinds = Numbering()
        kinds.add(cut.column(2))
        column = coded(kinds.cells(list), cut.count)
        order = np.argsort(column.numbers, kind="stable")
        self._place_in_file = order
        self._numbers = column.numbers[order]
        self._number_of = {word: number for number, word in enumerate(column.words)}
        self._words = column.words
        self._raw = cut.column(0).taken(order).ids()
        self._codes = cut.column(1).taken(order).texts()
        self._count = cut.count
        # the places of the ids, ordered by a number that each id makes
        halves = _halves(self._raw)
        keys = _keys(halves)
        self._order = np.argsort(keys)
        self._keys, self._halves = keys[self._order], halves[self._order]
        if (self._keys[1:] == self._keys[:-1]).any():  # one is listed twice
            raise NotAsWrittenError
        starts = np.searchsorted(self._numbers, np.arange(len(column.words)))
        self._next = dict(
            zip(column.words, starts.tolist(), strict=True)
        )  # where a kind's next row may stand

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the entries in the file's order."""
        ids = Ids(self._raw).listed(0, self._count)
        at = np.argsort(self._place_in_file).tolist()
        words, numbers = self._words, self._numbers.tolist()
        return [(ids[place], self._codes[place], words[numbers[place]]) for place in at]

    def are(self, kind: str, ids: bytes, codes: Sequence[str]) -> bool:
        """Whether rows of a kind have the codes that were given to their ids; raises NotAsWrittenError where one is not listed."""
        start = self._next.get(kind, 0)
        stop = start + len(codes)
        if self._raw[16 * start : 16 * stop] == ids:  # rows stand mostly as they were listed
            found, numbers = self._codes[start:stop], self._numbers[start:stop]
        else:
            places = self.places(ids)
            stop = int(places[-1]) + 1
            found, numbers = [self._codes[place] for place in places.tolist()], self._numbers[places]
        self._next[kind] = stop
        return found == codes and bool((numbers == self._number_of.get(kind, -1)).all())

    def places(self, ids: bytes) -> NDArray[np.intp]:
        """Return the places of ids; raises NotAsWrittenError where one is not listed."""
        asked = _halves(ids)
        is_other = np.ones(len(asked), dtype=np.bool_)
        is_other[1:] = (asked[1:] != asked[:-1]).any(axis=1)  # rows often refer to what the last one does
        others = asked[is_other]
        at = np.minimum(np.searchsorted(self._keys, _keys(others)), self._count - 1)
        if (self._halves[at] != others).any():
            raise NotAsWrittenError
        return cast("NDArray[np.intp]", self._order[at][np.cumsum(is_other) - 1])

    def codes_at(self, places: NDArray[np.intp]) -> Same | Coded:
        """Return the codes at some places as a column; -1: none."""
        is_there = np.zeros(self._count + 1, dtype=np.bool_)
        is_there[places] = True  # the last one stands for none
        words: list[str | None] = [self._codes[at] for at in np.flatnonzero(is_there[:-1]).tolist()]
        words += [None] if is_there[-1] else []
        return Same(words[0]) if len(words) == 1 else Coded((np.cumsum(is_there) - 1)[places], words)


def _halves(ids: bytes) -> NDArray[np.uint64]:
    return np.frombuffer(ids, dtype=np.uint64).reshape(-1, 2)


def _keys(halves: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return cast("NDArray[np.uint64]", halves[:, 0] * _SPREAD ^ halves[:, 1])


class Links:
    """A column of references while its rows come: the places of their ids in the list of codes."""

    def __init__(self, listed: Listed) -> None:
        self._listed = listed
        self._parts: list[NDArray[np.intp]] = []

    def add(self, column: CutColumn) -> None:
        """Take more rows; raises NotAsWrittenError where one refers to nothing that is listed."""
        places = np.full(column.count, -1, dtype=np.intp)
        rows = np.flatnonzero(~column.are_nothing())
        if len(rows):
            places[rows] = self._listed.places(column.taken(rows).ids())
        self._parts.append(places)

    def cells(self, _read: Callable[[list[str]], list[Any]]) -> Same | Coded:
        """Return the column: codes."""
        return self._listed.codes_at(np.concatenate(self._parts))


def entries_of(connection: Runs) -> Entries:
    """Return the list of codes of a file."""
    text, texts, count = connection.exec_driver_sql(_AT_ONCE).one()
    if texts == 3 * count:
        try:
            listed = Listed(Cut(text, 3))
            return Entries(listed.rows, count, listed)
        except (NotAsWrittenError, ValueError):
            pass  # whatever they are, they are compared one by one
    rows = connection.exec_driver_sql(spelled.ENTITIES).all()
    return Entries(lambda: rows, count, None)


class GivenIds:
    """The ids by the codes that were given to them, asked of the file one by one: a change names few of them.

    ``new``: codes that the change itself gives, with their ids.
    """

    def __init__(self, connection: Runs, new: Mapping[str, str]) -> None:
        self._connection = connection
        self._known = dict(new)

    def __getitem__(self, code: str) -> str:
        """Return the id of a code; raises KeyError where it was given to none."""
        if code not in self._known:
            self._known[code] = self._asked(code)
        return self._known[code]

    def _asked(self, code: str) -> str:
        tables = [spec.table for spec in KINDS.values() if spec.coded]  # each has an index of its codes
        statements = [f'SELECT id FROM "{table}" WHERE code = ?' for table in tables]
        for statement in (*statements, spelled.ID_OF):  # the list has none, but knows what is gone
            found = self._connection.exec_driver_sql(statement, (code,)).scalar()
            if found is not None:
                return str(found)
        raise KeyError(code)
