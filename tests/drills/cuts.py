"""Power cuts, simulated: what was synced is on the disk, of the rest any part of it, sector by sector."""

from __future__ import annotations

import atexit
import random
import shutil
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.services.registry.registry import Registry
from tests.drills.acts import a_registry, act, seen, state
from tests.drills.children import child, word
from tests.drills.engine import Drill, Trial
from tests.drills.vfs import Recorder
from tests.drills.weak import set_mode, weaken

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_SECTOR = 512
_CUTS = 50  # of one recording
_ACTS = 24


def record(pipe: Connection, path: Path, seed: str, mode: str, control: str) -> None:
    """Be the process that is recorded: so many acts, closed and opened again now and then as by commands."""
    set_mode(mode)
    weaken(control)
    rng = random.Random(seed)
    recorder = Recorder()
    registry = Registry.open(path, by="drill")
    recorder.log.append(("told", state(registry)))
    for number in range(_ACTS):
        act(registry, rng, registry.last_step + 1)
        recorder.log.append(("told", state(registry)))
        if number % 8 == 7:
            registry.close()
            registry = Registry.open(path, by="drill")
    registry.close()
    pipe.send(recorder.log)
    pipe.poll(None)


@lru_cache(maxsize=4)
def recording(folder: Path, case: str, seed: str, control: str) -> tuple[bytes, list[tuple[Any, ...]]]:
    """Return a file as it was at first, and all that was done to it."""
    path = a_registry(folder, "recorded.gpkg", case)
    first = path.read_bytes()
    with child(record, path, seed, case, control) as (_, pipe):
        return first, cast("list[tuple[Any, ...]]", word(pipe, 300.0))


class Disk:
    """What a disk holds after a part of what was done: synced for certain, the rest as chance has it."""

    def __init__(self, name: str, first: bytes, rng: random.Random) -> None:
        self._rng = rng
        self.files: dict[str, bytearray] = {name: bytearray(first)}
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        self._unsynced: list[str] = []  # removals that the folder does not remember for certain

    def do(self, step: tuple[Any, ...]) -> None:
        """Do a step: it is on the disk once its file is synced."""
        what, name = step[0], step[1]
        if what in ("write", "truncate"):
            self._waiting.setdefault(name, []).append(step)
        elif what == "sync":
            for waiting in self._waiting.pop(name, ()):
                self._apply(waiting)
            self.files.setdefault(name, bytearray())
        elif what == "delete":
            self._waiting.pop(name, None)
            if step[2] or self._rng.random() < 0.5:
                self.files.pop(name, None)

    def cut(self) -> None:
        """Cut the power: of what was not synced each sector is there or not, now and then all or none of it."""
        kept = self._rng.choice((0.0, 0.5, 0.9, 1.0))
        for steps in self._waiting.values():
            for step in steps:
                if step[0] == "truncate":
                    if self._rng.random() < kept:
                        self._apply(step)
                    continue
                _, name, at, data = step
                for start in range(0, len(data), _SECTOR):
                    if self._rng.random() < kept:
                        self._apply(("write", name, at + start, data[start : start + _SECTOR]))

    def _apply(self, step: tuple[Any, ...]) -> None:
        file = self.files.setdefault(step[1], bytearray())
        if step[0] == "truncate":
            del file[step[2] :]
            file.extend(bytes(step[2] - len(file)))
        else:
            _, _, at, data = step
            if len(file) < at:
                file.extend(bytes(at - len(file)))
            file[at : at + len(data)] = data


def trial(trial: Trial) -> Counter[str]:
    """Cut the power somewhere in a recording, a third of the times right after an acknowledgement."""
    seed = f"{trial.seed} {trial.number // _CUTS}"
    first, log = recording(_shared(), trial.case, seed, trial.control)
    rng = trial.rng
    acknowledged = [place for place, step in enumerate(log) if step[0] == "told"]
    end = (
        rng.choice(acknowledged[1:]) + 1
        if rng.random() < 1 / 3
        else rng.randrange(acknowledged[0] + 1, len(log))
    )
    disk = Disk("recorded.gpkg", first, rng)
    told: Any = None
    for step in log[:end]:
        if step[0] == "told":
            told = step[1]
        elif not step[1].endswith("-shm"):
            disk.do(step)
    disk.cut()
    for name, content in disk.files.items():
        (trial.folder / name).write_bytes(content)
    found: Counter[str] = Counter({"at an acknowledgement": int(end - 1 in acknowledged)})
    seen(trial.folder / "recorded.gpkg", told, found, trial)
    return found


@lru_cache(maxsize=1)
def _shared() -> Path:
    """Return a folder for the recordings, which several trials share; it goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="drill-cuts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


DRILL = Drill(
    name="cuts",
    zh="模拟断电",
    en="simulated power cuts",
    cases=("WAL", "DELETE"),
    trial=trial,
    in_ci=150,
    whole=2000,
    controls={"synchronous=OFF": 20, "synchronous=NORMAL": 60},
)
