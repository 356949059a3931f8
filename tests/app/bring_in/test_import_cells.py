"""Import: cells of people's tables, private persons among them, and what a cell costs."""

from __future__ import annotations

import json
from datetime import date

import openpyxl
import pytest

from tests.app.bring_in.tables import (
    a_csv,
    assert_refused_unwritten,
    brought_in,
    plan,
)


def test_that_personal_columns_are_left_out_and_named(registry, tmp_path):
    identity = "11010519491231002X"
    path = a_csv(
        tmp_path / "a.csv",
        ["小区名称", "户主姓名", "address", "备注", "联系电话"],
        ["a", "张三", identity, "13800138000", "0551-1234567"],
    )
    made = plan(registry, path, "compounds")
    assert {left.column: left.why for left in made.left_columns} == dict.fromkeys(
        ["户主姓名", "address", "备注", "联系电话"], "personal"
    )
    assert identity not in json.dumps(made.as_json("zh"))
    path = a_csv(
        tmp_path / "a.csv", ["name", "address"], ["a", "路1号"], ["b", "路2号"], ["c", f"路3号 {identity}"]
    )
    assert [p.row for p in plan(registry, path, "compounds").problems] == [3]


def test_that_a_sheet_is_read_under_its_title_and_total_rows_are_skipped(registry, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "汇总"
    sheet.append(["瑶海区小区台账"])
    sheet.merge_cells("A1:C1")
    sheet.append(["填报：某街道", None, None])
    sheet.append(["小区名称", "户数", "建成年份"])
    sheet.append(["甲", 10, 1998])
    sheet.append([None, None, None])
    sheet.append(["乙", "好些", 1999])
    sheet.append(["合计", 30, None])
    book.save(tmp_path / "a.xlsx")
    made = plan(registry, tmp_path / "a.xlsx", "compounds")
    assert [(row.number, row.action) for row in made.rows] == [(4, "create"), (6, "refuse"), (7, "skip")]
    assert (made.problems[0].sheet, made.problems[0].row, made.problems[0].column) == ("汇总", 6, "户数")


def test_that_excel_days_and_number_codes_are_read(registry, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["社区代码", "社区名称", "街道代码", "valid_from"])
    book.active.append([340102001002, "新社区", 340102001000, date(2022, 3, 1)])
    book.save(tmp_path / "a.xlsx")
    brought_in(registry, tmp_path / "a.xlsx", "communities")
    record = registry.dataset.find("340102001002")
    assert (record.get("street"), record.valid_from) == ("340102001", date(2022, 3, 1))


def test_that_matched_above_imported_is_refused(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv", ["subject", "on", "imported", "matched"], ["C1", "2026-01-01", "10", "11"]
    )
    assert assert_refused_unwritten(registry, path, "households")[0].column == "matched"


def test_that_a_fact_without_a_day_is_the_same_tomorrow(registry, tmp_path, monkeypatch):
    roster = a_csv(tmp_path / "a.csv", ["code", "gate_guard"], ["C1", "有"])
    facts = a_csv(tmp_path / "f.csv", ["subject", "key", "value"], ["C1", "authority", "无"])
    brought_in(registry, roster, "compounds", on_conflict="update")
    brought_in(registry, facts, "facts")
    monkeypatch.setattr("app.services.bring_in.import_data.today", lambda: date(2026, 12, 24))
    assert plan(registry, roster, "compounds").counts["same"] == 1
    assert plan(registry, facts, "facts").counts["same"] == 1


def test_that_a_column_whose_code_repeats_is_no_code(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "name"], *(["7203", f"n{k}"] for k in range(12)))
    made = plan(registry, path, "compounds")
    assert made.counts["create"] == 12
    assert "code" in made.notes[0].en
    assert plan(registry, path, "compounds", mapping={"code": "code"}).counts["refuse"] == 12


