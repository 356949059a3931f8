"""A street office keeps an alliance in the window: made, joined, shown, renamed, left, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QTableView

from app.services.mediation.alliances import alliances_on
from tests.stories.robot_window import sample_robot

pytestmark = [pytest.mark.story, pytest.mark.system(12)]


@pytest.fixture
def robot(qtbot, tmp_path, yaohai_sample):
    with sample_robot(qtbot, tmp_path, yaohai_sample) as robot:
        robot.window.work.open_tab("topics")
        robot.choose("topics.choice", "alliances")
        robot.wait(lambda: robot.has("alliances.table") and robot.rows("alliances.table") > 0)
        yield robot


def members(robot):
    dataset = robot.window.context.registry.dataset
    return {a.name: {member.code for member in a.members} for a in alliances_on(dataset)}


def a_new_alliance(robot, name="邻里联盟"):
    robot.widget(QLineEdit, "alliances.name").setText(name)
    robot.click("alliances.new")
    robot.wait(lambda: name in members(robot))
    code = next(a.code for a in alliances_on(robot.window.context.registry.dataset) if a.name == name)
    robot.wait(lambda: code in robot.codes("alliances.table"))
    robot.click_cell("alliances.table", robot.codes("alliances.table").index(code), 0)
    return name


def test_that_the_members_of_an_alliance_are_shown_on_the_map(robot):
    name, own = next((name, codes) for name, codes in members(robot).items() if codes)
    row = next(n for n in range(robot.rows("alliances.table")) if robot.cell("alliances.table", n, 0) == name)
    robot.click_cell("alliances.table", row, 0)
    compounds = {code for code in own if code.startswith("C")}
    robot.wait(lambda: set(robot.window.context.selection) == compounds)
    assert robot.rows("alliances.members") == len(own)
    assert set(robot.codes("alliances.members")) == own


def test_that_an_alliance_is_made_joined_from_the_map_and_by_name_left_and_taken_back(robot):
    name = a_new_alliance(robot)
    steps = len(robot.window.context.registry.history())
    robot.window.context.select(["C000001", "C000002", "C000003"], "map")
    robot.click("alliances.join")
    robot.wait(lambda: members(robot)[name] == {"C000001", "C000002", "C000003"})
    assert len(robot.window.context.registry.history()) == steps + 1
    who = robot.widget(QComboBox, "alliances.who")
    who.setCurrentIndex(who.findData("F000001"))
    robot.click("alliances.join_who")
    robot.wait(lambda: "F000001" in members(robot)[name])
    robot.wait(lambda: robot.rows("alliances.members") == 4)
    table = robot.widget(QTableView, "alliances.members")
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    row = robot.codes("alliances.members").index("C000002")
    table.selectionModel().select(table.model().index(row, 0), flags)
    robot.click("alliances.leave")
    robot.end("退出了")
    robot.wait(lambda: members(robot)[name] == {"C000001", "C000003", "F000001"})
    robot.wait(lambda: robot.window.steps.can_undo)
    robot.trigger("edit.undo")
    robot.wait(lambda: "C000002" in members(robot)[name])


def test_that_an_alliance_is_renamed(robot):
    a_new_alliance(robot)
    robot.widget(QLineEdit, "alliances.name").setText("邻里互助联盟")
    robot.click("alliances.rename")
    robot.wait(lambda: "邻里互助联盟" in members(robot))
    assert "邻里联盟" not in members(robot)
