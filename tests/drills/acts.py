"""What is done to a registry in a drill, and what is seen of it afterwards: every change sets many records alike."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
import uuid
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.record import make_record
from app.errors import IntegrityFault, RegistryError
from app.services.edit import edit
from app.services.keeping import care
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry

if TYPE_CHECKING:
    import random
    from collections import Counter
    from multiprocessing.connection import Connection

    from tests.drills.engine import Trial

from tests.drills.vfs import Recorder
from tests.drills.weak import set_mode, weaken

MANY = 40
MIDDLE = "in the middle"


def a_registry(folder: Path, name: str = "drill.gpkg", mode: str = "WAL", many: int = MANY) -> Path:
    """Return a closed registry of compounds that are all alike, in a journal mode."""
    path = folder / name
    path.write_bytes(_made(mode, many))
    return path


@cache
def _made(mode: str, many: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        records = [
            make_record("compounds", str(uuid.uuid4()), f"C{number:06}", name=f"小区{number}")
            for number in range(many)
        ]
        registry = create_registry(
            Path(folder) / "made.gpkg", load_profile("yaohai"), records=records, by="drill"
        )
        registry.close()
        with closing(sqlite3.connect(registry.path)) as plain:
            plain.execute(f"PRAGMA journal_mode={mode}")
        return registry.path.read_bytes()


def state(registry: Registry) -> tuple[int, tuple[object, ...]]:
    """Return the last step and what the compounds say: one value where nothing is torn."""
    values = {
        (record.get("households"), record.get("address"))
        for record in registry.dataset.of("compounds").values()
    }
    return registry.last_step, tuple(sorted(values, key=str))


def act(registry: Registry, rng: random.Random, number: int) -> None:
    """Do one thing: a change of every compound, small or large, an undo or a redo."""
    codes = list(registry.dataset.of("compounds"))
    chance = rng.random()
    step = registry.next_undo()
    if chance < 0.2 and step is not None and step.seq > 1:  # not the making of the compounds
        registry.undo()
    elif chance < 0.3 and registry.next_redo() is not None:
        registry.redo()
    else:
        text = f"{number}" if rng.random() < 0.7 else f"{number}" + "长" * rng.randrange(300)
        edit.set_values(registry, codes, {"households": str(number % 9000 + 1), "address": text})


def edits(pipe: Connection, path: Path, seed: str, mode: str, control: str) -> None:
    """Be the process that is killed: change the registry without end, and say each change once it is saved."""
    import random

    set_mode(mode)
    weaken(control)
    rng = random.Random(seed)
    registry = Registry.open(path, by="drill")
    pipe.send(state(registry))
    if control:  # it waits to be killed where chance would have to hit: in the middle of what it writes
        middle = rng.randrange(2, 12)
        written = itertools.count()

        def watch(name: str, _at: int) -> None:
            if name == path.name and next(written) == middle:
                pipe.send(MIDDLE)
                pipe.poll(None)

        Recorder(watch)
    number = registry.last_step
    while True:
        number += 1
        act(registry, rng, number)
        pipe.send(state(registry))


def seen(path: Path, told: tuple[int, tuple[object, ...]], found: Counter[str], trial: Trial) -> None:
    """Compare a registry with what was told of it last: that, or the one change that was under way, whole."""
    try:
        registry = Registry.open(path, by="drill")
    except IntegrityFault:
        found["corrupt"] += 1
        return
    except RegistryError:
        found["refused"] += 1
        return
    try:
        last, values = state(registry)
    finally:
        registry.close()
    step, said = told
    found["under way kept"] += last == step + 1
    found["lost"] += last < step or (last == step and values != said)
    found["torn"] += len(values) != 1 or last > step + 1
    try:
        found["corrupt"] += bool(care.verify(path))
    except RegistryError:
        found["corrupt"] += 1
