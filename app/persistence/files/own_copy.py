"""A private copy of a registry, for reading what can't be read where it lies."""

from __future__ import annotations

import atexit
import shutil
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from app.leftovers import READER, own_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOGS: Final = ("-wal", "-journal")
_Marks = tuple[tuple[str, int, int], ...]
_lock = threading.Lock()
_kept: dict[Path, tuple[_Marks, Path]] = {}
_end = ExitStack()  # the folders go with the program
atexit.register(_end.close)


def marks_of(path: Path) -> _Marks:
    """Return what changes when somebody writes a registry: size and time of the file and its logs."""
    return tuple(_marks(path))


def _marks(path: Path) -> Iterator[tuple[str, int, int]]:
    for ending in ("", *LOGS):
        try:
            status = path.with_name(path.name + ending).stat()
        except FileNotFoundError:
            continue
        yield ending, status.st_size, status.st_mtime_ns


def holds_a_log(path: Path) -> bool:
    """Whether something lies in a log or journal beside a file, without which it is not whole."""
    return any(size for ending, size, _ in marks_of(path) if ending)


def own_place() -> Path:
    """Return a new private folder that goes with the program. Raises OSError where there is no room for one."""
    return _end.enter_context(own_folder(READER))


def own_copy(path: Path) -> Path:
    """Return a copy of a registry with its logs in a private folder, made anew when the registry has changed.

    Raises OSError where there is no room for one.
    """
    with _lock:
        while True:
            marks = marks_of(path)
            kept = _kept.get(path)
            if kept is not None and kept[0] == marks:
                return kept[1]
            folder = own_place()
            for ending, _, _ in marks:
                shutil.copyfile(path.with_name(path.name + ending), folder / f"copy{ending}")
            if marks_of(path) == marks:  # nobody wrote while it was copied
                _kept[path] = marks, folder / "copy"
