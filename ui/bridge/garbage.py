"""Garbage is collected in the window's thread alone while other threads run.

Python collects in whichever thread happens to allocate. A widget that only a cycle keeps would then be destroyed
in a worker, with its timers and its place in the window's event queue: Qt allows neither. So while anyone holds
this, Python's own collecting is off, and a timer of the window's thread does the same work.
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS: Final = 500
_GROWN: Final = 1.25  # a full collection once memory has grown by a quarter, as Python itself does
_REST: Final = 50.0  # and never for more than a fiftieth of the time: a frame is missed each time


class Hold:
    """Keeps garbage in the window's thread from now until ``end``. Made in the window's thread."""

    def __init__(self) -> None:
        self._is_over = False
        _collector().add()

    def end(self) -> None:
        """Let go; a second time does nothing."""
        if not self._is_over:
            self._is_over = True
            _collector().remove()


def rest() -> None:
    """Collect nothing at all while a window starts: a tenth of the start went into looking for garbage."""
    _collector().rest()


def go_on() -> None:
    """Collect again, but not among what the start has made: going through that breaks frames."""
    _collector().go_on()


class _Collector(QObject):
    """One a process. Off while nobody holds: then Python collects by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._holds = 0
        self._is_resting = False
        self._blocks = 0
        self._next_full = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect)

    def add(self) -> None:
        """Count one more who holds."""
        self._holds += 1
        gc.disable()
        if self._holds == 1 and not self._is_resting:
            self._begin()

    def rest(self) -> None:
        """Do nothing until ``go_on``."""
        self._is_resting = True
        gc.disable()
        self._timer.stop()

    def go_on(self) -> None:
        """Work as before, on what is made from now on."""
        if not self._is_resting:
            return
        self._is_resting = False
        gc.freeze()
        if self._holds:
            self._begin()
        else:
            gc.enable()

    def remove(self) -> None:
        """Count one less."""
        self._holds -= 1
        if not self._holds:
            self._is_resting = False
            self._timer.stop()
            gc.unfreeze()
            gc.enable()

    def _begin(self) -> None:
        self._blocks = sys.getallocatedblocks()
        self._timer.start()

    @Slot()
    def _collect(self) -> None:
        newest, middle, _ = gc.get_count()
        if newest <= gc.get_threshold()[0]:
            return
        now = perf_counter()
        if now >= self._next_full and sys.getallocatedblocks() > self._blocks * _GROWN:
            gc.collect()
            self._next_full = perf_counter() + (perf_counter() - now) * _REST
            self._blocks = sys.getallocatedblocks()
        else:
            gc.collect(1 if middle > gc.get_threshold()[1] else 0)


@cache
def _collector() -> _Collector:
    return _Collector()
