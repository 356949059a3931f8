"""A line to a server that a test can cut, mend, and on which it can lose an answer."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import threading
from contextlib import suppress

HOST = "127.0.0.1"
_LOOK = 0.02


class Relay:
    """Passes bytes on between desks and a server, from a port of its own."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._turn = threading.Lock()
        self._lines: dict[socket.socket, socket.socket] = {}  # each end → the other
        self._desks: set[socket.socket] = set()
        self._door: socket.socket | None = None
        self.port = 0
        self._is_over = False
        self._until = 0
        self._asked = ""  # what is done when the next COMMIT passes: "" nothing, else "before" or "after"
        self._victim, self._left, self._moment = 0, 0, ""
        self.mend()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def mend(self) -> None:
        """Let desks through, on the same port as before."""
        with self._turn:
            if self._door is None:
                door = socket.create_server((HOST, self.port))
                self.port = door.getsockname()[1]
                self._door = door

    def cut(self) -> None:
        """Cut every line and let nobody through."""
        with self._turn:
            self._cut()

    def _cut(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None
        for end in list(self._lines):
            end.close()
        self._lines.clear()
        self._desks.clear()

    def lose_next(self, which: str, *, commit: int = 1) -> None:
        """Cut the line at the next COMMIT, or a later one: ``before`` the server hears it, or ``after`` it was done."""
        with self._turn:
            self._asked, self._until = which, commit

    def kill_at(self, process: int, *, commit: int, when: str) -> None:
        """Kill a process with signal 9 at its so many-th COMMIT: ``before`` the server hears it, or ``after`` it was done."""
        with self._turn:
            self._victim, self._left, self._moment = process, commit, when

    def close(self) -> None:
        self._is_over = True
        self._thread.join()
        self.cut()

    def _run(self) -> None:
        while not self._is_over:
            with self._turn:
                ends = [*self._lines, *([] if self._door is None else [self._door])]
            with selectors.DefaultSelector() as eyes:
                for end in ends:
                    with suppress(ValueError, OSError):  # closed meanwhile
                        eyes.register(end, selectors.EVENT_READ)
                ready = eyes.select(_LOOK)
            with self._turn:
                for key, _ in ready:
                    with suppress(OSError):
                        self._on_ready(key.fileobj)

    def _on_ready(self, end) -> None:
        if end is self._door:
            desk, _ = end.accept()
            try:
                server = socket.create_connection((HOST, self._server))
            except OSError:
                desk.close()
                return
            self._lines[desk], self._lines[server] = server, desk
            self._desks.add(desk)
            return
        other = self._lines.get(end)
        if other is None:
            return
        said = end.recv(1 << 16)
        if not said:
            for one in (end, other):
                self._lines.pop(one, None)
                self._desks.discard(one)
                one.close()
            return
        is_commit = end in self._desks and b"COMMIT" in said
        self._until -= is_commit
        if self._asked and is_commit and self._until <= 0:
            if self._asked == "after":
                other.sendall(said)
                other.recv(1 << 16)  # it is done; nobody hears of it
            self._asked = ""
            self._cut()
            return
        if self._victim and is_commit:
            self._left -= 1
            if self._left == 0:
                if self._moment == "after":
                    other.sendall(said)
                    other.recv(1 << 16)
                os.kill(self._victim, signal.SIGKILL)
                self._victim = 0
                return
        other.sendall(said)
