"""Rows of a sheet that are no records: totals, notes, signatures, headings that come again. Set apart, and said."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.values import is_empty
from app.exchange.sheets.header import shown_text
from app.exchange.sheets.picture import Lost
from app.exchange.values.plain import is_ordinary
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.exchange.sheets.picture import Cell

WHY: Final = {
    "heading": Text("又一行列名", "the headings again"),
    "numbers": Text("列的序号", "numbers of the columns"),
    "title": Text("标题又一次", "the title again"),
    "total": Text("合计或小计", "a total"),
    "note": Text("备注、说明", "a note"),
    "signature": Text("填表人、单位、日期", "who filled it in, and when"),
    "section": Text("分段的小标题", "a heading between the rows"),
    "unread": Text("认得出的列里都没有内容", "nothing in a column that is understood"),
}

_EXACT: Final = re.compile(
    r"(合|总|小|共)\s*计|总\s*数|累\s*计|汇\s*总|平均|本页(合|小)计|sub-?total|grand total|total|sum"
)
_WITH_WORD: Final = re.compile(
    r".{0,24}((合|总|小|共)\s*计|本页计|累\s*计)\s*[:：]?|.{0,24}(合|总|小|共)计\s*[(（:：].{0,20}|"
    r"(共|合计|总计|小计|总共)\s*[有计]?\s*[:：]?\s*[\d０-９一二三四五六七八九十百]+\s*(个|户|栋|幢|条|家|处|人|座|项).*|"
    r"(.{0,24} )?(sub-?total|grand total|total)s?\s*:?"
)
_NOTE: Final = re.compile(
    r"(备\s*注|附\s*注|注\s*释|说\s*明|填表说明|填报说明|注意(事项)?|注|数据来源|资料来源|来源|联系方式|note|notes|source|remark|remarks)\s*\d*\s*[:：].*|"
    r"[(（]?注[)）]?\s*[:：\d].*|[*※★].{4,}",
    re.DOTALL,
)
_SIGNATURE: Final = re.compile(
    r".{0,6}(填\s*表\s*人|制\s*表(人)?|审\s*核(人)?|复\s*核(人)?|经\s*办\s*人|负\s*责\s*人|填\s*报\s*(人|单位|日期|时间)|填表(单位|日期|时间)|"
    r"制表(单位|日期|时间)|统计(人|员|负责人)|单位(负责人|盖章|名称)?|联\s*系\s*(人|电\s*话)|报\s*出?\s*(日期|时间)|上报(日期|时间)|"
    r"日\s*期|盖\s*章|签\s*(字|名)|prepared by|checked by|signed|date)\s*([(（].{0,6}[)）])?\s*[:：].*",
    re.DOTALL,
)
_SECTION: Final = re.compile(
    r"[(（]?[一二三四五六七八九十]{1,3}[)）]?\s*[、.．：:].*|第[一二三四五六七八九十\d]+部分.*"
)
_DAY: Final = re.compile(r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]?\s*(\d{1,2}\s*日?)?")
_STOPS: Final = re.compile(r"[。；;:！!]")
_REMARK: Final = 15  # letters from which a lone text is a remark
_ANY_SIGN: Final = re.compile(r"[计总共均注部:、.*※★]|total|sum")  # one of which every form above has
_SMALL: Final = 100_000  # a number under this in a code's column may be a row's serial number


class SetAside(NamedTuple):
    """A row that is no record of this import, and why; ``text``: what it shows, short."""

    number: int
    why: Text
    sheet: str | None = None
    text: str = ""


class Layout:
    """Knows the rows of one table's layout. ``naming``: the columns by which a row is a record."""

    def __init__(
        self,
        headings: Sequence[Mapping[int, Cell]],
        titles: Sequence[str],
        naming: Sequence[int],
        wide: frozenset[int],
    ) -> None:
        self._headings = [{p: _folded(c) for p, c in row.items()} for row in headings]
        self._texts = {text for row in self._headings for text in row.values()}
        self._headed = frozenset(place for row in self._headings for place in row)
        self._titles = frozenset(_folded(title) for title in titles)
        self._naming = tuple(naming)
        self._wide = wide
        self._sums: dict[int, list[float]] = {}
        self._added = 0

    def kind_of(self, number: int, cells: Sequence[Cell]) -> str | None:
        """Return what a row of the layout is, None for a record; ``number`` as the sheet counts."""
        named = [c for p in self._naming if p < len(cells) and not is_empty(c := cells[p])]
        if named and number not in self._wide:
            for cell in named:
                if isinstance(cell, str) and self._is_suspect(cell):
                    break
            else:
                self._add(cells)
                return None
        filled = {place: cell for place, cell in enumerate(cells) if not is_empty(cell)}
        kind = self._kind(filled, named, number)
        if kind is None:
            self._add(cells)
        elif kind == "total":
            self._sums.clear()
            self._added = 0
        return kind

    def _is_suspect(self, cell: str) -> bool:
        text = _folded(cell)
        if text in self._texts or text in self._titles:
            return True
        if _ANY_SIGN.search(text) is None:
            return False
        return any(form.fullmatch(text) for form in (_WITH_WORD, _EXACT, _NOTE, _SIGNATURE, _SECTION))

    def _kind(self, filled: Mapping[int, Cell], named: Sequence[Cell], number: int) -> str | None:
        texts = [_folded(cell) for cell in filled.values() if isinstance(cell, str)]
        if self._repeats(filled):
            return "heading"
        if len(filled) == 1 and texts and texts[0] in self._titles:
            return "title"
        if any(_EXACT.fullmatch(t) or _WITH_WORD.fullmatch(t) for t in texts) and self._may_be_total(
            named, texts
        ):
            return "total"
        first = texts[0] if texts and isinstance(next(iter(filled.values())), str) else ""
        if _NOTE.fullmatch(first) and len(filled) <= 2:
            return "note"
        if texts and len(texts) == len(filled) and _SIGNATURE.fullmatch(first) and len(texts) <= 8:
            return "signature"
        if len(filled) == 1 and first and (number in self._wide or (_SECTION.fullmatch(first) and not named)):
            return "section"
        if named:
            return None
        if len(filled) == 1 and first:
            if _DAY.fullmatch(first):
                return "signature"
            place = next(iter(filled))
            if place not in self._headed or place == 0 or len(first) > _REMARK or _STOPS.search(first):
                return "note"
        return "total" if self._adds_up(filled) else None

    def _repeats(self, filled: Mapping[int, Cell]) -> bool:
        for row in self._headings:
            same = sum(1 for place, cell in filled.items() if row.get(place) == _folded(cell))
            if same >= min(2, len(row)) and same * 2 > len(filled) and same * 2 >= len(row):
                return True
        return False

    def _may_be_total(self, named: Sequence[Cell], texts: Sequence[str]) -> bool:
        """Whether nothing names the row but the word itself; a small number beside it counts the rows."""
        for cell in named:
            text = _folded(cell)
            if _EXACT.fullmatch(text) or (text in texts and _WITH_WORD.fullmatch(text)):
                continue
            if text.isdecimal() and int(text) < _SMALL:
                continue
            return False
        return bool(self._naming) or bool(texts and _EXACT.fullmatch(texts[0]))

    def _add(self, cells: Sequence[Cell]) -> None:
        self._added += 1
        for place, cell in enumerate(cells):
            if type(cell) is int or type(cell) is float:
                self._sums.setdefault(place, []).append(cell)

    def _adds_up(self, filled: Mapping[int, Cell]) -> bool:
        """Whether a row without a name holds the sums of the rows above it."""
        numbers = {p: c for p, c in filled.items() if type(c) is int or type(c) is float}
        sums = [abs(sum(self._sums.get(p, ())) - c) < 1e-6 * max(1.0, abs(c)) for p, c in numbers.items()]
        return self._added > 1 and bool(sums) and all(sums)


def set_aside(number: int, kind: str, cells: Sequence[Cell], sheet: str | None) -> SetAside:
    """Return a row of the layout with what it shows."""
    return SetAside(number, WHY[kind], sheet, shown_text(cells))


def _folded(cell: object) -> str:
    if isinstance(cell, Lost):
        return ""
    if isinstance(cell, str) and is_ordinary(cell):
        return cell.lower()
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split()).casefold()
