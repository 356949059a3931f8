"""Workbooks that go out and come back: a post's tasks, whose states move by the ladder; a community's visiting sheet."""

from __future__ import annotations

from datetime import date, timedelta

import openpyxl
import pytest

from app.domain.period import today
from app.domain.tasks import state_of
from app.errors import InvalidInput
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.bring_in.task_book import write_task_book
from app.services.bring_in.visits import write_visit_sheet
from app.services.edit import edit
from app.services.tasks import acts
from app.services.tasks.acts import Gap, add_tasks
from tests.app.builders import a_small_registry

POST, OTHER = "一格 网格员", "二格 网格员"
COMMUNITY = "340102001001"


@pytest.fixture
def registry(tmp_path):
    opened = a_small_registry(tmp_path)
    yield opened
    opened.close()


def filled(path, kind, **cells):
    """Write into cells of a workbook's first sheet: heading → {row: value}; return what it asks to import."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for heading, values in cells.items():
        for row, value in values.items():
            sheet.cell(row, heads[heading]).value = value
    book.save(path)
    return ImportRequest(source=path, kind=kind, on_conflict="update")


def states(registry):
    return {code: state_of(task) for code, task in sorted(registry.dataset.of("tasks").items())}


def test_that_a_posts_tasks_come_back_and_move_by_the_ladder_or_are_told_by_row_and_column(
    registry, tmp_path
):
    add_tasks(registry, ["C1", "340102001001001"], Gap(why="缺口", measure="party", owner=POST))
    add_tasks(registry, ["C2"], Gap(why="缺口", measure="party", owner=OTHER, due=date(2026, 1, 5)))
    acts.report(registry, ["T000003"])
    out = tmp_path / "tasks.xlsx"
    report = write_task_book(registry, out)
    assert (report.rows, report.columns[0], report.columns[6:9]) == (3, "代码", ("状态", "结果", "说明"))
    assert openpyxl.load_workbook(out).worksheets[0]["A2"].value == "T000003", "overdue first"
    plan = plan_import(registry, ImportRequest(source=out, kind="tasks"))
    assert {row.action for row in plan.rows} == {"same"}
    kept = registry.dataset.of("tasks")
    wrong = filled(out, "tasks", 状态={2: "已核", 3: "已结", 4: "已报"}, 结果={4: "有"})
    plan = plan_import(registry, wrong)
    assert [(p.row, p.column, p.code) for row in plan.rows for p in row.problems] == [(3, "状态", "T000001")]
    with pytest.raises(InvalidInput):
        commit_import(registry, plan)
    assert registry.dataset.of("tasks") == kept
    right = filled(out, "tasks", 状态={3: "已报"}, 说明={3: "挂上了支部"})
    before = len(registry.history())
    commit_import(registry, plan_import(registry, right))
    assert states(registry) == {"T000001": "reported", "T000002": "reported", "T000003": "verified"}
    task = registry.dataset.of("tasks")["T000001"]
    assert (task.get("note"), task.get("since"), len(registry.history()) - before) == (
        "挂上了支部",
        today(),
        1,
    )
    registry.undo()
    assert states(registry) == {"T000001": "assigned", "T000002": "assigned", "T000003": "reported"}
    assert write_task_book(registry, out, owner=OTHER, lang="en").rows == 1
    assert write_task_book(registry, out, street="340102001").rows == 3


def test_that_a_visiting_sheet_asks_what_is_unknown_and_its_answers_hold_from_the_visit(registry, tmp_path):
    edit.set_values(
        registry, ["C1"], {"property_firm": "yes", "gate_guard": "unknown"}, since=date(2026, 3, 1)
    )
    out = tmp_path / "visit.xlsx"
    report = write_visit_sheet(
        registry, out, unit=COMMUNITY, measures=("property",), facts=("gate_guard", "households")
    )
    assert report.columns == ("代码", "名称", "地址", "户数", "调查日期", "物业企业", "门卫")
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["C1", "大关东三苑", None, 412, None, "—", None]
    assert [cell.value for cell in sheet[3]] == ["C2", "大关东二苑", None, None, None, None, None]
    assert len(sheet.data_validations.dataValidation) >= 2
    plan = plan_import(registry, ImportRequest(source=out, kind="compounds"))
    assert {row.action for row in plan.rows} == {"same"}
    visit = today() - timedelta(3)
    back = filled(out, "compounds", 调查日期={2: visit, 3: visit}, 门卫={2: "有", 3: "无"}, 户数={3: 88})
    commit_import(registry, plan_import(registry, back))
    said = {
        (code, key, fact.text("value"), fact.valid_from)
        for code in ("C1", "C2")
        for key in ("property_firm", "gate_guard")
        if (fact := registry.dataset.fact_on(code, key, today())) is not None
    }
    assert said == {
        ("C1", "property_firm", "yes", date(2026, 3, 1)),
        ("C1", "gate_guard", "yes", visit),
        ("C2", "gate_guard", "no", visit),
    }
    assert registry.dataset.find("C2").get("households") == 88
    with pytest.raises(InvalidInput, match="没有要上门的"):
        write_visit_sheet(registry, out, facts=("gate_guard",))
    with pytest.raises(InvalidInput):
        write_visit_sheet(registry, out, unit="C1")
