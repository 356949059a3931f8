"""Tables of units in a column of a sheet: names, fraction, rate, range as a bar, what is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.looks import palette, wording
from app.exchange.atlas import words
from app.exchange.atlas.page import fitted, fitting, range_bar
from app.exchange.pdf.face import face

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.leaving.figures import FigureRow
    from app.domain.leaving.paper import Paper
    from app.exchange.pdf.canvas import Canvas

WIDTH: Final = 256.0
HEAD: Final = 14.0  # of the line of headings
ROW: Final = 13.4
_SIZE: Final = 7.0


def headings(page: Canvas, paper: Paper, what: str, left: float, top: float) -> None:
    """Draw the headings of a table, their line at ``top`` + ``HEAD``."""
    colours = palette.page()
    base = top + 9
    for at, align, said in (
        (left, 0.0, what),
        (left + 122, 1.0, paper.say(words.FRACTION)),
        (left + 160, 1.0, paper.say(words.RATE)),
        (left + 168, 0.0, paper.say(words.RANGE)),
        (left + WIDTH, 1.0, paper.say(words.UNKNOWN)),
    ):
        page.text(at, base, said, 6.5, colours["t2"], align=align)
    page.line([(left, top + HEAD - 1), (left + WIDTH, top + HEAD - 1)], colours["ctl"], 0.5)


def rows(
    page: Canvas,
    paper: Paper,
    shown: Sequence[FigureRow],
    left: float,
    top: float,
    height: float = ROW,
    links: Mapping[str, str] | None = None,
) -> float:
    """Draw rows below each other and return where they end. ``links``: the page of a unit, by code."""
    colours = palette.page()
    for row in shown:
        base = top + height * 0.5 + 2.5
        target = (links or {}).get(row.code)
        page.text(
            left, base, fitted(row.name or row.code, _SIZE, 92), _SIZE, colours["accent" if target else "t1"]
        )
        if target:
            page.link(left, top, 92, height, target)
        cells(page, paper, row, left, top, height)
        page.line([(left, top + height), (left + WIDTH, top + height)], colours["line"], 0.4)
        top += height
    return top


def cells(page: Canvas, paper: Paper, row: FigureRow, left: float, top: float, height: float) -> None:
    """Draw the figures of one row."""
    colours = palette.page()
    base = top + height * 0.5 + 2.5
    if row.is_hidden:
        page.text(left + 160, base, paper.say(wording.WITHHELD), _SIZE, colours["t3"], align=1)
        return
    grey = wording.is_mostly_unknown(row)
    page.text(left + 122, base, wording.fraction(row), _SIZE, colours["t1"], align=1)
    page.text(
        left + 160,
        base,
        wording.percent(row.rate),
        _SIZE,
        colours["t3" if grey else "t1"],
        bold=True,
        align=1,
    )
    range_bar(page, row, left + 168, top + height / 2 - 1.7, 68, 3.4)
    unknown = wording.amount(row.unknown)
    page.text(left + WIDTH, base, unknown, _SIZE, colours["t2" if row.unknown else "t3"], align=1)


def total(page: Canvas, paper: Paper, row: FigureRow, said: str, left: float, top: float) -> float:
    """Draw the row of all below a strong line; return where it ends."""
    colours = palette.page()
    page.line([(left, top), (left + WIDTH, top)], colours["t1"], 0.7)
    fraction = "" if row.is_hidden else wording.fraction(row)
    width = 122 - face(bold=False).width(fraction, _SIZE) - 4
    small = fitting(said, _SIZE, width, bold=True)
    page.text(left, top + 9.2, fitted(said, small, width + 0.1, bold=True), small, colours["t1"], bold=True)
    cells(page, paper, row, left, top, ROW)
    return top + ROW
