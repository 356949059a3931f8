"""One at a time: two ``make`` in the same folder wait for each other instead of building over each other."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def turn(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a folder for oneself; whoever comes second is told by ``on_wait`` and waits.

    The system lets go when the process ends, however it ends, and no file is left. Where a folder can't be held
    (Windows, some network disks), nobody waits.
    """
    if os.name == "nt":
        yield
        return
    import fcntl

    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(held, fcntl.LOCK_EX)
        except OSError:
            pass
        yield
    finally:
        os.close(held)
