"""What a file is, where nobody said: its kind by name, headings and size, its datum asked about where its name says one."""

from __future__ import annotations

import json

import pytest
import shapely

from app.domain.dataset import Dataset
from app.errors import InvalidInput
from app.exchange.mapping.likely import likely_kind
from app.exchange.picture import Sheet
from app.exchange.reader import SheetRows, Source
from app.exchange.reading import SourceRow
from app.services.bring_in.import_data import ImportRequest, plan_import
from app.services.bring_in.look import look
from app.services.profile.profiles import load_profile
from tests.app.builders import LAT, LON, a_small_registry, square


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def a_table(tmp_path, *headings, name="表.xlsx", layer="Sheet1"):
    sheet = Sheet(layer, [list(headings), ["甲"] * len(headings)])
    return Source(
        path=tmp_path / name,
        format="sheet",
        layer=layer,
        columns=None,
        rows=SheetRows([sheet]),
        has_outlines=False,
        crs=None,
        encoding=None,
        notes=(),
        sheets=(sheet,),
    )


def a_layer(tmp_path, *shapes, name="a.geojson", columns=("name",)):
    return Source(
        path=tmp_path / name,
        format="geojson",
        layer="a",
        columns=columns,
        rows=tuple(SourceRow(at, ["甲"] * len(columns), shape) for at, shape in enumerate(shapes, 1)),
        has_outlines=True,
        crs="EPSG:4490",
        encoding=None,
        notes=(),
    )


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["小区名称", "所属社区", "户数", "建成年份"], "compounds"),
        (["企业名称", "统一社会信用代码", "地址"], "firms"),
        (["党组织名称", "类型", "上级党组织", "党员数"], "organisations"),
        (["网格名称", "社区", "街道"], "grids"),
        (["站点名称", "站点类型", "地址"], "stations"),
    ],
)
def test_that_headings_say_what_the_rows_are(tmp_path, headings, kind):
    found = likely_kind(a_table(tmp_path, *headings), load_profile("yaohai"), Dataset({}))
    assert found is not None
    assert found[0] == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("元一街道小区名单.xlsx", "compounds"), ("街道.xlsx", "streets"), ("grids_2026.xlsx", "grids")],
)
def test_that_the_last_word_of_its_name_says_it_where_headings_are_common(tmp_path, name, kind):
    found = likely_kind(a_table(tmp_path, "名称", "编码", name=name), load_profile("yaohai"), Dataset({}))
    assert found is not None
    assert found[0] == kind


def test_that_nothing_is_proposed_where_nothing_speaks_for_it(tmp_path):
    assert likely_kind(a_table(tmp_path, "甲", "乙"), load_profile("yaohai"), Dataset({})) is None


def test_that_what_is_as_large_as_a_district_is_no_compound_while_none_is_there(registry, tmp_path):
    whole = shapely.box(LON, LAT, LON + 0.1, LAT + 0.1)
    profile = load_profile("yaohai")
    assert likely_kind(a_layer(tmp_path, whole), profile, Dataset({}))[0] == "districts"
    found = likely_kind(a_layer(tmp_path, whole), profile, registry.dataset)
    assert found is None or found[0] != "compounds"
    assert likely_kind(a_layer(tmp_path, square(0, 0, 100)), profile, Dataset({})) is None


def test_that_a_kind_somebody_chose_is_kept(registry, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("企业名称,统一社会信用代码\n甲公司,\n", encoding="utf-8")
    request = ImportRequest(source=path, kind="compounds")
    assert look(registry, request).kind == "compounds"
    seen = look(registry, request, is_kind_open=True)
    assert (seen.kind, seen.plan.request.kind) == ("firms", "firms")
    assert seen.proposed.zh == "列名"


def test_that_a_datum_in_its_name_is_asked_about_and_answered(registry, tmp_path):
    outline = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
    feature = {
        "type": "Feature",
        "properties": {"name": "甲院"},
        "geometry": shapely.geometry.mapping(outline),
    }
    path = tmp_path / "小区_gcj-02.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    plan = plan_import(registry, ImportRequest(source=path, kind="compounds"))
    with pytest.raises(InvalidInput, match="--datum gcj02"):
        plan.refuse_if_needed()
    asked = [question for question in plan.as_json("zh")["questions"] if question["field"] == "datum"]
    assert [option["value"] for option in asked[0]["options"]] == ["gcj02", "cgcs2000"]
    for datum in ("gcj02", "cgcs2000"):
        plan = plan_import(registry, ImportRequest(source=path, kind="compounds", datum=datum))
        assert plan.refusal() is None
