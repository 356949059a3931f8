"""Gathers what one export holds: figures of every level, records of every layer, cut to readers and unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.coverage.results import Query
from app.domain.audience import Audience
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS, FieldType
from app.domain.leaving.content import Backdrop, Layer, Leaving
from app.domain.leaving.figures import Level
from app.domain.period import today
from app.domain.personal import without_numbers
from app.domain.vocabulary import ANSWERS, IS_THREE_NO, STATUS
from app.domain.weights import WEIGHTS
from app.errors import InvalidInput, Problem
from app.exchange.formats.audience import LAYER_NAMES, columns_of
from app.services.bring_out.level_figures import LevelFigures
from app.services.bring_out.public_figures import withhold_from_public
from app.services.bring_out.public_measures import refuse_for_readers, status_may_leave
from app.services.bring_out.record_cells import Cells
from app.services.bring_out.who_belongs import belongs_to, is_known_by
from app.services.papers.paper import Asked, paper_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.coverage.results import Derived
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

_DATUM: Final = Text(
    "WGS 84，经度、纬度（与 CGCS2000 在此精度下相同）",
    "WGS 84, longitude and latitude (alike CGCS2000 at this precision)",
)
_KIND_OF: Final = {KINDS[name].table: name for name in KINDS}
_READING: Final = Text("汇总数据", "Gathering data")


def gather(
    registry: Registry,
    *,
    measure: str,
    by: str,
    audience: Audience,
    unit: str | None,
    as_of: date,
    lang: str,
    layers: tuple[str, ...] = LAYER_NAMES,
    weight: str | None = None,
    papers: Papers | None = None,
    ticket: Ticket,
) -> Leaving:
    """Return the content of an export; ``layers``: the record layers that the format holds.

    ``papers``: which papers it holds besides; None = none.

    Raises InvalidInput for a measure, unit or weight that there isn't, and for figures that may not go to
    these readers.
    """
    engine, profile = registry.engine, registry.profile
    asked, kind_of_weight = engine.check(Query(measure=measure, by=by, as_of=as_of, weight=weight))
    place = None if unit is None else _Place(registry, unit, as_of)
    if place is not None and LEVELS.index(by) < place.level:
        by = LEVELS[place.level]
    refuse_for_readers(profile, measure, by, audience, weight=kind_of_weight, day=as_of, today=today())

    steps = len(LEVELS) + len(layers)
    found = {}
    for step, name in enumerate(LEVELS):
        ticket.step(_READING, step, steps)
        found[name] = engine.coverage(Query(measure=measure, by=name, as_of=as_of, weight=weight), ticket)
    units = {name: engine.derived_many(_KIND_OF[name], as_of) for name in LEVELS}
    figures = LevelFigures(found, units)
    given: tuple[str, ...] = LEVELS
    if audience is Audience.PUBLIC:
        given = withhold_from_public(registry.engine, asked, kind_of_weight, as_of, figures)
    shown = [name for name in given if place is None or LEVELS.index(name) >= place.level]
    levels = {
        name: figures.level(name, lang)
        if place is None
        else figures.level_in(name, place.name, place.code, lang)
        for name in shown
    }
    has_status = asked.spec.subject == "compound" and status_may_leave(profile, measure, audience)
    cells = Cells(registry, as_of, measure=measure if has_status else None, audience=audience)
    found_layers = {}
    for step, name in enumerate(layers):
        ticket.step(_READING, len(LEVELS) + step, steps)
        layer = _layer(registry, name, place, levels.get(name), cells)
        if layer is not None:
            found_layers[name] = layer
    info = registry.info
    title = without_numbers(info.name if place is None else place.title)
    leaving = Leaving(
        title=title, lang=lang, audience=audience, as_of=as_of, by=by,
        measure=measure, weight=kind_of_weight, measure_words=asked.words, definition=asked.definition,
        base=asked.spec.base, weight_words=WEIGHTS[kind_of_weight].words, rule=found[by].rule,
        profile=profile.label, crs=found[by].crs, datum=_DATUM,
        source=Text(f"{info.name} 台账，{profile.name.zh}口径", f"registry {info.name}, profile {profile.name.en}"),
        synthetic=(info.note if any(info.note) else _MADE_UP) if info.is_synthetic else None,
        review_number=info.review_number, levels=levels, layers=found_layers,
        choices=_choices(registry), backdrop=_backdrop(registry) if "compound" in layers else (),
        has_status=has_status,
    )  # fmt: skip
    if papers is None:
        return leaving
    question = Asked(
        unit="" if place is None else place.code,
        level="" if place is None else place.name,
        against=papers.before(as_of),
        has_findings=papers.has_findings,
    )
    said = [paper_of(registry, leaving, question, ticket)]
    for other, day in papers.also:
        if (other, day) != (measure, as_of):
            further = gather(
                registry, measure=other, by=by, audience=audience, unit=unit, as_of=day, lang=lang,
                layers=(by,), papers=replace(papers, also=(), has_findings=False), ticket=ticket,
            )  # fmt: skip
            said += further.papers
    return replace(leaving, papers=tuple(said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The papers of one export. ``also``: further questions, as measure and day, each with its own paper.

    ``days``: all that are asked about. ``against``: the day that all are compared with; None: each with the one before it
    among ``days``, the first with the last day of the half year before it.
    """

    also: tuple[tuple[str, date], ...] = ()
    against: date | None = None
    has_findings: bool = False
    days: tuple[date, ...] = ()

    def before(self, day: date) -> date | None:
        """Return the day that a paper's day is compared with; None = as the paper itself has it."""
        return self.against or max((other for other in self.days if other < day), default=None)


_MADE_UP: Final = Text("这份数据是合成的，不是实情。", "This data is made up; it describes nothing real.")


class _Place:
    """The unit that an export is restricted to."""

    def __init__(self, registry: Registry, code: str, day: date) -> None:
        record = registry.find(code)
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

    def holds(self, derived: Derived | None) -> bool:
        """Whether a record lies in the unit."""
        return derived is not None and getattr(derived, self.name) == self.code


def _layer(
    registry: Registry, name: str, place: _Place | None, level: Level | None, cells: Cells
) -> Layer | None:
    kind = _KIND_OF[name]
    columns = columns_of(name, cells.audience, registry.profile)
    if name == "compound" and not cells.has_status:
        columns = tuple(column for column in columns if column.name != "status")
    if not columns or (name in LEVELS and level is None):
        return None
    records = [
        record
        for record in registry.dataset.in_force(kind, cells.day)
        if is_known_by(record, cells.day)
        and (
            place is None
            or belongs_to(record, registry.dataset, lambda r: place.holds(cells.derived(r.kind, r.code)))
        )
    ]
    if name == "zone" and not records:
        return None  # a layer without any outline has no type
    outlines = np.full(len(records), None, dtype=object)
    outlines[:] = [cells.outline(record) for record in records]
    figures = {} if level is None else {row.code: row for row in level.rows}
    return Layer(
        name=name,
        words=KINDS[kind].words,
        columns=columns,
        rows=tuple(cells.row(record, columns, figures.get(record.code)) for record in records),
        outlines=outlines,
    )


def _choices(registry: Registry) -> dict[str, Mapping[str, Text]]:
    profile = registry.profile
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
    for name in ("party", "property"):
        words[f"compound.{name}"] = ANSWERS
    words["compound.three_no"] = IS_THREE_NO
    return words


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
