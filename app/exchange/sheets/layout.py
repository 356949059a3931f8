"""Rows of a sheet that are no records: totals, notes, signatures, headings that come again. Set apart, and said."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.identity.traditional import SIMPLIFIED
from app.domain.values import is_empty
from app.exchange.picture import Lost
from app.exchange.sheets.header import shown_text
from app.exchange.sheets.sections import plain_section
from app.exchange.values.plain import is_ordinary
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.exchange.picture import Cell

WHY: Final = {
    "heading": Text("又一行列名", "the headings again"),
    "numbers": Text("列的序号", "numbers of the columns"),
    "title": Text("标题又一次", "the title again"),
    "total": Text("合计或小计", "a total"),
    "note": Text("备注、说明", "a note"),
    "signature": Text("填表人、单位、日期", "who filled it in, and when"),
    "section": Text("分段的小标题", "a heading between the rows"),
    "page": Text("页码", "a page number"),
    "example": Text("填写的示例", "an example of how to fill it in"),
    "unread": Text("认得出的列里都没有内容", "nothing in a column that is understood"),
    "said": Text("按你标的", "as you marked it"),
}

_EXACT: Final = re.compile(
    r"(合|总|小|共)\s*计(数)?|计|总\s*[数和值量]|总\s*(户|人|人口|栋|楼栋|面积|套)\s*数?|累\s*[计积]|汇\s*总|平均.{0,6}|均值|中位数|占比|比[例重]|百分比|[户人]均.{0,4}|"
    r"最[大小高低]值?|[环同]比|增[幅减长]|.{0,8}总数|本页(合|小)计|sub-?total|grand total|total|sum|average|mean|max|min"
)
_UNITS: Final = (
    r"(?:[全本]?(市|区|县|街道?|镇|乡|社区|村)|.{1,12}(街道|镇|乡|街道办事处|办事处|社区|居委会|村委会|村))"
)
_WHOLE: Final = re.compile(_UNITS)  # a sum may be theirs
_MANY: Final = (
    r"(共|计|共计|共有|总共)?\s*[:：]?\s*[\d一二三四五六七八九十百]+\s*个(小区|院落|楼院|楼盘|项目)?"
)
_COUNTED: Final = re.compile(rf"{_UNITS}\s*(\({_MANY}\)|{_MANY})")  # 柳东社区（3个小区）
_LIKE_WHOLE: Final = re.compile(r"^.{0,18}[市区县街道镇乡处村会]$", re.MULTILINE)  # as each of them ends
_WITH_WORD: Final = re.compile(
    r".{0,24}((合|总|小|共)\s*计|本页计|累\s*计)\s*[:：]?|.{0,24}(合|总|小|共)计\s*[(（:：].{0,20}|"
    r"(共|合计|总计|小计|总共)\s*[有计]?\s*[:：]?\s*[\d０-９一二三四五六七八九十百]+\s*(个|户|栋|幢|条|家|处|人|座|项).*|"
    r".{0,24}(合|总|小|共)计\s*[\d一二三四五六七八九十百]+\s*(个|户|栋|幢|条|家|处|人|座|项).*|"
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
    r"[(（]?[一二三四五六七八九十]{1,3}[)）]?\s*[、.．：:].*|[(（][一二三四五六七八九十\d]{1,3}[)）].*|第[一二三四五六七八九十\d]+部分.*"
)
_SIGNED: Final = re.compile(r".{0,30}[(\[]?(盖章|签章|公章|签字|签名|印章)[)\]]?\s*[:：]?")
_LABEL: Final = re.compile(r"[^:：]{1,12}[:：].*", re.DOTALL)
_PAGE: Final = re.compile(
    r"第\s*[\d一二三四五六七八九十]+\s*页.*|共\s*[\d一二三四五六七八九十]+\s*页.*|[-–—]+\s*\d{1,4}\s*[-–—]+|page\s*\d+.*|\d{1,3}\s*/\s*\d{1,3}"
)
_REMARKED: Final = re.compile(
    r"[(\[【][^()\[\]【】]{2,}[)\]】]|.{0,12}以下空白.*|.{0,6}本页完.*|[(（]?完[)）]?|.{0,4}以下无正文.*|.{0,8}续[上下]表.*|续表.*"
)
_EXAMPLE: Final = re.compile(
    r"[(\[【]?(填写)?(示例|样例|范例|举例|example)\d*[)\]】]?\s*[:：、]?.*|[(\[【]?例如?\d*[)\]】:：].*"
)
_MARKED: Final = re.compile(r"[(\[【]?(填写)?(示例|样例|范例|举例|例如?|example)\d*[)\]】]?\s*[:：、]?")
_PLACEHOLDER: Final = re.compile(
    r"(x{2,}|×+|\*{2,}|[○〇]{2,}|某某)[\u4e00-\u9fff].{0,10}"
)  # XX小区, 某某花园
_HOW: Final = re.compile(
    r"(请|须|需|应|必)?(填写|填入|填报|填|写明|录入|输入|选择|下拉).*|请.{2,}|按.{2,}填.*|必填.*|选填.*|格式.*|精确到.*|如[:：].*|例[:：].*"
)
_TITLE: Final = re.compile(
    r".{2,40}(统计|一览|明细|汇总|登记|情况|信息|基础|基本情况)表|.{2,40}(台账|花名册|名册|名录)([(（].*[)）])?"
)
_UNIT: Final = re.compile(
    r".{1,12}(街道|街道办事处|办事处|镇|乡|社区|社区居委会|居委会|居民委员会|村委会|村民委员会|网格|片区)([(（].*[)）])?\s*[:：]?"
)
_DAY: Final = re.compile(
    r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]?\s*(\d{1,2}\s*日?)?|[〇零○一二三四五六七八九]{4}年.{1,8}"
)
_ALONE: Final = (  # what a text is that stands alone in its row
    ("page", _PAGE),
    ("note", _NOTE),
    ("note", _REMARKED),
    ("example", _EXAMPLE),
    ("signature", _SIGNATURE),
    ("signature", _SIGNED),
    ("signature", _DAY),
    ("title", _TITLE),
)
_NAMED_FORMS: Final = (
    _WITH_WORD,
    _EXACT,
    _NOTE,
    _SIGNATURE,
    _SECTION,
    _LABEL,
    _SIGNED,
    _EXAMPLE,
    _HOW,
    _COUNTED,
    _PLACEHOLDER,
)
_NAMED_FORM: Final = re.compile("|".join(f"(?:{form.pattern})" for form in _NAMED_FORMS), re.DOTALL)
_STOPS: Final = re.compile(r"[。；;:！!]")
_MOST_SIGNS: Final = 8  # cells of a row of signatures
_REMARK: Final = 15  # letters from which a lone text is a remark
_SIGNS: Final = "计計总總共均注註部部:、.*※★数數值和比页頁章签籤字名例填请請选選按增减减最汇匯积積个個某×○〇"
_WORDS: Final = "total|sum|page|max|min|average|mean|example|xx"
_ANY_SIGN: Final = re.compile(
    rf"[{_SIGNS}]|{_WORDS}"
)  # one of which every form above has that a named row can show
_WITH_SIGN: Final = re.compile(rf"^[^{_SIGNS}\n]*[{_SIGNS}].*$", re.MULTILINE)
_ANY_WORD: Final = re.compile(_WORDS)
_BLANK: Final = re.compile(r"[^\S\n]+")
_EDGE: Final = re.compile(r"^ | $", re.MULTILINE)
_SMALL: Final = 100_000  # a number under this in a code's column may be a row's serial number


class SetAside(NamedTuple):
    """A row that is no record of this import, and why; ``text``: what it shows, short."""

    number: int
    why: Text
    sheet: str | None = None
    text: str = ""


class Layout:
    """Knows the rows of one table's layout. ``naming``: the columns by which a row is a record; ``are_units``: its records are units."""

    def __init__(
        self,
        headings: Sequence[Mapping[int, Cell]],
        titles: Sequence[str],
        naming: Sequence[int],
        wide: frozenset[int],
        *,
        are_units: bool = False,
    ) -> None:
        self._headings = [{p: _folded(c) for p, c in row.items()} for row in headings]
        self._texts = {text for row in self._headings for text in row.values()}
        self._headed = frozenset(place for row in self._headings for place in row)
        self._titles = frozenset(_folded(title) for title in titles)
        self._naming = tuple(naming)
        self._wide = wide
        self._are_units = are_units
        self._sums: dict[int, list[float]] = {}  # of the records since the last total
        self._ever: dict[int, float] = {}  # of those before it
        self._added = 0
        self._passed: list[Iterable[Sequence[Cell]]] = []  # records whose numbers were not yet added

    def pass_over(self, records: Iterable[Sequence[Cell]]) -> None:
        """Take note of records that stand before the next row; they are gone through once, or never."""
        self._passed.append(records)

    def suspects_among(self, texts: Sequence[str]) -> set[str]:
        """Return those of many names that may be something else than a record's."""
        lines = [text for text in texts if "\n" not in text]
        found = [text for text in texts if "\n" in text]
        folded = _folded_each(lines)
        said = "\n".join(folded)
        hits = (self._texts | self._titles).intersection(folded)
        hits.update(one for one in _LIKE_WHOLE.findall(said) if _WHOLE.fullmatch(one))
        signed = folded if _ANY_WORD.search(said) is not None else _WITH_SIGN.findall(said)
        simple = "\n".join(signed).translate(SIMPLIFIED).split("\n") if signed else []
        hits.update(one for one, plain in zip(signed, simple, strict=True) if _NAMED_FORM.fullmatch(plain))
        if hits:
            found += [text for text, one in zip(lines, folded, strict=True) if one in hits]
        return {text for text in found if self._is_suspect(text)}

    def kind_of(self, number: int, cells: Sequence[Cell]) -> str | None:
        """Return what a row of the layout is, None for a record; ``number`` as the sheet counts."""
        named = [c for p in self._naming if p < len(cells) and not is_empty(c := cells[p])]
        if (
            named
            and number not in self._wide
            and not _is_alone(cells)
            and not any(isinstance(c, str) and self._is_suspect(c) for c in named)
            and not self.marked_among(_first_text(cells))
        ):
            self._add(cells)
            return None
        filled = {place: cell for place, cell in enumerate(cells) if not is_empty(cell)}
        kind = self._kind(filled, named, number)
        if kind is None:
            self._add(cells)
        elif kind == "total":
            self._close_group()
        return kind

    def marked_among(self, texts: Iterable[str]) -> set[str]:
        """Return those of some texts that mark their row as an example of how to fill in the sheet."""
        return {text for text in texts if len(text) <= _REMARK and _MARKED.fullmatch(_folded(text))}

    def _close_group(self) -> None:
        self._add_passed()
        for place, numbers in self._sums.items():
            self._ever[place] = self._ever.get(place, 0.0) + sum(numbers)
        self._sums.clear()
        self._added = 0

    def _is_suspect(self, cell: str) -> bool:
        text = _folded(cell)
        if text in self._texts or text in self._titles:
            return True
        if _WHOLE.fullmatch(text):
            return True
        if _ANY_SIGN.search(text) is None:
            return False
        text = text.translate(SIMPLIFIED)
        return any(form.fullmatch(text) for form in _NAMED_FORMS)

    def _kind(self, filled: Mapping[int, Cell], named: Sequence[Cell], number: int) -> str | None:
        texts = [_folded(cell).translate(SIMPLIFIED) for cell in filled.values() if isinstance(cell, str)]
        if self._repeats(filled):
            return "heading"
        if len(filled) == 1 and texts and texts[0] in self._titles:
            return "title"
        if any(_EXACT.fullmatch(t) or _WITH_WORD.fullmatch(t) for t in texts) and self._may_be_total(
            named, texts
        ):
            return "total"
        first = texts[0] if texts and isinstance(next(iter(filled.values())), str) else ""
        if len(filled) == 1 and first:
            alone = self._alone(first, next(iter(filled)), named, number)
            if alone is not None:
                return alone
        if first and (_EXAMPLE.fullmatch(first) or _MARKED.fullmatch(first)):
            return "example"
        if any(isinstance(cell, str) and _PLACEHOLDER.fullmatch(_folded(cell)) for cell in named):
            return "example"
        if _NOTE.fullmatch(first) and len(filled) <= 2:
            return "note"
        if texts and len(texts) == len(filled) and len(texts) <= _MOST_SIGNS and _are_signs(texts):
            return "signature"
        if len(texts) == len(filled) > 1 and sum(1 for t in texts if _HOW.fullmatch(t)) * 2 > len(texts):
            return "note"
        if len(filled) > 1 and not self._are_units and named and _all_counted(named):
            return "total"
        is_whole = len(texts) == 1 and not self._are_units and _WHOLE.fullmatch(texts[0]) is not None
        if is_whole and len(filled) > 1 and self._adds_up(filled):
            return "total"
        return "total" if not named and self._adds_up(filled) else None

    def _alone(self, text: str, place: int, named: Sequence[Cell], number: int) -> str | None:
        """Return what a row is that holds one text and nothing else; a name alone is a record where nothing speaks against it."""
        has_more = len(self._headed) > 1
        if has_more and not self._are_units and _UNIT.fullmatch(plain_section(text)):
            return "section"
        for kind, form in _ALONE:
            if form.fullmatch(text):
                return kind
        if number in self._wide or (has_more and _SECTION.fullmatch(text)):
            return "section"
        if not named and (
            place not in self._headed or place == 0 or len(text) > _REMARK or _STOPS.search(text)
        ):
            return "note"
        return None

    def _repeats(self, filled: Mapping[int, Cell]) -> bool:
        for row in self._headings:
            same = sum(1 for place, cell in filled.items() if row.get(place) == _folded(cell))
            if same >= min(2, len(row)) and same * 2 > len(filled) and same * 2 >= len(row):
                return True
        return False

    def _may_be_total(self, named: Sequence[Cell], texts: Sequence[str]) -> bool:
        """Whether nothing names the row but the word itself; a small number beside it counts the rows."""
        for cell in named:
            text = _folded(cell).translate(SIMPLIFIED)
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
        """Whether a row without a name holds the sums of the rows above it, back to the last total or all of them."""
        self._add_passed()
        numbers = {p: c for p, c in filled.items() if type(c) is int or type(c) is float}
        group = {p: sum(self._sums.get(p, ())) for p in numbers}
        ever = {p: self._ever.get(p, 0.0) + group[p] for p in numbers}
        return (self._added > 1 and _are_same(group, numbers)) or (
            bool(self._ever) and _are_same(ever, numbers)
        )

    def _add_passed(self) -> None:
        for cells in (cells for records in self._passed for cells in records):
            self._add(cells)
        self._passed.clear()


