"""The rows of a plan: those that only create a record by column, each other one as it is; a row is made where somebody looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from typing_extensions import override

from app.exchange.planning.new_rows import completed_values, new_fact, new_record
from app.exchange.planning.outcome import Cell
from app.exchange.planning.plan_row import PlanRow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date

    from numpy.typing import NDArray

    from app.domain.edits import Edit, Put
    from app.errors import Problem
    from app.exchange.planning.new_rows import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRows:
    """Rows that create a record, of which nothing else is to be said. Of every column one value a row, None for nothing.

    ``places``: where each stood among the rows that were read. ``fields``, ``common`` and ``facts``: name and values.
    """

    kind: str
    ids: Ids
    today: date
    places: NDArray[np.int64]
    numbers: NDArray[np.int64]
    sheets: Sequence[str | None]
    codes: Sequence[str | None]
    fields: Sequence[tuple[str, Sequence[Any]]]
    common: Sequence[tuple[str, Sequence[Any]]] = ()
    facts: Sequence[tuple[str, Sequence[str | None]]] = ()
    surveyed: Sequence[date | None] | None = None

    def __len__(self) -> int:
        return len(self.places)

    def row(self, at: int) -> PlanRow:
        """Return the row at a position."""
        values, common, facts = self._says(at)
        said = {**values, **common, **facts}
        return PlanRow(
            int(self.numbers[at]),
            "create",
            str(self.codes[at]),
            str(values.get("name") or ""),
            tuple([Cell(name, None, value) for name, value in said.items()]),
            edits=self.edits(at),
            sheet=self.sheets[at],
        )

    def edits(self, at: int) -> tuple[Put, ...]:
        """Return what the row at a position writes."""
        code, place = str(self.codes[at]), int(self.places[at])
        values, common, facts = self._says(at)
        record = new_record(self.kind, self.ids.of(place), code, values, common)
        if not facts:
            return (record,)
        day, source = (
            (self.surveyed[at] if self.surveyed is not None else None) or self.today,
            common.get("source"),
        )
        more = (
            new_fact(self.ids.of(place, which), code, key, value, day, source)
            for which, (key, value) in enumerate(facts.items(), 1)
        )
        return (record, *more)

    def _says(self, at: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        values = completed_values(self.kind, _said(self.fields, at))
        return values, _said(self.common, at), _said(self.facts, at)


def _said(columns: Sequence[tuple[str, Sequence[Any]]], at: int) -> dict[str, Any]:
    return {name: value for name, values in columns if (value := values[at]) is not None}


class PlanRows(Sequence[PlanRow]):
    """All rows of a plan in their order. ``others``: the rows that are kept as they are.

    ``order``: for each row its position among the new ones, or minus one and minus its position among the others.
    """

    def __init__(self, new: NewRows | None, others: Sequence[PlanRow], order: NDArray[np.int64]) -> None:
        self._new, self._others, self._order = new, tuple(others), order

    @classmethod
    def of(cls, rows: Sequence[PlanRow]) -> PlanRows:
        """Return rows as such: themselves, if they are."""
        return rows if isinstance(rows, PlanRows) else cls(None, rows, -1 - np.arange(len(rows)))

    @property
    def counts(self) -> Counter[str]:
        """How many rows there are of each action."""
        listed = self._order[self._order < 0]
        found = Counter(self._others[-1 - at].action for at in listed.tolist())
        found["create"] += len(self._order) - len(listed)
        return found

    @property
    def codes(self) -> Iterator[str]:
        """The codes that rows have, in no order."""
        yield from (code for code in (() if self._new is None else self._new.codes) if code is not None)
        yield from (row.code for row in self._others if row.code is not None)

    @property
    def others(self) -> Iterator[PlanRow]:
        """The rows that do anything but create a record without a word, in their order."""
        return (self._others[-1 - at] for at in self._order[self._order < 0].tolist())

    def edits(self) -> Iterator[Edit]:
        """Give what is written of rows that create or change."""
        for at in self._order.tolist():
            if at >= 0 and self._new is not None:
                yield from self._new.edits(at)
            elif (row := self._others[-1 - at]).action in ("create", "change"):
                yield from row.edits

    def problems(self) -> Iterator[Problem]:
        """Give every problem of every row that is not set aside."""
        return (problem for row in self.others if row.action != "skip" for problem in row.problems)

    def skipping(
        self, is_skipped: Callable[[PlanRow], bool], keys: Collection[str] | None = None
    ) -> PlanRows:
        """Return the rows with those skipped that ``is_skipped`` names; of the new ones those alone that ``keys`` do."""
        others = [replace(row, action="skip") if is_skipped(row) else row for row in self._others]
        order = self._order.copy()
        if keys and self._new is not None:
            for place in np.flatnonzero(order >= 0).tolist():
                if self._key(int(order[place])) in keys:
                    others.append(replace(self._new.row(int(order[place])), action="skip"))
                    order[place] = -len(others)
        return PlanRows(self._new, others, order)

    def arranged(self, actions: Sequence[str], only: Collection[str] = ()) -> PlanRows:
        """Return the rows by action, in the order of ``actions``, then by number; or those of some actions alone."""
        ranks = np.full(len(self._order), actions.index("create"))
        numbers = np.zeros(len(self._order), np.int64)
        if self._new is not None:
            is_new = self._order >= 0
            numbers[is_new] = self._new.numbers[self._order[is_new]]
        for place in np.flatnonzero(self._order < 0).tolist():
            row = self._others[-1 - int(self._order[place])]
            ranks[place], numbers[place] = actions.index(row.action), row.number
        found = np.lexsort((numbers, ranks))
        if only:
            found = found[np.isin(ranks[found], [actions.index(action) for action in only])]
        return PlanRows(self._new, self._others, self._order[found])

    def those(self, is_one: Callable[[PlanRow], bool]) -> PlanRows:
        """Return the rows of which something is true."""
        found = np.fromiter([is_one(row) for row in self], bool, len(self))
        return PlanRows(self._new, self._others, self._order[found])

    def place_of(self, key: str) -> int:
        """Return the position of the row that an answer names so, -1 where there is none."""
        return next(
            (
                place
                for place, at in enumerate(self._order.tolist())
                if (self._others[-1 - at].key if at < 0 else self._key(at)) == key
            ),
            -1,
        )

    def _key(self, at: int) -> str:
        assert self._new is not None  # noqa: S101  # narrows the type
        number, sheet = self._new.numbers[at], self._new.sheets[at]
        return str(number) if sheet is None else f"{sheet}!{number}"

    def _made(self, at: int) -> PlanRow:
        return self._others[-1 - at] if at < 0 or self._new is None else self._new.row(at)

    @override
    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> PlanRow: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PlanRow]: ...
    @override
    def __getitem__(self, at: int | slice) -> PlanRow | Sequence[PlanRow]:
        if isinstance(at, slice):
            return PlanRows(self._new, self._others, self._order[at])
        return self._made(int(self._order[at]))

    @override
    def __iter__(self) -> Iterator[PlanRow]:
        return map(self._made, self._order.tolist())

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_same, self, other))

    __hash__ = None  # type: ignore[assignment]  # rows are compared, not looked up


def _same(one: object, other: object) -> bool:
    return one == other
