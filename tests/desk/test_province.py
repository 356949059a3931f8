"""A province on a real screen: a folder of districts chosen, a figure clicked, its compounds, and the way back."""

from __future__ import annotations

import pytest

from tests.app.rollup.four import write_four
from tests.desk.program import middle

pytestmark = pytest.mark.desk


@pytest.fixture
def districts(tmp_path):
    """Return a folder with the registries of three districts."""
    folder = write_four(tmp_path)
    max(folder.glob("*.gpkg")).unlink()
    return folder


def figures(program):
    """Return the rows of the table of units: the code of each and its words."""
    return {row["code"]: row["texts"] for row in program.rows("province.table")}


def test_that_a_figure_of_a_province_leads_to_its_compounds_and_back(run, districts):
    program = run().rest_of_start()
    program.hands.press("Ctrl+Shift+P")
    program.until(lambda: program.state()["focus"] == "fileNameEdit", "the cursor in the folder's name")
    program.hands.type(str(districts))
    program.picture("choosing")
    program.hands.press("Enter")
    program.until(
        lambda: program.sees("province.state") and program.text("province.state") == "3 本台账", "the sum"
    )
    program.rest_of_start()
    before = figures(program)
    assert len(before) == 3
    column = program.ask("headers", "province.table").index("未知")
    program.picture("province")
    row = max(program.rows("province.table"), key=lambda row: int(row["texts"][column]))
    number = int(row["texts"][column])
    files = {
        district: file for district, file, _state in (r["texts"] for r in program.rows("province.registries"))
    }
    assert number > 0
    program.hands.click(*middle(row["rects"][column]))
    program.wait_until_open()
    program.until(lambda: len(program.state()["selection"]) == number, f"{number} compounds")
    program.settle()
    assert program.state()["title"].startswith(files[row["texts"][0]])
    program.picture("behind-the-figure")
    program.hands.press("Alt+Left")
    program.until(lambda: program.sees("province.table"), "the province")
    program.rest_of_start()
    assert figures(program) == before
    assert not program.state()["is_open"]
    program.picture("back")
    program.close()
