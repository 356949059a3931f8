"""A month of a desk without its nights: opened, edited, looked at, backed up, closed. Nothing grows but the journal."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.coverage.results import Query
from app.domain.period import today
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.drills.acts import a_registry, act
from tests.drills.children import child, word
from tests.drills.engine import Drill, Trial

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_DAYS = {"half a week": (4, 12), "a month": (22, 150)}  # days, acts a day
_SETTLED = 2  # days after which memory has what it needs
_ROOM = 4 << 20  # bytes that memory may move by chance, and a twentieth


def work(pipe: Connection, folder: str, days: int, acts: int, seed: str, control: str) -> None:
    """Be the desk: say after each day what it takes."""
    os.environ["COMPOUND_REGISTRY_SETTINGS"] = str(Path(folder) / "settings.ini")
    rng = random.Random(seed)
    path = Path(folder) / "drill.gpkg"
    kept: list[object] = []
    for day in range(days):
        registry = Registry.open(path, by="drill")
        for _ in range(acts):
            act(registry, rng, registry.last_step + 1)
            registry.refresh()
            registry.history(limit=20)
            registry.engine.coverage(Query(measure="party", by="district", as_of=today()))
        care.backup(path, Path(folder) / f"day-{day % 2}-{day}.gpkg")
        if day > 1:
            (Path(folder) / f"day-{day % 2}-{day - 2}.gpkg").unlink()
        if control:
            kept += [registry, path.open("rb"), bytearray(2 << 20)]
        else:
            registry.close()
        pipe.send(
            (
                _memory(),
                sum(1 for _ in Path("/proc/self/fd").iterdir()),
                threading.active_count(),
                path.stat().st_size,
            )
        )
    pipe.poll(None)


def _memory() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def trial(trial: Trial) -> Counter[str]:
    """Compare the last day with the first that was settled."""
    days, acts = _DAYS[trial.case]
    path = a_registry(trial.folder)
    with child(work, str(trial.folder), days, acts, str(trial.rng.random()), trial.control) as (_, pipe):
        told = [cast("tuple[int, int, int, int]", word(pipe, 600.0)) for _ in range(days)]
    first, last = told[_SETTLED], told[-1]
    found: Counter[str] = Counter(n=days * acts)
    found["grown"] += last[0] > first[0] * 1.05 + _ROOM
    found["grown"] += last[1] > first[1] or last[2] > first[2]
    found["left behind"] = int(not trial.control and Path(f"{path}-wal").exists())
    if not trial.control:
        found["corrupt"] = int(bool(care.verify(path)))
    found["most memory, MB"] = round(max(day[0] for day in told) / 2**20)
    found["most moved since the third day, MB"] = round((last[0] - first[0]) / 2**20, 1)
    found["most handles"] = max(day[1] for day in told)
    found["most bytes of file a change"] = round((last[3] - told[0][3]) / ((days - 1) * acts))
    return found


DRILL = Drill(
    name="month",
    zh="一个月的工作压缩成一次",
    en="a month of a desk, compressed",
    cases=tuple(_DAYS),
    trial=trial,
    in_ci=1,
    whole=1,
    controls={"never closed": 1},
    controlled=("half a week",),
)
