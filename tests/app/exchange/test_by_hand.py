"""What people say of a sheet by hand: which rows are what, what a cell should read, and rows sent out to be corrected."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from app.errors import InvalidInput
from app.exchange.mapping.meaning import wanted_in
from app.exchange.mapping.seen import seen_sheets
from app.exchange.picture import Block, Sheet
from app.exchange.reader import SheetRows, Source
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import, plan_of
from app.services.bring_in.look import look
from app.services.bring_in.problems import save_problems
from tests.app.builders import a_small_registry


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = a_small_registry(tmp_path_factory.mktemp("by_hand"))
    yield registry
    registry.close()


@pytest.fixture
def own_registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def a_source(tmp_path, *sheets, layer=None):
    return Source(
        path=tmp_path / "roster.xlsx",
        format="sheet",
        layer=layer or sheets[0].name,
        columns=None,
        rows=SheetRows(sheets),
        has_outlines=False,
        crs=None,
        encoding=None,
        notes=(),
        sheets=sheets,
    )


def a_sheet(*rows, name="表", **more):
    return Sheet(name, [list(row) for row in rows], **more)


def request_for(source, **said):
    return ImportRequest(source=source.path, kind="compounds", layer=source.layer, **said)


def names(plan):
    return [
        {cell.field: cell.after for cell in row.cells}.get("name")
        for row in plan.rows
        if row.action == "create"
    ]


def parts(sheet):
    return {row: seen.part for row, seen in sheet.parts.items()}


def picture(registry, source, **said):
    request = request_for(source, **said)
    return seen_sheets(source, wanted_in(registry.profile, request, source), request.parts)


def test_that_the_picture_says_what_every_row_was_taken_for(registry, tmp_path):
    sheet = a_sheet(
        ["小区名册"],
        ["基本情况", None, "人口"],
        ["小区名称", "户数", "人数"],
        [None, "户", "人"],
        ["甲院", 10, 20],
        ["乙院", 11, 21],
        ["合计", 21, 41],
        ["填表人：", None, None],
        merged=[Block(1, 0, 1, 2), Block(2, 0, 2, 1)],
        hidden_rows=[6],
    )
    (seen,) = picture(registry, a_source(tmp_path, sheet))
    assert parts(seen) == {
        1: "title",
        2: "heading",
        3: "heading",
        4: "units",
        5: "record",
        6: "record",
        7: "apart",
        8: "apart",
    }
    assert seen.parts[7].words.zh == "合计或小计"
    assert seen.hidden_rows == {6}
    assert seen.tables[0].headings == (2, 4)
    assert seen.tables[0].is_read
    assert seen.tables[0].labels[0].startswith("基本情况/小区名称")


def test_that_the_tables_of_a_sheet_are_told_apart_and_each_can_be_asked_for(registry, tmp_path):
    sheet = a_sheet(
        ["小区名称", "户数"],
        ["甲院", 10],
        [],
        ["小区名称", "地址", "人数"],
        ["乙院", "路 1 号", 30],
    )
    source = a_source(tmp_path, sheet)
    (seen,) = picture(registry, source)
    assert [(table.layer, table.headings, table.is_read) for table in seen.tables] == [
        ("表#1", (1, 1), False),
        ("表#2", (4, 4), False),
    ]
    (seen,) = picture(registry, a_source(tmp_path, sheet, layer="表#2"))
    assert [table.is_read for table in seen.tables] == [False, True]
    assert parts(seen) == {1: "heading", 2: "other", 4: "heading", 5: "record"}


def test_that_headings_stand_where_somebody_says(registry, tmp_path):
    source = a_source(
        tmp_path,
        a_sheet(["小区名称", "户数"], ["（旧表头）", "不要"], ["小区名称", "总户数"], ["甲院", 10]),
    )
    plan = plan_of(registry, source, request_for(source, parts={"3": "heading"}))
    assert names(plan) == ["甲院"]
    assert [row.number for row in plan.rows] == [4]
    assert plan.taken["households"] == "总户数"


def test_that_two_rows_said_to_be_headings_are_joined_with_their_units(registry, tmp_path):
    source = a_source(
        tmp_path, a_sheet(["小区", "住户"], ["名称", "户数"], ["（个）", "（户）"], ["甲院", 10])
    )
    said = {"1": "heading", "2": "heading", "3": "heading"}
    plan = plan_of(registry, source, request_for(source, parts=said))
    assert names(plan) == ["甲院"]
    assert plan.taken["households"] == "住户/户数（户）"


def test_that_the_lowest_of_joined_headings_says_what_the_column_holds(registry, tmp_path):
    sheet = a_sheet(
        ["小区", "人口", None], ["名称", "户数", "人数"], ["甲院", 10, 30], merged=[Block(1, 1, 1, 2)]
    )
    source = a_source(tmp_path, sheet)
    plan = plan_of(registry, source, request_for(source))
    assert plan.taken == {"name": "小区/名称", "households": "人口/户数", "residents": "人口/人数"}


def test_that_a_smaller_table_above_a_larger_one_is_no_title_of_it(registry, tmp_path):
    sheet = a_sheet(
        ["小区名称", "户数"], ["甲院", 10], [], ["小区名称", "地址", "户数"], ["乙院", "路 1 号", 30]
    )
    source = a_source(tmp_path, sheet, layer="all")
    assert names(plan_of(registry, source, request_for(source))) == ["甲院", "乙院"]


def test_that_a_sheet_may_have_no_headings_at_all(registry, tmp_path):
    source = a_source(tmp_path, a_sheet(["甲院", 10], ["乙院", 11]))
    said = {"parts": {"1": "record"}, "mapping": {"name": "#1", "households": "#2"}}
    plan = plan_of(registry, source, request_for(source, **said))
    assert names(plan) == ["甲院", "乙院"]
    (seen,) = picture(registry, source, **said)
    assert parts(seen) == {1: "record", 2: "record"}


def test_that_a_row_set_apart_is_a_record_where_somebody_says_so_and_the_other_way_round(registry, tmp_path):
    source = a_source(
        tmp_path, a_sheet(["小区名称", "户数"], ["合计", 10], ["乙院", 11], ["丙院", 12], ["丁院", 13])
    )
    assert names(plan_of(registry, source, request_for(source))) == ["乙院", "丙院", "丁院"]
    plan = plan_of(registry, source, request_for(source, parts={"表!2": "record", "4": "apart"}))
    assert names(plan) == ["合计", "乙院", "丁院"]
    skipped = next(row for row in plan.rows if row.action == "skip")
    assert (skipped.number, skipped.problems[0].message.zh) == (4, "按你标的")


@pytest.mark.parametrize("said", [{"9": "record"}, {"x": "record"}, {"2": "header"}, {"别的!2": "record"}])
def test_that_a_part_that_cant_be_is_refused_with_its_place(registry, tmp_path, said):
    source = a_source(tmp_path, a_sheet(["小区名称"], ["甲院"]))
    with pytest.raises(InvalidInput) as refused:
        plan_of(registry, source, request_for(source, parts=said))
    assert refused.value.problems[0].value == next(iter(said))


def test_that_a_typed_cell_is_read_like_the_files_own(registry, tmp_path):
    source = a_source(tmp_path, a_sheet(["小区名称", "户数"], ["甲院", "许多"], ["乙院", 11]))
    assert plan_of(registry, source, request_for(source)).counts["refuse"] == 1
    plan = plan_of(registry, source, request_for(source, edits={"表!2:户数": "约120户", "3:户数": ""}))
    assert plan.counts["create"] == 2
    assert [{c.field: c.after for c in row.cells}.get("households") for row in plan.rows] == [120, None]
    assert [cell.as_json("zh") for cell in plan.edited] == [
        {"row": "表!2", "column": "户数", "before": "许多", "after": "约120户"},
        {"row": "表!3", "column": "户数", "before": "11", "after": ""},
    ]
    plan = plan_of(registry, source, request_for(source, edits={"2:户数": "很多很多"}))
    assert plan.counts["refuse"] == 1
    assert plan.problems[0].value == "很多很多"


@pytest.mark.parametrize("asked", ["7:户数", "2:没有", "2", "x:户数"])
def test_that_a_typed_cell_that_is_not_there_is_refused(registry, tmp_path, asked):
    source = a_source(tmp_path, a_sheet(["小区名称", "户数"], ["甲院", 10]))
    with pytest.raises(InvalidInput) as refused:
        plan_of(registry, source, request_for(source, edits={asked: "1"}))
    assert refused.value.problems[0].value == asked


def test_that_the_journal_keeps_what_was_typed_by_hand(own_registry, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("name,households\n甲院,许多\n乙院,11\n", encoding="utf-8")
    request = ImportRequest(source=path, kind="compounds", edits={"1:households": "120"})
    commit_import(own_registry, plan_import(own_registry, request))
    assert own_registry.history(limit=1)[0].why == "roster.csv [1 households 许多 → 120]"


def test_that_a_file_that_brings_less_than_its_namesake_did_is_told(own_registry, tmp_path):
    path = tmp_path / "roster.csv"
    request = ImportRequest(source=path, kind="compounds", edits={"1:households": "1"})
    path.write_text("name,households\n甲院,10\n乙院,11\n丙院,12\n", encoding="utf-8")
    commit_import(own_registry, plan_import(own_registry, request))
    path.write_text("name,households\n甲院,10\n乙院,11\n", encoding="utf-8")
    plan = plan_import(own_registry, ImportRequest(source=path, kind="compounds"))
    told = [note.zh for note in plan.notes if "没有传完" in note.zh]
    assert len(told) == 1
    assert "丙院" in told[0]
    assert "3 条" in told[0]
    own_registry.undo()
    plan = plan_import(own_registry, ImportRequest(source=path, kind="compounds"))
    assert not [note for note in plan.notes if "没有传完" in note.zh]


def test_that_what_comes_back_corrected_is_known_by_its_sheet(own_registry, tmp_path):
    path = tmp_path / "roster.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["小区名称", "户数", "x"], ["甲院", "许多", "9"], ["乙院", "11", "8"]])
    request = ImportRequest(source=path, kind="compounds", mapping={"buildings": "x"}, partial=True)
    plan = plan_import(own_registry, request)
    out = tmp_path / "back.xlsx"
    assert save_problems(own_registry.profile, plan, out, "zh") == 1
    book = openpyxl.load_workbook(out)
    page = book.active
    column = next(cell.column for cell in page[1] if cell.value == "户数")
    page.cell(2, column).value = 120
    book.save(out)
    seen = look(own_registry, ImportRequest(source=out, kind="firms"))
    assert seen.kind == "compounds"
    (row,) = seen.plan.rows
    cells = {cell.field: cell.after for cell in row.cells}
    assert (cells["name"], cells["households"], cells["buildings"]) == ("甲院", 120, 9)
    assert not seen.plan.left_columns
    assert "问题清单" in " ".join(note.zh for note in seen.plan.notes)


def test_that_a_sheet_is_shown_also_where_nobody_has_said_which_of_its_tables(own_registry, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("小区名称,户数\n甲院,10\n\n小区名称,地址,人数\n乙院,路 1 号,30\n", encoding="utf-8")
    seen = look(own_registry, ImportRequest(source=path, kind="compounds"))
    assert seen.layers == ("two", "two#1", "two#2")
    assert seen.error is not None
    assert len(seen.sheets[0].tables) == 2
    seen = look(own_registry, ImportRequest(source=path, kind="compounds", layer="two#2"))
    assert names(seen.plan) == ["乙院"]
