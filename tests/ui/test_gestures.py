"""Each gesture writes exactly what it means: the journal is counted after every key, click and turn of the wheel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QWidget,
)

from tests.ui.robots.find import the
from ui.actions import LETTERS

MINE = "C000005"
FACT = "fact.property_firm"
HANDS = ("map.canvas", "table.compounds", "inspector", "places.tree")
KEYS = {
    "Delete": Qt.Key.Key_Delete,
    "Enter": Qt.Key.Key_Return,
    "Space": Qt.Key.Key_Space,
    "Backspace": Qt.Key.Key_Backspace,
    "F2": Qt.Key.Key_F2,
    "1": Qt.Key.Key_1,
    "2": Qt.Key.Key_2,
    "0": Qt.Key.Key_0,
}
# on an answer: how many changes each key means
ANSWERED = {"1": 1, "2": 1, "0": 1, "Enter": 0, "Space": 0, "Delete": 0, "F2": 0}
# a click on these takes a step back; every other control of the inspector asks, shows or folds
WRITE_AT_ONCE = ("inspector.undo.",)


def settle(window) -> None:
    QApplication.processEvents()
    window.until(lambda: not window.window.tasks.is_busy)


def count(window) -> int:
    return len(window.window.context.registry.history(limit=1000))


def put_away(window) -> None:
    """Close whatever a gesture opened, and put the tool down."""
    for sheet in window.window.findChildren(QDialog):
        if sheet.isVisible():
            sheet.reject()
    for popup in (QApplication.activePopupWidget(),):
        if popup is not None:
            popup.close()
    window.window.palette_panel.leave()
    window.canvas.finish_tool()
    window.action("mode.entry").trigger()
    window.window.context.select([MINE], "test")
    settle(window)


@pytest.fixture
def chosen(window):
    window.window.context.select([MINE], "test")
    settle(window)
    return window


@pytest.mark.parametrize("hand", HANDS)
def test_that_no_letter_or_key_writes_by_itself(chosen, hand):
    window, before = chosen, count(chosen)
    for letter in LETTERS:
        the(QWidget, hand, inside=window.window).setFocus()
        QTest.keyClicks(QApplication.focusWidget() or window.window, letter)
        settle(window)
        assert count(window) == before, letter
        put_away(window)
    for name, key in KEYS.items():
        the(QWidget, hand, inside=window.window).setFocus()
        QTest.keyClick(QApplication.focusWidget() or window.window, key)
        settle(window)
        assert count(window) == before, name
        put_away(window)


def test_that_on_an_answer_each_key_means_what_it_says(chosen):
    window = chosen
    for name, changes in ANSWERED.items():
        box = window.box(FACT)
        box.setFocus()
        before = count(window)
        QTest.keyClick(box, KEYS[name])
        settle(window)
        assert count(window) == before + changes, name
        put_away(window)
    for letter in LETTERS:
        before = count(window)
        window.box(FACT).setFocus()
        QTest.keyClicks(window.box(FACT), letter)
        settle(window)
        assert count(window) == before, letter
        put_away(window)


def test_that_the_same_answer_on_the_same_day_is_one_change(chosen):
    window, before = chosen, count(chosen)
    for _ in range(3):
        window.box(FACT).setFocus()
        QTest.keyClick(window.box(FACT), Qt.Key.Key_1)
        settle(window)
    assert count(window) == before + 1


def test_that_the_wheel_writes_nothing_anywhere(chosen):
    window, before = chosen, count(chosen)
    window.window.inspector.open_fields()
    window.canvas.setFocus()
    boxes = [
        box
        for box in window.window.findChildren(QWidget)
        if isinstance(box, QComboBox | QAbstractSpinBox | QLineEdit) and box.isVisibleTo(window.window)
    ]
    assert len(boxes) > 10
    shown = {box: getattr(box, "currentText", lambda box=box: box.property("text"))() for box in boxes}
    for box in boxes:
        for turn in (120, -120):
            event = QWheelEvent(
                QPointF(box.rect().center()),
                QPointF(box.mapToGlobal(box.rect().center())),
                QPoint(),
                QPoint(0, turn),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(box, event)
    settle(window)
    assert count(window) == before
    for box, text in shown.items():
        assert getattr(box, "currentText", lambda box=box: box.property("text"))() == text, box.objectName()


def test_that_a_click_on_each_control_of_the_inspector_writes_only_what_it_says(chosen):
    window = chosen
    names = [
        button.objectName()
        for button in window.window.inspector.findChildren(QAbstractButton)
        if button.objectName() and button.isVisibleTo(window.window.inspector) and button.isEnabled()
    ]
    assert "inspector.detach.A000002" in names
    assert "inspector.remove" in names
    for name in names:
        found = window.window.findChildren(QAbstractButton, name)
        if not found:
            continue  # a row that another click has folded away
        before = count(window)
        found[0].click()
        settle(window)
        expected = before + name.startswith(WRITE_AT_ONCE)
        assert count(window) == expected, name
        put_away(window)


@pytest.mark.parametrize(
    ("asks", "opens"),
    [
        ("B", "attach"),
        ("F", "attach"),
        ("E", "assess"),
        ("J", "case"),
        ("Q", "entry"),
        ("Y", "adopt"),
        ("Delete", "remove"),
    ],
)
def test_that_no_letter_reaches_an_action_while_a_sheet_is_there(chosen, asks, opens):
    window, before = chosen, count(chosen)
    window.canvas.setFocus()
    if asks in KEYS:
        QTest.keyClick(window.canvas, KEYS[asks])
    else:
        QTest.keyClicks(window.canvas, asks)
    sheets = [s for s in window.window.findChildren(QDialog) if s.isVisible()]
    if not sheets:
        pytest.fail(f"{asks} opens no sheet")
    assert sheets[0].objectName() == f"{opens}.dialog"
    view, tool = window.canvas.view, window.canvas.tool()
    parts = [
        p
        for p in sheets[0].findChildren(QWidget)
        if p.focusPolicy() != Qt.FocusPolicy.NoFocus and p.isVisible()
    ]
    for part in parts:
        part.setFocus()
        for letter in [*LETTERS, "1", "2"]:
            if isinstance(part, QPushButton) and letter == " ":
                continue
            QTest.keyClicks(QApplication.focusWidget() or part, letter)
            popup = QApplication.activePopupWidget()
            if popup is not None:
                popup.close()
    settle(window)
    assert [s.objectName() for s in window.window.findChildren(QDialog) if s.isVisible()] == [
        f"{opens}.dialog"
    ]
    assert window.window.context.selection == [MINE]
    assert window.canvas.view == view
    assert window.canvas.tool() == tool
    assert count(window) == before
