"""The four modes, and which sides of the work page are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from ui.shell.parts import Parts
    from ui.shell.renewal import Renewal


class Modes(QObject):
    """Changes them, and ticks in the menu what is open."""

    def __init__(self, parts: Parts, renewal: Renewal) -> None:
        super().__init__(parts.host)
        self._context, self._actions, self._work = parts.context, parts.actions, parts.work
        self._renewal = renewal
        parts.context.tab_asked.connect(self.open_tab)

    def set_mode(self, mode: str) -> None:
        """Change which panels are open; selection, extent and day stay."""
        self._renewal.finish()
        self._context.leaving.emit()
        self._actions[f"mode.{mode}"].setChecked(True)
        self._work.set_mode(mode)
        self.show_open()

    @Slot(str)
    def open_tab(self, name: str) -> None:
        """Bring a tab below the map to the front."""
        self._work.open_tab(name)
        self.show_open()

    def toggle_bottom(self) -> None:
        """Open or fold the tabs."""
        self._work.toggle_bottom()
        self.show_open()

    def toggle_left(self) -> None:
        """Open or fold the left side."""
        self._work.toggle_left()
        self.show_open()

    def reset(self) -> None:
        """Forget the sizes a user chose."""
        self._context.settings.forget_sizes()
        self._work.set_mode(self._work.mode)
        self.show_open()

    def show_open(self) -> None:
        """Tick the panels that are open in the menu."""
        self._renewal.finish_seen()
        self._actions["view.bottom"].setChecked(self._work.is_bottom_open)
        self._actions["view.left"].setChecked(self._work.is_left_open)
