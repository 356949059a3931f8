"""First day, last day, and the many ways in which people write a day."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from app.errors import InvalidInput
from app.text import Text

ONE_DAY = timedelta(days=1)
_WRITTEN = re.compile(
    r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*(?:[T ]00:00(?::00(?:\.0+)?)?)?\s*$"
)


def today() -> date:
    """Return the user's own day, by the clock of the machine."""
    return date.today()  # noqa: DTZ011 - the local day is meant


def half_year_before(day: date) -> date:
    """Return the last day of the half year that ended before a day: 30 June or 31 December."""
    return date(day.year, 6, 30) if day > date(day.year, 6, 30) else date(day.year - 1, 12, 31)


def is_in_force(first: date | None, last: date | None, day: date) -> bool:
    """Whether ``first <= day <= last``; an open end holds for ever."""
    return (first is None or first <= day) and (last is None or day <= last)


def periods_overlap(
    first_a: date | None, last_a: date | None, first_b: date | None, last_b: date | None
) -> bool:
    """Whether two closed periods share a day."""
    return (first_a is None or last_b is None or first_a <= last_b) and (
        first_b is None or last_a is None or first_b <= last_a
    )


def read_day(value: object) -> date:
    """Return the day that a person or a sheet wrote: a date, ``2022-03-01``, ``2022/3/1`` or ``2022年3月1日``.

    Raises
    ------
    InvalidInput
        If it is no day; the sentence proposes the likely right one where a part is out of range.

    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value)
    match = _WRITTEN.match(text)
    if match is None:
        raise InvalidInput(
            Text(
                f"看不懂日期 {text!r}。写成 2026-11-01 这样。",
                f"{text!r} is not a day. Write it like 2026-11-01.",
            )
        )
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        if not 1 <= month <= 12:
            likely = f"{year:04}-{11 if month > 12 else 1:02}-01"
            raise InvalidInput(
                Text(f"没有 {month} 月。写成 {likely}？", f"There is no month {month}. Write {likely}?")
            ) from None
        last = date(year + month // 12, month % 12 + 1, 1) - ONE_DAY if 1 <= year < 9999 else None
        likely_zh = f"写成 {last}？" if last is not None and day else ""
        likely_en = f" Write {last}?" if last is not None and day else ""
        raise InvalidInput(
            Text(
                f"{year} 年 {month} 月没有 {day} 日。{likely_zh}",
                f"{year}-{month:02} has no day {day}.{likely_en}",
            )
        ) from None
