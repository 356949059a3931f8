"""Which registered record a row is about. Two possible matches are refused, never guessed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely

from app.domain.kinds import KINDS
from app.text import Text
from geo.repair import same_outline, tidied

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record, Value

# Kinds whose rows have no name: what makes two rows the same thing.
_IDENTITY: Final = {
    "engagements": ("firm", "compound"),
    "attachments": ("organisation", "to", "role"),
    "assessments": ("subject", "scheme", "item", "on"),
    "cases": ("compound", "community", "level", "category", "opened"),
    "links": ("relation", "subject", "to", "role"),
    "entries": ("compound", "community", "list", "text", "opened"),
}
# Which of several versions a row means, where it says it; a row that doesn't say means the one there is.
_IF_SAID: Final = {"assessments": "scheme_version"}
_NARROWED_BY: Final = {  # where a name alone may mean several
    "grids": ("community", "street", "district"),
    "compounds": ("community", "street", "grid", "address"),
    "buildings": ("compound", "community", "grid"),
    "stations": ("kind", "compound", "community", "grid", "address"),
    "firms": ("credit_code", "street"),
    "organisations": ("parent", "type"),
    "alliances": ("grid", "community", "street", "district", "organisation"),
    "zones": ("street", "firm"),
}

BY_CODE: Final = Text("编码", "code")
BY_CREDIT_CODE: Final = Text("信用代码", "credit code")
BY_OUTLINE: Final = Text("名称 + 边界", "name and outline")
BY_NAME: Final = Text("名称", "name")
BY_CONTENT: Final = Text("内容", "content")


class Wanted(NamedTuple):
    """What a row says of itself, as far as it helps to recognise it."""

    values: Mapping[str, Value]
    valid_from: date | None
    outline: BaseGeometry | None
    print_of: bytes | None  # of the outline, see prints_of


class Match(NamedTuple):
    """A registered record that a row is about, and how it was recognised; ``problem`` where there are several."""

    record: Record | None
    because: Text | None = None
    problem: Text | None = None


NO_MATCH: Final = Match(None)


class Matcher:
    """Recognises rows of one kind without a code of their own. Each record is given out at most once."""

    def __init__(self, dataset: Dataset, kind: str, wanted: Sequence[Wanted]) -> None:
        self._kind = kind
        self._records = list(dataset.of(kind).values())
        self._rows: dict[object, int] = defaultdict(int)
        self._taken: set[str] = set()
        self._named: dict[str, list[Record]] = defaultdict(list)
        self._drawn: dict[tuple[str, bytes], list[Record]] = defaultdict(list)
        self._credit: dict[str, Record] = {}
        has_name = "name" in KINDS[kind].by_name
        for record in self._records:
            if has_name:
                self._named[record.text("name")].append(record)
            if kind == "firms" and record.get("credit_code"):
                self._credit[record.text("credit_code")] = record
        self._content: dict[object, list[Record]] = defaultdict(list)
        for record in self._records if kind in _IDENTITY else ():
            self._content[tuple(record.get(f) for f in _IDENTITY[kind])].append(record)
        drawn = [record for record in self._records if record.geometry is not None] if has_name else []
        for record, print_of in zip(drawn, prints_of([r.geometry for r in drawn]), strict=True):
            if print_of is not None:
                self._drawn[record.text("name"), print_of].append(record)
        for row in wanted:
            self._rows[self._key(row)] += 1

    def take(self, code: str) -> None:
        """Say that a row names this record by its code."""
        self._taken.add(code)

    def find(self, row: Wanted) -> Match:
        """Return the record a row is about, none, or why that can't be said."""
        match = self._find(row)
        if match.record is not None:
            self._taken.add(match.record.code)
        return match

    def _find(self, row: Wanted) -> Match:
        if self._kind in _IDENTITY:
            return self._by_content(row)
        credit = row.values.get("credit_code")
        if self._kind == "firms" and credit is not None:
            found = self._credit.get(str(credit))
            if found is not None:
                return Match(found, BY_CREDIT_CODE)
        name = str(row.values.get("name") or "")
        if row.outline is not None:
            return self._by_outline(name, row)
        if not name:
            return self._by_values(row)
        return self._by_name(name, row)

    def _by_outline(self, name: str, row: Wanted) -> Match:
        assert row.outline is not None
        alike = [r for r in self._drawn[name, row.print_of or b""] if r.code not in self._taken]
        if alike:
            if len(alike) == 1 or self._rows[self._key(row)] >= len(alike):
                return Match(min(alike, key=lambda r: r.code), BY_OUTLINE)
            return _several(alike)
        if not name:
            return NO_MATCH
        candidates = [r for r in self._named[name] if r.code not in self._taken]
        near = [r for r in candidates if r.geometry is not None and _mostly_one(r.geometry, row.outline)]
        if len(near) == 1:
            return Match(near[0], BY_OUTLINE)
        if len(near) > 1:
            return _several(near)
        undrawn = self._narrowed([r for r in candidates if r.geometry is None], row)
        if len(undrawn) == 1 and self._rows[self._key(row)] == 1:
            return Match(undrawn[0], BY_NAME)
        return _several(undrawn) if undrawn else NO_MATCH

    def _by_name(self, name: str, row: Wanted) -> Match:
        found = self._narrowed([r for r in self._named[name] if r.code not in self._taken], row)
        if len(found) == 1:
            return Match(found[0], BY_NAME)
        if not found:
            return NO_MATCH
        equal = [r for r in found if self._says_the_same(r, row)]
        if equal and (len(equal) == 1 or self._rows[self._key(row)] >= len(equal)):
            return Match(min(equal, key=lambda r: r.code), BY_CONTENT)
        return _several(found)

    def _by_values(self, row: Wanted) -> Match:
        """Rows without name, outline or code: only one that says exactly the same is the same."""
        equal = [
            r
            for r in self._named[""]
            if r.geometry is None and r.code not in self._taken and self._says_the_same(r, row)
        ]
        return Match(min(equal, key=lambda r: r.code), BY_CONTENT) if equal else NO_MATCH

    def _by_content(self, row: Wanted) -> Match:
        found = [
            r
            for r in self._content[self._key(row)]
            if r.code not in self._taken and (row.valid_from is None or r.valid_from == row.valid_from)
        ]
        name = _IF_SAID.get(self._kind)
        if name is not None and row.values.get(name) is not None:
            found = [r for r in found if r.get(name) == row.values[name]]
        if len(found) > 1:
            equal = [r for r in found if self._says_the_same(r, row)]
            if not equal:
                return _several(found)
            found = equal
        return Match(min(found, key=lambda r: r.code), BY_CONTENT) if found else NO_MATCH

    def _narrowed(self, records: list[Record], row: Wanted) -> list[Record]:
        """Leave out records that contradict what the row says, then those that don't confirm it."""
        for field in _NARROWED_BY.get(self._kind, ()):
            said = row.values.get(field)
            if said is None:
                continue
            records = [r for r in records if r.get(field) in (None, said)]
            confirming = [r for r in records if r.get(field) == said]
            records = confirming or records
        return records

    def _says_the_same(self, record: Record, row: Wanted) -> bool:
        return all(record.get(f) == value for f, value in row.values.items() if value is not None) and (
            row.outline is None or same_outline(record.geometry, row.outline)
        )

    def _key(self, row: Wanted) -> object:
        if self._kind in _IDENTITY:
            return tuple(row.values.get(f) for f in _IDENTITY[self._kind])
        return str(row.values.get("name") or ""), row.print_of


def prints_of(outlines: Sequence[BaseGeometry | None]) -> list[bytes | None]:
    """Return bytes that two outlines share only if they are equal, whatever vertex they begin with."""
    if not outlines:
        return []
    shapes = shapely.transform(tidied(outlines), lambda points: points.round(9))
    return list(shapely.to_wkb(shapely.normalize(shapes)))


def _mostly_one(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two outlines are drawings of the same thing: over half of the smaller lies in the other."""
    if not (shapely.is_valid(one) and shapely.is_valid(other)):
        return False
    smaller = min(one.area, other.area)
    if smaller == 0:
        return bool(one.distance(other) < 1e-4)
    return bool(shapely.area(shapely.intersection(one, other)) > smaller / 2)


def _several(records: Sequence[Record]) -> Match:
    codes = [record.code for record in records]
    shown = "、".join(codes[:5]) + ("…" if len(codes) > 5 else "")
    return Match(
        None,
        problem=Text(
            f"可能是 {shown}，分不清是哪一个。在表里加一列代码，写明是哪一个。",
            f"It may be {shown.replace('、', ' or ')}. Add a column with the code to say which.",
        ),
    )
