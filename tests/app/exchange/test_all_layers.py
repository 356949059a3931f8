"""All layers of a GeoPackage come in as one plan, each row with its layer; columns that mean one field are one."""

from __future__ import annotations

import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame

from app.errors import InvalidInput


@pytest.fixture
def layers(tmp_path):
    """Return a function that writes a GeoPackage of two layers, with other headings and, if asked, in other systems."""

    def write(second=4490):
        for layer, heading, names, crs in (
            ("柳溪", "小区名称", ["甲院", "乙院"], 4490),
            ("松坪", "小区", ["丙院"], second),
        ):
            east = 117.231 if layer == "柳溪" else 117.241
            shapes = [
                shapely.box(east + at * 0.001, 31.915, east + at * 0.001 + 0.0005, 31.9155)
                for at in range(len(names))
            ]
            frame = GeoDataFrame({heading: names, "户数": 80}, geometry=shapes, crs=4490).to_crs(crs)
            pyogrio.write_dataframe(frame, tmp_path / "a.gpkg", layer=layer)
        return tmp_path / "a.gpkg"

    return write


def test_that_all_layers_are_one_plan(planned, layers):
    with pytest.raises(InvalidInput, match="--layer all"):
        planned(layers())
    plan = planned(layers(), layer="all")
    found = [(row.key, row.name, {c.field for c in row.cells}) for row in plan.rows]
    fields = {"name", "households", "kind", "geometry"}
    assert found == [("柳溪!1", "甲院", fields), ("柳溪!2", "乙院", fields), ("松坪!1", "丙院", fields)]
    assert any("“小区”与“小区名称”当作同一列" in note.zh for note in plan.notes)


def test_that_layers_of_different_systems_are_told(planned, layers):
    with pytest.raises(InvalidInput, match="坐标系不一样"):
        planned(layers(4548), layer="all")
