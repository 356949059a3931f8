"""Files for colleagues with a GIS: read back by GDAL, and by whoever else reads the format, every value is as it left."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import closing
from datetime import date

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from pyogrio import raw

from app.domain.leaving.sheets import sheets_of
from app.exchange.formats.zipped import parts_of
from app.exchange.layers.dictionary import fields_said, short_names, texts_said
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, Grounds, write_one
from app.services.bring_out.formats import WRITTEN
from app.services.registry.registry import Registry

DAY = date(2026, 11, 30)
FORMATS = ("gpkg", "geojson.zip", "shp.zip", "parquet", "kml")


@pytest.fixture(scope="module")
def written(yaohai_sample, tmp_path_factory):
    """Return one street's content as it was gathered, and the file of each format."""
    folder = tmp_path_factory.mktemp("gis")
    with closing(Registry.open(yaohai_sample)) as registry:
        formats = {each.name: each for each in WRITTEN if each.name in FORMATS}
        request = ExportRequest(as_of=DAY, by="grid")
        grounds = Grounds(registry, request, list(formats.values()), Ticket(), lowest="street")
        files, content = {}, {}
        for name, format_ in formats.items():
            files[name] = folder / f"out.{name}"
            content[name] = grounds.leaving("340102011", format_, Ticket())
            write_one(files[name], format_, content[name], Ticket())
    return content, files


def as_text(value):
    return None if value is None or value == "" or value != value else str(value)  # not a number


def is_like(read, left):
    """Whether a cell is what left: no value stays none, numbers to the last digits that the format writes."""
    if isinstance(left, int | float):
        return read is not None and float(read) == pytest.approx(left, rel=1e-13)
    return as_text(read) == as_text(left)


def compare(layer, columns, outlines, *, cm=0.0):
    """Compare what was read, by the columns' own names, with the layer that left; ``cm``: degrees that may be off."""
    for name in layer.column_names:
        left = layer.values(name)
        read = list(columns[name]) if name in columns else [None] * len(left)
        assert len(read) == len(left)
        assert [(r, w) for r, w in zip(read, left, strict=True) if not is_like(r, w)] == [], name
    read, left = (shapely.normalize(alone(shapes)) for shapes in (outlines, layer.outlines))
    assert list(shapely.is_missing(read)) == list(shapely.is_missing(left))
    assert (shapely.equals_exact(read, left, cm) | shapely.is_missing(left)).all()


def alone(outlines):
    """Return multi-polygons of one part as polygons: some formats know no difference."""
    found = np.empty(len(outlines), dtype=object)
    found[:] = [
        shape.geoms[0]
        if shape is not None and shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1
        else shape
        for shape in outlines
    ]
    return found


def read_raw(path, layer):
    meta, _, wkb, data = raw.read(str(path), layer=layer)
    return dict(zip(meta["fields"], data, strict=True)), shapely.from_wkb(wkb), meta


def test_that_the_geopackage_comes_back_whole_with_counts_whole_and_words_for_columns_and_codes(written):
    content, files = written
    leaving = content["gpkg"]
    for layer in leaving.layers.values():
        columns, outlines, meta = read_raw(files["gpkg"], layer.name)
        compare(layer, columns, outlines)
        assert meta["crs"] == "EPSG:4490"
    info = pyogrio.read_info(files["gpkg"], layer="grid")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert {types[name] for name in ("covered", "uncovered", "unknown", "total")} == {"OFTInteger64"}
    figures, _, _ = read_raw_table(files["gpkg"], "figures")
    ends = {
        (level, name): whole
        for level, name, whole in zip(figures["level"], figures["name"], figures["total"], strict=True)
        if name in ("未落格", "合计")
    }
    level = leaving.levels["grid"]
    assert ends["grid", "未落格"] == level.unplaced.total
    assert ends["grid", "合计"] == level.total.total
    styles, _, _ = read_raw_table(files["gpkg"], "layer_styles")
    assert set(styles["f_table_name"]) == set(leaving.layers)
    of_compounds = styles["styleQML"][list(styles["f_table_name"]).index("compound")]
    assert '<alias field="status" index="6" name="本指标"/>' in of_compounds
    assert 'name="未覆盖" value="uncovered"' in of_compounds


