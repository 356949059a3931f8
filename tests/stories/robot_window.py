"""The whole window on a small registry, or on a sample."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from tests.ui.robots.small import write_small
from tests.ui.robots.story_robot import StoryRobot
from ui.bridge.settings_store import SettingsStore
from ui.main_window import MainWindow, open_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@contextmanager
def small_window(
    qtbot: QtBot, folder: Path, *, lang: str = "zh", prepare: Callable[[Registry], object] | None = None
) -> Iterator[MainWindow]:
    """Open the window on a registry of five compounds, wait for its map and figures, and close it.

    ``prepare`` may write to the registry before it is opened.
    """
    from PySide6.QtWidgets import QTableView

    path = write_small(folder / "small.gpkg")
    if prepare is not None:
        registry = Registry.open(path, by="tester")
        prepare(registry)
        registry.close()
    window = open_window(path, lang=lang, settings=SettingsStore(folder / "settings.ini"))
    qtbot.addWidget(window)
    window.resize(1920, 1040)
    table = the(QTableView, "table.compounds", inside=window)
    qtbot.waitUntil(
        lambda: window.context.registry is not None and window.context.is_map_shown, timeout=15_000
    )
    qtbot.waitUntil(lambda: table.model().rowCount() == 5, timeout=15_000)
    yield window
    window.close()


@contextmanager
def sample_robot(qtbot: QtBot, folder: Path, sample: Path) -> Iterator[StoryRobot]:
    """Open the window on a copy of the Yaohai sample, wait for its table, and close it."""
    path = folder / "yaohai.gpkg"
    shutil.copy(sample, path)
    window = open_window(path, settings=SettingsStore(folder / "settings.ini"))
    qtbot.addWidget(window)
    window.resize(1920, 1040)
    robot = StoryRobot(window, qtbot)
    robot.wait(lambda: window.context.registry is not None)
    robot.wait(lambda: robot.rows("table.compounds") == 560)
    yield robot
    window.close()
