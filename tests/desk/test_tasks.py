"""A supervisor's Monday: the worst street's gaps become tasks by Ctrl+T, go to a post, are reported, and are taken back."""

from __future__ import annotations

import pytest

from tests.desk.program import middle

pytestmark = pytest.mark.desk


def words(program):
    return [row["texts"] for row in program.rows("tasks.table")]


def test_that_a_streets_gaps_become_tasks_that_are_assigned_reported_and_taken_back(program):
    before = program.journal()
    program.hands.press("Ctrl+2")
    program.until(lambda: program.sees("gaps.table") and program.rows("gaps.table"), "gaps")
    program.until(lambda: program.state()["focus"] == "gaps.table", "the hand on the worst street")
    program.hands.press("Ctrl+t")
    program.until(lambda: program.sees("task.commit"), "the sheet of tasks")
    program.until(lambda: program.state()["focus"].startswith("task.owner"), "the hand in the post")
    program.hands.type("street office")
    program.picture("tasks-of-a-street")
    program.hands.press("Return")
    program.until(lambda: program.journal() == before + 1, "tasks of the whole street as one change")
    program.hands.press("Ctrl+1")
    program.until(lambda: program.state()["mode"] == "entry", "entry")
    program.hands.press("Ctrl+t")
    program.until(lambda: program.sees("tasks.table") and words(program), "the list of tasks")
    program.until(lambda: all("street office" in row for row in words(program)), "all are the post's")
    program.rest()
    program.hands.click(*middle(program.rows("tasks.table")[0]["rects"][0]))
    program.until(lambda: program.state()["focus"] == "tasks.table", "the hand in the list")
    program.hands.press("p")
    program.until(lambda: program.state()["focus"].startswith("task.owner"), "another post")
    program.hands.type("grid 6")
    program.hands.press("Return")
    program.until(lambda: program.journal() == before + 2, "assigned")
    program.until(lambda: any("grid 6" in row for row in words(program)), "the other post's")
    program.rest()
    program.picture("tasks")
    program.until(lambda: program.state()["focus"] == "tasks.table", "the hand back in the table")
    program.hands.press("Return")
    program.until(lambda: program.sees("task.result"), "what was found")
    program.click("task.commit")
    program.until(lambda: program.journal() == before + 3, "reported")
    program.until(lambda: any("已报" in row for row in words(program)), "a task that was reported")
    for step in (4, 5):
        program.hands.press("Ctrl+z")
        program.until(lambda step=step: program.journal() == before + step, "a step taken back")
    program.until(lambda: all("street office" in row for row in words(program)), "the street office's again")
