"""Tables that stand side by side in a sheet: one list printed in several columns, or lists of different things."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.values import is_empty
from app.exchange.headings import normalised
from app.exchange.sheets.header import leaf
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange.picture import Cell, Sheet
    from app.exchange.sheets.header import Header, Wanted

_HEADING_WORDS: Final = ("名称", "编号", "代码", "编码", "序号", "地址", "类型", "类别")
_LIKE_HEADING: Final = re.compile(rf".{{0,8}}({'|'.join(_HEADING_WORDS)})")
_NAME_LIKE: Final = re.compile(r"序号|编号|.{1,8}(名称|编号|代码|编码|姓名)|.{0,4}项目")
_COUNTING: Final = frozenset(["序号", "编号", "no", "no.", "序"])


class Beside(NamedTuple):
    """Ranges of columns, each a table of its own. ``are_alike``: their headings are the same, so they are one list."""

    ranges: tuple[tuple[int, int], ...]
    are_alike: bool = False
    said: Text = Text("", "")


def headings_like(texts: Sequence[str]) -> set[str]:
    """Return those of many texts that have the form of a heading."""
    return {text for text in texts if text.rstrip().endswith(_HEADING_WORDS) and is_like_heading(text)}


def is_like_heading(text: str) -> bool:
    """Whether a text has the form of a heading, whatever it is about."""
    return _LIKE_HEADING.fullmatch(text.strip()) is not None


def blocks_beside(sheet: Sheet, header: Header, wanted: Wanted, end: int) -> Beside:
    """Return the tables that lie side by side under one row of headings; one range where there is one table.

    ``end``: the row after their last.
    """
    names = header.names
    width = len(names)
    step = _step(names, wanted)
    if step is not None:
        first, wide = step
        starts = list(range(first, width, wide))
        ranges = [(left, min(left + wide, width)) for left in starts]
        ranges[0] = (0, ranges[0][1])
        said = Text(
            f"左右并排的 {len(ranges)} 个表格列名一样，当作一份读。",
            f"{len(ranges)} tables stand side by side with the same headings; they are read as one.",
        )
        return Beside(tuple(ranges), are_alike=True, said=said)
    found = _other(sheet, header, wanted, end)
    return Beside(((0, width),) if found is None else ((0, found), (found + 1, width)))


def only_columns(sheet: Sheet, left: int, right: int, start: int, end: int, number: int) -> Sheet:
    """Return a sheet in which nothing stands but some columns of some rows; a further one is called ``表#2``."""
    rows: list[list[Cell]] = [
        [cell if left <= column < right else None for column, cell in enumerate(row[:right])]
        if start <= at < end
        else []
        for at, row in enumerate(sheet.rows, 1)
    ]
    return replace(
        sheet,
        name=sheet.name if number == 1 else f"{sheet.name or ''}#{number}",
        rows=rows,
        merged=[b for b in sheet.merged if b.left >= left and b.right < right],
        hidden_columns=[column for column in sheet.hidden_columns if left <= column < right],
        lost=[],
        notes=sheet.notes if number == 1 else [],
    )


def _step(names: Sequence[str], wanted: Wanted) -> tuple[int, int] | None:
    """Return where a group of headings begins that comes again to its right, and how wide it is; None without one."""
    forms = [normalised(leaf(name)) if name else "" for name in names]
    for first, name in enumerate(names):
        if not name or not (wanted.is_naming(name) or forms[first] in _COUNTING):
            continue
        again = next((at for at in range(first + 2, len(names)) if forms[at] == forms[first]), None)
        if again is None:
            continue
        wide = again - first
        pairs = [(forms[at], forms[at + wide]) for at in range(first, again) if at + wide < len(names)]
        same = [one for one, other in pairs if one and one == other]
        differ = any(one and other and one != other for one, other in pairs)
        has_name = any(wanted.is_naming(names[at]) for at in range(first, again) if names[at])
        if len(same) > 1 and not differ and has_name:
            return first, wide
    return None


def _other(sheet: Sheet, header: Header, wanted: Wanted, end: int) -> int | None:
    """Return the empty column behind which a table of something else begins; None without one."""
    for column in range(1, len(header.names) - 1):
        following = header.names[column + 1]
        if header.names[column] or not following:
            continue
        left = [name for name in header.names[:column] if name]
        right = [name for name in header.names[column + 1 :] if name]
        if len(right) < 2 or not _is_of_another(left, following, wanted):
            continue
        rows = sheet.rows[header.first - 1 : end - 1]
        if all(column >= len(row) or is_empty(row[column]) for row in rows):
            return column
    return None


def _is_of_another(left: Sequence[str], following: str, wanted: Wanted) -> bool:
    """Whether a heading begins a table of other things than the headings to its left: one of the two is not of this kind."""
    form = normalised(leaf(following))
    if not wanted.is_heading(following):
        return _NAME_LIKE.fullmatch(form) is not None and any(wanted.is_naming(name) for name in left)
    strange = [n for n in left if not wanted.is_heading(n) and normalised(n) not in _COUNTING]
    return wanted.field_of(following) == "name" and len(left) > 1 and bool(strange)
