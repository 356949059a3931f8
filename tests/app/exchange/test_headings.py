"""What columns are taken for: headings by rule, what they hold as second witness, two candidates asked about."""

from __future__ import annotations

import pytest

from app.exchange.mapping.forms import headings_of, near_field
from app.exchange.mapping.labels import completed
from app.exchange.mapping.meaning import map_columns
from app.exchange.request import ImportRequest
from app.services.profile.profiles import load_profile
from tests.app.bring_in.tables import TODAY
from tests.app.exchange.qinglan import dataset, plot, said, set_by, sheet_plan
from tests.app.exchange.qinglan import planned as qinglan_planned
from tests.app.exchange.test_user_choice import a_source, planned, registry  # noqa: F401 - a fixture

PROFILE = load_profile("yaohai")
COMPOUNDS = {  # table (a) of the faults: field → what streets write above it
    "name": "小区名称 小区名 名称 小区（院落）名称 院落名称 项目名称 住宅小区名称 物业项目名称 小区/楼院名称 楼盘名 居民小区 自然小区 小区全称",
    "code": "小区编号 编号 小区ID",
    "street": "街道 所属街道 街道名称 镇街名称 街镇 所属街镇 乡镇（街道） 镇（街道）",
    "community": "社区 所属社区 社区（村） 社区名称 所属社区名称 所在社区名称 村（社区） 村/社区 社区居委会 居委会",
    "grid": "网格 所属网格 网格编号 网格名称 网格号",
    "households": "户数 总户数 居民户数 总户数（户） 住户总数 常住户数",
    "residents": "人口 总人口 常住人口 常住人口数 居住人数 总人数 人口数（人） 实有人口",
    "buildings": "楼栋数 楼幢数 栋数（栋） 楼栋 楼栋数量",
    "built_year": "建成年份 建成年代 竣工年份 建设年代 建成时间 竣工时间 交付时间",
    "kind": "小区类型 小区性质 小区类别 房屋性质 住房类型",
    "address": "地址 详细地址 位置 小区地址 具体地址 坐落位置 地理位置",
    "lon": "经度 lng lon X 经度坐标 中心点经度 jd 高德经度 经度（百度） GCJ02经度 天地图经度",
    "lat": "纬度 Y wd 高德纬度 纬度坐标",
    "property_firm": "物业企业 物业 物业公司 物业服务企业 物业公司名称 有无物业 是否有物业 物业管理情况 物业服务情况",
    "owners_committee": "业委会 业主委员会 有无业委会 是否成立业委会 业委会成立情况",
    "authority": "主管单位 有无主管单位 产权单位 原产权单位",
    "party_organisation": "党组织 党支部 小区党支部 有无党组织 党组织覆盖",
    "gate_guard": "门卫 有无门卫 门卫值守",
    "defence_technical": "技防 监控 有无监控",
}
NEAR = "户籍户数 入住户数 房龄 四至范围 管理方式 三无小区 是否三无 是否三无小区"
OTHERS = {
    ("grids", "code"): "网格ID 网格号 网格编码 wgbm",
    ("grids", "name"): "gridName wgmc 网格名称",
    ("firms", "name"): "物业公司名称 物业服务企业名称 物业名称 企业名称",
    ("firms", "address"): "注册地址",
    ("firms", "grade"): "资质等级",
    ("stations", "name"): "服务站名称 党群服务中心名称 机构名称",
    ("organisations", "name"): "党支部名称",
    ("organisations", "members"): "党员总数",
    ("streets", "name"): "街道名称 镇街名称",
    ("communities", "street"): "所属街道 街道名称 街道代码",
}


@pytest.mark.parametrize(("field", "heading"), [(f, h) for f, hs in COMPOUNDS.items() for h in hs.split()])
def test_that_the_headings_of_the_list_are_known(field, heading):
    claims = headings_of("compounds", PROFILE).claims(heading)
    assert claims
    assert claims[0].field == field


@pytest.mark.parametrize(
    ("kind", "field", "heading"), [(k, f, h) for (k, f), hs in OTHERS.items() for h in hs.split()]
)
def test_that_the_headings_of_other_kinds_are_known(kind, field, heading):
    assert headings_of(kind, PROFILE).claims(heading)[0].field == field


@pytest.mark.parametrize("heading", NEAR.split())
def test_that_what_only_sounds_like_a_field_is_not_taken_but_said(registry, tmp_path, heading):  # noqa: F811
    source = a_source(tmp_path, ("小区名称", heading), ("甲", "70"), ("乙", "71"))
    made = planned(registry, source)
    assert made.taken == {"name": "小区名称"}
    assert near_field(heading) is not None
    assert any(heading in note.zh and "不是一回事" in note.zh for note in made.notes)


def taken(tmp_path, kind, names, *rows):
    source = a_source(tmp_path, names, *rows)
    columns = map_columns(source, PROFILE, ImportRequest(source=source.path, kind=kind), TODAY)
    return {m.field: m.column for m in columns.meanings}, columns


def test_that_a_heading_never_wins_against_what_its_column_holds(tmp_path):
    of, columns = taken(
        tmp_path, "compounds", ("小区名称", "类型"), ("甲", "多层"), ("乙", "高层"), ("丙", "商品房")
    )
    assert of == {"name": "小区名称"}
    assert any("多层" in note.zh for note in columns.notes)
    of, columns = taken(
        tmp_path,
        "grids",
        ("网格编码", "网格名称", "社区", "网格长"),
        ("990001001001011", "第十一网格", "柳东", "张某"),
    )
    assert of == {"code": "网格编码", "name": "网格名称", "community": "社区"}
    assert [(left.column, left.why) for left in columns.left] == [("网格长", "personal")]
    of, _ = taken(tmp_path, "compounds", ("name", "kind"), *((f"n{k}", "building") for k in range(9)))
    assert of == {"name": "name"}


