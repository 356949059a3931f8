"""A backup that nobody asked for is looked at, and one outline of it is brought back and taken back again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.services.keeping import backups
from app.services.registry.registry import Registry
from tests.desk.program import ROOT

pytestmark = pytest.mark.desk

CODE = "C000012"
WRONG = "POLYGON((117.30 31.86,117.3004 31.86,117.3004 31.8603,117.30 31.8603,117.30 31.86))"


def outline(path):
    """Return the outline as the file holds it now."""
    registry = Registry.open(path, by="eyes")
    try:
        return registry.find(CODE).geometry
    finally:
        registry.close()


def command(program, *arguments):
    """Run a verb of the program beside the window, as somebody else would."""
    subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *map(str, arguments)],
        env=program.environment,
        check=True,
        capture_output=True,
    )


def test_that_an_automatic_backup_is_browsed_and_one_outline_comes_back(program, sample):
    before = outline(sample)
    program.go_to(CODE, CODE)
    program.focus_map()
    steps = program.journal()
    was = program.ask("fact", CODE, "property_firm")
    program.hands.press("t")
    program.until(lambda: program.state()["focus"] == "fact.property_firm", "the first answer")
    program.hands.press("2" if was == "yes" else "1")
    program.until(lambda: program.journal() == steps + 1, "a change")
    (kept,) = program.until(lambda: backups.settled(sample).backups, "a backup that nobody asked for")
    assert kept.is_verified
    command(program, "set", sample, CODE, f"geometry={WRONG}", "--why", "画错了")
    program.until(lambda: program.journal() == steps + 2, "the wrong outline")
    assert outline(sample) != before

    program.choose_menu("file", "registry.backups")
    program.until(lambda: program.sees("backups.list") and program.rows("backups.list"), "the time line")
    program.until(
        lambda: program.sees("backups.changed") and program.rows("backups.changed"), "what changed since"
    )
    assert [row["code"] for row in program.rows("backups.changed")] == [CODE]
    program.until(lambda: program.sees("backups.compare") and program.rows("backups.compare"), "then and now")
    program.picture("backups-then-and-now")
    program.click("backups.restore_outline")
    program.until(lambda: program.journal() == steps + 3, "the outline brought back")
    assert outline(sample) == before
    told = program.ask("journal")[0]
    assert kept.path.name in told["why"]
    program.rest()
    program.picture("backups-outline-back")
    program.click("backups.cancel")
    program.until(lambda: not program.sees("backups.dialog"), "the end of the sheet")
    program.focus_map()
    program.hands.press("Ctrl+z")
    program.until(lambda: program.journal() == steps + 4, "taken back again")
    assert outline(sample) != before
