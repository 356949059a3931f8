"""The panel of what others changed meanwhile: what waits is chosen field by field, then written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot

from app.text import Text
from ui.dialogs.base.listing import ListingSheet
from ui.dialogs.conflict.sides import Sides

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.bridge.context import WindowContext
    from ui.dialogs.conflict.pending import PendingChanges

_TITLE: Final = Text("和别人改的不一样", "Changed by others meanwhile")
_WRITE: Final = Text("写入选好的", "Write what is chosen")
_LATER: Final = Text("以后再定", "Decide later")
_BANNER: Final = Text(
    "{} 项您和别人都改了，改得不一样，还没有写入。逐项选一边再写；没定的留着，关掉、断电不丢。",
    "Changed both here and by others, in different ways: {}. Nothing was written. Choose a side for each, then "
    "write. What is undecided is kept, over a crash too.",
)
_NONE: Final = Text("没有要定的。", "There is nothing to decide.")
_NO_CHOICE: Final = Text(
    "还有没定的：每一项选一边再写。", "Some are undecided: choose a side for each, then write."
)


class ConflictSheet(ListingSheet):
    """The panel of what waits; whoever opens it says what becomes of it when it closes: nothing is lost."""

    def __init__(
        self, context: WindowContext, pending: PendingChanges, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, "conflict", _TITLE, _WRITE, parent, width=720, tone="warning", leave=_LATER)
        self._pending = pending
        self.cancel.setObjectName("conflict.later")
        self.sides = Sides(self, pending)
        self.table = self.sides.table
        self.body.addWidget(self.sides, 1)
        pending.moved.connect(self._look_again)
        self._look_again()

    @Slot()
    def _look_again(self) -> None:
        count = len(self._pending.rows())
        self.banner.setText(self.context.say(_BANNER.format(count) if count else _NONE))
        if self._pending.is_empty and self.isVisible():
            self.accept()

    def on_commit(self) -> None:
        """Write what is chosen."""
        self.clear_errors()
        if not self._pending.write(self._on_refused):
            self.show_error(self.context.say(_NO_CHOICE))

    def _on_refused(self, error: Exception) -> None:
        """Say why it was not written; what somebody changed again stands in the table, to be chosen anew."""
        self.show_error(self.context.sentence(error))
