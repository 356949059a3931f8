"""Work that makes or changes much is killed in its middle: the old or the new is there, never a half, and nothing stays."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.leftovers import sweep
from app.persistence.migrations import NEWEST
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.persistence.test_upgrade import of_step_2
from tests.drills.acts import MANY, MIDDLE, a_registry
from tests.drills.children import child, word
from tests.drills.engine import Drill, Trial

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

_NEW = 400  # rows of the import
_EXPORTS = ("csv", "xlsx", "html", "geojson", "gpkg", "png")
_OLD = b"what lay there before, and is longer than nothing\n" * 200


def run_verb(pipe: Connection, arguments: list[str], folder: str, control: str) -> None:
    """Be a command: say when it begins and when it is done, and nothing else."""
    os.environ["COMPOUND_REGISTRY_SETTINGS"] = str(Path(folder) / "settings.ini")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    from ui.cli.run import run

    if control:
        _weaken(control, pipe)
    pipe.send("begin")
    pipe.send(run(arguments))
    pipe.poll(None)


def _weaken(control: str, pipe: Connection) -> None:
    """Leave out what keeps halves away, and wait to be killed where one lies there."""
    from app import files
    from app.exchange.formats import safe_file
    from app.persistence.files import aside
    from app.persistence.store import FileStore

    def wait(*_: object) -> None:
        pipe.send(MIDDLE)
        pipe.poll(None)

    if control == "two commits":
        commit = FileStore.commit

        def in_two(self: Any, edits: Any, change: Any, *, after_seq: int) -> int:
            first = replace(change, id=change.id[::-1])
            commit(self, edits[: len(edits) // 2], first, after_seq=after_seq)
            wait()
            raise AssertionError

        FileStore.commit = in_two  # type: ignore[method-assign]
    elif control == "in place":

        def in_place(draft: Path, target: Path) -> None:
            content = draft.read_bytes()
            target.write_bytes(content[: len(content) // 2])
            wait()

        safe_file.put_over = files.put_over = in_place
    else:
        aside.put_new = wait  # type: ignore[assignment]


def _arguments(case: str, folder: Path) -> list[str]:
    """Return the verb of a case, its files made ready in a folder."""
    path = a_registry(folder)
    verb, _, ending = case.partition(" ")
    if verb == "import":
        rows = "".join(f"N{number:05},新{number}\n" for number in range(_NEW))
        (folder / "new.csv").write_text("code,name\n" + rows, "utf-8")
        return ["import", str(path), str(folder / "new.csv"), "--as", "compounds"]
    if verb == "undo":
        path.write_bytes(_imported())
        return ["undo", str(path)]
    if verb == "redo":
        path.write_bytes(_undone())
        return ["redo", str(path)]
    if verb == "schema":
        of_step_2(path)
        return ["set", str(path), "C000001", "households=7"]
    if verb == "export":
        out = folder / f"out.{ending}"
        out.write_bytes(_OLD)
        if ending == "gpkg":
            out.unlink()
        return ["export", str(path), str(out)]
    if verb == "restore":
        return ["restore", str(path), str(folder / "made.gpkg")]
    return ["backup", str(path), str(folder / "made.gpkg")]


@cache
def _imported() -> bytes:
    return _after("import")


@cache
def _undone() -> bytes:
    return _after("undo")


def _after(case: str) -> bytes:
    """Return a registry as the act of a case leaves it when nobody kills it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = _arguments(case, folder)
        with child(run_verb, arguments, name, "") as (_, pipe):
            word(pipe)
            if word(pipe, 120.0) != 0:
                raise RuntimeError(f"{case} fails where nobody kills it")
        return (folder / "drill.gpkg").read_bytes()


