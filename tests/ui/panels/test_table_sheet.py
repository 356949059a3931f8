"""The table is worked in as a spreadsheet is: every gesture exactly the change it means."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListWidget, QPushButton, QWidget

from app.domain.period import ONE_DAY, today
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from ui import theme
from ui.widgets.choice_box import ChoiceBox

CTRL = Qt.KeyboardModifier.ControlModifier
FACT = "authority"  # of the three-no rule: in the table as it is delivered
ALL = ["C000001", "C000002", "C000003", "C000004", "C000005"]


class SheetRobot:
    """Hands on the table: cells by code and column, keys where the focus is."""

    def __init__(self, robot):
        self.robot, self.table = robot, robot.table
        self.registry = robot.window.context.registry
        robot.window.work.open_tab("table")
        robot.window.activateWindow()
        self.until = robot.until
        self.until(lambda: self.table.isVisible() and self.robot.rows()[0][0] != "")

    def column(self, name):
        model = self.table.model()
        return next(place for place in range(model.columnCount()) if model.column_id(place) == name)

    def stand(self, code, name):
        """Click a cell."""
        index = self.table.model().index(self.robot.codes().index(code), self.column(name))
        self.table.scrollTo(index)
        QTest.mouseClick(
            self.table.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            self.table.visualRect(index).center(),
        )
        self.table.setFocus()
        self.until(lambda: self.robot.window.context.selection == [code])
        return index

    def cells(self, name):
        model = self.table.model()
        place = self.column(name)
        return [str(model.index(row, place).data()) for row in range(model.rowCount())]

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget(), key, modifier)
        QApplication.processEvents()

    def paste(self, text):
        QGuiApplication.clipboard().setText(text)
        self.key(Qt.Key.Key_V, CTRL)

    def editor(self):
        return the(QWidget, "table.cell", inside=self.table)

    def count(self):
        return len(self.registry.history())

    def quiet(self):
        """Wait until nothing is written, computed or waiting to be shown."""
        window = self.robot.window
        self.until(lambda: not window.tasks.is_busy and not window.table._soon.isActive())

    def values(self, field):
        return [self.registry.dataset.find(code).get(field) for code in ALL]

    def refused(self):
        listed = the(QListWidget, "table.refused.list", inside=self.robot.window)
        return [listed.item(row).text() for row in range(listed.count())]

    def bar(self):
        return the(QFrame, "table.refused", inside=self.robot.window)


@pytest.fixture
def sheet(window):
    robot = SheetRobot(window)
    robot.quiet()
    return robot


def test_that_a_cell_is_written_with_f2_and_enter_goes_down(sheet):
    before = sheet.count()
    sheet.stand("C000002", "households")
    sheet.key(Qt.Key.Key_F2)
    editor = sheet.editor()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "101"
    QTest.keyClicks(editor, "1,250")
    sheet.key(Qt.Key.Key_Return)
    assert sheet.table.currentIndex().row() == sheet.robot.codes().index("C000003")
    assert sheet.table.currentIndex().column() == sheet.column("households")
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households")[1] == 1250
    assert sheet.cells("households")[1] == "1,250"
    assert sheet.count() == before + 1
    assert sheet.table.currentIndex().column() == sheet.column("households")
    sheet.robot.window.context.undo()
    sheet.until(lambda: sheet.values("households")[1] == 101)


def test_that_digits_begin_a_cell_tab_goes_right_and_escape_writes_nothing(sheet):
    before = sheet.count()
    sheet.stand("C000001", "households")
    QTest.keyClicks(sheet.table, "7")
    QTest.keyClicks(sheet.editor(), "7")
    assert sheet.editor().text() == "77"
    sheet.key(Qt.Key.Key_Escape)
    sheet.quiet()
    assert sheet.count() == before
    QTest.keyClicks(sheet.table, "8")
    sheet.key(Qt.Key.Key_Tab)
    assert sheet.table.currentIndex().column() == sheet.column("residents")
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households")[0] == 8
    sheet.key(Qt.Key.Key_F2)
    sheet.key(Qt.Key.Key_Return)  # opened and left as it was
    sheet.quiet()
    assert sheet.count() == before + 1


def test_that_an_answer_is_chosen_in_its_cell(sheet):
    before = sheet.count()
    sheet.stand("C000001", FACT)
    QTest.keyClicks(sheet.table, "1")
    box = sheet.editor()
    assert isinstance(box, ChoiceBox)
    assert box.currentData() == "yes"
    sheet.key(Qt.Key.Key_Return)
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.registry.dataset.fact_on("C000001", FACT, today()).text("value") == "yes"


def test_that_a_double_click_writes_where_one_may_and_a_letter_stays_a_short_cut(sheet):
    index = sheet.stand("C000001", "name")
    QTest.mouseDClick(
        sheet.table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        sheet.table.visualRect(index).center(),
    )
    assert sheet.editor().text() == "大关东一苑"
    sheet.key(Qt.Key.Key_Escape)
    QTest.keyClicks(sheet.table, "t")
    assert not sheet.table.is_editing


def test_that_a_pasted_column_is_one_change_with_one_undo(sheet):
    before = sheet.count()
    sheet.stand("C000001", "households")
    sheet.paste('10\r\n"1,020"\r\n30\r\n４０\r\n50\r\n')
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households") == [10, 1020, 30, 40, 50]
    assert sheet.count() == before + 1
    assert sheet.bar().isHidden()
    sheet.robot.window.context.undo()
    sheet.until(lambda: sheet.values("households") == [100, 101, 102, 103, 104])


def test_that_a_block_over_several_columns_with_its_header_is_one_change(sheet):
    before = sheet.count()
    sheet.stand("C000002", "households")
    model, left = sheet.table.model(), sheet.column("households")
    head = "\t".join(str(model.headerData(left + n, Qt.Orientation.Horizontal)) for n in range(2))
    sheet.paste(f"{head}\n5\t15\n6\t\n")
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households")[1:3] == [5, 6]
    assert sheet.values("residents")[1:3] == [15, None]
    assert sheet.count() == before + 1


def corner_of(table, index):
    """Return the colour of a cell's upper left corner, which no letter covers."""
    table.scrollTo(index)
    box = table.visualRect(index)
    return table.viewport().grab().toImage().pixelColor(box.topLeft() + QPoint(3, 3)).name()


