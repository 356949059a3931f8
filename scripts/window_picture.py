"""Save a picture of the real window: ``python scripts/window_picture.py [REGISTRY|FOLDER] OUT.png``.

Drawn offscreen with the bundled font, in a process of its own, because Qt reads its scale factor once.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUIET = 300  # [ms] without work before the picture is taken
PATIENCE = 90_000  # [ms] until a map that never becomes sharp is a failure


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("registry", type=Path, nargs="?")
    asked.add_argument("out", type=Path)
    asked.add_argument("--width", type=int, default=1366)
    asked.add_argument("--height", type=int, default=698)
    asked.add_argument("--theme", choices=("light", "dark"), default="light")
    asked.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked.add_argument("--select", default="", metavar="CODE", help="a record to select")
    asked.add_argument("--zoom", default="", metavar="CODE", help="a record to show as large as fits")
    asked.add_argument("--tab", default="", help="a panel below the map to open")
    asked.add_argument("--mode", default="", help="entry, review, check or publish")
    asked.add_argument("--against", default="", metavar="DAY", help="the day that figures are compared with")
    asked.add_argument("--do", default="", metavar="ACTION", help="an action to trigger, by its name")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["COMPOUND_REGISTRY_SETTINGS"] = str(Path(folder) / "settings.ini")
        return take(options)


def take(options: argparse.Namespace) -> int:
    """Open the window, wait until the map is painted and nothing is at work, save the picture."""
    sys.path.insert(0, str(ROOT))
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QApplication

    from main import open_window
    from ui.bridge.settings_store import SettingsStore

    application = QApplication([])
    settings = SettingsStore()
    settings.theme = options.theme
    window = open_window(options.registry, lang=options.lang)
    window.resize(options.width, options.height)
    waiting = QEventLoop()
    limit = QTimer(singleShot=True, interval=PATIENCE)
    limit.timeout.connect(lambda: waiting.exit(1))
    limit.start()
    is_province = options.registry is not None and options.registry.is_dir()
    if options.registry is not None and not is_province:
        window.painted.connect(waiting.quit)
        if waiting.exec() != 0:
            print("the registry did not open", file=sys.stderr)
            return 1
        if options.mode:
            window.set_mode(options.mode)
        if options.tab:
            window.work.open_tab(options.tab)
        if options.against:
            window.context.ask(against=date.fromisoformat(options.against))
        if options.do:
            action = window.findChild(QAction, options.do)
            if action is None:
                print(f"no action {options.do}", file=sys.stderr)
                return 1
            action.trigger()
        if options.select:
            window.context.select([options.select])
        if options.zoom:
            window.context.zoom_to([options.zoom])
    page = window.province.page
    canvas = window.map_area.canvas if page is None else page.map.canvas

    def look() -> None:
        is_ready = options.registry is None or (canvas.is_sharp() and not window.tasks.is_busy)
        (waiting.quit if is_ready else quiet.start)()

    quiet = QTimer(singleShot=True, interval=QUIET)
    quiet.timeout.connect(look)
    quiet.start()
    status = waiting.exec()
    if status == 0 and not window.grab().save(str(options.out)):
        status = 1
    if status != 0:
        print(f"no picture: {options.out}", file=sys.stderr)
    window.close()
    application.processEvents()
    return status


if __name__ == "__main__":
    raise SystemExit(main())
