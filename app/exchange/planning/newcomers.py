"""Which rows of a table only create a record: told by column, by the rules that a row by itself is held to.

A row stays in only if every cell of it is read, its code and its name come once, nobody registered is called like it or
nearly so, its units are found and agree, and the registry's rules have nothing against it.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.identity.many import normal_names
from app.domain.kinds import KINDS, FieldType
from app.domain.personal import LEAST_NUMBER, may_be_personal, personal_in
from app.domain.rules.declared import reward_keys
from app.domain.values import is_empty, read_fact
from app.errors import InvalidInput
from app.exchange.headings import PLACE_FIELDS, SURVEYED
from app.exchange.planning.column_cells import fact_text
from app.exchange.planning.named_units import units_of
from app.exchange.planning.outcome import Newcomers
from app.exchange.planning.read_columns import read_column
from app.exchange.sheets.records import Records, column_of, filled_in_any, numbers_of
from app.exchange.values.named_records import name_in
from app.exchange.who.answers import answered_rows
from app.exchange.who.strangers import perhaps_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.profile.profile import Profile
    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.column_cells import ColumnCells
    from app.exchange.planning.named_units import Units
    from app.exchange.planning.read_columns import ReadColumn
    from app.exchange.request import ImportRequest
    from app.exchange.who.matching import Matcher
    from app.exchange.who.referring import Referrer

_COMMON: Final = ("valid_from", "valid_until", "source")
_FEW: Final = 64  # rows up to which nothing is gained


class Screen:
    """Looks at the rows of one table by column."""

    def __init__(
        self,
        dataset: Dataset,
        profile: Profile,
        request: ImportRequest,
        columns: Columns,
        cells: ColumnCells,
        *,
        matcher: Matcher,
        referrer: Referrer,
        tree: Tree,
    ) -> None:
        self._dataset, self._profile, self._request, self._columns = dataset, profile, request, columns
        self._cells, self._matcher, self._referrer, self._tree = cells, matcher, referrer, tree
        self._kind = KINDS[request.kind]
        self._rows = columns.rows
        self._out = np.zeros(len(columns.rows), bool)  # rows that need a look

    def newcomers(self) -> Newcomers | None:
        """Return the rows that only create a record; None where there are none."""
        own = self._kind.by_name
        said = {*self._columns.of, *self._columns.constants}
        if (
            not (self._kind.is_layer and self._kind.parents)
            or len(self._rows) <= _FEW
            or "name" not in said
            or not {field.name for field in self._kind.fields if field.required} <= said
            or any(name in own and self._kind.name in own[name].to for name in said)
        ):
            return None
        self._leave_rows_with_more_than_cells()
        read = {column.name: column for column in self._read()}
        for column in read.values():
            self._hold_to_rules(column)
        self._hold_to_days(read)
        references = [(own[name], read[name].values) for name in read if name in own and own[name].to]
        units = units_of(references, len(self._rows), self._dataset, self._tree, self._referrer)
        self._out |= units.bad
        self._leave_other_names(units)
        codes = self._codes(read.get("code"))
        self._leave_names(read, codes, units)
        if self._out.all():
            return None
        self._note(read)
        return self._kept(read, codes, units)

    def _leave_rows_with_more_than_cells(self) -> None:
        """Leave rows that say where they lie, can't be read whole, or that the user answered for."""
        of, rows = self._columns.of, self._rows
        self._out |= filled_in_any(rows, [of[name] for name in PLACE_FIELDS if name in of])
        if isinstance(rows, Records):
            self._out[-1] |= rows[-1].defect is not None
        else:
            self._out |= np.fromiter([r.defect is not None or r.outline is not None for r in rows], bool)
        answered = answered_rows(self._request.answers)
        if answered:
            self._out |= np.fromiter(
                [str(r.number) in answered or f"{r.sheet}!{r.number}" in answered for r in rows], bool
            )

    def _read(self) -> Iterator[ReadColumn]:
        constants = self._columns.constants
        for name, place in self._columns.of.items():
            if name in PLACE_FIELDS:
                continue
            cells: Sequence[Any] = column_of(self._rows, place)
            constant = constants.get(name)
            if not is_empty(constant):
                cells = [constant if is_empty(cell) else cell for cell in cells]
            yield read_column(name, cells, self._cells.reader_of(name), self._taken)
        for name, said in constants.items():
            if name not in self._columns.of:
                yield read_column(name, [said] * len(self._rows), self._cells.reader_of(name), self._taken)

    def _taken(self, name: str, value: Any) -> Any:
        """Return what a record keeps of what a cell means."""
        if name in self._kind.by_name or name in (*_COMMON, "code", SURVEYED):
            return value
        return fact_text(self._profile.facts[name], value)

    def _hold_to_rules(self, column: ReadColumn) -> None:
        """Leave rows whose value the registry would refuse, or might."""
        if column.bad is not None:
            self._out |= column.bad
        field = self._kind.by_name.get(column.name)
        if field is None:
            if column.name in self._profile.facts and column.name not in (*_COMMON, "code", SURVEYED):
                self._hold_fact(column)
            return
        wrong: set[Any] = {None} if field.required else set()
        if field.type is FieldType.CHOICE:
            wrong |= set(column.values) - {None} - set(self._profile.choices[field.choices])
        elif field.type in (FieldType.COUNT, FieldType.NUMBER):
            wrong |= {value for value in set(column.values) - {None} if not _is_amount(value)}
        self._leave(column.values, wrong)

    def _hold_fact(self, column: ReadColumn) -> None:
        spec = self._profile.facts[column.name]
        wrong = set(column.values) - {None}
        if self._kind.name in spec.of and spec.key not in reward_keys(self._profile):
            wrong = {value for value in wrong if not self._is_fact(spec, value)}
        self._leave(column.values, wrong)

    def _is_fact(self, spec: Any, value: str) -> bool:
        try:
            read_fact(spec, value, self._profile)
        except InvalidInput:
            return False
        return True

    def _hold_to_days(self, read: dict[str, ReadColumn]) -> None:
        if "valid_from" in read and "valid_until" in read:
            days = zip(read["valid_from"].values, read["valid_until"].values, strict=True)
            self._out |= np.fromiter(
                [first is not None and last is not None and first > last for first, last in days], bool
            )

    def _leave(self, values: Sequence[Any], wrong: set[Any]) -> None:
        if wrong:
            self._out |= np.fromiter([value in wrong for value in values], bool, len(values))

    def _leave_other_names(self, units: Units) -> None:
        """Leave rows whose unit is called otherwise beside its code than its record, and those that name somebody."""
        codes = dict(units.codes)
        for name, place in self._columns.beside.items():
            pairs = list(zip(codes.get(name, ()), column_of(self._rows, place), strict=False))
            unlike = {pair for pair in set(pairs) if not self._is_called(name, *pair)}
            self._leave(pairs, unlike)
        for name, place in self._columns.names_of.items():
            cells = column_of(self._rows, place)
            self._leave(cells, {cell for cell in set(cells) if name_in(name, cell) is not None})

    def _is_called(self, name: str, code: str | None, called: Any) -> bool:
        """Whether nothing is to be said of what stands beside a unit's code."""
        if code is None or is_empty(called):
            return True
        try:
            return self._referrer.refer(self._kind.by_name[name], called, {}).code == code
        except InvalidInput:
            return False

    def _codes(self, column: ReadColumn | None) -> list[str | None]:
        """Return the code of each row; leave rows whose code is taken, was used, comes again or is a person's number."""
        if column is None:
            codes: list[str | None] = [None] * len(self._rows)
        else:
            codes = list(column.values)
            wrong: set[Any] = set(self._dataset.used_codes.intersection(codes))
            if len(set(codes)) < len(codes):
                wrong |= {code for code, times in Counter(codes).items() if times > 1} - {None}
            said = may_be_personal(code for code in codes if code is not None)
            wrong |= {code for code in said if personal_in(code) is not None}
            self._leave(codes, wrong)
        if self._kind.digits:
            self._leave(codes, {None})
        return codes

    def _leave_names(self, read: dict[str, ReadColumn], codes: Sequence[str | None], units: Units) -> None:
        """Leave rows without a name, those of one name that nothing tells apart, and those that somebody registered may be."""
        names = [str(name or "") for name in read["name"].values]
        self._leave(names, {""})
        normal = normal_names(self._kind.name, names)
        self._leave_repeated(normal, codes, units)
        is_new = np.fromiter([code is None for code in codes], bool, len(codes))
        if not is_new.all() and self._kind.is_known_by_name:
            self._out |= ~is_new & perhaps_known(self._matcher.known(is_near=False), names, normal, None)
        if is_new.any():
            addresses = read["address"].values if "address" in read else None
            self._out |= is_new & perhaps_known(self._matcher.known(is_near=True), names, normal, addresses)

    def _leave_repeated(self, normal: Sequence[str], codes: Sequence[str | None], units: Units) -> None:
        """Leave rows of one name unless each has a code of its own, or lies in another unit than every other."""
        if len(set(normal)) == len(normal):
            return
        times = Counter(normal)
        groups: dict[str, list[int]] = {}
        for place, name in enumerate(normal):
            if times[name] > 1:
                groups.setdefault(name, []).append(place)
        for places in groups.values():
            if all(codes[place] is not None for place in places):
                continue
            chains = [units.chains[place] for place in places]
            is_apart = len({frozenset(chain) for chain in chains}) == 1 and len(
                {tuple(sorted(chain.items())) for chain in chains}
            ) == len(chains)
            if not is_apart or any(codes[place] is not None for place in places):
                self._out[places] = True

    def _note(self, read: dict[str, ReadColumn]) -> None:
        """Keep what the reading of the kept rows passed over, as reading them one by one does."""
        numbers = numbers_of(self._rows).tolist()
        for which, column in enumerate(read.values()):
            if not column.said:
                continue
            for place, key in enumerate(column.cells):
                told = column.said.get(key)
                if told is not None and not self._out[place]:
                    raw = key[1] if type(key) is tuple else key
                    self._cells.note(column.name, told[0], (place, which), (numbers[place], raw, told[1]))

    def _kept(self, read: dict[str, ReadColumn], codes: list[str | None], units: Units) -> Newcomers:
        places = np.flatnonzero(~self._out)
        chosen = places.tolist()

        def of(values: Sequence[Any]) -> list[Any]:
            return list(values) if len(chosen) == len(values) else [values[place] for place in chosen]

        own = self._kind.by_name
        references = [(name, of(values)) for name, values in units.codes]
        nobody: list[str | None] = [None] * len(chosen)
        communities = next((values for name, values in references if name == "community"), nobody)
        plain = [(name, of(column.values)) for name, column in read.items()]
        return Newcomers(
            places=places,
            codes=of(codes),
            communities=communities,
            fields=[(name, v) for name, v in plain if name in own and not own[name].to] + references,
            common=[(name, v) for name, v in plain if name in _COMMON],
            facts=[(n, v) for n, v in plain if n not in own and n not in (*_COMMON, "code", SURVEYED)],
            surveyed=next((values for name, values in plain if name == SURVEYED), None),
        )


def _is_amount(value: Any) -> bool:
    return not isinstance(value, int | float) or (math.isfinite(value) and 0 <= value < LEAST_NUMBER)
