"""The tool that moves, adds and deletes corners, by mouse and by keys, over the tiled town."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import Qt

from tests.app.outlines.tiles import GRIDS, untiled
from tests.ui.map.tiled import ALT, NONE, SHIFT, Town
from ui.models.change_words import step_words
from ui.shell.editing.outcomes import outcomes_of

KEY = Qt.Key
T = (140, 200)  # where the three grids of the first community meet


def test_that_a_shared_corner_is_dragged_with_its_neighbours_and_written_as_one_change(town):
    tool = town.take("reshape", GRIDS[0])
    shared = {(round(c.at[0] - 530_000), round(c.at[1] - 3_527_000)): c.is_shared for c in tool.work.corners}
    assert shared[T]
    town.hold(T, (150, 230), ALT)
    assert {one.code for one in tool.work.changed} == {GRIDS[1], GRIDS[2]}
    assert sum(one.given for one in tool.work.changed) > 1000
    assert tool.is_changed is False, "nothing is done before the mouse lets go"
    town.drag(T, (150, 230), ALT)
    assert (150, 230) in town.corners()
    town.press(KEY.Key_Return)
    (work,) = town.finished
    before = {code: town.outline(code) for code in GRIDS[:3]}
    work.plan.write()
    assert untiled(town.registry.dataset) == []
    assert all(not shapely.equals(before[code], town.outline(code)) for code in GRIDS[:3])
    step, registry = town.registry.next_undo(), town.registry
    assert step_words(step, registry.dataset, registry.profile, "zh") == "改形 第一网格，连同另外 2 个"
    town.registry.undo()


def test_that_a_click_on_a_side_adds_a_corner_and_delete_takes_it_away(town):
    town.take("reshape", GRIDS[0])
    count = len(town.corners())
    town.drag((220, 200), (220, 230), ALT)
    assert (220, 230) in town.corners()
    assert len(town.corners()) == count + 1
    town.press(KEY.Key_Delete)
    assert len(town.corners()) == count
    town.press(KEY.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert (220, 230) in town.corners()
    town.press(KEY.Key_Backspace)
    assert len(town.corners()) == count
    town.press(KEY.Key_Return)
    assert town.finished == []
    assert "没有改动" in town.hint


def test_that_all_of_it_can_be_done_by_keys(town):
    tool = town.take("reshape", GRIDS[0])
    town.type("]")
    first = tool.work.corners[0].at
    town.press(KEY.Key_Insert)
    assert len(tool.steps.acts) == 1
    town.press(KEY.Key_Up, KEY.Key_Up, modifiers=SHIFT)
    assert [act.name for act in tool.steps.acts] == ["add", "move"], "keys held down are one step"
    assert tool.steps.acts[-1].points[1][1] == pytest.approx(tool.steps.acts[-1].points[0][1] + 2)
    town.press(KEY.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    town.press(KEY.Key_Up, KEY.Key_Up, modifiers=SHIFT)
    assert len(tool.steps.acts) == 2, "after a step back the corner is still the one that keys move"
    town.press(KEY.Key_Delete)
    town.type("[")
    assert len(tool.steps.acts) == 3
    town.press(KEY.Key_Escape)
    assert town.canvas.tool() == "select"
    kept = town.canvas.half_changed()
    assert kept["code"] == GRIDS[0]
    assert [act["act"] for act in kept["acts"]] == ["add", "move", "delete"]
    assert first == tool.work.corners[0].at


def test_that_a_draft_is_taken_up_where_it_was_left(town, qtbot):
    town.take("reshape", GRIDS[0])
    town.drag(T, (150, 230), ALT)
    kept, corners = town.canvas.half_changed(), town.corners()
    again = Town(town.registry)
    qtbot.addWidget(again.canvas)
    again.canvas.take_half_changed(kept)
    assert again.canvas.tool() == "reshape"
    assert again.corners() == corners
    again.canvas.close()


def test_that_a_corner_is_drawn_to_another_line_and_says_to_which_and_how_far(town):
    tool = town.take("reshape", "C000004")
    town.hold((280, 140), (297, 120))
    assert tool.snapped is not None
    assert tool.snapped.distance == pytest.approx(3, abs=1.0)
    town.hold((280, 140), (297, 120), ALT)
    assert tool.snapped is None


def test_that_what_can_not_be_is_refused_with_its_reason_and_nothing_is_done(town):
    tool = town.take("reshape", GRIDS[0])
    town.drag(T, (150, -50), ALT)
    assert tool.steps.acts == []
    assert "穿过自己" in town.hint
    town.take("select")
    tool = town.take("reshape", "C000001")
    town.click(220, 100, NONE)
    assert tool.work.code == "C000004", "with nothing done, another is taken in hand by a click"
    town.drag((200, 60), (190, 60), ALT)
    town.click(50, 60)
    assert tool.work.code == "C000004"
    assert "改到一半" in town.hint


def test_that_what_may_be_meant_is_done_once_it_is_said_to_be(town):
    tool = town.take("reshape", GRIDS[0])
    tool.mean(is_alone=True)
    town.drag(T, (150, 170), ALT)
    assert tool.steps.acts == []
    assert "就要空着" in town.hint
    assert "Y 就要这样" in town.hint
    town.type("y")
    assert len(tool.steps.acts) == 1
    assert (150, 170) in town.corners()
    assert [one.title.zh for one in outcomes_of(tool.work)] == [f"{tool.work.bare:,.0f} m² 谁也不归"]
    town.press(Qt.Key.Key_Return)
    assert len(town.finished) == 1
    town.drag((300, 200), (290, 190), ALT)
    assert len(tool.steps.acts) == 1, "what comes about next is asked anew"
    assert tool.is_asked
    town.press(Qt.Key.Key_Delete)
    assert len(tool.steps.acts) == 1


def test_that_nothing_else_that_is_refused_can_be_meant(town):
    tool = town.take("reshape", GRIDS[0])
    town.drag(T, (150, -50), ALT)
    assert "穿过自己" in town.hint
    assert "就要这样" not in town.hint
    assert not tool.is_asked
    town.type("y")
    assert tool.steps.acts == []


def test_that_a_draft_keeps_how_its_steps_were_meant(town):
    tool = town.take("reshape", GRIDS[0])
    tool.mean(is_alone=True)
    town.drag(T, (150, 170), ALT)
    town.type("y")
    before = tool.work.outline
    kept = town.canvas.half_changed()
    tool.let_go()
    town.canvas.take_half_changed(kept)
    tool = town.canvas.held
    assert len(tool.steps.acts) == 1
    assert tool.work.changed == (), "the neighbours were to be left alone"
    assert tool.work.outline.equals_exact(before, 1e-4)
    tool.let_go()
