"""The days that people compare with, in words."""

from __future__ import annotations

from datetime import date

from app.domain.period import ONE_DAY, half_year_before
from app.text import Text
from ui.models import coverage_words as said


def usual_days(day: date, against: date | None) -> dict[date | None, Text]:
    """Return the days to compare ``day`` with, each with its words; None = no other day; ``against`` is always among them."""
    year_ago = day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
    year_end, month_end, half = (
        date(day.year - 1, 12, 31),
        day.replace(day=1) - ONE_DAY,
        half_year_before(day),
    )
    found: dict[date | None, Text] = {
        None: said.NO_COMPARISON,
        year_ago: Text(f"比去年今日 {year_ago}", f"a year ago {year_ago}"),
        year_end: Text(f"比上年末 {year_end}", f"last year's end {year_end}"),
        month_end: Text(f"比上月末 {month_end}", f"last month's end {month_end}"),
    }
    found.setdefault(half, Text(f"比上个半年末 {half}", f"last half-year's end {half}"))
    if against is not None:
        found.setdefault(against, Text(f"比 {against}", f"vs {against}"))
    return found
