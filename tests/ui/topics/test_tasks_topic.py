"""Tasks in the window: made by Ctrl+T of what is chosen, moved on by keys as one change each, filtered, undone."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QMenu, QPushButton, QWidget

from app.domain.tasks import state_of
from app.services.tasks.acts import Gap, add_tasks
from tests.ui.robots.find import the
from tests.ui.robots.topics import tell, topic
from ui.widgets.coverage_cell import CODE_ROLE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

POST = "一格 网格员"


def registry_of(window):
    return window.window.context.registry


def states(window):
    return {code: state_of(task) for code, task in sorted(registry_of(window).dataset.of("tasks").items())}


def shown(table):
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def choose(table, *codes):
    model, chosen = table.model(), table.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    chosen.clearSelection()
    for row in range(model.rowCount()):
        if model.index(row, 0).data(CODE_ROLE) in codes:
            chosen.setCurrentIndex(model.index(row, 0), flags.Select | flags.Rows)
    table.setFocus()


@pytest.mark.story
def test_that_a_gap_becomes_tasks_that_are_assigned_reported_returned_and_undone_by_keys(window):
    window.window.context.select(["C000001", "C000002"], "map")
    window.canvas.setFocus()
    window.press("Ctrl+T")
    window.until(lambda: window.window.findChild(QDialog, "task.dialog") is not None)
    sheet = window.window
    assert "大关东一苑" in the(QLabel, "task.what", inside=sheet).text()
    assert the(QLineEdit, "task.why", inside=sheet).text() == "党组织覆盖的缺口"
    the(QPushButton, "task.commit", inside=sheet).click()
    window.until(lambda: states(window) == {"T000001": "open", "T000002": "open"})
    tasks = topic(window, "tasks")
    window.until(lambda: len(shown(tasks.table)) == 2)
    assert shown(tasks.table)[0][:4] == ["待派", "大关东一苑", "党组织覆盖 未知", "—"]
    choose(tasks.table, "T000001", "T000002")
    window.press("p")
    window.until(lambda: window.window.findChild(QComboBox, "task.owner") is not None)
    the(QComboBox, "task.owner", inside=sheet).setEditText(POST)
    the(QPushButton, "task.commit", inside=sheet).click()
    window.until(lambda: set(states(window).values()) == {"assigned"})
    assert len(registry_of(window).history()) == 3, "two tasks given to a post are one change"
    window.until(lambda: [row[3] for row in shown(tasks.table)] == [POST, POST])
    choose(tasks.table, "T000001")
    window.press("Enter")
    window.until(lambda: window.window.findChild(QComboBox, "task.result") is not None)
    the(QComboBox, "task.result", inside=sheet).setCurrentIndex(1)
    the(QPushButton, "task.commit", inside=sheet).click()
    window.until(lambda: states(window)["T000001"] == "reported")
    choose(tasks.table, "T000001")
    window.until(lambda: tasks.acts() == ["verify", "return"])
    window.press("r")
    window.until(lambda: window.window.findChild(QLineEdit, "task.why") is not None)
    the(QPushButton, "task.commit", inside=sheet).click()
    window.until(lambda: the(QLabel, "task.why.error", inside=sheet).isVisible())
    the(QLineEdit, "task.why", inside=sheet).setText("照片看不清")
    the(QPushButton, "task.commit", inside=sheet).click()
    window.until(lambda: states(window)["T000001"] == "returned")
    window.until(lambda: window.window.findChild(QDialog, "task.dialog") is None)
    for expected in ("reported", "assigned"):
        window.until(window.action("edit.undo").isEnabled)
        window.action("edit.undo").trigger()
        window.until(lambda expected=expected: states(window)["T000001"] == expected)


def test_that_overdue_is_said_in_words_and_filters_and_menu_offer_what_there_is(window):
    late = Gap(why="缺口", measure="party", owner=POST, due=date(2026, 1, 5))
    tell(
        window,
        lambda registry: add_tasks(registry, ["C000001"], late),
        lambda registry: add_tasks(registry, ["C000005"], Gap(why="补户数", measure="party")),
    )
    tasks = topic(window, "tasks")
    window.until(lambda: len(shown(tasks.table)) == 2)
    first, second = shown(tasks.table)
    assert "逾期" in first[4]
    assert tasks.table.model().index(0, 4).data(Qt.ItemDataRole.DecorationRole) is not None
    assert second[2] == "党组织覆盖 台账已有，等核"
    assert tasks.summary.text().startswith("共 2 件 = 没结 2 + 已结 0 + 够不着已准 0 + 不在口径 0；逾期 1 件")
    tasks.show_.setCurrentIndex(tasks.show_.findData("overdue"))
    window.until(lambda: [row[1] for row in shown(tasks.table)] == ["大关东一苑"])
    tasks.show_.setCurrentIndex(0)
    tasks.post.setCurrentIndex(tasks.post.findData(POST))
    window.until(lambda: [row[3] for row in shown(tasks.table)] == [POST])
    choose(tasks.table, "T000001")
    tasks.table.customContextMenuRequested.emit(
        tasks.table.visualRect(tasks.table.model().index(0, 1)).center()
    )
    menu = tasks.table.findChild(QMenu, "tasks.menu")
    names = [action.objectName() for action in menu.actions() if action.objectName()]
    assert names == ["tasks.act.assign", "tasks.act.report", "tasks.act.ask", "tasks.act.show"]
    menu.close()
    QTest.mouseClick(
        tasks.table.viewport(), Qt.MouseButton.LeftButton,
        pos=tasks.table.visualRect(tasks.table.model().index(0, 1)).center(),
    )  # fmt: skip
    window.until(lambda: window.window.context.selection == ["C000001"])


def test_that_ctrl_t_on_a_row_of_the_gaps_asks_for_all_that_it_lacks_and_with_nothing_chosen_shows_the_list(
    window,
):
    window.press("Ctrl+T")
    tasks = the(QWidget, "tasks", inside=window.window)
    window.until(lambda: tasks.isVisible() and not tasks.is_asking)
    window.press("Ctrl+2")
    panel = the(QWidget, "gaps", inside=window.window)
    window.until(lambda: panel.table.model().rowCount() > 0)
    panel.take_focus()
    window.press("Ctrl+T")
    window.until(lambda: window.window.findChild(QDialog, "task.dialog") is not None)
    assert the(QDialog, "task.dialog", inside=window.window).windowTitle() == "出任务：2 处"
    the(QPushButton, "task.commit", inside=window.window).click()
    window.until(lambda: len(states(window)) == 2)


def test_that_the_list_and_a_visiting_sheet_are_written_from_one_sheet(window, tmp_path):
    add = Gap(why="缺口", measure="party", owner=POST)
    tell(window, lambda registry: add_tasks(registry, ["C000001"], add))
    tasks = topic(window, "tasks")
    tasks.print.click()
    window.until(lambda: window.window.findChild(QDialog, "template.dialog") is not None)
    sheet = the(QDialog, "template.dialog", inside=window.window)
    assert (sheet.kind.currentData(), sheet.owner.isVisible(), sheet.unit.isVisible()) == (
        "tasks",
        True,
        False,
    )
    written = tmp_path / "tasks.xlsx"
    sheet.path.setText(str(written))
    sheet.commit.click()
    window.until(written.exists)
    window.until(sheet.commit.isEnabled)
    sheet.kind.setCurrentIndex(sheet.kind.findData("compounds"))
    sheet.filling.setCurrentIndex(sheet.filling.findData("visit"))
    assert (sheet.owner.isVisible(), sheet.unit.isVisible(), sheet.measure.currentData()) == (
        False,
        True,
        "party",
    )
    visit = tmp_path / "visit.xlsx"
    sheet.path.setText(str(visit))
    sheet.commit.click()
    window.until(visit.exists)
    window.until(lambda: "行" in sheet.told.text())
