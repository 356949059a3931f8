"""Outlines as we keep them: nothing but what they bound, and equal if they bound the same."""

from __future__ import annotations

import shapely

from geo.repair import same_outline, tidied

SQUARE = shapely.box(117, 31, 117.1, 31.1)


def test_that_tidying_drops_z_unwraps_one_part_and_empties_to_none():
    two = shapely.MultiPolygon([SQUARE, shapely.box(118, 31, 118.1, 31.1)])
    high = shapely.force_3d(shapely.MultiPolygon([SQUARE]), 9.0)
    found = tidied([high, two, shapely.Polygon(), None])
    assert found[0].geom_type == "Polygon"
    assert not found[0].has_z
    assert found[1] is not None
    assert found[1].geom_type == "MultiPolygon"
    assert found[2] is None
    assert found[3] is None


def test_that_an_outline_is_the_same_whatever_vertex_and_wrapping_it_begins_with():
    turned = shapely.Polygon([*SQUARE.exterior.coords[2:-1], *SQUARE.exterior.coords[:3]])
    assert same_outline(SQUARE, shapely.MultiPolygon([turned]))
    assert not same_outline(SQUARE, shapely.transform(SQUARE, lambda p: p + 1e-7))
    assert not same_outline(SQUARE, None)
    assert same_outline(None, None)
