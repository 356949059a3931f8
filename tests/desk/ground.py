"""Where to draw on the map, and the small sheet that asks why."""

from __future__ import annotations


def zoom_to(program, code):
    """Show a compound as large as it fits."""
    program.go_to(code, code)
    locate(program)


def locate(program):
    """Show what is selected as large as it fits."""
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


def give_reason(program, words):
    """Take the day that a small sheet proposes, write the reason, finish with Enter."""
    program.until(
        lambda: program.state()["focus"] not in {"map.canvas", ""}, "the sheet that asks for the reason"
    )
    if program.text(program.state()["focus"]) != "":  # the day, which stands there already
        day = program.state()["focus"]
        program.hands.press("Enter")
        program.until(lambda: program.state()["focus"] not in {day, ""}, "the reason")
    program.hands.copy(words)
    program.hands.press("Ctrl+v")
    program.until(lambda: program.text(program.state()["focus"]) == words, "the reason written")
    program.hands.press("Enter")
