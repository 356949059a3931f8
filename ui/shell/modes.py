"""The four modes, and which sides of the work page are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.domain.kinds import LEVELS, UNIT_KINDS
from ui.models.measures import finest_level

if TYPE_CHECKING:
    from ui.shell.parts import Parts
    from ui.shell.renewal import Renewal


class Modes(QObject):
    """Changes them, and ticks in the menu what is open."""

    def __init__(self, parts: Parts, renewal: Renewal) -> None:
        super().__init__(parts.host)
        self._context, self._actions, self._work = parts.context, parts.actions, parts.work
        self._renewal, self._map_area = renewal, parts.map_area
        self._entry_level = ""  # asked for before a review began
        parts.context.tab_asked.connect(self.open_tab)

    def set_mode(self, mode: str) -> None:
        """Change which panels are open and how the map is coloured; selection, extent and day stay."""
        self._renewal.finish()
        self._context.leaving.emit()
        self._actions[f"mode.{mode}"].setChecked(True)
        self._ask_by(mode, self._work.mode)
        self._work.set_mode(mode)
        self._map_area.set_review(is_on=mode == "review")
        self.show_open()

    def _ask_by(self, mode: str, before: str) -> None:
        """Ask by the units of a review where one begins, and by those of before where the hand goes back to entry."""
        context, registry = self._context, self._context.registry
        if registry is None or mode == before:
            return
        if mode == "review":
            self._entry_level = self._entry_level or context.question.by
            level = context.settings.review_level
            if level in LEVELS and len(registry.dataset.of(UNIT_KINDS[LEVELS.index(level)])):
                context.ask(by=finest_level(registry.profile, context.question.measure, level))
        elif mode == "entry" and self._entry_level:
            context.ask(by=finest_level(registry.profile, context.question.measure, self._entry_level))
            self._entry_level = ""

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
