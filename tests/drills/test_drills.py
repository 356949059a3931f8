"""The short part of every drill, and its control, which must fail; ``make drills`` runs the whole."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from tests.drills import bits
from tests.drills.catalogue import DRILLS
from tests.drills.engine import added, is_bad, is_seen
from tests.drills.kept import PAGE, page

_LONG = {("month", "a month"), ("shared", "ten minutes")}  # by hand alone
_SERVED = {"shared"}  # they start a server of their own
_SHORT = [
    (drill.name, case) for drill in DRILLS.values() for case in drill.cases if (drill.name, case) not in _LONG
]
_CONTROLS = {
    (drill.name, *of): of
    for drill in DRILLS.values()
    if drill.in_ci and drill.name not in _SERVED
    for of in drill.trials_of_controls
}


@pytest.mark.parametrize(("name", "case"), _SHORT)
def test_that_what_must_be_nought_is_nought(name, case, request):
    if name in _SERVED:
        request.getfixturevalue("server")  # skipped where there can be none
    drill, total = DRILLS[name], Counter()
    for number in range(drill.in_ci):
        added(total, drill.run(case, number))
    assert not is_bad(total), dict(total)
    assert total["n"] >= drill.in_ci


@pytest.mark.parametrize(("name", "control", "case"), _CONTROLS)
def test_that_the_drill_sees_what_is_weakened(name, control, case):
    drill = DRILLS[name]
    assert any(is_seen(drill.run(case, number, control=control)) for number in range(drill.controls[control]))


def test_that_the_page_is_made_from_the_kept_results():
    assert PAGE.read_text("utf-8") == page()


def test_that_a_bit_is_flipped_in_every_table_that_holds_rows(tmp_path):
    path = tmp_path / "a.gpkg"
    path.write_bytes(bits.whole())
    with closing(sqlite3.connect(path)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        filled = {name for name in names if raw.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()}
    assert filled == {*bits.TABLES} - {"sqlite_schema", "indexes"}
