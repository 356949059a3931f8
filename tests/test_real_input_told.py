"""Whoever has no real input is told which tests were left out for that, and what those prove."""

from __future__ import annotations

from types import SimpleNamespace

from tests.real_input import NO_INPUT, left_out


def report(nodeid, why):
    return SimpleNamespace(nodeid=nodeid, longrepr=("x.py", 1, f"Skipped: {why}"))


def test_that_each_file_is_named_with_its_number_and_matter():
    told = left_out(
        [
            report("tests/stories/test_real_input.py::test_a", NO_INPUT),
            report("tests/stories/test_real_input.py::test_b", NO_INPUT),
            report("tests/test_house.py::test_c", "another reason"),
            report("tests/app/exchange/reading/test_reader.py::test_d", NO_INPUT),
        ]
    )
    assert [line.partition(": ")[0] for line in told] == [
        "tests/app/exchange/reading/test_reader.py (1)",
        "tests/stories/test_real_input.py (2)",
    ]
    assert all(len(line.partition(": ")[2]) > 20 for line in told)
