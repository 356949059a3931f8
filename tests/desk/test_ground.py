"""On the map: an outline drawn and taken back; a station added, moved and removed."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.desk


def zoom_to(program, code):
    """Show a compound as large as it fits."""
    program.go_to(code, code)
    program.click("inspector.locate")
    program.until(lambda: program.state()["view"][2] < 3, "the map close by")
    program.settle()
    program.focus_map()


def free_ground(program):
    """Return a place of the map where no compound lies, far from tools and legend."""
    x, y, width, height = program.seen("map.canvas")["room"]
    for row in range(3, 9):
        for column in range(4, 12):
            spots = [
                (x + (column + dx) * width // 16, y + (row + dy) * height // 16)
                for dx in (0, 1)
                for dy in (0, 1)
            ]
            found = [str(program.ask("feature_at", *spot)) for spot in spots]
            if not any(code.startswith(("C", "S", "B")) for code in found):
                return spots[0], (spots[3][0] - spots[0][0], spots[3][1] - spots[0][1])
    raise AssertionError("the map is full of compounds")


def test_that_an_outline_is_drawn_named_and_taken_back(program):
    zoom_to(program, "C000400")
    before = program.state()
    (x, y), (wide, high) = free_ground(program)
    program.hands.press("a")
    program.until(lambda: program.state()["tool"] == "map.draw", "the pencil")
    for spot in ((x + 4, y + 4), (x + wide - 4, y + 6), (x + wide - 6, y + high - 4), (x + 6, y + high - 6)):
        program.hands.click(*spot)
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
    assert program.ask("feature_at", x + wide // 2, y + high // 2) == code
    program.focus_map()
    program.hands.press("Ctrl+z")
    program.until(lambda: program.ask("record", code) is None, "the step taken back")
    program.rest()
    program.picture("taken-back")
    assert program.ask("feature_at", x + wide // 2, y + high // 2) != code
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
