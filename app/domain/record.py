"""One record of any kind, frozen, with the values it had in the past."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.kinds import KINDS
from app.domain.outlines import Drawn
from app.domain.period import is_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from shapely.geometry.base import BaseGeometry

Value = str | int | float | date | None

NO_PAST: Final[Mapping[str, tuple[tuple[date, object], ...]]] = MappingProxyType({})


class _Row(NamedTuple):
    kind: str
    id: str
    code: str
    values: tuple[Value, ...]
    valid_from: date | None
    valid_until: date | None
    source: str | None
    drawn: BaseGeometry | Drawn | None
    past: Mapping[str, tuple[tuple[date, object], ...]]
    version: int


class Record(_Row):
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
    drawn
        The outline, or what makes it when ``geometry`` is asked for.
    past
        Field (or "geometry") → ((last day, value), …), days ascending: what held *up to and including* that day.
        Empty unless something was changed as of a day.

    """

    __slots__ = ()

    def __new__(
        cls,
        kind: str,
        id: str,  # noqa: A002  # as the file calls it
        code: str,
        values: tuple[Value, ...],
        valid_from: date | None = None,
        valid_until: date | None = None,
        source: str | None = None,
        geometry: BaseGeometry | Drawn | None = None,
        past: Mapping[str, tuple[tuple[date, object], ...]] = NO_PAST,
        version: int = 1,
    ) -> Self:
        """Return a record."""
        row = (kind, id, code, values, valid_from, valid_until, source, geometry, past, version)
        return tuple.__new__(cls, row)

    @property
    def geometry(self) -> BaseGeometry | None:
        """Longitude, latitude, CGCS2000 degrees; None where nobody has drawn it."""
        drawn = self.drawn
        return drawn.made() if isinstance(drawn, Drawn) else drawn

    def _replace(self, **changed: Any) -> Self:
        """Return the record with some of its parts replaced."""
        if "geometry" in changed:
            changed["drawn"] = changed.pop("geometry")
        return super()._replace(**changed)

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

    def drawn_on(self, day: date) -> BaseGeometry | Drawn | None:
        """Return the outline as of ``day``, or what makes it."""
        return self.geometry_on(day) if "geometry" in self.past else self.drawn

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


def own_code(kind: str, values: Sequence[object], first: object) -> str:
    """Return the code that stands for a row of a kind whose rows have none of their own."""
    return fact_code(values[0], values[1], first) if kind == "facts" else count_code(values[0], values[1])


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
