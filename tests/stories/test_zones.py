"""A street plans zones in the window, writes them, moves a compound, merges, and takes it back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QPushButton, QSpinBox, QTableView, QTreeWidget

from app.services.zones.view import zones_on
from tests.stories.robot_window import sample_robot
from tests.ui.robots.story_robot import CODE_ROLE

pytestmark = [pytest.mark.story, pytest.mark.system(28)]
STREET = "340102005"


@pytest.fixture
def robot(qtbot, tmp_path, yaohai_sample):
    with sample_robot(qtbot, tmp_path, yaohai_sample) as robot:
        robot.window.work.open_tab("topics")
        robot.choose("topics.choice", "zones")
        robot.wait(lambda: robot.has("zones.table") and not topic(robot).is_asking)
        yield robot


def topic(robot):
    return robot.window.findChild(object, "topics").show_topic("zones")


def registry(robot):
    return robot.window.context.registry


def zones(robot):
    return {zone.code: zone for zone in zones_on(registry(robot).engine)}


def preview(robot, households=2500):
    robot.choose("zones.street", STREET)
    robot.widget(QSpinBox, "zones.size").setValue(households)
    robot.widget(QSpinBox, "zones.reach").setValue(150)
    robot.click("zones.preview")
    robot.wait(lambda: robot.has("zones.commit"))


def sketches(robot):
    return [sketch.is_proposed for sketch in robot.window.map_area.canvas.style_now.sketches]


def write(robot):
    before = len(zones(robot))
    preview(robot)
    count = robot.rows("zones.table")
    robot.click("zones.commit")
    robot.wait(lambda: len(zones(robot)) == before + count)
    robot.wait(lambda: robot.rows("zones.table") == before + count and not robot.has("zones.commit"))
    return [code for code, zone in zones(robot).items() if zone.target == 2500]


def test_that_a_preview_shows_zones_on_the_map_and_writes_nothing(robot):
    steps, before = len(registry(robot).history()), zones(robot).keys()
    preview(robot)
    assert robot.rows("zones.table") > 3
    assert "预览，没有写入" in robot.says("zones.summary")
    robot.wait(lambda: True in sketches(robot))
    assert (len(registry(robot).history()), zones(robot).keys()) == (steps, before)
    robot.click_cell("zones.table", 0, 0)
    members = set(robot.window.context.selection)
    assert len(members) == int(robot.cell("zones.table", 0, 1)), "a row leads to its compounds"
    robot.click("zones.drop")
    robot.wait(lambda: not robot.has("zones.commit"))
    robot.wait(lambda: True not in sketches(robot))


def test_that_zones_are_written_as_one_step_shown_on_the_map_and_taken_back(robot):
    steps, before = len(registry(robot).history()), len(zones(robot))
    made = write(robot)
    assert len(registry(robot).history()) == steps + 1
    robot.wait(lambda: sketches(robot) == [False])
    placed = registry(robot).engine.derived_many("compounds", robot.window.context.as_of)
    in_street = {code for code, derived in placed.items() if derived.street == STREET}
    everyone = [member for zone in zones(robot).values() for member in zone.members]
    assert len(everyone) == len(set(everyone))
    assert in_street - set(everyone) == {
        code for code in in_street if registry(robot).dataset.find(code).geometry is None
    }
    assert all(zones(robot)[code].pieces == 0 or zones(robot)[code].street == STREET for code in made)
    robot.wait(lambda: robot.window.steps.can_undo)
    robot.trigger("edit.undo")
    robot.wait(lambda: len(zones(robot)) == before)


def test_that_a_compound_picked_on_the_map_moves_to_another_zone_and_back_by_undo(robot):
    first, second, *_ = [code for code in write(robot) if len(zones(robot)[code].members) > 1]
    compound = next(code for code in zones(robot)[second].members if code.startswith("C"))
    robot.window.context.select([compound], "map")
    robot.choose("zones.target", first)
    steps = len(registry(robot).history())
    robot.click("zones.move")
    robot.end("并到邻片")
    robot.wait(lambda: compound in zones(robot)[first].members)
    assert compound not in zones(robot)[second].members
    assert len(registry(robot).history()) == steps + 1
    robot.wait(lambda: robot.window.steps.can_undo)
    robot.trigger("edit.undo")
    robot.wait(lambda: compound in zones(robot)[second].members)


def test_that_zones_are_merged_made_assigned_to_a_firm_and_ended_by_hand(robot):
    first, second, *_ = write(robot)
    both = {*zones(robot)[first].members, *zones(robot)[second].members}
    table = robot.widget(QTableView, "zones.table")
    chosen = table.selectionModel()
    for code in (first, second):
        row = robot.codes("zones.table").index(code)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        chosen.select(table.model().index(row, 0), flags)
    robot.choose("zones.target", first)
    robot.click("zones.merge")
    robot.end("两片太小")
    robot.wait(lambda: second not in zones(robot))
    assert set(zones(robot)[first].members) == both
    robot.wait(lambda: not topic(robot).is_asking)
    firm = next(iter(registry(robot).dataset.of("firms")))
    robot.choose("zones.target", first)
    robot.choose("zones.firm", firm)
    robot.click("zones.assign")
    robot.wait(lambda: zones(robot)[first].firm == firm)
    robot.window.context.select(sorted(both)[:1], "map")
    before = zones(robot).keys()
    robot.click("zones.new")
    if robot.has("end.dialog"):
        robot.end("单独成片")
    robot.wait(lambda: len(zones(robot).keys() - before) == 1)
    new = next(iter(zones(robot).keys() - before))
    assert zones(robot)[new].members == (min(both),)
    robot.wait(lambda: new in robot.codes("zones.table"))
    robot.choose("zones.target", new)
    robot.click("zones.end")
    robot.end("不再成片")
    robot.wait(lambda: new not in zones(robot))


def test_that_only_compounds_of_a_kind_are_bundled_where_one_is_chosen(robot):
    robot.choose("zones.kind", "old")
    preview(robot)
    members = {code for row in range(robot.rows("zones.table")) for code in members_of(robot, row)}
    records = [registry(robot).dataset.find(code) for code in members]
    assert {record.text("kind") for record in records} == {"old"}


def members_of(robot, row):
    robot.click_cell("zones.table", row, 0)
    return set(robot.window.context.selection)


def test_that_the_layer_of_zones_is_switched_off_in_the_legend(robot):
    robot.wait(lambda: sketches(robot) == [False])
    tree = robot.widget(QTreeWidget, "layers.tree")
    item = next(
        tree.topLevelItem(n)
        for n in range(tree.topLevelItemCount())
        if tree.topLevelItem(n).data(0, CODE_ROLE) == "zones"
    )
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert "zones" in robot.window.map_area.canvas.style_now.hidden


def test_that_nothing_is_written_while_a_past_day_is_shown(robot):
    day = robot.window.context.as_of
    robot.window.context.set_as_of(day.replace(year=day.year - 1))
    preview(robot)
    assert not robot.widget(QPushButton, "zones.commit").isEnabled()
