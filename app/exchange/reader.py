"""Strangers' files, read in a child process with limits, on a private copy, regular files only."""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

import app
from app.errors import InvalidInput, Problem, StorageFault
from app.exchange.reading import FORMATS, Layer, SourceRow
from app.exchange.sheets.picture import Block, Sheet
from app.leftovers import READER, own_folder
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.jobs import Ticket

MEMORY: Final = 1 << 30  # bytes the child may have
CPU_SECONDS: Final = 20
WALL_SECONDS: Final = 90
_LARGEST: Final = 1 << 30  # bytes of a source that we copy
_SIDECARS: Final = {".shp": (".shx", ".dbf", ".prj", ".cpg"), ".gpkg": (".gpkg-wal", ".gpkg-journal")}
_MAGIC: Final = {
    "gpkg": (b"SQLite format 3\0", "GeoPackage"),
    "shp": (b"\0\0\x27\x0a", "Shapefile"),
    "zip": (b"PK", "zip"),
}
_READING: Final = Text("读取文件", "Reading the file")


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
    rows: tuple[SourceRow, ...]
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
    sheets = tuple(_sheet(said) for said in result["sheets"])
    found: Iterator[SourceRow] = (
        SourceRow(number, cells, None if shapes is None else shapes[number - 1], defects.get(number))
        for number, cells in enumerate(result["rows"], 1)
    )
    if sheets:
        found = (
            SourceRow(number, cells, sheet=sheet.name)
            for sheet in sheets
            for number, cells in enumerate(sheet.rows, 1)
        )
    return Source(
        path=path,
        format=FORMATS[path.suffix.lower()],
        layer=result["layer"],
        columns=None if result["columns"] is None else tuple(result["columns"]),
        rows=tuple(found),
        has_outlines=bool(result["has_outlines"]),
        crs=result["crs"],
        encoding=result["encoding"],
        notes=tuple(Text(*note) for note in result["notes"]),
        sheets=sheets,
        cut=frozenset(result["cut"]),
        ids=result["ids"],
    )


def _sheet(said: dict[str, Any]) -> Sheet:
    return Sheet(**{**said, "merged": [Block(*block) for block in said["merged"]]}).with_lost()


def _refused(path: Path, zh: str, en: str, row: int | None = None) -> InvalidInput:
    message = Text(f"{path.name}：{zh}", f"{path.name}: {en}")
    return InvalidInput(message, (Problem(message=Text(zh, en), file=path.name, row=row),))


def _checked(path: Path) -> str:
    """Return the format of a file that may be read; refuse anything else before it is opened."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _refused(path, "没有这个文件。", "There is no such file.") from error
    if stat.S_ISDIR(found.st_mode):
        raise _refused(
            path, "是文件夹，不是文件。选里面的一个文件。", "This is a folder. Choose a file inside."
        )
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, "不是普通文件。", "This is not a regular file.")
    if found.st_size == 0:
        raise _refused(path, "文件是空的。", "The file is empty.")
    if found.st_size > _LARGEST:
        raise _refused(path, "文件超过 1 GiB，请分开导入。", "The file is over 1 GiB; import it in parts.")
    file_format = FORMATS.get(path.suffix.lower())
    if file_format is None:
        known = " ".join(FORMATS)
        raise _refused(
            path, f"不认识这种文件。能读：{known}。", f"This kind of file is not known. Known: {known}."
        )
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise _refused(path, f"打不开：{error.strerror}。", f"Can't be opened: {error.strerror}.") from error
    _check_magic(path, file_format, head)
    return file_format


def _check_magic(path: Path, file_format: str, head: bytes) -> None:
    if file_format in _MAGIC:
        magic, words = _MAGIC[file_format]
        if not head.startswith(magic):
            raise _refused(
                path,
                f"不是 {words}：文件开头不对。可能没有传完，或改过扩展名。",
                f"This is no {words}: it begins wrongly. It may be cut off or renamed.",
            )
    elif file_format == "sheet" and not head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        raise _refused(
            path,
            "不是 Excel 或 WPS 工作簿：文件开头不对。",
            "This is no workbook: it begins wrongly.",
        )
    elif file_format in ("csv", "geojson") and head.startswith(
        (b"SQLite", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    ):
        raise _refused(path, "扩展名和内容对不上。", "The extension does not match the content.")


def _in_child(
    path: Path, job: dict[str, Any], ticket: Ticket | None
) -> tuple[dict[str, Any], list[bytes | None]]:
    file_format = _checked(path)
    try:
        return _read_in(path, job, ticket, file_format)
    except OSError as error:  # the temporary folder, or the source while it is copied there
        raise StorageFault(
            Text(
                f"抄不出 {path.name}：{error.strerror}。",
                f"{path.name} can't be copied: {error.strerror}.",
            )
        ) from error


def _read_in(
    path: Path, job: dict[str, Any], ticket: Ticket | None, file_format: str
) -> tuple[dict[str, Any], list[bytes | None]]:
    with own_folder(READER) as folder:
        suffix = path.suffix.lower()
        shutil.copyfile(path, folder / f"source{suffix}")
        for other in _siblings(path):
            shutil.copyfile(other, folder / f"source{other.suffix.lower()}")
        job = {
            "layer": None,
            "encoding": None,
            "prefer": [],
            **job,
            "file": f"source{suffix}",
            "name": path.stem,
            "format": file_format,
            "memory": MEMORY,
            "cpu_seconds": CPU_SECONDS,
        }
        (folder / "job.json").write_text(json.dumps(job), "utf-8")
        _run(path, folder, ticket)
        result: dict[str, Any] = json.loads((folder / "result.json").read_text("utf-8"))
        if refused := result.get("refused"):
            raise _refused(path, refused["zh"], refused["en"], refused["row"])
        return result, _outlines(folder) if result.get("has_outlines") else []


def _siblings(path: Path) -> list[Path]:
    wanted = _SIDECARS.get(path.suffix.lower(), ())
    if not wanted:
        return []
    return [
        other
        for other in path.parent.iterdir()
        if other.stem == path.stem and other.suffix.lower() in wanted and other.is_file()
    ]


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
        try:
            while True:
                try:
                    child.wait(timeout=0.05)
                    break
                except subprocess.TimeoutExpired:
                    done += 1
                if ticket is not None:
                    ticket.step(_READING, min(done, 199), 200)
                if time.monotonic() > end or _is_over(watched):
                    child.kill()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdin is not None:
                child.stdin.close()
    if child.returncode != 0:
        _explain(path, child.returncode, (folder / "errors.txt").read_text("utf-8", errors="replace"))


def _is_over(watched: Any) -> bool:
    """Whether the child is over its limits; where the system sets them itself it dies before this is seen."""
    import psutil

    try:
        times = watched.cpu_times()
        return bool(watched.memory_info().rss > MEMORY or times.user + times.system > CPU_SECONDS)
    except psutil.Error:
        return False  # it ended between two looks


def _explain(path: Path, status: int, errors: str) -> None:
    if "MemoryError" in errors or "bad_alloc" in errors:
        raise _refused(
            path,
            f"要用的内存超过 {MEMORY >> 20} MB，停下了。把文件拆小再导入。",
            f"It needs more than {MEMORY >> 20} MB of memory. Split the file.",
        )
    if status < 0 or status > 128:
        raise _refused(
            path,
            f"读取超过 {CPU_SECONDS} 秒，或文件使读取程序中止，停下了。文件可能损坏。",
            f"Reading took over {CPU_SECONDS} s, or the file broke its reader. The file may be damaged.",
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
