"""Makes the one value that every paper is written from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.coverage.change.rows import coverage_apart
from app.coverage.change.said import sentence
from app.coverage.results import Query
from app.domain.audience import Audience
from app.domain.kinds import KINDS, LEVELS
from app.domain.leaving.figures import FigureRow
from app.domain.leaving.paper import Paper, PaperChange, PaperPart, PaperUnit
from app.domain.period import half_year_before
from app.domain.vocabulary import CHANGE_PARTS
from app.domain.weights import ONE
from app.services.papers.findings import findings_in
from app.services.papers.shapes import shapes_of
from app.services.papers.subjects import Subjects
from app.services.papers.todo import todo_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.coverage.results import Coverage, Figures, Row
    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import Level
    from app.domain.leaving.paper import PaperFinding
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

_KIND_OF: Final = {KINDS[name].table: name for name in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a paper is asked for beside its export: the unit it is of, the day it is compared with, with findings or not.

    ``against`` None: the last day of the half year before; the same day: nothing is compared.
    """

    unit: str = ""
    level: str = ""
    against: date | None = None
    has_findings: bool = False


def paper_of(registry: Registry, leaving: Leaving, asked: Asked, ticket: Ticket) -> Paper:
    """Return the paper of what an export gathered for its readers.

    Nothing is said that ``leaving`` withholds: hidden rows have neither a change nor things to do. The public gets no
    change of a measure whose single statuses it may not have (two days could be subtracted), no things to do and no
    findings: these are work lists.
    """
    against: date | None = half_year_before(leaving.as_of) if asked.against is None else asked.against
    is_public = leaving.audience is Audience.PUBLIC
    if against == leaving.as_of or (is_public and not (leaving.has_status and leaving.weight == ONE)):
        against = None
    level = leaving.levels[leaving.by]
    subjects = Subjects(registry, leaving, is_shown=not is_public)
    changes = {} if against is None else _changes(registry, leaving, asked, against, ticket)
    below = _below(leaving)
    parents = {} if below is None else _parents(registry, leaving, below.name)
    groups: dict[str, list[FigureRow]] = {}
    for row in () if below is None else below.rows:
        groups.setdefault(parents.get(row.code, ""), []).append(row)
    units = tuple(
        PaperUnit(
            row=row,
            below=(parts := tuple(groups.get(row.code, ()))),
            below_rest=_rest(level.unplaced.name, row, parts),
            change=None if row.is_hidden else changes.get(row.code),
            todo=() if is_public else todo_of(row, below, parts, subjects.in_unit(row.code)),
        )
        for row in level.rows
    )
    findings: tuple[PaperFinding, ...] = ()
    if asked.has_findings and not is_public:
        findings = findings_in(registry, leaving.as_of, leaving.by, asked.unit, ticket)
    return Paper(
        title=f"{leaving.title}　{leaving.say(leaving.measure_words)}",
        place=leaving.title, unit=asked.unit, lang=leaving.lang, audience=leaving.audience,
        measure=leaving.measure, by=leaving.by, weight=leaving.weight, as_of=leaving.as_of, against=against,
        measure_words=leaving.measure_words, by_words=level.words,
        below_words=level.words if below is None else below.words,
        definition=leaving.definition, base=leaving.base, weight_words=leaving.weight_words,
        is_counted=leaving.weight == ONE, rule=leaving.rule, profile=leaving.profile,
        units=units, unplaced=level.unplaced, total=level.total,
        change=None if level.total.is_hidden else changes.get(""),
        todo=() if is_public else todo_of(level.total, level, level.rows, subjects.all_by(leaving.by)),
        findings=findings, shapes=shapes_of(leaving), statuses=subjects.statuses,
        notes=tuple(leaving.notes()), synthetic=leaving.synthetic, review_number=leaving.review_number,
    )  # fmt: skip


def _below(leaving: Leaving) -> Level | None:
    """Return the table of parts: of streets and communities their grids, of a district its streets."""
    wanted = "street" if leaving.by == "district" else "grid"
    is_lower = LEVELS.index(wanted) > LEVELS.index(leaving.by)
    return leaving.levels.get(wanted) if is_lower else None


def _parents(registry: Registry, leaving: Leaving, level: str) -> Mapping[str, str]:
    derived = registry.engine.derived_many(_KIND_OF[level], leaving.as_of)
    return {code: getattr(found, leaving.by) or "" for code, found in derived.items()}


def _rest(words: str, row: FigureRow, parts: Sequence[FigureRow]) -> FigureRow:
    counts = {
        name: _clean(getattr(row, name) - sum(getattr(part, name) for part in parts))
        for name in ("covered", "uncovered", "unknown")
    }
    is_hidden = row.is_hidden or any(part.is_hidden for part in parts)
    return FigureRow(code="", name=words, is_hidden=is_hidden, **counts)


def _clean(rest: float) -> float:
    return 0 if abs(rest) < 1e-6 else rest


def _changes(
    registry: Registry, leaving: Leaving, asked: Asked, against: date, ticket: Ticket
) -> dict[str, PaperChange]:
    """Return the change of each row by its unit's code, that of all under ""."""
    query = Query(
        measure=leaving.measure, by=leaving.by, as_of=leaving.as_of, weight=leaving.weight, against=against,
        count=leaving.count, kind=leaving.kind,
    )  # fmt: skip
    found = coverage_apart(registry.engine, query, ticket)
    changes = {row.unit: _change(row, against) for row in found.rows}
    changes[""] = _change(_whole(registry, found, asked, ticket), against)
    return changes


def _whole(registry: Registry, found: Coverage, asked: Asked, ticket: Ticket) -> Row:
    """Return the row of all that the paper is about: of one unit its own."""
    if not asked.unit:
        return found.total
    if asked.level != found.query.by:
        found = coverage_apart(registry.engine, replace(found.query, by=asked.level), ticket)
    return next(row for row in found.rows if row.unit == asked.unit)


def _change(row: Row, against: date) -> PaperChange:
    parts = row.parts or ()
    return PaperChange(
        against=against,
        before=_figures(row, row.figures if row.before is None else row.before),
        sentence=sentence(row, parts),
        parts=tuple(
            PaperPart(
                part=part.part, words=CHANGE_PARTS[part.part], covered=part.covered,
                uncovered=part.uncovered, unknown=part.unknown, subjects=len(part.codes),
            )
            for part in parts
        ),
    )  # fmt: skip


def _figures(row: Row, figures: Figures) -> FigureRow:
    return FigureRow(
        code=row.unit, name=row.name, covered=figures.covered, uncovered=figures.uncovered,
        unknown=figures.unknown,
    )  # fmt: skip
