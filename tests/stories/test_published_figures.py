"""The sources' published figures, read off the program's own tables (reference 5, last paragraph)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import NamedTuple

import pytest
import shapely

from app.coverage.engine import CoverageEngine
from app.coverage.results import Coverage, Figures, Query
from app.domain.dataset import Dataset
from app.domain.record import Record
from app.sample.make import make_sample
from app.services.profile.profiles import load_profile
from geo.crs import zone_for

DAYS = (date(2023, 1, 1), date.today(), date(2031, 6, 30))  # noqa: DTZ011  # the day a user asks on
LEVELS = ("district", "street", "community", "grid")

pytestmark = [
    pytest.mark.story,
    pytest.mark.parametrize("day", DAYS, ids=["first", "today", "later"]),
]


class City(NamedTuple):
    dataset: Dataset
    engine: CoverageEngine

    def ask(self, measure: str, by: str, day: date, **more: object) -> Coverage:
        return self.engine.coverage(Query(measure=measure, by=by, as_of=day, **more))  # type: ignore[arg-type]

    def total(self, measure: str, by: str, day: date, **more: object) -> Figures:
        return self.ask(measure, by, day, **more).total.figures

    def row(self, unit: str, measure: str, by: str, day: date, **more: object) -> Figures:
        return next(row for row in self.ask(measure, by, day, **more).rows if row.unit == unit).figures


@cache
def city(profile: str) -> City:
    records: dict[str, dict[str, Record]] = {}
    for record in make_sample(profile).records:
        records.setdefault(record.kind, {})[record.code] = record
    dataset = Dataset(records)
    west, _, east, _ = shapely.total_bounds([r.geometry for r in dataset.of("districts").values()])
    return City(dataset, CoverageEngine(dataset, load_profile(profile), zone_for((west + east) / 2)))


def of_known(figures: Figures) -> tuple[float, float]:
    """Return covered and total of a figure in which nothing is unknown, so that its rate is the published one."""
    assert figures.unknown == 0
    assert figures.rate == figures.low == figures.high == figures.covered / figures.total
    return figures.covered, figures.total


@pytest.mark.parametrize("by", LEVELS)
def test_that_yaohai_has_474_branches_in_596_grids(by: str, day: date) -> None:
    assert of_known(city("yaohai").total("grid_branch", by, day)) == (474, 596)


def test_that_every_compound_of_heping_road_has_a_party_group(day: date) -> None:
    yaohai = city("yaohai")
    assert of_known(yaohai.row("340102008", "party", "street", day)) == (48, 48)
    groups = {
        yaohai.dataset.find(attachment.text("organisation")).text("type")  # type: ignore[union-attr]
        for compound in yaohai.dataset.of("compounds").values()
        if compound.get("street") == "340102008"
        for attachment in yaohai.dataset.attachments_to(compound.code)
    }
    assert groups == {"group"}


def test_that_every_old_compound_of_heping_road_is_served(day: date) -> None:
    assert of_known(city("yaohai").row("340102008", "property", "street", day, kind="old")) == (28, 28)


def test_that_every_compound_of_heping_road_has_a_property_office(day: date) -> None:
    offices = [
        station.text("compound")
        for station in city("yaohai").dataset.in_force("stations", day)
        if station.get("kind") == "property_office"
    ]
    assert len(set(offices)) == len(offices) == 48


def test_that_yaohai_counts_560_compounds_by_kind_and_84_scattered_buildings_apart(day: date) -> None:
    yaohai = city("yaohai")
    totals = {
        kind: yaohai.total("party", "street", day, kind=kind).total
        for kind in ("commercial", "resettlement", "old", "unknown", "scattered")
    }
    assert totals == {"commercial": 210, "resettlement": 36, "old": 314, "unknown": 0, "scattered": 84}
    assert yaohai.total("party", "street", day).total == 560


@pytest.mark.parametrize("by", LEVELS)
def test_that_jinjiang_serves_1028_of_1210_compounds_99_more_than_in_2020(by: str, day: date) -> None:
    answer = city("jinjiang").ask("property", by, day, against=date(2020, 12, 31))
    assert of_known(answer.total.figures) == (1028, 1210)
    assert answer.total.before is not None
    assert (answer.total.before.covered, answer.total.before.total) == (1028 - 99, 1210)


@pytest.mark.parametrize("by", LEVELS)
def test_that_all_96_three_no_courtyards_of_jinjiang_are_served(by: str, day: date) -> None:
    answer = city("jinjiang").ask("three_no_served", by, day)
    assert of_known(answer.total.figures) == (96, 96)
    assert answer.base_unknown == 0
    if by == "street":
        assert sum(row.figures.total > 0 for row in answer.rows) == 6


@pytest.mark.parametrize("by", LEVELS)
def test_that_jinjiangs_777_old_compounds_have_a_party_organisation_and_378_a_firm_with_one(
    by: str, day: date
) -> None:
    jinjiang = city("jinjiang")
    assert of_known(jinjiang.total("party", by, day, kind="old")) == (777, 777)
    figures = jinjiang.total("firm_party", by, day, kind="old")
    assert of_known(figures) == (378, 777)
    assert figures.rate is not None
    assert round(100 * figures.rate, 1) == 48.6  # the source prints 48.7: no whole number of 777 gives it


@pytest.mark.parametrize("by", LEVELS)
def test_that_105_firms_of_jinjiang_have_a_party_organisation(by: str, day: date) -> None:
    assert city("jinjiang").total("firms_with_party", by, day).covered == 105


def test_that_jinjiang_has_332_service_positions(day: date) -> None:
    kinds = Counter(station.text("kind") for station in city("jinjiang").dataset.in_force("stations", day))
    assert kinds["service_position"] == 332


@pytest.mark.parametrize("by", LEVELS)
def test_that_quzhou_matched_118541_of_164253_households(by: str, day: date) -> None:
    figures = city("quzhou").total("platform", by, day)
    assert of_known(figures) == (118_541, 164_253)
    assert figures.rate is not None
    assert round(100 * figures.rate, 1) == 72.2


def test_that_all_43_eligible_compounds_of_qujiang_have_a_functional_branch(day: date) -> None:
    assert of_known(city("quzhou").row("330803", "functional_branch", "district", day)) == (43, 43)
    assert of_known(city("quzhou").total("functional_branch", "district", day)) == (43, 43)
