"""How long a change of theme or language takes, here and in another checkout, in turns in the same run.

``python scripts/bench_switch.py REGISTRY CHECKOUT [ROUNDS]``: REGISTRY must be readable by both; each side works
on a copy. A round is one switch of each kind on each side, so that a busy machine is busy for both. Printed are
the medians until everything in sight is painted, and until all is still, in seconds of the window's own thread
and of the clock, and the ratios of this checkout to the other.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

_HERE = Path(__file__).parents[1]
_CODE = "C000400"
_ROUNDS = 7
_SWITCHES = ("view.dark", "view.language")
_FIGURES = ("painted cpu", "painted wall", "still cpu", "still wall")


def main(registry: Path, other: Path, rounds: int) -> None:
    """Let both sides switch in turns, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        sides = {"this": _side(_HERE, registry, Path(folder)), "other": _side(other, registry, Path(folder))}
        found: dict[str, dict[str, list[list[float]]]] = {switch: {} for switch in _SWITCHES}
        for _round in range(rounds):
            for switch in _SWITCHES:
                for name, side in sides.items():
                    assert side.stdin is not None
                    assert side.stdout is not None
                    side.stdin.write(switch + "\n")
                    side.stdin.flush()
                    found[switch].setdefault(name, []).append(json.loads(side.stdout.readline()))
        for side in sides.values():
            side.communicate("")
    for switch in _SWITCHES:
        for place, figure in enumerate(_FIGURES):
            here = median(times[place] for times in found[switch]["this"])
            there = median(times[place] for times in found[switch]["other"])
            print(f"{switch:14} {figure:13} {here:.3f} s  other {there:.3f} s  ratio {here / there:.2f}")


def _side(checkout: Path, registry: Path, folder: Path) -> subprocess.Popen[str]:
    own = Path(tempfile.mkdtemp(dir=folder)) / "registry.gpkg"
    shutil.copy(registry, own)
    command = [sys.executable, __file__, "--side", str(checkout), str(own)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=checkout)


def side(checkout: str, registry: Path) -> None:
    """Open a window of a checkout; for each switch named on standard input print what it took."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, checkout)
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    from ui.bridge.settings_store import SettingsStore
    from ui.main_window import open_window

    window: Any = open_window(registry, settings=SettingsStore(registry.with_suffix(".ini")))
    window.resize(1366, 698)
    while window.context.registry is None:
        application.processEvents()
    _settle(application, window)
    window.context.select([_CODE])
    for line in sys.stdin:
        _settle(application, window)
        at = (time.thread_time(), time.perf_counter())
        window.actions_by_id[line.strip()].trigger()
        application.processEvents()
        painted = (time.thread_time(), time.perf_counter())
        _settle(application, window)
        still = (time.thread_time(), time.perf_counter())
        print(json.dumps([end[n] - at[n] for end in (painted, still) for n in (0, 1)]), flush=True)
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
    if sys.argv[1] == "--side":
        side(sys.argv[2], Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else _ROUNDS)
