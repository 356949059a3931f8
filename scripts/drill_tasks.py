"""A million empty tasks through the window's task runner beside two busy processes: it ends with status 0, or not.

    python scripts/drill_tasks.py [COUNT] [--failing]

A worker that touches what the window's thread has deleted shows itself once in some hundred thousand tasks.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QObject, Slot

from app.errors import InvalidInput
from app.text import Text
from ui.bridge.tasks import TaskRunner

_AT_ONCE = 64  # as many under way at a time
_BUSY = "while True: pass"


class Drill(QObject):
    """Starts the next task whenever one has ended, both lanes by turns."""

    def __init__(self, count: int, *, is_failing: bool = False) -> None:
        super().__init__()
        self._is_failing = is_failing
        self._runner = TaskRunner(self)
        self._runner.failed.connect(self._on_failed)
        self._left = count
        self.ended = 0
        self.count = count
        self.failures = 0
        for _ in range(min(_AT_ONCE, count)):
            self._start()

    def _start(self) -> None:
        self._left -= 1
        work = _fail if self._is_failing and not self._left else _nothing
        self._runner.start(work, on_registry=bool(self._left % 2)).ended.connect(self._on_ended)

    @Slot()
    def _on_ended(self) -> None:
        self.ended += 1
        if self._left > 0:
            self._start()
        elif self.ended == self.count:
            self._runner.shut_down()
            QCoreApplication.quit()

    @Slot(object)
    def _on_failed(self, _error: Exception) -> None:
        self.failures += 1


def _nothing(_ticket: object) -> None:
    """Do nothing: all the time goes into starting and ending."""


def _fail(_ticket: object) -> None:
    raise InvalidInput(Text("试验", "A trial."))


def run() -> int:
    """Run the drill and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--failing", action="store_true", help="the control: the last task fails")
    given = parser.parse_args()
    count = given.count
    faulthandler.enable()
    application = QCoreApplication([])
    busy = [subprocess.Popen([sys.executable, "-P", "-c", _BUSY]) for _ in range(2)]
    began = time.perf_counter()
    try:
        drill = Drill(count, is_failing=given.failing)
        application.exec()
    finally:
        for process in busy:
            process.kill()
            process.wait()
    took = time.perf_counter() - began
    print(
        f"{drill.ended:,} tasks in {took:,.0f} s, {drill.ended / took:,.0f} a second; failures: {drill.failures}"
    )
    return 0 if drill.ended == count and not drill.failures else 1


if __name__ == "__main__":
    sys.exit(run())
