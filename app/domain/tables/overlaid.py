"""A table with what changed since laid over it: a change costs what it changes, not what is there.

At most two layers lie over a table of rows: a thin one, copied with every change, and one into which it sinks when it
is no longer thin. Where that one holds a good part of all records, the rows are written down anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.domain.tables.layer import Layer
from app.domain.tables.table import Plain, Table, in_order, sorted_by_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from app.domain.record import Record

_THIN: Final = 64  # changed records in the layer that is copied with every change
_A_PART: Final = 4  # of all records that may lie in a layer: one in four,
_AND_SOME: Final = 1024  # and these


class Overlaid(Table):
    """A table, and over it the records that were put in or taken out since."""

    __slots__ = ("_added", "_base", "_changed", "_groups", "_keys", "kind", "layer")

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.kind = layer.base.kind
        self._base, self._changed, self._added = layer.base, layer.changed, layer.added
        self._groups: dict[tuple[str, str], tuple[Record, ...]] = {}
        self._keys: dict[str, Mapping[str, tuple[Record, ...]]] = {}

    @property
    def end(self) -> int:
        """A place behind all records."""
        return self.layer.end

    def __getitem__(self, code: str) -> Record:
        """Return a record; KeyError for no such code."""
        found = self._changed.get(code)
        if found is None:
            if code in self._changed:
                raise KeyError(code)
            return self._base[code]
        return found

    def get(self, code: str, default: Record | None = None) -> Record | None:  # type: ignore[override]
        """Return a record, ``default`` for no such code."""
        found = self._changed.get(code)
        if found is None:
            return default if code in self._changed else self._base.get(code, default)
        return found

    def __contains__(self, code: object) -> bool:
        """Whether a record has this code."""
        if code in self._changed:
            return self._changed[code] is not None
        return code in self._base

    def __len__(self) -> int:
        """Return how many records there are."""
        return self.layer.size

    def __iter__(self) -> Iterator[str]:
        """Give the codes in the table's order."""
        changed, added = self._changed, self._added
        for code in self._base:
            if code not in changed or (changed[code] is not None and code not in added):
                yield code
        yield from added

    def records(self) -> Iterator[Record]:
        """Give the records in the table's order."""
        changed, added = self._changed, self._added
        for record in self._base.records():
            if record.code not in changed:
                yield record
            elif (new := changed[record.code]) is not None and record.code not in added:
                yield new
        for code in added:
            yield self[code]

    def with_past(self) -> Iterator[Record]:
        """Give the records of which something was otherwise earlier."""
        for record in self._base.with_past():
            if record.code not in self._changed:
                yield record
        for now in self._changed.values():
            if now is not None and now.past:
                yield now

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Give what some columns hold, in the table's order."""
        changed, added = self._changed, self._added
        for code, *row in self._base.columns("code", *names):
            if code not in changed:
                yield tuple(row)
            elif (new := changed[code]) is not None and code not in added:
                yield tuple([new.said(name) for name in names])
        for code in added:
            yield tuple([self[code].said(name) for name in names])

    def place(self, code: str) -> int:
        """Return a number that grows in the table's order."""
        if code in self._added:
            return self._added[code]
        if code in self._changed and self._changed[code] is None:
            raise KeyError(code)
        return self._base.place(code)

    def group(self, field: str, key: str) -> tuple[Record, ...]:
        """Return the records whose ``field`` holds ``key``; worked out anew only where one of them changed."""
        touched = self.layer.touched_of(field).get(key)
        if touched is None:
            return self._base.group(field, key)
        found = self._groups.get((field, key))
        if found is None:
            found = self._groups[field, key] = self._mended(field, key, touched)
        return found

    def by_key(self, subject: str) -> Mapping[str, tuple[Record, ...]]:
        """Return a subject's facts by key."""
        if subject not in self.layer.touched_of("subject"):
            return self._base.by_key(subject)
        found = self._keys.get(subject)
        if found is None:
            found = self._keys[subject] = sorted_by_key(self.group("subject", subject))
        return found

    def _mended(self, field: str, key: str, touched: AbstractSet[str]) -> tuple[Record, ...]:
        place = KINDS[self.kind].index[field]
        rows = [record for record in self._base.group(field, key) if record.code not in touched]
        now = (self.get(code) for code in touched)
        came = [record for record in now if record is not None and str(record.values[place]) == key]
        if came:
            rows = sorted([*rows, *came], key=lambda record: self.place(record.code))
        return in_order(self.kind, rows)


def with_changes(table: Table, put: Iterable[Record], removed: Iterable[str]) -> Table:
    """Return a table with records put in, in their order, after others were taken out by their codes."""
    put = list(put)
    layer = _filled(table)
    if len(put) > _THIN:
        layer.forget()
    for code in removed:
        layer.take_out(code)
    for record in put:
        layer.put(record)
    return Overlaid(layer)


def _filled(table: Table) -> Layer:
    """Return the layer that is filled with the next change."""
    if not isinstance(table, Overlaid):
        return Layer(table)
    if len(table.layer.changed) < _THIN:
        return table.layer.copied()
    base = table.layer.base
    if isinstance(base, Overlaid):
        sunk = base.layer.copied()
        sunk.forget()
        sunk.put_all_of(table.layer)
        table, base = Overlaid(sunk), sunk.base
    if len(table.layer.changed) > len(base) // _A_PART + _AND_SOME:
        return Layer(Plain(table.kind, table.items()))
    return Layer(table)
