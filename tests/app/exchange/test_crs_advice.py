"""Coordinates in tables and layers without a system: what the numbers say by themselves is proposed, and read so when told."""

from __future__ import annotations

import zipfile

import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame

from app.errors import InvalidInput
from tests.app.exchange import qinglan

POINTS = [(117.22518, 31.90464), (117.23047, 31.90463), (117.23575, 31.90462), (117.24104, 31.90461)]
ADVICE = {
    "经纬度": "这些数是度，落在青岚区：用 --crs EPSG:4490",
    "XY坐标": "这些数是米，落在青岚区：用 --crs EPSG:4548",
    "带号": "东坐标带着 39 带的带号：EPSG:4527，落在青岚区：用 --crs EPSG:4527",
    "经度纬度": "这些数是度，落在青岚区：用 --crs EPSG:4490",
}


def middles(plan):
    shapes = [cell.after for row in plan.rows for cell in row.cells if cell.field == "geometry"]
    return [(shape.centroid.x, shape.centroid.y) for shape in shapes]


@pytest.mark.parametrize("layer", ADVICE)
def test_that_each_way_of_writing_places_is_named_and_gives_the_same_points(planned, layer):
    with pytest.raises(InvalidInput) as refused:
        planned("place_columns.xlsx", layer=layer)
    assert ADVICE[layer] in refused.value.message.zh
    plan = planned("place_columns.xlsx", layer=layer, crs=ADVICE[layer].rpartition(" ")[2])
    assert plan.doubts == ()
    assert [pytest.approx(point, abs=1e-5) for point in POINTS] == middles(plan)
    if layer in ("XY坐标", "带号"):
        assert any("里是北坐标" in note.zh for note in plan.notes)


def test_that_what_the_user_says_of_the_axes_is_not_turned_round(planned):
    plan = planned(
        "place_columns.xlsx", layer="XY坐标", crs="EPSG:4548", mapping={"lon": "X坐标", "lat": "Y坐标"}
    )
    assert len(plan.doubts) == 4
    assert "--read-as swapped" in plan.place_notes()[0].zh


@pytest.fixture
def layer(tmp_path):
    """Return a function that writes a zipped Shapefile of one square with a .prj as given, None for none."""

    def write(square, prj):
        frame = GeoDataFrame({"name": ["甲院"]}, geometry=[shapely.box(*square)], crs=4490)
        pyogrio.write_dataframe(frame, tmp_path / "a.shp", encoding="UTF-8")
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
            for part in tmp_path.glob("a.*"):
                if part.suffix not in (".prj", ".zip"):
                    zipped.write(part, part.name)
            if prj is not None:
                zipped.writestr("a.prj", prj)
        return tmp_path / "a.zip"

    return write


@pytest.mark.parametrize(
    ("square", "advice"),
    [
        ((117.23, 31.90, 117.231, 31.901), "没有 .prj）。这些数是度，落在青岚区：用 --crs EPSG:4490"),
        ((31.90, 117.23, 31.901, 117.231), "用 --read-as swapped"),
        ((521300, 3531300, 521400, 3531400), "这些数是米，落在青岚区：用 --crs EPSG:4548"),
        ((39521300, 3531300, 39521400, 3531400), "用 --crs EPSG:4527"),
        (
            (3531300, 521300, 3531400, 521400),
            "北坐标写在前，落在青岚区：用 --crs EPSG:4548 --read-as swapped",
        ),
        ((10.0, 10.0, 10.1, 10.1), "用 --crs 写明"),
    ],
)
def test_that_a_layer_without_a_prj_is_told_what_its_numbers_are(planned, layer, square, advice):
    with pytest.raises(InvalidInput) as refused:
        planned(layer(square, None))
    assert advice in refused.value.message.zh


def test_that_a_prj_in_the_newer_form_is_read_and_another_is_quoted(planned, layer):
    assert planned("prj_in_wkt2.zip").counts["create"] == 4
    with pytest.raises(InvalidInput, match="读不懂：'MYCITY local grid 2005'"):
        planned(layer((1000, 1000, 1100, 1100), "MYCITY local grid 2005"))
    with pytest.raises(InvalidInput, match="这些数是度"):
        planned(layer((117.23, 31.90, 117.231, 31.901), " "))


def test_that_a_shifted_datum_in_a_heading_is_heard(planned, tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("小区名称,高德经度,高德纬度\n甲院,117.2301,31.9051\n", "utf-8")
    with pytest.raises(InvalidInput, match="--datum gcj02"):
        planned(source, mapping={"lon": "高德经度", "lat": "高德纬度"})
    asked = planned(source, mapping={"lon": "高德经度", "lat": "高德纬度"}, crs="EPSG:4490")
    assert asked.asked_datum is not None


def test_that_a_utf8_shapefile_gives_its_households_too(planned):
    plan = planned("utf8_headings_cut.zip")
    found = [{cell.field: cell.after for cell in row.cells} for row in plan.rows]
    assert [(row["name"], row["households"]) for row in found] == [
        ("水杉院", 71), ("银杉院", 72), ("红杉院", 73), ("冷杉院", 74)
    ]  # fmt: skip


METRES = {
    "39521362.11 3531300.24": "EPSG:4527",
    "3531300.24，521362.11": "EPSG:4548",
    "X:3531300.24 Y:521362.11": "EPSG:4548",
}


@pytest.mark.parametrize("written", METRES)
def test_that_metres_in_one_cell_are_told_what_they_are_and_read(written):
    table = (("小区名称", "中心点坐标"), ("甲院", written))
    data = qinglan.dataset(*qinglan.compounds())
    with pytest.raises(InvalidInput, match=f"用 --crs {METRES[written]}"):
        qinglan.sheet_plan(data, "compounds", *table)
    plan = qinglan.sheet_plan(data, "compounds", *table, crs=METRES[written])
    assert middles(plan) == [pytest.approx((117.22584, 31.90464), abs=1e-5)]


def test_that_a_map_that_shifts_places_in_the_headings_is_named_with_its_option():
    table = (("小区名称", "高德经度", "高德纬度"), ("甲院", 117.226, 31.904))
    with pytest.raises(InvalidInput, match="用 --datum gcj02"):
        qinglan.sheet_plan(qinglan.dataset(*qinglan.compounds()), "compounds", *table)


def test_that_an_older_system_is_never_advised_to_be_read_as_the_present_one(planned, layer):
    older = 'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    with pytest.raises(InvalidInput, match="请测绘部门转成 CGCS2000") as refused:
        planned(layer((117.23, 31.90, 117.231, 31.901), older))
    assert "--crs" not in refused.value.message.zh
