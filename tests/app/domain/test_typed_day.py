"""Days as hands type them, and the likely right one for what is none."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.days.typed_day import read_typed_day
from app.errors import InvalidInput

NOW = date(2026, 11, 30)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-07-01",
        "2026年7月1日",
        "2026年7月1号",
        "2026.7.1",
        "20260701",
        "2026/7/1",
        "２０２６年７月１日",
        "2026。7。1",
        "2026—7—1",
        "2026、7、1",
        "2026 7 1",
        "  2026-07-01 ",
        "二〇二六年七月一日",
        "1 July 2026",
        "Jul 1, 2026",
        "1st July 2026",
    ],
)
def test_that_a_day_is_read_however_people_write_it(typed):
    assert read_typed_day(typed, NOW) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("今天", "2026-11-30"),
        ("昨天", "2026-11-29"),
        ("前天", "2026-11-28"),
        ("月初", "2026-11-01"),
        ("本月底", "2026-11-30"),
        ("上月初", "2026-10-01"),
        ("上月末", "2026-10-31"),
        ("上个月底", "2026-10-31"),
        ("年初", "2026-01-01"),
        ("年末", "2026-12-31"),
        ("去年末", "2025-12-31"),
        ("上年末", "2025-12-31"),
        ("去年今天", "2025-11-30"),
        ("上季度末", "2026-09-30"),
        ("30天前", "2026-10-31"),
        ("3个月前", "2026-08-30"),
        ("today", "2026-11-30"),
        ("Yesterday", "2026-11-29"),
        ("year start", "2026-01-01"),
        ("start of the year", "2026-01-01"),
        ("end of last month", "2026-10-31"),
        ("last year's end", "2025-12-31"),
    ],
)
def test_that_words_for_days_mean_those_days(typed, day):
    assert read_typed_day(typed, NOW).isoformat() == day


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-13-01", "没有 13 月。写成 2026-11-01？"),
        ("2026-06-31", "2026 年 6 月没有 31 日。写成 2026-06-30？"),
        ("20260230", "2026 年 2 月没有 30 日。写成 2026-02-28？"),
        ("30/06/2024", "年份写在前面。写成 2024-06-30？"),
        ("7月1日", "没有写哪一年。写成 2026-07-01？"),
        ("26-7-1", "年份写四位。写成 2026-07-01？"),
        ("260701", "年份写四位。写成 2026-07-01？"),
        ("2026-7", "没有写哪一日。写成 2026-07-01？"),
        ("2026", "没有写月和日。写成 2026-01-01？"),
        ("那天", "看不懂日期 '那天'。写成 2026-11-01 这样。"),
    ],
)
def test_that_what_is_no_day_is_answered_with_the_likely_one(typed, said):
    with pytest.raises(InvalidInput) as refused:
        read_typed_day(typed, NOW)
    assert refused.value.message.zh == said


def test_that_a_month_that_is_shorter_gives_its_last_day():
    assert read_typed_day("1个月前", date(2026, 3, 31)) == date(2026, 2, 28)
    assert read_typed_day("去年今天", date(2024, 2, 29)) == date(2023, 2, 28)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_that_every_day_comes_back_from_each_way_of_writing_it(day):
    for form in (
        "{0:04}-{1:02}-{2:02}",
        "{0}年{1}月{2}日",
        "{0:04}{1:02}{2:02}",
        "{0}.{1}.{2}",
        "{0} / {1} / {2}",
    ):
        assert read_typed_day(form.format(day.year, day.month, day.day), NOW) == day


@given(st.text(max_size=20))
def test_that_nothing_typed_ends_otherwise_than_in_a_day_or_a_sentence(typed):
    with suppress(InvalidInput):
        assert isinstance(read_typed_day(typed, NOW), date)
