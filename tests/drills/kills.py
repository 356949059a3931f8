"""A process that edits, undoes and redoes is killed with signal 9; what it had acknowledged is there, whole."""

from __future__ import annotations

from collections import Counter
from typing import cast

from tests.drills.acts import MIDDLE, a_registry, edits, seen
from tests.drills.children import child, listened, rest, word
from tests.drills.engine import Drill, Trial

_COMPOUNDS = 16


def trial(trial: Trial) -> Counter[str]:
    """Kill one writer after some acknowledgements, somewhere in the next change."""
    rng = trial.rng
    path = a_registry(trial.folder, mode=trial.case, many=_COMPOUNDS)
    found: Counter[str] = Counter()
    with child(edits, path, str(rng.random()), trial.case, trial.control) as (process, pipe):
        told = [word(pipe)]
        if trial.control:
            while told[-1] != MIDDLE:
                told.append(word(pipe))
            told.pop()
        else:
            told += [word(pipe) for _ in range(rng.randrange(1, 4))]
            told += listened(pipe, rng.uniform(0.0, 0.012))
        process.kill()
        process.join()
        told += rest(pipe)
    found["acknowledged"] = len(told) - 1
    seen(path, cast("tuple[int, tuple[object, ...]]", told[-1]), found, trial)
    return found


DRILL = Drill(
    name="kills",
    zh="编辑、撤销、重做时强行结束进程",
    en="kill -9 in edits, undo and redo",
    cases=("WAL", "DELETE"),
    trial=trial,
    in_ci=60,
    whole=1000,
    controls={"journal in memory": 20},
    controlled=("DELETE",),
)
