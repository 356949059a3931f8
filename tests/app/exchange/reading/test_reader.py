"""Strangers' files at the door: what is read, what is refused with a sentence, and that nothing hangs or calls out."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import struct
import zipfile

import pytest

from app.errors import InvalidInput
from app.exchange import reader
from app.exchange.reader import list_layers, read_source
from app.jobs import Cancelled, Ticket

SQUARE = {"type": "Polygon", "coordinates": [[[117, 31], [117.1, 31], [117.1, 31.1], [117, 31]]]}


def geojson(path, document):
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


def refusal(path, **options):
    with pytest.raises(InvalidInput) as caught:
        read_source(path, **options)
    assert caught.value.message.zh
    assert caught.value.message.en
    assert caught.value.problems[0].file == path.name
    return caught.value.message.en


def test_that_a_bare_geometry_with_properties_keeps_them(tmp_path):
    source = read_source(geojson(tmp_path / "a.geojson", {**SQUARE, "properties": {"adcode": "330105"}}))
    assert source.columns == ("adcode",)
    assert list(source.rows[0].cells) == ["330105"]
    assert source.rows[0].outline.area > 0
    assert source.crs == "EPSG:4326"


def test_that_a_crs_link_is_refused_and_never_followed(tmp_path):
    crs = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}}
    assert "--crs" in refusal(geojson(tmp_path / "a.geojson", {**SQUARE, "crs": crs}))


def test_that_a_named_crs_is_read(tmp_path):
    for name in ("urn:ogc:def:crs:EPSG::4548", "EPSG:4548", "urn:ogc:def:crs:EPSG:9.9:4548"):
        crs = {"type": "name", "properties": {"name": name}}
        assert read_source(geojson(tmp_path / "a.json", {**SQUARE, "crs": crs})).crs == "EPSG:4548"


def test_that_a_malformed_feature_is_named_by_its_row_and_the_others_are_read(tmp_path):
    bad = {"type": "Polygon", "coordinates": [[["x", 1], [2, 3]]]}
    features = [{"type": "Feature", "properties": {}, "geometry": g} for g in (SQUARE, bad, None)]
    source = read_source(geojson(tmp_path / "a.geojson", {"type": "FeatureCollection", "features": features}))
    assert [row.number for row in source.rows if row.defect] == [2]
    assert source.rows[0].outline is not None
    assert source.rows[2].outline is None


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "Topology"}',
        "[1, 2]",
        '{"type": "FeatureColl',
        '{"type": "Point", "coordinates": [NaN, 1]}',
        "[" * 100_000,
    ],
)
def test_that_json_that_is_no_geojson_gets_a_sentence(tmp_path, text):
    path = tmp_path / "a.geojson"
    path.write_text(text)
    assert refusal(path)


def test_that_only_regular_filled_files_of_known_kinds_are_opened(tmp_path):
    assert "folder" in refusal(tmp_path)
    assert "no such file" in refusal(tmp_path / "none.csv").lower()
    (tmp_path / "empty.gpkg").touch()
    assert "empty" in refusal(tmp_path / "empty.gpkg")
    (tmp_path / "a.gml").write_text("<gml/>")
    assert ".geojson" in refusal(tmp_path / "a.gml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_that_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "regular" in refusal(tmp_path / "pipe.csv")


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.zip", "a.parquet", "a.kml"])
def test_that_a_renamed_file_is_refused_by_its_first_bytes(tmp_path, name):
    path = tmp_path / name
    path.write_text("id,name\n1,a\n")
    assert "begins wrongly" in refusal(path)


def test_that_a_database_renamed_to_csv_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"SQLite format 3\0" + bytes(100))
    assert "extension" in refusal(path)


@pytest.mark.parametrize("part", [0.001, 0.3, 0.9, 0.999])
def test_that_a_cut_off_geopackage_is_refused(tmp_path, shared_data, part):
    whole = (shared_data / "06_gpkg/ogc_ets/states10.gpkg").read_bytes()
    path = tmp_path / "a.gpkg"
    path.write_bytes(whole[: max(int(len(whole) * part), 60)])
    assert "cut off" in refusal(path)


def test_that_a_damaged_geopackage_is_refused(tmp_path, shared_data):
    whole = bytearray((shared_data / "06_gpkg/ogc_ets/states10.gpkg").read_bytes())
    whole[4096 : 4096 * 20] = bytes(4096 * 19)
    path = tmp_path / "a.gpkg"
    path.write_bytes(whole)
    assert "damaged" in refusal(path)


def test_that_a_plain_sqlite_file_is_no_geopackage(tmp_path):
    connection = sqlite3.connect(tmp_path / "a.gpkg")
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()
    assert "gpkg_contents" in refusal(tmp_path / "a.gpkg")


def test_that_several_layers_are_listed_and_one_must_be_chosen(shared_data):
    path = shared_data / "06_gpkg/ogc_ets/null_geometry.gpkg"
    assert "--layer" in refusal(path)
    assert {layer.name for layer in list_layers(path)} == {"new_geopackage", "PointExamples"}
    source = read_source(path, layer="PointExamples")
    assert [row.outline is None for row in source.rows] == [True, False]
    assert "PointExamples" in refusal(path, layer="nothing")


@pytest.mark.parametrize("folder", ["gbk_shapefile_no_cpg", "derived_gbk_shapefile_ldid0_no_hint"])
def test_that_a_gbk_shapefile_without_a_hint_is_no_mojibake(shared_data, folder):
    source = read_source(shared_data / "05_messy" / folder / "shanghai_shp/区县界_area.shp")
    assert source.encoding == "gb18030"
    assert source.rows[0].cells[0] == "宝山区"


def test_that_a_wrong_cpg_is_noticed(tmp_path, shared_data):
    for part in (shared_data / "05_messy/gbk_shapefile_no_cpg/shanghai_shp").iterdir():
        shutil.copy(part, tmp_path / f"a{part.suffix}")
    (tmp_path / "a.cpg").write_text("UTF-8")
    source = read_source(tmp_path / "a.shp")
    assert source.rows[0].cells[0] == "宝山区"
    assert "cpg" in source.notes[0].en


def test_that_a_shapefile_without_its_parts_is_refused(tmp_path, shared_data):
    grid = shared_data / "04_shenzhen_fishnet/grid.shp"
    shutil.copy(grid, tmp_path / "grid.shp")
    assert ".shx" in refusal(tmp_path / "grid.shp")
    shutil.copy(grid.with_suffix(".shx"), tmp_path / "grid.shx")
    shutil.copy(grid.with_name("sz.dbf"), tmp_path / "grid.dbf")
    assert "9005 shapes" in refusal(tmp_path / "grid.shp")
    shutil.copy(grid.with_suffix(".dbf"), tmp_path / "grid.dbf")
    assert len(read_source(tmp_path / "grid.shp").rows) == 9005
    (tmp_path / "grid.shp").write_bytes(grid.read_bytes()[:-1000])
    assert "cut off" in refusal(tmp_path / "grid.shp")


def test_that_a_zipped_shapefile_is_read_under_names_of_ours(tmp_path, shared_data):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in (shared_data / "04_shenzhen_fishnet").glob("sz.*"):
            archive.write(part, f"../../evil/{part.name}")
    source = read_source(path)
    assert len(source.rows) == 10
    assert not (tmp_path.parent / "evil").exists()
    assert refusal(shared_data / "05_messy/pyshp/empty_zipfile.zip")


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_that_the_encoding_of_a_table_is_found(tmp_path, encoding, shown):
    path = tmp_path / "a.csv"
    path.write_bytes("小区名称,户数\n大关东三苑,412\n".encode(encoding))
    source = read_source(path)
    assert source.encoding == shown
    assert list(source.rows[0].cells) == ["小区名称", "户数"]


def test_that_a_wrong_or_unknown_encoding_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("小区".encode("gb18030"))
    assert "--encoding" in refusal(path, encoding="utf-8")
    assert "--encoding" in refusal(path, encoding="klingon")
    path.write_bytes(b"a,b\n\xff\xff\xff,1\n")
    assert "--encoding" in refusal(path)


def test_that_a_sheet_keeps_its_row_numbers_and_its_text_numbers(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "汇总"
    for row in ([], ["代码", "名称"], ["0012", "甲"], [340102001, "乙"]):
        book.active.append(row)
    book.active.cell(2, 1, "代码")
    book.save(tmp_path / "a.xlsx")
    source = read_source(tmp_path / "a.xlsx")
    assert source.sheet == "汇总"
    assert [row.cells[0] for row in source.rows if row.cells[1:] in (["甲"], ["乙"])] == ["0012", 340102001]
    assert "nothing" in refusal(tmp_path / "a.xlsx", layer="nothing")


def test_that_a_workbook_of_two_filled_sheets_asks_which(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["代码"])
    book.create_sheet("二").append(["代码"])
    book.create_sheet("空")
    book.save(tmp_path / "a.xlsx")
    assert "--layer" in refusal(tmp_path / "a.xlsx")
    assert read_source(tmp_path / "a.xlsx", layer="二").layer == "二"


def test_that_a_workbook_that_unpacks_to_gigabytes_stops_at_the_limit(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["代码"])
    book.save(tmp_path / "plain.xlsx")
    row = '<row r="{0}"><c r="XFD{0}" t="inlineStr"><is><t>x</t></is></c></row>'
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' + "".join(row.format(n) for n in range(2, 40_000))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in plain.namelist():
            is_sheet = name.endswith("sheet1.xml")
            text = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
            bomb.writestr(name, text if is_sheet else plain.read(name))
    assert path.stat().st_size < 1_000_000
    said = refusal(path)
    assert "memory" in said or "too large" in said


def test_that_a_reader_that_does_not_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "CPU_SECONDS", 0)
    assert "over 0 s" in refusal(geojson(tmp_path / "a.geojson", SQUARE))


def test_that_reading_can_be_cancelled(tmp_path):
    path = geojson(tmp_path / "a.geojson", SQUARE)
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        read_source(path, ticket=ticket)


def test_that_a_shape_of_an_unknown_type_is_a_defect_of_its_row(shared_data):
    source = read_source(shared_data / "05_messy/fiona_shp/test_tin.shp")
    assert source.rows[0].defect is not None


def test_that_a_short_shapefile_header_is_the_files_fault(tmp_path):
    (tmp_path / "a.shp").write_bytes(struct.pack(">I", 9994) + bytes(4))
    for ending in (".shx", ".dbf"):
        (tmp_path / f"a{ending}").write_bytes(bytes(120))
    assert refusal(tmp_path / "a.shp")
