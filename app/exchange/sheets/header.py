"""Where the headings of a table stand: one row or several, joined down their merged cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from app.domain.values import is_empty
from app.exchange.picture import Grid, Lost
from app.exchange.sheets.parts import RECORD, first_group

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from app.exchange.picture import Block, Cell, Sheet

REACH: Final = 1000  # rows of a sheet within which its headings are looked for
DEEPEST: Final = 4  # rows that headings take at most
_NOTHING_SAID: Final[Mapping[int, str]] = MappingProxyType({})
LONGEST: Final = 40  # letters of a heading
_UNIT_WORDS: Final = (
    "户 人 栋 幢 个 处 家 座 元 万元 年 岁 层 单元 平方米 ㎡ m² m2 亩 公顷 米 % 元/㎡ 元/平方米 元/月 天 次 条 万㎡ 万平方米 万m² 万人 万户 套 间 辆 台 名 口 "
    "公里 km 小时 年份 月 日 元/㎡·月 元/㎡/月 元/平方米·月 元/平方米/月 有/无 是/否 有或无 是或否 √/× 文本 文字 数字 整数 日期 必填 选填 填数字 填是或否 填有或无 下拉选择 "
    "yyyy-mm-dd yyyy/mm/dd yyyy"
)
_UNITS: Final = frozenset(_UNIT_WORDS.split())
_OF_COLUMN: Final = re.compile(r"^第(?=\d)|(?<=\d)[栏列]$")
_IN_BRACKETS: Final = re.compile(r"[(（\[【][^()（）]{1,12}[)）\]】]")
_SERIES: Final = ("甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "一二三四五六七八九")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a table is read for. ``is_naming``: whether a heading is that of what makes a row a record (name, code, place).

    ``field_of``: the field that a heading means for sure, "" where it means none. ``is_amount``: whether a heading is
    that of a count or a sum, which merged cells give several rows together. ``are_units``: whether the records are units.
    ``headings_among``: those of many texts that are headings.
    """

    is_heading: Callable[[str], bool]
    is_naming: Callable[[str], bool]
    field_of: Callable[[str], str]
    is_amount: Callable[[str], bool]
    headings_among: Callable[[Sequence[str]], set[str]]
    are_units: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The headings of a table. ``first`` and ``last``: the rows they take, as the sheet numbers them; a table without any has ``last`` before ``first``.

    ``names``: one a column, "" where a column has none; of several rows joined with "/". ``known``: how many of
    the cells are headings that we know. ``numbers``: a row below that only counts the columns, or None.
    ``units``: the row of them that only names units, or None.
    """

    first: int
    last: int
    names: tuple[str, ...]
    known: int
    numbers: int | None = None
    units: int | None = None


class Shown:
    """The cells of a sheet as its merged cells show them."""

    def __init__(self, sheet: Sheet) -> None:
        self.rows = Grid.of(sheet.rows)
        self.width = self.rows.width
        self.blocks: dict[int, list[Block]] = {}  # by every row that a block covers
        for block in sheet.merged:
            if block.bottom - block.top <= len(sheet.rows):
                for row in range(block.top, block.bottom + 1):
                    self.blocks.setdefault(row, []).append(block)

    def raw(self, row: int, column: int) -> Cell:
        """Return what stands in a cell itself."""
        cells = self.rows[row - 1] if 0 < row <= len(self.rows) else ()
        return cells[column] if column < len(cells) else None

    def block(self, row: int, column: int) -> Block | None:
        """Return the merged cells that a cell belongs to."""
        for block in self.blocks.get(row, ()):
            if block.left <= column <= block.right:
                return block
        return None

    def at(self, row: int, column: int) -> Cell:
        """Return what is seen at a cell: its own content, or that of the merged cells it belongs to."""
        own = self.raw(row, column)
        if not is_empty(own):
            return own
        block = self.block(row, column)
        return None if block is None else self.raw(block.top, block.left)

    def filled(self, row: int) -> list[tuple[int, Cell]]:
        """Return the filled cells of a row, by column."""
        if not 0 < row <= len(self.rows):
            return []
        return [(place, cell) for place, cell in enumerate(self.rows[row - 1]) if not is_empty(cell)]


def find_header(
    shown: Shown, wanted: Wanted, start: int = 1, said: Mapping[int, str] = _NOTHING_SAID
) -> Header | None:
    """Return the headings of the first table from a row on; where none is known, the first row that could be one.

    ``said``: which part rows are by the user's word. Rows said to be headings are all of them; before the first
    row said to be a record stand its headings, or it has none.
    """
    group = first_group(said, start)
    if group is not None:
        known = sum(known_headings_in(shown.filled(row), wanted) for row in range(group[0], group[1] + 1))
        return _made(shown, *group, known, said)
    record = min((row for row, part in said.items() if part == RECORD and row >= start), default=0)
    end = min(record - 1 if record else len(shown.rows), start + REACH - 1)
    best, most = 0, 0
    for row in range(start, end + 1):
        known = 0 if row in said else known_headings_in(shown.filled(row), wanted)
        if known > most:
            best, most = row, known
    if best and (earlier := _earlier(shown, wanted, start, best, said)):
        best, most = earlier, known_headings_in(shown.filled(earlier), wanted)
    if not best:
        best = _likely(shown, start, record - 1 if record else len(shown.rows), said)
        if not best:
            none = Header(first=record, last=record - 1, names=("",) * shown.width, known=0)
            return none if record else None
    return _whole(shown, wanted, best, start, most, said)


def _earlier(shown: Shown, wanted: Wanted, start: int, best: int, said: Collection[int]) -> int:
    """Return the headings of a table that stands above others of which more are known, a gap between them; 0 for none."""
    found, is_filled = 0, False
    for row in range(start, best):
        filled = shown.filled(row)
        if found and len(filled) < 2 and is_filled:
            return found
        if found and len(filled) > 1:
            is_filled = True
        elif not found and row not in said and len(filled) > 1 and _texts(filled):
            known = known_headings_in(filled, wanted)
            if known > 1 and known * 2 >= len(filled):
                found = row
    return 0


def known_headings_in(filled: Sequence[tuple[int, Cell]], wanted: Wanted) -> int:
    """Return how many different headings that we know stand in a row."""
    texts = {cell.strip() for _, cell in filled if isinstance(cell, str) and len(cell) <= LONGEST}
    return sum(1 for text in texts if wanted.is_heading(text))


def _likely(shown: Shown, start: int, end: int, said: Collection[int]) -> int:
    """Return the first row of several texts, else the first that says anything; 0 where there is none."""
    first = 0
    for row in range(start, end + 1):
        if row in said:
            continue
        filled = shown.filled(row)
        first = first or (row if filled else 0)
        if len(filled) > 1:
            return row if first == row or all(isinstance(cell, str) for _, cell in filled) else first
    return first


def _whole(shown: Shown, wanted: Wanted, row: int, start: int, known: int, said: Mapping[int, str]) -> Header:
    first = last = row
    while (
        first > start
        and first - 1 not in said
        and last - first + 1 < DEEPEST
        and _belongs_above(shown, first - 1)
    ):
        first -= 1
    while (
        last < len(shown.rows)
        and last + 1 not in said
        and last - first + 1 < DEEPEST
        and _belongs_below(shown, last, wanted)
    ):
        last += 1
    if last + 1 not in said and _is_units(shown, last + 1) and not _counts_columns(shown, last + 1):
        last += 1
    return _made(shown, first, last, known, said)


def _made(shown: Shown, first: int, last: int, known: int, said: Mapping[int, str]) -> Header:
    """Return the headings that these rows make, the last of them perhaps of units alone."""
    is_units = last > first and _is_units(shown, last) and not _counts_columns(shown, last)
    above = last - 1 if is_units else last
    names = [
        _joined([_part(shown, at, column, above) for at in range(first, above + 1)])
        for column in range(shown.width)
    ]
    if above < last:
        names = [_with_unit(name, shown.raw(last, column)) for column, name in enumerate(names)]
    _drop_covered(shown, last, names)
    numbers = last + 1 if last + 1 not in said and _counts_columns(shown, last + 1) else None
    units = last if above < last else None
    return Header(first=first, last=last, names=tuple(names), known=known, numbers=numbers, units=units)


def _texts(filled: Sequence[tuple[int, Cell]]) -> bool:
    return bool(filled) and all(isinstance(cell, str) and len(cell) <= LONGEST for _, cell in filled)


def _belongs_above(shown: Shown, row: int) -> bool:
    """Whether a row above the headings is one of theirs: merged down into them, or heading groups of them."""
    above, below = shown.filled(row), shown.filled(row + 1)
    if not _texts(above):
        return False
    if any(block.top <= row < block.bottom for block in shown.blocks.get(row, ())):
        return True
    groups = [b for b in shown.blocks.get(row, ()) if b.right > b.left]
    if any(_heads(g, below) and (len(above) > 1 or g.left > below[0][0]) for g in groups):
        return True
    return _complement(shown, row)


def _heads(group: Block, below: Sequence[tuple[int, Cell]]) -> bool:
    """Whether merged cells are a group's heading: different headings stand under them."""
    return len({cell for column, cell in below if group.left <= column <= group.right}) > 1


