"""A day as a hand types it: every way of writing it, 今天, 年初, 上月末, and the likely right one where it is none."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.period import ONE_DAY, read_day, today
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BETWEEN: Final = r"[-/.,·~_年月、。—–−\s]+"  # what a Chinese input method makes of "." and "-" too
_WHOLE: Final = re.compile(rf"(\d{{4}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,2}})[日号]?")
_PACKED: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_YEAR: Final = re.compile(rf"(\d{{2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,2}})[日号]?")
_SHORT_PACKED: Final = re.compile(r"(\d{2})(\d{2})(\d{2})")
_DAY_FIRST: Final = re.compile(rf"(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{4}})年?")
_NO_YEAR: Final = re.compile(rf"(\d{{1,2}}){_BETWEEN}(\d{{1,2}})[日号]?")
_NO_DAY: Final = re.compile(r"(\d{4})[-/.年\s]+(\d{1,2})月?")
_ONLY_YEAR: Final = re.compile(r"(\d{4})年?")
_ENGLISH: Final = re.compile(
    r"(?:([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})\.?),? (\d{4})"
)
_AGO: Final = re.compile(
    r"(\d{1,4})\s*(天|日|周|星期|个月|月|年|days?|weeks?|months?|years?)\s*(?:以?前|ago)"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_QUIET_WORDS: Final = frozenset({"the", "of", "this", "at", "on", "s"})


def _start_of_month(day: date, back: int = 0) -> date:
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _end_of_month(day: date, back: int = 0) -> date:
    return _start_of_month(day, back - 1) - ONE_DAY


def _same_day(day: date, months: int) -> date:
    """Return that many months earlier, the last of the month where it is shorter."""
    first = _start_of_month(day, months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _quarter(day: date, back: int) -> date:
    return _start_of_month(day, (day.month - 1) % 3 + 3 * back)


_NAMED: Final[Mapping[Callable[[date], date], tuple[str, ...]]] = {
    lambda day: day: ("今天", "今日", "当天", "本日", "现在", "today", "now"),
    lambda day: day - ONE_DAY: ("昨天", "昨日", "yesterday"),
    lambda day: day - 2 * ONE_DAY: ("前天", "前日"),
    lambda day: day + ONE_DAY: ("明天", "明日", "tomorrow"),
    lambda day: day + 2 * ONE_DAY: ("后天",),
    _start_of_month: ("月初", "本月初", "当月初", "这个月初", "month start", "month beginning"),
    _end_of_month: ("月末", "月底", "本月末", "本月底", "当月末", "当月底", "month end"),
    lambda day: _start_of_month(day, 1): ("上月初", "上个月初", "last month start", "last month beginning"),
    lambda day: _end_of_month(day, 1): ("上月末", "上月底", "上个月末", "上个月底", "last month end"),
    lambda day: _quarter(day, 0): ("季初", "本季初", "季度初", "本季度初", "quarter start"),
    lambda day: _quarter(day, -1) - ONE_DAY: ("季末", "季度末", "本季末", "本季度末", "quarter end"),
    lambda day: _quarter(day, 0) - ONE_DAY: ("上季末", "上季度末", "上季度底", "last quarter end"),
    lambda day: date(day.year, 1, 1): ("年初", "今年初", "本年初", "元旦", "year start", "year beginning"),
    lambda day: date(day.year, 12, 31): ("年末", "年底", "今年末", "今年底", "本年末", "year end"),
    lambda day: date(day.year - 1, 1, 1): ("去年初", "上年初", "去年年初", "last year start"),
    lambda day: date(day.year - 1, 12, 31): (
        "去年末",
        "上年末",
        "去年底",
        "上年底",
        "去年年末",
        "去年年底",
        "last year end",
    ),
    lambda day: _same_day(day, 12): (
        "去年今天",
        "去年今日",
        "去年同期",
        "上年同期",
        "一年前",
        "year ago",
        "a year ago",
    ),
    lambda day: _same_day(day, 1): ("上月今天", "上月今日", "一个月前", "month ago", "a month ago"),
    lambda day: _same_day(day, 6): ("半年前", "half a year ago"),
}


def _key(words: str) -> frozenset[str]:
    """Return the words without order and without those that say nothing: "the start of the year" is "year start"."""
    return frozenset(re.findall(r"[^\s'’.]+", words.lower())) - _QUIET_WORDS


_BY_WORDS: Final = {_key(words): made for made, named in _NAMED.items() for words in named}


def read_typed_day(typed: str, now: date | None = None) -> date:
    """Return the day that was typed. ``now`` is what 今天 means, by default the clock's day.

    Raises
    ------
    InvalidInput
        If it is no day; the sentence names the likely right one where there is one.

    """
    now = now or today()
    text = unicodedata.normalize("NFKC", typed).strip().strip("。.,;；")
    named = _BY_WORDS.get(_key(text)) or _BY_WORDS.get(_key(text.replace(" ", "")))
    if named is not None:
        return named(now)
    found = _counted_back(text, now) or _english(text)
    if found is not None:
        return found
    text = _digits(text)
    whole = _WHOLE.fullmatch(text) or _PACKED.fullmatch(text)
    if whole is not None:
        return read_day("-".join(whole.groups()))
    likely = _likely(text, now)
    if likely is not None:
        reason, day = likely
        raise InvalidInput(
            Text(f"{reason.zh}。写成 {day}？", f"{reason.en}. Write {day}?"),
        )
    return read_day(typed.strip())


def _digits(text: str) -> str:
    """Return Chinese numerals as digits where a day is written in them: 二〇二四年六月三十日."""
    if not re.search(r"[〇零一二三四五六七八九十]", text):
        return text

    def ten(found: re.Match[str]) -> str:
        tens, ones = found[1], found[2]
        return f"{tens.translate(_CHINESE) if tens else 1}{ones.translate(_CHINESE) if ones else 0}"

    return re.sub(r"([一二三])?十([一二三四五六七八九])?", ten, text).translate(_CHINESE)


def _counted_back(text: str, now: date) -> date | None:
    found = _AGO.fullmatch(text.lower())
    if found is None:
        return None
    count, unit = int(found[1]), found[2]
    try:
        if unit in ("天", "日") or unit.startswith("day"):
            return now - count * ONE_DAY
        if unit in ("周", "星期") or unit.startswith("week"):
            return now - 7 * count * ONE_DAY
        return _same_day(now, count * (12 if unit == "年" or unit.startswith("year") else 1))
    except (OverflowError, ValueError):
        return None


def _english(text: str) -> date | None:
    found = _ENGLISH.fullmatch(text.lower())
    if found is None:
        return None
    month, day = (found[1], found[2]) if found[1] else (found[4], found[3])
    if month[:3] not in _MONTHS:
        return None
    return read_day(f"{found[5]}-{_MONTHS.index(month[:3]) + 1}-{day}")


def _likely(text: str, now: date) -> tuple[Text, date] | None:
    """Return what is missing or turned round in a day, and the day that was probably meant."""
    found = _DAY_FIRST.fullmatch(text)
    if found is not None:
        first, second, year = (int(part) for part in found.groups())
        day, month = (first, second) if second <= 12 else (second, first)
        return _said(Text("年份写在前面", "The year goes first"), year, month, day)
    found = _SHORT_YEAR.fullmatch(text) or _SHORT_PACKED.fullmatch(text)
    if found is not None:
        year, month, day = (int(part) for part in found.groups())
        return _said(Text("年份写四位", "Write the year in four digits"), 2000 + year, month, day)
    found = _NO_DAY.fullmatch(text)
    if found is not None:
        return _said(Text("没有写哪一日", "The day of the month is missing"), int(found[1]), int(found[2]), 1)
    found = _NO_YEAR.fullmatch(text)
    if found is not None:
        month, day = (int(part) for part in found.groups())
        return _said(Text("没有写哪一年", "The year is missing"), now.year, month, day)
    found = _ONLY_YEAR.fullmatch(text)
    if found is not None:
        return _said(Text("没有写月和日", "Month and day are missing"), int(found[1]), 1, 1)
    return None


def _said(reason: Text, year: int, month: int, day: int) -> tuple[Text, date] | None:
    try:
        return reason, date(year, month, day)
    except ValueError:
        return None
