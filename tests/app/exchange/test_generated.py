"""Forms drawn by another seed at each run: known, read or asked about; never read wrongly. Files broken on purpose end nothing."""

from __future__ import annotations

import random

import pytest

from app.services.profile.profiles import load_profile
from scripts import generated
from scripts.mutated import run

PROFILE = load_profile("yaohai")


@pytest.fixture
def seed():
    """Return a seed that no run had before; a failure shows it."""
    return random.SystemRandom().randrange(2**32)


def test_that_headings_drawn_anew_are_known(seed):
    found = generated.headings(PROFILE, seed)
    assert len(found.missed) <= found.drawn * 9 // 129, (seed, found.missed)


def test_that_values_drawn_anew_are_read_or_asked_about_and_never_read_wrongly(seed):
    found = generated.values(seed)
    assert found.wrong == [], seed
    assert (found.read + found.asked) / found.drawn >= 0.95, (seed, found)


def test_that_a_thousand_generated_columns_are_told_apart(seed):
    found = generated.personal(PROFILE, seed)
    assert found.recall >= 0.99, (seed, found.missed)
    assert found.precision >= 0.95, (seed, found.wrong)


def test_that_three_hundred_broken_files_end_in_a_plan_or_a_refusal(seed, shared_data):
    found = run(300, seed, shared_data.parent)
    assert found["bad"] == [], seed
    assert sum(found["seen"].values()) == 300
    assert found["seen"]["planned"] > 0