def test_that_refused_cells_are_listed_marked_and_the_others_can_be_written(sheet):
    before = sheet.count()
    sheet.stand("C000001", "households")
    sheet.paste("11\nmany\n13\n-4\n15")
    sheet.until(lambda: not sheet.bar().isHidden())
    sheet.quiet()
    assert sheet.count() == before
    assert sheet.values("households") == [100, 101, 102, 103, 104]
    listed = sheet.refused()
    assert len(listed) == 2
    assert all(part in listed[0] for part in ("第 2 行", "大关东二苑", "户", "many", "不是数字"))
    model, place = sheet.table.model(), sheet.column("households")
    marked = [row for row in range(5) if model.index(row, place).data(Qt.ItemDataRole.BackgroundRole)]
    assert marked == [1, 3]
    grounds = {row: corner_of(sheet.table, model.index(row, place)) for row in range(5)}
    assert [
        row for row in grounds if grounds[row] == theme.current().no_ground.lower()
    ] == marked  # as it is seen
    assert "不是数字" in model.index(1, place).data(Qt.ItemDataRole.ToolTipRole)
    assert sheet.cells("households") == ["100", "101", "102", "103", "104"]
    QTest.mouseClick(
        the(QPushButton, "table.refused.rest", inside=sheet.robot.window), Qt.MouseButton.LeftButton
    )
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households") == [11, 101, 13, 103, 15]
    assert sheet.count() == before + 1


def test_that_a_paste_beyond_the_rows_or_into_what_is_derived_is_refused_with_a_sentence(sheet):
    before = sheet.count()
    sheet.stand("C000004", "households")
    sheet.paste("1\n2\n3")
    sheet.until(lambda: not sheet.bar().isHidden())
    assert "只有 2 行" in sheet.refused()[0]
    sheet.stand("C000001", "three_no")
    sheet.paste("是\n否")
    sheet.until(lambda: "三无" in sheet.refused()[0])
    sheet.quiet()
    assert sheet.count() == before


