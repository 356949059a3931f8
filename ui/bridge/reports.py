"""Crash reports of window and commands: what a developer needs, nothing that a registry or its user holds. No Qt.

The sentence of an error may quote a record, so only its kind is written, and where it was raised; a path of this
machine may name its user, so files are told from the program's own folder on.
"""

from __future__ import annotations

import os
import platform
import re
import sysconfig
import tempfile
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app import VERSION
from app.bench.libraries import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW: Final = "window"  # stands where a command has its verb
_NAME: Final = "compound-registry"
_MOST: Final = 20  # reports that are kept
_LIBRARIES: Final = {"python": "Python", "sqlite": "SQLite", "gdal": "GDAL", "gdal_sqlite": "SQLite in GDAL"}
_PACKAGES: Final = (
    "PySide6-Essentials",
    "shapely",
    "pyproj",
    "pyogrio",
    "numpy",
    "SQLAlchemy",
    "click",
)
_FRAME: Final = re.compile(r'File "([^"]+)"')
_PACKAGE: Final = re.compile(r".*[/\\](?:site|dist)-packages[/\\](.+)")


def write_crash_report(error: BaseException, verb: str, folder: Path | None = None) -> Path:
    """Write where an error came from and return the report's path.

    An error that comes again from the same place, as a painting error does at each frame, has one report.
    """
    trace = traceback.extract_tb(error.__traceback__)
    place = (type(error), (trace[-1].filename, trace[-1].lineno) if trace else str(error))
    written = _reports.get(place)
    if folder is None and written is not None and written.is_file():
        return written
    path = _written(_folder(folder), [*_head(verb), "", *_told(error)])
    if folder is None:
        _reports[place] = path
    return path


def take_up(fault: Path) -> Path:
    """Make a report of what a process wrote when it died, and return the report's path. Raises OSError."""
    text = fault.read_text("utf-8", "replace")
    lines = [_FRAME.sub(lambda found: f'File "{_short(found[1])}"', line) for line in text.splitlines()]
    path = _written(fault.parent, [*_head(WINDOW), "", *lines])
    fault.unlink()
    return path


def report_folder() -> Path:
    """Return the folder of crash reports, which only this user can read, made if it is not there."""
    return _folder(None)


def _folder(given: Path | None) -> Path:
    from platformdirs import user_log_path

    folder = given or user_log_path(_NAME, appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)  # an older version's was open to all
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        if given is not None:
            raise
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}-"))  # no home, or one that can't be written


def _written(folder: Path, lines: list[str]) -> Path:
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write("\n".join([*lines, ""]))
    for old in sorted(folder.glob("crash-*.txt"))[:-_MOST]:
        old.unlink(missing_ok=True)
    return path


def _head(verb: str) -> Iterator[str]:
    yield f"Compound Registry {VERSION}"
    yield f"verb: {verb}"
    yield f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    yield f"{platform.system()} {platform.release()} {platform.machine()}"
    yield ", ".join(f"{_LIBRARIES[name]} {said}" for name, said in libraries(is_loaded_only=True).items())
    yield ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def _told(error: BaseException) -> Iterator[str]:
    """Yield the kinds of an error and of what led to it, the last one first, with the lines they went through."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = type(current)
        yield f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        for frame in reversed(traceback.extract_tb(current.__traceback__)):
            yield f"  {_short(frame.filename)}:{frame.lineno} {frame.name}"
            if frame.line:
                yield f"    {frame.line}"
        is_caused = current.__cause__ is not None
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if current is not None:
            yield "caused by" if is_caused else "while handling"


def _short(filename: str) -> str:
    """Return a source file without the folders of this machine."""
    if package := _PACKAGE.fullmatch(filename):
        return package[1]
    path = Path(filename)
    for root in (Path(__file__).parents[2], Path(sysconfig.get_path("stdlib"))):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


_reports: dict[tuple[object, object], Path] = {}
