"""Coordinates read otherwise than the file says: the button that offers it, and what was clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from app.services.bring_in.import_data import SWAPPED
from app.text import Text

if TYPE_CHECKING:
    from app.services.bring_in.import_data import Plan
    from ui.dialogs.base.sheet import Sheet

_READ_BACK: Final = Text("照文件写的次序读", "Read in the order of the file")


class ReadAs(QObject):
    """Makes ``button`` for a sheet to lay out. ``now``: what was clicked; a system is written into its field instead."""

    system_said = Signal(str)
    clicked = Signal()  # the file is to be read again

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._lang = sheet.context.lang
        self._plan: Plan | None = None
        self.now: str | None = None
        self.button = sheet.make_button("read_as", _READ_BACK, self._on_click)

    def forget(self) -> None:
        """Read another file as it says itself."""
        self.now = None

    def show_plan(self, plan: Plan | None) -> None:
        """Show what a click would do to the coordinates; nothing where nothing is doubted."""
        self._plan = plan
        reading = None if plan is None else plan.reading
        offered = _READ_BACK if self.now is not None else reading.words if reading is not None else None
        if offered is not None:
            self.button.setText(offered.in_(self._lang))
            self.button.setAccessibleName(offered.in_(self._lang))
        self.button.setVisible(offered is not None and plan is not None)

    @Slot()
    def _on_click(self) -> None:
        reading = None if self._plan is None else self._plan.reading
        if self.now is not None:
            self.now = None
        elif reading is not None:
            self.now = SWAPPED if reading.is_swapped else None
            if reading.crs:
                self.system_said.emit(reading.crs)
        self.clicked.emit()
