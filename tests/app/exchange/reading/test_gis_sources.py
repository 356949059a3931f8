"""Strangers' KML, GeoParquet and zipped layers: read by what they say, refused with a sentence, calling nobody."""

from __future__ import annotations

import zipfile

import geopandas
import pytest
import shapely

from app.errors import InvalidInput
from app.exchange.reader import list_layers, read_source

MARK = """<Placemark><name>甲院</name><ExtendedData><Data name="户数"><value>120</value></Data>
<Data name="编号"><value>007</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>117.1,31.1,0 117.2,31.1,0 117.2,31.2,0 117.1,31.1,0</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark>"""
KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


def said(path):
    with pytest.raises(InvalidInput) as refused:
        read_source(path)
    return refused.value.message.zh


def test_that_folders_of_a_kml_are_layers_and_data_columns_keep_their_chinese_names(tmp_path):
    path = tmp_path / "a.kml"
    folders = "".join(f"<Folder><name>{name}</name>{MARK}</Folder>" for name in ("小区", "站点"))
    path.write_text(KML.format(folders), "utf-8")
    assert [(layer.name, layer.rows) for layer in list_layers(path)] == [("小区", 1), ("站点", 1)]
    source = read_source(path, layer="站点")
    assert (source.columns, source.rows[0].cells) == (("name", "户数", "编号"), ["甲院", "120", "007"])
    assert source.rows[0].outline.bounds == (117.1, 31.1, 117.2, 31.2)
    assert source.crs == "EPSG:4326"
    assert "2 个图层" in said(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (KML.format("<Placemark>"), "不是 XML"),
        (KML.format(""), "没有地标"),
        ('<!DOCTYPE kml [<!ENTITY a "b">]><kml >' + MARK + "</kml>", "实体"),
        ("<kml >" + "<Folder>" * 200, "太深"),
    ],
)
def test_that_a_kml_that_cannot_be_read_says_why(tmp_path, text, words):
    path = tmp_path / "a.kml"
    path.write_text(text, "utf-8")
    assert words in said(path)


def test_that_a_geoparquet_is_read_with_its_system_and_one_cut_off_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    table = geopandas.GeoDataFrame(
        {"名称": ["甲院", None], "户数": [120, 3]}, geometry=[shapely.box(0, 0, 1, 1), None], crs="EPSG:4548"
    )
    table.to_parquet(path)
    source = read_source(path)
    assert (source.columns, source.crs) == (("名称", "户数"), "EPSG:4548")
    assert [row.cells for row in source.rows] == [["甲院", 120], [None, 3]]
    assert [row.outline is None for row in source.rows] == [False, True]
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert "损坏" in said(path)
    path.write_bytes(
        whole.replace(
            b'"primary_column": "geometry", "columns": {"geometry"',
            b'"primary_column": "geometri", "columns": {"geometri"',
        )
    )
    assert "没有这一列" in said(path)
    path.write_bytes(whole[:4] + b"\xff" * 60 + whole[64:])
    assert said(path) == "a.parquet：内容不符合格式，读不了。文件可能损坏，重新导出一次。"


def test_that_a_zip_of_several_layers_is_asked_which_and_takes_all(tmp_path):
    path = tmp_path / "a.zip"
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"名称":"甲"}}]}'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/小区.geojson", text)
        archive.writestr("x/站点.geojson", text)
    assert [layer.name for layer in list_layers(path)] == ["小区", "站点"]
    assert "2 个图层" in said(path)
    assert [row.cells for row in read_source(path, layer="小区").rows] == [["甲"]]
    assert len(read_source(path, layer="all").rows) == 2
