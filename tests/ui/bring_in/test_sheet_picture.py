"""The sheet as it stands in the import sheet: what was recognised is drawn over it, and put right by a click or a key."""

from __future__ import annotations

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QToolButton

from tests.ui.robots.find import the
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.bring_in.parts import parts_with
from ui.dialogs.bring_in.picture import PictureView
from ui.dialogs.bring_in.picture_model import PART_ROLE

ROSTER = [
    ["元一社区小区台账"],
    ["小区名称", "户数", "户主姓名", "备注"],
    [None, "户"],
    ["听雨新轩", 120, "张三", "甲"],
    ["望月新轩", "许多", "李四", "乙"],
    ["合计", 120],
]


@pytest.fixture
def opened(qtbot, context, host, tmp_path):
    """Return a function that opens the import on a workbook of one sheet and waits for what comes of it."""

    def open_on(rows, *, merged=(), hidden=()):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "台账"
        for row in rows:
            sheet.append(row)
        for block in merged:
            sheet.merge_cells(block)
        for row in hidden:
            sheet.row_dimensions[row].hidden = True
        book.save(tmp_path / "a.xlsx")
        dialog = ImportDialog(context, host, path=str(tmp_path / "a.xlsx"), kind="compounds")
        dialog._soon.setInterval(0)
        dialog.open()
        settle(qtbot, dialog)
        dialog.tabs.setCurrentWidget(dialog.picture)
        return dialog

    return open_on


def settle(qtbot, dialog):
    qtbot.waitUntil(
        lambda: not dialog._soon.isActive() and dialog._task is None and not dialog.context.tasks.is_busy
    )


def view(host):
    return the(PictureView, "import.sheet", inside=host)


def parts(host):
    cells = view(host).cells
    return [cells.index(row, 0).data(PART_ROLE) for row in range(cells.rowCount())]


def across(host):
    cells = view(host).cells
    return [cells.headerData(at, Qt.Orientation.Horizontal) for at in range(cells.columnCount())]


def choose(qtbot, dialog, words, *, below=None):
    """Choose an entry of the menu that is open, by the words it begins with."""
    menu = view(dialog).menu
    if below is not None:
        menu = next(m for m in menu.findChildren(QMenu) if m.title().startswith(below))
    action = next(a for a in menu.actions() if a.text().startswith(words))
    view(dialog).menu.triggered.emit(action)
    view(dialog).menu.close()
    settle(qtbot, dialog)


def click_row(qtbot, dialog, row):
    """Click the number of a row, counted as the sheet counts."""
    table = view(dialog)
    spot = QPoint(6, table.rowViewportPosition(row - 1) + 8)
    QTest.mouseClick(table.verticalHeader().viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: table.menu is not None and table.menu.isVisible())


def click_column(qtbot, dialog, column):
    table = view(dialog)
    spot = QPoint(table.columnViewportPosition(column) + 30, 8)
    QTest.mouseClick(table.horizontalHeader().viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: table.menu is not None and table.menu.isVisible())


