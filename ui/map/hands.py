"""The map under the hand: what is selected, which tool is held, what is half done, and mouse and keys on their way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from app.errors import InvalidInput
from app.text import Text
from ui.map import picking
from ui.map.editing.cutting import HoleTool, SplitTool
from ui.map.editing.drawing import DrawTool
from ui.map.editing.joining import CopyTool, MergeTool
from ui.map.editing.keys import handle_key
from ui.map.editing.measuring import AddStationTool, MeasureTool
from ui.map.editing.moving import MoveTool
from ui.map.editing.refining import SimplifyTool, SquareTool
from ui.map.editing.reshaping import ReshapeTool
from ui.map.editing.shaping import ShapeTool
from ui.map.editing.siting import SiteMarks
from ui.map.editing.tools import PanTool, SelectTool, Tool
from ui.map.surface import MapSurface

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from ui.map.editing.work import Work
    from ui.map.scene import MapScene

TOOLS: Final[tuple[type[Tool], ...]] = (
    SelectTool,
    PanTool,
    DrawTool,
    ReshapeTool,
    SplitTool,
    MergeTool,
    HoleTool,
    MoveTool,
    SimplifyTool,
    SquareTool,
    CopyTool,
    AddStationTool,
    MeasureTool,
)
_NOBODY: Final = Text("没有打开的台账", "No registry is open")


class Drawn:
    """An outline just drawn, in degrees; ``is_taking``: ground that others have too becomes its own."""

    def __init__(self, outline: shapely.Polygon, *, is_taking: bool = False) -> None:
        self.outline, self.is_taking = outline, is_taking


class MapHands(MapSurface):
    """The surface with tools. What an edit does to outlines it is told by ``works``, given by who knows the registry."""

    selection_changed = Signal(list)  # codes, the last one is the current one
    activated = Signal(str)  # code, by double click
    hovered = Signal(str)  # code, "" over nothing
    cursor_moved = Signal(float, float)  # longitude, latitude
    polygon_drawn = Signal(object)  # Drawn
    draft_changed = Signal()  # what is half drawn or half changed is another
    station_placed = Signal(float, float)  # longitude, latitude
    station_moved = Signal(str, float, float)  # code, longitude, latitude
    tool_changed = Signal(str)
    work_changed = Signal(object)  # Work under the hand, None where there is none
    work_finished = Signal(object)  # Work to be written
    numbers_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.works: Callable[[Sequence[str]], Work] = _none
        self.tools: dict[str, Tool] = {make.name: make(self) for make in TOOLS}
        self._tool = self.tools["select"]
        self.sites = SiteMarks(self)
        self._lent: Tool | None = None  # the pan tool while Space or the middle button is held

    # -- selection -----------------------------------------------------------------------------

    def selection(self) -> list[str]:
        """Return what is selected; the last one is the current one."""
        return list(self._selected)

    def set_selection(self, codes: Sequence[str]) -> None:
        """Select without telling anybody; codes that are not on the map are kept."""
        self._selected = tuple(dict.fromkeys(codes))
        self._marks.set_selection(self._style.scene, self._selected)
        self.describe()
        self.update()

    def select(
        self, codes: Sequence[str], modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Select as a user does, and tell: Shift adds, Ctrl toggles."""
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            kept = [code for code in self._selected if code not in set(codes)]
            chosen = [*kept, *(code for code in codes if code not in set(self._selected))]
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            chosen = [*(code for code in self._selected if code not in set(codes)), *codes]
        else:
            chosen = list(codes)
        if tuple(chosen) != self._selected:
            self.set_selection(chosen)
            self.selection_changed.emit(self.selection())

    # -- tools ---------------------------------------------------------------------------------

    def tool(self) -> str:
        """Return the name of the tool in hand."""
        return self._tool.name

    @property
    def held(self) -> Tool:
        """The tool in hand."""
        return self._tool

    def set_tool(self, name: str) -> None:
        """Take a tool in hand, by its name."""
        tool = self.tools[name]
        if tool is self._tool:
            return
        self._tool.stop()
        self._tool = tool
        tool.start()
        self.setCursor(tool.cursor)
        self._set_hovered(None)
        self.tell_hints()
        self.update()
        self.tool_changed.emit(name)

    def finish_tool(self) -> None:
        """Go back to selecting."""
        self.set_tool("select")

    @override
    def set_scene(self, scene: MapScene) -> None:
        super().set_scene(scene)
        if isinstance(self._tool, ShapeTool):
            self._tool.scene_changed()

    # -- what is half done ---------------------------------------------------------------------

    @property
    def _drawing(self) -> DrawTool:
        tool = self.tools["draw"]
        assert isinstance(tool, DrawTool)
        return tool

    def draft(self) -> list[tuple[float, float]]:
        """Return the corners of the half-drawn outline in degrees."""
        if not (points := self._drawing.points):
            return []
        return [(float(lon), float(lat)) for lon, lat in self._style.scene.zone.lonlat(np.array(points))]

    def set_draft(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take up a half-drawn outline that was kept aside."""
        xy = self._style.scene.zone.xy(np.array(corners, dtype=float)) if corners else np.empty((0, 2))
        self._drawing.set_points([(float(x), float(y)) for x, y in xy])

    def half_changed(self) -> dict[str, Any] | None:
        """Return what is half changed of a registered outline, as a draft keeps it; None where nothing is."""
        drafts = (tool.draft() for tool in self.tools.values() if isinstance(tool, ShapeTool))
        return next((draft for draft in drafts if draft is not None), None)

    def take_half_changed(self, kept: dict[str, Any]) -> None:
        """Take up what was half changed, with its tool in hand."""
        tool = self.tools.get(str(kept["tool"]))
        if isinstance(tool, ShapeTool):
            self.select([str(kept["code"])])
            tool.let_go()
            self.set_tool(tool.name)
            tool.take_draft(kept)

    def let_works_go(self) -> None:
        """Have nothing half changed in hand any more."""
        for tool in self.tools.values():
            if isinstance(tool, ShapeTool | MergeTool):
                tool.let_go()

    def outline_waiting(self) -> int:
        """Return how many corners the outline has that waits for its name; 0 = none waits."""
        return len(self._drawing.closed)

    def let_outline_go(self) -> None:
        """Draw the outline no more that waited for its name."""
        self._drawing.let_go()

    def show_draft(self) -> None:
        """Go to what is half drawn or half changed."""
        points = self._drawing.points
        held = self._tool
        if isinstance(held, ShapeTool) and held.work is not None:
            self.move_view(self.view.fitted(held.work.outline.bounds))
        elif len(points) > 1:
            xy = np.array(points)
            (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
            self.move_view(self.view.fitted((float(west), float(south), float(east), float(north))))

    # -- what tools tell and ask ---------------------------------------------------------------

    def tell_hints(self) -> None:
        """Show what the tool in hand says about its keys."""
        self.dress()

    def tell_draft(self) -> None:
        """Tell that something half drawn or half changed is another."""
        self.draft_changed.emit()

    def take_polygon(self, outline: shapely.Polygon, *, is_taking: bool) -> None:
        """Tell that an outline [m] was closed."""
        (degrees,) = self._style.scene.zone.to_degrees([outline])
        self.polygon_drawn.emit(Drawn(degrees, is_taking=is_taking))

    def outline_at(self, x: float, y: float) -> tuple[str, shapely.Geometry] | None:
        """Return name and outline [m] of the smallest thing at a place whose outline may be copied."""
        return picking.outline_at(self._style, x, y)

    def hand_over(self, points: Sequence[tuple[float, float]]) -> None:
        """Go on drawing with these corners [m]; what was half drawn comes back by a step back."""
        self._drawing.take_copy(points)
        self.set_tool("draw")
        self.tell_draft()

    def begin_work(self, code: str) -> Work:
        """Return an edit of a record's outline."""
        return self.works([code])

    def begin_join(self, codes: Sequence[str]) -> Work:
        """Return what becomes of outlines made one."""
        return self.works(codes)

    def tell_work(self, work: Work | None) -> None:
        """Tell what the edit under the hand comes to."""
        self.work_changed.emit(work)

    def finish_work(self, work: Work) -> None:
        """Have an edit written."""
        self.work_finished.emit(work)

    def ask_numbers(self) -> None:
        """Ask for a corner in numbers."""
        self.numbers_asked.emit()

    def show_point(self, at: tuple[float, float]) -> None:
        """Bring a place [m] into sight."""
        self.move_view(self._view.showing((*at, *at)))

    def move_station(self, code: str, at: QPointF) -> None:
        """Tell that a station was dragged to a pixel."""
        self.station_moved.emit(code, *self.lonlat_at(at))

    def place_station(self, at: QPointF) -> None:
        """Tell that a new station was put on a pixel."""
        self.station_placed.emit(*self.lonlat_at(at))

    def lonlat_at(self, at: QPointF) -> tuple[float, float]:
        """Return longitude and latitude under a pixel."""
        xy = np.array([self._view.to_xy(at.x(), at.y())])
        lon, lat = self._style.scene.zone.lonlat(xy)[0]
        return float(lon), float(lat)

    @property
    def is_over_station(self) -> bool:
        """Whether the mouse is over a station that the tool in hand can drag."""
        return self._tool.shows_tips and self._hovered in self._style.scene.stations.index

    def _set_hovered(self, code: str | None) -> None:
        if code == self._hovered:
            return
        was_over = self.is_over_station
        self._hovered = code
        if self.is_over_station != was_over:
            self.setCursor(Qt.CursorShape.SizeAllCursor if self.is_over_station else self._tool.cursor)
            self.tell_hints()
        self.look_at(code if self._tool.shows_tips else None)
        self.hovered.emit(code or "")
        self.update()

    @property
    def free_room(self) -> QRectF:
        """The part of the window over which no tools and hints lie [px]."""
        return QRectF(self.rect())

    def look_at(self, code: str | None) -> None:
        """Take note of what the mouse rests on."""

    @override
    def paint_tools(self, painter: QPainter) -> None:
        """Draw what is not finished: drafts whatever the tool in hand."""
        self.sites.paint(painter, self._view, self._style.palette, self.free_room)
        for tool in self.tools.values():
            if tool is self._tool or tool.shows_draft:
                tool.paint(painter)

    # -- events --------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self.lend_pan(True)
        elif event.button() != Qt.MouseButton.LeftButton:
            return
        self.look_at(None)
        self._hand().press(event.position(), event.modifiers())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        is_down = bool(event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton))
        self._hand().move(at, event.modifiers(), is_down=is_down)
        if not is_down:
            self._set_hovered(self.feature_at(at.x(), at.y()) if self._tool.shows_tips else None)
        self.cursor_moved.emit(*self.lonlat_at(at))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand().release(event.position(), event.modifiers())
        if event.button() == Qt.MouseButton.MiddleButton:
            self.lend_pan(False)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._hand().double_click(event.position())
        if self._tool.shows_tips and (code := self.feature_at(event.position().x(), event.position().y())):
            self.activated.emit(code)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        at = event.position()
        self.move_view(self._view.zoomed(2 ** (event.angleDelta().y() / 240), at.x(), at.y()))
        event.accept()

    @override
    def event(self, event: QEvent) -> bool:
        """Keep what a gesture means by Ctrl+Z and Tab for it: elsewhere these undo a change and go on to a control."""
        if isinstance(event, QKeyEvent):
            is_undo = event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if event.type() == QEvent.Type.ShortcutOverride and is_undo and self._tool.can_undo:
                event.accept()
                return True
            if (
                event.type() == QEvent.Type.KeyPress
                and event.key() == Qt.Key.Key_Tab
                and self._tool.wants_tab
            ):
                return self._tool.key(event)
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_undo = event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if is_undo and self._tool.can_undo:
            self._tool.undo()
        elif not self._tool.key(event) and not handle_key(self, event):
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.lend_pan(False)
        else:
            super().keyReleaseEvent(event)

    def lend_pan(self, is_lent: bool) -> None:
        """Pan while Space or the middle button is held, whatever the tool in hand."""
        self._lent = self.tools["pan"] if is_lent else None
        self.setCursor(Qt.CursorShape.ClosedHandCursor if is_lent else self._tool.cursor)

    def _hand(self) -> Tool:
        return self._lent or self._tool

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._set_hovered(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.lend_pan(False)
        self.update()


def _none(_codes: Sequence[str]) -> Work:
    raise InvalidInput(_NOBODY)
