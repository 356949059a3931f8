"""Blank visiting sheets: a line a compound, a column for each thing that is not known, empty cells to be filled in on the way.

What comes back is read by ``import`` as any template of compounds: each answer holds from the day of the visit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.coverage.measures import parse_measure
from app.domain.kinds import KINDS, LEVELS
from app.domain.period import today
from app.domain.profile.condition import terms_of
from app.errors import InvalidInput, Problem
from app.exchange.formats.safe_file import written_aside
from app.exchange.headings import SURVEYED
from app.exchange.templates.book import TemplateContent, write_template_book
from app.exchange.templates.cells import TemplateCells
from app.exchange.templates.columns import template_columns
from app.jobs import Ticket
from app.services.bring_in.sheet_notes import SheetNotes
from app.services.bring_in.template_data import TemplateReport, must_be_workbook, present
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.profile.condition import Condition
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.exchange.templates.cells import Cell
    from app.exchange.templates.columns import TemplateColumn
    from app.services.registry.registry import Registry

KIND: Final = "compounds"
_ALWAYS: Final = ("code", "name", "address", SURVEYED)
_RESTS_ON: Final = {  # what a word of a condition asks of a visit
    "party": ("party_organisation",),
    "organisation": ("party_organisation",),
    "property": ("property_firm",),
    "has_firm": ("property_firm",),
    "engagement": ("property_firm",),
    "firm_party": ("property_firm",),
}
_THREE_NO: Final = ("three_no", "ever_three_no")
_HOUSEHOLDS: Final = ("survey", "platform")
_KNOWN: Final = "—"  # an import takes nothing from it
_TITLE: Final = Text("{}：上门表", "{}: visiting sheet")
_EVERYWHERE: Final = Text("全部", "Everywhere")


def write_visit_sheet(
    registry: Registry,
    out: Path,
    *,
    unit: str | None = None,
    measures: Sequence[str] = (),
    facts: Sequence[str] = (),
    lang: str = "zh",
    ticket: Ticket | None = None,
) -> TemplateReport:
    """Write the compounds of a unit of which something is not known, with a column for each such thing.

    ``measures`` and ``facts`` say what is asked for; without either it is every fact of a compound. Raises InvalidInput for an
    unknown unit, measure or fact, and where nothing is unknown.
    """
    must_be_workbook(out)
    ticket, day = ticket or Ticket(), today()
    profile, dataset = registry.profile, registry.dataset
    asked = wanted_of(profile, measures, facts)
    place = None if not unit else record_called(dataset, unit)
    records = [r for r in present(dataset, KIND, day) if _is_in(registry, r, place, day)]
    unknown = {record.code: _unknown(registry, record, asked, day) for record in records}
    used = [name for name in asked if any(name in of for of in unknown.values())]
    if not used:
        raise InvalidInput(
            Text(
                "这里要问的都查清了，没有要上门的。",
                "All that is asked for is known here; nobody need be visited.",
            )
        )
    columns = [
        column
        for column in template_columns(profile, KIND, lang)
        if column.field in _ALWAYS or column.field in used
    ]
    visited = [record for record in records if unknown[record.code]]
    content = TemplateContent(
        kind=KINDS[KIND],
        columns=tuple(replace(column, is_required=False) for column in columns),
        rows=_rows(registry, columns, visited, unknown, lang, day),
        lists={},
        notes=_notes(registry, place, lang, day, len(visited)),
        lang=lang,
        day=day,
        title=_TITLE.format(_called(place).in_(lang)).in_(lang),
    )
    with written_aside(out) as draft:
        write_template_book(draft, content, ticket)
    return TemplateReport(
        path=out,
        kind=KIND,
        rows=len(visited),
        columns=tuple(column.heading for column in columns),
        left_empty=0,
    )


def wanted_of(profile: Profile, measures: Sequence[str], facts: Sequence[str]) -> list[str]:
    """Return the facts and fields that measures rest on and those that are named, in the order of the declaration."""
    mine = [fact.key for fact in profile.facts_of(KIND)]
    fields = [field.name for field in KINDS[KIND].fields]
    found: set[str] = set()
    for measure in measures:
        spec = parse_measure(profile, measure).spec
        for condition in (spec.covered, spec.within):
            found |= set(_facts_in(profile, condition))
        checklist = profile.checklists.get(measure)
        for item in () if checklist is None else checklist.items:
            found |= set(_facts_in(profile, item.when))
        if measure in _HOUSEHOLDS:
            found.add("households")
    for name in facts:
        if name not in (*mine, *fields):
            known = ", ".join((*mine, *fields))
            message = Text(f"小区没有 {name!r}。有：{known}。", f"Compounds have no {name!r}: {known}.")
            raise InvalidInput(message, (Problem(message=message, column="fact", value=name),))
        found.add(name)
    if not measures and not facts:
        return mine
    return [name for name in (*fields, *mine) if name in found]


def _facts_in(profile: Profile, condition: Condition | None) -> Iterator[str]:
    for term in () if condition is None else terms_of(condition):
        if term.name == "fact":
            yield term.argument
        elif term.name in _THREE_NO:
            yield from (*profile.three_no.fact_keys, "property_firm")
        elif term.name == "checklist" and term.argument in profile.checklists:
            for item in profile.checklists[term.argument].items:
                yield from _facts_in(profile, item.when)
        yield from _RESTS_ON.get(term.name, ())


def _unknown(registry: Registry, record: Record, asked: Sequence[str], day: date) -> frozenset[str]:
    """Return what of the things asked for nobody knows of a compound: no fact, an unknown one, an empty field."""
    found = set()
    for name in asked:
        if name in KINDS[KIND].by_name:
            if record.get(name) in (None, "unknown"):
                found.add(name)
            continue
        fact = registry.dataset.fact_on(record.code, name, day)
        if fact is None or fact.text("value") == "unknown":
            found.add(name)
    return frozenset(found)


def _is_in(registry: Registry, record: Record, place: Record | None, day: date) -> bool:
    if not record.is_in_force(day):
        return False
    if place is None:
        return True
    level = KINDS[place.kind].table
    if level not in LEVELS:
        message = Text(
            f"{place.code} 不是区、街道、社区或网格。",
            f"{place.code} is no district, street, community or grid.",
        )
        raise InvalidInput(message, (Problem(message=message, code=place.code, column="unit"),))
    return bool(getattr(registry.engine.derived(record.code, day), level) == place.code)


def _rows(
    registry: Registry,
    columns: Sequence[TemplateColumn],
    records: Sequence[Record],
    unknown: dict[str, frozenset[str]],
    lang: str,
    day: date,
) -> list[list[Cell]]:
    cells = TemplateCells(registry.dataset, registry.profile, columns, lang, day)
    return [
        [
            _shown(column, cell, is_unknown=column.field in unknown[record.code])
            for column, cell in zip(columns, cells.row(record), strict=True)
        ]
        for record in records
    ]


def _shown(column: TemplateColumn, cell: Cell, *, is_unknown: bool) -> Cell:
    """Return an empty cell for what is asked; a known fact shows a stroke, so that the day of the visit says nothing of it."""
    if is_unknown:
        return None
    is_fact = column.field not in _ALWAYS and column.field not in KINDS[KIND].by_name
    return _KNOWN if is_fact else cell


def _called(place: Record | None) -> Text:
    if place is None:
        return _EVERYWHERE
    name = place.text("name") or place.code
    return Text(name, name)


def _notes(
    registry: Registry, place: Record | None, lang: str, day: date, rows: int
) -> list[tuple[str, str]]:
    notes = SheetNotes(
        content=Text(
            f"{_called(place).zh}还有没查清的小区 {rows} 个，一行一个；查清了的格子写着“—”，不用问。",
            f"{rows} compounds of which something is not known, {_called(place).en}; a stroke stands where it is known.",
        ),
        filling=Text(
            "空格子选 有 / 无 / 未知；在“调查日期”写上门那天。没问到的留空，什么也不改。",
            "Choose yes, no or unknown in empty cells and write the day of the visit under 'Surveyed on'. What stays empty changes nothing.",
        ),
        bringing=Text(
            "窗口里“导入…”，或命令 import 台账 本文件 --as compounds。",
            "'Import…' in the window, or `import REGISTRY THIS --as compounds`.",
        ),
        personal=Text("不写姓名、身份证号和电话。", "No names, identity numbers or telephone numbers."),
    )
    return notes.lines(registry, day, lang)
