"""Import: outlines and points, their systems and datums, and what is refused of them."""

from __future__ import annotations

import pytest
import shapely

from app.errors import InvalidInput
from app.services.edit import edit
from tests.app.bring_in.tables import (
    a_csv,
    a_geojson,
    assert_refused_unwritten,
    brought_in,
    plan,
)
from tests.app.builders import LAT, LON, square


def test_that_an_outline_finds_the_record_that_only_a_roster_named(registry, tmp_path):
    edit.add(registry, "compounds", {"code": "C7", "name": "只有名字"})
    path = a_geojson(tmp_path / "a.geojson", ({"name": "只有名字"}, square(0.015, 0.015)))
    made = plan(registry, path, "compounds")
    assert (made.rows[0].code, made.rows[0].action) == ("C7", "change")
    assert made.rows[0].cells[0].field == "geometry"


def test_that_an_outline_that_crosses_itself_is_refused_with_its_place(registry, tmp_path):
    bow = shapely.Polygon([(LON, LAT), (LON + 0.002, LAT + 0.002), (LON + 0.002, LAT), (LON, LAT + 0.002)])
    line = shapely.LineString([(LON, LAT), (LON + 0.1, LAT)])
    path = a_geojson(
        tmp_path / "a.geojson", ({"name": "a"}, square(0, 0)), ({"name": "b"}, bow), ({"name": "c"}, line)
    )
    problems = assert_refused_unwritten(registry, path, "compounds")
    assert [p.row for p in problems] == [2, 3]
    assert "117.301, 31.861" in problems[0].message.en
    assert "LineString" in problems[1].message.en


def test_that_z_is_dropped_and_a_single_part_unwrapped(registry, tmp_path):
    flat = square(0.015, 0.015)
    high = shapely.force_3d(shapely.MultiPolygon([flat]), 12.0)
    code = brought_in(registry, a_geojson(tmp_path / "a.geojson", ({"name": "a"}, high)), "compounds").codes[
        0
    ]
    assert registry.dataset.find(code).geometry.equals_exact(flat, 0)


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:2263", "foot"),
        ("EPSG:4214", "local parameters"),
        ("EPSG:99999", "No CRS"),
        ("EPSG:28992", "4490"),
        ("EPSG:5773", "geographic"),
    ],
)
def test_that_a_crs_that_can_not_be_converted_is_refused(registry, tmp_path, crs, words):
    path = a_geojson(tmp_path / "a.geojson", ({"name": "a"}, square(0, 0)))
    with pytest.raises(InvalidInput) as caught:
        plan(registry, path, "compounds", crs=crs)
    assert words in caught.value.message.en


def test_that_metres_come_in_by_their_crs(registry, tmp_path):
    place = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
    metres = registry.zone.to_metres([place])[0]
    path = a_geojson(tmp_path / "a.geojson", ({"name": "a"}, metres))
    assert "--crs" in plan(registry, path, "compounds").problems[0].message.en
    made = plan(registry, path, "compounds", crs=registry.zone.epsg)
    assert made.crs == registry.zone.epsg
    assert shapely.hausdorff_distance(made.rows[0].outline, place) < 1e-9


def test_that_swapped_coordinates_are_recognised(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["name", "lon", "lat"], ["a", LAT, LON])
    assert "swapped" in plan(registry, path, "compounds", crs="EPSG:4490").problems[0].message.en


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_that_a_shifted_datum_is_taken_back(registry, tmp_path, datum):
    from geo.datum import from_wgs84

    true = square(0.015, 0.015)
    shifted = shapely.transform(true, lambda p: from_wgs84(p, datum))
    path = a_geojson(tmp_path / "a.geojson", ({"name": "a"}, shifted))
    made = plan(registry, path, "compounds", datum=datum)
    assert made.datum == datum
    assert shapely.hausdorff_distance(made.rows[0].outline, true) < 1e-9
    with pytest.raises(InvalidInput):
        plan(registry, path, "compounds", datum="wgs72")
