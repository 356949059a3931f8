"""What every test may rely on: the shared data, an offscreen screen, and no swallowed Qt warning."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.turns import turn
from tests.real_input import NO_INPUT, left_out
from tests.servers import (  # noqa: F401  # fixtures, and where stories of both stores are told
    carried,
    new_address,
    on_server,
    patterns,
    pytest_generate_tests,
    server,
)

if TYPE_CHECKING:
    from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_NEEDED = "COMPOUND_REGISTRY_NEEDS_SHARED_DATA"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were left out for want of real input, and what they prove."""
    lines = left_out(terminalreporter.stats.get("skipped", []))
    if lines:
        terminalreporter.section("left out for want of ../shared/data, which CI insists on")
        for line in lines:
            terminalreporter.line(line)


_TESTS_OF_WINDOWS = count(1)
_COLLECT_EVERY = 8


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let Qt take away what a test is done with: windows left over are dressed and painted with those of the next.

    Python is asked to collect now and then: it counts objects, not the megabytes that Qt holds for a few of them.
    """
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    _let_go_of_keys()
    if "qtbot" in getattr(item, "fixturenames", ()) and next(_TESTS_OF_WINDOWS) % _COLLECT_EVERY == 0:
        gc.collect()


def _let_go_of_keys() -> None:
    """Have no key held any more: after Ctrl+K, or a click with Ctrl, Qt takes it to be down until another event says otherwise."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QWindow
    from PySide6.QtTest import QTest

    if isinstance(QGuiApplication.instance(), QGuiApplication) and QGuiApplication.keyboardModifiers():
        QTest.keyEvent(QTest.KeyAction.Release, QWindow(), Qt.Key.Key_Control)
        QGuiApplication.processEvents()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test its own settings: what one is remembered to have done is nothing to another, nor to this user.

    Returns their folder, beside the test's own; it is made by whoever writes there first.
    """
    folder = tmp_path.with_name(f"{tmp_path.name}-settings")
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(folder / "s.ini"))
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real input beside the clone; CI insists on it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get(_NEEDED):
            pytest.fail(f"real input is missing, and {_NEEDED} is set")
        pytest.skip(NO_INPUT)
    return folder


@pytest.fixture(scope="session")
def made_sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return samples by profile and seed: each is made once for all processes of a run, and each process has its copy."""
    own = tmp_path_factory.mktemp("samples")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    @cache
    def made(profile: str, seed: int) -> Path:
        from app.jobs import Ticket
        from app.sample.write import write_sample

        name = f"{profile}-{seed}.gpkg"
        held = shared / f"made-{profile}-{seed}"
        held.mkdir(exist_ok=True)
        with turn(held, on_wait=lambda: None):
            if not (held / name).exists():
                aside = held / "aside"
                aside.mkdir()
                write_sample(aside / name, profile, size="district", seed=seed, ticket=Ticket())
                (aside / name).replace(held / name)
        return Path(shutil.copyfile(held / name, own / name))

    return made


@pytest.fixture(scope="session")
def yaohai_sample(made_sample: Callable[..., Path]) -> Path:
    """Return the Yaohai sample; tests that write take a copy."""
    return made_sample("yaohai", 1)
