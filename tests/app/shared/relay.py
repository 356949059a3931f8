"""A way to a server that can be cut: in the midst of a commit, after the server has done it and before its answer is here."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress
from typing import Self

_HOST = "127.0.0.1"
_COMMIT = b"COMMIT\0"  # and not READ COMMITTED
_MUCH = 1 << 16


class Relay:
    """Passes on what comes in at ``port`` to a server. ``cut_at_commit``: the next commit's answer is not passed on."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._gate = socket.create_server((_HOST, 0))
        self.port = int(self._gate.getsockname()[1])
        self.cut_at_commit = threading.Event()
        self.is_closed_after = threading.Event()
        self.cuts = 0
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._run, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let nobody through any more."""
        self._close()
        for end in tuple(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        with suppress(OSError):
            self._gate.shutdown(socket.SHUT_RDWR)  # whoever waits in accept is woken by this alone
        self._gate.close()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._gate.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with ExitStack() as stack:
            server = socket.socket()
            for end in (client, server):
                stack.enter_context(end)
                self._open.add(end)
                stack.callback(self._open.discard, end)
            stack.callback(_hung_up, server)  # to close it does not, while another thread still reads from it
            with suppress(OSError):
                server.connect((_HOST, self._to))
                back = threading.Thread(target=_copied, args=(server, client), daemon=True)
                back.start()
                while data := client.recv(_MUCH):
                    if _COMMIT in data and self.cut_at_commit.is_set():
                        self._cut(client, server, data)
                        return
                    server.sendall(data)

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        """Let the server do what it was told, and tell nobody."""
        self.cut_at_commit.clear()
        self.cuts += 1
        if self.is_closed_after.is_set():
            self._close()
        client.shutdown(socket.SHUT_WR)  # no answer gets there
        server.sendall(data)
        server.shutdown(socket.SHUT_WR)
        while server.recv(_MUCH):
            pass


def _hung_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _copied(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_MUCH):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)  # also where the server went away without a word: nobody waits for it
