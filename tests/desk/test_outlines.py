"""A grid worker redraws borders: by mouse, by keys alone, and after the program was killed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.app.outlines.tiles import COMMUNITIES, GRIDS, HOMES, a_tiled_registry, at
from tests.desk.program import middle

pytestmark = pytest.mark.desk


@pytest.fixture
def town(run, tmp_path):
    """Return the program with the tiled town open."""
    a_tiled_registry(tmp_path).close()
    return run(tmp_path / "tiles.gpkg").wait_until_open()


def spot(town, x, y):
    """Return where a place in metres of the town stands on the screen."""
    return tuple(town.ask("spot_at", *at(x, y)))


def take(town, letter, tool):
    """Take a tool by its letter."""
    town.focus_map()
    town.hands.press(letter)
    town.until(lambda: town.state()["tool"] == f"map.{tool}", tool)


def hold(town, code):
    """Wait until an outline is in hand on which nothing was done."""
    town.until(lambda: (now := town.ask("in_hand")) and now["code"] == code and now["steps"] == 0, code)


def steps(town, count):
    """Wait until so many steps are done."""
    town.until(lambda: (now := town.ask("in_hand")) and now["steps"] == count, f"{count} steps")


def bytes_of(town):
    """Return every outline as it lies in the registry."""
    return {code: town.ask("outline", code) for code in (*GRIDS, *COMMUNITIES, *HOMES)}


def finish(town, journal):
    """Finish with Enter, and wait until it is written and shown."""
    town.hands.press("Enter")
    town.until(lambda: town.journal() == journal, "the change")
    town.settle()


def answer_sheet(town, name, journal):
    """Say yes to what goes where."""
    town.seen(f"{name}.dialog")
    town.until(lambda: town.seen(f"{name}.commit")["is_enabled"], "what goes where")
    town.paste_into(f"{name}.why", "网格调整")
    town.click(f"{name}.commit")

    def is_asked_again():
        found = town.ask("seen", f"{name}.error")
        return found is not None and found["is_visible"] and "再按一次" in found["text"]

    town.until(lambda: town.journal() == journal or is_asked_again(), name)
    if town.journal() != journal:
        town.click(f"{name}.commit")
    town.until(lambda: town.journal() == journal, name)
    town.until(lambda: not town.sees(f"{name}.dialog"), "the end of the sheet")
    town.settle()


def test_that_borders_are_redrawn_by_mouse_and_all_of_it_is_taken_back(town):
    before, journal = bytes_of(town), town.journal()
    town.hands.click(*spot(town, 250, 180))
    town.until(lambda: town.state()["selection"] == [GRIDS[0]], "the grid chosen")
    take(town, "r", "reshape")
    hold(town, GRIDS[0])
    town.hands.drag(spot(town, 140, 200), spot(town, 165, 226))
    steps(town, 1)
    assert town.ask("in_hand")["changed"] == list(GRIDS[1:3])
    assert town.text("editing.title") == "改边界：第一网格"
    town.until(lambda: "（+" in town.text("editing.change"), "what it comes to")
    town.picture("reshaped")
    town.hands.drag(spot(town, 60, 210), spot(town, 70, 225))
    steps(town, 2)
    finish(town, journal + 1)
    now = bytes_of(town)
    assert {code for code in before if now[code] != before[code]} == set(GRIDS[:3])
    assert sum(now[code][0] for code in GRIDS) == pytest.approx(sum(before[code][0] for code in GRIDS))

    town.hands.press("Esc")
    town.hands.click(*spot(town, 250, 350))
    town.until(lambda: town.state()["selection"] == [GRIDS[2]], "the third grid")
    take(town, "s", "split")
    hold(town, GRIDS[2])
    town.hands.click(*spot(town, 140, 300))
    town.hands.click(*spot(town, 300, 310))
    town.until(lambda: town.ask("in_hand")["pieces"] == 2, "two pieces")
    town.picture("split")
    town.hands.press("Enter")
    answer_sheet(town, "split", journal + 2)
    assert town.ask("record", GRIDS[2])["valid_until"]
    assert not town.sees("map.banner")

    town.hands.click(*spot(town, 100, 500))
    town.until(lambda: town.state()["selection"] == [GRIDS[5]], "a grid of another community")
    take(town, "m", "merge")
    town.hands.click(*spot(town, 500, 500))
    town.until(lambda: town.state()["selection"] == [GRIDS[5], GRIDS[6]], "two to be merged")
    town.picture("merge")
    town.hands.press("Enter")
    answer_sheet(town, "merge", journal + 3)

    town.hands.click(*spot(town, 425, 260))
    town.until(lambda: town.state()["selection"] == ["C000006"], "the compound")
    town.click("tool.more")
    town.still("tool.more.menu")
    line = next(row for row in town.ask("menu", "tool.more.menu") if row["name"] == "map.hole")
    town.hands.move(*middle(line["rect"]))
    town.hands.click(*middle(line["rect"]))
    town.until(lambda: town.state()["tool"] == "map.hole", "the hole")
    hold(town, "C000006")
    for corner in ((380, 230), (470, 230), (470, 290)):
        town.hands.click(*spot(town, *corner))
    town.picture("hole")
    finish(town, journal + 4)
    assert town.ask("outline", "C000006")[0] < before["C000006"][0] - 1000

    town.focus_map()
    for count in range(4):
        town.hands.press("Ctrl+z")
        town.until(lambda count=count: town.journal() == journal + 5 + count, "a step taken back")
        town.settle()
    assert bytes_of(town) == before
    town.close()


def test_that_borders_are_redrawn_by_keys_alone(town):
    before, journal = bytes_of(town), town.journal()
    town.go_to(GRIDS[0], GRIDS[0])
    take(town, "r", "reshape")
    hold(town, GRIDS[0])
    town.hands.press("bracketright", "Insert")
    steps(town, 1)
    town.hands.press("Shift+Down", "Shift+Down", "Shift+Down")
    steps(town, 2)
    town.hands.press("Ctrl+z")
    steps(town, 1)
    town.hands.press("Shift+Left", "Shift+Left", "Shift+Up")
    steps(town, 2)
    finish(town, journal + 1)
    assert bytes_of(town) != before
    town.hands.press("Esc")
    town.until(lambda: town.state()["tool"] == "map.select", "the arrow")
    take(town, "s", "split")
    hold(town, GRIDS[0])
    for east, north in ((150, -20), (150, 260)):
        town.hands.press("n")
        town.until(lambda: town.seen("map.numbers")["has_focus"], "the field for numbers")
        x, y = at(east, north)
        town.hands.type(f"{x:.2f} {y:.2f}")
        town.hands.press("Enter")
        town.until(lambda: town.state()["focus"] == "map.canvas", "the hand back on the map")
    town.until(lambda: town.ask("in_hand")["pieces"] == 2, "two pieces")
    town.hands.press("Esc")
    town.until(lambda: town.state()["tool"] == "map.select", "the arrow")
    town.hands.press("Ctrl+z")
    town.until(lambda: town.journal() == journal + 2, "the step taken back")
    town.settle()
    assert bytes_of(town) == before
    town.close()


def test_that_a_half_changed_border_survives_a_kill(town, run, tmp_path):
    town.hands.click(*spot(town, 250, 180))
    town.until(lambda: town.state()["selection"] == [GRIDS[0]], "the grid chosen")
    take(town, "r", "reshape")
    hold(town, GRIDS[0])
    town.hands.drag(spot(town, 140, 200), spot(town, 165, 226))
    steps(town, 1)
    area, settings = town.ask("in_hand")["area"], town.environment["COMPOUND_REGISTRY_SETTINGS"]

    kept = Path(settings)
    town.until(lambda: kept.exists() and "drafts" in kept.read_text("utf-8"), "the draft on the disk")
    town.process.send_signal(signal.SIGKILL)
    town.process.wait()
    again = run(tmp_path / "tiles.gpkg", COMPOUND_REGISTRY_SETTINGS=settings).wait_until_open()
    again.click("map.banner.action")
    again.until(lambda: again.state()["tool"] == "map.reshape", "the tool")
    steps(again, 1)
    assert again.ask("in_hand")["area"] == pytest.approx(area, rel=1e-9)
    again.picture("taken-up")
    finish(again, 1 + again.journal())
    again.close()
