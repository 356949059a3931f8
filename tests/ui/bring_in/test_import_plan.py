"""The plan of an import is worked on: ticks, answers from a list, problems out as a workbook."""

from __future__ import annotations

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QToolButton

from tests.ui.robots.find import the
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.bring_in.models import ACTION_ROLE
from ui.dialogs.bring_in.plan import PlanTable


@pytest.fixture
def sheet(qtbot, context, host, tmp_path):
    """Return a function that opens the import on a roster and waits for its plan."""

    def open_on(text):
        roster = tmp_path / "roster.csv"
        roster.write_text(text, encoding="utf-8")
        dialog = ImportDialog(context, host)
        dialog._soon.setInterval(0)
        dialog.open()
        dialog.path.setText(str(roster))
        QTest.keyClick(dialog.path, Qt.Key.Key_Return)
        planned(qtbot, context, host)
        return dialog

    return open_on


def table(host):
    return the(PlanTable, "import.plan", inside=host)


def planned(qtbot, context, host):
    qtbot.waitUntil(lambda: not context.tasks.is_busy and table(host).model().rowCount() > 0)


def names_of(context):
    return {record.text("name") for record in context.registry.dataset.of("compounds").values()}


def actions(host):
    model = table(host).model()
    return [model.index(row, 0).data(ACTION_ROLE) for row in range(model.rowCount())]


def test_that_a_row_without_its_tick_is_not_taken(qtbot, context, host, sheet):
    dialog = sheet("name,households\n听雨新轩,55\n望月新轩,66\n")
    assert actions(host) == ["create", "create"]
    view = table(host)
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 2))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view.model().index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    assert "1" in dialog.commit.text()
    dialog.commit.click()
    qtbot.waitUntil(lambda: "望月新轩" in names_of(context))
    assert "听雨新轩" not in names_of(context)


def test_that_a_row_that_is_asked_about_is_settled_in_four_keys(qtbot, context, host, sheet):
    sheet("name,community,households\n三唐人家,临泉社区,77\n")
    assert actions(host) == ["refuse"]
    view = table(host)
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(view.menu.isVisible)
    assert "三塘人家（C000005）" in view.menu.actions()[0].text()
    QTest.keyClick(view.menu, Qt.Key.Key_Down)
    QTest.keyClick(view.menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: actions(host) == ["change"])
    assert view.model().index(0, 3).data() == "C000005"


def test_that_one_tick_leaves_what_is_refused_and_the_problems_go_out_as_a_workbook(
    qtbot, context, host, sheet, tmp_path
):
    dialog = sheet("name,households,手机\n听雨新轩,55,\n望月新轩,many,13800138000\n")
    assert not dialog.commit.isEnabled()
    the(QCheckBox, "import.partial", inside=host).click()
    assert dialog.commit.isEnabled()
    the(QPushButton, "import.save_problems", inside=host).click()
    qtbot.waitUntil(the(QLabel, "import.saved", inside=host).isVisible)
    (page,) = openpyxl.load_workbook(tmp_path / "roster-问题.xlsx").worksheets
    head, row = ([cell.value for cell in line] for line in page.iter_rows())
    assert head[1:3] == ["name", "households"]
    assert "手机" not in head
    assert row[:3] == ["2", "望月新轩", "many"]
    assert row[-1]


def test_that_a_cell_is_typed_in_the_plan_marked_and_taken_back(qtbot, context, host, sheet):
    dialog = sheet("name,households\n听雨新轩,many\n望月新轩,66\n")
    view = table(host)
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_F2)
    field = the(QLineEdit, "import.cell", inside=host)
    assert (field.isVisible(), field.text()) == (True, "many")
    QTest.keyClicks(field, "77")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: actions(host) == ["create", "create"])
    assert view.hasFocus()
    assert "手改：households" in [view.model().index(row, 5).data() for row in range(2)]
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "refuse" in actions(host))
    assert context.registry.next_undo() is None or context.registry.next_undo().verb != "undo"
    QTest.keyClick(
        view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: actions(host) == ["create", "create"])
    dialog.commit.click()
    qtbot.waitUntil(lambda: "听雨新轩" in names_of(context))
    assert context.registry.history(limit=1)[0].why == "roster.csv [1 households many → 77]"


def test_that_a_tick_is_taken_back_too_and_esc_leaves_a_cell_as_it_was(qtbot, host, sheet):
    dialog = sheet("name,households\n听雨新轩,many\n望月新轩,66\n")
    view = table(host)
    view.setFocus()
    view.setCurrentIndex(view.model().index(1, 0))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert dialog.words.now.unticked == {"2"}
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.words.now.unticked
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_F2)
    field = the(QLineEdit, "import.cell", inside=host)
    QTest.keyClicks(field, "77")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert not dialog.words.now.edits
    assert dialog.isVisible()


def test_that_the_rows_are_chosen_by_what_becomes_of_them_and_by_words_and_all_are_counted(
    qtbot, host, sheet
):
    sheet("name,households\n听雨新轩,many\n望月新轩,66\n云间新轩,67\n")
    assert the(QLabel, "import.counts", inside=host).text() == "2 + 0 + 0 + 0 + 1 = 3 行，一行不少"
    the(QToolButton, "import.state.create", inside=host).click()
    assert actions(host) == ["create", "create"]
    the(QToolButton, "import.state.refuse", inside=host).click()
    assert actions(host) == ["refuse", "create", "create"]
    the(QLineEdit, "import.filter", inside=host).setText("望月")
    qtbot.waitUntil(lambda: actions(host) == ["create"])
    assert not the(QToolButton, "import.state.same", inside=host).isEnabled()
