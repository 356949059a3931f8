"""What a drill is: trials by number, each from a seed of its own, counted; and controls that must fail."""

from __future__ import annotations

import random
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

SEED = 1
# what must be nought in every trial
BAD = (
    "lost",
    "torn",
    "corrupt",
    "refused",
    "turned away",
    "half",
    "left behind",
    "silent",
    "not told",
    "grown",
    "foreign",
    "held up",
    "late",
    "failed",
    "bug",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a drill by hand is to be, of those that say so; what is None is as the case has it."""

    minutes: float | None = None
    desks: int | None = None
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: its case, its number in it, a folder of its own. ``control``: what is weakened, "" for nothing."""

    case: str
    number: int
    folder: Path
    seed: int = SEED
    control: str = ""
    size: Size = Size()  # a value that nobody can change

    @property
    def rng(self) -> random.Random:
        """Chance that is the same each time the trial is run."""
        return random.Random(f"{self.seed} {self.case} {self.control} {self.number}")


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill. ``in_ci`` and ``whole``: trials of each case; ``controls``: what is weakened → trials it may take to fail.

    A trial returns its counts: those of ``BAD``, ``n`` where it counts more than itself, and whatever else is told.
    ``controlled``: the cases whose control is run, all where empty; ``only``: a control and the case that it is for.
    """

    name: str
    zh: str
    en: str
    cases: tuple[str, ...]
    trial: Callable[[Trial], Mapping[str, float]]
    in_ci: int
    whole: int
    controls: Mapping[str, int] = field(default_factory=dict)
    controlled: tuple[str, ...] = ()
    only: Collection[tuple[str, str]] = ()

    @property
    def trials_of_controls(self) -> list[tuple[str, str]]:
        """Each control with the case in which it is run."""
        return [
            (control, case)
            for control in self.controls
            for case in self.controlled or self.cases
            if not self.only or (control, case) in self.only
        ]

    def run(
        self,
        case: str,
        number: int,
        *,
        seed: int = SEED,
        control: str = "",
        size: Size = Size(),
    ) -> Counter[str]:
        """Run one trial in a folder that is cleared away after; a failure of the trial itself is a bug found."""
        with tempfile.TemporaryDirectory(prefix="drill-") as folder:
            try:
                found = Counter(self.trial(Trial(case, number, Path(folder), seed, control, size)))
            except Exception:  # whatever a sound registry does not do is what the drill is for
                traceback.print_exc()
                found = Counter({"bug": 1})
        found.setdefault("n", 1)
        return found


def added(total: Counter[str], found: Mapping[str, float]) -> None:
    """Add a trial's counts; of what is called "longest …" or "most …" the greatest stays."""
    for key, value in found.items():
        if key.startswith(("longest ", "most ")):
            total[key] = max(total[key], value)
        else:
            total[key] += value


def is_seen(found: Mapping[str, float]) -> bool:
    """Whether a drill saw what its control left out; that the drill itself broke down is not that."""
    return not found.get("bug") and is_bad(found)


def is_bad(found: Mapping[str, float]) -> bool:
    """Whether a count that must be nought is not."""
    return any(found.get(key) for key in BAD)
