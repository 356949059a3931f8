"""The last sheets of an atlas: what is doubtful about the data, and what its figures mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.looks import palette
from app.exchange.atlas import words
from app.exchange.atlas.page import LEFT, RIGHT, TOP, fitted, head, wrapped
from app.exchange.pdf.canvas import Canvas
from app.exchange.pdf.face import face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.leaving.paper import Paper
    from app.text import Text

MOST: Final = 400  # findings on paper: nobody works through more by hand
_END: Final = 550.0
_SIZE: Final = 7.0
_STEP: Final = 9.6
_TONE: Final = {"error": "error", "warning": "warning", "notice": "t2"}


def findings_sheet(paper: Paper, key: str, back: tuple[str, str]) -> tuple[Canvas, ...]:
    """Return the pages of what somebody should look at, the gravest first."""
    colours = palette.page()
    pages = [_begun(paper, key, words.FINDINGS, back)]
    top = TOP + 8
    shown = paper.findings[:MOST]
    if not shown:
        pages[0].text(LEFT, top + 9, paper.say(words.NO_FINDINGS), 8, colours["t2"])
    for finding in shown:
        lines = wrapped(paper.say(finding.message), _SIZE, RIGHT - LEFT - 130, 3)
        if top + _STEP * len(lines) + 4 > _END:
            pages.append(
                _begun(
                    paper, f"{key}/{len(pages) + 1}", words.CONTINUED.format(paper.say(words.FINDINGS)), back
                )
            )
            top = TOP + 8
        page = pages[-1]
        page.text(
            LEFT,
            top + 8,
            paper.say(finding.severity_words),
            _SIZE,
            colours[_TONE[finding.severity]],
            bold=True,
        )
        page.text(
            LEFT + 34, top + 8, fitted(paper.say(finding.rule), _SIZE, 88), _SIZE, colours["t1"], bold=True
        )
        for line in lines:
            page.text(LEFT + 130, top + 8, line, _SIZE, colours["t1"])
            top += _STEP
        top += 3
        page.line([(LEFT, top), (RIGHT, top)], colours["line"], 0.4)
    if (more := len(paper.findings) - len(shown)) > 0:
        pages[-1].text(LEFT, top + 10, paper.say(words.FINDINGS_MORE.format(more)), _SIZE, colours["t2"])
    return tuple(pages)


def notes_sheet(
    papers: Sequence[Paper], key: str, same: Sequence[str], missing: str, back: tuple[str, str] | None
) -> tuple[Canvas, ...]:
    """Return the pages that say what is counted, what is left out, and where it comes from.

    ``same``: the sheets that were left out because they are as they were; ``missing``: characters that the font has not.
    """
    colours = palette.page()
    pages = [_begun(papers[0], key, words.NOTES, back)]
    top = TOP + 6
    say = papers[0].say
    rows = [(say(words.SAME), "、".join(same))] if same else []
    rows += [note for paper in papers for note in (*paper.notes, ("", ""))]
    if missing:
        rows.append((say(words.NO_GLYPH), " ".join(f"U+{ord(character):04X}" for character in missing)))
    for label, said in rows:
        lines = wrapped(said, 8, RIGHT - LEFT - 120)
        if top + 11.5 * max(1, len(lines)) > _END:
            pages.append(
                _begun(papers[0], f"{key}/{len(pages) + 1}", words.CONTINUED.format(say(words.NOTES)), back)
            )
            top = TOP + 6
        page = pages[-1]
        page.text(LEFT, top + 9, fitted(label, 8, 112, bold=True), 8, colours["t1"], bold=True)
        for line in lines:
            page.text(LEFT + 120, top + 9, line, 8, colours["t1"])
            top += 11.5
        top += 4 if lines else 8
    return tuple(pages)


def missing_in(pages: Sequence[Canvas]) -> str:
    """Return the characters of pages that the font has not, in order."""
    used = {
        character
        for page in pages
        for bold in (False, True)
        for character in page.used[bold]
        if not face(bold=bold).has(character)
    }
    return "".join(sorted(used))


def _begun(paper: Paper, key: str, title: Text, back: tuple[str, str] | None) -> Canvas:
    page = Canvas(key)
    head(page, paper, paper.say(title), None, back)
    return page
