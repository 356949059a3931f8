"""What floats over the map never lies over another; what is reserved never moves; a sheet's rows come and go whole."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QTreeWidget, QWidget

from app.text import Text
from scripts.window_names import settle
from tests.ui.robots.find import the

SIZES = ((1920, 1040), (1366, 698), (1093, 558), (1024, 558), (911, 465), (900, 520))
CORNERS = [(117.30, 31.86), (117.31, 31.86), (117.31, 31.87)]
LONG = Text(
    "给选中的 13 个小区设了同一项：党组织有", "One answer was given to the thirteen compounds chosen: yes"
)


@pytest.fixture(params=("zh", "en"))
def robot(request, open_window, yaohai_sample, tmp_path):
    path = tmp_path / "floats.gpkg"
    shutil.copyfile(yaohai_sample, path)
    return open_window(path, lang=request.param).wait_for_registry()


def lying_over(canvas):
    """Return what floats over the map and lies over another float, or beyond the map."""
    QApplication.processEvents()
    floats = [
        part
        for part in canvas.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if part.isVisible()
    ]
    assert len(floats) >= 2, "tools and buttons are there"
    found = [f"{part.objectName()} beyond" for part in floats if not canvas.rect().contains(part.geometry())]
    for place, one in enumerate(floats):
        for other in floats[place + 1 :]:
            shared = one.geometry() & other.geometry()
            if shared.width() > 1 and shared.height() > 1:
                found.append(f"{one.objectName()} over {other.objectName()} by {shared.size().toTuple()}")
    return found


@pytest.mark.slow
def test_that_nothing_that_floats_over_the_map_lies_over_another(robot):
    window = robot.window
    area, canvas = window.map_area, window.map_area.canvas
    robot.until(lambda: not window.tasks.is_busy)
    wrong = []

    def look(*state):
        wrong.extend(f"{state}: {said}" for said in lying_over(canvas))

    for size in SIZES:
        window.resize(*size)
        for is_bottom in (False, True):
            if window.work.is_bottom_open != is_bottom:
                window.work.toggle_bottom()
            for is_open in (False, True):
                if canvas.legend.is_open != is_open:
                    canvas.legend.toggle()
                for tool in ("select", "draw", "measure", "add_station"):
                    area.take_tool(tool)
                    look(size, is_bottom, is_open, tool)
                area.take_tool("draw")
                canvas.set_draft(CORNERS)
                canvas.tell_hints()
                look(size, is_bottom, is_open, "draft")
                area.toast.show_saved(LONG, "some change")
                look(size, is_bottom, is_open, "draft", "toast")
                area.take_tool("select")
                look(size, is_bottom, is_open, "toast")
                area.toast.hide()
                canvas.set_draft([])
    assert not wrong, "\n".join(wrong)


def test_that_the_whole_legend_is_in_sight_on_a_high_screen(robot):
    window = robot.window
    window.resize(1920, 1040)
    settle(window)
    tree = the(QTreeWidget, "layers.tree", inside=window)
    assert tree.isVisible()
    last = tree.topLevelItem(tree.topLevelItemCount() - 1)
    assert tree.viewport().rect().contains(tree.visualItemRect(last))
    assert tree.verticalScrollBar().maximum() == 0


def test_that_no_tab_of_the_open_panel_moves_when_a_count_comes_or_another_is_chosen(robot):
    window = robot.window
    settle(window)
    tabs = window.tabs
    window.work.open_tab("coverage")
    bar = tabs.tabBar()

    def lefts():
        QApplication.processEvents()
        return [bar.tabRect(place).left() for place in range(bar.count())]

    standing = lefts()
    for place in range(bar.count()):
        bar.setCurrentIndex(place)
        for count in (None, 7, 131, 9_999):
            tabs.show_count("table", count)
            tabs.show_count("findings", count)
            assert lefts() == standing, (place, count)


def test_that_nothing_below_the_verdict_moves_when_its_reason_gets_longer(robot):
    window = robot.window
    settle(window)
    window.context.select(["C000400"])
    settle(window)
    card = the(QWidget, "three_no.card", inside=window)
    below = the(QWidget, "inspector.organisations", inside=window)
    seen, heights = set(), set()
    for code in ("C000001", "C000006", "C000300", "C000400"):
        window.context.select([code])
        settle(window)
        QApplication.processEvents()
        seen.add(the(QLabel, "three_no.why", inside=window).text())
        heights.add(card.height())
        assert below.geometry().top() > card.geometry().top()
    assert len(seen) > 1, "reasons of several lengths"
    assert len(heights) == 1, heights


def test_that_a_new_branch_is_asked_for_by_whole_rows(robot):
    window = robot.window
    window.context.select(["C000400"])
    settle(window)
    window.actions_by_id["compound.attach_party"].trigger()
    sheet = the(QWidget, "attach.dialog", inside=window)
    settle(window)
    boxes = [the(QWidget, f"attach.{key}", inside=sheet) for key in ("new_name", "new_type")]
    said = [box.accessibleName() for box in boxes]
    labels = [label for label in sheet.findChildren(QLabel) if label.text() in said]
    assert len(labels) == 2
    assert [part.isVisible() for part in (*labels, *boxes)] == [False] * 4
    line, choices = the(QLineEdit, "attach.what", inside=sheet), the(QListWidget, "attach.list", inside=sheet)
    line.setText("新的一个支部")
    robot.until(lambda: choices.count() > 0)
    choices.setCurrentRow(choices.count() - 1)
    sheet.commit.click()
    assert [part.isVisible() for part in (*labels, *boxes)] == [True] * 4
