"""The panel of gaps: choosers, units that unfold to names, sums that add up, and every number to its polygons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QTableView

from app.coverage.explain import explain
from app.coverage.gaps import gaps
from tests.ui.robots.find import the
from tests.ui.robots.panel_context import opened_context
from ui.panels.coverage.gaps import GapsPanel
from ui.panels.coverage.gaps_model import COUNTS, LINE_ROLE, Column
from ui.widgets.coverage_cell import CODE_ROLE


@pytest.fixture
def context(qtbot, registry_path, settings_file):
    yield from opened_context(registry_path, settings_file)


@pytest.fixture
def panel(qtbot, context):
    panel = GapsPanel(context)
    qtbot.addWidget(panel)
    panel.resize(560, 600)
    panel.show()
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 2, timeout=30_000)
    return panel


def lines(panel):
    model = panel.table.model()
    return [model.index(row, 0).data(LINE_ROLE) for row in range(model.rowCount())]


def said(view, row, column):
    return str(view.model().index(row, column).data() or "")


def unfolded(qtbot, panel):
    panel.table.setCurrentIndex(panel.table.model().index(0, 0))
    QTest.keyClick(panel.table, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: any(line.kind == "subject" for line in lines(panel)), timeout=30_000)
    return lines(panel)


def entered(panel, row):
    panel.table.setCurrentIndex(panel.table.model().index(row, 0))
    QTest.keyClick(panel.table, Qt.Key.Key_Return)


@pytest.mark.parametrize("by", ["grid", "street"])
@pytest.mark.parametrize("target", [1.0, 0.9, 0.3])
def test_that_the_rows_and_what_lies_in_none_are_the_sum_and_the_commands_figures(
    qtbot, panel, context, by, target
):
    context.ask(by=by)
    context.set_target(target)
    qtbot.waitUntil(lambda: context.figured.question == context.question, timeout=30_000)
    found = context.registry.engine.coverage(context.question.query(context.as_of)).as_json("zh")
    assert context.figured.coverages[by].as_json("zh") == found
    views = [panel.table, *(the(QTableView, f"gaps.{name}", inside=panel) for name in ("unplaced", "total"))]
    for column in (Column.MISSING, *COUNTS):
        numbers = [
            [int(said(view, row, column).replace("—", "0")) for row in range(view.model().rowCount())]
            for view in views
        ]
        rows, [unplaced], [total] = numbers
        assert sum(rows) + unplaced == total
        if column in COUNTS:
            assert total == found["total"][COUNTS[column]]
    assert all(view.isVisible() for view in views)


def test_that_a_unit_unfolds_to_names_with_reason_and_next_step(qtbot, panel, context):
    shown = unfolded(qtbot, panel)
    told = explain(context.registry.engine, context.question.query(context.as_of), shown[0].unit)
    for name in ("uncovered", "unknown"):
        listed = {line.code for line in shown if line.kind == "subject" and line.name == name}
        assert listed == {entry.code for entry in getattr(told, name)}
    subject = next(n for n, line in enumerate(shown) if line.kind == "subject")
    assert said(panel.table, subject, Column.MISSING) == "未调查"
    assert said(panel.table, subject, Column.UNCOVERED).startswith(("先走访查清", "先上门查清"))
    assert said(panel.table, subject, Column.STEP) == "指派"
    QTest.keyClick(panel.table, Qt.Key.Key_Left)
    assert [line.kind for line in lines(panel)] == ["unit", "unit"]


def test_that_enter_on_each_line_selects_exactly_what_it_counts(qtbot, panel, context):
    shown = unfolded(qtbot, panel)
    for row, line in enumerate(shown):
        if line.kind not in {"list", "subject"}:
            continue
        context.select([])
        entered(panel, row)
        wanted = (
            [line.code]
            if line.entry
            else [
                entry.code
                for entry in getattr(
                    explain(context.registry.engine, context.question.query(context.as_of), line.unit),
                    line.name,
                )
            ]
        )
        qtbot.waitUntil(lambda wanted=wanted: sorted(context.selection) == sorted(wanted), timeout=30_000)


@pytest.mark.parametrize("target", [1.0, 0.5])
def test_that_the_least_work_is_that_of_the_command_and_leads_to_its_compounds(qtbot, panel, context, target):
    context.set_target(target)
    found = gaps(context.registry.engine, context.question.query(context.as_of), target)
    table, total = panel.table, the(QTableView, "gaps.total", inside=panel)
    cost = f"{found.total.plan.cost} 步"
    qtbot.waitUntil(lambda: said(total, 0, Column.STEP) == cost, timeout=30_000)
    for row, gap in enumerate(found.rows):
        assert said(table, row, Column.STEP) == f"{gap.plan.cost} 步"
        context.select([])
        spot = table.visualRect(table.model().index(row, Column.MISSING)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        if gap.least:
            assert context.selection == [work.code for work in gap.least]
    worst = unfolded(qtbot, panel)
    assert [line.kind for line in worst[:3]] == ["unit", "plan", "list"]
    subjects = [line.code for line in worst if line.kind == "subject"]
    planned = [work.code for work in found.rows[0].least]
    assert set(subjects[: len(planned)]) == set(planned), "who is in the plan comes first"
    assert said(table, 1, Column.UNIT).startswith("最省：")


@pytest.mark.parametrize("column", list(COUNTS))
def test_that_a_click_on_a_number_selects_and_shows_what_it_counts(qtbot, panel, context, column):
    view = the(QTableView, "gaps.total", inside=panel)
    spot = view.visualRect(view.model().index(0, column)).center()
    told = explain(context.registry.engine, context.question.query(context.as_of), "total")
    wanted = sorted(entry.code for entry in getattr(told, COUNTS[column]))
    zoomed = []
    context.zoom_asked.connect(zoomed.append)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    if wanted:
        qtbot.waitUntil(lambda: sorted(context.selection) == wanted, timeout=30_000)
        assert sorted(zoomed[-1]) == wanted


def test_that_the_mark_before_a_name_unfolds_it_and_a_word_asks_for_an_act(qtbot, panel, context):
    table = panel.table
    spot = table.visualRect(table.model().index(0, 0)).topLeft() + QPoint(8, 12)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: any(line.kind == "subject" for line in lines(panel)), timeout=30_000)
    row, line = next((n, line) for n, line in enumerate(lines(panel)) if line.kind == "subject")
    asked = []
    panel.assign_asked.connect(asked.append)
    spot = table.visualRect(table.model().index(row, Column.STEP)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert asked == [[line.code]]
    wanted = []
    context.wanted.connect(wanted.append)
    spot = table.visualRect(table.model().index(row, Column.UNCOVERED)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert wanted == ["compound.set_three_no"]
    assert context.selection == [line.code]


def test_that_the_choosers_ask_and_show_the_one_question(qtbot, panel, context):
    measure, by, weight = (
        the(QComboBox, f"gaps.{name}", inside=panel) for name in ("measure", "by", "weight")
    )
    by.setCurrentIndex(by.findData("street"))
    weight.setCurrentIndex(weight.findData("households"))
    assert (context.question.by, context.question.weight) == ("street", "households")
    measure.setCurrentIndex(measure.findData("property"))
    assert (context.question.measure, context.question.weight) == ("property", "households")
    context.ask(by="grid", weight=None, measure="party")
    assert [box.currentData() for box in (measure, by, weight)] == ["party", "grid", "compounds"]
    qtbot.waitUntil(lambda: context.figured.question == context.question, timeout=30_000)
    assert context.settings.review_level == "street"


def test_that_the_target_is_remembered_for_its_registry_and_asked_of_the_map(qtbot, panel, context):
    panel.target.setValue(85)
    assert context.target == 0.85
    assert context.settings.target(str(context.registry.path)) == 0.85
    assert context.settings.target("/another.gpkg") == 1.0
    assert the(QLabel, "gaps.aim", inside=panel).text() == "到 85% 最少再覆盖"


def test_that_the_hand_stays_on_its_unit_when_figures_come(qtbot, panel, context):
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.table.model().index(1, 0))
    unit = panel.table.currentIndex().data(CODE_ROLE)
    context.set_target(0.5)
    assert panel.table.currentIndex().data(CODE_ROLE) == unit
