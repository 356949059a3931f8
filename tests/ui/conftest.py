"""A window on a small registry, and nothing left of it afterwards."""

from __future__ import annotations

import shutil
import threading

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.robots.panel_context import opened_context
from tests.ui.robots.shell_robot import ShellRobot
from tests.ui.robots.small import write_small


@pytest.fixture
def settings_file(tmp_path, monkeypatch):
    path = tmp_path / "settings.ini"
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(path))
    return path


@pytest.fixture(scope="session")
def small_registry(tmp_path_factory):
    """Return the small registry, written once; whoever opens it takes a copy."""
    return write_small(tmp_path_factory.mktemp("small") / "small.gpkg")


@pytest.fixture
def registry_path(tmp_path, small_registry):
    return shutil.copyfile(small_registry, tmp_path / "small.gpkg")


@pytest.fixture
def context(qtbot, registry_path, settings_file):
    yield from opened_context(registry_path, settings_file)


@pytest.fixture
def host(qtbot):
    """Return a window that a sheet may lie in."""
    host = QWidget()
    host.resize(1366, 698)
    qtbot.addWidget(host)
    host.show()
    return host


def _whose(thread):
    """Return what a timer is set for, again and again by whoever is open beside the window; of any other thread itself."""
    return getattr(getattr(thread, "function", None), "__self__", thread)


@pytest.fixture
def open_window(qtbot, settings_file):
    """Open windows that are closed, and checked to end their threads, when the test is over."""
    from ui.main_window import open_window as opened

    before = {_whose(thread) for thread in threading.enumerate()}
    windows = []

    def open_one(path=None, *, lang="zh", size=(1366, 698)):
        window = opened(path, lang=lang)
        window.resize(*size)
        windows.append(window)
        return ShellRobot(window, qtbot)

    yield open_one
    for window in windows:
        window.close()
    QApplication.processEvents()
    left = {t for t in threading.enumerate() if _whose(t) not in before and t.is_alive()}
    for window in windows:
        window.deleteLater()
    QApplication.processEvents()
    assert not left, f"threads outlived their window: {left}"


@pytest.fixture
def window(open_window, registry_path):
    return open_window(registry_path).wait_for_registry()