def test_that_a_paste_follows_the_rows_as_they_are_shown_and_no_row_jumps(sheet):
    before = sheet.count()
    sheet.table.horizontalHeader().sectionClicked.emit(sheet.column("households"))
    sheet.table.horizontalHeader().sectionClicked.emit(sheet.column("households"))
    order = ALL[::-1]
    assert sheet.robot.codes() == order
    sheet.stand("C000005", "households")
    sheet.paste("1\n2\n3\n4\n5")
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households") == [5, 4, 3, 2, 1]
    assert sheet.robot.codes() == order
    assert sheet.cells("households") == ["1", "2", "3", "4", "5"]
    sheet.table.horizontalHeader().sectionClicked.emit(sheet.column("households"))
    assert sheet.robot.codes() == order
    assert sheet.table.model().sorted_by() is not None


def test_that_fill_down_and_one_value_over_several_rows_are_one_change_each(sheet):
    before = sheet.count()
    edit.set_values(sheet.registry, ["C000001"], {FACT: "no"})
    sheet.robot.window.context.figure_again()
    sheet.until(lambda: sheet.cells(FACT)[0] == "无")
    sheet.stand("C000001", FACT)
    QTest.keyClick(sheet.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(sheet.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    sheet.until(lambda: len(sheet.robot.window.context.selection) == 3)
    sheet.key(Qt.Key.Key_D, CTRL)
    sheet.until(lambda: sheet.count() == before + 2)
    sheet.quiet()
    found = [sheet.registry.dataset.fact_on(code, FACT, today()) for code in ALL]
    assert [f and f.text("value") for f in found] == ["no", "no", "no", None, None]
    sheet.paste("有")
    sheet.until(lambda: sheet.count() == before + 3)
    sheet.quiet()
    found = [sheet.registry.dataset.fact_on(code, FACT, today()) for code in ALL]
    assert [f and f.text("value") for f in found] == ["yes", "yes", "yes", None, None]


def test_that_delete_empties_the_current_cell_alone(sheet):
    before = sheet.count()
    sheet.stand("C000001", "households")
    QTest.keyClick(sheet.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    sheet.key(Qt.Key.Key_Delete)
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households") == [100, None, 102, 103, 104]


def test_that_on_a_past_day_no_cell_is_written_and_the_reason_is_said(sheet):
    before = sheet.count()
    context = sheet.robot.window.context
    said = []
    context.said.connect(said.append)
    context.set_as_of(today() - ONE_DAY)
    sheet.quiet()
    sheet.stand("C000001", "households")
    sheet.key(Qt.Key.Key_F2)
    assert not sheet.table.is_editing
    assert said
    assert said[-1] == context.lock
    sheet.paste("5")
    sheet.until(lambda: not sheet.bar().isHidden())
    sheet.quiet()
    assert sheet.count() == before


def test_that_a_cell_being_written_is_not_closed_by_figures_that_arrive(sheet):
    before = sheet.count()
    sheet.stand("C000001", "households")
    QTest.keyClicks(sheet.table, "5")
    QTest.keyClicks(sheet.editor(), "5")
    edit.set_values(sheet.registry, ["C000003"], {"households": "9"})
    sheet.robot.window.context.figure_again()
    sheet.until(lambda: sheet.robot.window.table._waiting is not None)
    assert sheet.editor().text() == "55"
    sheet.robot.window.context.select(["C000004"])  # another record is chosen: the cell is taken
    sheet.until(lambda: sheet.count() == before + 2)
    sheet.quiet()
    assert sheet.values("households") == [55, 101, 9, 103, 104]


def test_that_closing_the_window_takes_the_cell_being_written(sheet, registry_path):
    sheet.stand("C000001", "households")
    QTest.keyClicks(sheet.table, "6")
    sheet.robot.window.close()
    sheet.until(lambda: not sheet.robot.window.isVisible())
    reopened = Registry.open(registry_path, by="tester")
    assert reopened.dataset.find("C000001").get("households") == 6
    reopened.close()


def test_that_another_mode_takes_the_cell_being_written(sheet):
    before = sheet.count()
    sheet.stand("C000002", "households")
    QTest.keyClicks(sheet.table, "9")
    sheet.robot.action("mode.review").trigger()
    sheet.until(lambda: sheet.count() == before + 1)
    sheet.quiet()
    assert sheet.values("households")[1] == 9
    assert sheet.count() == before + 1
