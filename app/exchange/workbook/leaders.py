"""The sheet for leaders: one question's answer on one A4, its rows with bars, what changed, and what to do first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from app.domain.leaving.paper import low_first
from app.domain.looks.palette import sheet as sheet_colours
from app.exchange.formats.csv_table import HEADER, HIDDEN
from app.exchange.workbook.style import SYNTHETIC, printed, shown_numbers, width_of
from app.text import Text

if TYPE_CHECKING:
    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import FigureRow
    from app.domain.leaving.paper import Paper
    from app.exchange.workbook.style import Styles

_NAME: Final = Text("一览", "Overview")
_UNKNOWN_SHARE: Final = Text("未知占比", "Share unknown")
_CHANGE: Final = Text("和 {0} 比", "Since {0}")
_FIRST: Final = Text("最该先做的三件事", "Three things to do first")
_REVIEW: Final = Text("审图号：", "Map review number: ")
_READ: Final = Text(
    "覆盖率只算查清的；“最低”的深条是一定覆盖的，“未知占比”的灰条是还没查清的。",
    "The rate counts what is settled; the dark bar of the lowest is covered for sure, the grey one is not known yet.",
)
_HEAD_LINE: Final = 4
_LAST: Final = 9  # the last column
_SHORT: Final = 7  # letters of a rate; how many are known is longer
_LONG: Final = 40  # rows that still fit one page
_UNSAFE: Final = re.compile(r"[\[\]:*?/\\']")


def leaders_name(leaving: Leaving, paper: Paper, *, several: bool) -> str:
    """Return what the sheet of a paper is called: the overview, or of several questions its measure and day."""
    if not several:
        return leaving.say(_NAME)
    said = f"{paper.measure_words.in_(paper.lang)[:19]} {paper.as_of.isoformat()}"
    return _UNSAFE.sub(" ", said)


def write_leaders(book: Any, styles: Styles, leaving: Leaving, paper: Paper, *, several: bool) -> None:
    """Write the sheet of one paper."""
    sheet = book.add_worksheet(leaders_name(leaving, paper, several=several))
    sheet.hide_gridlines(2)
    sheet.set_default_row(19)
    styles.text(sheet, 0, 0, paper.title, styles.made(bold=True, font_size=18))
    sheet.set_row(0, 30)
    said = (
        paper.as_of.isoformat(),
        paper.say(paper.weight_words),
        paper.profile,
        paper.say(paper.audience.words),
    )
    styles.text(sheet, 1, 0, " · ".join(said))
    told = (paper.counts(paper.total), paper.fraction(paper.total), paper.between(paper.total))
    sheet.set_row(2, 34)
    size = 24 if len(paper.headline) <= _SHORT else 15  # the sentence beside it begins in the third column
    styles.text(sheet, 2, 0, paper.headline, styles.made(bold=True, font_size=size, valign="vcenter"))
    styles.text(sheet, 2, 2, " · ".join(part for part in told if part), styles.made(valign="vcenter"))
    if paper.synthetic is not None:
        _across(sheet, styles, 3, f"{paper.say(SYNTHETIC)}：{paper.say(paper.synthetic)}", styles.warning, 2)
    line = _table(sheet, styles, paper)
    line = _more(sheet, styles, paper, line + 1)
    tall = 1 if len(paper.units) <= _LONG else 0
    printed(sheet, leaving, paper.say(paper.measure_words), lines=(_HEAD_LINE, _HEAD_LINE), tall=tall)
    sheet.print_area(0, 0, line, _LAST)


def _table(sheet: Any, styles: Styles, paper: Paper) -> int:
    """Write the rows, from low to high, then what lies in no unit and all; return the line of all."""
    words = {column.name: paper.say(column.words) for column in HEADER}
    heads = (
        words["name"], words["code"], words["covered"], words["uncovered"], words["unknown"], words["total"],
        words["rate"], words["low"], paper.say(_UNKNOWN_SHARE), words["high"],
    )  # fmt: skip
    for place, said in enumerate(heads):
        sheet.write_string(_HEAD_LINE, place, said, styles.head if place < 2 else styles.head_of_numbers)
    rows = [*low_first(unit.row for unit in paper.units), paper.unplaced, paper.total]
    counts = shown_numbers(count for row in rows for count in (row.covered, row.uncovered, row.unknown))
    strong = styles.made(bold=True, top=1)
    for line, row in enumerate(rows, _HEAD_LINE + 1):
        is_total = row is paper.total
        styles.text(sheet, line, 0, row.name or row.code, strong if is_total else None)
        styles.text(sheet, line, 1, row.code, strong if is_total else None)
        for place, value in enumerate(_values(row), 2):
            if row.is_hidden:
                sheet.write_string(line, place, paper.say(HIDDEN), styles.plain)
                continue
            shown = counts if place < 6 else "0.0%"
            if value is None:
                sheet.write_blank(line, place, None, styles.unknown if row.total else styles.nothing)
            elif is_total:
                sheet.write_number(line, place, value, styles.made(bold=True, top=1, num_format=shown))
            else:
                sheet.write_number(line, place, value, styles.number(shown))
    last = _HEAD_LINE + len(rows)
    colours = sheet_colours()
    for place, colour in ((7, colours["seq"][2]), (8, colours["ctl"])):
        sheet.conditional_format(
            _HEAD_LINE + 1, place, last, place,
            {
                "type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": colour,
                "bar_border_color": colour, "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
            },
        )  # fmt: skip
    sheet.set_column(0, 0, width_of([*(row.name for row in rows), heads[0]]))
    sheet.set_column(1, 1, width_of([*(row.code for row in rows), heads[1]]))
    sheet.set_column(2, 6, 10)
    sheet.set_column(7, 8, 22)
    sheet.set_column(9, 9, 10)
    sheet.freeze_panes(_HEAD_LINE + 1, 1)
    return last


def _values(row: FigureRow) -> tuple[float | None, ...]:
    share = row.unknown / row.total if row.total else None
    return (row.covered, row.uncovered, row.unknown, row.total, row.rate, row.low, share, row.high)


def _more(sheet: Any, styles: Styles, paper: Paper, line: int) -> int:
    """Write what stands below the table; return the last line."""
    bold = styles.made(bold=True)
    if paper.change is not None:
        change = paper.change
        sides = " → ".join(
            f"{paper.figure(row)} {paper.fraction(row)}" for row in (change.before, paper.total)
        )
        styles.text(sheet, line, 0, paper.say(_CHANGE.format(change.against.isoformat())), bold)
        _across(sheet, styles, line + 1, f"{sides}。{paper.say(change.sentence)}", styles.wrap, 2)
        line += 2
    if paper.todo:
        styles.text(sheet, line, 0, paper.say(_FIRST), bold)
        for place, todo in enumerate(paper.todo, 1):
            _across(sheet, styles, line + place, f"{place}. {paper.say(todo.text)}", styles.wrap, 1)
        line += 1 + len(paper.todo)
    _across(sheet, styles, line, paper.say(_READ), styles.made(italic=True), 1)
    styles.text(sheet, line + 1, 0, paper.say(_REVIEW) + (paper.review_number or "＿＿＿＿＿＿"))
    return line + 1


def _across(sheet: Any, styles: Styles, line: int, said: str, style: Any, lines: int) -> None:
    """Write a sentence over the whole width of the sheet."""
    sheet.merge_range(line, 0, line, _LAST, "", style)
    styles.text(sheet, line, 0, said, style)
    sheet.set_row(line, 16 * lines)
