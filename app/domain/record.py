"""One record of any kind, frozen, with the values it had in the past."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.kinds import KINDS
from app.domain.period import is_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

Value = str | int | float | date | None

NO_PAST: Final[Mapping[str, tuple[tuple[date, object], ...]]] = MappingProxyType({})


class Record(NamedTuple):
    """A record as the registry holds it today.

    Attributes
    ----------
    kind
        Plural kind, a key of ``KINDS``.
    id
        UUID as text; relations in the file go by it.
    code
        Stable code. Rows that have none of their own (facts, household counts) get one made of their subject.
    values
        One for each field of the kind, in its order; references are codes. Latest knowledge.
    geometry
        Longitude, latitude, CGCS2000 degrees; None where nobody has drawn it.
    past
        Field (or "geometry") → ((last day, value), …), days ascending: what held *up to and including* that day.
        Empty unless something was changed as of a day.

    """

    kind: str
    id: str
    code: str
    values: tuple[Value, ...]
    valid_from: date | None = None
    valid_until: date | None = None
    source: str | None = None
    geometry: BaseGeometry | None = None
    past: Mapping[str, tuple[tuple[date, object], ...]] = NO_PAST
    version: int = 1

    def get(self, field: str) -> Value:
        """Return a field's latest value; KeyError if the kind has no such field."""
        return self.values[KINDS[self.kind].index[field]]

    def text(self, field: str) -> str:
        """Return a text, choice or reference as str, "" where it is empty."""
        value = self.get(field)
        return "" if value is None else str(value)

    def said(self, column: str) -> object:
        """Return a field's latest value, or one of what every kind has: code, days, source."""
        return self.get(column) if column in KINDS[self.kind].index else getattr(self, column)

    def on(self, field: str, day: date) -> Value:
        """Return a field's value as of ``day``."""
        for last, value in self.past.get(field, ()):
            if day <= last:
                return value  # type: ignore[return-value]  # past geometry is asked for by geometry_on
        return self.get(field)

    def geometry_on(self, day: date) -> BaseGeometry | None:
        """Return the outline as of ``day``."""
        for last, value in self.past.get("geometry", ()):
            if day <= last:
                return value  # type: ignore[return-value]
        return self.geometry

    def is_in_force(self, day: date) -> bool:
        """Whether the record itself runs on ``day``."""
        return is_in_force(self.valid_from, self.valid_until, day)

    def with_values(self, **changed: Value) -> Record:
        """Return the record with some fields replaced."""
        index = KINDS[self.kind].index
        values = list(self.values)
        for name, value in changed.items():
            values[index[name]] = value
        return self._replace(values=tuple(values))


def fact_code(subject: object, key: object, first: object) -> str:
    """Return the code that stands for a fact, which has none of its own: subject, key and first day."""
    return f"{subject}:{key}:{first}"


def count_code(subject: object, on: object) -> str:
    """Return the code that stands for a row of household counts: subject and day."""
    return f"{subject}:{on}"


def make_record(
    kind: str,
    row_id: str,
    code: str,
    /,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    source: str | None = None,
    geometry: BaseGeometry | None = None,
    **values: Value,
) -> Record:
    """Return a new record from field values by name; fields that are not given are None."""
    index = KINDS[kind].index
    row: list[Value] = [None] * len(index)
    for name, value in values.items():
        row[index[name]] = value
    return Record(kind, row_id, code, tuple(row), valid_from, valid_until, source, geometry)
