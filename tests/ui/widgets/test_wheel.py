"""The wheel scrolls; it turns no box, tab or day, wherever the pointer happens to be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCalendarWidget,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QWidget,
)

from tests.ui.robots.find import the
from ui.topic_list import TOPICS
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.number_box import DecimalBox, NumberBox

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
TURNED = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QCalendarWidget,
    QComboBox,
    QLineEdit,
    QTabBar,
    QTabWidget,
)
NOTCHES = ((0, 120), (0, -120), (120, 0), (-120, 0))


def notch(x: int, y: int, *, is_touched: bool = False) -> QWheelEvent:
    """Return a notch of a wheel, or what a touchpad sends."""
    pixels = QPoint(x // 4, y // 4) if is_touched else QPoint()
    phase = Qt.ScrollPhase.ScrollUpdate if is_touched else Qt.ScrollPhase.NoScrollPhase
    return QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        pixels,
        QPoint(x, y),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )


def turned(root: QWidget) -> list[QWidget]:
    """Return whatever a wheel could turn, by class; scroll bars and the insides of views are meant to."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, TURNED) and not isinstance(widget, QScrollBar)
    ]


def state(widget: QWidget) -> object:
    """Return what it shows."""
    if isinstance(widget, QComboBox):
        return widget.currentIndex(), widget.currentData(), widget.isEditable() and widget.currentText()
    if isinstance(widget, QAbstractSpinBox):
        return widget.text()
    if isinstance(widget, QTabBar | QTabWidget):
        return widget.currentIndex()
    if isinstance(widget, QAbstractButton):
        return widget.isChecked()
    if isinstance(widget, QAbstractSlider):
        return widget.value()
    return widget.text() if isinstance(widget, QLineEdit) else None


def turn_everything(window: QWidget) -> int:
    """Send every notch to every such widget; return how many there were."""
    context, widgets = window.context, turned(window)
    before = [state(widget) for widget in widgets]
    asked = context.question, context.as_of, context.place, list(context.selection)
    written = len(context.registry.history())
    for widget in widgets:
        for x, y in NOTCHES:
            for is_touched in (False, True):
                event = notch(x, y, is_touched=is_touched)
                is_taken = widget.event(event) and event.isAccepted()
                assert not is_taken, (widget.objectName(), type(widget).__name__)
    QApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
    assert [state(widget) for widget in widgets] == before
    assert (context.question, context.as_of, context.place, list(context.selection)) == asked
    assert len(context.registry.history()) == written
    return len(widgets)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_the_wheel_turns_nothing_in_any_mode_topic_or_sheet(open_window, registry_path, lang):
    robot = open_window(registry_path, lang=lang).wait_for_registry()
    window, context = robot.window, robot.window.context
    robot.pick("C000001")
    for mode in ("entry", "review", "check", "publish"):
        window.set_mode(mode)
        QApplication.processEvents()
        robot.until(lambda: not window.tasks.is_busy)  # a list that is filled meanwhile is not turned
        assert turn_everything(window) > 40
    for entry in TOPICS:
        robot.action(f"topics.{entry.name}").trigger()
        page = the(QWidget, entry.name, inside=window)
        robot.until(lambda page=page: not page.is_asking)
    turn_everything(window)
    window.set_mode("entry")
    for name in ("new", "open", "import", "template", "profile", "export"):
        robot.action(f"registry.{name}").trigger()
    for name in ("compound.attach_party", "compound.attach_firm", "compound.relate", "compound.assess"):
        robot.action(name).trigger()
    window.dialogs.adopt(["C000001"])
    window.dialogs.open_case("C000001")
    window.dialogs.note_entry("C000001")
    window.dialogs.add_station(117.302, 31.862)
    robot.pick("C000001", "C000002")
    QApplication.processEvents()
    assert turn_everything(window) > 100
    assert context.registry.history() is not None
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_that_a_box_of_facts_keeps_its_value_though_it_was_worked_in(qtbot):
    box = ChoiceBox()
    for value in ("unknown", "idle", "active"):
        box.addItem(value, value)
    qtbot.addWidget(box)
    box.show()
    box.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(box.hasFocus)
    for y in (120, -120):
        event = notch(0, y)
        box.event(event)
        assert (box.currentData(), event.isAccepted()) == ("unknown", False)


@pytest.mark.parametrize("kind", [NumberBox, DecimalBox])
def test_that_a_number_is_counted_by_the_wheel_only_after_a_click_into_it(qtbot, kind):
    host = QWidget()
    box, other = kind(host), QLineEdit(host)
    other.move(0, 60)
    box.setRange(0, 100)
    box.setValue(50)
    qtbot.addWidget(host)
    host.show()
    box.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.waitUntil(box.hasFocus)
    event = notch(0, 120)
    box.event(event)
    assert (box.value(), event.isAccepted()) == (50, False)
    QTest.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton)
    event = notch(0, 120)
    box.event(event)
    assert (box.value(), event.isAccepted()) == (51, True)
    other.setFocus()
    event = notch(0, 120)
    box.event(event)
    assert (box.value(), event.isAccepted()) == (51, False)


@pytest.mark.parametrize("kind", [NumberBox, DecimalBox])
def test_that_a_number_half_typed_counts_when_it_is_done_and_esc_brings_the_old_one_back(qtbot, kind):
    box = kind()
    box.setRange(0, 100)
    box.setValue(100)
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    told = []
    box.valueChanged.connect(told.append)
    box.selectAll()
    QTest.keyClicks(box, "8")
    assert told == []
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.value(), box.text(), told) == (100, box.textFromValue(100), [])
    QTest.keyClicks(box, "8")
    QTest.keyClick(box, Qt.Key.Key_5)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert told == [85]
    box.lineEdit().setText("")
    box.lineEdit().insert("９０")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 90
