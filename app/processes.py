"""Which process is meant, when its number alone may mean another one by now."""

from __future__ import annotations

import os
import platform
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

_DEAD: Final = (b"Z", b"X")  # states of a process that runs no more
_HIDDEN: Final = 0  # runs, but belongs to somebody whose particulars the system does not tell


@cache
def machine() -> str:
    """Return 8 hex digits for what process numbers are counted in: a machine, or a container on it."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return blake2b(f"{platform.node()} {space}".encode("utf-8", "replace"), digest_size=4).hexdigest()


@cache
def machine_run() -> str:
    """Return what tells this run of this machine from every other; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def start_of(process: int) -> int | None:
    """Return when a process started, in a measure that no change of the clock moves; None if it does not run."""
    if not Path("/proc/self/stat").exists():
        return _by_library(process)
    try:
        said = Path(f"/proc/{process}/stat").read_bytes()
    except OSError:
        return _HIDDEN if _is_there(process) else None
    words = said.rpartition(b")")[2].split()  # the program's name before it may hold anything
    return None if words[0] in _DEAD else int(words[19])


def is_gone(process: int, started: int) -> bool:
    """Whether the process that had this number and this start runs no more."""
    return start_of(process) not in (started, _HIDDEN)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _by_library(process: int) -> int | None:
    import psutil  # the other systems keep the start of a process as it was written

    try:
        return int(psutil.Process(process).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return _HIDDEN
