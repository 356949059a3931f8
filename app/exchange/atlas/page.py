"""What every sheet has: its head with the figure, its foot with scale, source and number, and how text fits a line."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.domain.looks import palette, wording
from app.exchange.atlas import words
from app.exchange.pdf.canvas import A4, Canvas
from app.exchange.pdf.face import face

if TYPE_CHECKING:
    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import FigureRow
    from app.domain.leaving.paper import Paper

LEFT: Final = 28.0
RIGHT: Final = A4[0] - LEFT
TOP: Final = 70.0  # below the head
FOOT: Final = 558.0
_BAR: Final = 157.0
_ELLIPSIS: Final = "…"
_CLOSING: Final = "，。；：、！？）》”"  # none of these begins a line


@lru_cache(maxsize=4096)
def fitted(said: str, size: float, width: float, *, bold: bool = False) -> str:
    """Return a text that fits a width, its middle left out where it must be: names differ at their ends."""
    font = face(bold=bold)
    if font.width(said, size) <= width:
        return said
    for kept in range(len(said) - 1, 1, -1):
        shorter = said[: (kept + 1) // 2] + _ELLIPSIS + said[len(said) - kept // 2 :]
        if font.width(shorter, size) <= width:
            return shorter
    return _ELLIPSIS


def fitting(said: str, size: float, width: float, *, least: float = 5.5, bold: bool = False) -> float:
    """Return the size, ``size`` or smaller but not below ``least``, at which a text fits a width whole."""
    wide = face(bold=bold).width(said, size)
    return size if wide <= width else max(least, size * width / wide)


@lru_cache(maxsize=1024)
def wrapped(said: str, size: float, width: float, most: int = 99) -> tuple[str, ...]:
    """Return a text in lines that fit; Latin words stay whole. At most ``most`` lines, the last one cut."""
    font = face(bold=False)
    lines, line, word = [], "", ""
    for character in [*said, ""]:
        if character and character.isascii() and not character.isspace():
            word += character
            continue
        for piece in (word, character):
            if piece and line and piece not in _CLOSING and font.width(line + piece, size) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        word = ""
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], fitted("".join(lines[most - 1 :]), size, width)]
    return tuple(line for line in lines if line)


def bar(page: Canvas, row: FigureRow, left: float, top: float, width: float, height: float) -> None:
    """Draw the three counts of a row as one bar: covered solid, not covered in a frame, unknown hatched."""
    colours = palette.page()
    if not row.total or row.is_hidden:
        page.box(left, top, width, height, edge=colours["ctl"], line=0.4)
        return
    covered, uncovered = (width * part / row.total for part in (row.covered, row.uncovered))
    unknown = width - covered - uncovered
    if unknown > 0.05:
        at = left + covered + uncovered
        page.hatch_box(at, top, unknown, height, colours["unknown"])
        page.box(at, top, unknown, height, edge=colours["unknown"], line=0.5)
    if uncovered > 0.05:
        page.box(
            left + covered, top, uncovered, height, fill=colours["no_ground"], edge=colours["no"], line=0.6
        )
    if covered > 0.05:
        page.box(left, top, covered, height, fill=colours["yes"])


def range_bar(page: Canvas, row: FigureRow, left: float, top: float, width: float, height: float) -> None:
    """Draw what a rate can become on an axis from 0 to 100 %: solid to the lowest, hatched to the highest, a tick at the rate."""
    colours = palette.page()
    page.box(left, top + height / 2 - 0.4, width, 0.8, fill=colours["line"])
    if row.is_hidden or row.low is None or row.high is None:
        return
    low, high = width * row.low, width * row.high
    if high - low > 0.05:
        page.hatch_box(left + low, top, high - low, height, colours["unknown"], apart=1.8)
        page.box(left + low, top, high - low, height, edge=colours["unknown"], line=0.4)
    if low > 0.05:
        page.box(left, top, low, height, fill=colours["yes"])
    if row.rate is not None:
        at = left + width * row.rate
        page.line([(at, top - 1.2), (at, top + height + 1.2)], colours["t1"], 0.9)


def head(page: Canvas, paper: Paper, title: str, row: FigureRow | None, back: tuple[str, str] | None) -> None:
    """Draw title, day and the figure of ``row``. ``back``: the words and the page of a link upwards."""
    colours = palette.page()
    page.text(LEFT, 38, fitted(title, 17, 430, bold=True), 17, colours["t1"], bold=True)
    day = paper.as_of
    with page.frame():
        page.text(
            LEFT,
            53,
            " · ".join(
                (
                    paper.say(words.AS_OF.format(day.year, day.month, day.day)),
                    paper.say(paper.weight_words),
                    paper.profile,
                    *(() if paper.synthetic is None else (paper.say(words.SYNTHETIC),)),
                )
            ),
            8,
            colours["t2"],
        )
        if back is not None:
            said, target = back
            width = page.text(490, 53, said, 8, colours["accent"], align=1)
            page.link(490 - width, 45, width, 11, target)
    if row is not None:
        grey = not row.is_hidden and wording.is_mostly_unknown(row)
        figure = paper.figure(row)
        size = 26 if len(figure) <= 7 else 15
        page.text(RIGHT - _BAR - 9, 42, figure, size, colours["t3" if grey else "t1"], bold=True, align=1)
        beside = " · ".join(part for part in (paper.fraction(row), paper.between(row)) if part)
        for base, told, colour in ((31, paper.counts(row), "t1"), (42, beside, "t2")):
            small = fitting(told, 7.5, _BAR)
            page.text(RIGHT - _BAR, base, fitted(told, small, _BAR + 0.1), small, colours[colour])
        bar(page, row, RIGHT - _BAR, 47, _BAR, 6)
    page.line([(LEFT, 61), (RIGHT, 61)], colours["t1"], 0.6)


def foot(page: Canvas, leaving: Leaving, paper: Paper, scale: int | None) -> None:
    """Draw how to read the sheet and where it comes from. ``scale``: of its map, None = it has none."""
    colours = palette.page()
    page.line([(LEFT, FOOT), (RIGHT, FOOT)], colours["ctl"], 0.5)
    page.text(LEFT, FOOT + 10, paper.say(words.READ), 6.5, colours["t2"])
    said = [leaving.say(leaving.datum), leaving.crs]
    if scale is not None:
        said.append(paper.say(words.SCALE.format(f"{scale:,}")))
    said.append(paper.say(words.SOURCE.format(leaving.say(leaving.source))))
    said.append(paper.say(words.REVIEW.format(paper.review_number or words.NO_REVIEW)))
    page.text(LEFT, FOOT + 20, fitted(" · ".join(said), 6.5, 690), 6.5, colours["t2"])
    if paper.synthetic is not None:
        told = fitted(paper.say(paper.synthetic), 6.5, RIGHT - LEFT)
        page.text(LEFT, FOOT + 30, told, 6.5, colours["warning"])
    page.text(RIGHT, FOOT + 10, paper.say(paper.audience.words), 7, colours["t1"], bold=True, align=1)


def numbered(page: Canvas, paper: Paper, number: int, of: int) -> None:
    """Draw which of how many the sheet is."""
    with page.frame():
        said = paper.say(words.PAGE.format(number, of))
        page.text(RIGHT, FOOT + 20, said, 7, palette.page()["t2"], align=1)
