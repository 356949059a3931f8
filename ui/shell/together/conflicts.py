"""Where the window tells that others changed the same thing: the panel opens, and what is put off stays in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, Qt, Slot

from app.text import Text
from ui.dialogs.conflict.pending import PendingChanges

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.bridge.context import WindowContext
    from ui.dialogs.conflict.sheet import ConflictSheet
    from ui.panels.frame.toast import Banner

_WAITING: Final = Text(
    "{} 项和别人改的不一样，还没有写入，等您定。",
    "Fields that differ from what others wrote, waiting for you: {}. Nothing was written.",
)
_SHOW: Final = Text("逐项看看", "Look at each")


class Conflicts(QObject):
    """Opens the panel as soon as a write met somebody else's; while it is closed, a banner says what waits."""

    def __init__(self, context: WindowContext, host: QWidget, banner: Banner) -> None:
        super().__init__(host)
        self.pending = PendingChanges(context, self)
        self._context, self._host, self._banner = context, host, banner
        self._sheet: ConflictSheet | None = None
        self._said: Text | None = None  # what the banner says because of us
        self.pending.came.connect(self.open)
        self.pending.moved.connect(self.tell)

    @property
    def _is_open(self) -> bool:
        sheet = self._sheet
        return sheet is not None and shiboken6.isValid(sheet) and sheet.isVisible()

    @Slot()
    def open(self) -> None:
        """Show what waits, to be chosen."""
        from ui.dialogs.conflict.sheet import ConflictSheet

        if self._is_open and self._sheet is not None:
            self._sheet.raise_()
            return
        sheet = self._sheet = ConflictSheet(self._context, self.pending, self._host)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.finished.connect(self._on_closed)
        sheet.open()
        self.tell()

    @Slot()
    def _on_closed(self) -> None:
        self._sheet = None
        self.tell()

    @Slot()
    def tell(self) -> None:
        """Say how many wait while the panel is closed, and nothing while none do."""
        count = len(self.pending.rows())
        if self._said is not None and self._banner.says(self._said):
            self._banner.hide()
        self._said = _WAITING.format(count) if count and not self._is_open else None
        if self._said is not None:
            self._banner.show_words("warning", self._said, _SHOW, self.open)