@cache
def _whole(case: str) -> tuple[float, bytes]:
    """Return how long the act of a case takes, and the file that it makes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = _arguments(case, folder)
        with child(run_verb, arguments, name, "") as (_, pipe):
            word(pipe)
            began = time.monotonic()
            if word(pipe, 120.0) != 0:
                raise RuntimeError(f"{case} fails where nobody kills it")
            took = time.monotonic() - began
        made = next((out for out in folder.iterdir() if out.name.startswith(("out.", "made."))), None)
        return took, b"" if made is None else made.read_bytes()


def trial(trial: Trial) -> Counter[str]:
    """Kill the act of a case somewhere in its middle."""
    took, made = _whole(trial.case)
    arguments = _arguments(trial.case, trial.folder)
    with child(run_verb, arguments, str(trial.folder), trial.control) as (process, pipe):
        word(pipe)
        ended = word(pipe) != MIDDLE if trial.control else pipe.poll(trial.rng.uniform(0.0, took))
        process.kill()
        process.join()
    found: Counter[str] = Counter({"ended before": int(ended)})
    _CHECKS[trial.case.partition(" ")[0]](trial.folder, made, found)
    if trial.control != "no sweeping":
        sweep(trial.folder)
    found["left behind"] = sum(
        path.name.startswith((".export-", ".registry-")) for path in trial.folder.iterdir()
    )
    return found


def _registry(folder: Path, _made: bytes, found: Counter[str]) -> None:
    """The import is there whole or not at all, and so is its undoing."""
    registry = Registry.open(folder / "drill.gpkg", by="drill")
    count = len(registry.dataset.of("compounds"))
    registry.close()
    found["new"] = int(count == MANY + _NEW)
    found["half"] = int(count not in (MANY, MANY + _NEW))
    found["corrupt"] = int(bool(care.verify(folder / "drill.gpkg")))


def _step(folder: Path, _made: bytes, found: Counter[str]) -> None:
    """The step is taken whole or not at all, and the next opening takes it."""
    path = folder / "drill.gpkg"
    with closing(sqlite3.connect(path)) as raw:
        number = raw.execute("SELECT MAX(number) FROM schema_step").fetchone()[0]
        has_table = raw.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'waiver'").fetchone()[0]
    found["new"] = int(number == NEWEST)
    found["half"] = int((number, has_table) not in ((2, 0), (NEWEST, 1)))
    Registry.open(path, by="drill").close()
    found["corrupt"] = int(bool(care.verify(path)))


def _export(folder: Path, made: bytes, found: Counter[str]) -> None:
    """The old file lies there, or the new one to the last byte."""
    out = next((path for path in folder.iterdir() if path.name.startswith("out.")), None)
    content = None if out is None else out.read_bytes()
    is_old = content == (_OLD if out is not None and out.suffix != ".gpkg" else None)
    is_new = content == made
    if not is_old and not is_new and out is not None and out.suffix in (".gpkg", ".xlsx"):
        is_new = _is_whole(out, len(made))
    found["new"] = int(is_new)
    found["half"] = int(not is_old and not is_new)


def _is_whole(out: Path, size: int) -> bool:
    """Whether a file that holds the time of its making is whole all the same."""
    if out.suffix == ".gpkg":
        try:
            with closing(sqlite3.connect(out)) as raw:
                return bool(raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok") and bool(
                    raw.execute("SELECT COUNT(*) FROM gpkg_contents").fetchone()[0]
                )
        except sqlite3.Error:
            return False
    return abs(out.stat().st_size - size) < 64


def _copy(folder: Path, _made: bytes, found: Counter[str]) -> None:
    """The copy is not there, or whole and as the registry is."""
    path = folder / "made.gpkg"
    found["new"] = int(path.exists())
    if path.exists():
        try:
            found["half"] = int(bool(care.verify(path)))
        except Exception:  # whatever it is that lies there, it is no whole registry
            found["half"] = 1


_CHECKS: dict[str, Callable[[Path, bytes, Counter[str]], None]] = {
    "import": _registry,
    "undo": _registry,
    "redo": _registry,
    "schema": _step,
    "export": _export,
    "backup": _copy,
    "restore": _copy,
}

DRILL = Drill(
    name="halves",
    zh="导入、撤销、导出、备份、恢复、升级中途强行结束",
    en="kill -9 in import, undo, redo, schema step, export, backup, restore",
    cases=(
        "import",
        "undo of an import",
        "redo of an import",
        "schema step",
        *(f"export {ending}" for ending in _EXPORTS),
        "backup",
        "restore",
    ),
    trial=trial,
    in_ci=5,
    whole=60,
    controls={"two commits": 1, "in place": 1, "no sweeping": 1},
    controlled=("import", "export geojson", "backup"),
    only={("two commits", "import"), ("in place", "export geojson"), ("no sweeping", "backup")},
)
