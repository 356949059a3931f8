"""Places that nobody can have meant: said at every door, offered to be read otherwise, found afterwards, never moved."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from app.domain.period import today
from app.errors import InvalidInput
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.check.check import check
from app.services.edit import edit
from app.services.edit.edit import read_otherwise
from app.services.registry.place_warnings import warning_about
from app.services.registry.registry import Registry
from geo.crs import Zone
from tests.app.builders import LAT, LON, a_small_registry, an_empty_registry, square


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def a_csv(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def a_shapefile(path, shapes, epsg):
    """Write outlines as they are under the ``.prj`` of ``epsg``."""
    names = np.array([f"小区{n}" for n in range(len(shapes))], dtype=object)
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[names],
        fields=["name"],
        geometry_type=shapes[0].geom_type,
        crs=f"EPSG:{epsg}",
        driver="ESRI Shapefile",
        encoding="UTF-8",
    )
    return path


def plan(registry, path, kind, **options):
    return plan_import(registry, ImportRequest(source=path, kind=kind, **options))


def found(registry, rule):
    return check(registry.dataset, registry.profile, registry.engine, registry.zone, today(), [rule])


def metres(shape, zone=117):
    return Zone(zone).to_metres([shape])[0]


def moved(shape, east=0.0, north=0.0, *, swapped=False):
    def by(pairs):
        pairs = pairs + np.array([east, north])
        return pairs[:, ::-1] if swapped else pairs

    return shapely.transform(shape, by)


HOME = [square(0.004, 0.004), square(0.014, 0.004)]
EASTINGS = [metres(shape) for shape in HOME]


# P1: a digit is lost


def test_that_a_lost_digit_is_a_note_and_then_a_finding(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv", ["name", "kind", "lon", "lat"], ["驿站甲", "grid_post", "17.30", "31.87"]
    )
    made = plan(registry, path, "stations", crs="EPSG:4490")
    assert made.counts["create"] == 1
    (note,) = made.place_notes()
    assert "17.3, 31.87" in note.zh
    assert "在中国以外" in note.zh
    assert "117.3, 31.87" in note.zh
    assert "第 1 行 驿站甲" in note.zh
    code = commit_import(registry, made).codes[0]
    (finding,) = found(registry, "far_away")
    assert finding.codes == (code,)
    assert "117.3, 31.87" in finding.message.zh
    assert "--" not in finding.message.zh + finding.message.en
    assert finding.measure["km"] > 9000


@pytest.mark.parametrize(
    ("lon", "lat", "meant"),
    [
        (137.3, 31.87, "117.3, 31.87"),
        (11.3, 31.87, "117.3, 31.87"),
        (117.3, 3.87, "117.3, 31.87"),
        (117.3, 21.87, "117.3, 31.87"),
    ],
)
def test_that_a_wrong_digit_is_said_and_put_right_by_one_step(registry, lon, lat, meant):
    changes = edit.add(
        registry, "stations", {"name": "站", "kind": "grid_post", "geometry": f"POINT({lon} {lat})"}
    )
    (warning,) = changes.warnings
    assert (warning.code, warning.column) == (changes.codes[0], "geometry")
    assert meant in warning.message.zh
    mended = read_otherwise(registry, warning, "坐标改正")
    assert not mended.warnings
    there = registry.find(changes.codes[0]).geometry
    assert (round(there.x, 6), round(there.y, 6)) == (117.3, 31.87)
    registry.undo(mended.change)
    assert registry.find(changes.codes[0]).geometry.x == lon


@pytest.mark.parametrize("place", ["137.3 31.86", "-20 10", "116.4 39.9", "127.3 31.86"])
def test_that_a_place_far_from_the_registry_is_written_as_given_and_said(registry, place):
    changes = edit.add(
        registry, "stations", {"name": "站", "kind": "grid_post", "geometry": f"POINT({place})"}
    )
    assert changes.change is not None
    (warning,) = changes.warnings
    assert warning.as_json("zh").keys() == {"file", "sheet", "row", "column", "code", "value", "message"}
    assert [f.codes[0] for f in found(registry, "far_away")] == [changes.codes[0]]


def test_that_a_grid_ten_degrees_off_is_far_from_its_parent_and_its_reading_is_its_parents(registry):
    values = {"community": "340102001001", "geometry": box(127.30, 31.86, 127.31, 31.87).wkt}
    changes = edit.add(registry, "grids", values)
    (warning,) = changes.warnings
    assert "临泉路社区" in warning.message.zh
    assert "117.305, 31.865" in warning.message.zh
    (finding,) = found(registry, "far_away")
    assert finding.codes == (changes.codes[0], "340102001001")


# exchanged axes


def test_that_exchanged_degrees_are_refused_with_the_reading_and_read_so_when_told(registry, tmp_path):
    swapped = f"POINT({LAT + 0.001} {LON + 0.001})"
    values = {"name": "站", "kind": "grid_post", "geometry": swapped}
    with pytest.raises(InvalidInput, match="写反") as caught:
        edit.add(registry, "stations", values)
    assert "--" not in caught.value.message.zh
    assert "--read-as swapped" in caught.value.problems[0].message.zh
    code = edit.add(registry, "stations", values, reading="swapped").codes[0]
    assert registry.find(code).geometry == Point(LON + 0.001, LAT + 0.001)
    path = a_csv(tmp_path / "a.csv", ["name", "lon", "lat"], ["甲", LAT + 0.002, LON + 0.002])
    made = plan(registry, path, "compounds", crs="EPSG:4490")
    assert made.counts["refuse"] == 1
    assert "--read-as swapped" in made.problems[0].message.zh
    assert made.reading.option == "--read-as swapped"
    again = plan(registry, path, "compounds", crs="EPSG:4490", read_as="swapped")
    assert again.counts["create"] == 1
    assert again.rows[0].outline == Point(LON + 0.002, LAT + 0.002)
    assert not again.doubts


def test_that_exchanged_degrees_that_are_a_place_are_written_and_said(tmp_path):
    registry = an_empty_registry(tmp_path)
    try:
        edit.add(
            registry,
            "districts",
            {"code": "653101", "name": "喀什市", "geometry": box(75.9, 39.3, 76.2, 39.6)},
        )
        changes = edit.add(
            registry, "stations", {"name": "站", "kind": "grid_post", "geometry": "POINT(39.47 75.99)"}
        )
        (warning,) = changes.warnings
        assert "--read-as swapped" in warning.message.zh
        read_otherwise(registry, warning, "坐标改正")
        assert registry.find(changes.codes[0]).geometry == Point(75.99, 39.47)
    finally:
        registry.close()


def test_that_exchanged_metres_in_a_shapefile_are_said_and_read_so_when_told(registry, tmp_path):
    swapped = [shapely.transform(shape, lambda p: p[:, ::-1]) for shape in EASTINGS]
    path = a_shapefile(tmp_path / "a.shp", swapped, 4548)
    made = plan(registry, path, "compounds")
    assert made.counts["create"] == 2
    assert [note.zh.count("--read-as swapped") for note in made.place_notes()] == [1, 1]
    assert "写反" in made.place_notes()[0].zh
    codes = commit_import(registry, made).codes
    doubts = [
        warning_about(registry.dataset, code) for code in codes
    ]  # they can still be put right afterwards
    assert [doubt.reading.meridian for doubt in doubts] == [117, 117]
    read_otherwise(registry, doubts[0])
    assert shapely.hausdorff_distance(registry.find(codes[0]).geometry, HOME[0]) < 1e-7
    registry.undo()
    registry.undo()
    again = plan(registry, path, "compounds", read_as="swapped")
    assert [
        shapely.hausdorff_distance(r.outline, h) < 1e-8 for r, h in zip(again.rows, HOME, strict=True)
    ] == [True] * 2
    assert again.doubts == ()
    table = [(shape.centroid.y, shape.centroid.x) for shape in EASTINGS]  # X is north
    sheet = a_csv(tmp_path / "a.csv", ["name", "X", "Y"], *(["甲", *pair] for pair in table))
    asked = {"mapping": {"lon": "X", "lat": "Y"}, "crs": "EPSG:4548"}
    assert plan(registry, sheet, "compounds", **asked).reading.is_swapped
    assert plan(registry, sheet, "compounds", **asked, read_as="swapped").doubts == ()


# the zone's number


@pytest.mark.parametrize(
    ("east", "under", "right", "words"),
    [
        (39_000_000, 4548, "EPSG:4527", "the eastings carry zone 39: EPSG:4527"),
        (39_000_000, 4528, "EPSG:4527", "the eastings carry zone 39: EPSG:4527"),
        (20_000_000, 4548, "EPSG:4498", "the eastings carry zone 20: EPSG:4498"),
        (0, 4527, "EPSG:4548", "the eastings carry no zone number: EPSG:4548"),
        (0, 4498, "EPSG:4509", "the eastings carry no zone number: EPSG:4509"),
        (0, 4549, "EPSG:4548", "read as EPSG:4548"),
        (39_000_000, 4490, "EPSG:4527", "the eastings carry zone 39: EPSG:4527"),
        (0, 4490, "EPSG:4548", "read as EPSG:4548"),
    ],
)
def test_that_the_number_of_the_zone_is_read_off_the_eastings(registry, tmp_path, east, under, right, words):
    path = a_shapefile(tmp_path / "a.shp", [moved(shape, east) for shape in EASTINGS], under)
    made = plan(registry, path, "compounds")
    told = [*(p.message.en for p in made.problems), *(note.en for note in made.place_notes())]
    assert words in told[0], told
    assert f"--read-as {right}" in told[0]
    assert made.reading.crs == right
    again = plan(registry, path, "compounds", read_as=right)
    assert again.counts["create"] == 2
    assert again.crs == right
    assert not again.doubts
    assert shapely.hausdorff_distance(again.rows[0].outline, HOME[0]) < 1e-7


def test_that_the_number_of_the_zone_is_told_in_an_empty_registry_too(tmp_path):
    registry = an_empty_registry(tmp_path)
    try:
        path = a_shapefile(tmp_path / "a.shp", [moved(shape, 39_000_000) for shape in EASTINGS], 4548)
        assert "带着 39 带的带号：EPSG:4527" in plan(registry, path, "compounds").problems[0].message.zh
    finally:
        registry.close()


def test_that_number_and_exchanged_axes_together_are_offered(registry, tmp_path):
    shapes = [moved(shape, 39_000_000, swapped=True) for shape in EASTINGS]
    path = a_shapefile(tmp_path / "a.shp", shapes, 4548)
    made = plan(registry, path, "compounds")
    assert made.reading.option == "--crs EPSG:4527 --read-as swapped"
    again = plan(registry, path, "compounds", crs="EPSG:4527", read_as="swapped")
    assert again.counts["create"] == 2
    assert not again.doubts


def test_that_degrees_labelled_metres_are_offered_as_degrees(registry, tmp_path):
    path = a_shapefile(tmp_path / "a.shp", HOME, 3857)
    made = plan(registry, path, "compounds")
    assert made.reading.option == "--read-as EPSG:4490"
    assert not plan(registry, path, "compounds", read_as="EPSG:4490").doubts


def test_that_a_geojson_of_metres_or_in_the_atlantic_is_said(registry, tmp_path):
    def written(shape):
        path = tmp_path / "a.geojson"
        feature = {
            "type": "Feature",
            "properties": {"name": "甲"},
            "geometry": shapely.geometry.mapping(shape),
        }
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
        return path

    far = plan(registry, written(box(-20, 10, -19.99, 10.01)), "compounds")
    assert far.counts["create"] == 1
    assert "在中国以外" in far.place_notes()[0].zh
    metres_in_degrees = plan(registry, written(EASTINGS[0]), "compounds")
    assert metres_in_degrees.reading.crs == "EPSG:4548"


@pytest.mark.parametrize("reading", ["gcj02", "bd09", "EPSG:4490", "SWAPPED"])
def test_that_every_reading_is_taken_by_add_and_set(registry, reading):
    from geo.datum import from_wgs84

    true = Point(LON + 0.003, LAT + 0.003)
    given = {
        "EPSG:4490": true,
        "SWAPPED": Point(true.y, true.x),
        **{d: shapely.transform(true, lambda p, d=d: from_wgs84(p, d)) for d in ("gcj02", "bd09")},
    }[reading]
    values = {"name": "站", "kind": "grid_post", "geometry": given.wkt}
    code = edit.add(registry, "stations", values, reading=reading).codes[0]
    assert registry.find(code).geometry.distance(true) < 1e-9
    edit.set_values(registry, [code], {"geometry": Point(LON, LAT).wkt})
    edit.set_values(registry, [code], {"geometry": given.wkt}, reading=reading)
    assert registry.find(code).geometry.distance(true) < 1e-9


@pytest.mark.parametrize("reading", ["", "gcj03", "EPSG:99999", "EPSG:2383", "4548"])
def test_that_another_reading_is_refused(registry, reading):
    with pytest.raises(InvalidInput):
        edit.add(
            registry,
            "stations",
            {"name": "站", "kind": "grid_post", "geometry": "POINT(1 1)"},
            reading=reading,
        )
    with pytest.raises(InvalidInput):
        edit.set_values(registry, ["C1"], {"name": "甲"}, reading="swapped")


# nothing is said where nothing is wrong


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    west=st.floats(-170, 170), south=st.floats(-80, 80), width=st.floats(0.001, 2), at=st.floats(0, 1),
    up=st.floats(0, 1), kind=st.sampled_from(["grids", "compounds", "stations", "buildings"]),
)  # fmt: skip
def test_that_a_record_in_its_own_parent_is_never_doubted(registry, west, south, width, at, up, kind):
    parent = edit.add(
        registry, "communities",
        {"code": "340102001777", "name": "社", "street": "340102001", "geometry": box(west, south, west + width, south + width)},
    )  # fmt: skip
    x, y = west + at * width, south + up * width
    shape = Point(x, y) if kind != "grids" else box(west, south, max(x, west + 1e-4), max(y, south + 1e-4))
    values = {"community": "340102001777", "geometry": shape, "name": "甲"}
    if kind == "stations":
        values["kind"] = "grid_post"
    changes = edit.add(registry, kind, values)
    assert changes.warnings == ()
    registry.undo(changes.change)
    registry.undo(parent.change)


def test_that_one_wrong_district_is_the_one_that_is_found(tmp_path, registry):
    for n in range(6):
        edit.add(registry, "compounds", {"name": f"{n}", "geometry": square(0.002 * n, 0.01)})
    changes = edit.add(
        registry, "districts", {"code": "340103", "name": "庐阳区", "geometry": box(17.2, 31.8, 17.3, 31.9)}
    )
    assert "117.25, 31.85" in changes.warnings[0].message.zh
    assert [f.codes[0] for f in found(registry, "far_away")] == ["340103"]
    edit.set_values(registry, ["340103"], {"geometry": box(117.2, 31.8, 117.3, 31.9)})
    assert found(registry, "far_away") == []


def test_that_the_samples_hold_nothing_far(yaohai_sample, tmp_path):
    path = tmp_path / "y.gpkg"
    shutil.copy(yaohai_sample, path)
    registry = Registry.open(path)
    try:
        assert found(registry, "far_away") == []
        assert found(registry, "zone_differs") == []
    finally:
        registry.close()


def test_that_a_zone_that_does_not_fit_is_found_in_words(registry):
    from app.services.registry.working_zone import zone_of_code
    from app.services.registry.zone_change import change_zone

    assert found(registry, "zone_differs") == []
    change_zone(registry, zone_of_code("EPSG:4549"), why="试")
    (finding,) = found(registry, "zone_differs")
    assert finding.codes == ("340102",)
    assert finding.measure == {"kept": 120, "fitting": 117}
    assert "EPSG" not in finding.message.zh + finding.message.en


def test_that_real_data_raises_no_doubt(tmp_path, shared_data):
    registry = an_empty_registry(tmp_path)
    hangzhou = shared_data / "02_hangzhou_osm"
    try:
        for path, kind, options in (
            (hangzhou / "outline_cnmaps_gcj02/330105.geojson", "districts", {"datum": "gcj02"}),
            (hangzhou / "residential_landuse_outside_xihu.geojson", "compounds", {}),
            (hangzhou / "outline_cnmaps_gcj02/330108.geojson", "districts", {"datum": "gcj02"}),
        ):
            made = plan(registry, path, kind, **options)
            assert made.doubts == ()
            assert commit_import(registry, made).change is not None
            assert found(registry, "far_away") == []
    finally:
        registry.close()
