"""Start: a verb runs on the command line; no verb, or nothing but files, opens the window."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ui.bridge.start import Wish
    from ui.main_window import MainWindow

INTERRUPTED = 130


def open_window(path: Path | None = None, *, lang: str = "zh") -> MainWindow:
    """Open the window on a registry, or on the first page, and return at once.

    A ``QApplication`` must exist. ``window.close()`` ends every thread it started.
    """
    gc.disable()  # a tenth of the start went into looking for garbage; the window lets it begin again
    from ui.main_window import open_window as open_main_window

    return open_main_window(path, lang=lang)


def run() -> int:
    """Run the program with the arguments of the command line and return its exit status."""
    arguments = sys.argv[1:]
    try:
        from ui.bridge.start import read_arguments

        wish = read_arguments(arguments)
    except KeyboardInterrupt:  # while the program is still loading
        return INTERRUPTED
    if wish is not None:
        return _show(wish)
    gc.disable()
    try:
        from ui.cli.run import run as run_verb
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.enable()
    return run_verb(arguments, is_own_process=True)


def _show(wish: Wish) -> int:
    """Open a window for each registry wished for, but raise those that are open already, and wait for the end."""
    from ui.bridge.start import prepare_input_method

    prepare_input_method(os.environ, sys.platform)
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:  # a machine without the libraries that Qt draws with
        sys.stderr.write(
            f"窗口打不开：Qt 在本机用不了（{error}）。make setup 会说出要装的软件包；不要窗口的命令照常可用，见 --help。\n"
            f"No window: Qt can't be used on this machine ({error}). `make setup` names the packages to install; "
            "commands that need no window work as ever, see --help.\n"
        )
        return 2
    application = QApplication(sys.argv[:1])
    application.setApplicationName("compound-registry")
    from app.leftovers import sweep
    from ui.bridge.crashes import kept_crashes

    sweep()
    with kept_crashes() as former:
        others = wish.others
        closed: list[Path] = []
        if wish.registries:
            from ui.shell.files import raise_other

            for path in wish.registries:
                if raise_other(path, others):
                    others = ()
                else:
                    closed.append(path)
            if not closed and not others:
                return 0
        from ui.bridge.settings_store import SettingsStore

        lang = wish.lang or SettingsStore().lang
        paths: list[Path | None] = [*closed] or [None]
        windows = [open_window(path, lang=lang) for path in paths]
        windows[0].arrivals.take(others)
        if former is not None:
            windows[0].notices.tell_crash(former)
        if not any(window.isVisible() for window in windows):
            return 0  # closed again before anybody listened: another window holds the file and is raised
        return application.exec()


if __name__ == "__main__":
    sys.exit(run())
