"""Layers of other programs: logs beside a GeoPackage, rows counted, headings that a Shapefile cuts."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import box

from app.errors import InvalidInput
from app.exchange.reader import list_layers, read_source


def a_frame(count=3, **columns):
    outlines = [box(117.31 + n / 500, 31.81, 117.311 + n / 500, 31.811) for n in range(count)]
    named = {"name": [f"图层{n}院" for n in range(count)]}
    return gpd.GeoDataFrame(columns or named, geometry=outlines, crs=4490)


def a_gpkg(path, count=3, layer="compound"):
    pyogrio.write_dataframe(a_frame(count), path, layer=layer, driver="GPKG")
    return path


def said(source):
    return " ".join(note.zh for note in source.notes)


@pytest.fixture
def caught_in_a_write(tmp_path):
    """Return a copy of a GeoPackage, with its log, taken while another program was writing all its rows."""
    path = a_gpkg(tmp_path / "busy.gpkg", 3000)
    (tmp_path / "copy").mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("PRAGMA cache_size = 5")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE compound SET name = 'never saved ' || name || ?", ("x" * 400,))
        for part in (path, path.with_name("busy.gpkg-journal")):
            shutil.copy(part, tmp_path / "copy" / part.name)
        connection.execute("ROLLBACK")
    return tmp_path / "copy" / "busy.gpkg"


def test_that_what_was_never_saved_is_not_read(caught_in_a_write):
    source = read_source(caught_in_a_write)
    assert len(source.rows) == 3000
    assert not [row for row in source.rows if "never saved" in str(row.cells)]
    assert "busy.gpkg-journal" in said(source)
    assert "上一次存好" in said(source)


def test_that_a_log_of_another_file_is_refused_by_its_name(caught_in_a_write, tmp_path):
    other = a_gpkg(tmp_path / "other.gpkg")
    log = bytearray(caught_in_a_write.with_name("busy.gpkg-journal").read_bytes())
    struct.pack_into(">I", log, 24, 1024)
    other.with_name("other.gpkg-journal").write_bytes(log)
    with pytest.raises(InvalidInput, match=r"other\.gpkg-journal"):
        read_source(other)


def test_that_a_write_ahead_log_is_used_and_a_foreign_one_is_refused(tmp_path):
    path = a_gpkg(tmp_path / "a.gpkg")
    (tmp_path / "copy").mkdir()
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE compound SET name = 'saved'")
        connection.commit()
        for part in (path, path.with_name("a.gpkg-wal")):
            shutil.copy(part, tmp_path / "copy" / part.name)
    source = read_source(tmp_path / "copy" / "a.gpkg")
    assert {row.cells[0] for row in source.rows} == {"saved"}
    assert "a.gpkg-wal" in said(source)
    (tmp_path / "copy" / "a.gpkg-wal").write_bytes(b"no log of this file")
    with pytest.raises(InvalidInput, match=r"a\.gpkg-wal"):
        read_source(tmp_path / "copy" / "a.gpkg")


def test_that_rows_are_counted_and_no_programs_note_of_them_is_believed(tmp_path):
    path = a_gpkg(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for _ in range(4):
            connection.execute(
                "INSERT INTO compound (geom, name) SELECT geom, 'more' FROM compound WHERE fid = 1"
            )
        connection.commit()
    assert len(read_source(path).rows) == 7
    assert [layer.rows for layer in list_layers(path)] == [7]


def test_that_a_row_written_over_in_an_attribute_table_is_one_row(tmp_path):
    import pandas as pd

    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"name": ["a", "b", "c"]}), path, layer="t", driver="GPKG")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT OR REPLACE INTO t (fid, name) VALUES (2, 'again')")
        connection.commit()
    assert [row.cells[0] for row in read_source(path).rows] == ["a", "again", "c"]


def test_that_a_style_is_never_data(tmp_path):
    path = a_gpkg(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)")
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'styles')"
        )
        connection.commit()
    assert read_source(path).layer == "compound"
    assert [layer.name for layer in list_layers(path)] == ["compound"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_that_a_heading_cut_inside_a_character_is_read_and_values_are_whole(planned, tmp_path, encoding):
    frame = a_frame(1, 小区名称=["截断甲院"], 登记户数=[71], 所属社区名=["990001001001"])
    pyogrio.write_dataframe(frame, tmp_path / "u8.shp", encoding=encoding)
    plan = planned(tmp_path / "u8.shp", mapping={"households": "登记户数"})
    cells = {cell.field: cell.after for cell in plan.rows[0].cells}
    assert (cells["name"], cells["households"]) == ("截断甲院", 71)
    if encoding == "UTF-8":
        assert plan.taken["name"] == "小区名"


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_that_a_value_as_wide_as_its_field_is_cut_where_a_character_ends(tmp_path):
    pyogrio.write_dataframe(a_frame(1, name=["长" * 100]), tmp_path / "u8.shp", encoding="UTF-8")
    assert set(read_source(tmp_path / "u8.shp").rows[0].cells[0]) == {"长"}


def test_that_an_encoding_against_what_the_file_says_is_doubted(faults, tmp_path):
    with pytest.raises(InvalidInput, match="utf-8"):
        read_source(faults / "utf8_headings_cut.zip", encoding="gb18030")
    assert said(read_source(faults / "utf8_headings_cut.zip", encoding="utf-8")) == ""
    pyogrio.write_dataframe(a_frame(1, name=["双字"]), tmp_path / "a.shp", encoding="UTF-8")
    source = read_source(tmp_path / "a.shp", encoding="gb18030")
    assert source.encoding == "gb18030"
    assert "utf-8" in said(source)


def test_that_the_shapefile_that_qgis_writes_comes_in(planned):
    plan = planned("utf8_headings_cut.zip", mapping={"households": "登记户"})
    cells = [{cell.field: cell.after for cell in row.cells} for row in plan.rows]
    assert [(c["name"], c["households"]) for c in cells] == [
        ("水杉院", 71), ("银杉院", 72), ("红杉院", 73), ("冷杉院", 74)
    ]  # fmt: skip


def with_ids(path, **features):
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": key, "properties": {"name": name}, "geometry": None}
            for key, name in features.items()
        ],
    }
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_that_the_id_of_a_feature_is_its_code_where_it_has_the_form_of_one(planned, tmp_path):
    path = with_ids(tmp_path / "a.geojson", **{"990001001001091": "甲网格", "990001001001092": "乙网格"})
    plan = planned(path, "grids")
    assert [row.code for row in plan.rows] == ["990001001001091", "990001001001092"]
    assert plan.taken["code"] == "id"
    path = with_ids(tmp_path / "b.geojson", **{"way/1": "甲院", "way/2": "乙院"})
    plan = planned(path)
    assert "code" not in plan.taken
    assert [left.column for left in plan.left_columns] == ["id"]
    assert [row.code for row in planned(path, mapping={"code": "id"}).rows] == [None, None]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_that_a_geopackage_without_a_system_is_told_so_in_its_own_words(planned, tmp_path):
    pyogrio.write_dataframe(
        a_frame().set_crs(None, allow_override=True), tmp_path / "a.gpkg", layer="x", driver="GPKG"
    )
    for srs in (None, -1, 0):
        if srs is not None:
            with closing(sqlite3.connect(tmp_path / "a.gpkg")) as connection:
                connection.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (srs,))
                connection.execute("UPDATE gpkg_contents SET srs_id = ?", (srs,))
                connection.commit()
        with pytest.raises(InvalidInput) as caught:
            planned(tmp_path / "a.gpkg")
        assert "GeoPackage" in caught.value.message.zh
        assert ".prj" not in caught.value.message.zh


@pytest.mark.parametrize(
    ("name", "words"),
    [("elevation.gpkg", "没有矢量图层"), ("emp ty.gpkg", "没有矢量图层"), ("gdal_sample.gpkg", "--layer")],
)
def test_that_a_geopackage_that_gdal_stumbles_over_is_told_in_our_words(shared_data, name, words):
    with pytest.raises(InvalidInput) as caught:
        read_source(shared_data / "06_gpkg/ogc_ets" / name)
    assert words in caught.value.message.zh
    assert "/" not in caught.value.message.zh.removeprefix(name)


def test_that_a_surface_of_triangles_is_called_so(shared_data):
    defect = read_source(shared_data / "05_messy/fiona_shp/test_tin.shp").rows[0].defect
    assert "TIN" in defect.zh
    assert "Exception" not in defect.zh
