"""Strangers' files broken on purpose, read and planned by the thousand: ``python -m scripts.mutated COUNT [SEED]``.

Each is one of the shared files with bytes changed, cut, doubled or put elsewhere. Read within one process that a crash
would end, with an alarm for what hangs and no way out to the network; what was seen is printed as JSON.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
SHARED: Final = ROOT.parent / "shared"
BASES: Final = (
    "faults/imports/base.xlsx", "faults/imports/values.xlsx", "faults/imports/notes_and_totals.xlsx", "faults/imports/merged_down.xlsx",
    "faults/imports/formulas_never_calculated.xlsx", "faults/imports/html_named_xls.xls", "faults/imports/two_alike_columns.csv",
    "faults/imports/firm_and_branch_names.csv", "faults/imports/batch_of_twelve.geojson", "faults/imports/broken_outlines.geojson",
    "faults/imports/utf8_headings_cut.zip", "faults/imports/prj_in_wkt2.zip", "data/05_messy/pyogrio/test_gpkg_nulls.gpkg",
)  # fmt: skip
_SECONDS: Final = 20  # after which a file hangs
_BATCH: Final = 400  # files of one process


def mutant(draw: random.Random, data: bytes) -> bytes:
    """Return a file with one to three things done to it; of a packed file often to one of its members, packed again."""
    if data[:2] == b"PK" and draw.random() < 0.8:
        return _repacked(draw, data)
    return _broken(draw, data)


def _repacked(draw: random.Random, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        which = draw.choice(names)
        for name in names:
            content = old.read(name)
            new.writestr(name, _broken(draw, content) if name == which else content)
    return packed.getvalue()


def _broken(draw: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(changed) or 1)
        size = draw.choice((1, 1, 1, 2, 4, 16, 64))
        match draw.randrange(6):
            case 0:
                changed[at : at + size] = draw.randbytes(size)
            case 1:
                del changed[at : at + size]
            case 2:
                changed[at:at] = changed[at : at + size]
            case 3:
                changed[at : at + size] = bytes(size)
            case 4:
                other = draw.randrange(len(changed) or 1)
                changed[at : at + size] = changed[other : other + size]
            case _:
                if draw.random() < 0.3:
                    del changed[at:]
    return bytes(changed)


def run(count: int, seed: int, shared: Path = SHARED) -> dict[str, Any]:
    """Return what came of ``count`` mutants: how many were planned, refused; crashes, hangs, calls out and bugs by name."""
    draw, seen = random.Random(seed), Counter[str]()
    bad: list[str] = []
    bases = [(shared / name, (shared / name).read_bytes()) for name in BASES]
    with tempfile.TemporaryDirectory(prefix="mutated") as folder:
        done = 0
        while done < count:
            batch = Path(folder) / f"batch{done}"
            batch.mkdir()
            for at in range(done, min(done + _BATCH, count)):
                path, data = draw.choice(bases)
                (batch / f"{at:06d}{path.suffix}").write_bytes(mutant(draw, data))
            done = min(done + _BATCH, count)
            for name, what in _in_process(batch, shared):
                seen[what] += 1
                if what not in ("planned", "refused"):
                    bad.append(f"{name}: {what}")
            shutil.rmtree(batch)
    return {"count": count, "seed": seed, "seen": dict(seen), "bad": bad}


def _in_process(batch: Path, shared: Path) -> list[tuple[str, str]]:
    """Read a folder of files in processes of their own; one that dies at a file goes on behind it."""
    found: list[tuple[str, str]] = []
    while True:
        todo = sorted(path.name for path in batch.iterdir())[len(found) :]
        if not todo:
            return found
        child = subprocess.run(
            [sys.executable, "-P", "-m", "scripts.mutated", "--batch", str(batch), todo[0], str(shared)],
            cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        told = [json.loads(line) for line in child.stdout.splitlines()]
        found += [(name, what) for name, what in told]
        if len(told) < len(todo):
            ended = -child.returncode
            found.append(
                (todo[len(told)], "hang" if ended == signal.SIGALRM else f"crash {child.returncode}")
            )


def _batch(batch: Path, first: str, shared: Path) -> None:
    from app.errors import RegistryError
    from app.exchange import reader, reading_child
    from app.services.bring_in.import_data import ImportRequest, plan_import

    sys.path.insert(0, str(ROOT / "scripts"))
    from imports_doc import make_district

    reading_child.hem_in(1 << 33, 36_000)
    vars(reading_child)["hem_in"] = lambda *_: None  # once for the whole process
    work = vars(reading_child)["_work"]

    def here(_path: Path, folder: Path, _ticket: object) -> None:
        result = json.dumps(work(folder), ensure_ascii=False)
        (folder / "result.json").write_text(result, "utf-8", errors="surrogatepass")

    vars(reader)["_run"] = here  # in this process, which a crash would end
    calls: list[object] = []

    def no_way_out(*given: object, **_: object) -> None:
        calls.append(given)
        raise OSError("no way out")

    socket.socket.connect = no_way_out  # type: ignore[method-assign]
    told = os.fdopen(os.dup(1), "w")  # what libraries print goes elsewhere
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with tempfile.TemporaryDirectory() as folder:
        registry = make_district(Path(folder) / "district.gpkg", shared)
        for path in sorted(batch.iterdir()):
            if path.name < first:
                continue
            before = len(calls)
            signal.alarm(_SECONDS)
            try:
                plan_import(registry, ImportRequest(source=path, kind="compounds", crs="EPSG:4490"))
                what = "planned"
            except RegistryError:
                what = "refused"
            except Exception as error:  # noqa: BLE001  # whatever else it is, is a bug
                what = f"bug {type(error).__name__}: {error}"[:200]
            signal.alarm(0)
            print(json.dumps((path.name, "call out" if len(calls) > before else what)), file=told, flush=True)
        registry.close()


if __name__ == "__main__":
    if sys.argv[1] == "--batch":
        _batch(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
    else:
        given = [int(word) for word in sys.argv[1:]]
        print(json.dumps(run(given[0], given[1] if len(given) > 1 else 1), ensure_ascii=False, indent=1))
