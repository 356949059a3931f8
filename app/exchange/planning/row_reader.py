"""One row of a source as values of our fields, with every reason why it can't be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import shapely

from app.domain.identity.units import LEVELS
from app.domain.kinds import KINDS, FieldType
from app.domain.personal import without_numbers
from app.domain.values import is_empty
from app.errors import InvalidInput, Problem
from app.exchange.headings import PLACE_FIELDS, SURVEYED, normalised
from app.exchange.named import NAMED_FIELDS, declared_names, ids_by_name
from app.exchange.planning.column_cells import ColumnCells, fact_text
from app.exchange.values.cells import Read
from app.exchange.values.named_records import name_in
from app.exchange.values.outcome import CLEARED
from app.exchange.values.places import read_coordinate, read_pair
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.kinds import Field
    from app.domain.profile.profile import Profile
    from app.domain.record import Record, Value
    from app.exchange.mapping.columns import Columns
    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow
    from app.exchange.request import ImportRequest
    from app.exchange.who.referring import Referrer

_ORDER: Final = {name: place for place, name in enumerate(LEVELS)}
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Draft:
    """A row as far as it is understood. ``later``: references by name to rows of the same file.

    ``pending``: references still to be read; ``surveys``: facts of other days, from other rows about the same thing.
    ``has_place``: whether the row says where it lies, well or badly. ``outline``: in degrees once it is placed; ``raw``: as the source gives it.
    What few rows have is replaced, not grown in place: drafts are many, and empty containers add up.
    ``dropped``: problems of cells that the row comes in without. ``is_asked``: one of its cells needs an answer.
    ``cleared``: fields of which the row says that they are to be cleared.
    ``named``: fact → the name that the row gives of who it is.
    """

    number: int
    kind: str = ""
    code: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    common: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    facts: Mapping[str, str] = field(default_factory=lambda: _NONE)
    surveyed: date | None = None
    outline: BaseGeometry | None = None
    raw: BaseGeometry | None = None
    pending: tuple[tuple[Field, object], ...] = ()
    surveys: tuple[tuple[date | None, Mapping[str, str]], ...] = ()
    later: Mapping[str, str] = field(default_factory=lambda: _NONE)
    problems: list[Problem] = field(default_factory=list)
    sheet: str | None = None
    has_place: bool = False
    dropped: tuple[Problem, ...] = ()
    is_asked: bool = False
    named: Mapping[str, str] = field(default_factory=lambda: _NONE)
    cleared: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the row calls itself."""
        return str(self.values.get("name") or "")


