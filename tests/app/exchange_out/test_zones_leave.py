"""Zones leave as outlines and as a sheet; the public gets outline and firm, no households and no members."""

from __future__ import annotations

import json

import pytest
import shapely

from app.services.bring_out.export_data import ExportRequest, export
from app.services.edit import edit
from app.services.zones.edits import make_zone
from tests.app.town import STREETS, a_town

pytestmark = pytest.mark.system(28)
PUBLIC = {"code", "name", "firm_name", "street", "street_name", "compounds", "area_m2"}


@pytest.fixture
def registry(tmp_path):
    registry = a_town(tmp_path, households={(i, 0): (None if i == 2 else 500) for i in range(12)})
    make_zone(registry, ["C000001", "C000002", "C000003"], households=1200)
    make_zone(registry, ["C000011", "C000012"])
    firm = edit.add(registry, "firms", {"name": "安居物业", "list": "black"}).codes[0]
    edit.set_values(registry, ["Z000001"], {"firm": firm})
    yield registry
    registry.close()


def zones_in(registry, tmp_path, **options):
    out = tmp_path / "out.geojson"
    report = export(registry, out, ExportRequest(**options))
    features = [
        f for f in json.loads(out.read_text("utf-8"))["features"] if f["properties"]["layer"] == "zone"
    ]
    return {f["properties"]["code"]: f for f in features}, report


def test_that_the_public_gets_outline_and_firm_only(registry, tmp_path):
    found, report = zones_in(registry, tmp_path, audience="public")
    zone = found["Z000001"]
    assert set(zone["properties"]) == PUBLIC | {"layer"}
    assert (zone["properties"]["firm_name"], zone["properties"]["compounds"]) == ("安居物业", 3)
    outline = shapely.from_geojson(json.dumps(zone["geometry"]))
    members = [registry.dataset.find(f"C00000{n}").geometry for n in (1, 2, 3)]
    assert outline.symmetric_difference(shapely.union_all(members)).area < 1e-9
    assert {name for name in report.fields_left if name.startswith("zone.")} == {f"zone.{n}" for n in PUBLIC}


def test_that_the_street_gets_totals_and_members_of_its_own_zones(registry, tmp_path):
    found, _ = zones_in(registry, tmp_path, unit=STREETS[0])
    assert found.keys() == {"Z000001"}
    properties = found["Z000001"]["properties"]
    assert properties["members"] == "C000001 C000002 C000003"
    assert (properties["households"], properties["households_now"]) == (1200, 1000)
    assert (properties["residents_now"], properties["without_households"], properties["pieces"]) == (
        3000,
        1,
        1,
    )
    assert properties["street_name"] == "西街道"


@pytest.mark.parametrize("ending", ["gpkg", "xlsx"])
def test_that_zones_are_a_layer_of_a_geopackage_and_a_sheet_of_a_workbook(registry, tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    report = export(registry, out, ExportRequest(ledgers=True))
    assert report.counts["zone"] == 2
    assert "zone.members" in report.fields_left
    if ending == "gpkg":
        import pyogrio

        frame = pyogrio.read_dataframe(out, layer="zone")
        assert frame.set_index("code").loc["Z000002", "compounds"] == 2
        assert frame.geometry.notna().all()
    else:
        from python_calamine import CalamineWorkbook

        rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_name("片区台账").to_python()
        assert {"代码", "物业企业", "成员", "现有户数"} <= set(rows[1])
        assert [row[0] for row in rows[2:]] == ["Z000001", "Z000002"]


def test_that_a_registry_without_zones_has_no_such_layer(registry, tmp_path):
    registry.undo()
    registry.undo()
    registry.undo()
    registry.undo()
    assert zones_in(registry, tmp_path)[0] == {}