def read_raw_table(path, table):
    meta, _, _, data = raw.read(str(path), layer=table)
    return dict(zip(meta["fields"], data, strict=True)), None, meta


def test_that_the_geojson_zip_has_a_file_a_layer_with_its_ends(written):
    content, files = written
    leaving = content["geojson.zip"]
    parts = parts_of(files["geojson.zip"])
    assert {name for name in parts if name.endswith(".geojson")} == {
        f"{name}.geojson" for name in leaving.layers
    }
    for layer in leaving.layers.values():
        columns, outlines, _ = read_raw(f"/vsizip/{files['geojson.zip']}/{layer.name}.geojson", layer.name)
        compare(layer, columns, outlines, cm=6e-8)
    document = json.loads(parts["grid.geojson"])
    assert document["ends"]["grid"]["unplaced"]["total"] == leaving.levels["grid"].unplaced.total
    assert all(isinstance(feature["properties"]["covered"], int) for feature in document["features"])


def test_that_the_shapefiles_come_back_by_their_dictionary(written, tmp_path):
    content, files = written
    leaving = content["shp.zip"]
    with zipfile.ZipFile(files["shp.zip"]) as archive:
        archive.extractall(tmp_path)
    said = fields_said((tmp_path / "fields.csv").read_text("utf-8-sig"))
    assert all(len(field.encode()) <= 10 for _, field in said)
    for layer in leaving.layers.values():
        columns, outlines, meta = read_raw(tmp_path / f"{layer.name}.shp", layer.name)
        assert (meta["crs"], (tmp_path / f"{layer.name}.cpg").read_text()) == ("EPSG:4490", "UTF-8")
        named = {said[layer.name, field]: values for field, values in columns.items()}
        compare(layer, named, outlines)


def test_that_geoparquet_comes_back_by_geopandas_with_system_box_and_types(written):
    content, files = written
    leaving = content["parquet"]
    table = geopandas.read_parquet(files["parquet"])
    assert table.crs.to_epsg() == 4490
    for layer in leaving.layers.values():
        of_layer = table[table["layer"] == layer.name]
        columns = {
            name: [None if value is None or value != value else value for value in of_layer[name]]
            for name in layer.column_names
        }
        compare(layer, columns, of_layer.geometry.to_numpy())


def test_that_kml_comes_back_by_gdal_with_every_column_and_name(written):
    content, files = written
    leaving = content["kml"]
    for layer in leaving.layers.values():
        columns, outlines, _ = read_raw(files["kml"], leaving.say(layer.words))
        compare(layer, {**columns, "name": columns["Name"]}, shapely.force_2d(outlines))


@pytest.mark.parametrize("format_", FORMATS)
def test_that_the_same_content_gives_the_same_bytes(written, format_, tmp_path):
    content, files = written
    found = next(each for each in WRITTEN if each.name == format_)
    write_one(tmp_path / f"again.{format_}", found, content[format_], Ticket())
    assert (tmp_path / f"again.{format_}").read_bytes() == files[format_].read_bytes()


def test_that_short_names_are_short_plain_and_each_another_one_and_long_texts_are_kept_whole():
    names = ["code", "fact_defence_people", "fact_defence_hardware", "fact_defence_technical", "小区"]
    assert list(short_names(names).values()) == ["code", "__", "f_defence_", "f_defence2", "f_defence3"]
    said = io.StringIO("file,row,field,text\r\ngrid,3,name,长\r\n").read()
    assert texts_said(said) == {("grid", 3, "name"): "长"}


def test_that_a_digest_of_a_unit_is_that_of_its_own_file(written):
    content, _ = written
    assert sheets_of(content["gpkg"])["340102011"] != sheets_of(content["gpkg"])[""]
