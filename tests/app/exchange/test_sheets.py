"""A sheet as people see it: merged cells, headings of several rows, rows that are no records, hidden rows."""

from __future__ import annotations

import openpyxl
import pytest

from app.services.import_data import commit_import


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
