"""When the process itself dies: a report is left, and the next start tells of it."""

from __future__ import annotations

import faulthandler
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ui.bridge.reports import report_folder, take_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME: Final = "fault-"


@contextmanager
def kept_crashes() -> Iterator[Path | None]:
    """Have a crash of this process (a fault, an abort by Qt) write down where each thread stood.

    Yields the report that a run before has left, None where none has.
    """
    folder = report_folder()
    former = _former(folder)
    path = folder / f"{_NAME}{os.getpid()}.txt"
    was_on = faulthandler.is_enabled()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        faulthandler.enable(file)
        try:
            yield former
        finally:
            faulthandler.enable() if was_on else faulthandler.disable()
    path.unlink()


def _former(folder: Path) -> Path | None:
    """Return the newest report of runs that are over; what they wrote is taken up, so that it is told of once."""
    found: list[Path] = []
    for path in folder.glob(f"{_NAME}*.txt"):
        number = path.stem.removeprefix(_NAME)
        if number.isdigit() and _is_running(int(number)):
            continue
        try:
            if path.stat().st_size:
                found.append(take_up(path))
            else:
                path.unlink()
        except OSError:
            continue  # another window is writing it, or has just told of it
    return max(found, default=None)


def _is_running(number: int) -> bool:
    if os.name == "nt":
        return False  # there, a file in use can be neither renamed nor deleted
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return number != os.getpid()
