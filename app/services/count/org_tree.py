"""The party organisations as a tree over the place tree, and where the chain from one level to the next is broken.

District → street → community → grid → compound, each with the organisations attached to it in force; firms with
theirs stand under their street. Built once for a day; the children of a place are looked up when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain import vocabulary
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.errors import InvalidInput, Problem
from app.jobs import Ticket
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Derived
    from app.domain.record import Record

UNPLACED: Final = "unplaced"  # what lies in no unit
UNATTACHED: Final = "unattached"  # organisations attached to nothing
_STAGE: Final = Text("列组织树", "Listing organisations")
_PIECE: Final = 2000  # records after which a job may be stopped
_PLACED: Final = (*UNIT_KINDS, "compounds", "firms")

BROKEN: Final[Mapping[str, Text]] = {
    "no_parent": vocabulary.RULES["no_parent_organisation"],
    "parent_ended": Text("上级党组织不在期", "its parent is not in force"),
    "parent_nowhere": Text("上级党组织没有挂在任何地方", "its parent is attached to nothing"),
    "parent_elsewhere": Text(
        "上级党组织不在这里的上一级", "its parent is not attached to a place above this one"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """An organisation where it is attached. ``broken``: a key of ``BROKEN``, "" where the chain holds."""

    code: str
    name: str
    type: str
    attachment: str
    role: str
    parent: str
    parent_name: str
    secretary: str  # yes, no or unknown
    members: int | None
    broken: str


@dataclass(slots=True, kw_only=True)
class Below:
    """What stands below a place, itself not counted. ``broken`` counts organisations, itself included."""

    compounds: int = 0
    with_party: int = 0
    firms: int = 0
    firms_with_party: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit, compound or firm with its organisations."""

    code: str
    name: str
    kind: str  # plural; "" for the two rows of what has no place
    organisations: tuple[Attached, ...]
    below: Below


