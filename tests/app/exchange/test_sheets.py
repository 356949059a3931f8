"""A sheet as people see it: merged cells, headings of several rows, rows that are no records, hidden rows."""

from __future__ import annotations

import json

import openpyxl
import pytest

from app.errors import InvalidInput
from app.services.bring_in.import_data import commit_import


@pytest.fixture
def workbook(tmp_path):
    """Return a function that writes a workbook: rows of one sheet, or of several by name; merged ranges."""

    def write(*rows, merged=(), name="a.xlsx", **sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, of in (sheets or {"表": rows}).items():
            sheet = book.create_sheet(title)
            for row in of:
                sheet.append(list(row))
            for block in merged:
                sheet.merge_cells(block)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def values(plan, *fields):
    """Return what the rows that are created or changed set, by row."""
    found = {}
    for row in plan.rows:
        if row.action in ("create", "change"):
            cells = {cell.field: cell.after for cell in row.cells}
            found[row.number] = tuple(cells.get(field) for field in fields)
    return found


def said(plan):
    return " ".join(note.zh for note in plan.notes)


def test_that_cells_merged_down_a_column_count_for_every_row_they_cover(planned, district):
    plan = planned("merged_down.xlsx")
    assert plan.counts == {"create": 6, "change": 0, "same": 0, "skip": 0, "refuse": 0}
    assert set(values(plan, "street", "community").values()) == {
        ("990001001", "990001001001"),
        ("990001002", "990001002001"),
    }
    assert all(label in said(plan) for label in ("A2:A4", "A5:A7", "B2:B4", "B5:B7"))
    commit_import(district, plan)


def test_that_headings_of_two_rows_are_joined_down_their_merged_cells(planned):
    plan = planned("two_row_header.xlsx")
    assert values(plan, "name", "households", "residents", "buildings") == {
        4: ("紫藤院", 80, 200, 3),
        5: ("青藤院", 81, 201, 3),
        6: ("白藤院", 82, 202, 3),
        7: ("红藤院", 83, 203, 3),
    }
    assert plan.taken["households"] == "基本情况/户数"


def test_that_totals_notes_signatures_and_headings_that_come_again_are_set_apart(planned):
    plan = planned("notes_and_totals.xlsx")
    assert values(plan, "name", "households") == {
        4: ("石榴院", 110),
        5: ("海桐院", 120),
        8: ("冬青院", 130),
        10: ("黄杨院", 140),
    }
    apart = {row.number: row.problems[0].message.zh for row in plan.rows if row.action == "skip"}
    assert list(apart) == [6, 7, 9, 11, 12, 13, 14]
    assert apart[6] == apart[9] == apart[11] == apart[12] == "合计或小计"
    assert plan.refusal() is None
    assert all(str(number) in said(plan) for number in apart)


def test_that_a_formula_that_nobody_calculated_is_a_problem_of_its_cell(planned):
    plan = planned("formulas_never_calculated.xlsx")
    assert plan.counts["refuse"] == 2
    told = [(p.sheet, p.row, p.column, p.value) for p in plan.problems]
    assert told == [("小区", 2, "户数", "=100+20"), ("小区", 3, "户数", "=SUM(D2:D3)*30")]
    assert values(plan, "name", "households") == {4: ("算式三院", 130)}


def test_that_several_sheets_come_in_as_one_plan_and_hidden_rows_are_said(planned):
    plan = planned("two_sheets_hidden_rows.xlsx", layer="all")
    assert plan.counts["create"] == 7
    assert sorted({row.sheet for row in plan.rows}) == ["松坪街道", "柳溪街道"]
    assert "2 行是隐藏的" in said(plan)


def test_that_a_cell_far_off_is_named_and_costs_nothing(planned):
    plan = planned("far_column.xlsx")
    assert plan.counts["create"] == 2
    assert "XFD1" in said(plan)


def a_text(tmp_path, *lines, end="\n", name="a.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + end, "utf-8")
    return path


HEAD = "code,name,kind,address,grid"
ROWS = [f"D{n:06d},小区丁{n},old,丁路{n}号,99000100100100{n % 4 + 1}" for n in range(1, 21)]


@pytest.mark.parametrize("cut", ["D000011", "D000011,小区", "D000011,小区丁11,old,丁路11号"])
def test_that_a_last_line_that_breaks_off_is_a_problem(planned, tmp_path, cut):
    plan = planned(a_text(tmp_path, HEAD, *ROWS[:10], cut, end=""))
    assert (plan.counts["create"], plan.counts["refuse"]) == (10, 1)
    assert plan.problems[0].row == 11
    assert plan.refusal() is not None
    assert "没有写完" in plan.problems[0].message.zh


def test_that_a_last_line_without_an_end_is_a_note(planned, tmp_path):
    plan = planned(a_text(tmp_path, HEAD, *ROWS[:3], end=""))
    assert plan.counts["create"] == 3
    assert "没有换行" in said(plan)
    assert "没有换行" not in said(planned(a_text(tmp_path, HEAD, *ROWS[:3])))


def test_that_rows_out_of_shape_are_named(planned, tmp_path):
    rows = [*ROWS]
    rows[9] = "D000010,小区丁10"
    rows[4] += ",x,y,z"
    plan = planned(a_text(tmp_path, HEAD, *rows, name="a.tsv"))
    assert any("第 10 行" in note.zh and "少" in note.zh for note in plan.notes)
    assert any("第 5 行" in note.zh and "多" in note.zh for note in plan.notes)


def test_that_a_cell_that_swallowed_rows_is_named(planned, tmp_path):
    rows = [*ROWS]
    rows[9] = 'D000010,小区丁10,old,"丁路10号,990001001001001'
    rows[11] = 'D000012,小区丁12,old,丁路12号",990001001001001'
    plan = planned(a_text(tmp_path, HEAD, *rows))
    assert plan.counts["create"] == 18
    assert any("第 10 行" in note.zh and "引号" in note.zh for note in plan.notes)


def test_that_a_stray_cell_makes_no_record(planned, tmp_path, workbook):
    rows = [["小区名称", "社区"], ["游甲院", "990001001001"], *[[]] * 37, [None] * 7 + ["x"]]
    plan = planned(workbook(*rows))
    assert (plan.counts["create"], plan.counts["skip"], plan.counts["refuse"]) == (1, 1, 0)
    assert "第 40 行" in said(plan)


def test_that_a_row_that_nothing_could_recognise_again_is_no_record(planned, workbook):
    plan = planned(workbook(["标号", "户数"], ["甲-01", 60], ["甲-02", 61]))
    assert (plan.counts["create"], plan.counts["refuse"]) == (0, 2)


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!"])
def test_that_an_error_value_is_not_an_empty_cell(planned, workbook, tmp_path, error):
    for path in (
        workbook(["小区名称", "户数"], ["误甲院", error]),
        a_text(tmp_path, "小区名称,户数", f"误甲院,{error}"),
    ):
        plan = planned(path)
        assert [(p.column, p.value) for p in plan.problems] == [("户数", error)]
        assert "错误值" in plan.problems[0].message.zh


def test_that_refused_outlines_are_not_counted_as_absent(planned, tmp_path):
    bow = {
        "type": "Polygon",
        "coordinates": [[[117.2, 31.9], [117.21, 31.91], [117.21, 31.9], [117.2, 31.91], [117.2, 31.9]]],
    }
    line = {"type": "LineString", "coordinates": [[117.2, 31.9], [117.21, 31.91]]}
    unread = {"type": "Polygon", "coordinates": [[["x", 1]]]}
    features = [
        {"type": "Feature", "properties": {"name": f"界{n}院"}, "geometry": shape}
        for n, shape in enumerate([bow, line, unread, None])
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    plan = planned(path)
    assert (plan.counts["refuse"], plan.counts["create"]) == (3, 1)
    assert "1 行没有边界" in said(plan)


def test_that_a_feature_that_says_nothing_is_no_record(planned, tmp_path):
    features = [
        {"type": "Feature", "properties": p, "geometry": None} for p in ({"name": "空一院"}, {}, {"x": 1})
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    assert planned(path).counts == {"create": 1, "change": 0, "same": 0, "skip": 2, "refuse": 0}


def test_that_headings_are_found_far_down_and_headings_in_a_column_are_told(planned, workbook):
    rows = [[f"填表说明第 {n} 条，请如实填写。"] for n in range(1, 60)]
    plan = planned(workbook(*rows, ["小区名称", "户数"], ["深处甲院", 81]))
    assert values(plan, "name", "households") == {61: ("深处甲院", 81)}
    with pytest.raises(InvalidInput, match="A 列"):
        planned(workbook(["小区名称", "甲院", "乙院"], ["户数", 81, 82], ["地址", "一路", "二路"]))
    with pytest.raises(InvalidInput, match="第 1 行") as caught:
        planned(workbook(["甲", "乙"], [1, 2]))
    assert "1000" in caught.value.message.zh
