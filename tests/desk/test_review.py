"""A supervisor's review: gaps by level, the target, one row to its compounds, figures that add up."""

from __future__ import annotations

import pytest

from tests.desk.program import middle

pytestmark = pytest.mark.desk


def test_that_gaps_lead_to_their_compounds(program):
    before = program.journal()
    program.hands.press("Ctrl+2")
    program.until(lambda: program.state()["mode"] == "review" and program.sees("gaps.table"), "the review")
    program.until(lambda: program.rows("gaps.table"), "gaps")
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