def test_that_what_was_recognised_is_drawn_over_the_sheet(host, opened):
    opened(ROSTER, merged=["A1:D1", "A2:A3"], hidden=[5])
    cells = view(host).cells
    assert parts(host) == ["title", "heading", "units", "record", "record", "apart"]
    assert across(host) == ["A  名称", "B  户数", "C  个人信息", "D  不导入"]
    assert view(host).columnSpan(0, 0) == 4
    assert view(host).rowSpan(1, 0) == 2
    assert cells.index(3, 2).data() == "· · ·"
    assert "看不出是多少" in cells.index(4, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "合计" in cells.index(5, 0).data(Qt.ItemDataRole.ToolTipRole)
    said = the(QLabel, "import.sheet.line", inside=host).text()
    assert "记录 2 行，不读 1 行" in said
    assert "藏起的 1 行也读" in said


def test_that_a_click_on_a_row_number_says_what_the_row_is_and_the_plan_follows(qtbot, host, opened):
    dialog = opened(ROSTER)
    click_row(qtbot, dialog, 6)
    choose(qtbot, dialog, "这一行是记录")
    assert parts(host)[5] == "record"
    assert "合计" in {row.name for row in dialog._plan.rows if row.action == "create"}
    click_row(qtbot, dialog, 4)
    choose(qtbot, dialog, "这一行不读")
    assert parts(host)[3] == "apart"
    assert "听雨新轩" not in {row.name for row in dialog._plan.rows}
    click_row(qtbot, dialog, 4)
    choose(qtbot, dialog, "这一行照程序认的")
    assert parts(host)[3] == "record"


def test_that_another_row_is_made_the_headings_by_keys_alone_and_taken_back(qtbot, host, opened):
    dialog = opened([["名称", "数"], ["小区名称", "户数"], ["听雨新轩", 120]])
    assert parts(host) == ["title", "heading", "record"]
    table = view(host)
    table.setFocus()
    table.setCurrentIndex(table.cells.index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(table.menu.isVisible)
    choose(qtbot, dialog, "这一行是列名")
    assert parts(host) == ["heading", "heading", "record"]
    assert dialog._plan.taken["name"] == "名称/小区名称"
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, dialog)
    assert parts(host) == ["title", "heading", "record"]
    assert not the(QToolButton, "import.undo", inside=host).isEnabled()
    QTest.keyClick(
        table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    settle(qtbot, dialog)
    assert parts(host) == ["heading", "heading", "record"]


def test_that_a_click_on_a_columns_head_says_what_it_is(qtbot, host, opened):
    dialog = opened(ROSTER)
    click_column(qtbot, dialog, 3)
    choose(qtbot, dialog, "地址")
    assert across(host)[3] == "D  地址"
    assert dialog._plan.taken["address"] == "备注"
    click_column(qtbot, dialog, 3)
    choose(qtbot, dialog, "不导入")
    assert "address" not in dialog._plan.taken
    click_column(qtbot, dialog, 1)
    choose(qtbot, dialog, "不用这一列")
    assert dialog.tabs.currentWidget() is dialog.columns
    line = the(QLineEdit, "import.value.value", inside=host)
    line.setText("7")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(qtbot, dialog)
    rows = [row for row in dialog._plan.rows if row.action == "create"]
    assert [{c.field: c.after for c in row.cells}["households"] for row in rows] == [7, 7]


def test_that_a_column_about_persons_is_not_opened(qtbot, host, opened):
    opened(ROSTER)
    table = view(host)
    spot = QPoint(table.columnViewportPosition(2) + 30, 8)
    QTest.mouseClick(table.horizontalHeader().viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert table.menu is None
    assert not table.cells.index(3, 2).flags() & Qt.ItemFlag.ItemIsEditable


def test_that_a_cell_is_typed_in_the_picture(qtbot, host, opened):
    dialog = opened(ROSTER)
    assert dialog._plan.counts["refuse"] == 1
    table = view(host)
    table.setFocus()
    table.setCurrentIndex(table.cells.index(4, 1))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    QTest.keyClicks(editor, "66")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(dialog.words.now.edits))
    settle(qtbot, dialog)
    assert dialog._plan.counts["refuse"] == 0
    assert table.cells.index(4, 1).data() == "66"
    assert "许多" in table.cells.index(4, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_that_one_of_several_tables_is_chosen_by_a_row_of_it(qtbot, host, opened):
    dialog = opened(
        [["小区名称", "户数"], ["甲院", 10], [], ["小区名称", "地址", "人数"], ["乙院", "路 1 号", 30]]
    )
    assert dialog._plan is None
    assert dialog.tabs.currentWidget() is dialog.picture
    assert "有几张表" in the(QLabel, "import.sheet.line", inside=host).text()
    layers = the(QComboBox, "import.layer", inside=host)
    assert [layers.itemText(at) for at in range(layers.count())][:3] == ["台账", "台账#1", "台账#2"]
    click_row(qtbot, dialog, 5)
    choose(qtbot, dialog, "读这张表")
    assert [row.name for row in dialog._plan.rows] == ["乙院"]
    assert parts(host) == ["heading", "other", "", "heading", "record"]


def test_that_a_large_sheet_is_made_cell_by_cell_only_where_somebody_looks(host, opened):
    opened([["小区名称"], *[[f"院{n}"] for n in range(1200)]])
    cells = view(host).cells
    assert cells.rowCount() == 1000
    assert "共 1,201 行" in the(QLabel, "import.sheet.line", inside=host).text()


@pytest.mark.parametrize(
    ("row", "part", "said"),
    [
        (3, "heading", {"台账!2": "heading", "台账!3": "heading"}),
        (5, "heading", {"台账!5": "heading"}),
        (2, "record", {"台账!2": "record"}),
        (1, "record", {"台账!1": "record"}),
        (2, "", {}),
    ],
)
def test_that_headings_are_said_whole(opened, row, part, said):
    dialog = opened([["台账"], ["小区名称", "户数"], ["甲院", 1], ["乙院", 2], ["丙院", 3]])
    found = parts_with(dialog.picture.sheet, {}, row, part)
    assert found == said


def test_that_rows_of_a_text_are_numbered_as_the_plan_numbers_them(qtbot, context, host, tmp_path):
    (tmp_path / "a.csv").write_text("台账\n小区名称,户数\n甲院,10\n乙院,many\n", encoding="utf-8")
    dialog = ImportDialog(context, host, path=str(tmp_path / "a.csv"))
    dialog._soon.setInterval(0)
    dialog.open()
    settle(qtbot, dialog)
    cells = view(host).cells
    shown = [cells.headerData(row, Qt.Orientation.Vertical) for row in range(4)]
    assert shown == ["标题", "列名", "1", "2"]
    assert [row.number for row in dialog._plan.rows] == [1, 2]
    assert cells.index(3, 1).data(Qt.ItemDataRole.ToolTipRole)
