"""What was put in and taken out since a table was written down."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from app.domain.record import Record
    from app.domain.tables.table import Table


class Layer:
    """Changes over a base. It is filled once, by whoever makes it, and then never changes.

    ``changed``: code → the record now, None where one of the base was taken out. ``added``: code → place, of records
    that stand behind all of the base, in their order. ``size``: how many records there are, the base's included.
    ``end``: a place behind all of them.
    """

    __slots__ = ("_touched", "added", "base", "changed", "end", "size")

    def __init__(self, base: Table) -> None:
        self.base = base
        self.changed: dict[str, Record | None] = {}
        self.added: dict[str, int] = {}
        self.size = len(base)
        self.end = base.end
        self._touched: dict[str, dict[str, AbstractSet[str]]] = {}

    def copied(self) -> Layer:
        """Return another layer with the same changes, to be filled further."""
        copy = Layer(self.base)
        copy.changed, copy.added = self.changed.copy(), self.added.copy()
        copy.size, copy.end = self.size, self.end
        copy._touched = {field: touched.copy() for field, touched in self._touched.items()}
        return copy

    def get(self, code: str) -> Record | None:
        """Return a record as it stands now."""
        found = self.changed.get(code)
        return self.base.get(code) if found is None and code not in self.changed else found

    def put(self, record: Record) -> None:
        """Put a record in: in its place if it has one, else behind all others."""
        code = record.code
        old = self.get(code)
        if old is None:
            self.added[code] = self.end
            self.end += 1
            self.size += 1
        self.changed[code] = record
        self._note(code, old, record)

    def take_out(self, code: str) -> None:
        """Take a record out, if there is one."""
        old = self.get(code)
        if old is None:
            return
        self.size -= 1
        self.added.pop(code, None)
        if code in self.base:
            self.changed[code] = None
        else:
            del self.changed[code]
        self._note(code, old, None)

    def put_all_of(self, upper: Layer) -> None:
        """Take over the changes of a layer that lies over this one."""
        for code, record in upper.changed.items():
            if record is None or code in upper.added:
                self.take_out(code)
            else:
                self.put(record)
        for code in upper.added:
            record = upper.changed[code]
            if record is not None:
                self.put(record)

    def touched_of(self, field: str) -> dict[str, AbstractSet[str]]:
        """Return the keys whose group is another one than the base's, each with the codes that left it or came."""
        touched = self._touched.get(field)
        if touched is None:
            place = KINDS[self.base.kind].index[field]
            found: dict[str, set[str]] = defaultdict(set)
            for code, record in self.changed.items():
                for key in _keys(place, self.base.get(code), record):
                    found[key].add(code)
            touched = self._touched[field] = {**found}
        return touched

    def forget(self) -> None:
        """Leave it to the next question which groups are touched: quicker where much is put in."""
        self._touched = {}

    def _note(self, code: str, old: Record | None, new: Record | None) -> None:
        for field, touched in self._touched.items():
            for key in _keys(KINDS[self.base.kind].index[field], old, new):
                touched[key] = touched.get(key, frozenset()) | {code}


def _keys(place: int, *versions: Record | None) -> set[str]:
    """Return what a field holds in some versions of a record."""
    values = (None if record is None else record.values[place] for record in versions)
    return {str(value) for value in values if value is not None}
