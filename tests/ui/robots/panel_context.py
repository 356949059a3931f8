"""A window's context without a window: for one panel or dialog alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.registry.registry import Registry
from ui.bridge.context import WindowContext
from ui.bridge.settings_store import SettingsStore
from ui.bridge.tasks import TaskRunner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def opened_context(path: Path, settings: Path, *, lang: str = "zh") -> Iterator[WindowContext]:
    """Yield a context with the registry open; afterwards no job runs and the file is closed."""
    tasks = TaskRunner()
    context = WindowContext(tasks, SettingsStore(settings), lang=lang)
    registry = Registry.open(path, by="tester")
    context.set_registry(registry)
    context.tell_map_shown()
    yield context
    tasks.shut_down()
    registry.close()
