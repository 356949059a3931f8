"""Our projection against PROJ's, and there and back again."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from geo.crs import zone_for


@pytest.mark.parametrize("meridian", [75, 105, 117, 120, 135])
def test_that_points_within_six_degrees_fall_where_proj_puts_them(meridian):
    zone = zone_for(meridian)
    lon, lat = np.meshgrid(np.linspace(meridian - 6, meridian + 6, 61), np.linspace(-5, 56, 123))
    lonlat = np.column_stack([lon.ravel(), lat.ravel()])
    transformer = Transformer.from_crs("EPSG:4490", zone.epsg, always_xy=True)
    proj = np.column_stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]))
    assert np.abs(zone.xy(lonlat) - proj).max() < 1e-7  # metres
    back = np.column_stack(transformer.transform(proj[:, 0], proj[:, 1], direction="INVERSE"))
    assert np.abs(zone.lonlat(proj) - back).max() < 1e-12  # degrees


def test_that_there_and_back_is_the_same_place():
    zone = zone_for(117)
    lonlat = np.array([[117.31642, 31.87105], [116.0, 30.0], [118.49, 40.0], [117.0, 0.0]])
    assert np.abs(zone.lonlat(zone.xy(lonlat)) - lonlat).max() < 1e-13 * 180


def test_that_a_corner_falls_on_the_same_place_whatever_it_is_projected_with():
    zone = zone_for(117)
    some = np.random.default_rng(7)
    lonlat = np.column_stack([some.uniform(115, 119, 500), some.uniform(20, 45, 500)])
    together = zone.xy(lonlat)
    for length in (1, 2, 3, 5, 8, 17):
        parts = [zone.xy(lonlat[at : at + length]) for at in range(0, 500, length)]
        assert np.array_equal(np.vstack(parts), together)
