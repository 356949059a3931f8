"""Whatever is edited, in whatever order: figures that were mended equal those found anew, to the last digit.

``python -m tests.sequences.figures 20000`` takes many more steps, and ``COMPOUND_REGISTRY_SEQUENCES=200`` as many hundreds.
"""

from __future__ import annotations

import os

import pytest

from tests.sequences.figures import profiles, run

LONG = int(os.environ.get("COMPOUND_REGISTRY_SEQUENCES", "0"))


@pytest.mark.slow
@pytest.mark.parametrize("place", range(4), ids=["yaohai", "jinjiang", "quzhou", "every condition"])
def test_that_mended_figures_equal_those_found_anew_after_every_step(place):
    steps = 100 * LONG or 50
    assert run(steps, seed=place, of_one=25, kinds=profiles()[place : place + 1]) == []
