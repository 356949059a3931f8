"""Strangers' files, read in a child process with limits, on a private copy, regular files only."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

import shapely
from typing_extensions import override

import app
from app.errors import StorageFault
from app.exchange.door import format_of, open_elsewhere, refused, siblings
from app.exchange.picture import Block, Grid, Sheet
from app.exchange.reading import Layer, SourceRow
from app.leftovers import READER, own_folder
from app.system_words import words_of
from app.text import Text, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.jobs import Ticket

MEMORY: Final = 1 << 30  # bytes the child may have
CPU_SECONDS: Final = 20
WALL_SECONDS: Final = 90
_NO_MEMORY: Final = ("MemoryError", "bad_alloc", "memory allocation of")  # as Python, C++ and Rust say it
_TIME_SIGNALS: Final = (24, 9)  # SIGXCPU, and what comes two seconds later
_READING: Final = Text("读取文件", "Reading the file")


class SheetRows(Sequence[SourceRow]):
    """The rows of some sheets in their order, made only where somebody looks at them: their table makes its own."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets

    @override
    def __len__(self) -> int:
        return sum(len(sheet.rows) for sheet in self._sheets)

    @overload
    def __getitem__(self, at: int) -> SourceRow: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[SourceRow]: ...
    @override
    def __getitem__(self, at: int | slice) -> SourceRow | Sequence[SourceRow]:
        return tuple(self)[at]

    @override
    def __iter__(self) -> Iterator[SourceRow]:
        for sheet in self._sheets:
            for number, cells in enumerate(sheet.rows, 1):
                yield SourceRow(number, cells, sheet=sheet.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One layer of a stranger's file. ``columns`` is None for raw tables: their header is yet to be found.

    ``ids``: the column that is no property but the features' own id. ``cut``: columns whose heading may be the beginning of a longer one, as a Shapefile keeps it.
    ``sheets``: the sheets of a table as they were found; ``rows`` are theirs too, in the sheets' order.
    """

    path: Path
    format: str
    layer: str | None
    columns: tuple[str, ...] | None
    rows: Sequence[SourceRow]
    has_outlines: bool
    crs: str | None
    encoding: str | None
    notes: tuple[Text, ...]
    sheets: tuple[Sheet, ...] = ()
    cut: frozenset[int] = frozenset()
    ids: int | None = None

    @property
    def sheet(self) -> str | None:
        """The sheet's name, for the place of a problem; None for files that have no sheets, and for several."""
        return self.sheets[0].name if len(self.sheets) == 1 else None


def list_layers(path: Path, ticket: Ticket | None = None) -> list[Layer]:
    """Return the layers or sheets that a file offers, each with its number of rows.

    Raises
    ------
    InvalidInput
        If the path is no regular file, or no file that can be read, with a sentence of why.

    """
    result, _ = _in_child(path, {"action": "layers"}, ticket)
    return [Layer(**layer) for layer in result["layers"]]


def read_source(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    prefer: Sequence[str] = (),
    ticket: Ticket | None = None,
) -> Source:
    """Return one layer or sheet of a file; ``prefer`` names layers to take where there are several.

    Raises
    ------
    InvalidInput
        With a sentence for a directory, an empty, cut off, damaged, oversized or unknown file.

    """
    job = {"action": "read", "layer": layer, "encoding": encoding, "prefer": list(prefer)}
    result, outlines = _in_child(path, job, ticket)
    defects = {row: Text(zh, en) for row, zh, en in result["defects"]}
    shapes = shapely.from_wkb(outlines) if result["has_outlines"] else None
    of = [(name, at + 1) for name, count in result["parts"] for at in range(count)] or None
    sheets = tuple(_sheet(said) for said in result["sheets"])
    rows: Sequence[SourceRow] = SheetRows(sheets)
    if not sheets:
        rows = tuple(
            SourceRow(
                number if of is None else of[number - 1][1],
                cells,
                None if shapes is None else shapes[number - 1],
                defects.get(number),
                None if of is None else of[number - 1][0],
            )
            for number, cells in enumerate(result["rows"], 1)
        )
    return Source(
        path=path,
        format=result["format"],
        layer=result["layer"],
        columns=None if result["columns"] is None else tuple(result["columns"]),
        rows=rows,
        has_outlines=bool(result["has_outlines"]),
        crs=result["crs"],
        encoding=result["encoding"],
        notes=(*open_elsewhere(path), *(Text(*note) for note in result["notes"])),
        sheets=sheets,
        cut=frozenset(result["cut"]),
        ids=result["ids"],
    )


def _sheet(said: dict[str, Any]) -> Sheet:
    rows = Grid(map(_shared, said["rows"]), said.pop("height"), said.pop("widths"))
    return Sheet(**{**said, "rows": rows, "merged": [Block(*block) for block in said["merged"]]}).with_lost()


def _shared(cells: list[Any]) -> list[Any]:
    """Return a column in which texts that come again are kept once: kinds and codes of units, mostly."""
    if set(map(type, cells)) <= {str, type(None)}:
        seen: dict[Any, Any] = {}
        return list(map(seen.setdefault, cells, cells))
    return cells


def _in_child(
    path: Path, job: dict[str, Any], ticket: Ticket | None
) -> tuple[dict[str, Any], list[bytes | None]]:
    file_format = format_of(path)
    try:
        return _read_in(path, job, ticket, file_format)
    except OSError as error:  # the temporary folder, or the source while it is copied there
        raise StorageFault(
            Text(
                f"抄不出 {path.name}：{words_of(error).zh}。",
                f"{path.name} can't be copied: {words_of(error).en}.",
            )
        ) from error


def _read_in(
    path: Path, job: dict[str, Any], ticket: Ticket | None, file_format: str
) -> tuple[dict[str, Any], list[bytes | None]]:
    with own_folder(READER) as folder:
        suffix = path.suffix.lower()
        shutil.copyfile(path, folder / f"source{suffix}")
        for other in siblings(path):
            shutil.copyfile(other, folder / f"source{other.suffix.lower()}")
        job = {
            "layer": None,
            "encoding": None,
            "prefer": [],
            **job,
            "file": f"source{suffix}",
            "name": readable(path.stem),
            "format": file_format,
            "memory": MEMORY,
            "cpu_seconds": CPU_SECONDS,
        }
        (folder / "job.json").write_text(json.dumps(job), "utf-8")
        _run(path, folder, ticket)
        result: dict[str, Any] = json.loads(
            (folder / "result.json").read_text("utf-8", errors="surrogatepass")
        )
        if said := result.get("refused"):
            raise refused(path, said["zh"], said["en"], said["row"])
        result["format"] = "sheet" if file_format == "page" else file_format
        return result, _outlines(folder) if result.get("has_outlines") else []


def _run(path: Path, folder: Path, ticket: Ticket | None) -> None:
    import psutil

    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZ")}
    environment = {**kept, "PYTHONPATH": str(Path(app.__file__).parents[1]), "PYTHONUTF8": "1"}
    with (folder / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603  # our own interpreter, our own module
            [sys.executable, "-P", "-B", "-m", "app.exchange.reading_child", str(folder)],
            stdin=subprocess.PIPE,  # nothing is written into it: it closes when this process ends, however it ends
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=folder,
            env=environment,
        )
        watched = psutil.Process(child.pid)
        end = time.monotonic() + WALL_SECONDS
        done = 0
        killed_for = ""
        try:
            while True:
                try:
                    child.wait(timeout=0.05)
                    break
                except subprocess.TimeoutExpired:
                    done += 1
                if ticket is not None:
                    ticket.step(_READING, min(done, 199), 200)
                if over := _over(watched, end):
                    killed_for = over
                    child.kill()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdin is not None:
                child.stdin.close()
    if child.returncode != 0:
        _explain(
            path, child.returncode, (folder / "errors.txt").read_text("utf-8", errors="replace"), killed_for
        )


def _over(watched: Any, end: float) -> str:
    """Return which limit the child is over, "" for none; where the system sets them it dies before this is seen."""
    import psutil

    try:
        times = watched.cpu_times()
        if watched.memory_info().rss > MEMORY:
            return "memory"
        return "time" if time.monotonic() > end or times.user + times.system > CPU_SECONDS else ""
    except psutil.Error:
        return ""  # it ended between two looks


def _explain(path: Path, status: int, errors: str, killed_for: str) -> None:
    """Raise what ended the child: memory, time, or a file that its reader can't stand. Three causes, three sentences."""
    if killed_for == "memory" or any(sign in errors for sign in _NO_MEMORY):
        raise refused(
            path,
            f"要用的内存超过 {MEMORY >> 20} MB，停下了。把文件拆小再导入。",
            f"It needs more than {MEMORY >> 20} MB of memory, so reading stopped. Split the file.",
        )
    if killed_for == "time" or -status in _TIME_SIGNALS:
        raise refused(
            path,
            f"读取超过 {CPU_SECONDS} 秒，停下了。把文件拆小再导入。",
            f"Reading took over {CPU_SECONDS} s and was stopped. Split the file.",
        )
    if status < 0 or status > 128:
        raise refused(
            path,
            "文件使读取程序中止了，可能损坏。在原来的程序里打开，另存一份再导入。",
            "The file broke its reader; it may be damaged. Open it in the program it came from and save it again.",
        )
    raise RuntimeError(f"the reading child failed with status {status}:\n{errors[-4000:]}")


def _outlines(folder: Path) -> list[bytes | None]:
    data = (folder / "outlines.bin").read_bytes()
    found: list[bytes | None] = []
    at = 0
    while at < len(data):
        size = struct.unpack_from("<I", data, at)[0]
        found.append(data[at + 4 : at + 4 + size] or None)
        at += 4 + size
    return found
