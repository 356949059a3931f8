"""What the mediation topic shows, as values: cases, their counts by unit or category, and mediators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.services.count.unit_counts import owner_on, units_of_records
from app.services.mediation.case_counts import case_counts
from app.services.mediation.cases import CLOSED, level_on, levels_in_order, state_on
from app.services.mediation.mediators import mediator_rows
from app.text import Text
from ui import words
from ui.topics.base.lines import Head, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.coverage.engine import CoverageEngine

OPEN: Final = "open"  # every state but closed
VIEWS: Final[Mapping[str, Text]] = {
    "cases": Text("纠纷", "Cases"),
    "units": Text("按单位计数", "Counts by unit"),
    "categories": Text("按类别计数", "Counts by category"),
    "mediators": Text("调解员", "Mediators"),
}
_CODE: Final = Text("编号", "Code")
_PLACE: Final = Text("小区或社区", "Compound or community")
_LEVEL: Final = Text("层级", "Level")
_CATEGORY: Final = Text("类别", "Category")
_STATE: Final = Text("状态", "State")
_OPENED: Final = Text("受理", "Opened")
_CLOSED: Final = Text("办结", "Closed")
_DAYS: Final = Text("历时（天）", "Days")
_OPEN: Final = Text("未办结", "Open")
_NO_CATEGORY: Final = Text("未写类别", "no category")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be shown. Empty level, state and unit: all."""

    view: str = "cases"
    level: str = ""
    state: str = ""
    unit: str = ""
    by: str = "street"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Columns, rows and a sentence above them."""

    asked: Asked
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    summary: Text


def find(engine: CoverageEngine, day: date, asked: Asked, lang: str) -> Shown:
    """Return what the topic shows."""
    if asked.view == "mediators":
        return _mediators(engine, day, asked, lang)
    if asked.view == "cases":
        return _cases(engine, day, asked, lang)
    return _counts(engine, day, asked, lang)


def places_of(engine: CoverageEngine, codes: Iterable[str], day: date) -> list[str]:
    """Return the compounds (or communities) of cases, each once."""
    cases = engine.dataset.of("cases")
    return list(dict.fromkeys(owner_on(cases[code], day) for code in codes if code in cases))


def _chosen(engine: CoverageEngine, day: date, asked: Asked) -> Callable[[str], bool]:
    """Return whether a case, by its code, is among those asked for."""
    cases = engine.dataset.of("cases")
    units = units_of_records(engine, "cases", day) if asked.unit else {}

    def fits(code: str) -> bool:
        case = cases[code]
        state = state_on(case, day)
        return (
            bool(state)
            and (not asked.level or level_on(case, day) == asked.level)
            and (not asked.state or (state != CLOSED if asked.state == OPEN else state == asked.state))
            and (not asked.unit or asked.unit in units[code].values())
        )

    return fits


def _cases(engine: CoverageEngine, day: date, asked: Asked, lang: str) -> Shown:
    choices, fits = engine.profile.choices, _chosen(engine, day, asked)
    lines = []
    still_open = 0
    for code, case in sorted(engine.dataset.of("cases").items(), reverse=True):
        if not fits(code):
            continue
        level, state, owner = level_on(case, day), state_on(case, day), owner_on(case, day)
        opened, closed = case.get("opened"), case.get("closed") if state == CLOSED else None
        last = closed if isinstance(closed, date) else day
        still_open += state != CLOSED
        lines.append(
            Line(
                code,
                (
                    code,
                    engine.name_on(owner, day) or owner,
                    choices["case_level"].get(level, Text(level, level)).in_(lang),
                    case.text("category") or _NO_CATEGORY.in_(lang),
                    choices["case_state"].get(state, Text(state, state)).in_(lang),
                    str(opened),
                    None if closed is None else str(closed),
                    (last - opened).days if isinstance(opened, date) else None,
                ),
                codes=(owner,),
            )
        )
    heads = (
        Head(_CODE, width=86),
        Head(_PLACE, width=190),
        Head(_LEVEL, width=70),
        Head(_CATEGORY, width=110),
        Head(_STATE, width=80),
        Head(_OPENED, width=96),
        Head(_CLOSED, width=96),
        Head(_DAYS, is_number=True, width=86),
    )
    said = Text(f"{len(lines)} 件，未办结 {still_open} 件", f"{len(lines)} cases, {still_open} open")
    return Shown(asked=asked, heads=heads, lines=tuple(lines), summary=said)


def _counts(engine: CoverageEngine, day: date, asked: Asked, lang: str) -> Shown:
    choices, fits = engine.profile.choices, _chosen(engine, day, asked)
    levels = {level: choices["case_level"][level] for level in levels_in_order(engine.profile)}
    states = choices["case_state"]
    cases = engine.dataset.of("cases")
    counts = case_counts(engine, asked.by, day)
    everything = tuple(code for code in counts.total.codes if fits(code))

    def line(code: str, name: str, of: Iterable[str], *, is_total: bool = False) -> Line:
        columns: list[list[str]] = [[] for _ in range(2 + len(levels) + len(states))]
        for found in of:
            level, state = level_on(cases[found], day), state_on(cases[found], day)
            columns[0].append(found)
            if state != CLOSED:
                columns[1].append(found)
            if level in levels:
                columns[2 + list(levels).index(level)].append(found)
            if state in states:
                columns[2 + len(levels) + list(states).index(state)].append(found)
        return Line(
            code,
            (name, *(len(column) for column in columns)),
            codes=tuple(columns[0]),
            codes_of={place: tuple(column) for place, column in enumerate(columns, 1)},
            is_total=is_total,
        )

    lines = []
    if asked.view == "categories":
        by_category: dict[str, list[str]] = {}
        for code in everything:
            by_category.setdefault(str(cases[code].on("category", day) or ""), []).append(code)
        for category, codes in sorted(by_category.items(), key=lambda item: (-len(item[1]), item[0])):
            lines.append(line(category, category or _NO_CATEGORY.in_(lang), codes))
        first = Head(_CATEGORY, width=150)
    else:
        lines += [line(row.unit, row.name or row.unit, filter(fits, row.codes)) for row in counts.rows]
        if any(fits(code) for code in counts.unplaced.codes):
            lines.append(line("unplaced", words.UNPLACED.in_(lang), filter(fits, counts.unplaced.codes)))
        first = Head(words.LEVELS[asked.by], width=150)
    lines.append(line("total", words.TOTAL.in_(lang), everything, is_total=True))
    heads = (
        first,
        Head(words.TOTAL, is_number=True, width=64),
        Head(_OPEN, is_number=True, width=72),
        *(Head(said, is_number=True, width=76) for said in (*levels.values(), *states.values())),
    )
    said = Text(
        f"{len(everything)} 件。列依次是合计、未办结、各层级、各状态；点一格看它的小区",
        f"{len(everything)} cases: in all, open, by level, by state; a click on a cell shows its compounds",
    )
    return Shown(asked=asked, heads=heads, lines=tuple(lines), summary=said)


def _mediators(engine: CoverageEngine, day: date, asked: Asked, lang: str) -> Shown:
    rows = mediator_rows(engine, day, asked.unit or None)
    kinds = list(dict.fromkeys(kind for row in rows for kind in row.spec.of))
    lines = [
        Line(
            row.spec.key,
            (row.spec.words.in_(lang), *(row.counts.get(kind) for kind in kinds), row.total),
            codes=row.codes,
            codes_of={
                place: tuple(code for code in row.codes if code in engine.dataset.of(kind))
                for place, kind in enumerate(kinds, 1)
            },
        )
        for row in rows
    ]
    people = sum(row.total or 0 for row in rows)
    known = sum(row.total is not None for row in rows)
    heads = (
        Head(_CATEGORY, width=260),
        *(Head(KINDS[kind].words, is_number=True, width=90) for kind in kinds),
        Head(words.TOTAL, is_number=True, width=80),
    )
    said = Text(
        f"{len(rows)} 类，已填 {known} 类，共 {people:,} 人；只计人数，在小区、社区、街道的台账里填",
        f"{len(rows)} categories, {known} filled in, {people:,} people; counts only, entered in the ledger of "
        "compounds, communities and streets",
    )
    return Shown(asked=asked, heads=heads, lines=tuple(lines), summary=said)
