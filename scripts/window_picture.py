"""Save a picture of the real window on a registry: ``python scripts/window_picture.py REGISTRY OUT.png``.

Drawn offscreen with the bundled font; the same registry gives the same picture.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60_000  # [ms] until a map that never becomes sharp is a failure


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("registry", type=Path, nargs="?")
    asked.add_argument("out", type=Path)
    asked.add_argument("--width", type=int, default=1366)
    asked.add_argument("--height", type=int, default=698)
    asked.add_argument("--theme", choices=("light", "dark"), default="light")
    asked.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked.add_argument("--select", default="", metavar="CODE", help="a record to select and zoom to")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["COMPOUND_REGISTRY_SETTINGS"] = str(Path(folder) / "settings.ini")
        return take(options)


def take(options: argparse.Namespace) -> int:
    """Open the window, wait until the map is painted, save the picture."""
    sys.path.insert(0, str(ROOT))
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    from main import open_window
    from ui.bridge.settings_store import SettingsStore

    application = QApplication([])
    SettingsStore().theme = options.theme
    window = open_window(options.registry, lang=options.lang)
    window.resize(options.width, options.height)
    window.show()
    canvas = window.findChild(QWidget, "map.canvas")
    if options.select:
        canvas.set_selection([options.select])
        canvas.selection_changed.emit([options.select])
        canvas.zoom_to([options.select])
    waiting = QEventLoop()
    quiet = QTimer(interval=400, singleShot=True)
    quiet.timeout.connect(
        lambda: waiting.exit(0) if options.registry is None or canvas.is_sharp() else quiet.start()
    )
    limit = QTimer(interval=PATIENCE, singleShot=True)
    limit.timeout.connect(lambda: waiting.exit(1))
    quiet.start()
    limit.start()
    status = waiting.exec()
    if status == 0:
        picture = window.grab()
        if not picture.save(str(options.out)):
            status = 1
    if status != 0:
        print(f"no picture: {options.out}", file=sys.stderr)
    window.close()
    application.processEvents()
    return status


if __name__ == "__main__":
    raise SystemExit(main())
