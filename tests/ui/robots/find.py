"""Find the one widget with a name."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

W = TypeVar("W", bound=QObject)


def the(kind: type[W], name: str, *, inside: QObject) -> W:
    """Return the only child of that kind and object name; fail otherwise."""
    found = inside.findChildren(kind, name)
    assert len(found) == 1, f"{len(found)} of {kind.__name__} are called {name!r}"
    return found[0]
