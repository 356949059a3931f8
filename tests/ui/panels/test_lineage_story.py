"""A grid worker's desk: two compounds become one, are seen in the inspector with their lineage, and all is taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView, QWidget

from app.services.lineage.told import lineage_of
from tests.app.lineage.lived_in import ACROSS_A, A, B, C, a_quarter
from tests.ui.robots.find import the
from ui.dialogs.lineage.ask import ask_split


@pytest.fixture
def desk(open_window, tmp_path):
    a_quarter(tmp_path).close()
    return open_window(tmp_path / "town.gpkg").wait_for_registry()


def settle(desk):
    desk.until(lambda: not desk.window.tasks.is_busy)


def sheet_of(desk, name):
    sheet = the(QWidget, f"{name}.dialog", inside=desk.window)
    desk.until(lambda: sheet.plan is not None)
    return sheet


def commit(sheet):
    for _ in range(2):  # what no source can say is asked about once
        if sheet.isVisible():
            QTest.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def link(desk, name):
    return the(QWidget, f"inspector.lineage.{name}", inside=desk.window)


def test_that_records_are_split_merged_looked_at_and_taken_back_by_keys(desk):
    context = desk.window.context
    merge = desk.action("record.merge")
    context.select([A], "test")
    assert not merge.isEnabled()  # one alone
    context.select([A, "B000001"], "test")
    assert not merge.isEnabled()  # of two kinds
    context.select([A, B], "test")
    desk.until(merge.isEnabled)
    merge.trigger()
    sheet = sheet_of(desk, "merge")
    commit(sheet)
    desk.until(lambda: len(context.selection) == 1)
    (joint,) = context.selection
    settle(desk)
    assert lineage_of(context.registry.dataset, joint).as_json("zh")["from"] == [A, B]
    before = link(desk, f"before.{A}")
    assert "和平苑" in before.accessibleName()
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Return)
    desk.until(lambda: context.selection == [A])
    settle(desk)
    assert link(desk, f"after.{joint}").isVisible()
    desk.action("edit.undo").trigger()
    desk.until(lambda: context.record(joint) is None)
    settle(desk)
    assert context.record(A).valid_until is None
    assert not the(QWidget, "inspector.lineage", inside=desk.window).isVisible()


def test_that_the_journal_tells_a_split_and_the_parts_are_selected(desk):
    context = desk.window.context
    ask_split(
        context, C, by=ACROSS_A.__class__([(x + 0.0032, y) for x, y in ACROSS_A.coords]), parent=desk.window
    )
    sheet = sheet_of(desk, "split")
    commit(sheet)
    desk.until(lambda: len(context.selection) == 2)
    settle(desk)
    table = the(QTableView, "journal.table", inside=desk.window)
    desk.until(lambda: table.model().rowCount() >= 1)
    said = " ".join(
        str(table.model().index(0, column).data()) for column in range(table.model().columnCount())
    )
    assert "拆分" in said
    assert all(
        record is not None and record.valid_from == context.as_of
        for record in map(context.record, context.selection)
    )