class RowReader:
    """Reads the rows of one source as records of one kind."""

    def __init__(
        self,
        profile: Profile,
        request: ImportRequest,
        source: Source,
        columns: Columns,
        referrer: Referrer,
        today: date,
    ) -> None:
        self._profile, self._kind = profile, request.kind
        self._fields = KINDS[request.kind].by_name
        self._cells_of = [
            (name, place, columns.constants.get(name))
            for name, place in columns.of.items()
            if name not in PLACE_FIELDS
        ]
        self._places = [columns.of[name] for name in PLACE_FIELDS if name in columns.of]
        # a scheme before its items, a relation before its posts
        self._named = [
            name
            for name in ("key", "scheme", "item", "relation", "role")
            if (request.kind, name) in NAMED_FIELDS
        ]
        self._beside = [(self._fields[name], place) for name, place in columns.beside.items()]
        self._unlike: dict[int, list[tuple[int, str, str]]] = {}
        self._source, self._columns, self._request = source, columns, request
        self._referrer = referrer
        self.cells = ColumnCells(profile, request, columns, today)
        self._ids: dict[tuple[str, object, object], dict[str, str]] = {}

    def problem(
        self,
        number: int,
        message: Text,
        name: str | None = None,
        raw: object = None,
        code: str | None = None,
        *,
        plain: Text | None = None,
    ) -> Problem:
        """Return a problem with its place in the source; ``name`` is a field of ours."""
        return Problem(
            message=message,
            file=self._source.path.name,
            sheet=self._source.sheet,
            row=number,
            column=self._columns.heading(name),
            code=code,
            value=None if raw is None else str(raw)[:200],
            plain=plain,
        )

    def read(self, row: SourceRow, place: int) -> Draft:
        """Return what a row, at a place among all, says, with its problems."""
        self.cells.begin_row(place)
        draft = Draft(row.number, self._kind, sheet=row.sheet)
        if row.defect is not None:
            where = "geometry" if self._source.has_outlines else None
            draft.problems.append(self.problem(row.number, row.defect, where))
        of, constants = self._columns.of, self._columns.constants
        cells = row.cells
        for name, column, constant in self._cells_of:
            raw: object = cells[column]
            if not is_empty(raw):
                self._cell(draft, name, raw)
            elif not is_empty(constant):
                self._cell(draft, name, constant)
        for name, said in constants.items():
            if name not in of:
                self._cell(draft, name, said)
        self._refer(draft)
        if self._beside:
            self._hold_against_names(draft, cells)
        if self._columns.names_of:
            self._take_names(draft, cells)
        for name in self._named:
            if draft.values.get(name) is not None:
                draft.values[name] = self._id_of(draft, name)
        draft.has_place = (
            row.outline is not None
            or (self._source.has_outlines and row.defect is not None)
            or (bool(self._places) and any(not is_empty(cells[place]) for place in self._places))
        )
        if self._source.has_outlines:
            draft.outline = row.outline
        elif draft.has_place:
            draft.outline = self._outline(draft, row)
        if self._kind == "facts":
            self._settle_fact(draft)
        return draft

    def _hold_against_names(self, draft: Draft, cells: Sequence[object]) -> None:
        """Refuse a row whose unit has one code and the name of another; a name that nobody has is said."""
        for own, place in self._beside:
            code, name = draft.values.get(own.name), cells[place]
            unit = None if code is None else self._referrer.record(str(code))
            if unit is None or is_empty(name):
                continue
            try:
                found = self._referrer.refer(own, name, {}).code
            except InvalidInput:
                self._unlike.setdefault(place, []).append((draft.number, str(name), unit.text("name")))
                continue
            if found is not None and found != code:
                label = self._columns.labels[place]
                message = Text(
                    f"代码是 {code} {unit.text('name')}，列“{label}”却写着“{name}”。改对其中一列。",
                    f"The code is that of {unit.text('name')} ({code}), but column {label!r} says {str(name)!r}. Correct one of the two.",
                )
                draft.problems.append(self.problem(draft.number, message, own.name, code))

    def _take_names(self, draft: Draft, cells: Sequence[object]) -> None:
        """Keep whom a row names, and refuse one that says in another column that there is nobody."""
        for name, place in self._columns.names_of.items():
            named = name_in(name, cells[place])
            if named is None:
                continue
            draft.named = {**draft.named, name: named}
            if draft.facts.get(name) == "no":
                label, other = self._columns.labels[place], self._columns.heading(name)
                message = Text(
                    f"列“{other}”写着无，列“{label}”却写着“{named}”。改对其中一列。",
                    f"Column {other!r} says no, but column {label!r} names {named!r}. Correct one of the two.",
                )
                draft.problems.append(self.problem(draft.number, message, name, named))

    @property
    def notes(self) -> list[Text]:
        """What is said of names that are not those of the codes beside them."""
        found = []
        for place, rows in self._unlike.items():
            number, name, held = rows[0]
            label = self._columns.labels[place]
            found.append(
                Text(
                    f"列“{label}”有 {len(rows)} 行写的名称与代码登记的不同，按代码读，如第 {number} 行“{name}”，登记的是“{held}”。",
                    f"Column {label!r}: {len(rows)} rows name a unit otherwise than it is registered; the code counts, such as row {number}, {name!r} for {held!r}.",
                )
            )
        return found

    def refuse_wrong_constants(self) -> None:
        """Raise InvalidInput where a value that is to hold for all rows can't be one of its field."""
        draft = Draft(0, self._kind)
        for name, said in self._columns.constants.items():
            self._cell(draft, name, said)
        self._refer(draft)
        if draft.problems:
            problems = tuple(replace(problem, row=None) for problem in draft.problems)
            raise InvalidInput(problems[0].message, problems)

    def _cell(self, draft: Draft, name: str, raw: object) -> None:
        read = self.cells.read(name, raw, draft.number)
        if read.meaning is None:
            self._bad(draft, name, raw, read)
        elif read.meaning is CLEARED:
            draft.cleared = (*draft.cleared, name)
        elif read.meaning.value is not None:
            try:
                self._take(draft, name, read.meaning.value)
            except InvalidInput as error:
                self._bad(draft, name, raw, Read(None, error.message))

    def _bad(self, draft: Draft, name: str, raw: object, read: Read) -> None:
        """Keep what is wrong with a cell: it costs the row, or the cell alone where the user agreed to that."""
        said, plain = self.cells.sentence(name, raw, read)
        found = self.problem(draft.number, said, name, without_numbers(str(raw)), draft.code)
        found = replace(found, plain=plain)
        if self._request.drop_bad_cells and not self.cells.must_be_right(name):
            draft.dropped = (*draft.dropped, found)
        else:
            draft.problems.append(found)
            draft.is_asked = draft.is_asked or bool(read.options)

    def _take(self, draft: Draft, name: str, value: Any) -> None:
        own = self._fields.get(name)
        if own is not None and own.type is FieldType.REFERENCE:
            draft.pending = (*draft.pending, (own, value))
        elif own is not None:
            draft.values[name] = value
        elif name == "code":
            draft.code = value
        elif name in ("valid_from", "valid_until", "source"):
            draft.common = {**draft.common, name: value}
        elif name == SURVEYED:
            draft.surveyed = value
        else:
            draft.facts = {**draft.facts, name: fact_text(self._profile.facts[name], value)}

    def _id_of(self, draft: Draft, name: str) -> Value:
        """Return the id that a row means by it, or what it says where nothing is called so."""
        said = draft.values[name]
        whole = "scheme" if name == "item" else "relation" if name == "role" else ""
        about = (
            name,
            draft.values.get(whole) if whole else None,
            draft.values.get("scheme_version") if whole else None,
        )
        ids = self._ids.get(about)
        if ids is None:
            ids = ids_by_name(declared_names(self._profile, self._kind, name, draft.values))
            self._ids[about] = ids
        return ids.get(normalised(said), said)

    def _settle_fact(self, draft: Draft) -> None:
        spec = self._profile.facts.get(str(draft.values.get("key")))
        value = draft.values.get("value")
        if spec is None or value is None:
            return
        read = self.cells.read_fact(spec.key, value, draft.number)
        if read.meaning is None:
            self._bad(draft, "value", value, read)
        else:
            draft.values["value"] = (
                None if read.meaning.value is None else fact_text(spec, read.meaning.value)
            )

    def _refer(self, draft: Draft) -> None:
        """Take what a row refers to, the widest unit first: a name means the one within the units that the row names."""
        pending, draft.pending = draft.pending, ()
        if len(pending) > 1:
            pending = tuple(sorted(pending, key=lambda one: _ORDER.get(one[0].name, len(_ORDER))))
        for own, raw in pending:
            try:
                found = self._referrer.refer(own, raw, draft.values)
            except InvalidInput as error:
                plain = error.problems[0].plain if error.problems else None
                draft.problems.append(
                    self.problem(draft.number, error.message, own.name, raw, draft.code, plain=plain)
                )
                continue
            if found.later is not None:
                draft.later = {**draft.later, own.name: found.later}
            else:
                draft.values[own.name] = found.code

    def dispute(self, draft: Draft, before: Record | None) -> Problem | None:
        """Return that a row names two units of which one does not lie in the other, unless the registry says so already."""
        found = self._referrer.dispute(draft.values, before)
        if found is None:
            return None
        return self.problem(draft.number, found.message, found.field, found.said, draft.code)

    def _outline(self, draft: Draft, row: SourceRow) -> BaseGeometry | None:
        of = self._columns.of
        wkt = row.cells[of["wkt"]] if "wkt" in of else None
        if not is_empty(wkt):
            pair = read_pair(wkt)
            if pair is not None:
                return shapely.Point(pair)
            try:
                shape = _from_wkt(str(wkt))
            except (shapely.errors.ShapelyError, NotImplementedError, ValueError):
                message = Text(
                    "不是 WKT。写成 POLYGON((经度 纬度, …))。", "This is no WKT: POLYGON((lon lat, …))."
                )
                draft.problems.append(self.problem(draft.number, message, "wkt", wkt))
                return None
            return shape
        place = [row.cells[of[name]] if name in of else None for name in ("lon", "lat")]
        if all(is_empty(value) for value in place):
            return None
        numbers: list[float] = []
        for name, value in zip(("lon", "lat"), place, strict=True):
            number = None if is_empty(value) else read_coordinate(value)
            if number is not None:
                numbers.append(number)
            else:
                message = Text(
                    "经度和纬度要成对写成数字。", "Longitude and latitude are numbers, and a pair."
                )
                draft.problems.append(self.problem(draft.number, message, name, value))
        return shapely.Point(numbers) if len(numbers) == 2 else None


def _from_wkt(text: str) -> BaseGeometry:
    """Return the outline that a cell writes; raise ValueError for one that is nested like no outline is."""
    if text.upper().count("COLLECTION") > 1:
        raise ValueError("nested collections")
    return shapely.from_wkt(text.split(";", 1)[-1])  # EWKT begins with SRID=…;