class OrganisationTree:
    """The tree of one day. Immutable once made; any thread may read it."""

    def __init__(self, engine: CoverageEngine, day: date, ticket: Ticket | None = None) -> None:
        ticket = ticket or Ticket()
        self.as_of = day
        self._engine = engine
        self._dataset = engine.dataset
        self._above: dict[str, str] = {}  # code → the place above, "" at the top
        self._children: dict[str, list[str]] = {}
        self._kinds: dict[str, str] = {}
        self._places_of: dict[str, tuple[str, ...]] = {}  # organisation → what it is attached to
        self._attachments: dict[str, list[Record]] = {}  # place → its attachments in force
        self._below: dict[str, Below] = {}
        self._read_attachments()
        for step, kind in enumerate(_PLACED):
            ticket.step(_STAGE, step, len(_PLACED) + 1)
            self._place(kind, ticket)
        self._loose = tuple(
            sorted(
                code
                for code, record in self._dataset.of("organisations").items()
                if record.is_in_force(day) and code not in self._places_of
            )
        )
        ticket.step(_STAGE, len(_PLACED), len(_PLACED) + 1)
        for code in self._children.get("", ()):
            self._sum(code)

    # making

    def _read_attachments(self) -> None:
        day, organisations = self.as_of, self._dataset.of("organisations")
        places: dict[str, list[str]] = {}
        for attachment in self._dataset.in_force("attachments", day):
            organisation = organisations.get(str(attachment.on("organisation", day)))
            if organisation is None or not organisation.is_in_force(day):
                continue
            to = str(attachment.on("to", day))
            self._attachments.setdefault(to, []).append(attachment)
            places.setdefault(organisation.code, []).append(to)
        self._places_of = {code: tuple(found) for code, found in places.items()}

    def _place(self, kind: str, ticket: Ticket) -> None:
        placed = self._engine.derived_many(kind, self.as_of)
        for number, record in enumerate(self._dataset.in_force(kind, self.as_of)):
            if not number % _PIECE:
                ticket.step(_STAGE, _PLACED.index(kind), len(_PLACED) + 1)
            above = self._unit_above(record, placed.get(record.code))
            if not above and kind != "districts":
                above = UNPLACED if kind in ("compounds", "firms") else ""
            if above == UNPLACED and UNPLACED not in self._kinds:
                self._kinds[UNPLACED] = ""
            self._kinds[record.code] = kind
            self._above[record.code] = above
            self._children.setdefault(above, []).append(record.code)
        if kind == _PLACED[-1] and UNPLACED in self._kinds:
            self._above[UNPLACED] = ""
            self._children.setdefault("", []).append(UNPLACED)

    def _unit_above(self, record: Record, place: Derived | None) -> str:
        levels = LEVELS[:2] if record.kind == "firms" else LEVELS
        found: list[str] = []
        if record.kind == "firms":
            found.append(str(record.on("street", self.as_of) or ""))
        if place is not None:
            found += [str(getattr(place, level) or "") for level in reversed(levels)]
        return next((code for code in found if code and code != record.code and code in self._kinds), "")

    def _sum(self, code: str) -> Below:
        found = Below(broken=sum(bool(a.broken) for a in self._organisations(code)))
        for child in self._children.get(code, ()):
            below, kind, has = self._sum(child), self._kinds[child], child in self._attachments
            found.compounds += below.compounds + (kind == "compounds")
            found.with_party += below.with_party + (kind == "compounds" and has)
            found.firms += below.firms + (kind == "firms")
            found.firms_with_party += below.firms_with_party + (kind == "firms" and has)
            found.broken += below.broken
        self._below[code] = found
        return found

    def _organisations(self, place: str) -> tuple[Attached, ...]:
        return tuple(
            self._attached(place, str(row.on("organisation", self.as_of)), row)
            for row in self._attachments.get(place, ())
        )

    def _attached(self, place: str, code: str, attachment: Record | None) -> Attached:
        record, day = self._dataset.of("organisations")[code], self.as_of
        parent = str(record.on("parent", day) or "")
        above = self._dataset.of("organisations").get(parent)
        members = record.on("members", day)
        return Attached(
            code=code,
            name=str(record.on("name", day) or ""),
            type=str(record.on("type", day) or ""),
            attachment="" if attachment is None else attachment.code,
            role="" if attachment is None else str(attachment.on("role", day) or ""),
            parent=parent,
            parent_name="" if above is None else str(above.on("name", day) or ""),
            secretary=str(record.on("secretary", day) or "unknown"),
            members=members if isinstance(members, int) else None,
            broken="" if attachment is None else self._broken(place, parent, above),
        )

    def _broken(self, place: str, parent: str, above: Record | None) -> str:
        is_top = not self._above.get(place)
        if not parent or above is None:
            return "" if is_top else "no_parent"
        if not above.is_in_force(self.as_of):
            return "parent_ended"
        where = self._places_of.get(parent, ())
        if not where:
            return "parent_nowhere"
        if is_top or self._kinds.get(place) not in (*UNIT_KINDS, "compounds"):
            return ""  # a firm serves many places: its parent may stand at any of them
        line = {place, *self.line(place)}
        if UNPLACED in line:
            return ""  # nobody knows what lies above it
        return "" if line & set(where) else "parent_elsewhere"

    # asking

    @property
    def roots(self) -> tuple[str, ...]:
        """The places with none above them, then what is placed nowhere, then organisations attached to nothing."""
        return (*self._children.get("", ()), *((UNATTACHED,) if self._loose else ()))

    def children(self, code: str) -> Sequence[str]:
        """Return the places right below one, units first."""
        return self._children.get(code, ())

    def line(self, code: str) -> Iterator[str]:
        """Yield the places above one, the nearest first."""
        above = self._above.get(code, "")
        while above:
            yield above
            above = self._above.get(above, "")

    def place(self, code: str) -> Place:
        """Return a place of the tree; raise InvalidInput for a code that stands nowhere in it on this day."""
        if code == UNATTACHED:
            loose = tuple(self._attached("", organisation, None) for organisation in self._loose)
            return Place(code=code, name="", kind="", organisations=loose, below=Below())
        if code not in self._kinds:
            message = Text(
                f"{code} 在 {self.as_of} 不在组织树里。写区、街道、社区、网格、小区或企业的代码。",
                f"{code} is not in the tree on {self.as_of}. Give a unit, a compound or a firm.",
            )
            raise InvalidInput(message, (Problem(message=message, code=code, column="unit", value=code),))
        return Place(
            code=code,
            name="" if code == UNPLACED else self._engine.name_on(code, self.as_of),
            kind=self._kinds[code],
            organisations=self._organisations(code),
            below=self._below[code],
        )

    def compounds_below(self, code: str) -> list[str]:
        """Return the compounds of a place: itself, or all below it."""
        if self._kinds.get(code) == "compounds":
            return [code]
        return [found for child in self.children(code) for found in self.compounds_below(child)]

    def broken_places(self, code: str | None = None) -> list[str]:
        """Return the places at or below one (default: all) with an organisation whose chain is broken."""
        found: list[str] = []
        waiting = list(self.roots if code is None else (code,))
        while waiting:
            place = waiting.pop()
            if place == UNATTACHED or not self._below[place].broken:
                continue
            if any(a.broken for a in self._organisations(place)):
                found.append(place)
            waiting += self.children(place)
        return sorted(found)


def root_asked(engine: CoverageEngine, tree: OrganisationTree, unit: str | None) -> tuple[str, ...]:
    """Return the places to begin at: the one named (a padded code too), else the tree's roots."""
    if unit is None:
        return tree.roots
    record = record_called(engine.dataset, unit)
    tree.place(record.code)
    return (record.code,)


class Branches(NamedTuple):
    """A tree from some of its places down; ``levels``: how many below them (None: all)."""

    tree: OrganisationTree
    roots: Sequence[str]
    levels: int | None = None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the places, nested, and those where the chain is broken."""
        return {
            "as_of": self.tree.as_of.isoformat(),
            "places": [_place_told(self.tree, code, self.levels) for code in self.roots],
            "broken": [code for root in self.roots for code in self.tree.broken_places(root)],
        }


def _place_told(tree: OrganisationTree, code: str, levels: int | None) -> dict[str, Any]:
    place = tree.place(code)
    below = place.below
    deeper = None if levels is None else levels - 1
    return {
        "code": code,
        "name": place.name or None,
        "kind": place.kind or None,
        "organisations": [
            {
                "code": a.code,
                "name": a.name,
                "type": a.type,
                "attachment": a.attachment or None,
                "role": a.role or None,
                "parent": a.parent or None,
                "secretary": a.secretary,
                "members": a.members,
                "broken": a.broken or None,
            }
            for a in place.organisations
        ],
        "below": {
            "compounds": below.compounds,
            "with_party": below.with_party,
            "firms": below.firms,
            "firms_with_party": below.firms_with_party,
            "broken": below.broken,
        },
        "children": []
        if levels == 0
        else [_place_told(tree, child, deeper) for child in tree.children(code)],
    }
