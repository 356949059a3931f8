"""Empty tasks through the window's task runner beside two busy processes: none touches what another thread deleted."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.drills.engine import Drill

if TYPE_CHECKING:
    from tests.drills.engine import Trial

ROOT = Path(__file__).resolve().parents[2]
_TASKS = {"": 20_000, "a task that fails": 500}


def trial(trial: Trial) -> Counter[str]:
    """Run the script as a process of its own: a crash of it is one of the window's."""
    arguments = [str(_TASKS[trial.control]), *(["--failing"] if trial.control else [])]
    done = subprocess.run(
        [sys.executable, "-P", str(ROOT / "scripts" / "drill_tasks.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    ended = re.match(r"([\d,]+) tasks", done.stdout)
    count = int(ended[1].replace(",", "")) if ended else 0
    return Counter({"n": count, "lost": _TASKS[trial.control] - count, "failed": int(done.returncode != 0)})


DRILL = Drill(
    name="tasks",
    zh="窗口里上百万个任务",
    en="a million tasks of the window",
    cases=("beside two busy processes",),
    trial=trial,
    in_ci=0,  # tests/ui/test_tasks.py runs two thousand of them
    whole=50,
    controls={"a task that fails": 1},
)
