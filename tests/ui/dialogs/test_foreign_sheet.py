"""What another program edited is settled in the window: told, listed, taken or turned back, taken back again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView, QToolButton, QWidget

from app.services.keeping import care
from tests.app.persistence.damaging import by_sql
from tests.ui.robots.find import the
from tests.ui.robots.listing import ListingRobot, settled

SECOND = 1
SHEET = ListingRobot("foreign")
part, rows = SHEET.part, SHEET.rows


@pytest.fixture
def edited(open_window, registry_path):
    """A window on a registry in which another program changed one compound, spoilt a second and added a third."""
    by_sql(
        registry_path,
        "UPDATE compound SET households = 999 WHERE code = 'C000001'",
        "UPDATE compound SET households = -5 WHERE code = 'C000002'",
        "INSERT INTO compound (name, geom) SELECT '画的', geom FROM compound WHERE code = 'C000003'",
    )
    return open_window(registry_path).wait_for_registry()


def opened(window):
    the(QToolButton, "status.foreign", inside=window.window).click()
    return part(window, QTableView, "table")


def press(table, key):
    QTest.keyClick(table, key)


def test_that_the_window_reads_on_says_so_and_writes_nothing_meanwhile(edited):
    context = edited.window.context
    assert context.record("C000001").get("households") != 999
    assert "3 处等您定" in the(QLabel, "map.banner.text", inside=edited.window).text()
    assert the(QToolButton, "status.foreign", inside=edited.window).text() == "先停写，等定 3 处"
    assert "3 处" in context.why_locked
    assert not edited.action("edit.undo").isEnabled()


def test_that_each_edit_is_taken_or_turned_back_by_hand_as_one_change(edited, registry_path):
    table = opened(edited)
    assert edited.focus() == "foreign.table"
    assert [(row[1], row[6]) for row in rows(edited)] == [("改", "没定"), ("改", "没定"), ("加", "没定")]
    assert "999" in rows(edited)[0][4]
    assert "-5" in rows(edited)[SECOND][5]
    press(table, Qt.Key.Key_1)
    table.selectRow(SECOND)
    press(table, Qt.Key.Key_1)  # it does not hold
    assert rows(edited)[SECOND][6] == "没定"
    assert not part(edited, QPushButton, "take").isEnabled()
    part(edited, QPushButton, "turn_back").click()
    assert [row[6] for row in rows(edited)] == ["收下", "退回", "没定"]
    assert part(edited, QLabel, "sums").text() == "3 = 收下 1 + 退回 1 + 没定 1"
    part(edited, QLineEdit, "why").setText("看过了")
    part(edited, QPushButton, "write").click()
    edited.until(lambda: len(rows(edited)) == 1)
    settled(edited)
    registry = edited.window.context.registry
    assert registry.find("C000001").get("households") == 999
    assert (registry.history()[0].verb, registry.history()[0].why) == ("foreign", "看过了")
    assert the(QToolButton, "status.foreign", inside=edited.window).text() == "先停写，等定 1 处"
    part(edited, QPushButton, "turn_back_all").click()
    part(edited, QPushButton, "write").click()
    edited.until(lambda: edited.window.findChildren(QWidget, "foreign.dialog") == [])
    settled(edited)
    assert the(QToolButton, "status.foreign", inside=edited.window).isHidden()
    banner = edited.window.map_area.banner
    assert not banner.isVisible(), banner.said.text()
    assert edited.window.context.why_locked == ""
    assert care.verify(registry_path) == []
    edited.action("edit.undo").trigger()
    settled(edited)
    edited.action("edit.undo").trigger()
    settled(edited)
    assert edited.window.context.record("C000001").get("households") != 999


def test_that_a_choice_is_taken_back_and_nothing_is_chosen_by_the_program(edited):
    table = opened(edited)
    part(edited, QPushButton, "write").click()
    assert the(QLabel, "foreign.error", inside=edited.window).isVisible()
    press(table, Qt.Key.Key_2)
    press(table, Qt.Key.Key_Backspace)
    part(edited, QPushButton, "take_valid").click()
    assert [row[6] for row in rows(edited)] == ["收下", "没定", "收下"]
    part(edited, QPushButton, "later").click()
    assert len(edited.window.context.registry.foreign) == 3
    opened(edited)
    assert [row[6] for row in rows(edited)] == ["没定"] * 3


def test_that_without_such_edits_the_sheet_says_so(window):
    window.action("foreign.open").trigger()
    assert part(window, QLabel, "banner").text() == "没有别处的改动。"
    assert rows(window) == []


def test_that_a_long_sentence_leaves_every_column_in_sight(open_window, registry_path):
    by_sql(registry_path, "DELETE FROM community WHERE code = '340102003001'")
    window = open_window(registry_path, size=(900, 540)).wait_for_registry()
    table = opened(window)
    window.until(lambda: table.viewport().width() > 300)
    assert "340102003001001" in rows(window)[0][5], rows(window)
    assert table.columnViewportPosition(6) + table.columnWidth(6) <= table.viewport().width()
    header = table.horizontalHeader()
    assert all(header.sectionSizeHint(column) <= header.sectionSize(column) for column in (3, 4, 5, 6))
