"""Topics of the window in tests: written to, opened, waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.text import Text
from tests.ui.robots.find import the

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.edits import Changes
    from app.services.registry.registry import Registry
    from tests.ui.robots.shell_robot import ShellRobot


def tell(window: ShellRobot, *writes: Callable[[Registry], Changes]) -> None:
    """Write as a panel would, and wait until everyone was told."""
    context = window.window.context
    for write in writes:
        done: list[Changes] = []
        task = context.edit(lambda _t, write=write: write(context.registry), Text("记好了", "written"))
        task.succeeded.connect(done.append)
        window.until(lambda done=done: bool(done))


def topic(window: ShellRobot, name: str) -> QWidget:
    """Open a topic and wait for its answer."""
    window.action(f"topics.{name}").trigger()
    found = the(QWidget, name, inside=window.window)
    window.until(lambda: not found.is_asking)
    return found
