"""Which step the adoption dialog offers next, and how it reads amounts."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.adoption.stages import Moment
from app.services.profile.profiles import load_profile
from ui.dialogs.adoption.adopt_words import DONE, amounts_in, plan_words, proposal

ADOPTION = load_profile("yaohai").adoption
TODAY = date(2026, 11, 22)


def moment(what, first, last=None, code="E1", firm="F1", yuan=None):
    days = [None if day is None else date.fromisoformat(day) for day in (first, last)]
    return Moment(what=what, first=days[0], last=days[1], code=code, firm=firm, yuan=yuan)


VISIT = moment("visited", "2026-01-05", firm="")
TRIAL = moment("trial", "2026-02-01", "2026-04-30")
CONTRACT = moment("contract", "2026-05-01", code="E2")
YEARS = (
    moment("subsidised", "2026-05-01", "2027-04-30", "E2", yuan=2.0),
    moment("subsidised", "2027-05-01", "2028-04-30", "E2", yuan=1.0),
)


@pytest.mark.parametrize(
    ("way", "step", "day"),
    [
        ((), "visit", "2026-11-22"),
        ((VISIT,), "trial", "2026-11-22"),
        ((VISIT, TRIAL), "contract", "2026-05-01"),
        ((VISIT, TRIAL, CONTRACT), "subsidy", "2026-05-01"),
        ((VISIT, TRIAL, CONTRACT, *YEARS), "end_subsidy", "2027-05-01"),
        ((CONTRACT, moment("visited", "2026-06-01", firm="")), "subsidy", "2026-05-01"),
        ((moment("contract", "2024-01-01", "2025-12-31"),), "trial", "2026-11-22"),
        ((moment("contract", None, None),), "subsidy", "2026-11-22"),
        ((moment("fallback", "2026-01-01"),), DONE, "2026-11-22"),
        (
            (
                moment("contract", "2020-01-01"),
                moment("subsidised", "2020-01-01", "2022-12-31", yuan=1.0),
            ),
            DONE,
            "2026-11-22",
        ),
    ],
)
def test_that_the_step_offered_follows_the_last_one_taken(way, step, day):
    found = proposal(way, ADOPTION, TODAY)
    assert (found.step, found.day) == (step, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("30000 20000", [30000, 20000]),
        ("30000，20000、10000", [30000, 20000, 10000]),
        ("30,000 20,000, 1,500.5", [30000, 20000, 1500.5]),
        ("", []),
        ("3万", None),
    ],
)
def test_that_amounts_are_read_as_people_write_them(typed, read):
    assert amounts_in(typed) == read


def test_that_a_plan_is_told_year_by_year():
    assert plan_words(date(2026, 5, 1), [2000, 1000], "zh") == (
        "2026-05-01 – 2027-04-30 2,000；2027-05-01 – 2028-04-30 1,000；2028-05-01 起 0"
    )
