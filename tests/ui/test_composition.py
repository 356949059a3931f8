"""While letters are composed nothing else takes a key, and what was composed is never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tests.ui.robots.find import the
from ui.bridge.composition import Composition


@pytest.fixture
def form(qtbot):
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if application.findChild(Composition) is None:
        Composition(application)
    form = QWidget()
    QVBoxLayout(form)
    qtbot.addWidget(form)
    return form


def shown(qtbot, form, *widgets):
    for widget in widgets:
        form.layout().addWidget(widget)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    widgets[0].setFocus()
    qtbot.waitUntil(widgets[0].hasFocus)


def compose(widget, letters):
    QApplication.sendEvent(widget, QInputMethodEvent(letters, []))


def editable_combo():
    combo = QComboBox()
    combo.setEditable(True)
    return combo


def text_of(widget):
    return widget.currentText() if isinstance(widget, QComboBox) else (
        widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.text()
    )  # fmt: skip


@pytest.mark.parametrize("make", [QLineEdit, QPlainTextEdit, editable_combo])
def test_that_a_click_elsewhere_puts_the_composition_into_its_field(qtbot, form, make):
    field, other = make(), QLineEdit()
    shown(qtbot, form, field, other)
    compose(field, "和平路")
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    other.setFocus(Qt.FocusReason.MouseFocusReason)
    assert text_of(field) == "和平路"
    assert other.text() == ""


def test_that_what_is_composed_is_there_when_the_field_is_left(qtbot, form):
    field, other = QLineEdit(), QLineEdit()
    left_with = []
    field.editingFinished.connect(lambda: left_with.append(field.text()))
    shown(qtbot, form, field, other)
    compose(field, "和平")
    other.setFocus()
    assert left_with == ["和平"]


def test_that_a_composition_that_ended_is_not_put_in_again(qtbot, form):
    field, other = QLineEdit(), QLineEdit()
    shown(qtbot, form, field, other)
    compose(field, "hepinglu")
    commit = QInputMethodEvent("", [])
    commit.setCommitString("和平路")
    QApplication.sendEvent(field, commit)
    other.setFocus()
    assert field.text() == "和平路"


def test_that_what_the_input_method_takes_back_on_leaving_is_put_in(qtbot, form):
    class Server(QLineEdit):
        def focusNextPrevChild(self, _is_next):
            compose(self, "")  # as ibus and fcitx answer when Qt asks them to commit
            other.setFocus()
            return True

    field, other = Server(), QLineEdit()
    shown(qtbot, form, field, other)
    compose(field, "和平路")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert (field.text(), other.hasFocus()) == ("和平路", True)


def test_that_a_composition_thrown_away_by_its_user_stays_away(qtbot, form):
    field, other = QLineEdit(), QLineEdit()
    shown(qtbot, form, field, other)
    compose(field, "heping")
    compose(field, "")
    asked = []
    QTimer.singleShot(0, lambda: asked.append(True))
    qtbot.waitUntil(lambda: asked == [True])
    other.setFocus()
    assert field.text() == ""


def test_that_enter_while_composing_puts_the_letters_in_and_submits_nothing(qtbot, form):
    field = QLineEdit()
    button = QPushButton()
    submitted = []
    field.returnPressed.connect(lambda: submitted.append(field.text()))
    shown(qtbot, form, field, button)
    compose(field, "heping")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.text(), submitted) == ("heping", [])
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert submitted == ["heping"]


def test_that_escape_throws_only_the_composition_away(qtbot, window):
    search = the(QLineEdit, "search.box", inside=window.window)
    search.setFocus()
    search.setText("路")
    compose(search, "heping")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == "路"
    assert search.hasFocus()


def test_that_a_field_that_is_deleted_while_composing_does_no_harm(qtbot, form):
    field, other = QLineEdit(), QLineEdit()
    shown(qtbot, form, field, other)
    compose(field, "heping")
    gone = []
    field.destroyed.connect(lambda: gone.append(True))
    field.deleteLater()
    del field
    qtbot.waitUntil(lambda: gone == [True])
    other.setFocus()
    QTest.keyClicks(other, "a")
    assert other.text() == "a"
