"""What the program writes it reads back as nothing to do: every kind, layer and format that is both written and read."""

from __future__ import annotations

import pytest

from app.domain.kinds import KINDS
from app.exchange.reader import list_layers
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.bring_out.export_data import ExportRequest, export
from app.services.registry.registry import Registry

MORE = {
    "stations": "名称,类型,社区,经度（EPSG:4490）,纬度（EPSG:4490）,有场所\n柳东驿站,网格驿站,柳东社区,117.2301,31.9051,有\n",
    "firms": "企业名称,街道\n青岚安居物业有限公司,松坪街道\n",
    "organisations": "党组织名称,类型\n芷兰苑党支部,党支部\n",
    "engagements": "企业名称,小区代码,阶段,物业费\n青岚安居物业有限公司,Q001,签约,1.2\n",
    "attachments": "党组织,挂接对象\n芷兰苑党支部,Q001\n",
    "buildings": "楼栋名称,小区代码,单元数,网格编码\n1栋,Q001,2,990001001001004\n",
    "compounds": "小区编号,小区名称,网格编码,门卫,业委会,应收物业费\nQ002,芷兰里,990001001002001,无,在任,3万元\n",
    "cases": "小区代码,层级,状态,受理日期\nQ001,小区,已受理,2026-05-01\n",
    "households": "小区代码,统计日期,户数\nQ001,2026-05-01,101\n",
}
MORE_FILES = ("geojson.zip", "shp.zip", "parquet", "kml")
LAYERS = ("districts", "streets", "communities", "grids", "compounds", "buildings", "stations")
SHEETS = (*LAYERS, "firms", "organisations", "engagements", "attachments", "cases", "households")


@pytest.fixture(scope="module")
def full(made_district, tmp_path_factory):
    """Return 青岚区 with a record of every kind, one of them recorded elsewhere than where its outline lies; and its exports."""
    folder = tmp_path_factory.mktemp("round")
    path = folder / "full.gpkg"
    path.write_bytes(made_district.read_bytes())
    registry = Registry.open(path, by="tester")
    for kind, text in MORE.items():
        source = folder / f"{kind}.csv"
        source.write_text(text, "utf-8")
        commit_import(
            registry, plan_import(registry, ImportRequest(source=source, kind=kind, on_conflict="update"))
        )
    for suffix in ("gpkg", "geojson", "xlsx", *MORE_FILES):
        export(registry, folder / f"out.{suffix}", ExportRequest(ledgers=True))
    yield registry, folder
    registry.close()


def counts(plan):
    return {action: count for action, count in plan.counts.items() if count and action != "skip"}


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("suffix", ["gpkg", "geojson", *MORE_FILES])
def test_that_a_layer_comes_back_as_nothing_to_do(full, kind, suffix):
    registry, folder = full
    layer = None if suffix in ("geojson", "parquet") else KINDS[kind].table
    plan = plan_import(registry, ImportRequest(source=folder / f"out.{suffix}", kind=kind, layer=layer))
    assert counts(plan) == {"same": len(registry.dataset.of(kind))}


@pytest.mark.parametrize("kind", SHEETS)
def test_that_a_sheet_comes_back_as_nothing_to_do(full, kind):
    registry, folder = full
    words = KINDS[kind].words.zh
    sheets = [layer.name for layer in list_layers(folder / "out.xlsx") if layer.name == f"{words}台账"]
    plan = plan_import(registry, ImportRequest(source=folder / "out.xlsx", kind=kind, layer=sheets[0]))
    assert counts(plan) == {"same": len(registry.dataset.of(kind))}


def test_that_places_worked_out_become_no_recorded_ones(full):
    registry, folder = full
    assert registry.dataset.of("compounds")["Q001"].get("grid") is None
    plan = plan_import(
        registry, ImportRequest(source=folder / "out.gpkg", kind="compounds", layer="compound")
    )
    assert "没有另外登记" in " ".join(note.zh for note in plan.notes)


def test_that_a_point_takes_no_outline_away(planned, tmp_path, district):
    source = tmp_path / "points.csv"
    middle = district.dataset.of("compounds")["Q001"].geometry.centroid
    rows = ["小区编号,小区名称,经度（EPSG:4490）,纬度（EPSG:4490）", f"Q001,芷兰苑,{middle.x},{middle.y}"]
    source.write_text("\n".join([*rows, "Q002,芷兰里,117.2601,31.9151"]), "utf-8")
    plan = planned(source)
    assert counts(plan) == {"same": 2}
    said = " ".join(note.zh for note in plan.notes)
    assert "2 行只给了一个点，已登记的边界不改" in said
    assert "第 2 行的点不在登记的边界里" in said
