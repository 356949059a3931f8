"""What was decided of files with the same headings: kept beside the settings, followed, and forgotten by a click."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from app.errors import RegistryError
from app.services.bring_in.habits import forget_habit, learn, path_beside
from app.text import Text

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.services.bring_in.import_data import Plan
    from app.services.bring_in.look import Look
    from ui.dialogs.base.sheet import Sheet

_FORGET: Final = Text("忘掉按上次的 {} 处", "Forget what is as last time: {}")


class Habit(QObject):
    """Makes ``button`` for a sheet to lay out; ``file``: where habits are kept."""

    forgotten = Signal()
    refused = Signal(object)  # it could not be forgotten

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._context = sheet.context
        self._seen: Look | None = None
        self.file = path_beside(Path(sheet.context.settings.file_name))
        self.button = sheet.make_button("forget", _FORGET, self._on_click)
        self.button.setProperty("role", "link")
        self.button.hide()

    def show_look(self, seen: Look | None) -> None:
        """Offer to forget what was decided of such files; nothing where nothing is kept."""
        self._seen = seen
        count = None if seen is None or seen.preview is None else seen.preview.by_habit
        said = _FORGET.format(count or 0).in_(self._context.lang)
        self.button.setText(said)
        self.button.setAccessibleName(said)
        self.button.setVisible(count is not None)

    def learn(self, plan: Plan, changes: Changes) -> None:
        """Keep what was decided; what was brought in stays where that can't be written."""
        try:
            learn(plan, changes, self.file)
        except RegistryError as error:
            self._context.refused.emit(error)

    @Slot()
    def _on_click(self) -> None:
        seen = self._seen
        if seen is None or seen.preview is None:
            return
        try:
            forget_habit(seen.kind, seen.preview.headings, self.file)
        except RegistryError as error:
            self.refused.emit(error)
        else:
            self.forgotten.emit()
