"""A city's own list as a table: its columns by their headings, each row with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.values import is_empty
from app.errors import InvalidInput, Problem
from app.exchange.headings import normalised
from app.exchange.reader import list_layers, read_source
from app.exchange.sheets.choose import table_of, wanted_for
from app.exchange.template_names import ABOUT, NAMES, SCHEMES, STARS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.exchange.reader import Source
    from app.exchange.reading import Cell, SourceRow
    from app.jobs import Ticket

SCHEME_COLUMNS: Final = {
    "scheme": "评价办法 办法 评价体系 scheme",
    "group": "方面 类别 大类 分类 分组 一级指标 group aspect",
    "item": "项目编号 编号 序号 项目代码 代码 项目 item itemid id no number",
    "zh": "项目名称 项目内容 内容 名称 指标 指标名称 评价内容 评价指标 二级指标 标准 zh words wordszh chinese",
    "en": "英文 英文名称 english en wordsen",
    "maximum": "满分 分值 最高分 标准分 maximum max points",
    "weight": "权重 系数 weight",
}
STAR_COLUMNS: Final = {
    "scheme": SCHEME_COLUMNS["scheme"],
    "stars": "星级 星 星数 stars",
    "at_least": "得分率 最低得分率 门槛 得分率不低于 atleast threshold",
    "zh": "等次 名称 称号 类别 zh words wordszh chinese",
    "en": SCHEME_COLUMNS["en"],
    "reward_yuan": "奖励 奖励金额 奖励元 reward rewardyuan",
    "confirmed": "本市已定 已确认 confirmed",
}
NAME_COLUMNS: Final = {
    "of": "属于 归属 of set belongsto",
    "id": "编号 代码 键 id key code",
    "zh": "名称 中文 zh words wordszh chinese",
    "en": SCHEME_COLUMNS["en"],
}
_SHEETS: Final = (SCHEMES, STARS, NAMES, ABOUT)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: what its cells say by column, empty ones left out."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """Return a cell as text, "" where it is empty; a whole number without its point."""
        raw = self.cells.get(column)
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        return "" if raw is None else str(raw).strip()


@dataclass(frozen=True, slots=True)
class ListTable:
    """A list with the places that problems name."""

    file: str
    sheet: str | None
    headings: Mapping[str, str]
    rows: tuple[ListRow, ...]
    left: tuple[str, ...]  # headings that mean nothing here

    def problem(self, row: ListRow | None, column: str | None, message: Text) -> Problem:
        """Return a problem with its place."""
        raw = None if row is None or column is None else row.cells.get(column)
        return Problem(
            message=message,
            file=self.file,
            sheet=self.sheet,
            row=None if row is None else row.number,
            column=None if column is None else self.headings.get(column, column),
            value=None if raw is None else str(raw)[:200],
        )


def read_list(
    path: Path, known: Mapping[str, str], needed: Sequence[str], sheets: Text, ticket: Ticket | None = None
) -> ListTable:
    """Return the list in a file: the sheet called so, else the first with content that is called like no other.

    Raises InvalidInput if a needed column is missing, or the file can't be read.
    """
    filled = [layer.name for layer in list_layers(path, ticket) if layer.rows]
    others = {name for one in _SHEETS if one is not sheets for name in _names(one)}
    named = [name for name in filled if name in _names(sheets)]
    layer = next(iter(named or [name for name in filled if name not in others]), None)
    return _table(read_source(path, layer=layer, ticket=ticket), known, needed)


def read_list_beside(
    path: Path, known: Mapping[str, str], needed: Sequence[str], sheets: Text, ticket: Ticket | None = None
) -> ListTable | None:
    """Return the list in a further sheet of a workbook, None where there is no such sheet, or nothing in it."""
    found = [layer for layer in list_layers(path, ticket) if layer.name in _names(sheets) and layer.rows > 1]
    if not found:
        return None
    table = _table(read_source(path, layer=found[0].name, ticket=ticket), known, needed)
    return table if table.rows else None


def _names(sheets: Text) -> frozenset[str]:
    """Return what a sheet may be called: as our templates call it, or with its Chinese or English word alone."""
    return frozenset((*sheets, sheets.zh.split(" ")[0], sheets.en.split(" ")[0]))


def _table(source: Source, known: Mapping[str, str], needed: Sequence[str]) -> ListTable:
    words = {name: [normalised(word) for word in said.split()] for name, said in known.items()}
    table = table_of(source, wanted_for(words, needed, {}), {})
    names, rows = table.names, table.rows
    by_heading: dict[str, int] = {}
    for at, name in enumerate(names):
        by_heading.setdefault(normalised(name), at)
    of: dict[str, int] = {}
    for column, headings in words.items():
        place = next(
            (by_heading[h] for h in headings if h in by_heading and by_heading[h] not in of.values()), None
        )
        if place is not None:
            of[column] = place
    missing = [column for column in needed if column not in of]
    if missing:
        message = Text(
            f"缺列：{'、'.join(known[column].split()[0] for column in missing)}。有：{'、'.join(n for n in names if n)}。",
            f"Columns are missing: {', '.join(missing)}. There are: {', '.join(n for n in names if n)}.",
        )
        file = source.path.name
        raise InvalidInput(
            Text(f"{file}：{message.zh}", f"{file}: {message.en}"),
            (Problem(message=message, file=file, sheet=source.sheet),),
        )
    return ListTable(
        source.path.name,
        source.sheet,
        {column: names[place] for column, place in of.items()},
        tuple(_row(row, of) for row in rows if any(not is_empty(row.cells[p]) for p in of.values())),
        tuple(name for at, name in enumerate(names) if name and at not in of.values()),
    )


def _row(row: SourceRow, of: Mapping[str, int]) -> ListRow:
    return ListRow(row.number, {c: row.cells[p] for c, p in of.items() if not is_empty(row.cells[p])})
