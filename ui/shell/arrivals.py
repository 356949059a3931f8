"""Files that come from outside: double-clicked, given at the start, dropped on the window, sent by a second start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from app.text import Text
from ui.bridge.start import is_opened
from ui.shell.files import raise_other

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData

    from ui.shell.dialogs import Dialogs
    from ui.shell.front import Front
    from ui.shell.parts import Parts

_WHICH: Final = Text(
    "要导入 {}。导入到哪本台账？打开一本，或者新建一本。",
    "{} is to be imported. Into which registry? Open one, or make a new one.",
)
_MISSING: Final = Text("没有文件 {}。", "There is no file {}.")
_OPEN: Final = Text("打开台账…", "Open a registry…")
_LOCKED: Final = Text("{} 没有导入：{}。", "{} was not imported. {}.")
_AND: Final = Text("{} 等 {} 个文件", "{} and others, {: file|files}")


class Arrivals(QObject):
    """Opens registries, and folders of them, and offers to import everything else, one file after the other."""

    def __init__(self, parts: Parts, front: Front, dialogs: Dialogs) -> None:
        super().__init__(parts.host)
        self._context, self._actions, self._front, self._dialogs = (
            parts.context,
            parts.actions,
            front,
            dialogs,
        )
        self._waiting: list[Path] = []
        self._missing: list[Path] = []
        parts.files.opened.connect(self._go_on)
        parts.files.foreign.connect(self._on_foreign)
        parts.files.taken.connect(self._on_taken)
        parts.files.instance.asked.connect(self.take)

    @Slot(list)
    def take(self, paths: Sequence[Path]) -> None:
        """Open the first registry or folder among these files and offer to import the others into it."""
        registries = [path for path in paths if is_opened(path)]
        others = [path for path in paths if not is_opened(path)]
        self._waiting += [path for path in others if path.is_file() and path not in self._waiting]
        self._missing = [path for path in others if not path.is_file()]
        if registries:
            self._front.open_path(registries[0])
        self._go_on()

    def take_dropped(self, data: QMimeData) -> bool:
        """Take files dropped on the window; False if there are none among what is dropped."""
        paths = dropped(data)
        self.take(paths)
        return bool(paths)

    @Slot()
    def _go_on(self) -> None:
        if self._front.is_opening:
            return
        context = self._context
        if self._missing:
            names = "、".join(path.name for path in self._missing)
            self._front.banner.show_words("error", _MISSING.format(names))
            self._missing = []
        if not self._waiting:
            return
        if context.registry is None:
            self._ask()
        elif context.lock is not None:
            names, lock = self._names(), context.lock
            said = Text(_LOCKED.zh.format(names, lock.zh), _LOCKED.en.format(names, lock.en))
            self._front.banner.show_words("warning", said)
            self._waiting = []
        else:
            sheet = self._dialogs.import_file(str(self._waiting.pop(0)))
            sheet.finished.connect(self._go_on)

    def speak(self) -> None:
        """Ask again in the window's language."""
        if self._waiting and self._context.registry is None and not self._front.is_opening:
            self._ask()

    def _ask(self) -> None:
        """Ask on the first page which registry the files are for."""
        self._front.banner.show_words(
            "note",
            _WHICH.format(self._names()),
            _OPEN,
            self._actions["registry.open"].trigger,
        )

    def _names(self) -> str:
        first = self._waiting[0].name
        if len(self._waiting) == 1:
            return first
        return self._context.say(_AND.format(first, len(self._waiting)))

    @Slot(object)
    def _on_foreign(self, path: Path) -> None:
        """Offer to import what is no registry: it was meant for one."""
        self._front.end_opening()
        self._waiting.insert(0, path)
        self._go_on()

    @Slot(object)
    def _on_taken(self, path: Path) -> None:
        """Send what waits to the window that holds the registry."""
        if self._waiting and raise_other(path, self._waiting):
            self._waiting = []


def dropped(data: QMimeData) -> list[Path]:
    """Return the local files of what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
