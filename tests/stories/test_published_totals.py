"""The sources' published amounts, added up by the program on three days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.coverage.totals.answer import Asked
from app.coverage.totals.totals import totals
from tests.stories.test_published_figures import DAYS, city

pytestmark = [
    pytest.mark.story,
    pytest.mark.parametrize("day", DAYS, ids=["first", "today", "later"]),
]


def added_up(name: str, day: date, **options: Any) -> Any:
    return totals(city(name).engine, Asked(**{"by": "district", "as_of": day, **options})).as_json("zh")


@pytest.mark.system(27)
def test_that_trusteeship_employs_92_guards_34_cleaners_18_vehicles_for_22100_residents(day: date) -> None:
    total = added_up("yaohai", day, stage="trusteeship")["total"]
    assert [total["sums"][key]["sum"] for key in ("guards", "cleaners", "vehicles")] == [92, 34, 18]
    assert total["sums"]["residents"]["sum"] == 22_100
    assert total["sums"]["residents"]["known"] == total["sums"]["residents"]["of"] == 50
    assert total["records"]["compounds"]["count"] == 30
    assert total["records"]["buildings"]["scattered"]["yes"] == 20
    assert total["records"]["engagements"]["stage"] == {"trusteeship": 50}


@pytest.mark.system(4)
def test_that_1674_mediators_of_16_categories_handled_3221_cases(day: date) -> None:
    total = added_up("jinjiang", day)["total"]
    assert total["groups"]["mediators"] == {"sum": 1674, "keys": 16}
    handled = [row for row in total["records"]["cases"]["each"] if row["state"] in ("answered", "closed")]
    assert sum(row["count"] for row in handled) == 3221


@pytest.mark.system(10)
@pytest.mark.system(22)
def test_that_compounds_are_counted_by_kind_and_hours_credited(day: date) -> None:
    yaohai = added_up("yaohai", day)["total"]["records"]
    assert yaohai["compounds"]["kind"] == {"commercial": 210, "old": 314, "resettlement": 36}
    assert yaohai["buildings"]["scattered"]["yes"] == 84
    jinjiang = added_up("jinjiang", day)["total"]["sums"]
    assert jinjiang["time_bank_hours"]["known"] == 64


@pytest.mark.system(13)
@pytest.mark.system(18)
def test_that_3300_buildings_and_62000_households_were_surveyed_and_113_departments_stand(day: date) -> None:
    total = added_up("quzhou", day, by="grid")["total"]
    assert (total["sums"]["building_surveyed"]["sum"], total["sums"]["building_surveyed"]["known"]) == (
        62_000,
        3_300,
    )
    assert total["records"]["departments"]["count"] == 113


@pytest.mark.system(31)
def test_that_97_percent_of_owners_are_satisfied(day: date) -> None:
    satisfied = added_up("jinjiang", day)["total"]["sums"]["owner_satisfaction"]
    assert satisfied["mean"] == pytest.approx(0.97)
