"""A column copied in Excel is pasted into the table of compounds with the keys of a spreadsheet."""

from __future__ import annotations

import pytest

from tests.desk.program import middle

pytestmark = pytest.mark.desk


def test_that_a_column_copied_elsewhere_is_pasted_as_one_change(program):
    before = program.journal()
    program.hands.press("Ctrl+j")
    program.open_tab("小区表")
    program.until(lambda: program.sees("table.compounds") and program.rows("table.compounds"), "the table")
    program.settle()
    headers = program.ask("headers", "table.compounds")
    column = headers.index("户")
    rows = [row for row in program.rows("table.compounds") if row["is_whole"]][:3]
    assert rows[0]["rects"][column][2] > 0, "the column of households is shown"
    program.hands.click(*middle(rows[0]["rects"][column]))
    program.until(lambda: program.state()["selection"] == [rows[0]["code"]], "the first row")
    program.hands.copy("11\r\n1022\r\n33\r\n")
    program.hands.press("Ctrl+v")
    codes = [row["code"] for row in rows]
    program.until(
        lambda: [program.ask("record", code)["households"] for code in codes] == ["11", "1022", "33"],
        "three counts",
    )
    program.rest()
    program.picture("pasted")
    assert program.journal() == before + 1, "one change"
    program.hands.press("Ctrl+z")
    program.until(lambda: program.ask("record", codes[1])["households"] != "1022", "the paste taken back")
    program.until(lambda: program.journal() == before + 2, "one step back")
