"""Errors at the window's edge: the user's matter becomes words, anything else a crash report."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import RegistryError
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


def words_of(error: Exception) -> Text:
    """Return what a user reads: the sentence and, where there is just one problem, its place."""
    if not isinstance(error, RegistryError):
        report = write_crash_report(error)
        return Text(
            f"程序出了一处错，这一步没有保存。报告在 {report}",
            f"The program made a mistake; this step was not saved. Report: {report}",
        )
    message = error.message
    if len(error.problems) == 1 and error.problems[0].message.zh not in message.zh:
        only = error.problems[0].message
        return Text(f"{message.zh}{only.zh}", f"{message.en} {only.en}")
    return message


def write_crash_report(error: BaseException, folder: Path | None = None) -> Path:
    """Write what a developer needs, without any of the registry's data, and return the file's path."""
    folder = folder or Path(tempfile.gettempdir()) / "compound-registry"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    lines = [
        f"Python {sys.version}",
        f"{platform.system()} {platform.release()}",
        "".join(traceback.format_exception(error)),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def take_uncaught(show: Callable[[Exception], None]) -> Callable[[], None]:
    """Send exceptions that Qt's slots let through to ``show``; return the way back."""
    before = sys.excepthook

    def hook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        if isinstance(value, Exception):
            show(value)
        before(kind, value, trace)

    sys.excepthook = hook

    def restore() -> None:
        if sys.excepthook is hook:
            sys.excepthook = before

    return restore
