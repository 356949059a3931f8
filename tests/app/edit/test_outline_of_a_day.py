"""An edit of an outline is a correction, or holds from a day on; outlines of older days stay either way."""

from __future__ import annotations

from datetime import date

import pytest
from shapely.affinity import scale

from app.services.edit import edit
from tests.app.builders import a_small_registry

OLD, LATER, LAST = date(2020, 1, 1), date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def outlines(registry):
    record = registry.find("C1")
    return [record.geometry_on(day) for day in (OLD, LATER, LAST)]


def test_that_a_change_from_a_day_keeps_the_old_outline_for_the_days_before_and_a_correction_touches_no_older_one(
    registry,
):
    first = registry.find("C1").geometry
    second, third, fourth = (scale(first, by, by) for by in (0.9, 0.8, 0.7))
    edit.set_values(registry, ["C1"], {"geometry": second})  # was drawn wrongly all along
    assert outlines(registry) == [second] * 3
    edit.set_values(registry, ["C1"], {"geometry": third}, since=LATER)
    assert outlines(registry) == [second, third, third]
    edit.set_values(registry, ["C1"], {"geometry": fourth})
    assert outlines(registry) == [second, fourth, fourth]
    edit.set_values(registry, ["C1"], {"geometry": first}, since=LAST)
    assert outlines(registry) == [second, fourth, first]
    for before in ([second, fourth, fourth], [second, third, third], [second] * 3, [first] * 3):
        registry.undo()
        assert outlines(registry) == before


def test_that_a_change_until_a_day_gives_the_outline_back_afterwards(registry):
    first = registry.find("C1").geometry
    other = scale(first, 0.5, 0.5)
    edit.set_values(registry, ["C1"], {"geometry": other}, since=LATER, until=date(2025, 6, 1))
    assert outlines(registry) == [first, other, first]
