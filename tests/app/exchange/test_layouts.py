"""Layouts that streets make: each row is a record, set apart and said, or asked about; none is half read in silence."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from tests.app.exchange.qinglan import EAST, WEST, block, compounds, dataset, rec, said, set_by, sheet_plan

HEAD = ("小区名称", "社区", "户数")
ROWS = (("甲院", "柳东社区", 80), ("乙院", "柳东社区", 81))


def of(*rows, **options):
    return sheet_plan(dataset(*compounds()), "compounds", *rows, **options)


@pytest.mark.parametrize(
    "row",
    [
        ("合  计", None, 161), ("总计：", None, 161), ("小计（柳东）", None, 161), ("柳东社区合计", None, 161), ("总和", None, 161),
        ("总户数", None, 161), ("平均值", None, 80.5), ("占比", None, "50%"), ("街道总数", None, 161), ("累积", None, 161),
        ("最大值", None, 81), ("小計", None, 161), ("總計", None, 161), ("合計", None, 161), ("Total", None, 161), ("计", None, 161),
        ("全区", None, 161), ("柳东社区", None, 161), ("共2个小区", None, 161), (None, None, 161),
        ("第1页 共2页",), ("- 1 -",), ("1/2",), ("（以上为商品房小区）",), ("以下空白",), ("本页完",), ("★重点小区",),
        ("2026年10月8日",), ("二〇二六年十月",), ("柳东社区（2个小区）", None, 161), ("柳溪街道共2个", None, 161), ("柳溪街道合计2个小区", None, 161), ("户均人口", None, 3),
        ("XX小区", "柳东社区", 888), ("××花园", "柳东社区", 888), ("某某花园", "柳东社区", 888), ("柳溪街道办事处（盖章）",), ("主要负责人签字",), ("青岚区小区基本情况统计表",),
        ("分管领导：", "校核：", "报送时间："), ("制表：张某", None, "审批：李某"), ("製表人：張某", "審核：李某", None),
        ("示例", "某某社区", 100), ("例：幸福小区", "幸福社区", 100), ("填小区全称", "选择社区", "填整数"),
        ("注：本表由柳溪街道提供",), (None, "说明：户数为估计", None), HEAD, ("小区名称", "社区", "户数（户）"),
    ],
)  # fmt: skip
def test_that_a_row_of_the_layout_is_set_apart_and_said(row):
    plan = of(HEAD, *ROWS, row)
    assert set_by(plan, "name") == [("甲院",), ("乙院",)]
    assert [r.action for r in plan.rows] == ["create", "create", "skip"]
    assert "第 4 行不当记录" in said(plan)


@pytest.mark.parametrize(
    "row",
    [
        ("和平里", "柳东社区", 161), ("总部基地", "柳东社区", 161), ("计生委宿舍", "柳东社区", 90), ("页岩厂宿舍", "柳东社区", 90),
        ("名人苑", None, 90), ("选煤厂宿舍", "柳东社区", None), ("按察司巷1号院", None, 12), ("注塑厂家属院", None, 12), ("丽都国际",),
        ("示范小区", "柳东社区", 100), ("例园", "柳东社区", 100), ("合计路小区", "柳东社区", 161), ("最美家园", None, 161), ("芷兰苑（2个院）", "柳东社区", 161), ("个园", "柳东社区", 161), ("均安里", None, 161),
    ],
)  # fmt: skip
def test_that_a_name_that_only_looks_like_layout_is_a_record(row):
    assert set_by(of(HEAD, *ROWS, row), "name")[2] == (row[0],)


@pytest.mark.parametrize("mark", ["示例", "例", "例：", "（样例）", "举例1"])
def test_that_a_row_marked_as_an_example_is_set_apart_whatever_it_is_called(mark):
    plan = of(
        ("序号", *HEAD), (mark, "阳光花园", "柳东社区", 888), *((n, *row) for n, row in enumerate(ROWS, 1))
    )
    assert set_by(plan, "name") == [("甲院",), ("乙院",)]
    assert "第 2 行不当记录（填写的示例）" in said(plan)


def test_that_totals_of_totals_are_set_apart_without_a_word_for_them():
    north = ("柳西社区（1个小区）", None, 50)
    plan = of(
        HEAD,
        *ROWS,
        ("柳东社区（2个小区）", None, 161),
        ("丙院", "柳西社区", 50),
        north,
        ("全街道", None, 211),
    )
    assert set_by(plan, "name") == [("甲院",), ("乙院",), ("丙院",)]


@pytest.mark.parametrize(
    "row",
    [("1", "2", "3"), ("①", "②", "③"), ("A", "B", "C"), ("甲", "乙", "1"), ("(1)", "(2)", "(3)"), ("1栏", "2栏", "3栏"), ("一", "二", "三")],
)  # fmt: skip
def test_that_a_row_that_numbers_the_columns_is_set_apart(row):
    plan = of(HEAD, row, *ROWS)
    assert set_by(plan, "name", "households") == [("甲院", 80), ("乙院", 81)]
    assert "列的序号" in said(plan)


@pytest.mark.parametrize(
    "row",
    [(None, None, "（户）"), (None, None, "户"), ("文本", "下拉选择", "整数"), ("必填", "选填", "必填")],
)
def test_that_a_row_of_units_goes_to_the_headings(row):
    assert set_by(of(HEAD, row, *ROWS), "name", "households") == [("甲院", 80), ("乙院", 81)]


def test_that_a_unit_in_a_row_of_its_own_counts():
    plan = sheet_plan(
        dataset(*compounds(), *firms()),
        "engagements",
        ("企业代码", "小区代码", "阶段", "补贴金额"),
        (None, None, None, "万元"),
        ("F000001", "Q001", "签约", 3),
    )
    assert set_by(plan, "subsidy_yuan") == [(30_000,)]


def firms():
    return [rec("firms", "F000001", name="青岚安居物业有限公司")]


@pytest.mark.parametrize("mark", ["同上", "〃", '"', "″", "同前"])
def test_that_ditto_marks_are_what_stands_above_and_said(mark):
    plan = of(HEAD, ROWS[0], ("乙院", mark, 81), ("丙院", mark, mark))
    assert set_by(plan, "name", "community", "households") == [
        ("甲院", EAST, 80),
        ("乙院", EAST, 81),
        ("丙院", EAST, 81),
    ]
    assert "“同上”照上一条读：第 3、4 行" in said(plan)


@pytest.mark.parametrize(
    ("first", "second"),
    [("一、柳东社区", "二、柳西社区"), ("柳东社区居委会", "柳西社区居委会"), ("（一）柳东社区（2个）", "（二）柳西社区（1个）"), ("1.柳东社区：", "2.柳西社区：")],
)  # fmt: skip
def test_that_headings_between_rows_say_where_the_rows_lie(first, second):
    plan = of(("小区名称", "户数"), (first,), ("甲院", 80), ("乙院", 81), (second,), ("丙院", 82))
    assert set_by(plan, "name", "community") == [("甲院", EAST), ("乙院", EAST), ("丙院", WEST)]
    assert "按它上面的分段标题读" in said(plan)


def test_that_headings_between_rows_that_are_no_units_are_a_column_to_choose():
    rows = (("小区名称", "社区", "户数"), ("一、老旧小区",), ROWS[0], ("二、商品房",), ROWS[1])
    assert [left.column for left in of(*rows).left_columns] == ["分段标题"]
    assert set_by(of(*rows, mapping={"kind": "分段标题"}), "kind") == [("old",), ("commercial",)]


def test_that_one_list_printed_in_two_columns_is_one_list():
    plan = of(
        ("序号", "小区名称", "户数", None, "序号", "小区名称", "户数"),
        (1, "甲院", 80, None, 3, "丙院", 90),
        (2, "乙院", 81, None, 4, "丁院", 91),
    )
    assert sorted(set_by(plan, "name", "households")) == [
        ("丁院", 91),
        ("丙院", 90),
        ("乙院", 81),
        ("甲院", 80),
    ]
    assert "左右并排的 2 个表格列名一样" in said(plan)
    assert [row.key for row in plan.rows] == ["表!2", "表!3", "表#2!2", "表#2!3"]


def test_that_another_table_beside_is_never_read_as_further_columns():
    rows = (
        ("小区名称", "社区", "户数", None, "站点名称", "类型", "地址"),
        ("甲院", "柳东社区", 80, None, "柳东驿站", "网格驿站", "柳溪路1号"),
    )
    with pytest.raises(InvalidInput, match="表#1、表#2"):
        of(*rows)
    assert set_by(of(*rows, layer="表#1"), "name", "address") == [("甲院", None)]
    stations = sheet_plan(dataset(), "stations", *rows, layer="表#2")
    assert set_by(stations, "name", "address") == [("柳东驿站", "柳溪路1号")]


def test_that_an_empty_column_between_columns_of_one_table_parts_nothing():
    plan = of(
        ("小区名称", None, "社区", None, "地址", "备注"), ("甲院", None, "柳东社区", None, "柳溪路1号", "无")
    )
    assert set_by(plan, "name", "community", "address") == [("甲院", EAST, "柳溪路1号")]


def test_that_a_table_below_without_a_gap_is_not_read_as_rows():
    plan = of(HEAD, *ROWS, ("站点名称", "类型", "社区"), ("柳东驿站", "网格驿站", "柳东社区"))
    assert set_by(plan, "name") == [("甲院",), ("乙院",)]
    assert "另有表格（列名在第 4 行）" in said(plan)


def test_that_a_number_that_several_records_share_is_asked_about():
    rows = (HEAD, ("甲院", "柳东社区", 160), ("乙院", "柳东社区", None), ("丙院", "柳东社区", 82))
    plan = of(*rows, merged=["C2:C3"])
    assert [row.state for row in plan.rows] == ["asked", "asked", None]
    form = plan.questions[0].form
    answered = of(*rows, merged=["C2:C3"], answers={f"户数:{form}": "160"})
    assert set_by(answered, "households") == [(160,), (160,), (82,)]
    assert set_by(of(*rows, merged=["C2:C3"], answers={"户数": "leave"}), "households") == [
        (None,),
        (None,),
        (82,),
    ]


def test_that_a_year_or_a_kind_that_is_merged_down_counts_for_every_row():
    plan = of(
        ("小区名称", "建成年份", "类型"), ("甲院", 1998, "老旧小区"), ("乙院",), merged=["B2:B3", "C2:C3"]
    )
    assert set_by(plan, "built_year", "kind") == [(1998, "old"), (1998, "old")]


def test_that_sheets_with_other_headings_for_one_field_are_read_alike_and_it_is_said():
    plan = of(HEAD, ROWS[0], more={"松坪": [("小区", "所属社区", "总户数"), ("丙院", "柳西社区", 90)]})
    assert set_by(plan, "name", "community", "households") == [("甲院", EAST, 80), ("丙院", WEST, 90)]
    assert "“总户数”与“户数”" in said(plan)


def test_that_a_sheet_without_records_is_left_out_and_said():
    more = {"汇总": [("街道", "小区数"), ("柳溪街道", 1)], "说明": [("填表说明：请按要求填",)]}
    plan = of(HEAD, ROWS[0], more=more)
    assert set_by(plan, "name") == [("甲院",)]
    assert "汇总：没有名称、代码、地址或位置这样的列" in said(plan)
    assert "说明：没有名称" in said(plan)


def test_that_traditional_headings_are_known():
    plan = of(
        ("小區名稱", "所屬社區", "戶數", "人口數", "棟數", "有無物業", "業委會"),
        ("甲院", "柳東社區", "80戶", 200, 3, "無", "有"),
    )
    assert set_by(plan, "name", "community", "households", "residents", "buildings", "property_firm") == [
        ("甲院", EAST, 80, 200, 3, "no")
    ]


def test_that_merged_cells_are_named_as_a_sheet_names_them():
    assert block("A2:C4").label == "A2:C4"
