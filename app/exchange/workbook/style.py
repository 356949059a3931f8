"""How cells look: one format for each kind of value, widths that fit Chinese, and how a sheet is printed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from app.domain.looks.palette import sheet as sheet_colours
from app.exchange.formats.plain_text import LONGEST_CELL, begins_like_formula
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.leaving.content import Column, Leaving

_A4: Final = 9
_HATCHED: Final = 14  # the pattern of thin stripes, in xlsxwriter's numbers
_NARROW: Final = 7.0
_WIDEST: Final = 60.0
_WIDE: Final = 2.1  # what a Chinese character takes of the width of a digit; autofit of the library takes 1.2
_PAGE: Final = Text("第 &P 页 / 共 &N 页", "page &P of &N")
_AS_OF: Final = Text("截至 {0}", "as of {0}")
SYNTHETIC: Final = Text("合成数据", "Synthetic data")
_SHOWN: Final = {
    "year": "0",
    "coordinate": "0.000000",
    "rate": "0.0%",
    "money": "#,##0.00",
    "day": "yyyy-mm-dd",
}


class Styles:
    """The formats that the sheets of one workbook share."""

    def __init__(self, book: Any) -> None:
        colours = sheet_colours()
        self._book = book
        self._face = {"font_name": "Microsoft YaHei", "font_size": 10}
        self._numbers: dict[str, Any] = {}
        self.plain = self.made()
        self.quoted = self.made(quote_prefix=True)
        self.head = self.made(bold=True, bg_color=colours["sunk"], bottom=1)
        self.head_of_numbers = self.made(bold=True, bg_color=colours["sunk"], bottom=1, align="right")
        self.title = self.made(bold=True, font_size=12)
        self.unknown = self.made(
            num_format="0.0%", pattern=_HATCHED, fg_color=colours["unknown"], bg_color=colours["panel"]
        )
        self.nothing = self.made(num_format="0.0%", bg_color=colours["no_data"])
        self.wrap = self.made(text_wrap=True, valign="top")
        self.wrap_quoted = self.made(text_wrap=True, valign="top", quote_prefix=True)
        self.warning = self.made(
            bold=True, font_color=colours["warning"], bg_color=colours["warning_ground"], text_wrap=True
        )

    def made(self, **more: object) -> Any:
        """Return a format with more than the face."""
        return self._book.add_format({**self._face, **more})

    def number(self, shown: str) -> Any:
        """Return the format of a number by how it is shown: "0.0%" and the like."""
        if shown not in self._numbers:
            self._numbers[shown] = self.made(num_format=shown)
        return self._numbers[shown]

    def text(self, sheet: Any, line: int, place: int, said: str, style: Any = None) -> None:
        """Write a text that stays one; the quote prefix keeps it so even when somebody edits the cell."""
        kept = self.quoted if begins_like_formula(said) else style or self.plain
        sheet.write_string(line, place, said[:LONGEST_CELL], kept)


def shown_as(column: Column, values: Iterable[object]) -> str:
    """Return how the numbers of a column are shown: by what it is declared to be, all of a column alike."""
    if column.shown in _SHOWN:
        return _SHOWN[column.shown]
    if column.type == "count":
        return "#,##0"
    return shown_numbers(values)


def shown_numbers(values: Iterable[object]) -> str:
    """Return how numbers of one column are shown: whole ones without decimals, others with two."""
    whole = all(float(value).is_integer() for value in values if isinstance(value, int | float))
    return "#,##0" if whole else "#,##0.00"


def width_of(texts: Iterable[str]) -> float:
    """Return how wide a column must be for its longest text, in digits of the face."""
    longest = max((sum(map(_wide, said)) for said in texts), default=0.0)
    return min(_WIDEST, max(_NARROW, longest + 1.6))


def _wide(character: str) -> float:
    return _WIDE if unicodedata.east_asian_width(character) in "WFA" else 1.1


def shown_length(value: object, shown: str) -> str:
    """Return a number about as it is shown, for its width."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    decimals = len(shown.partition(".")[2].rstrip("%"))
    return f"{value * (100 if shown.endswith('%') else 1):{',' if ',' in shown else ''}.{decimals}f}%"


def headed(sheet: Any, styles: Styles, leaving: Leaving, what: str) -> None:
    """Say at the top of a sheet what it is, of which day, and that it is synthetic where it is."""
    said = f"{leaving.title}　{what} · {leaving.say(_AS_OF.format(leaving.as_of.isoformat()))}"
    if leaving.synthetic is not None:
        said += f" · {leaving.say(SYNTHETIC)}"
    styles.text(sheet, 0, 0, said, styles.title)


def printed(sheet: Any, leaving: Leaving, what: str, *, lines: tuple[int, int], tall: int = 0) -> None:
    """Set up how a sheet prints: A4 lying, fitted to its width, headings on every page, whose it is and page n of m.

    ``lines``: the first and last line repeated on every page; ``tall``: over how many pages at most, 0 = as many as it takes.
    """
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, tall)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.repeat_rows(*lines)
    title = f"{leaving.title} {what}".replace("&", "&&")[:90]
    day = leaving.as_of.isoformat() + (f" {leaving.say(SYNTHETIC)}" if leaving.synthetic is not None else "")
    # a blank behind each size, or a day's year is read as part of it
    sheet.set_header(f"&L&9 {title}&R&9 {day} {leaving.say(leaving.audience.words)}")
    sheet.set_footer(f"&L&9 {leaving.say(leaving.source).replace('&', '&&')[:90]}&R&9 {leaving.say(_PAGE)}")
