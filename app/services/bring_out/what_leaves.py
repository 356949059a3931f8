"""Gathers what one export holds: figures of every level, records of every layer, cut to readers and unit."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.audience import Audience
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS, FieldType
from app.domain.leaving.content import Backdrop, Layer, Leaving
from app.domain.leaving.figures import Level
from app.domain.period import today
from app.domain.personal import without_numbers
from app.domain.vocabulary import ANSWERS, IS_THREE_NO, KINDS_ASKED, STATUS
from app.domain.weights import WEIGHTS
from app.errors import InvalidInput, Problem
from app.exchange.formats.audience import LAYER_NAMES, columns_of
from app.services.bring_out.level_figures import LevelFigures
from app.services.bring_out.public_figures import withhold_from_public
from app.services.bring_out.public_measures import refuse_for_readers, status_may_leave
from app.services.bring_out.record_cells import Cells
from app.services.bring_out.who_belongs import is_known_by, units_of
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Query
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

_IN_PART: Final = Text(
    "只有一部分街道或网格：数字只是这一部分的，不是全区的。",
    "Some of its streets or grids alone: the figures are theirs, not the district's.",
)
_PART: Final = Text("{0}（部分街道或网格）", "{0} (some of its streets or grids)")
DATUM: Final = Text(
    "CGCS2000（EPSG:4490），经度、纬度；在此精度下与 WGS 84 相同",
    "CGCS2000 (EPSG:4490), longitude and latitude; alike WGS 84 at this precision",
)
_KIND_OF: Final = {KINDS[name].table: name for name in KINDS}
_READING: Final = Text("汇总数据", "Gathering data")


class Ground:
    """What an export stands on, read once: figures of every level and rows of every layer, for the whole and for any unit.

    It holds the answers of one engine: what is written meanwhile does not show in half of the files.
    """

    def __init__(
        self,
        registry: Registry,
        query: Query,
        *,
        audience: Audience,
        lang: str,
        layers: tuple[str, ...] = LAYER_NAMES,
        lowest: str = "district",
        ticket: Ticket,
    ) -> None:
        """Read what a question asks; ``lowest``: the highest level of the units that are to be cut out.

        Raises InvalidInput for a measure, weight, count or kind that there isn't, and for figures that may not go
        to these readers.
        """
        self._registry, self._engine = registry, registry.engine
        self._lang, self._audience = lang, audience
        engine = self._engine
        self._asked, self._weight = engine.check(query)
        by = max(query.by, lowest, key=LEVELS.index)
        self._query = query = replace(query, by=by)
        refuse_for_readers(engine.profile, query, audience, weight=self._weight, today=today())
        steps = len(LEVELS) + len(layers)
        found = {}
        for step, name in enumerate(LEVELS):
            ticket.step(_READING, step, steps)
            found[name] = engine.coverage(replace(query, by=name, against=None), ticket)
        units = {name: engine.derived_many(_KIND_OF[name], query.as_of) for name in LEVELS}
        self._figures = LevelFigures(found, units)
        self._given: tuple[str, ...] = LEVELS
        if audience is Audience.PUBLIC:
            self._given = withhold_from_public(engine, self._asked, self._weight, query.as_of, self._figures)
        self._rule, self._crs = found[by].rule, found[by].crs
        self._has_status = self._asked.spec.subject == "compound" and status_may_leave(
            engine.profile, query.measure, audience
        )
        self._cells = Cells(
            registry, engine, query.as_of, measure=query.measure if self._has_status else None,
            audience=audience, kind=query.kind,
        )  # fmt: skip
        self._rows: dict[str, _Rows] = {}
        for step, name in enumerate(layers):
            ticket.step(_READING, len(LEVELS) + step, steps)
            if name in LEVELS and name not in self._given:
                continue
            level = self._figures.level(name, lang) if name in LEVELS else None
            rows = _Rows(name, level, self._cells, engine)
            if rows.columns:
                self._rows[name] = rows
        self._choices = _choices(engine.profile)

    @property
    def day(self) -> date:
        """The day that it is asked of."""
        return self._query.as_of

    def leaving(self, unit: str | None = None, layers: tuple[str, ...] = LAYER_NAMES) -> Leaving:
        """Return the content of one file: all of it, or what goes with a unit; ``layers``: those that its format holds.

        Raises InvalidInput for a code that is no unit in force.
        """
        registry, query, asked, lang = self._registry, self._query, self._asked, self._lang
        place = None if unit is None else _Place(self._engine.dataset, unit, query.as_of)
        shown = [name for name in self._given if place is None or LEVELS.index(name) >= place.level]
        levels = {
            name: self._figures.level(name, lang)
            if place is None
            else self._figures.level_in(name, place.name, place.code, lang)
            for name in shown
        }
        found = {
            name: self._rows[name].layer(place)
            for name in layers
            if name in self._rows and (name not in LEVELS or name in levels)
        }
        if "zone" in found and not found["zone"].rows:
            del found["zone"]  # a layer without any outline has no type
        info, profile = registry.info, self._engine.profile
        title = info.name if registry.shows_all else _PART.format(info.name).in_(lang)
        by = query.by if place is None else max(query.by, place.name, key=LEVELS.index)
        return Leaving(
            title=without_numbers(title if place is None else place.title), part=None if registry.shows_all else _IN_PART,
            lang=lang, audience=self._audience, as_of=query.as_of, by=by, unit=None if place is None else place.code,
            level=None if place is None else place.name,
            measure=query.measure, weight=self._weight, measure_words=asked.words, definition=asked.definition,
            base=asked.spec.base, weight_words=WEIGHTS[self._weight].words, count=query.count, kind=query.kind,
            kind_words=None if query.kind is None else {**profile.choices["compound_kind"], **KINDS_ASKED}[query.kind],
            rule=self._rule, profile=profile.label, crs=self._crs, datum=DATUM,
            source=Text(f"{info.name} 台账，{profile.name.zh}口径", f"registry {info.name}, profile {profile.name.en}"),
            synthetic=(info.note if any(info.note) else MADE_UP) if info.is_synthetic else None,
            review_number=info.review_number, levels=levels, layers=found,
            choices=self._choices, backdrop=self._backdrop if "compound" in layers else (),
            has_status=self._has_status,
        )  # fmt: skip

    def units(self, level: str, within: str | None = None) -> list[str]:
        """Return the units of a level that are in force on the day, by code; those in one unit if given."""
        place = None if within is None else _Place(self._engine.dataset, within, self._query.as_of)
        placed = self._engine.derived_many(_KIND_OF[level], self._query.as_of)
        return sorted(
            record.code
            for record in self._engine.dataset.in_force(_KIND_OF[level], self._query.as_of)
            if place is None
            or place.code in (record.code, getattr(placed.get(record.code), place.name, None))
        )

    def name_of(self, unit: str) -> str:
        """Return what a unit is called on the day, without what may not leave."""
        record = record_called(self._engine.dataset, unit)
        return without_numbers(str(record.on("name", self._query.as_of) or ""))

    @cached_property
    def _backdrop(self) -> tuple[Backdrop, ...]:
        return _backdrop(self._registry)


MADE_UP: Final = Text("这份数据是合成的，不是实情。", "This data is made up; it describes nothing real.")


class _Place:
    """The unit that an export is restricted to."""

    def __init__(self, dataset: Dataset, code: str, day: date) -> None:
        record = record_called(dataset, code)
        if record.kind not in UNIT_KINDS or not record.is_in_force(day):
            raise InvalidInput(
                Text(
                    f"{code} 不是 {day} 有效的区、街道、社区或网格。--unit 要写这样一个代码。",
                    f"{code} is no district, street, community or grid in force on {day}; --unit takes such a code.",
                ),
                (Problem(message=Text("不是统计单元", "no such unit"), code=code),),
            )
        self.code = record.code
        self.level = UNIT_KINDS.index(record.kind)
        self.name = LEVELS[self.level]
        self.title = str(record.on("name", day) or record.code)


class _Rows:
    """The rows of one layer, each made once; which of them go with which unit is asked of what they are about."""

    def __init__(self, name: str, level: Level | None, cells: Cells, engine: CoverageEngine) -> None:
        self.name, self._kind, self._cells = name, _KIND_OF[name], cells
        columns = columns_of(name, cells.audience, engine.profile)
        if name == "compound" and not cells.has_status:
            columns = tuple(column for column in columns if column.name != "status")
        self.columns = columns
        self._records = (
            [r for r in engine.dataset.in_force(self._kind, cells.day) if is_known_by(r, cells.day)]
            if columns
            else []
        )
        self._figures = {} if level is None else {row.code: row for row in level.rows}
        self._dataset = engine.dataset
        self._made: dict[int, tuple[object, ...]] = {}
        self._outlines: dict[int, BaseGeometry | None] = {}
        self._at: dict[str, dict[str, list[int]]] = {}

    def layer(self, place: _Place | None) -> Layer:
        """Return the layer, or what of it goes with a unit."""
        chosen = range(len(self._records)) if place is None else self._with(place)
        outlines = np.full(len(chosen), None, dtype=object)
        outlines[:] = [self._outline(at) for at in chosen]
        return Layer(
            name=self.name,
            words=KINDS[self._kind].words,
            columns=self.columns,
            rows=tuple(self._row(at) for at in chosen),
            outlines=outlines,
        )

    def _with(self, place: _Place) -> Sequence[int]:
        if place.name not in self._at:
            found: dict[str, list[int]] = {}
            for at, record in enumerate(self._records):
                for unit in units_of(record, self._dataset, lambda r: self._unit_of(r, place.name)):
                    found.setdefault(unit, []).append(at)
            self._at[place.name] = found
        return self._at[place.name].get(place.code, [])

    def _unit_of(self, record: Record, level: str) -> str | None:
        derived = self._cells.derived(record.kind, record.code)
        unit: str | None = None if derived is None else getattr(derived, level)
        return unit

    def _row(self, at: int) -> tuple[object, ...]:
        if at not in self._made:
            record = self._records[at]
            self._made[at] = self._cells.row(record, self.columns, self._figures.get(record.code))
        return self._made[at]

    def _outline(self, at: int) -> BaseGeometry | None:
        if at not in self._outlines:
            self._outlines[at] = self._cells.outline(self._records[at])
        return self._outlines[at]


def _choices(profile: Profile) -> dict[str, Mapping[str, Text]]:
    choices = profile.choices
    words: dict[str, Mapping[str, Text]] = {
        "compound.stage": choices["stage"],
        "compound.firm_list": choices["firm_list"],
        "compound.status": STATUS,
    }
    for kind in KINDS.values():
        for field in kind.fields:
            if field.type is FieldType.CHOICE:
                words[f"{kind.table}.{field.name}"] = choices[field.choices]
            elif field.type is FieldType.ANSWER:
                words[f"{kind.table}.{field.name}"] = ANSWERS
        for spec in profile.facts_of(kind.name):
            if said := profile.fact_choices(spec):
                words[f"{kind.table}.fact_{spec.key}"] = said
    words |= _declared(profile)
    for name in ("party", "property"):
        words[f"compound.{name}"] = ANSWERS
    words["compound.three_no"] = IS_THREE_NO
    return words


def _declared(profile: Profile) -> dict[str, Mapping[str, Text]]:
    """Return the words of schemes, their items, relations and facts; of an item called two ways its id stays."""
    items: dict[str, Text] = {}
    twice: set[str] = set()
    for item in (
        item for versions in profile.schemes.values() for scheme in versions for item in scheme.items
    ):
        if items.setdefault(item.id, item.words) != item.words:
            twice.add(item.id)
    return {
        "assessment.scheme": {name: versions[-1].words for name, versions in profile.schemes.items()},
        "assessment.item": {name: said for name, said in items.items() if name not in twice},
        "link.relation": {name: relation.words for name, relation in profile.relations.items()},
        "fact.key": {name: spec.words for name, spec in profile.facts.items()},
    }


def _backdrop(registry: Registry) -> tuple[Backdrop, ...]:
    grouped: dict[tuple[str, int], list[Any]] = {}
    for shape in registry.backdrop:
        grouped.setdefault((shape.kind, shape.rank), []).append(shape.geometry)
    found = []
    for (kind, rank), shapes in sorted(
        grouped.items(), key=lambda item: (item[0][0] != "water", -item[0][1])
    ):
        outlines = np.full(len(shapes), None, dtype=object)
        outlines[:] = shapes
        found.append(Backdrop(kind, outlines, rank))
    return tuple(found)
