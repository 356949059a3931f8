"""Terms of whole months and years: their last day, as a contract counts them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from app.domain.period import ONE_DAY


def last_of_months(first: date, months: int) -> date:
    """Return the last day of a term of so many months that begins on ``first``.

    It is the day before the same day of the month; where the month has no such day, its last one: three
    months from 30 November end on the last of February.
    """
    place = first.month - 1 + months
    year, month = first.year + place // 12, place % 12 + 1
    longest = monthrange(year, month)[1]
    return date(year, month, first.day) - ONE_DAY if first.day <= longest else date(year, month, longest)


def parted_in_years(first: date, count: int) -> list[tuple[date, date]]:
    """Return the first and last day of each of ``count`` years that follow one another from ``first``."""
    lasts = [last_of_months(first, 12 * (year + 1)) for year in range(count)]
    return list(zip([first, *(last + ONE_DAY for last in lasts)], lasts, strict=False))
