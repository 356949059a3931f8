"""Years and days as people write them: 1998年, 98, 90年代, 20230501, 2023年5月, 23/5/1, 2022-03-01T00:00:00+08:00."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from app.domain.period import read_day
from app.errors import InvalidInput
from app.exchange.values.chinese_number import chinese_number
from app.exchange.values.outcome import NOTHING_KNOWN, Meaning, unclear
from app.exchange.values.plain import is_not_known, squeezed
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_YEAR: Final = 1800
_DAY_0: Final = date(1899, 12, 30)  # from which sheets count days
_SERIAL: Final = re.compile(r"[1-6]\d{4}(?:\.\d+)?")  # 1927 to 2091
_CHINA: Final = timezone(timedelta(hours=8))
_SEP: Final = r"\s*[-/.年月·、,_~。―–—−\s]\s*"
_FULL: Final = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})\s*[日号]?")
_PACKED: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*月?(?:份)?")
_PACKED_MONTH: Final = re.compile(r"(\d{4})(\d{2})")
_ONLY_YEAR: Final = re.compile(r"(\d{4})\s*年?")
_SHORT: Final = re.compile(r"'?(\d{1,2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_NO_YEAR: Final = re.compile(r"(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*[日号]?")
_TIME: Final = re.compile(
    r"(?:\s+|T|\s*(?:上午|下午)\s*)(\d{1,2})[:时](\d{1,2})?(?:[:分](\d{1,2})(?:\.\d+)?)?秒?分?\s*(?:上午|下午|am|pm)?\s*"
    r"(Z|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(
    r"(?:([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?),?[\s-]+(\d{4})",
    re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE_DAY: Final = re.compile(
    r"([〇零○一二三四五六七八九\d]{4})年(?:([一二三四五六七八九十\d]{1,3})月(?:([一二三四五六七八九十\d]{1,3})[日号]?)?)?"
)
_OPEN_END: Final = frozenset(["长期", "至今", "长期有效", "无固定期限", "永久", "持续", "在用"])
_YEAR_TAIL: Final = re.compile(
    r"(?:建成|竣工|建造|建设|交付|交房|入住|建|前后|左右|年份|投入使用|成立|开工|完工|底|初|末|春|夏|秋|冬)*"
)
_ABOUT: Final = re.compile(r"^(?:大约|大概|约|近)|(?:左右|前后)$")
_DECADE: Final = re.compile(
    r"(?:上世纪|20世纪|二十世纪|本世纪)?([一二三四五六七八九]十|\d0|\d{3}0|00|10|20)年代(?:初|末|中期|中)?"
)
_FOUR: Final = re.compile(r"[〇零○一二三四五六七八九]{4}")
_AFTER_YEAR: Final = re.compile(
    r"(?:[-/.]\s*\d{1,2}(?:\s*[-/.]\s*\d{1,2})?|\d{1,2}月(?:份)?(?:\s*\d{1,2}[日号]?)?|(?:0[1-9]|1[0-2])(?:[0-3]\d)?)(?:[T\s].*)?"
    r"(?:建成|竣工|交付|底|初)?"
)
_TWO: Final = re.compile(r"'?(\d{2})年?")
_TWO_WORDS: Final = re.compile(r"([〇零○一二三四五六七八九]{2})年")
_REPUBLIC: Final = re.compile(r"民国(元|\d{1,3}|[一二三四五六七八九十百]{1,5})年?")  # its first year is 1912

MONTH_SAID: Final = Text("只写到月，按当月 1 日", "a month alone; taken as its first day")
TIME_SAID: Final = Text("几点几分没有登记", "the time of day is not kept")
ZONE_SAID: Final = Text("按北京时间取日子", "the day in China is taken")
SHORT_SAID: Final = Text("年份只写两位，按 20xx 年", "a year in two digits; taken as 20xx")
ORDER_SAID: Final = Text("年份写在最后", "the year stands last")
YEAR_SAID: Final = Text("只取年份", "only the year is kept")
ABOUT_SAID: Final = Text("写的是大约，照写的年份登记", "approximate; taken as written")
SERIAL_SAID: Final = Text("是工作表里的日期数", "a day as spreadsheets number it")
_NO_DAY: Final = Text(
    "看不出是哪一天。写成 2026-11-01 这样。", "This is no day that can be told. Write it like 2026-11-01."
)
_NO_YEAR_TEXT: Final = Text(
    "看不出是哪一年。写成 1998 这样。", "This is no year that can be told. Write it like 1998."
)


def read_year(raw: object, today: date) -> Meaning:
    """Return the year that a cell writes, within 1800 and next year; a question for 98, 90年代 and 2003-2005."""
    if isinstance(raw, date):
        return Meaning(_in_reach(raw.year, today), YEAR_SAID)
    if isinstance(raw, bool):
        raise InvalidInput(_NO_YEAR_TEXT)
    plain = squeezed(str(raw))
    plain = re.sub(r"\.0+$", "", plain)
    if re.fullmatch(r"\d{4}", plain):
        return Meaning(_in_reach(int(plain), today))
    if not plain or is_not_known(plain) or plain in ("无", "没有"):
        return NOTHING_KNOWN
    return _written_year(plain, today)


def _written_year(plain: str, today: date) -> Meaning:
    said: Text | None = None
    aside = re.fullmatch(r"(.+?)\s*\([^()]*\)", plain)
    plain = (aside[1] if aside is not None else plain).strip().rstrip("。.;,")
    bare = _ABOUT.sub("", plain)
    if bare != plain:
        plain, said = bare.strip(), ABOUT_SAID
    decade = _DECADE.fullmatch(plain)
    if decade is not None:
        raise unclear(
            Text("写的是年代，不是哪一年。取哪一年？", "This is a decade. Which year is meant?"),
            _decade(decade[1]),
        )
    years = re.findall(r"(?<!\d)(?:1[89]|20)\d{2}(?!\d)", plain)
    if len(set(years)) > 1:
        raise unclear(
            Text("写了不止一年。取哪一年？", "There is more than one year. Which one is meant?"),
            tuple(dict.fromkeys(years)),
        )
    if _FOUR.fullmatch(plain):
        return Meaning(_in_reach(chinese_number(plain) or 0, today), said)
    republic = _REPUBLIC.fullmatch(plain)
    if republic is not None:
        count = 1 if republic[1] == "元" else _whole_number(republic[1])
        raise unclear(
            Text(f"是公元 {1911 + count} 年吗？", f"Is {1911 + count} meant?"), (str(1911 + count),)
        )
    two = _TWO.fullmatch(plain) or _TWO_WORDS.fullmatch(plain)
    if two is not None:
        short = _whole_number(two[1])
        year = 2000 + short if 2000 + short <= today.year else 1900 + short
        raise unclear(Text(f"是 {year} 年吗？", f"Is {year} meant?"), (str(year),))
    whole = re.fullmatch(r"(\d{4})\s*年?(.*)", plain)
    if whole is None and (found := _CHINESE_DAY.fullmatch(plain)) is not None:
        year = chinese_number(found[1]) or (int(found[1]) if found[1].isdigit() else 0)
        return Meaning(_in_reach(year, today), said)
    if whole is not None:
        rest = whole[2].strip()
        if not rest or _YEAR_TAIL.fullmatch(rest):
            return Meaning(_in_reach(int(whole[1]), today), said)
        if _AFTER_YEAR.fullmatch(rest):
            return Meaning(_in_reach(int(whole[1]), today), said or YEAR_SAID)
    if _SERIAL.fullmatch(plain):
        year = (_DAY_0 + timedelta(days=int(float(plain)))).year
        raise unclear(
            Text(f"像是日期数，{year} 年吗？", f"This looks like the number of a day in {year}."),
            (str(year),),
        )
    if years:
        raise unclear(Text(f"是 {years[0]} 年吗？", f"Is {years[0]} meant?"), (years[0],))
    raise unclear(_NO_YEAR_TEXT, ()) if re.search(r"\d", plain) else InvalidInput(_NO_YEAR_TEXT)


def _whole_number(written: str) -> int:
    return int(written) if written.isdigit() else chinese_number(written) or 0


def _decade(written: str) -> tuple[str, ...]:
    first = _whole_number(written)
    if first < 100:
        first += 2000 if first < 30 else 1900
    return (str(first), str(first + 9))


def _in_reach(year: int, today: date) -> int:
    if FIRST_YEAR <= year <= today.year + 1:
        return year
    raise unclear(
        Text(
            f"{year} 年不在 {FIRST_YEAR} 到 {today.year + 1} 之间。",
            f"{year} is not between {FIRST_YEAR} and {today.year + 1}.",
        )
    )


def read_written_day(
    raw: object, *, today: date, column: Iterable[object] = (), is_as_of: bool = False
) -> Meaning:
    """Return the day that a cell writes.

    ``column``: the cells of its column, by which 23/5/1 is read. ``is_as_of``: a month alone is asked about, as its
    first and its last day differ there.
    """
    if isinstance(raw, datetime):
        return Meaning(raw.date())
    if isinstance(raw, date):
        return Meaning(raw)
    plain = squeezed(str(raw)).rstrip("。;；,，")
    if not plain or is_not_known(plain) or plain in _OPEN_END or plain in ("无", "没有"):
        return NOTHING_KNOWN
    if _SERIAL.fullmatch(plain) and not isinstance(raw, bool):
        day = _DAY_0 + timedelta(days=int(float(plain)))
        return Meaning(day, TIME_SAID if float(plain) % 1 else None)
    return _timed(plain) or _of_day(plain, today, column, is_as_of=is_as_of)


def _timed(plain: str) -> Meaning | None:
    """Return the day of what has a time of day behind it: the day in China, where it names a zone."""
    found = _TIME.search(plain)
    if found is None:
        return None
    whole = _FULL.fullmatch(plain[: found.start()].strip()) or _PACKED.fullmatch(
        plain[: found.start()].strip()
    )
    if whole is None:
        return None
    day = read_day("-".join(whole.groups()))
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if hour > 23 or minute > 59 or second > 59:
        raise InvalidInput(_NO_DAY)
    if found[4]:
        zone = UTC if found[4].upper() == "Z" else datetime.strptime(found[4].replace(":", ""), "%z").tzinfo
        there = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        return Meaning(there.astimezone(_CHINA).date(), ZONE_SAID)
    return Meaning(day, TIME_SAID if hour or minute or second else None)


def _of_day(plain: str, today: date, column: Iterable[object], *, is_as_of: bool) -> Meaning:
    whole = _FULL.fullmatch(plain) or _PACKED.fullmatch(plain)
    if whole is not None:
        return Meaning(read_day("-".join(whole.groups())))
    english = _ENGLISH.fullmatch(plain)
    if english is not None:
        word, number = (english[1], english[2]) if english[1] else (english[4], english[3])
        if word[:3].lower() in _MONTHS:
            return Meaning(read_day(f"{english[5]}-{_MONTHS.index(word[:3].lower()) + 1}-{number}"))
    chinese = _CHINESE_DAY.fullmatch(plain)
    if chinese is not None and not plain[:4].isdigit():
        parts = [
            chinese_number(part) if not part.isdigit() else int(part) for part in chinese.groups() if part
        ]
        return _of_day("-".join(str(part) for part in parts), today, column, is_as_of=is_as_of)
    month = _MONTH.fullmatch(plain) or _PACKED_MONTH.fullmatch(plain)
    if month is not None and 1 <= int(month[2]) <= 12:
        first = date(int(month[1]), int(month[2]), 1)
        if is_as_of:
            raise unclear(Text("只写到月。是哪一天？", "A month alone. Which day?"), _ends(first))
        return Meaning(first, MONTH_SAID)
    year = _ONLY_YEAR.fullmatch(plain)
    if year is not None and int(year[1]) > 0:
        raise unclear(
            Text("只写到年。是哪一天？", "A year alone. Which day?"), (f"{year[1]}-01-01", f"{year[1]}-12-31")
        )
    return _short(plain, today, column)


def _short(plain: str, today: date, column: Iterable[object]) -> Meaning:
    last = _YEAR_LAST.fullmatch(plain)
    if last is not None:
        one, two, year = (int(part) for part in last.groups())
        days = [day for day in (_made(year, two, one), _made(year, one, two)) if day is not None]
        days = list(dict.fromkeys(days))
        if len(days) == 1:
            return Meaning(days[0], ORDER_SAID)
        if days:
            raise unclear(
                Text("日在前还是月在前？", "Does the day stand first, or the month?"),
                [day.isoformat() for day in days],
            )
    short = _SHORT.fullmatch(plain)
    if short is not None:
        found = _made(2000 + int(short[1]), int(short[2]), int(short[3]))
        if found is not None and _year_first(column, today) and found <= _latest(today):
            return Meaning(found, SHORT_SAID)
        parts = [int(part) for part in short.groups()]
        others = {_made(2000 + parts[a], parts[b], parts[c]) for a, b, c in ((0, 1, 2), (2, 1, 0), (2, 0, 1))}
        raise unclear(
            Text(
                "年份只写两位，看不出次序。是哪一天？",
                "A year in two digits, in no certain order. Which day?",
            ),
            sorted(day.isoformat() for day in others if day is not None),
        )
    bare = _NO_YEAR.fullmatch(plain)
    if bare is not None:
        found = _made(today.year, int(bare[1]), int(bare[2]))
        raise unclear(
            Text("没有写年份。", "The year is missing."), () if found is None else (found.isoformat(),)
        )
    several = [
        f"{y}-{int(m):02}-{int(d):02}"
        for y, m, d in re.findall(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})", plain)
    ]
    if several:
        raise unclear(
            Text("不止写了一天。取哪一天？", "There is more than a day. Which one is meant?"),
            tuple(dict.fromkeys(several)),
        )
    if re.search(r"\d", plain):
        raise unclear(_NO_DAY)
    raise InvalidInput(_NO_DAY)


def _year_first(column: Iterable[object], today: date) -> bool:
    """Whether every short day of a column can be read with its year first, and none is written year last."""
    for cell in column:
        if not isinstance(cell, str):
            continue
        plain = squeezed(cell)
        if _YEAR_LAST.fullmatch(plain) is not None:
            return False
        short = _SHORT.fullmatch(plain)
        if short is not None:
            found = _made(2000 + int(short[1]), int(short[2]), int(short[3]))
            if found is None or found > _latest(today):
                return False
    return True


def _latest(today: date) -> date:
    return date(today.year + 1, 12, 31)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _ends(first: date) -> tuple[str, str]:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.isoformat(), (following - timedelta(days=1)).isoformat()
