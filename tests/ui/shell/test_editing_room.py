"""What an edit does is to be seen in every mode and at every width, and the window is as before once it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton, QWidget

from app.text import Text
from tests.ui.robots.find import the
from ui.map.editing.work import Act
from ui.models.editing import EditFacts


@pytest.mark.parametrize("mode", ["entry", "review", "check"])
def test_that_the_panel_of_an_edit_has_its_room_and_gives_it_back(open_window, registry_path, mode):
    robot = open_window(registry_path, size=(900, 640)).wait_for_registry()
    window = robot.window
    window.set_mode(mode)
    window.context.select(["C000001"], "map")
    panel = the(QWidget, "editing", inside=window)
    before = (window.work.left_box.isVisible(), window.work.right.isVisible(), window.inspector.isVisible())
    robot.action("map.reshape").trigger()
    robot.until(panel.isVisible)
    assert the(QWidget, "editing.commit", inside=window).isVisible()
    assert robot.canvas.width() >= 420
    robot.action("map.select").trigger()
    robot.until(lambda: not panel.isVisible())
    after = (window.work.left_box.isVisible(), window.work.right.isVisible(), window.inspector.isVisible())
    assert after == before


def test_that_nothing_is_offered_to_be_given_up_where_outlines_are_only_chosen_to_be_merged(
    open_window, registry_path
):
    robot = open_window(registry_path).wait_for_registry()
    window = robot.window
    window.context.select(["C000001", "C000002"], "map")
    robot.action("map.merge").trigger()
    robot.until(the(QWidget, "editing", inside=window).isVisible)
    assert not the(QWidget, "editing.drop", inside=window).isVisible()


def test_that_the_panel_says_what_a_change_comes_to_in_plain_numbers(open_window, registry_path):
    robot = open_window(registry_path).wait_for_registry()
    panel = the(QWidget, "editing", inside=robot.window)
    facts = EditFacts(title=Text("改", "Edit"), areas=(100.0, 99.8), lengths=(40.0, 40.0), is_changed=True)
    panel.show_facts(facts)
    assert panel.change.text() == "不变"
    assert "邻居的边界都不变" in [label.text() for label in panel.outcomes.findChildren(QLabel)]
    panel.show_facts(replace(facts, areas=(100.0, 90.0)))
    assert panel.change.text() == "-10 m²（-10.0%）"
    panel.show_facts(replace(facts, is_changed=False))
    assert panel.change.text() == "–"


def test_that_the_map_has_the_keys_again_once_an_edit_is_finished_beside_it(open_window, registry_path):
    robot = open_window(registry_path).wait_for_registry()
    window, canvas = robot.window, robot.canvas
    window.context.select(["C000001"], "map")
    robot.action("map.reshape").trigger()
    corner = canvas.held.work.corners[0].at
    assert canvas.held.act(Act("move", (corner, (corner[0] + 1.0, corner[1]))))
    the(QRadioButton, "editing.case.wrong", inside=window).setFocus()
    robot.until(lambda: not canvas.hasFocus())
    the(QPushButton, "editing.commit", inside=window).click()
    robot.until(canvas.hasFocus)
    assert not canvas.held.is_changed
    toast = the(QLabel, "toast.text", inside=window)
    robot.until(toast.isVisible)
    assert "邻居" not in toast.text()