def test_that_digits_tell_codes_apart(tmp_path):
    of, columns = taken(
        tmp_path, "grids", ("网格名称", "区代码", "社区代码"),
        ("甲网格", "990001001001005", "990001001001"), ("乙网格", "990001001001006", "990001001001"),
    )  # fmt: skip
    assert of == {"name": "网格名称", "code": "区代码", "community": "社区代码"}
    assert columns.by["code"] == "content"


def test_that_the_column_whose_values_fill_the_field_wins(tmp_path):
    of, columns = taken(tmp_path, "stations", ("站点", "站点名称"), (0, "柳东驿站"), (1, "柳西驿站"))
    assert of["name"] == "站点名称"
    assert [left.column for left in columns.left] == ["站点"]
    of, _ = taken(tmp_path, "compounds", ("小区", "小区名称"), ("甲", "甲院"), ("", "乙院"), ("", "丙院"))
    assert of["name"] == "小区名称"


def test_that_two_candidates_are_asked_about_and_the_user_can_name_any(registry, tmp_path):  # noqa: F811
    source = a_source(
        tmp_path,
        ("小区名称", "户数", "总户数", "入住户数", "户数"),
        ("甲", 80, 100, 70, 90),
        ("乙", 81, 101, 71, 91),
    )
    made = planned(registry, source)
    assert "households" not in made.taken
    (asked,) = made.asked_fields
    assert [column for column, _ in asked.columns] == ["户数", "总户数", "户数#2"]
    assert made.as_json("zh")["questions"][0]["options"][2] == {"value": "户数#2", "words": "90、91"}
    refused = made.refusal()
    assert "80" in refused.message.zh
    for label, value in (("户数", 80), ("总户数", 100), ("户数#2", 90), ("入住户数", 70)):
        chosen = planned(registry, source, mapping={"households": label})
        assert chosen.refusal() is None
        assert {c.field: c.after for c in chosen.rows[0].cells}["households"] == value
    left = planned(registry, source, leave=("总户数", "户数#2"))
    assert left.taken["households"] == "户数"


def test_that_two_columns_that_say_the_same_are_not_asked_about(tmp_path):
    of, columns = taken(tmp_path, "compounds", ("小区名称", "户数", "总户数", "社区", "社区居委会"), ("甲", 80, 80, "柳东", "柳东社区"), ("乙", 81, None, "柳西", "柳西社区"))  # fmt: skip
    assert (of["households"], of["community"], columns.asked) == ("户数", "社区", ())


def test_that_a_heading_counts_as_personal_together_with_what_it_holds(tmp_path):
    _, columns = taken(
        tmp_path, "compounds",
        ("小区名称", "MOBILEHOME", "物业经理", "社区书记", "联系电话", "业主委员会"),
        ("甲", 3, "王某某", "李某", "0551-1234567", "有"), ("乙", 0, "张某", "刘某某", "0551-1234568", "无"),
    )  # fmt: skip
    assert {left.column: left.why for left in columns.left} == {
        "MOBILEHOME": "unmapped", "物业经理": "personal", "社区书记": "personal", "联系电话": "personal"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("户数（栋）", "栋"), ("户数（万人）", "万人"), ("户数（元）", "元"), ("总户数(㎡)", "㎡")],
)
def test_that_a_heading_whose_unit_counts_something_else_is_not_taken_and_it_is_said(heading, unit):
    plan = sheet_plan(dataset(), "compounds", ("小区名称", heading), ("甲院", 3), ("乙院", 2))
    assert set_by(plan, "name", "households") == [("甲院", None), ("乙院", None)]
    assert f"列名里写的单位是“{unit}”" in said(plan)


def test_that_tens_of_thousands_are_counts_though_they_have_decimals():
    plan = sheet_plan(dataset(), "compounds", ("小区名称", "人口（万人）"), ("甲院", 0.3), ("乙院", "0.25"))
    assert set_by(plan, "residents") == [(3000,), (2500,)]


@pytest.mark.parametrize(
    ("begin", "whole"),
    [
        ("所属社", "所属社区"),
        ("住宅小", "住宅小区"),
        ("小区名", "小区名"),
        ("登记户", "登记户数"),
        ("是否有", "是否有"),
        ("备注说", "备注说"),
    ],
)
def test_that_a_heading_that_was_cut_off_is_filled_up_where_it_can_mean_one_thing(begin, whole):
    found, notes = completed([begin], {0}, headings_of("compounds", PROFILE).of_field)
    assert found == [whole]
    assert [note.zh for note in notes] == (
        [f"列名“{begin}”是截断的，当作“{whole}”。"] if begin in ("所属社", "住宅小") else []
    )


def test_that_a_layer_of_which_nothing_is_taken_for_the_name_says_which_column_could_be():
    plan = qinglan_planned(
        dataset(), "compounds", ("标注文字", "高"), ["甲院", 3], ["乙院", 4], outlines=[plot(30), plot(31)]
    )
    assert "没有一列当作名称，导入的都会没有名称。哪一列是名称，写明它：标注文字。" in said(plan)
