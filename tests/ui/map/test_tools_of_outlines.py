"""Splitting, merging, cutting holes, moving, simplifying, right angles, copying: each by mouse and by keys."""

from __future__ import annotations

import math

import pytest
import shapely
from PySide6.QtCore import Qt

from tests.app.outlines.tiles import EAST, GRIDS, NORTH
from tests.ui.map.tiled import ALT, SHIFT
from ui.map.editing.work import Act
from ui.shell.editing.outcomes import outcomes_of, outcomes_of_joining

KEY = Qt.Key


def local(points):
    """Return places in metres of the town."""
    return [(round(x - EAST, 1), round(y - NORTH, 1)) for x, y in points]


def test_that_a_grid_is_split_by_a_line_from_border_to_border(town):
    tool = town.take("split", GRIDS[2])
    town.click(220, 200)
    assert tool.snapped is not None
    town.press(KEY.Key_Return)
    assert "至少两个点" in town.hint
    town.click(230, 400)
    assert sorted(round(piece.area / 100) for piece in tool.work.pieces) == pytest.approx([155, 165], abs=20)
    assert "Esc 放下，草稿留着" in town.hint
    town.press(KEY.Key_Return)
    (work,) = town.finished
    assert len(work.split.pieces) == 2
    assert work.split.plan.outlines().keys() >= {GRIDS[0]}, "the grid below gets the vertex"


