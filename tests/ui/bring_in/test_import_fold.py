"""The form of the import folds into one line once a plan stands; the hand is led on, and comes back by a button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.ui.robots.find import the
from tests.ui.robots.panel_context import opened_context
from tests.ui.robots.walker import cut_texts, outside, overlaps
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.bring_in.plan import PlanTable

ROSTER = "name,households\n听雨新轩,55\n望月新轩,66\n"


@pytest.fixture
def planned(qtbot, context, host, tmp_path):
    """Return a function that types a roster's path, and waits for the plan."""

    def plan(text=ROSTER, name="roster.csv", *, dialog=None):
        (tmp_path / name).write_text(text, encoding="utf-8")
        host.activateWindow()
        if dialog is None:
            dialog = ImportDialog(context, host)
            dialog._soon.setInterval(0)
            dialog.open()
        dialog.path.setText(str(tmp_path / name))
        QTest.keyClick(dialog.path, Qt.Key.Key_Return)
        settle(qtbot, dialog)
        return dialog

    return plan


def settle(qtbot, dialog):
    qtbot.waitUntil(
        lambda: not dialog._soon.isActive() and dialog._task is None and not dialog.context.tasks.is_busy
    )


def test_that_the_form_is_one_line_once_a_plan_stands_and_the_hand_is_on_the_rows(host, planned):
    dialog = planned()
    table = the(PlanTable, "import.plan", inside=host)
    assert not dialog.path.isVisible()
    assert not dialog.encoding.isVisible()
    assert the(QLabel, "import.summary", inside=host).toolTip() == "roster.csv · 小区"
    assert QApplication.focusWidget() is table
    assert table.viewport().height() > 12 * 26
    assert table.selectionModel().selectedRows()[0].row() == 0
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert not table.hasFocus()


def test_that_the_form_stays_open_for_who_opened_it_also_for_the_next_file(host, planned):
    dialog = planned()
    button = the(QPushButton, "import.form", inside=host)
    assert button.accessibleName() == button.text()
    button.click()
    assert dialog.path.isVisible()
    planned(name="next.csv", dialog=dialog)
    assert dialog.path.isVisible()
    button.click()
    assert not dialog.path.isVisible()
    assert "next.csv" in the(QLabel, "import.summary", inside=host).text()


def test_that_the_form_does_not_fold_under_a_hand_that_is_busy_in_it(qtbot, host, planned, tmp_path):
    dialog = planned("", name="empty.csv")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    dialog.path.setText(str(tmp_path / "roster.csv"))
    dialog.datum.setFocus()
    dialog.path.editingFinished.emit()
    settle(qtbot, dialog)
    assert the(PlanTable, "import.plan", inside=host).model().rowCount() == 2
    assert dialog.datum.isVisible()
    assert QApplication.focusWidget() is dialog.datum
    dialog.datum.setCurrentIndex(dialog.datum.findData("gcj02"))
    settle(qtbot, dialog)
    assert QApplication.focusWidget() is dialog.datum


def test_that_what_cant_be_read_is_said_in_the_open_form(qtbot, host, planned, tmp_path):
    dialog = planned()
    assert not dialog.path.isVisible()
    (tmp_path / "roster.csv").unlink()
    dialog._read()
    settle(qtbot, dialog)
    assert dialog.path.isVisible()
    assert the(QLabel, "import.path.error", inside=host).isVisible()


def test_that_enter_on_a_row_writes_nothing_and_ctrl_enter_asks_nothing(qtbot, context, host, planned):
    dialog = planned("name,community,households\n三唐人家,临泉社区,77\n听雨新轩,,55\n")
    table = the(PlanTable, "import.plan", inside=host)
    steps = len(context.registry.history())
    why = the(QLabel, "import.waits", inside=host)
    assert "先导其余的" in why.text()
    dialog.partial.setChecked(True)
    assert dialog.commit.isEnabled()
    assert not why.text()
    table.setCurrentIndex(table.model().index(1, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    settle(qtbot, dialog)
    assert len(context.registry.history()) == steps
    table.setCurrentIndex(table.model().index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(context.registry.history()) == steps + 1)
    assert table.menu is None


def test_that_nothing_around_the_plan_is_cut_in_a_small_window(
    qtbot, registry_path, settings_file, host, tmp_path
):
    host.resize(900, 540)
    (tmp_path / "roster.csv").write_text(
        "code,name,community,households\nC000001,,,123\n,三唐人家,临泉社区,77\n,听雨新轩,,many\n",
        encoding="utf-8",
    )
    for context in opened_context(registry_path, settings_file, lang="en"):
        dialog = ImportDialog(context, host, path=str(tmp_path / "roster.csv"))
        dialog.open()
        settle(qtbot, dialog)
        qtbot.waitUntil(dialog.partial.isVisible)
        for page in range(dialog.tabs.count()):
            dialog.tabs.setCurrentIndex(page)
            QApplication.processEvents()
            told = [cut for cut in cut_texts(dialog) if "QHeaderView" not in cut.where]
            assert (told, outside(dialog), overlaps(dialog)) == ([], [], [])
            for table in (dialog.questions, dialog.columns.table):
                assert not table.isVisible() or table.horizontalScrollBar().maximum() == 0
        dialog.reject()
