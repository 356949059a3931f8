"""A workbook of several sheets in the import sheet: they are offered to choose from, one or all together."""

from __future__ import annotations

import openpyxl
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableView

from tests.ui.robots.find import the
from ui.dialogs.bring_in.import_file import ImportDialog


def test_that_several_sheets_are_offered_and_all_come_in_as_one_plan(qtbot, context, host, tmp_path):
    book = openpyxl.Workbook()
    for title, name in (("东街", "东甲院"), ("西街", "西甲院")):
        sheet = book.active if title == "东街" else book.create_sheet()
        sheet.title = title
        for row in (["小区名称", "户数"], [name, 81]):
            sheet.append(row)
    book.save(tmp_path / "名册.xlsx")
    dialog = ImportDialog(context, host, kind="compounds")
    dialog.open()
    dialog.path.setText(str(tmp_path / "名册.xlsx"))
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.layer.count() > 0, timeout=60_000)
    assert [dialog.layer.itemText(at) for at in range(dialog.layer.count())][:2] == ["东街", "西街"]
    assert dialog.layer.currentIndex() == -1
    said = the(QLabel, "import.path.error", inside=host).text()
    assert "--" not in said
    assert "“图层 / 工作表”" in said
    assert not dialog.commit.isEnabled()
    dialog.layer.setCurrentIndex(2)
    qtbot.waitUntil(dialog.commit.isEnabled, timeout=60_000)
    assert the(QTableView, "import.plan", inside=host).model().rowCount() == 2
    assert dialog.layer.currentIndex() == 2
