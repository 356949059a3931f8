"""Whatever is done to outlines, in whatever order: the town stays tiled, areas add up, untouched outlines keep their bytes,
and undo gives the bytes back. ``python -m tests.sequences.tiling 50000`` tries as many others."""

from __future__ import annotations

import pytest

from tests.sequences.tiling import run


@pytest.mark.slow
def test_that_the_town_stays_tiled_after_every_step_of_any_sequence():
    told = run(600, with_file=True, is_long=False)
    written = {name for name, count in told.items() if name.endswith("written") and count}
    assert len(written) > 9, told
