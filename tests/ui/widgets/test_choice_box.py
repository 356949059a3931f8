"""The box to choose from a list: seen whole, chosen only when it is meant."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton

from tests.ui.robots.find import the
from ui import theme
from ui.widgets.choice_box import ChoiceBox, place_beside

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SCREEN = QRect(0, 0, 1366, 698)


def made(qtbot, words, *, theme_name="light", writes=False) -> ChoiceBox:
    theme.apply(QApplication.instance(), theme_name)
    box = ChoiceBox(writes=writes)
    for said in words:
        box.addItem(said, said)
    box.setGeometry(10, 10, 120, 28)
    qtbot.addWidget(box)
    theme.dress(box)
    box.show()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    return box


def rows_in_sight(box: QComboBox) -> list[str]:
    """Return the rows of the open list that stand in sight from top to bottom."""
    view = box.view()
    inside = view.viewport().rect()
    seen = []
    for row in range(box.count()):
        place = view.visualRect(box.model().index(row, box.modelColumn()))
        if inside.contains(place.adjusted(0, 0, inside.width() - place.right() - 1, 0)):
            seen.append(box.itemText(row))
    return seen


@pytest.mark.parametrize("theme_name", ["light", "dark"])
@pytest.mark.parametrize("count", [1, 3, 4, 11, 20])
def test_that_an_open_list_shows_every_row_from_top_to_bottom(qtbot, theme_name, count):
    box = made(qtbot, [f"第 {n} 项" for n in range(count)], theme_name=theme_name)
    for chosen in {0, count // 2, count - 1}:
        box.setCurrentIndex(chosen)
        QTest.mouseClick(box, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(box.view().isVisible)
        assert rows_in_sight(box) == [box.itemText(n) for n in range(count)]
        assert box.view().verticalScrollBar().maximum() == 0
        box.hidePopup()


def test_that_an_open_list_is_as_wide_as_its_words_and_stays_on_the_screen(qtbot):
    box = made(qtbot, ["短", "一个名字很长很长很长的街道办事处和社区居民委员会"])
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(box.view().isVisible)
    need = box.fontMetrics().horizontalAdvance(box.itemText(1))
    assert box.view().viewport().width() >= need
    assert box.screen().availableGeometry().contains(box.view().window().geometry())
    box.hidePopup()


def test_that_a_list_longer_than_the_screen_takes_its_whole_height(qtbot):
    box = made(qtbot, [f"第 {n} 项" for n in range(200)])
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(box.view().isVisible)
    assert box.view().window().height() == box.screen().availableGeometry().height()
    box.hidePopup()


@pytest.mark.parametrize(
    ("anchor", "spot"),
    [
        (QRect(100, 100, 90, 28), QPoint(100, 128)),  # below
        (QRect(100, 600, 90, 28), QPoint(100, 300)),  # above
        (QRect(1300, 100, 60, 28), QPoint(1166, 128)),  # drawn in from the right edge
        (QRect(-40, 100, 60, 28), QPoint(0, 128)),
    ],
)
def test_that_what_opens_lies_beside_its_box_and_on_the_screen(anchor, spot):
    assert place_beside(anchor, 200, 300, SCREEN) == spot


def test_that_what_is_higher_than_both_sides_lies_over_its_box():
    assert place_beside(QRect(0, 340, 90, 28), 200, 600, SCREEN) == QPoint(0, 98)


def test_that_keys_in_a_box_that_writes_look_through_the_choices_and_only_enter_chooses(qtbot):
    box = made(qtbot, ["unknown", "active", "idle"], writes=True)
    chosen = []
    box.activated.connect(chosen.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_I, Qt.Key.Key_PageDown):
        QTest.keyClick(box, key)
        assert box.view().isVisible()
        assert (box.currentIndex(), chosen) == (0, [])
        QTest.keyClick(box.view(), Qt.Key.Key_Escape)
        assert not box.view().isVisible()
        assert (box.currentIndex(), chosen) == (0, [])
    QTest.keyClick(box, Qt.Key.Key_I)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert (box.currentText(), chosen) == ("idle", [2])


def test_that_the_mark_passes_over_headings(qtbot):
    box = made(qtbot, ["覆盖", "党组织", "数据", "物业"], writes=True)
    for row in (0, 2):
        box.model().item(row).setEnabled(False)
    box.setCurrentIndex(1)
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert box.currentText() == "物业"


@pytest.mark.parametrize("is_editable", [False, True])
def test_that_esc_in_an_open_list_leaves_the_form_open(qtbot, is_editable):
    form = QDialog()
    box = ChoiceBox(form)
    box.addItems(["一", "二"])
    box.setEditable(is_editable)
    qtbot.addWidget(form)
    form.show()
    box.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    assert not box.view().isVisible()
    assert form.isVisible()


def test_that_words_without_room_are_cut_in_the_middle_of_the_closed_box(qtbot):
    box = made(qtbot, ["一个名字很长很长很长的街道办事处"])
    said = box.shown_words()
    assert "…" in said
    assert said.startswith("一")
    assert said.endswith("处")


def test_that_a_fact_chosen_by_keys_is_one_change_and_looking_is_none(window):
    window.pick("C000001")
    box = window.box("fact.owners_committee")
    registry = window.window.context.registry
    before = len(registry.history())
    window.until(box.isEnabled)
    box.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Up):
        QTest.keyClick(box, key)
        QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    assert len(registry.history()) == before
    was = box.currentIndex()
    QTest.keyClick(box, Qt.Key.Key_Down if was == 0 else Qt.Key.Key_Up)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    window.until(lambda: len(registry.history()) > before)
    window.until(lambda: not window.window.tasks.is_busy)
    assert len(registry.history()) == before + 1
    assert abs(box.currentIndex() - was) == 1


def test_that_letters_and_digits_pressed_in_a_sheet_reach_no_action_of_the_window(window):
    window.pick("C000001")
    window.action("registry.export").trigger()
    box = window.box("export.format")
    tool = window.canvas.tool()
    before = len(window.window.context.registry.history())
    for part in (box, the(QPushButton, "export.commit", inside=window.window)):
        part.setFocus()
        window.until(part.hasFocus)
        QTest.keyClicks(part, "bahpl1]")
    dialogs = [d.objectName() for d in window.window.findChildren(QDialog) if d.isVisible()]
    assert dialogs == ["export.dialog"]
    assert window.canvas.tool() == tool
    assert window.selected() == ["C000001"]
    assert len(window.window.context.registry.history()) == before