def _are_same(sums: Mapping[int, float], numbers: Mapping[int, float]) -> bool:
    return bool(numbers) and all(
        abs(sums[place] - number) < 1e-6 * max(1.0, abs(number)) for place, number in numbers.items()
    )


def _all_counted(named: Sequence[Cell]) -> bool:
    return all(isinstance(cell, str) and _COUNTED.fullmatch(_folded(cell)) for cell in named)


def _first_text(cells: Sequence[Cell]) -> tuple[str, ...]:
    first = next((cell for cell in cells if not is_empty(cell)), None)
    return (first,) if isinstance(first, str) else ()


def set_aside(number: int, kind: str, cells: Sequence[Cell], sheet: str | None) -> SetAside:
    """Return a row of the layout with what it shows."""
    return SetAside(number, WHY[kind], sheet, shown_text(cells))


def _are_signs(texts: Sequence[str]) -> bool:
    """Whether texts are who filled a table in, who checked it, and when: the first says so, or each has a label."""
    forms = (_LABEL, _SIGNED, _DAY)
    return _SIGNATURE.fullmatch(texts[0]) is not None or all(
        any(form.fullmatch(text) for form in forms) for text in texts
    )


def _is_alone(cells: Sequence[Cell]) -> bool:
    """Whether a row has one filled cell at most."""
    found = 0
    for cell in cells:
        if cell is not None and not is_empty(cell):
            found += 1
            if found > 1:
                return False
    return True


def _folded_each(texts: Sequence[str]) -> list[str]:
    """Return ``_folded`` of each text without a line break."""
    lines = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    if _BLANK.search(lines) is not None:
        lines = _EDGE.sub("", _BLANK.sub(" ", lines))
    return lines.split("\n") if texts else []


def _folded(cell: object) -> str:
    if isinstance(cell, Lost):
        return ""
    if isinstance(cell, str) and is_ordinary(cell):
        return cell.lower()
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split()).casefold()
