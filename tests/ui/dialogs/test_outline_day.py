"""Of each edit of an outline it is asked once whether it was wrong or is other from a day on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from shapely.affinity import scale

from app.domain.period import today
from app.services.edit import edit
from app.text import Text
from tests.ui.robots.find import the
from ui.dialogs.edit.outline_day import ask_outline_day

SAID = Text("边界已保存", "The outline is saved")
CODE = "C000001"
YESTERDAY = today() - timedelta(days=1)


def enter(widget):
    QTest.keyClick(widget, Qt.Key.Key_Return)


@pytest.fixture
def asked(context, host, qtbot):
    """Ask about a smaller outline of a compound; the registry, old and new outline, and what comes of the sheet."""
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    registry = context.registry
    old = registry.dataset.find(CODE).geometry
    new = scale(old, 0.5, 0.5)

    def act(since, why):
        return edit.set_values(registry, [CODE], {"geometry": new}, since=since, why=why)

    def ask(**more):
        sheet = ask_outline_day(context, CODE, act, SAID, host, **more)
        ends = []
        sheet.finished.connect(ends.append)
        return sheet, ends

    return ask, old, new


def outline_on(context, day):
    return context.registry.dataset.find(CODE).geometry_on(day)


def test_that_enter_alone_corrects_and_leaves_no_older_outline(context, asked, qtbot):
    ask, _, new = asked
    sheet, ends = ask()
    box = the(QComboBox, "outline.how", inside=sheet)
    assert box.hasFocus()
    assert not the(QWidget, "outline.on", inside=sheet).isEnabled()
    enter(box)
    qtbot.waitUntil(lambda: ends == [1])
    assert outline_on(context, YESTERDAY).equals(new)
    assert "geometry" not in context.registry.dataset.find(CODE).past


def test_that_a_change_from_a_day_keeps_the_old_outline_for_the_days_before(context, asked, qtbot):
    ask, old, new = asked
    sheet, ends = ask()
    QTest.keyClick(the(QComboBox, "outline.how", inside=sheet), Qt.Key.Key_Down)
    day = the(QWidget, "outline.on", inside=sheet)
    assert day.isEnabled()
    the(QLineEdit, "outline.why", inside=sheet).setText("dao lu tong le")
    enter(the(QLineEdit, "outline.why", inside=sheet))
    qtbot.waitUntil(lambda: ends == [1])
    assert outline_on(context, YESTERDAY).equals(old)
    assert outline_on(context, today()).equals(new)
    assert context.registry.history(CODE)[0].why == "dao lu tong le"


def test_that_the_answer_of_the_last_time_is_proposed(context, asked, qtbot):
    ask, _, _ = asked
    sheet, ends = ask()
    QTest.keyClick(the(QComboBox, "outline.how", inside=sheet), Qt.Key.Key_Down)
    enter(the(QComboBox, "outline.how", inside=sheet))
    qtbot.waitUntil(lambda: ends == [1])
    again, _ = ask()
    assert not again.is_correction
    again.reject()


def test_that_esc_writes_nothing_and_says_so(context, asked):
    ask, old, _ = asked
    sheet, ends = ask(notes=(Text("旁边的 C000002 也跟着改", "C000002 beside it changes too"),))
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert ends == [0]
    assert outline_on(context, today()) is old


def test_that_a_day_that_is_none_is_told_and_the_sheet_stays(context, asked, qtbot):
    ask, old, _ = asked
    sheet, _ = ask()
    QTest.keyClick(the(QComboBox, "outline.how", inside=sheet), Qt.Key.Key_Down)
    sheet.on.setText("2026-13-01")
    the(QPushButton, "outline.commit", inside=sheet).click()
    qtbot.waitUntil(lambda: the(QLabel, "outline.on.error", inside=sheet).isVisible())
    assert outline_on(context, today()) is old
    sheet.reject()
