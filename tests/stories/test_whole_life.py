"""A kind that nobody wrote code for lives a whole life; one without a trait fails in it where that trait counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.whole_life_kinds import WHOLE, WITHOUT

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """Return kind → step → why it failed; the kinds are declared before anything else is imported, in a fresh process."""
    folder = tmp_path_factory.mktemp("life")
    done = subprocess.run(
        [sys.executable, "-m", "tests.stories.whole_life", str(folder)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", WHOLE)
def test_that_a_kind_nobody_wrote_code_for_lives_a_whole_life(failed, kind):
    assert failed.get(kind, {}) == {}


@pytest.mark.parametrize("trait", WITHOUT)
def test_that_a_life_fails_where_a_trait_is_taken_out_and_says_why(failed, trait):
    _, changes, step = WITHOUT[trait]
    why = failed[f"without_{trait}"]
    assert step in why
    for reason in changes.get("absent_from", {}).values():
        assert reason.zh in why[step]
