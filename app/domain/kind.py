"""What a kind of record is: all that is known of it is said here, once, and everything else asks.

Two directions of default, and neither is silent. Privacy is closed: what nobody spoke of is screened, and leaves for the
street at most. Presence is open: what nobody spoke of is shown wherever its shape allows; to leave a kind out takes a
word with a reason (``absent_from``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Final

from app.domain.audience import Audience

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    POINT = "point"
    AREA = "area"
    AREA_OR_POINT = "area or point"

    @property
    def types(self) -> tuple[str, ...]:
        """The geometry types that fit, as simple features name them."""
        return _TYPES[self]

    @property
    def has_points(self) -> bool:
        """Whether a record's place may be a point."""
        return "Point" in self.types

    @property
    def has_areas(self) -> bool:
        """Whether a record's outline may be drawn around ground."""
        return "Polygon" in self.types


_TYPES: Final = {
    Shape.NONE: (),
    Shape.POINT: ("Point",),
    Shape.AREA: _AREAL,
    Shape.AREA_OR_POINT: (*_AREAL, "Point"),
}


class Where(StrEnum):
    """Where records are shown, counted or written, each of which a kind may be left out of by word."""

    MAP = "map"
    LAYERS = "layers"
    SEARCH = "search"
    TREE = "tree"
    DRAWING = "drawing"  # what a fresh outline or point on the map may become
    TOTALS = "totals"
    PAGE = "html"
    WORKBOOK = "xlsx"
    GEOPACKAGE = "gpkg"
    GEOJSON = "geojson"
    PICTURE = "png"


_OUTLINED: Final = frozenset(
    {
        Where.MAP,
        Where.LAYERS,
        Where.TREE,
        Where.DRAWING,
        Where.PAGE,
        Where.GEOPACKAGE,
        Where.GEOJSON,
        Where.PICTURE,
    }
)
_OF_THE_WINDOW: Final = frozenset({Where.MAP, Where.LAYERS, Where.TREE, Where.DRAWING})


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

    ``to_those_with``: instead of ``to``, all kinds whose ``may_have`` names it.
    ``is_screened``: a text or number may hold no mobile or identity number; False for what is no free text.
    ``is_structure``: it says what a row is about, not what was found out.
    ``least``: the least audience that may have it.
    """

    name: str
    type: FieldType
    words: Text
    required: bool = False
    to: tuple[str, ...] = ()
    to_those_with: str = ""
    choices: str = ""
    is_screened: bool = True
    is_structure: bool = False
    least: Audience = Audience.STREET


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """What people's files call a kind's columns, words parted by blanks; what is not said follows from the kind's own words.

    ``names``, ``codes``: how the columns of its own name and code are headed. ``called``: what a record of it is called,
    which prefixes and tails are put around; ``coded``: the same for its code alone. ``english``: words of English files.
    ``sort``: the field that says of which sort a record is, and ``sorts`` what that is called, ``sorted`` what stands
    before 类型 and 性质. ``fields``: (field, words) that mean something else here than in other kinds.
    """

    names: str = ""
    codes: str = ""
    called: str = ""
    coded: str = ""
    english: tuple[str, ...] = ()
    sort: str = "kind"
    sorts: str = ""
    sorted: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of record. ``name`` as commands say it, ``table`` as the file says it.

    ``letter`` begins the codes made for it; "" = its codes are official (units) or made from others.
    ``digits``: of its official code. ``coded`` is False for rows that are named by their subject instead of a code of
    their own. ``is_internal``: the program writes it by a verb of its own; nobody imports, lists or exports it.
    ``usual_km2``: how large its outlines usually are, the middle one of a file, from and to.
    ``borrows_outline``: it leaves with the outlines of its members together.

    ``subject``: what a measure about it is said to be about; "" = no measure is. ``chain``: the field that must never
    lead back to where it began. ``leaves_with``: the ends of a row that takes it along when it is removed.
    ``about``: the fields that say whose a row is, the first that is set. ``told_on``: the day that a row tells of.

    ``identity``: the fields in which two rows are the same thing; () = its name, within the units that it lies in.
    ``is_once``: two rows of one identity may not hold at the same time. ``version``: the field that tells versions of
    one row apart, where a row says it. ``narrowed_by``: beside the units, what two things of one name differ in.
    ``is_numbered``: its names are numbers within a place, so that near ones are not the same. ``shares_place``: several of
    them may share a house, so that one place says nothing of who is who.
    ``headings``: what people's files call its columns.

    ``may_have``: what other kinds may say of it or hang on it, as ``Field.to_those_with`` names them.
    ``counted_by``: the choices that totals split its records by; () = counted whole.
    ``absent_from``: what it is left out of, and why.
    """

    name: str
    table: str
    words: Text
    fields: tuple[Field, ...]
    letter: str = ""
    digits: int = 0
    shape: Shape = Shape.NONE
    coded: bool = True
    is_internal: bool = False
    usual_km2: tuple[float, float] = (0.0, inf)
    borrows_outline: bool = False
    subject: str = ""
    chain: str = ""
    leaves_with: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    told_on: str = ""
    identity: tuple[str, ...] = ()
    is_once: bool = False
    version: str = ""
    narrowed_by: tuple[str, ...] = ()
    is_numbered: bool = False
    shares_place: bool = False
    headings: Headings = Headings()
    may_have: tuple[str, ...] = ()
    counted_by: tuple[str, ...] = ()
    absent_from: Mapping[Where, Text] = field(default_factory=dict, hash=False)

    @property
    def is_layer(self) -> bool:
        """Whether its records have an outline and lie on the map."""
        return self.shape is not Shape.NONE

    @property
    def has_name(self) -> bool:
        """Whether its records are called something."""
        return "name" in self.index

    @property
    def is_known_by_name(self) -> bool:
        """Whether its name, in its place, says which record is meant: no official code does, and it is no bare number."""
        return self.has_name and not self.digits and not self.identity and self.is_in(Where.SEARCH)

    def is_in(self, where: Where) -> bool:
        """Whether its records are shown, counted or written somewhere: wherever its shape allows, unless said otherwise."""
        if self.is_internal or where in self.absent_from:
            return False
        if where is Where.SEARCH:
            return self.has_name
        if where in _OF_THE_WINDOW:
            return self.is_layer
        return where not in _OUTLINED or self.is_layer or self.borrows_outline

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The fields that say where a record lies, lowest first: those of the ladder that it has."""
        return tuple(name for name in LADDER if name in self.index)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each field in ``Record.values``."""
        return {one.name: place for place, one in enumerate(self.fields)}

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {one.name: one for one in self.fields}
