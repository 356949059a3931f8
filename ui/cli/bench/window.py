"""What `bench` runs in a process of its own: ``python -m ui.cli.bench.window open|frames REGISTRY STARTED`` prints one JSON line."""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from ui.map.canvas import MapCanvas

WIDTH, HEIGHT = 1366, 698
FRAMES: Final = 180
STEP: Final = 16.0  # [pixels] a frame
PATIENCE: Final = 120_000  # [ms]
HEAVY: Final = ("geopandas", "pandas", "pyogrio", "folium", "openpyxl", "xlsxwriter")


def main(what: str, registry: Path, started: float) -> dict[str, Any]:
    """Open the window, wait for the painted map, measure.

    ``started``: when this process was started, by whoever did; the system itself tells it to a second only.
    """
    gc.disable()  # as main.py does before it imports the window
    from PySide6.QtWidgets import QApplication

    from ui.main_window import open_window

    application = QApplication([])
    window = open_window(registry)
    window.resize(WIDTH, HEIGHT)
    canvas = window.map_area.canvas
    _wait(window.painted)
    if not canvas.is_sharp():
        _wait(canvas.became_sharp)
    found: dict[str, Any] = {
        "painted_s": time.time() - started,
        "heavy_modules": [name for name in HEAVY if name in sys.modules],
    }
    if what == "frames":
        found |= _frames(canvas)
    window.close()
    application.processEvents()
    return found


def _wait(signal: SignalInstance) -> None:
    """Let the window work until a signal comes."""
    from PySide6.QtCore import QEventLoop, QTimer

    waiting = QEventLoop()
    signal.connect(waiting.quit)
    limit = QTimer(singleShot=True, interval=PATIENCE)
    limit.timeout.connect(lambda: waiting.exit(1))
    limit.start()
    if waiting.exec() != 0:
        raise TimeoutError("the map was not painted")


def _frames(canvas: MapCanvas) -> dict[str, Any]:
    """Pan and zoom frame by frame as a hand does; a frame is moving the view and painting it."""
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtWidgets import QApplication

    target = QImage(canvas.size(), QImage.Format.Format_RGB32)
    picture = QImage(canvas.size(), QImage.Format.Format_RGB32)
    seconds: dict[str, list[float]] = {"pan_s": [], "zoom_s": [], "blit_s": []}
    centre = canvas.rect().center()
    for number in range(FRAMES):
        started = time.perf_counter()
        canvas.pan_by(STEP if number < FRAMES / 2 else -STEP, STEP / 4)
        canvas.render(target, QPoint())
        seconds["pan_s"].append(time.perf_counter() - started)
        QApplication.processEvents()
    for number in range(FRAMES // 3):
        factor = 1.04 if number < FRAMES / 6 else 1 / 1.04
        started = time.perf_counter()
        canvas.move_view(canvas.view.zoomed(factor, float(centre.x()), float(centre.y())))
        canvas.render(target, QPoint())
        seconds["zoom_s"].append(time.perf_counter() - started)
        QApplication.processEvents()
    for _ in range(FRAMES):
        started = time.perf_counter()
        painter = QPainter(target)
        painter.drawImage(0, 0, picture)
        painter.end()
        seconds["blit_s"].append(time.perf_counter() - started)
    return {**seconds, "pixels": [canvas.width(), canvas.height()]}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))))  # noqa: T201  # read by the program that started this one