def test_that_a_firms_name_is_not_taken_for_an_answer(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["小区名称", "物业企业"], ["甲", "安居物业"], ["乙", "乐居物业"])
    made = plan(registry, path, "compounds")
    assert made.counts["create"] == 2
    assert made.taken["property_firm"] == "物业企业"  # a name says that there is one; whom it names is asked
    assert [question.column for question in made.questions] == ["物业企业"]


@pytest.mark.parametrize(
    ("heading", "word", "right"),
    [("门卫", "也许", "有"), ("物业企业", "也许", "无"), ("类型", "老旧小区楼", "老旧")],
)
def test_that_a_word_that_is_no_choice_is_refused_among_words_that_are(
    registry, tmp_path, heading, word, right
):
    path = a_csv(tmp_path / "a.csv", ["小区名称", heading], ["甲", word], ["乙", right])
    (problem,) = assert_refused_unwritten(registry, path, "compounds")
    assert (problem.row, problem.column, problem.value) == (1, heading, word)
    alone = plan(registry, a_csv(tmp_path / "b.csv", ["小区名称", heading], ["甲", word]), "compounds")
    assert alone.counts["create"] == 1
    assert [left.column for left in alone.left_columns] == [heading]
    assert any(word in note.zh for note in alone.notes)


def test_that_a_bad_cell_costs_the_cell_where_the_user_agrees(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv",
        ["小区名称", "户数", "建成年份", "社区"],
        ["甲", "很多", "1998", "340102001001"],
        ["乙", "5", "98", "340102001001"],
        ["丙", "5", "1999", "3.40102E+11"],
    )
    assert plan(registry, path, "compounds").counts["refuse"] == 3
    made = plan(registry, path, "compounds", drop_bad_cells=True)
    assert [row.action for row in made.rows] == ["create", "create", "refuse"]
    first, second, third = ({c.field: c.after for c in row.cells} for row in made.rows)
    assert ("households" in first, first["built_year"]) == (False, 1998)
    assert ("built_year" in second, second["households"]) == (False, 5)
    assert [(p.row, p.column) for p in made.problems] == [(1, "户数"), (2, "建成年份"), (3, "社区")]
    assert not third


def test_that_an_answer_settles_a_form_in_every_row_and_is_asked_once(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv", ["小区名称", "建成年份", "户数"], ["甲", "98", "无"], ["乙", 98, "无"], ["丙", "90年代", "120户"]
    )  # fmt: skip
    made = plan(registry, path, "compounds")
    asked = {(question.column, question.form, question.rows) for question in made.questions}
    assert asked == {("建成年份", "98", 2), ("户数", "无", 2), ("建成年份", "90年代", 1)}
    assert [row.state for row in made.rows] == ["asked"] * 3
    answers = {"建成年份:98": "1998", "建成年份:90年代": "leave", "户数": "0"}
    made = plan(registry, path, "compounds", answers=answers)
    assert made.problems == made.questions == ()
    said = [{c.field: c.after for c in row.cells} for row in made.rows]
    assert [(row.get("built_year"), row.get("households")) for row in said] == [
        (1998, 0),
        (1998, 0),
        (None, 120),
    ]


def test_that_a_text_comes_in_without_the_person_where_the_user_agrees(registry, tmp_path):
    number = "13800138000"
    path = a_csv(
        tmp_path / "a.csv",
        ["小区名称", "地址"],
        ["甲", f"路1号 张某 {number}"],
        ["乙", "路2号"],
        ["丙", "路3号"],
    )
    made = plan(registry, path, "compounds")
    assert made.rows[0].state == "asked"
    assert "路1号" in made.problems[0].message.zh
    assert number not in json.dumps(made.as_json("zh"))
    made = plan(registry, path, "compounds", answers={"地址": "cut"})
    assert {c.field: c.after for c in made.rows[0].cells}["address"] == "路1号"
    assert number not in json.dumps(made.as_json("zh"))
