"""Real input: Hangzhou's compounds and districts, Shenzhen's grid, a GBK Shapefile, as their users would bring them in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely

from app.coverage.results import Query
from app.errors import InvalidInput
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.check.check import check
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.app.builders import held

if TYPE_CHECKING:
    from app.services.check.finding import Finding
    from app.text import Text

DAY = date(2026, 11, 21)
HANGZHOU = "02_hangzhou_osm"
COMPOUNDS = f"{HANGZHOU}/residential_landuse_outside_xihu.geojson"


@pytest.fixture
def registry(tmp_path):
    registry = create_registry(tmp_path / "a.gpkg", load_profile("yaohai"), name="实测", by="tester")
    yield registry
    registry.close()


def bring_in(registry, path, kind, **options):
    plan = plan_import(registry, ImportRequest(source=path, kind=kind, **options))
    changes = commit_import(registry, plan)
    again = plan_import(registry, ImportRequest(source=path, kind=kind, **options))
    assert again.counts["same"] == len(again.rows) == len(plan.rows)
    assert commit_import(registry, again).change is None
    return plan, changes


def hangzhou(registry, shared_data, datum):
    plan, changes = bring_in(registry, shared_data / COMPOUNDS, "compounds", mapping={"name": "name"})
    assert plan.counts["create"] == len(changes.codes) == 1809
    plans = {}
    for code in ("330105", "330108"):
        outline = shared_data / HANGZHOU / f"outline_cnmaps_gcj02/{code}.geojson"
        plans[code], changes = bring_in(registry, outline, "districts", datum=datum)
        assert changes.codes == (code,)
    return plans


def figures(registry, by="district", **more):
    return registry.engine.coverage(Query(measure="party", by=by, as_of=DAY, **more))


def findings(registry):
    found: dict[str, list[Finding]] = {}
    for finding in check(registry.dataset, registry.profile, registry.engine, registry.zone, DAY):
        found.setdefault(finding.rule, []).append(finding)
    return found


def mostly_inside(registry, code):
    unit = registry.zone.to_metres([registry.dataset.find(code).geometry])[0]
    compounds = registry.zone.to_metres([c.geometry for c in registry.dataset.of("compounds").values()])
    return int((shapely.area(shapely.intersection(compounds, unit)) > shapely.area(compounds) / 2).sum())


@pytest.mark.story
@pytest.mark.slow
def test_that_hangzhou_is_placed_once_its_outlines_are_taken_back_to_the_ground(registry, shared_data):
    hangzhou(registry, shared_data, "gcj02")
    assert mostly_inside(registry, "330105") == 335
    assert mostly_inside(registry, "330108") == 128
    coverage = figures(registry)
    assert coverage.total.figures.total == 1809
    placed = sum(row.figures.total for row in coverage.rows)
    assert placed + coverage.unplaced.figures.total == 1809
    assert len(coverage.unplaced_codes) >= coverage.unplaced.figures.total
    found = findings(registry)
    assert (
        len({code for finding in found["unnamed"] for code in finding.codes if code.startswith("C")}) == 687
    )
    assert len(found["compound_overlap"]) == 47
    assert "datum_shift" not in found


@pytest.mark.story
@pytest.mark.slow
def test_that_outlines_labelled_wgs84_that_are_gcj02_are_found_out(registry, shared_data):
    plans = hangzhou(registry, shared_data, None)
    assert any("--datum gcj02" in note.en for note in plans["330105"].notes)
    assert plans["330108"].notes == ()  # a border that cuts six compounds proves nothing
    (finding, *others) = findings(registry)["datum_shift"]
    assert finding.codes == ("330105",)
    assert not others
    assert finding.measure["metres"] == pytest.approx(518, abs=5)
    assert "gcj02" in finding.message.en.lower()


@pytest.mark.story
@pytest.mark.slow
def test_that_shenzhens_grid_and_districts_come_in_with_a_crs_and_are_placed(registry, shared_data):
    grid, districts = (shared_data / f"04_shenzhen_fishnet/{name}.shp" for name in ("grid", "sz"))
    for path, kind in ((grid, "grids"), (districts, "districts")):
        before = held(registry.path)
        with pytest.raises(InvalidInput) as caught:
            plan_import(registry, ImportRequest(source=path, kind=kind))
        assert "--crs" in caught.value.message.en
        assert held(registry.path) == before
    plan, _ = bring_in(registry, districts, "districts", crs="EPSG:4326", mapping={"name": "qh"})
    assert {row.name for row in plan.rows} >= {"罗湖", "大鹏"}
    plan, changes = bring_in(registry, grid, "grids", crs="EPSG:4326")
    assert len(changes.codes) == len(plan.rows) == 9005
    coverage = registry.engine.coverage(Query(measure="grid_branch", by="district", as_of=DAY))
    assert coverage.total.figures.total == 9005
    assert all(row.figures.total > 0 for row in coverage.rows)
    registry.undo()
    assert len(registry.dataset.of("grids")) == 0


@pytest.mark.story
def test_that_a_gbk_shapefile_and_the_official_lists_come_in_by_their_own_headings(registry, shared_data):
    shanghai = shared_data / "05_messy/gbk_shapefile_no_cpg/shanghai_shp/区县界_area.shp"
    plan, _ = bring_in(registry, shanghai, "districts")
    assert plan.encoding == "gb18030"
    assert registry.dataset.find("310113").get("name") == "宝山区"
    bring_in(
        registry, shared_data / "01_admin/outline_cnmaps_gcj02/340102.geojson", "districts", datum="gcj02"
    )
    lists = shared_data / "01_admin/codes_nbs2023"
    bring_in(registry, lists / "streets_340102.csv", "streets")
    bring_in(registry, lists / "communities_340102.csv", "communities")
    assert len(registry.dataset.of("communities")) == 66
    assert registry.dataset.find("340102001001").get("street") == "340102001"


@pytest.mark.story
@pytest.mark.slow
def test_that_every_messy_file_is_read_or_refused_with_a_sentence(registry, shared_data):
    known = {".gpkg", ".shp", ".csv", ".zip", ".geojson", ".json"}
    files = [f for f in sorted((shared_data / "05_messy").rglob("*")) if f.suffix in known]
    assert len(files) > 60
    before = dict(registry.dataset.of("compounds"))
    refused: dict[str, Text] = {}
    for path in files:
        request = ImportRequest(source=path, kind="compounds", partial=True)
        try:
            plan = plan_import(registry, request)
        except InvalidInput as error:
            refused[path.name] = error.message
        else:
            assert sum(plan.counts.values()) == len(plan.rows)
            assert all(problem.row for problem in plan.problems)
    assert len(refused) < len(files)
    assert all(message.zh and message.en for message in refused.values())
    assert dict(registry.dataset.of("compounds")) == before
