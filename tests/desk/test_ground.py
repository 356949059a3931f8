"""On the map: an outline drawn and taken back; a station added, moved and removed."""

from __future__ import annotations

import pytest

from tests.desk.ground import free_ground, give_reason, zoom_to

pytestmark = pytest.mark.desk


def test_that_an_outline_is_drawn_named_and_taken_back(program):
    zoom_to(program, "C000400")
    before = program.state()
    (x, y), (wide, high) = free_ground(program)
    program.hands.press("a")
    program.until(lambda: program.state()["tool"] == "map.draw", "the pencil")
    for spot in ((x + 4, y + 4), (x + wide - 4, y + 6), (x + wide - 6, y + high - 4), (x + 6, y + high - 6)):
        corners = program.state()["draft"]
        program.hands.click(*spot)
        program.until(lambda had=corners: program.state()["draft"] > had, "the corner")
    program.picture("half-drawn")
    assert program.journal() == before["journal"]
    program.hands.press("Enter")
    program.seen("compound.dialog")
    program.until(lambda: program.seen("compound.name")["has_focus"], "the cursor in the name")
    program.paste_into("compound.name", "和平路新苑")
    program.picture("named")
    program.hands.press("Enter")
    program.until(lambda: program.journal() == before["journal"] + 1, "the new compound")
    program.until(lambda: not program.sees("compound.dialog"), "the end of the sheet")
    code = program.state()["selection"][0]
    assert program.ask("record", code)["name"] == "和平路新苑"
    program.rest()
    program.picture("drawn")
    program.until(lambda: program.ask("feature_at", x + wide // 2, y + high // 2) == code, "what was drawn")
    program.focus_map()
    program.hands.press("Ctrl+z")
    program.until(lambda: program.ask("record", code) is None, "the step taken back")
    program.rest()
    program.picture("taken-back")
    program.until(
        lambda: program.ask("feature_at", x + wide // 2, y + high // 2) != code, "the ground as it was"
    )
    assert program.journal() == before["journal"] + 2
    program.hands.press("Ctrl+Shift+z")
    program.until(lambda: program.ask("record", code) is not None, "the step done again")
    program.until(lambda: program.ask("feature_at", x + wide // 2, y + high // 2) == code, "its outline")


def test_that_a_half_drawn_outline_is_let_go_corner_by_corner(program):
    zoom_to(program, "C000400")
    (x, y), (wide, high) = free_ground(program)
    before = program.journal()
    program.hands.press("a")
    program.until(lambda: program.state()["tool"] == "map.draw", "the pencil")
    program.hands.click(x + 4, y + 4)
    program.hands.click(x + wide - 4, y + 6)
    program.hands.click(x + wide - 6, y + high - 4)
    program.hands.press("Backspace")
    program.hands.press("Esc", "Esc", "Esc")
    program.until(lambda: program.state()["tool"] == "map.select", "the arrow")
    assert program.journal() == before
    assert not program.sees("compound.dialog")


def test_that_a_station_is_added_moved_and_removed(program):
    zoom_to(program, "C000400")
    before = program.journal()
    (x, y), (wide, high) = free_ground(program)
    program.hands.press("p")
    program.until(lambda: program.state()["tool"] == "map.add_station", "the pin")
    program.hands.click(x + 10, y + 10)
    program.seen("station.dialog")
    program.until(lambda: program.seen("station.name")["has_focus"], "the cursor in the name")
    program.paste_into("station.name", "和平路驿站", "Enter")
    program.until(lambda: program.journal() == before + 1, "the station")
    program.until(lambda: not program.sees("station.dialog"), "the end of the sheet")
    code = program.state()["selection"][0]
    program.hands.press("v")
    program.until(lambda: program.state()["tool"] == "map.select", "the arrow")
    program.rest()
    program.picture("placed")
    start = program.until(lambda: program.ask("spot_of", code), "the badge")
    end = (start[0] + wide // 2, start[1] + high // 3)
    program.hands.drag(tuple(start), end)
    program.until(lambda: program.state()["focus"] != "map.canvas", "the sheet of the move")
    program.picture("moving")
    assert program.journal() == before + 1
    give_reason(program, "按现场位置改")
    program.until(lambda: program.journal() == before + 2, "the station moved")
    program.until(
        lambda: (
            (now := program.ask("spot_of", code)) and max(abs(now[0] - end[0]), abs(now[1] - end[1])) <= 2
        ),
        "the badge where it was put",
    )
    now = program.ask("spot_of", code)
    program.rest()
    program.picture("moved")
    if program.state()["selection"] != [code]:
        program.hands.click(*now)
        program.until(lambda: program.state()["selection"] == [code], "the station selected")
    program.focus_map()
    if program.state()["selection"] != [code]:
        program.hands.click(*now)
        program.until(lambda: program.state()["selection"] == [code], "the station selected")
    program.hands.press("Delete")
    program.until(
        lambda: program.state()["focus"] not in {"map.canvas", ""}, "the sheet that asks for the reason"
    )
    program.picture("remove")
    assert program.journal() == before + 2
    give_reason(program, "标错了地方")
    program.until(lambda: program.journal() == before + 3, "the station gone")
    assert program.ask("journal")[0]["why"] == "标错了地方"
    program.until(lambda: program.ask("feature_at", *now) != code, "the badge off the map")
