"""A registry is opened over and over while another process makes it grow, folds its log and is killed: never refused."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.errors import RegistryError
from app.persistence.care import must_be_registry
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.drills.acts import MIDDLE, a_registry, seen, state
from tests.drills.children import child, rest, word
from tests.drills.engine import Drill, Trial
from tests.drills.vfs import Recorder
from tests.drills.weak import set_mode

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_OPENINGS = 25  # a trial


def grow(pipe: Connection, path: Path, seed: str, mode: str, control: str) -> None:
    """Be a row of commands: open, change every compound, close, without end.

    For the control it stops each time the first page, which counts the others, is in the file.
    """
    set_mode(mode)

    def watch(name: str, at: int) -> None:
        if name == path.name and at == 0:
            pipe.send(MIDDLE)
            pipe.recv()

    if control:
        Recorder(watch)
    rng = random.Random(seed)
    number = 0
    while True:
        registry = Registry.open(path, by="drill")
        number = max(number, registry.last_step) + 1
        text = f"{number}" + "长" * rng.randrange(400)
        edit.set_values(
            registry,
            list(registry.dataset.of("compounds")),
            {"households": str(number % 9000 + 1), "address": text},
        )
        pipe.send(state(registry))
        registry.close()


def trial(trial: Trial) -> Counter[str]:
    """Open beside one writer, and kill it in the end; the control judges by the first bytes alone, as 0.2.0 did."""
    rng = trial.rng
    path = a_registry(trial.folder, mode=trial.case)
    found: Counter[str] = Counter(n=_OPENINGS)
    with child(grow, path, str(rng.random()), trial.case, trial.control) as (process, pipe):
        if trial.control:
            return _by_first_bytes(path, pipe)
        told = [word(pipe)]
        for _ in range(_OPENINGS):
            try:
                must_be_registry(path)
            except RegistryError:
                found["refused"] += 1
        process.kill()
        process.join()
        told += rest(pipe)
    found["kills"] = 1
    seen(path, cast("tuple[int, tuple[object, ...]]", told[-1]), found, trial)
    return found


def _by_first_bytes(path: Path, pipe: Connection) -> Counter[str]:
    """Judge as 0.2.0 did, at the moments that chance hit once in twenty openings."""
    found: Counter[str] = Counter(n=0)
    while found["n"] < _OPENINGS:
        if word(pipe) == MIDDLE:
            found["n"] += 1
            found["refused"] += _is_short(path)
            pipe.send("go on")
    return found


def _is_short(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(100)
        size = file.seek(0, 2)
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    return pages * page > size


DRILL = Drill(
    name="opening",
    zh="另一进程边写边打开",
    en="opening while another process makes the file grow",
    cases=("WAL", "DELETE"),
    trial=trial,
    in_ci=10,
    whole=400,
    controls={"judged by the first bytes": 2},
    controlled=("WAL",),
)
