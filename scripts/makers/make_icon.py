"""Paint the window's icon, resources/icon/compound-registry-N.png, from our own drawing beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icon"
_SIDES = (16, 32, 48, 128, 256)


def run() -> int:
    """Write one picture a size."""
    application = QGuiApplication([])
    renderer = QSvgRenderer(str(_FOLDER / "compound-registry.svg"))
    for side in _SIDES:
        image = QImage(side, side, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(_FOLDER / f"compound-registry-{side}.png"))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(run())
