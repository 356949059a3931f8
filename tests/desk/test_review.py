"""A supervisor's review: gaps by level, the target, one row to its compounds, figures that add up."""

from __future__ import annotations

import pytest

from tests.desk.program import middle

pytestmark = pytest.mark.desk


def units_in_sight(program):
    """Return the names of the units that the coverage table shows or can be scrolled to."""
    rows = program.rows("coverage.table")
    return [row["texts"][0] for row in rows if row["height"] > 0 and row["code"] not in {"unplaced", "total"}]


def test_that_gaps_lead_to_their_compounds(program):
    before = program.journal()
    program.hands.press("Ctrl+2")
    program.until(lambda: program.state()["mode"] == "review" and program.sees("gaps.table"), "the review")
    program.until(lambda: program.sees("gaps.table") and program.rows("gaps.table"), "gaps")
    program.settle()
    program.picture("gaps")
    rows = program.rows("gaps.table")
    assert all(row["height"] > 0 for row in rows), "no row is hidden"
    program.hands.click(*middle(rows[0]["rects"][0]))
    program.until(lambda: program.state()["selection"], "its compounds")
    program.rest()
    program.picture("one-gap")
    program.hands.press("Ctrl+1")
    program.until(lambda: program.state()["mode"] == "entry", "entry")
    assert program.journal() == before


def test_that_the_coverage_table_shows_every_unit_after_any_change_of_level(program):
    program.hands.press("Ctrl+j")
    program.until(lambda: program.sees("coverage.table"), "the table")
    for words, units in (("按区", 1), ("按街道", 13), ("按社区", 66), ("按区", 1), ("按街道", 13)):
        program.choose("coverage.by", words)
        program.until(lambda units=units: len(units_in_sight(program)) == units, f"{units} units {words}")
    program.picture("by-street")
    assert {"胜利路街道", "三里街街道"} <= set(units_in_sight(program))


def test_that_a_supervisor_sees_why_a_rate_fell_and_who_is_behind_it(program):
    before = program.journal()
    program.hands.press("Ctrl+d")
    program.until(
        lambda: program.sees("compare.from") and program.seen("compare.from")["has_focus"], "the day"
    )
    program.hands.press("Ctrl+a")
    program.hands.type("2024-06-30")
    program.hands.press("Enter")
    program.until(
        lambda: program.sees("compare.chart") and program.text("compare.from") == "2024-06-30", "it"
    )
    program.settle()
    program.until(lambda: "失去覆盖 0" in program.text("compare.sentence"), "that nothing was lost")
    assert "→" in program.text("compare.rate")
    program.click("compare.chart")  # its middle: the part between the two days
    program.until(lambda: program.sees("compare.subjects") and program.rows("compare.subjects"), "who it is")
    program.settle()
    program.picture("why-it-fell")
    named = [row["code"] for row in program.rows("compare.subjects")]
    assert sorted(named) == sorted(program.state()["selection"])
    assert f"查清为无 {len(named)}" in program.text("compare.sentence")
    assert program.journal() == before


def test_that_a_supervisor_sees_which_compounds_bring_a_street_to_its_target(program):
    program.hands.press("Ctrl+2")
    program.until(lambda: program.sees("gaps.table") and program.rows("gaps.table"), "gaps")
    program.type_into("gaps.target", "95", "Enter")
    program.until(lambda: program.rows("gaps.table")[0]["texts"][-1].endswith("步"), "the least work")
    program.settle()
    first = program.rows("gaps.table")[0]
    program.hands.click(*middle(first["rects"][1]))
    missing = int(first["texts"][1])
    program.until(
        lambda: len(program.state()["selection"]) == missing, "those that the least work is done to"
    )
    program.settle()
    program.hands.press("Right")
    program.until(lambda: len(program.rows("gaps.table")) > missing + len(first["texts"]), "their names")
    program.picture("to-the-target")
    rows = program.rows("gaps.table")
    assert rows[1]["texts"][0].startswith("最省：")
    named = {row["code"] for row in rows if row["texts"][-1] == "指派"}
    assert set(program.state()["selection"]) <= named
