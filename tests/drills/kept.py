"""What drills saw, kept as JSON a drill, and the page that is made of it."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.drills.engine import BAD, added

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.drills.engine import Drill

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "drills"
PAGE = ROOT / "docs" / "reliability.md"


class Kept:
    """What a drill has seen so far; a seed of its own begins anew."""

    def __init__(self, drill: Drill, seed: int, *, is_afresh: bool = False) -> None:
        self.drill, self.seed = drill, seed
        self._path = FOLDER / f"{drill.name}.json"
        self._found: dict[str, Counter[str]] = {}
        self._load = 0.0
        if self._path.is_file() and not is_afresh:
            before = json.loads(self._path.read_text("utf-8"))
            if before["seed"] == seed:
                self._load = before["load"]
                self._found = {case: Counter(counts) for case, counts in before["found"].items()}

    def of(self, case: str) -> Counter[str]:
        """Return the counts of a case, or of a control as ``case · control``."""
        return self._found.setdefault(case, Counter(trials=0))

    def add(self, case: str, found: Mapping[str, float]) -> None:
        """Count one more trial."""
        self._load = max(self._load, round(os.getloadavg()[0], 1))
        self.of(case)["trials"] += 1
        added(self.of(case), found)

    def write(self) -> None:
        """Write it down, whole or not at all."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        said = {
            "drill": self.drill.name,
            "seed": self.seed,
            "versions": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}",
            "processors": os.cpu_count(),
            "load": self._load,
            "found": {case: dict(sorted(counts.items())) for case, counts in self._found.items()},
        }
        draft = self._path.with_suffix(".part")
        draft.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
        draft.replace(self._path)


def page() -> str:
    """Return docs/reliability.md as the kept results make it."""
    from tests.drills.catalogue import DRILLS

    lines = [_HEAD]
    for drill in DRILLS.values():
        lines.append(f"## {drill.zh} · {drill.en} (`{drill.name}`)\n")
        path = FOLDER / f"{drill.name}.json"
        if not path.is_file():
            lines.append("Not run by hand yet.\n")
            continue
        kept = json.loads(path.read_text("utf-8"))
        lines.append(
            f"Seed {kept['seed']}; {kept['versions']}; {kept['processors']} processors, load up to {kept['load']}. In CI {drill.in_ci} trials of each case, whole {drill.whole}.\n"
        )
        lines.append("| case | trials | n | must be 0 | besides |")
        lines.append("| --- | ---: | ---: | --- | --- |")
        for case in drill.cases:
            counts = kept["found"].get(case)
            lines.append(_row(case, counts) if counts else f"| {case} | 0 | 0 | not run | |")
        for key, counts in kept["found"].items():
            if " · " in key:
                lines.append(_row(f"control: {key}", counts))
        lines.append(_sum(drill, kept["found"]))
    return "\n".join(lines).rstrip("\n") + "\n"


def write_page() -> None:
    """Make docs/reliability.md anew."""
    PAGE.write_text(page(), "utf-8")


def _row(case: str, counts: Mapping[str, float]) -> str:
    bad = ", ".join(f"{key} {_number(counts[key])}" for key in BAD if key in counts) or "–"
    besides = ", ".join(
        f"{key} {_number(value)}" for key, value in counts.items() if key not in {*BAD, "n", "trials"}
    )
    return f"| {case} | {_number(counts['trials'])} | {_number(counts['n'])} | {bad} | {besides} |"


def _number(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def _sum(drill: Drill, found: Mapping[str, Mapping[str, float]]) -> str:
    """Return a sentence that adds up the cases."""
    total: Counter[str] = Counter()
    for case in drill.cases:
        added(total, found.get(case, {}))
    bad = sum(total[key] for key in BAD)
    said = f"\nIn all: n {_number(total['n'])}, of what must be 0: {_number(bad)}."
    if "named" in total:
        moving = total["n"] - total["without effect, not named"]
        said += f" Of {_number(moving)} flips that changed anything {_number(total['named'])} were named ({total['named'] / moving:.2%})."
    return said + "\n"


_HEAD = """# What was drilled, and what was seen

Made by `python -m tests.drills` (`make drills`) from the results kept in `docs/drills`; a test compares. Every drill
has a control in which what keeps the registry is left out: there, what must be 0 must not be. `n` counts what the
drill is about (kills, cuts, openings, saves, flips); lost: acknowledged and not there; torn: half of a change;
corrupt: `verify` finds damage; refused: sound and yet not opened; turned away: a save that was not taken; on a server
half: a desk sees something else than is there; not told: in the journal and nobody's; foreign: a row that belongs to another grid
than it lies in; grown: dead rows that can't be cleared away; silent: a fault that the drill did not come to; held up: an edit of over 30 s;
late: others see it after more than a second, 95 of 100. A flip
without effect that is not named lies where no figure comes from: boxes, times and descriptions that the standard's
tables keep, the time of a schema step, bytes of a page that nothing uses. Times were taken on a machine as loaded as
each drill says.

What is drilled by hand-made cases stands among the tests: hot log and hot journal (`tests/app/persistence/test_recovery.py`), leases
and shares (`tests/app/persistence/test_lease.py`), altered registries (`tests/app/persistence/test_soundness.py`), backups
(`tests/app/backups`).
"""
