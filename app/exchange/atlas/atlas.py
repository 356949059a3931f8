"""The atlas as a PDF: sheets in order, links between them, bookmarks, and those left out that are as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import LEVELS
from app.domain.leaving.format import Format
from app.domain.leaving.paper import units_low_first
from app.domain.leaving.sheets import sheets_of
from app.exchange.atlas import words
from app.exchange.atlas.ground import Ground
from app.exchange.atlas.lists import findings_sheet, missing_in, notes_sheet
from app.exchange.atlas.page import foot, numbered
from app.exchange.atlas.reading import fields_in_atlas, sheets_in_atlas
from app.exchange.atlas.sheets import Sheet, Sheets
from app.exchange.formats.safe_file import write_whole
from app.exchange.pdf.document import Bookmark, Document
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.paper import Paper
    from app.exchange.pdf.canvas import Canvas
    from app.jobs import Ticket

_STAGE: Final = Text("画图册", "Drawing the atlas")
NOTES: Final = "notes"


def write_atlas(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write the atlas; the same content gives the same bytes."""
    write_whole(path, atlas_of(leaving, ticket).bytes())


def atlas_of(leaving: Leaving, ticket: Ticket) -> Document:
    """Return the atlas, ready to be written."""
    total = sum(len(paper.units) + 2 for paper in leaving.papers)
    done = 0
    kept: list[tuple[Paper, Sheet]] = []
    same: list[str] = []
    bookmarks: list[Bookmark] = []
    for question, paper in zip(leaving.questions(), leaving.papers, strict=True):
        ground = Ground(question)
        marks: list[Bookmark] = []
        for sheet in _sheets_of(question, paper, ground, leaving.papers):
            ticket.step(_STAGE, done, total)
            done += 1
            if _is_as_it_was(_footed(sheet, question, paper), leaving):
                same.append(sheet.title)
                continue
            kept.append((paper, sheet))
            marks.append(Bookmark(sheet.title, sheet.key))
        if marks:
            bookmarks.append(Bookmark(marks[0].title, marks[0].target, tuple(marks[1:])))
    home = next(iter(kept), None)
    back = None if home is None else (leaving.say(words.ON_PAGE.format(leaving.title)), home[1].key)
    drawn = [page for _, sheet in kept for page in sheet.pages]
    pages = notes_sheet(leaving.papers, NOTES, same, missing_in(drawn), back)
    notes = Sheet(NOTES, leaving.say(words.NOTES), pages, None)
    kept.append((leaving.papers[0], _footed(notes, leaving, leaving.papers[0])))
    bookmarks.append(Bookmark(notes.title, NOTES))
    return Document(
        title=leaving.papers[0].title,
        lang=leaving.lang,
        day=leaving.as_of,
        pages=_numbered(kept),
        bookmarks=tuple(bookmarks),
        kept=sheets_of(leaving),
    )


def _sheets_of(leaving: Leaving, paper: Paper, ground: Ground, papers: tuple[Paper, ...]) -> Iterator[Sheet]:
    """Yield a paper's sheets in the order of their tables: the district, units from low to high, findings."""
    several = sum(other.measure == paper.measure for other in papers) > 1
    name = f"{paper.measure}@{paper.as_of}" if several else paper.measure
    keys = {"": f"{name} {paper.by}"} | {
        unit.row.code: f"{name} {paper.by} {unit.row.code}" for unit in paper.units
    }
    sheets = Sheets(leaving, paper, ground, keys)
    yield sheets.district()
    for unit in units_low_first(paper.units):
        yield sheets.unit(unit)
    if paper is papers[0]:
        key = f"{name} findings"
        pages = findings_sheet(paper, key, (paper.say(words.ON_PAGE.format(paper.place)), keys[""]))
        yield Sheet(key, paper.say(words.FINDINGS), pages, None)


def _is_as_it_was(sheet: Sheet, leaving: Leaving) -> bool:
    before = leaving.earlier or {}
    return all(before.get(page.name) == page.digest() for page in sheet.pages)


def _footed(sheet: Sheet, leaving: Leaving, paper: Paper) -> Sheet:
    for page in sheet.pages:
        foot(page, leaving, paper, sheet.scale if page is sheet.pages[0] else None)
    return sheet


def _numbered(kept: list[tuple[Paper, Sheet]]) -> list[Canvas]:
    told = [(paper, page) for paper, sheet in kept for page in sheet.pages]
    for number, (paper, page) in enumerate(told, 1):
        numbered(page, paper, number, len(told))
    return [page for _, page in told]


PDF: Final = Format(
    name="pdf",
    words=Text("图册（PDF）", "Atlas (PDF)"),
    ending=".pdf",
    layers=(*LEVELS, "compound", "station"),
    write=write_atlas,
    fields_in=fields_in_atlas,
    is_paper=True,
    has_findings=True,
    takes_several=True,
    sheets_in=sheets_in_atlas,
    leaves_out_sheets=True,
)
