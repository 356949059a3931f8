"""How other threads speak to the window's thread: by lines that lead through one object which nobody deletes.

A worker that sends a signal of an object of the window may still be inside that call when the window's thread has
heard it and deleted the object. So a worker holds a :class:`Line`, which is plain Python, and the only Qt object it
ever touches is the relay behind it, which lives as long as the process.
"""

from __future__ import annotations

import itertools
from collections import deque
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class Line:
    """A way from any thread to one method in the window's thread. Made and closed in the window's thread."""

    def __init__(self, hear: Callable[[Any], None]) -> None:
        """Lead to ``hear``, a bound method; whoever owns it may be gone when a word arrives."""
        self._relay = _relay()
        self._number = self._relay.connect_line(hear)

    def say(self, word: object) -> None:
        """Hand a word over and return at once. Words arrive in order; those for an owner that is gone, nowhere."""
        self._relay.take(self._number, word)

    def close(self) -> None:
        """Let nothing arrive any more, neither what is said later nor what is under way."""
        self._relay.cut(self._number)


class _Relay(QObject):
    """Takes words in any thread and gives them out in the thread it was made in, one an event."""

    _called = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        self._ears: dict[int, WeakMethod[Callable[[Any], None]]] = {}
        self._words: deque[tuple[int, object]] = deque()
        self._called.connect(self._give_out, Qt.ConnectionType.QueuedConnection)

    def connect_line(self, hear: Callable[[Any], None]) -> int:
        """Return the number of a new line."""
        number = next(self._numbers)
        self._ears[number] = WeakMethod(hear)
        return number

    def cut(self, number: int) -> None:
        """Forget a line."""
        self._ears.pop(number, None)

    def take(self, number: int, word: object) -> None:
        """Keep a word and have the relay's own thread called."""
        self._words.append((number, word))
        self._called.emit()

    @Slot()
    def _give_out(self) -> None:
        number, word = self._words.popleft()
        ear = self._ears.get(number)
        hear = None if ear is None else ear()
        if hear is None or not shiboken6.isValid(getattr(hear, "__self__", None)):
            self.cut(number)
            return
        hear(word)


@cache
def _relay() -> _Relay:
    return _Relay()
