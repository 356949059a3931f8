"""Backups are made while two others write: each is whole and of one moment, which a plain copy of the file is not."""

from __future__ import annotations

import os
from collections import Counter
from unittest import mock

from tests.drills.backups_under_load import run
from tests.drills.engine import Drill, Trial

_COPIES = {"": 5, "plain copy of the file": 5}


def trial(trial: Trial) -> Counter[str]:
    """Make a few backups; for the control count the plain copies beside them."""
    with mock.patch.dict(os.environ, COMPOUND_REGISTRY_SETTINGS=str(trial.folder / "settings.ini")):
        found = run(trial.folder, _COPIES[trial.control])
    good = found.control if trial.control else found.good
    return Counter({"n": found.made, "half": found.made - good, "changes meanwhile": found.steps})


DRILL = Drill(
    name="backups",
    zh="一边写一边备份",
    en="backups while two others write",
    cases=("two writers",),
    trial=trial,
    in_ci=0,  # tests/drills/test_backups_under_load.py makes some
    whole=12,
    controls={"plain copy of the file": 12},
)