def test_that_a_line_is_drawn_by_keys_and_in_numbers(town):
    tool = town.take("split", GRIDS[2])
    assert tool.take_numbers(f"{EAST + 220} {NORTH + 190}") is None
    assert tool.take_numbers("220@0") is None
    assert local(tool.trail.points) == [(220, 190), (220, 410)]
    assert len(tool.work.pieces) == 2
    town.press(KEY.Key_Left, modifiers=SHIFT)
    assert local(tool.trail.points)[-1] == (219, 410)
    town.press(KEY.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert local(tool.trail.points)[-1] == (220, 410)
    assert "两个数" in tool.take_numbers("东边").zh
    town.press(KEY.Key_Backspace)
    assert len(tool.trail.points) == 1
    town.press(KEY.Key_Insert, KEY.Key_Escape)
    kept = town.canvas.half_changed()
    assert kept["tool"] == "split"
    assert len(kept["acts"][0]["points"]) == 2


def test_that_a_line_that_splits_nothing_says_so(town):
    town.take("split", GRIDS[2])
    town.click(220, 250, ALT)
    town.click(240, 300, ALT)
    town.press(KEY.Key_Return)
    assert town.finished == []
    assert "穿过" in town.hint


def test_that_a_compound_gets_a_hole_and_a_grid_does_not(town):
    tool = town.take("hole", "C000006")
    for corner in ((380, 240), (440, 240), (440, 290)):
        town.click(*corner, ALT)
    assert tool.work.refusal is None
    town.press(KEY.Key_Return)
    (work,) = town.finished
    assert work.outline.area == pytest.approx(150 * 120 - 60 * 50 / 2, rel=0.02)
    tool.let_go()
    town.take("select")
    town.take("hole", GRIDS[2])
    for corner in ((180, 240), (240, 240), (240, 290)):
        town.click(*corner, ALT)
    town.press(KEY.Key_Return)
    assert len(town.finished) == 1
    assert "没有人接" in town.hint


def test_that_neighbours_are_merged_and_strangers_say_why_not(town):
    tool = town.take("merge", GRIDS[1])
    assert tool.work is None
    town.click(220, 300)
    assert town.canvas.selection() == [GRIDS[1], GRIDS[2]]
    assert tool.work.outline.area == pytest.approx(300 * 200, rel=1e-6)
    told = [(one.title.zh, one.detail.zh) for one in outcomes_of_joining(tool.work)]
    assert told[:2] == [("第二网格", "28,000 m²（46.7%）"), ("第三网格", "32,000 m²（53.3%）")]
    assert "下一步" in told[2][0]
    town.press(KEY.Key_Return)
    (work,) = town.finished
    assert work.codes == (GRIDS[1], GRIDS[2])
    town.click(220, 300)
    town.click(400, 450)
    town.press(KEY.Key_Return)
    assert len(town.finished) == 1
    assert "合不到一起" in town.hint


def test_that_an_outline_is_moved_and_turned_by_mouse_and_by_keys(town):
    tool = town.take("move", "C000006")
    town.drag((425, 260), (445, 280), ALT)
    x, y = shapely.centroid(tool.work.outline).coords[0]
    assert (x - EAST, y - NORTH) == pytest.approx((445, 280), abs=1.5)
    town.press(KEY.Key_Left, KEY.Key_Left, modifiers=SHIFT)
    assert [act.name for act in tool.steps.acts] == ["shift", "shift"], "keys held down are one step"
    assert shapely.centroid(tool.work.outline).x == pytest.approx(x - 2)
    town.type(".", ".")
    first, before = tool.work.corners[0].at, tool.steps.works[1].corners[0].at
    about = shapely.centroid(tool.work.outline).coords[0]
    turned = math.atan2(before[1] - about[1], before[0] - about[0]) - math.atan2(
        first[1] - about[1], first[0] - about[0]
    )
    assert math.degrees(turned) == pytest.approx(2, abs=0.01), "clockwise"
    assert tool.work.outline.area == pytest.approx(150 * 120, rel=1e-6)


def test_that_a_move_over_a_neighbour_is_clipped_and_tab_changes_the_owner(town):
    tool = town.take("move", "C000004")
    town.drag((240, 100), (160, 100), ALT)
    (shared,) = tool.work.shared
    assert shared.code == "C000002"
    assert tool.work.outline.area < 80 * 80 - 500
    town.press(KEY.Key_Tab)
    assert tool.work.is_taking
    assert tool.work.outline.area == pytest.approx(80 * 80, rel=1e-4)
    assert [one.code for one in tool.work.changed] == ["C000002"]


def test_that_simplifying_and_right_angles_wait_for_enter(town):
    tool = town.take("reshape", "C000006")
    town.drag((425, 200), (425, 198), ALT)
    work = tool.work
    assert len(work.corners) == 5
    town.canvas.let_works_go()
    simpler = town.take("simplify", "C000004")
    assert "没有变" in town.hint
    town.press(KEY.Key_Plus)
    assert "没有变" in town.hint
    assert simpler.steps.acts == []
    town.take("square", "C000004")
    assert "没有变" in town.hint


def test_that_a_copy_goes_on_as_a_drawing(town):
    town.take("copy")
    town.hover(425, 260)
    town.click(425, 260)
    assert town.canvas.tool() == "draw"
    assert sorted(local(town.canvas.held.points)) == [(350, 200), (350, 320), (500, 200), (500, 320)]
    town.canvas.set_draft([])


def test_that_a_copy_loses_nothing_that_was_half_drawn(town):
    town.take("draw")
    town.click(200, 20, ALT)
    town.click(250, 20, ALT)
    drawn = local(town.canvas.held.points)
    town.take("copy")
    town.hover(425, 260)
    town.click(425, 260)
    assert len(town.canvas.held.points) == 4
    town.press(KEY.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert local(town.canvas.held.points) == drawn
    town.canvas.set_draft([])


def test_that_what_is_not_kept_is_not_said_to_be(town):
    tool = town.take("simplify", "C000004")
    tool.steps.take(Act("simplify", (), 1.0), tool.steps.work)
    tool.changed()
    assert "Enter 完成" in town.hint
    assert "Esc 不改了" in town.hint


def test_that_a_unit_in_which_the_outline_lies_is_called_no_neighbour(town):
    tool = town.take("reshape", GRIDS[2])
    town.drag((300, 400), (310, 400), ALT)
    titles = [one.title.zh for one in outcomes_of(tool.work)]
    assert "所在的 临泉路社区" in titles
    assert any(title.startswith("邻居：") for title in titles)
    assert not any(title == "邻居：临泉路社区" for title in titles)
    tool.let_go()


def test_that_drawing_follows_the_neighbour_and_clips_what_it_has(town, qtbot):
    tool = town.take("draw")
    town.click(320, 120)
    town.click(420, 120)
    assert local(tool.points) == [(320, 120), (420, 120)], "drawn to the neighbour's corners"
    town.press(KEY.Key_F)
    assert local(tool.points)[-1] == (420, 20)
    town.press(KEY.Key_Backspace)
    town.click(420, 160, ALT)
    town.click(320, 160, ALT)
    with qtbot.waitSignal(town.canvas.polygon_drawn, timeout=0) as told:
        town.press(KEY.Key_Return)
    assert not told.args[0].is_taking
    town.canvas.let_outline_go()
    for corner in ((380, 100), (450, 100), (450, 150), (380, 150)):
        town.click(*corner, ALT)
    assert tool.wants_tab
    town.press(KEY.Key_Tab)
    with qtbot.waitSignal(town.canvas.polygon_drawn, timeout=0) as told:
        town.press(KEY.Key_Return)
    assert told.args[0].is_taking
    town.canvas.let_outline_go()
    for corner in ((330, 30), (400, 30), (400, 90), (330, 90)):
        town.click(*corner, ALT)
    with qtbot.assertNotEmitted(town.canvas.polygon_drawn):
        town.press(KEY.Key_Return)
    assert "一点不剩" in town.hint
    town.press(KEY.Key_F)
    assert "同一个邻居" in town.hint
    town.canvas.set_draft([])
    assert "放第一个角点" in town.hint
    town.canvas.set_draft([(117.301, 31.861), (117.302, 31.861)])
    assert "加角点" in town.hint, "a draft that is given back is gone on with"
    town.canvas.set_draft([])


def test_that_the_field_over_the_map_takes_a_corner_in_numbers(town):
    tool = town.take("draw")
    town.press(KEY.Key_N)
    field = town.canvas.numbers
    assert not field.isHidden()
    field.box.setText("12")
    field.box.returnPressed.emit()
    assert "两个数" in field.error.text()
    field.box.setText(f"{EAST + 10}，{NORTH + 10}")
    field.box.returnPressed.emit()
    assert field.isHidden()
    assert local(tool.points) == [(10, 10)]
    town.canvas.set_draft([])
