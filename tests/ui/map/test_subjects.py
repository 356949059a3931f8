"""Measures of others than compounds on the map: stations by their badge, units at their own level."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtGui import QColor

from app.coverage.results import Query
from tests.app.coverage.builders import a_city, a_fact, an_engine
from ui.map.badges import BADGE_PX, badge, badge_inks, dot_colour
from ui.map.palette import DARK, LIGHT
from ui.map.style import level_filled, unit_fills

STATUSES = ("covered", "uncovered", "unknown", "left_out")


def pixels(image):
    view = np.frombuffer(image.constBits(), dtype=np.uint8)
    return view.copy()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_that_each_status_has_a_badge_of_its_own(qapp, palette):
    made = [pixels(badge("grid_post", palette, 1.0, status)).tobytes() for status in ("", *STATUSES)]
    assert len(set(made)) == 5
    assert len({dot_colour(palette, status) for status in ("", *STATUSES)}) == 5
    ground, pen, _ = badge_inks(palette, "unknown")
    assert (ground, bool(pen.dashPattern())) == (palette.paper, True)


def test_that_a_covered_station_stands_on_the_colour_of_covered(qapp):
    image = badge("grid_post", LIGHT, 1.0, "covered")
    middle = (BADGE_PX + 4) // 2
    assert image.pixelColor(middle, 4) == QColor(LIGHT.covered)


@pytest.mark.parametrize(
    ("by", "shown"),
    [("grid", "street"), ("community", "street"), ("street", "street"), ("district", "district")],
)
@pytest.mark.system(32)
def test_that_a_measure_of_streets_colours_streets_by_whatever_smaller_unit_is_asked(by, shown):
    engine = an_engine(*a_city(), a_fact("340102001", "safety_and_satisfaction", "0.97"))
    coverages = {
        level: engine.coverage(Query(measure="street_safety", by=level, as_of=date(2024, 6, 1)))
        for level in ("district", "street", "community", "grid")
    }
    assert level_filled(coverages, by) == shown
    assert any(fill.total for fill in unit_fills(coverages[level_filled(coverages, by)]).values())


def test_that_a_measure_of_compounds_colours_what_was_asked_for():
    assert level_filled({"grid": SimpleNamespace(subject="compound")}, "grid") == "grid"
    assert level_filled({}, "grid") == "grid"