def _complement(shown: Shown, row: int) -> bool:
    """Whether two rows make up one another's headings where nothing is merged, as a text table keeps them."""
    above, below = dict(shown.filled(row)), dict(shown.filled(row + 1))
    if len(above) < 2 or len(below) < 2 or not _texts([*above.items(), *below.items()]):
        return False
    alone = [column for column in below if column not in above]
    return (
        bool(alone)
        and all(column in above or column in below for column in range(max(below) + 1))
        and any(column not in below for column in above)
    )


def _belongs_below(shown: Shown, row: int, wanted: Wanted) -> bool:
    below = shown.filled(row + 1)
    if not _texts(below):
        return False
    if any(block.top <= row < block.bottom for block in shown.blocks.get(row, ())):
        return True
    groups = [b for b in shown.blocks.get(row, ()) if b.right > b.left]
    if any(_heads(group, below) for group in groups):
        return all(any(g.left <= column <= g.right for g in groups) for column, _ in below)
    return _complement(shown, row) and known_headings_in(below, wanted) > 0


def _part(shown: Shown, row: int, column: int, last: int) -> str:
    """Return what one row of the headings says of a column: its own, its merged cell's, or its group's."""
    cell = shown.at(row, column)
    if is_empty(cell) and row < last and not is_empty(shown.at(row + 1, column)):
        for left in range(column - 1, -1, -1):  # a group whose cells were never merged
            if not is_empty(shown.at(row, left)):
                cell = shown.at(row, left) if not is_empty(shown.raw(row + 1, left)) else None
                break
    return "" if is_empty(cell) else str(cell).strip()


