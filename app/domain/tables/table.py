"""What every table can be asked, and how the records of a group stand."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.domain.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

NONE: Final[tuple[Record, ...]] = ()
_COUNTS: Final = "households"
_ON: Final = KINDS[_COUNTS].index["on"]
_SUBJECT, _KEY = (KINDS["facts"].index[field] for field in ("subject", "key"))


class Table(Mapping[str, Record]):
    """The records of one kind by code, in the file's order; immutable, for any thread.

    A record that is replaced keeps its place; one that is new, or was taken out and comes again, stands last.
    """

    __slots__ = ()

    kind: str

    @property
    @abstractmethod
    def end(self) -> int:
        """A place behind all records; see ``place``."""

    @abstractmethod
    def place(self, code: str) -> int:
        """Return a number that grows in the table's order; KeyError for no such code."""

    @abstractmethod
    def records(self) -> Iterator[Record]:
        """Give the records in the table's order."""

    @abstractmethod
    def group(self, field: str, key: str) -> tuple[Record, ...]:
        """Return the records whose ``field`` holds ``key``, in the table's order; household counts by their day."""

    @abstractmethod
    def by_key(self, subject: str) -> Mapping[str, tuple[Record, ...]]:
        """Return a subject's facts by key, each in the order of their first day; of the table of facts alone."""

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Give what some columns hold, in the table's order: fields, and what every kind has but its outline and past.

        Much quicker than asking each record.
        """
        return (tuple([record.said(name) for name in names]) for record in self.records())

    def with_past(self) -> Iterator[Record]:
        """Give the records of which something was otherwise earlier, in no order."""
        return (record for record in self.records() if record.past)

    def values(self) -> ValuesView[Record]:
        """Return the records, as quickly as the table can tell them."""
        return _Values(self)

    def items(self) -> ItemsView[str, Record]:
        """Return codes and records, as quickly as the table can tell them."""
        return _Items(self)


class _Values(ValuesView[Record]):
    _mapping: Table

    def __iter__(self) -> Iterator[Record]:
        return self._mapping.records()


class _Items(ItemsView[str, Record]):
    _mapping: Table

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        return ((record.code, record) for record in self._mapping.records())


class Plain(dict[str, Record], Table):
    """A table of records that are there: those of a registry that is being made, and what was changed in bulk."""

    __slots__ = ("_groups", "_keys", "_places", "kind")

    def __init__(self, kind: str, rows: Mapping[str, Record] | Iterable[tuple[str, Record]] = ()) -> None:
        super().__init__(rows)
        self.kind = kind
        self._places: dict[str, int] = {}
        self._groups: dict[str, dict[str, tuple[Record, ...]]] = {}
        self._keys: dict[str, Mapping[str, tuple[Record, ...]]] = {}

    @property
    def end(self) -> int:
        """How many rows there are."""
        return len(self)

    def place(self, code: str) -> int:
        """Return the number of a record's row."""
        if len(self._places) != len(self):
            self._places = {code: place for place, code in enumerate(self)}
        return self._places[code]

    def records(self) -> Iterator[Record]:
        """Give the records in their order."""
        return iter(super().values())

    def group(self, field: str, key: str) -> tuple[Record, ...]:
        """Return the records whose ``field`` holds ``key``."""
        groups = self._groups.get(field)
        if groups is None:
            place = KINDS[self.kind].index[field]
            found: dict[str, list[Record]] = defaultdict(list)
            for record in super().values():
                if (value := record.values[place]) is not None:
                    found[str(value)].append(record)
            groups = {value: in_order(self.kind, rows) for value, rows in found.items()}
            self._groups[field] = groups
        return groups.get(key, NONE)

    def by_key(self, subject: str) -> Mapping[str, tuple[Record, ...]]:
        """Return a subject's facts by key."""
        found = self._keys.get(subject)
        if found is None:
            found = self._keys[subject] = sorted_by_key(self.group("subject", subject))
        return found


def in_order(kind: str, rows: list[Record]) -> tuple[Record, ...]:
    """Return the rows of a group, which stand in the table's order, as they are given out."""
    if kind == _COUNTS:
        rows.sort(key=lambda record: str(record.values[_ON]))
    return tuple(rows)


def sorted_by_key(facts: Iterable[Record]) -> Mapping[str, tuple[Record, ...]]:
    """Return facts of a subject by key, each in the order of their first day."""
    keys: dict[str, list[Record]] = {}
    for fact in facts:
        keys.setdefault(str(fact.values[_KEY]), []).append(fact)
    return {key: tuple(sorted(found, key=_first)) for key, found in keys.items()}


def _first(fact: Record) -> int:
    return fact.valid_from.toordinal() if fact.valid_from else 0
