"""Errors at the window's edge: the user's matter becomes words, anything else a crash report."""

from __future__ import annotations

import re
import sys
import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.errors import RegistryError
from app.system_words import fault_of
from app.text import Text
from ui.bridge.lines import Line
from ui.bridge.reports import WINDOW, write_crash_report

if TYPE_CHECKING:
    from types import TracebackType


_IN_BRACKETS: Final = re.compile(r"\s?[（(]--[a-z-]+(?:=\S+?)?[）)]")
_OPTIONS: Final = {  # the longer one first where one begins another
    "--layer all": Text("全部工作表，一起导入", "All sheets as one"),
    "--layer": Text("图层 / 工作表", "Layer / sheet"),
    "--encoding": Text("编码", "Encoding"),
    "--datum": Text("坐标基准", "Datum"),
    "--crs": Text("坐标系", "CRS"),
    "--parents": Text("没登记的单位一并新建", "Make units that are not registered"),
    "--map 字段=列": Text("列的含义", "Columns"),
    "--map FIELD=COLUMN": Text("列的含义", "Columns"),
    "--partial": Text("先导其余的", "Without the refused"),
}


def words_of(error: Exception) -> Text:
    """Return what a user reads: the sentence and, where there is just one problem, its place."""
    fault = error if isinstance(error, RegistryError) else fault_of(error)
    if fault is None:
        report = write_crash_report(error, WINDOW)
        return Text(
            f"程序出了一处错，这一步没有保存。报告在 {report}",
            f"The program made a mistake; this step was not saved. Report: {report}",
        )
    message = fault.message
    if len(fault.problems) == 1 and fault.problems[0].said.zh not in message.zh:
        only = fault.problems[0].said
        message = Text(f"{message.zh}{only.zh}", f"{message.en} {only.en}")
    return without_options(message)


def without_options(said: Text) -> Text:
    """Return a sentence with what the window calls the options of a command; one in brackets is left out."""
    zh, en = _IN_BRACKETS.sub("", said.zh), _IN_BRACKETS.sub("", said.en)
    for option, words in _OPTIONS.items():
        zh = re.sub(rf" ?{option} ?", f"“{words.zh}”", zh)
        en = en.replace(option, f"'{words.en}'")
    return Text(zh, en)


class Uncaught(QObject):
    """Exceptions that nobody awaited, in whichever thread: slots, painting, threads, finalisers.

    Python's own hooks go on: what they print is still printed. Made, heard and ended in the window's thread.
    """

    caught = Signal(object)  # Exception

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._line = Line(self._on_word)
        _hooks.add(self._line)

    def end(self) -> None:
        """Hear nothing more; the last one gives Python its hooks back."""
        _hooks.remove(self._line)

    def _on_word(self, error: Exception) -> None:
        self.caught.emit(error)


class _Hooks:
    """Python's three hooks for what nobody caught, in front of whatever stood there before."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def add(self, line: Line) -> None:
        """Tell this line, too."""
        if not self._lines:
            self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
            sys.excepthook = self._on_main
            threading.excepthook = self._on_thread
            sys.unraisablehook = self._on_finaliser
        self._lines.append(line)

    def remove(self, line: Line) -> None:
        """Tell this line no more."""
        if line not in self._lines:
            return
        self._lines.remove(line)
        line.close()
        if not self._lines:
            main, thread, finaliser = self._before
            if sys.excepthook == self._on_main:
                sys.excepthook = main
            if threading.excepthook == self._on_thread:
                threading.excepthook = thread
            if sys.unraisablehook == self._on_finaliser:
                sys.unraisablehook = finaliser

    def _tell(self, error: BaseException | None) -> None:
        if isinstance(error, Exception):
            for line in self._lines:
                line.say(error)

    def _on_main(self, kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        self._tell(value)
        self._before[0](kind, value, trace)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        self._tell(args.exc_value)
        self._before[1](args)

    def _on_finaliser(self, unraisable: sys.UnraisableHookArgs) -> None:
        self._tell(unraisable.exc_value)
        self._before[2](unraisable)


_hooks: Final = _Hooks()
