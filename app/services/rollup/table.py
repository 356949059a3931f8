"""The table of a province as a file: a workbook with a sheet for each kind of unit, or one table as CSV."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.coverage.measures import parse_measure
from app.domain.audience import Audience
from app.domain.kinds import LEVELS
from app.domain.leaving.content import Leaving
from app.domain.leaving.format import Formats
from app.domain.personal import without_numbers
from app.domain.vocabulary import KINDS_ASKED, LEVEL_HEADINGS
from app.domain.weights import WEIGHTS
from app.exchange.formats.csv_table import CSV
from app.exchange.formats.safe_file import written_aside
from app.exchange.workbook.book import WORKBOOK
from app.services.bring_out.coverage_csv import write_coverage_csv
from app.services.bring_out.export_data import write_one
from app.services.bring_out.level_figures import LevelFigures
from app.services.bring_out.what_leaves import DATUM, MADE_UP
from app.services.rollup.province import Answers, names_of, reasons, whole_at
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.coverage.results import Coverage
    from app.jobs import Ticket
    from app.services.rollup.province import Answer
    from app.services.rollup.whole import RolledUp

_WRITTEN: Final = Formats(WORKBOOK, CSV)
EDITIONS: Final = tuple(
    (each.words, (each.ending,)) for each in _WRITTEN
)  # as a chooser of files offers them
_SOURCE: Final = Text("{0} 本台账之和：{1}，{2}口径", "sum of {0: registry|registries}: {1}; profile {2}")
_ONE_DAY: Final = Text(
    "只答一天：对比的 {0} 没有写进来，CSV 里有。",
    "It answers for one day: the day compared with, {0}, is not in it; the CSV has it.",
)
_AT_LEVEL: Final = Text("{0}：{1}", "{0}: {1}")


def write_province(
    path: Path, answers: Sequence[Answer], level: str, title: str, lang: str, ticket: Ticket
) -> None:
    """Write what answers add up to; the file's ending says how. ``level``: whose units come first; ``title``: of the province.

    A workbook has every level that was answered, and names what is left out of which. Raises InvalidInput for another ending,
    StorageFault where it can't be written; at least one answer can be added at ``level``.
    """
    format_, whole = _WRITTEN.of(path), whole_at(answers, level, names_left_out=True)
    if whole is None:
        raise ValueError("nothing to write: no answer can be added")
    if format_ == CSV:
        write_coverage_csv(path, whole.coverage, whole.profile, whole.info, lang, remarks=whole.notes)
        return
    leaving = _leaving(whole, answers, title, lang)
    with written_aside(path) as draft:
        write_one(draft, format_, leaving, ticket)


def _leaving(whole: RolledUp, answers: Sequence[Answer], title: str, lang: str) -> Leaving:
    query, profile, info = whole.coverage.query, whole.profile, whole.info
    found = {
        name: each for name in LEVELS if (each := whole_at(answers, name, names_left_out=True)) is not None
    }
    figures = LevelFigures({name: _named(each, answers) for name, each in found.items()}, {})
    left_out = reasons(answers, query.by)
    names = [one.title for one in answers if isinstance(one, Answers) and one.source not in left_out]
    asked = parse_measure(profile, query.measure)
    notes = _notes(whole, found)
    return Leaving(
        title=without_numbers(title), part=notes, lang=lang, audience=Audience.INTERNAL, as_of=query.as_of, by=query.by,
        measure=query.measure, weight=whole.coverage.weight, measure_words=asked.words, definition=asked.definition,
        base=asked.spec.base, weight_words=WEIGHTS[whole.coverage.weight].words, count=query.count, kind=query.kind,
        kind_words=None if query.kind is None else {**profile.choices["compound_kind"], **KINDS_ASKED}[query.kind],
        rule=whole.coverage.rule, profile=whole.coverage.profile, crs=whole.coverage.crs, datum=DATUM,
        source=_SOURCE.format(len(names), Text("、".join(names), ", ".join(names)), profile.name),
        synthetic=(info.note if any(info.note) else MADE_UP) if info.is_synthetic else None, review_number=info.review_number,
        levels={name: figures.level(name, lang) for name in found}, layers={}, choices={},
    )  # fmt: skip


def _named(whole: RolledUp, answers: Sequence[Answer]) -> Coverage:
    """Return the table with its units called as in a table of many registries: their district before them."""
    names = names_of(answers, whole.coverage.query.by)
    rows = (replace(row, name=names.get(row.unit, row.name)) for row in whole.coverage.rows)
    return replace(whole.coverage, rows=tuple(rows))


def _notes(whole: RolledUp, found: dict[str, RolledUp]) -> Text | None:
    """Return what whoever reads the workbook should know, also of levels of which other registries are left out."""
    query, notes = whole.coverage.query, list(whole.notes)
    if query.against is not None:
        notes.append(_ONE_DAY.format(query.against.isoformat()))
    for name, each in found.items():
        words = LEVEL_HEADINGS[name]
        notes += [
            Text(_AT_LEVEL.zh.format(words.zh, note.zh), _AT_LEVEL.en.format(words.en, note.en))
            for note in each.notes
            if note not in whole.notes
        ]
    return Text(" ".join(n.zh for n in notes), " ".join(n.en for n in notes)) if notes else None
