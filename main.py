"""Start: a verb runs on the command line; no verb, or a registry's path alone, opens the window."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow


def open_window(path: Path | None = None, *, lang: str = "zh") -> QMainWindow:
    """Open the window on a registry, or on the first page, and return at once.

    A ``QApplication`` must exist. ``window.close()`` ends every thread it started.
    """
    gc.disable()  # a tenth of the start went into looking for garbage; the window lets it begin again
    from ui.main_window import open_window as open_main_window

    return open_main_window(path, lang=lang)


def run() -> int:
    """Run the program with the arguments of the command line and return its exit status."""
    arguments = sys.argv[1:]
    if not arguments or (len(arguments) == 1 and arguments[0].lower().endswith(".gpkg")):
        from PySide6.QtWidgets import QApplication

        application = QApplication(sys.argv[:1])
        application.setApplicationName("compound-registry")
        window = open_window(Path(arguments[0]) if arguments else None)
        assert window is not None  # held until the last window is closed
        return application.exec()
    try:
        from ui.cli.run import run as run_verb
    except KeyboardInterrupt:  # while the program is still loading
        return 130
    return run_verb(arguments)


if __name__ == "__main__":
    sys.exit(run())
