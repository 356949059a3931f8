"""The map as a widget: the painted surface, and on it selection, tools and the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.text import Text
from ui.map import accessible
from ui.map.controls import BAND_WORDS, HintBar, Legend, ZoomButtons
from ui.map.editing.drawing import AddStationTool, DrawTool, MeasureTool
from ui.map.editing.keys import handle_key, step_zoom
from ui.map.editing.tools import PanTool, SelectTool, Tool
from ui.map.floats import lifted
from ui.map.surface import GAP, MapSurface
from ui.map.words import MAP, describe, tip
from ui.widgets.plain import hide_tip, show_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QCloseEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent

    from ui.map.view import View

_TIP_MS: Final = 400
_SCALE_ROOM: Final = (308, 24)  # scale bar and the word for made-up data beside it [px]
_HEAD: Final = 97  # kept for the tools at the upper left and a toast below them [px]
_BIG_STEP: Final = 1.5  # of the zoom buttons and keys
SYNTHETIC: Final = Text("合成数据", "Synthetic data")


class MapCanvas(MapSurface):
    """The map of one registry. Setters never emit; signals tell what the user did.

    ``close()`` ends the painting thread; whoever owns the canvas calls it. ``tip_words`` may be replaced.
    """

    selection_changed = Signal(list)  # codes, the last one is the current one
    activated = Signal(str)  # code, by double click
    hovered = Signal(str)  # code, "" over nothing
    cursor_moved = Signal(float, float)  # longitude, latitude
    polygon_drawn = Signal(object)  # shapely Polygon, degrees
    draft_changed = Signal(list)  # corners (longitude, latitude) of the half-drawn outline
    station_placed = Signal(float, float)  # longitude, latitude
    station_moved = Signal(str, float, float)  # code, longitude, latitude
    tool_changed = Signal(str)
    floats_placed = Signal()  # legend, hints or buttons may lie elsewhere now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.canvas")
        accessible.install()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # single letters are commands
        self.setMinimumSize(420, 200)
        self._drawing = DrawTool(self)
        self.tools: dict[str, Tool] = {
            tool.name: tool
            for tool in (
                SelectTool(self),
                PanTool(self),
                self._drawing,
                MeasureTool(self),
                AddStationTool(self),
            )
        }
        self._tool = self.tools["select"]
        self._lent: Tool | None = None  # the pan tool while Space or the middle button is held
        self.tip_words: Callable[[str], str] = self._tip
        self._tip_timer = QTimer(self)
        self._tip_timer.setSingleShot(True)
        self._tip_timer.setInterval(_TIP_MS)
        self._tip_timer.timeout.connect(self._show_tip)
        self.zoom_buttons = ZoomButtons(self)
        for button, act in zip(
            self.zoom_buttons.buttons, (self.zoom_in, self.zoom_out, self.zoom_fit), strict=True
        ):
            button.clicked.connect(act)
        self.legend = Legend(self)
        self.legend.toggled.connect(self._on_legend_toggled)
        self._is_legend_wanted = True
        self.hint_bar = HintBar(self)
        self.dress()

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

    def set_tool(self, name: str) -> None:
        """Take a tool: select, pan, draw, measure or add_station."""
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

    def draft(self) -> list[tuple[float, float]]:
        """Return the corners of the half-drawn outline in degrees."""
        drawing = self._drawing
        if not drawing.points:
            return []
        lonlat = self._style.scene.zone.lonlat(np.array(drawing.points))
        return [(float(lon), float(lat)) for lon, lat in lonlat]

    def set_draft(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take up a half-drawn outline that was kept aside."""
        drawing = self._drawing
        xy = self._style.scene.zone.xy(np.array(corners, dtype=float)) if corners else np.empty((0, 2))
        drawing.set_points([(float(x), float(y)) for x, y in xy])

    def outline_waiting(self) -> int:
        """Return how many corners the outline has that waits for its name; 0 = none waits."""
        return len(self._drawing.closed)

    def let_outline_go(self) -> None:
        """Draw the outline no more that waited for its name."""
        self._drawing.let_go()

    def show_draft(self) -> None:
        """Go to the half-drawn outline."""
        drawing = self._drawing
        if len(drawing.points) > 1:
            xy = np.array(drawing.points)
            (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
            self.move_view(self.view.fitted((float(west), float(south), float(east), float(north))))

    def finish_tool(self) -> None:
        """Go back to selecting."""
        self.set_tool("select")

    def tell_hints(self) -> None:
        """Show what the tool in hand says about its keys."""
        self.dress()

    def tell_draft(self) -> None:
        """Tell that the half-drawn outline changed."""
        self.draft_changed.emit(self.draft())

    def take_polygon(self, xy: Sequence[tuple[float, float]]) -> None:
        """Tell that an outline was closed."""
        self.polygon_drawn.emit(shapely.Polygon(self._style.scene.zone.lonlat(np.array(xy))))

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

    # -- inside --------------------------------------------------------------------------------

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
        self._tip_timer.stop()
        hide_tip()
        if code is not None and self._tool.shows_tips:
            self._tip_timer.start()
        self.hovered.emit(code or "")
        self.update()

    @Slot()
    def _show_tip(self) -> None:
        if self._hovered and self.underMouse() and (words := self.tip_words(self._hovered)):
            show_tip(self.cursor().pos() + QPoint(14, 16), words, self)

    @Slot()
    def _on_legend_toggled(self) -> None:
        self.dress()

    def _tip(self, code: str) -> str:
        return tip(self._style, code, self._lang)

    # -- what floats over the map --------------------------------------------------------------

    def set_legend(self, title: Text, bands: Sequence[str] = BAND_WORDS) -> None:
        """Say what the colours show and what their five classes stand for."""
        self.legend.set_title(title, bands)
        self.dress()

    def set_legend_visible(self, is_wanted: bool) -> None:
        """Show the legend chip, or leave the legend to a panel."""
        self._is_legend_wanted = is_wanted
        self.dress()

    @override
    def describe(self) -> None:
        self.setAccessibleDescription(describe(self._style, self._view, self._selected, self._lang))

    @override
    def dress(self) -> None:
        style = self._style
        self.setAccessibleName(MAP.in_(self._lang))
        self.zoom_buttons.dress(style.palette, self._lang)
        self.legend.dress(
            style.palette,
            self._lang,
            style.sequence,
            has_fills=bool(style.fills),
            has_statuses=bool(style.statuses),
        )
        self._place_floats()
        self.update()

    def _place_floats(self) -> None:
        """Put buttons, hints and legend over the map, none over another; a low map folds the legend."""
        buttons, bar, legend = self.zoom_buttons, self.hint_bar, self.legend
        buttons.move(self.width() - buttons.width() - GAP + 3, self.height() - buttons.height() - 48)
        room = self.width() - 2 * (buttons.width() + GAP)
        bar.tell(self._tool.hints(), self._style.palette, self._lang, room)
        middle = QRect(0, self.height() - bar.height() - GAP, bar.width(), bar.height())
        middle.moveLeft(max((self.width() - bar.width()) // 2, 0))
        bar.move(lifted(middle, [self._scale_room()]).topLeft())
        legend.setVisible(self._is_legend_wanted and legend.has_content())
        legend.squeeze(is_squeezed=False)
        if self._legend_spot().top() < _HEAD:
            legend.squeeze(is_squeezed=True)
            if self._legend_spot().top() < _HEAD:
                legend.hide()
        legend.move(self._legend_spot().topLeft())
        self.floats_placed.emit()

    def _scale_room(self) -> QRect:
        width, height = _SCALE_ROOM
        return QRect(GAP, self.height() - GAP - height, width, height)

    def _legend_spot(self) -> QRect:
        above = [self._scale_room(), *([] if self.hint_bar.isHidden() else [self.hint_bar.geometry()])]
        spot = QRect(self.legend.rect())
        spot.moveTo(GAP - 3, self.height() - GAP - self.legend.height())
        return lifted(spot, above)

    def free_spot(self, spot: QRect) -> QRect:
        """Move what is to float here, in the map's pixels, to where nothing else does."""
        shown = [part for part in (self.zoom_buttons, self.hint_bar, self.legend) if not part.isHidden()]
        return lifted(spot, [self._scale_room(), *(part.geometry() for part in shown)])

    @override
    def paint_tools(self, painter: QPainter) -> None:
        self.tools["draw"].paint(painter)  # its draft shows whatever the tool in hand
        if self._tool.name != "draw":
            self._tool.paint(painter)

    @Slot()
    def zoom_in(self) -> None:
        """Go one step closer."""
        step_zoom(self, _BIG_STEP)

    @Slot()
    def zoom_out(self) -> None:
        """Go one step back."""
        step_zoom(self, 1 / _BIG_STEP)

    @override
    def move_view(self, view: View) -> None:
        self._tip_timer.stop()
        super().move_view(view)

    # -- events --------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self.lend_pan(True)
        elif event.button() != Qt.MouseButton.LeftButton:
            return
        self._tip_timer.stop()
        self._held().press(event.position(), event.modifiers())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        is_down = bool(event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton))
        self._held().move(at, event.modifiers(), is_down=is_down)
        if not is_down:
            self._set_hovered(self.feature_at(at.x(), at.y()) if self._tool.shows_tips else None)
        self.cursor_moved.emit(*self.lonlat_at(at))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held().release(event.position(), event.modifiers())
        if event.button() == Qt.MouseButton.MiddleButton:
            self.lend_pan(False)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._held().double_click(event.position())
        if self._tool.shows_tips and (code := self.feature_at(event.position().x(), event.position().y())):
            self.activated.emit(code)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        at = event.position()
        self.move_view(self._view.zoomed(2 ** (event.angleDelta().y() / 240), at.x(), at.y()))
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._tool.key(event) and not handle_key(self, event):
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

    def _held(self) -> Tool:
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

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._tip_timer.stop()
        super().closeEvent(event)
