"""What a kind of record is: its names and its fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.text import Text


LADDER: Final = (
    "compound",
    "grid",
    "community",
    "street",
    "district",
)  # fields that say where a record lies, lowest first
_AREAL: Final = ("Polygon", "MultiPolygon")


class Shape(StrEnum):
    """What the outline of a kind's records may be."""

    NONE = "none"
    AREA = "area"
    AREA_OR_POINT = "area or point"

    @property
    def types(self) -> tuple[str, ...]:
        """The geometry types that fit, as simple features name them."""
        return {Shape.NONE: (), Shape.AREA: _AREAL, Shape.AREA_OR_POINT: (*_AREAL, "Point")}[self]


class FieldType(StrEnum):
    """How a field's value is read, stored and shown."""

    TEXT = "text"
    COUNT = "count"  # int, 0 or more
    NUMBER = "number"  # float, 0 or more
    YEAR = "year"  # int
    DAY = "day"  # datetime.date
    CHOICE = "choice"  # str, one of the profile's choices named by Field.choices
    ANSWER = "answer"  # str: yes, no, unknown
    REFERENCE = "reference"  # str: the code of a record of one of Field.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a kind. ``to``: the kinds a reference may point at. ``choices``: a set of the profile.

    ``is_screened``: a text or number may hold no mobile or identity number; False for what is no free text.
    ``is_structure``: it says what a row is about, not what was found out.
    """

    name: str
    type: FieldType
    words: Text
    required: bool = False
    to: tuple[str, ...] = ()
    choices: str = ""
    is_screened: bool = True
    is_structure: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of record. ``name`` as commands say it, ``table`` as the file says it.

    ``letter`` begins the codes made for it; "" = its codes are official (units) or made from others.
    ``coded`` is False for rows that are named by their subject instead of a code of their own.
    ``is_internal``: the program writes it by a verb of its own; nobody imports, lists or exports it.
    ``subject``: what a measure about it is said to be about; "" = no measure is. ``chain``: the field that must never
    lead back to where it began. ``leaves_with``: the ends of a row that takes it along when it is removed.
    ``about``: the fields that say whose a row is, the first that is set. ``told_on``: the day that a row tells of.
    ``counted_by``: the choices that totals split its records by; None = totals don't count it.
    ``is_searched``: records are found by name in the window.
    """

    name: str
    table: str
    words: Text
    fields: tuple[Field, ...]
    letter: str = ""
    shape: Shape = Shape.NONE
    coded: bool = True
    is_internal: bool = False
    subject: str = ""
    chain: str = ""
    leaves_with: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    told_on: str = ""
    counted_by: tuple[str, ...] | None = None
    is_searched: bool = True

    @property
    def is_layer(self) -> bool:
        """Whether its records have an outline and lie on the map."""
        return self.shape is not Shape.NONE

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The fields that say where a record lies, lowest first: those of the ladder that it has."""
        return tuple(name for name in LADDER if name in self.index)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each field in ``Record.values``."""
        return {field.name: place for place, field in enumerate(self.fields)}

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}
