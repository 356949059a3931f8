"""A text planted in names, addresses, reasons and sources is sought byte by byte once it was purged, or the purge killed.

``run`` is called by tests and by hand: ``python -m tests.drills.planted 20``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

from app.services.edit import edit
from app.services.keeping.backups import make
from app.services.keeping.care import backup, verify
from app.services.keeping.purging.asked import Asked
from app.services.keeping.purging.doing import purge
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

ROOT = Path(__file__).resolve().parents[2]
PLANTED = "张三丰"
CODE = "CX"
CASES = _BY_TEXT, _BY_CODE, _KILLED = "by text", "by code", "killed, then again"


def run(case: str, number: int, folder: Path, *, is_control: bool = False) -> Counter[str]:
    """Plant a text, purge it, and count how often it is ``left`` in a folder with registry, backups and settings.

    ``is_control``: nothing is purged, so that all that was planted is left.
    """
    rng = random.Random(f"1 {case} {number}")
    places = {
        "COMPOUND_REGISTRY_SETTINGS": str(folder / "s" / "s.ini"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    for name in ("s", "desk", "tmp", "elsewhere"):
        (folder / name).mkdir(parents=True)
    found: Counter[str] = Counter(n=1)
    with patch.dict(os.environ, places), patch.object(tempfile, "tempdir", str(folder / "tmp")):
        with closing(a_small_registry(folder / "desk")) as registry:
            _plant(registry, folder, rng, is_gone=case == _BY_CODE or rng.random() < 0.5)
            found["planted"] = _bytes_in(folder)
            if case != _KILLED and not is_control:
                asked = Asked(code=CODE) if case == _BY_CODE else Asked(text=PLANTED)
                purge(registry, asked, "drill")
        path = folder / "desk" / "a.gpkg"
        if case == _KILLED and not is_control:
            found["killed"] = _kill_a_purge(path, rng)
            with closing(Registry.open(path)) as registry:
                purge(registry, Asked(text=PLANTED), "drill")
        found["left"] = _bytes_in(folder)
        copies = [path, *folder.rglob("*.backups/*.gpkg"), *(folder / "elsewhere").glob("*.gpkg")]
        found["corrupt"] = sum(bool(verify(copy)) for copy in copies)
    return found


def _plant(registry: Registry, folder: Path, rng: random.Random, *, is_gone: bool) -> None:
    values = {
        "code": CODE,
        "name": f"{PLANTED}园",
        "address": f"临泉路{PLANTED}号",
        "source": f"{PLANTED}说的",
    }
    given = {key: value for key, value in values.items() if key in ("code", "name") or rng.random() < 0.7}
    edit.add(registry, "compounds", given, why=f"{PLANTED}来报" if rng.random() < 0.5 else None)
    acts = [
        lambda: edit.set_values(registry, [CODE], {"address": f"改成{PLANTED}"}),
        lambda: edit.set_values(registry, [CODE], {"gate_guard": "yes"}, why=PLANTED),
        lambda: edit.attach(registry, "O1", [CODE], role=f"{PLANTED}联系"),
        registry.undo,
        lambda: make(registry.path),
        lambda: backup(registry.path, folder / "elsewhere" / "b.gpkg"),
    ]
    rng.shuffle(acts)
    for act in acts[: rng.randrange(1, len(acts) + 1)]:
        act()
        if registry.dataset.find(CODE) is None:
            registry.redo()
    if is_gone:
        edit.remove(registry, CODE, f"{PLANTED}搬走了")


def _kill_a_purge(path: Path, rng: random.Random) -> int:
    """Kill a purge somewhere after it began to write; return whether it was still at work."""
    process = subprocess.Popen(
        [sys.executable, "main.py", "purge", str(path), "--text", PLANTED, "--why", "drill"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = path.stat().st_mtime_ns
    log = path.with_name(path.name + "-wal")
    while process.poll() is None and path.stat().st_mtime_ns == before and not log.exists():
        continue
    try:
        process.wait(rng.uniform(0.0, 0.2))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return 1
    return 0


def _bytes_in(folder: Path) -> int:
    return sum(one.read_bytes().count(PLANTED.encode()) for one in folder.rglob("*") if one.is_file())


if __name__ == "__main__":
    total: Counter[str] = Counter()
    for case in CASES:
        for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
            with tempfile.TemporaryDirectory(prefix="drill-") as place:
                total += run(case, number, Path(place))
    sys.stdout.write(f"{dict(sorted(total.items()))}\n")
    sys.exit(bool(total["left"] or total["corrupt"]))
