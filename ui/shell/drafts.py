"""What is half drawn or half changed on the map is kept aside, survives the program's death, and is taken up again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from shapely import Polygon

    from ui.bridge.context import WindowContext
    from ui.map.canvas import MapCanvas
    from ui.map.hands import Drawn

_DRAFT_MS: Final = 3000


class Drafts(QObject):
    """The drafts of the open registry. An outline that was closed stays one until it is saved."""

    outline_drawn = Signal(object)  # Drawn
    kept = Signal(str)  # the time at which something was kept aside, HH:MM:SS; "" once nothing is

    def __init__(self, context: WindowContext, canvas: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._canvas = context, canvas
        self._outline: Drawn | None = None
        self._corners: list[tuple[float, float]] = []
        self._half: dict[str, Any] | None = None
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_DRAFT_MS)
        self._keep.timeout.connect(self.keep)
        canvas.polygon_drawn.connect(self._on_polygon)
        canvas.draft_changed.connect(self._on_draft)

    @property
    def is_outline_waiting(self) -> bool:
        """Whether an outline was closed and is not yet saved."""
        return self._outline is not None

    @Slot(object)
    def _on_polygon(self, drawn: Drawn) -> None:
        self._outline = drawn
        self.outline_drawn.emit(drawn)

    @Slot()
    def _on_draft(self) -> None:
        self._half = self._canvas.half_changed()
        corners = self._canvas.draft()
        if corners or self._outline is None:  # closed but not yet saved: what was drawn is kept
            self._corners = corners
        if not self._keep.isActive():
            self._keep.start()

    @Slot()
    def keep(self) -> None:
        """Write down what is half done; nothing where nothing is."""
        self._keep.stop()
        registry = self._context.registry
        if registry is None:
            return
        draft: dict[str, Any] = {}
        corners = self._corners if self._outline is None else _corners(self._outline.outline)
        if len(corners) > 1:
            draft["corners"] = [list(corner) for corner in corners]
        if self._half is not None:
            draft.update(self._half)
        if draft:
            draft["at"] = time.strftime("%Y-%m-%dT%H:%M:%S")
        self._context.settings.keep_draft(str(registry.path), draft or None)
        self.kept.emit(str(draft.get("at", ""))[11:])

    def keep_now(self) -> None:
        """Write down what waits to be."""
        if self._keep.isActive():
            self.keep()

    def leave(self) -> None:
        """Keep what is half done with its own file, and clear the table for another."""
        if self._outline is not None or self._corners or self._half is not None:
            self.keep()
        self._keep.stop()
        self._outline, self._corners, self._half = None, [], None
        self._canvas.let_outline_go()
        self._canvas.set_draft([])
        self._canvas.let_works_go()
        self._keep.stop()

    @Slot()
    def forget_outline(self) -> None:
        """Keep no outline aside any more: it was saved."""
        self._outline, self._corners = None, []
        self.keep()
        self._canvas.finish_tool()
        self._canvas.setFocus()

    @Slot()
    def go_on_drawing(self) -> None:
        """Give an outline that was closed but not saved back to the drawing tool."""
        drawn, self._outline = self._outline, None
        if drawn is not None:
            self._canvas.set_tool("draw")
            self._canvas.setFocus()
            self._corners = _corners(drawn.outline)
            self._canvas.set_draft(self._corners)

    @Slot()
    def take_up(self) -> None:
        """Go on with what was left half done."""
        registry = self._context.registry
        draft = None if registry is None else self._context.settings.draft(str(registry.path))
        if draft is None:
            return
        canvas = self._canvas
        canvas.setFocus()
        if draft.get("corners"):
            self._corners = [(float(lon), float(lat)) for lon, lat in draft["corners"]]
            canvas.set_tool("draw")
            canvas.set_draft(self._corners)
        if draft.get("acts"):
            canvas.take_half_changed(draft)
        canvas.show_draft()


def is_draft(draft: dict[str, Any] | None) -> bool:
    """Whether there is something to go on with."""
    return draft is not None and bool(draft.get("corners") or draft.get("acts"))


def _corners(outline: Polygon) -> list[tuple[float, float]]:
    return [(x, y) for x, y, *_ in outline.exterior.coords[:-1]]
