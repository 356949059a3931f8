"""Another theme or language changes colours and words; nothing else of what a hand has done."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMetaMethod, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QTableView, QToolButton, QTreeView, QWidget

from tests.ui.robots.find import the
from tests.ui.robots.steady_state import differences, state_of
from ui.topic_list import TOPICS

SWITCHES = {"view.language": "language", "view.dark": "theme"}


def settled(robot):
    """Wait until nothing is being computed, made anew or painted."""
    window = robot.window
    if not window.findings.is_checked:
        window.findings.check_now()  # else it waits a quarter of a minute for the hand to rest

    def is_still():
        return (
            window.renewal.is_over
            and window.findings.is_checked
            and not window.tasks.is_busy
            and window.context.is_map_shown
            and window.map_area.canvas.is_sharp()
        )

    robot.until(is_still, 30_000)


def is_same_after(robot, switch):
    """Switch there and back; fail with what differs after either."""
    settled(robot)
    before = state_of(robot.window)

    def is_as_before():
        found = differences(before, state_of(robot.window))
        assert found == {}, str(found)[:2000]

    for _way in ("there", "back"):
        robot.action(switch).trigger()
        settled(robot)
        robot.qtbot.waitUntil(is_as_before)


def work_in(robot):
    """Leave a trace of every kind: extent, selection, search, filters, an order, unfolded rows, a typed text."""
    window = robot.window
    window.context.select(["C000002"], "map")
    window.map_area.canvas.zoom_to(["C000002"])
    window.map_area.canvas.pan_by(40, 25)
    robot.type_into("search.box", "苑")
    robot.type_into("table.filter", "C0")
    tree = the(QTreeView, "places.tree", inside=window)
    robot.until(lambda: tree.model().rowCount() > 0)
    tree.expandAll()
    tree.collapse(tree.model().index(0, 0))
    table = the(QTableView, "table.compounds", inside=window)
    robot.until(lambda: table.model().rowCount() > 0)
    table.horizontalHeader().sectionClicked.emit(1)
    window.map_area.canvas.setFocus()


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("mode", ["entry", "review", "check", "publish"])
def test_that_a_switch_changes_nothing_else_in_any_mode(window, mode, switch):
    work_in(window)
    window.window.set_mode(mode)
    is_same_after(window, switch)


@pytest.mark.parametrize("tab", ["coverage", "table", "gaps", "findings", "journal"])
def test_that_another_language_leaves_every_tab_as_it_was(window, tab):
    work_in(window)
    window.window.work.open_tab(tab)
    is_same_after(window, "view.language")


@pytest.mark.parametrize("topic", [entry.name for entry in TOPICS])
def test_that_another_language_leaves_every_topic_as_it_was(window, topic):
    window.window.context.select(["C000002"], "map")
    window.action(f"topics.{topic}").trigger()
    settled(window)
    page = the(QWidget, topic, inside=window.window)
    for box in window.window.topics.bars.currentWidget().findChildren(QComboBox):
        if box.count() > 1:
            box.setCurrentIndex(box.count() - 1)
    assert page.isVisible()
    is_same_after(window, "view.language")


def test_that_an_outline_half_drawn_stays_in_the_hand(window):
    canvas = window.window.map_area.canvas
    window.window.map_area.take_tool("draw")
    for x, y in ((120, 120), (220, 120), (220, 200)):
        QTest.mouseClick(
            canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().topLeft() + type(canvas.pos())(x, y)
        )
    assert len(canvas.draft()) == 3
    is_same_after(window, "view.language")
    is_same_after(window, "view.dark")
    assert window.window.map_area.canvas is canvas


def test_that_what_is_typed_into_an_open_sheet_stays(window):
    window.action("registry.new").trigger()
    box = the(QLineEdit, "new.path", inside=window.window)
    box.setText("/tmp/half-typed")
    window.action("view.language").trigger()
    settled(window)
    kept = the(QLineEdit, "new.path", inside=window.window)
    assert kept.text() == "/tmp/half-typed"
    assert kept.isVisible()


def test_that_the_words_are_those_of_the_other_language(window):
    settled(window)
    window.action("view.language").trigger()
    settled(window)
    assert window.action("map.draw").text() == "Draw a compound"
    assert the(QWidget, "places.tree", inside=window.window).accessibleName().startswith("Places")
    assert the(QLineEdit, "table.filter", inside=window.window).placeholderText().startswith("Filter")
    assert the(QLineEdit, "search.box", inside=window.window).placeholderText().startswith("Compound")


def test_that_what_is_in_sight_is_never_of_two_languages(window):
    """Before the loop turns once, every panel in sight has been made anew."""
    window.window.context.select(["C000002"], "map")
    settled(window)
    window.action("view.language").trigger()
    seen = [
        name
        for name in ("places", "inspector")
        if any("\u4e00" <= c <= "\u9fff" for c in the(QWidget, name, inside=window.window).accessibleName())
    ]
    assert seen == []


def test_that_the_longer_words_of_another_language_are_not_cut_off_beside_the_record(window):
    window.window.context.select(["C000001"], "map")
    settled(window)
    the(QToolButton, "inspector.edit", inside=window.window).click()
    window.action("view.language").trigger()

    def is_whole():
        scroll = the(QScrollArea, "inspector.scroll", inside=window.window)
        return scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()

    settled(window)
    assert is_whole()


def test_that_a_panel_that_another_takes_the_place_of_is_told_of_nothing_any_more(window):
    settled(window)
    context = window.window.context
    before = {teller: hearers_of(teller) for teller in (context, context.others)}
    window.window.renewal.begin()
    window.window.renewal.finish()
    # not a word to Qt's loop meanwhile: those before are there still
    assert {teller: hearers_of(teller) for teller in before} == before


def hearers_of(teller):
    """Return how many hear each signal that a class of ours has."""
    kind = teller.metaObject()
    methods = [kind.method(number) for number in range(kind.methodOffset(), kind.methodCount())]
    signals = [
        bytes(one.methodSignature()).decode()
        for one in methods
        if one.methodType() == QMetaMethod.MethodType.Signal
    ]
    return {name: teller.receivers(f"2{name}") for name in signals}
