"""Folders for what is being made: private, gone when it is made, and swept when the process that made it died.

The name of a folder says which process made it, so that nobody takes away what a living one is at work on. A lock
held on a file inside would say the same, but not on every disk that registries lie on, and not after a copy.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.processes import is_gone, machine, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

READER: Final = "compound-registry-"  # a stranger's file and what was read of it, in the temporary folder
BENCH: Final = "compound-registry-bench-"
ROLLUP: Final = "compound-registry-rollup-"  # what workers of this machine put aside
REGISTRY: Final = ".registry-"  # a registry or backup, beside its place
EXPORT: Final = ".export-"  # an exported file, beside its place
_STEMS: Final = (BENCH, ROLLUP, READER, REGISTRY, EXPORT)
_OURS: Final = re.compile(
    f"(?:{'|'.join(map(re.escape, _STEMS))})(?P<machine>[0-9a-f]{{8}})-(?P<number>[0-9]+)-(?P<start>[0-9]+)-.+"
)
_OLDER: Final = re.compile(  # as version 0.2.0 named them, without the process
    r"(?:compound-registry-|\.registry-|\.export-)[0-9a-z_]{8}|\..+\.gpkg(?P<file>\.part)"
)
_DATABASE: Final = b"SQLite format 3\0"
_OTHER_MACHINE: Final = (
    7 * 86_400.0
)  # seconds after which a folder of a machine that can't be asked is left over
_NO_PROCESS: Final = 86_400.0  # the same of a name that tells no process


@contextmanager
def own_folder(stem: str, parent: Path | None = None) -> Iterator[Path]:
    """Give a new folder that only this user can read, and take it away at the end.

    ``parent``: the temporary folder if None. What dead processes of ours left there goes first. Raises OSError.
    """
    place = parent or Path(tempfile.gettempdir())
    sweep(place)
    owner = f"{machine()}-{os.getpid()}-{start_of(os.getpid())}-"
    folder = Path(tempfile.mkdtemp(prefix=stem + owner, dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what can't be deleted now is swept later


def sweep(*places: Path) -> list[Path]:
    """Take away what dead processes of ours left in folders, and return it; the temporary folder if none is named.

    What can't be looked at or deleted is another user's, or in use: it stays.
    """
    swept = []
    for place in places or _temporary():
        try:
            with os.scandir(place) as entries:
                found = [entry for entry in entries if _is_left(entry)]
        except OSError:
            continue
        for entry in found:
            if _is_folder(entry):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                _unlink(Path(entry.path))
            if not os.path.lexists(entry.path):
                swept.append(Path(entry.path))
    return swept


def _temporary() -> tuple[Path, ...]:
    try:
        return (Path(tempfile.gettempdir()),)
    except OSError:  # every disk is full, or the system gives no more file handles
        return ()


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        return  # another user's


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_left(entry: os.DirEntry[str]) -> bool:
    ours = _OURS.fullmatch(entry.name)
    if ours is None:
        older = _OLDER.fullmatch(entry.name)
        if older is None or not _is_older(entry, _NO_PROCESS):
            return False
        return _is_database(entry) if older["file"] else _is_folder(entry)
    if not _is_folder(entry):
        return False
    if ours["machine"] != machine():
        return _is_older(entry, _OTHER_MACHINE)
    return is_gone(int(ours["number"]), int(ours["start"]))


def _is_database(entry: os.DirEntry[str]) -> bool:
    try:
        with Path(entry.path).open("rb") as file:
            return entry.is_file(follow_symlinks=False) and file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return False


def _is_older(entry: os.DirEntry[str], seconds: float) -> bool:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > seconds
    except OSError:
        return False
