"""How the parts take another width or height of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.shell.layout.room import Room
from ui.shell.panels import PANELS

if TYPE_CHECKING:
    from ui.shell.parts import Parts


class Fitting:
    """Tells each part how much room there is, once when it is another."""

    def __init__(self, parts: Parts) -> None:
        self._header, self._panels, self._left = parts.header, parts.panels, parts.left
        self._map_area, self._strip = parts.map_area, parts.strip
        self._work, self._status = parts.work, parts.status
        self._room = Room("", is_low=False)

    def fit(self, width: int, height: int) -> bool:
        """Fit a window of that size [px]; return whether there is another room now."""
        room = Room.of(width, height)
        if room == self._room:
            return False
        self._room = room
        is_wide, is_narrow = room.band == "wide", room.band == "narrow"
        self._header.set_room(is_wide=is_wide, is_narrow=is_narrow, is_low=room.is_low)
        self._strip.set_narrow(is_narrow=is_narrow)
        self._status.setFixedHeight(24 if room.is_low else 26)
        self._left.set_room(is_wide=is_wide)
        self._map_area.canvas.set_legend_visible(not is_wide)
        for name in PANELS:
            self.fit_panel(name)
        self._work.fit(room)
        return True

    def fit_panel(self, name: str) -> None:
        """Tell a panel how much room there is."""
        is_wide = self._room.band == "wide"
        match name:
            case "places":
                self._panels.places.set_bar_width(40 if is_wide else 28)
            case "coverage":
                self._panels.coverage.set_chart_visible(is_visible=is_wide)
            case "inspector":
                self._panels.inspector.set_low(is_low=self._room.is_low)