def _joined(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return kept[0] if len(kept) == 1 else "/".join("".join(part.split()) for part in kept)


def _is_units(shown: Shown, row: int) -> bool:
    filled = shown.filled(row)
    return bool(filled) and all(
        isinstance(cell, str) and (cell.strip() in _UNITS or _IN_BRACKETS.fullmatch(cell.strip()))
        for _, cell in filled
    )


def _with_unit(name: str, unit: Cell) -> str:
    if is_empty(unit) or not name:
        return name
    text = str(unit).strip()
    return name + (text if _IN_BRACKETS.fullmatch(text) else f"（{text}）")


def _counts_columns(shown: Shown, row: int) -> bool:
    """Whether a row only numbers the columns: 1 2 3, ① ②, (1) (2), A B C, 甲 乙 1 2."""
    signs = [_ordinal(cell) for _, cell in shown.filled(row)]
    signs = signs[1:] if signs[:1] in (["栏次"], ["列号"]) else signs
    words = [sign for sign in signs if not sign.isdecimal()]
    numbers = [int(sign) for sign in signs if sign.isdecimal()]
    if len(signs) < 3 or signs[: len(words)] != words:
        return False
    is_begun = not words or any("".join(words) == series[: len(words)] for series in _SERIES)
    counts_on = not numbers or (
        numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1, 1 + len(words))
    )
    return is_begun and counts_on


def _ordinal(cell: Cell) -> str:
    """Return the sign with which a cell counts: ① (1) 1栏 第1列 are 1."""
    text = unicodedata.normalize("NFKC", str(cell)).strip().removesuffix(".0").strip("()[]. ")
    return _OF_COLUMN.sub("", text).upper()


def _drop_covered(shown: Shown, last: int, names: list[str]) -> None:
    """Take the heading from a column that only widens the one to its left: nothing of its own stands in it."""
    covered = {
        column
        for block in shown.blocks.get(last, ())
        for column in range(block.left + 1, block.right + 1)
        if is_empty(shown.raw(last, column))
    }
    for column in covered:
        if all(is_empty(cell) for cell in shown.rows.column(column)[last:]):
            names[column] = ""


def leaf(name: str) -> str:
    """Return the lowest part of a heading of several rows."""
    return name.rpartition("/")[2] or name


def shown_text(cells: Mapping[int, Cell] | Sequence[Cell]) -> str:
    """Return what a row shows, short enough for a sentence."""
    values = cells.values() if isinstance(cells, dict) else cells
    text = " ".join(str(cell) for cell in values if not is_empty(cell) and not isinstance(cell, Lost))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
