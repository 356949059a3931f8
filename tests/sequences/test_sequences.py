"""Whatever a user does, in whatever order: rows are rows, sums are sums, words agree, and the journal tells it all.

``COMPOUND_REGISTRY_SEQUENCES=200`` tries that many sequences, each time others; without it, the same few.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sequences.machine import WindowMachine
from tests.sequences.town import write_town

LONG = int(os.environ.get("COMPOUND_REGISTRY_SEQUENCES", "0"))


@pytest.mark.slow
def test_that_the_window_is_right_after_every_step_of_any_sequence(qtbot, tmp_path):
    WindowMachine.qtbot = qtbot
    WindowMachine.towns = (
        write_town(tmp_path / "first.gpkg", "甲"),
        write_town(tmp_path / "second.gpkg", "乙"),
    )
    run_state_machine_as_test(
        WindowMachine,
        settings=settings(
            max_examples=LONG or 12,
            stateful_step_count=40 if LONG else 25,
            derandomize=not LONG,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
