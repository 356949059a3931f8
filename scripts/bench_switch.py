"""How long the window works to change theme and language: ``python scripts/bench_switch.py REGISTRY [CHECKOUT]``.

Prints the seconds of the window's own thread, so that a busy machine tells the same: until the first paint
and until everything is still. Run it on another checkout by naming its folder; compare the two as ratios.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, sys.argv[2] if len(sys.argv) > 2 else str(Path(__file__).parents[1]))
_CODE = "C000400"
_ROUNDS = 3


def main(registry: Path) -> None:
    """Switch there and back, and print one line a switch."""
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    from ui.bridge.settings_store import SettingsStore
    from ui.main_window import open_window

    settings = SettingsStore(Path(tempfile.mkdtemp()) / "settings.ini")
    window: Any = open_window(registry, settings=settings)
    while window.context.registry is None:
        application.processEvents()
    _settle(application, window)
    window.context.select([_CODE])
    for _round in range(_ROUNDS):
        for name in ("view.dark", "view.language"):
            _settle(application, window)
            started = time.thread_time()
            window.actions_by_id[name].trigger()
            application.processEvents()
            shown = time.thread_time() - started
            _settle(application, window)
            print(f"{name}  shown {shown:.3f} s  still {time.thread_time() - started:.3f} s")  # its answer
    window.close()


def _settle(application: Any, window: Any) -> None:
    """Let the window work until nothing is being computed or painted, three turns of the loop long."""
    from PySide6.QtCore import QCoreApplication, QEvent, QTimer

    quiet = 0
    while quiet < 3:
        application.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else what was replaced stays
        timers = [
            t for t in window.findChildren(QTimer) if t.isActive() and t.isSingleShot() and t.interval() < 500
        ]
        is_still = not timers and not window.tasks.is_busy and window.map_area.canvas.is_sharp()
        quiet = quiet + 1 if is_still else 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
