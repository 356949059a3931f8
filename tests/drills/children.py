"""Processes of a drill: started quickly, spoken with through a pipe, killed with signal 9."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_READY = 60.0  # seconds that a process may take until it says its first word on a busy machine
_PRELOADED = [
    "app.services.registry.registry",
    "app.services.edit.edit",
    "ui.cli.run",
    "tests.drills.acts",
    "tests.drills.weak",
]


@contextmanager
def child(work: Callable[..., None], *arguments: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """Run ``work(pipe, *arguments)`` in a process that is killed at the end if it has not ended by then."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, *arguments))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def word(pipe: Connection, wait: float = _READY) -> object:
    """Return the next word of a child; raise EOFError where it ended, TimeoutError where it is silent."""
    if not pipe.poll(wait):
        raise TimeoutError("a child of the drill is silent")
    return pipe.recv()


def rest(pipe: Connection) -> list[object]:
    """Return what a child that has ended said last; a word that the kill cut off is none."""
    said: list[object] = []
    try:
        while pipe.poll(0):
            said.append(pipe.recv())
    except (EOFError, OSError):
        return said
    return said


def listened(pipe: Connection, seconds: float) -> list[object]:
    """Return what a child says within so many seconds."""
    said: list[object] = []
    try:
        while pipe.poll(seconds):
            said.append(pipe.recv())
            if len(said) > 100:
                return said
            seconds /= 2
    except (EOFError, OSError):
        return said
    return said
