"""The map as a widget: what it shows, what is selected, where things are. Painting and tools live beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from app.text import Text
from geo.crs import zone_for
from ui.map import picking
from ui.map.controls import HintBar, Legend, ZoomButtons
from ui.map.drawing import AddStationTool, DrawTool, MeasureTool
from ui.map.frame import Marks, draw_labels, draw_scale_bar, draw_scaled, draw_stations, draw_tiles
from ui.map.keys import handle_key, step_zoom
from ui.map.palette import palette
from ui.map.scene import MapScene
from ui.map.style import MapStyle
from ui.map.tiles import TileStore
from ui.map.tools import PanTool, SelectTool, Tool
from ui.map.view import View
from ui.map.words import MAP, describe, tip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import (
        QCloseEvent,
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QWheelEvent,
    )

    from ui.map.labels import Label
    from ui.map.style import UnitFill

_TIP_MS: Final = 400
_GAP: Final = 12
_FIT_MARGIN: Final = 0.04
_BIG_STEP: Final = 1.5  # of the zoom buttons and keys
SYNTHETIC: Final = Text("合成数据", "Synthetic data")


class MapCanvas(QWidget):
    """The map of one registry. Setters never emit; signals tell what the user did.

    ``close()`` ends the painting thread; whoever owns the canvas calls it.
    """

    selection_changed = Signal(list)  # codes, the last one is the current one
    activated = Signal(str)  # code, by double click
    hovered = Signal(str)  # code, "" over nothing
    cursor_moved = Signal(float, float)  # longitude, latitude
    polygon_drawn = Signal(object)  # shapely Polygon, degrees
    draft_changed = Signal(list)  # corners (longitude, latitude) of the half-drawn outline
    station_placed = Signal(float, float)  # longitude, latitude
    station_moved = Signal(str, float, float)  # code, longitude, latitude
    scale_changed = Signal(int)  # n of 1:n
    tool_changed = Signal(str)
    became_sharp = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # single letters are commands
        self.setMinimumSize(420, 320)
        self._view = View()
        self._style = MapStyle(MapScene(zone_for(117.0)))
        self._version = 0
        self._lang = "zh"
        self._is_fitted = True  # until the user moves the map, it follows the window's size
        self._selected: tuple[str, ...] = ()
        self._hovered: str | None = None
        self._synthetic: Text | None = None
        self._old: tuple[QImage, View] | None = None
        self._old_labels: tuple[tuple[Label, ...], float] = ((), 1.0)
        self._was_sharp = False
        self._marks = Marks()
        self._marks.set_selection(self._style.scene, ())
        self._store = TileStore(self)
        self._store.ready.connect(self._on_ready, Qt.ConnectionType.QueuedConnection)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._store.close)
        self.tools: dict[str, Tool] = {
            tool.name: tool
            for tool in (
                SelectTool(self),
                PanTool(self),
                DrawTool(self),
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
        self.legend.toggled.connect(self._place_controls)
        self._is_legend_wanted = True
        self.hint_bar = HintBar(self)
        self._dress()

    # -- what is shown -------------------------------------------------------------------------

    def set_scene(self, scene: MapScene) -> None:
        """Show another scene; the view stays where it is, unless nobody has moved it yet."""
        self._set_style(replace(self._style, scene=scene))
        self._selected = tuple(code for code in self._selected if scene.find(code) is not None)
        self._marks.set_selection(scene, self._selected)
        self._hovered = None
        if self._is_fitted:
            self.zoom_fit()
        self._describe()

    def set_statuses(self, statuses: Mapping[str, str]) -> None:
        """Colour compounds: code → covered, uncovered, unknown or left_out."""
        self._set_style(replace(self._style, statuses=dict(statuses)))

    def set_choropleth(
        self, fills: Mapping[str, UnitFill], level: str, *, sequence: str = "wash", title: Text | None = None
    ) -> None:
        """Colour the units of a level (district, street, community, grid); no fills = no colours."""
        if title is not None:
            self.legend.set_title(title)
        self._set_style(replace(self._style, fills=dict(fills), level=level, sequence=sequence))

    def set_place(self, unit_code: str | None) -> None:
        """Fade whatever lies outside a unit; None = nothing is outside."""
        self._set_style(replace(self._style, place=unit_code or None))
        self._describe()

    def set_hidden(self, layers: Sequence[str]) -> None:
        """Switch layers off: kinds of records, ``ground`` for the backdrop, ``fills`` for the choropleth."""
        self._set_style(replace(self._style, hidden=frozenset(layers)))

    def set_dark(self, is_dark: bool) -> None:
        """Change the theme."""
        self._set_style(replace(self._style, palette=palette(is_dark=is_dark)))
        self._dress()

    def set_lang(self, lang: str) -> None:
        """Change the language of the map's own words."""
        self._lang = lang
        self._dress()
        self._describe()

    def set_synthetic(self, words: Text | None) -> None:
        """Say on the map that the data are made up; None = they are real."""
        self._synthetic = words
        self.update()

    def set_legend_visible(self, is_wanted: bool) -> None:
        """Show the legend chip, or leave the legend to a panel."""
        self._is_legend_wanted = is_wanted
        self._place_controls()

    def _set_style(self, style: MapStyle) -> None:
        changed = style.changed_from(self._style)
        if changed is not None and not any(len(rows) for rows in changed.values()):
            labels_only = style.fills == self._style.fills
            self._style = style
            if labels_only:
                return
        self._style = style
        self._version += 1
        if changed is not None and sum(len(rows) for rows in changed.values()) < 200:
            boxes = [style.scene.layer(kind).bounds[rows] for kind, rows in changed.items() if len(rows)]
            dirty = [(w, s, e, n) for w, s, e, n in np.vstack(boxes).tolist()] if boxes else []
            self._store.keep(self._version - 1, self._version, dirty)
        self._place_controls()
        self._ask()

    def _dress(self) -> None:
        self.zoom_buttons.dress(self._style.palette, self._lang)
        self.setAccessibleName(MAP.in_(self._lang))
        self.tell_hints()
        self._place_controls()
        self.update()

    # -- where things are ----------------------------------------------------------------------

    def feature_at(self, x: float, y: float) -> str | None:
        """Return the code of the top-most feature under a pixel of the widget, None where there is none."""
        return picking.feature_at(self._style, self._view, x, y)

    def features_in(self, box: QRectF) -> list[str]:
        """Return the compounds that meet a rectangle of the widget."""
        west, north = self._view.to_xy(box.left(), box.top())
        east, south = self._view.to_xy(box.right(), box.bottom())
        return picking.in_rectangle(self._style, (west, south, east, north))

    def position_of(self, code: str) -> QPoint | None:
        """Return the pixel of a point inside a feature, None where it is not on the map."""
        return picking.position_of(self._style, self._view, code)

    def visible_codes(self) -> list[str]:
        """Return the codes of all compounds, stations and units in the window."""
        scene, bounds = self._style.scene, self._view.bounds
        found = [
            layer.codes[i]
            for kind, layer in scene.layers.items()
            if kind not in self._style.hidden
            for i in layer.within(bounds)
        ]
        if "stations" not in self._style.hidden:
            found += [scene.stations.codes[i] for i in scene.stations.within(bounds)]
        return found

    def zoom_to(self, codes: Sequence[str]) -> None:
        """Show these features with a margin of 15 %, never closer than 1:500."""
        bounds = self._style.scene.bounds_of([codes] if isinstance(codes, str) else codes)
        if bounds is not None:
            self._is_fitted = False
            self.set_view(self._view.fitted(bounds))

    @Slot()
    def zoom_fit(self) -> None:
        """Show everything."""
        bounds = self._style.scene.bounds
        if bounds is not None:
            self.set_view(self._view.fitted(bounds, margin=_FIT_MARGIN))
        self._is_fitted = True

    @Slot()
    def zoom_in(self) -> None:
        """Go one step closer."""
        step_zoom(self, _BIG_STEP)

    @Slot()
    def zoom_out(self) -> None:
        """Go one step back."""
        step_zoom(self, 1 / _BIG_STEP)

    @property
    def view(self) -> View:
        """The ground in the window."""
        return self._view

    @property
    def style_now(self) -> MapStyle:
        """Scene and colours in use."""
        return self._style

    @property
    def lang(self) -> str:
        """The language of the map's own words."""
        return self._lang

    def set_view(self, view: View) -> None:
        """Show another piece of ground; the last frame stands in until it is painted."""
        was = self._view
        if view == was:
            return
        if (view.mpp, view.ratio) != (was.mpp, was.ratio):
            self._keep_frame()
        self._view = view
        self._ask()
        if view.denominator != was.denominator:
            self.scale_changed.emit(view.denominator)

    def move_view(self, view: View) -> None:
        """Show another piece of ground because the user moved the map."""
        self._is_fitted = False
        self._tip_timer.stop()
        self.set_view(view)

    def pan_by(self, dx: float, dy: float) -> None:
        """Drag the ground by pixels."""
        self.move_view(self._view.panned(dx, dy))

    def is_sharp(self) -> bool:
        """Whether the window shows what it should, nothing scaled or out of date."""
        return self._store.is_sharp()

    # -- selection -----------------------------------------------------------------------------

    def selection(self) -> list[str]:
        """Return what is selected; the last one is the current one."""
        return list(self._selected)

    def set_selection(self, codes: Sequence[str]) -> None:
        """Select without telling anybody; codes that are not on the map are kept."""
        self._selected = tuple(dict.fromkeys(codes))
        self._marks.set_selection(self._style.scene, self._selected)
        self._describe()
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
        drawing = self.tools["draw"]
        assert isinstance(drawing, DrawTool)
        if not drawing.points:
            return []
        lonlat = self._style.scene.zone.lonlat(np.array(drawing.points))
        return [(float(lon), float(lat)) for lon, lat in lonlat]

    def set_draft(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take up a half-drawn outline that was kept aside."""
        drawing = self.tools["draw"]
        assert isinstance(drawing, DrawTool)
        xy = self._style.scene.zone.xy(np.array(corners, dtype=float)) if corners else np.empty((0, 2))
        drawing.set_points([(float(x), float(y)) for x, y in xy])

    def finish_tool(self) -> None:
        """Go back to selecting."""
        self.set_tool("select")

    def tell_hints(self) -> None:
        """Show what the tool in hand says about its keys."""
        self.hint_bar.tell(self._tool.hints(), self._style.palette, self._lang)
        self._place_controls()

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

    def _ask(self) -> None:
        self._store.want(self._view, self._style, self._version)
        self._was_sharp = False
        self.update()

    @Slot()
    def _on_ready(self) -> None:
        self.update()
        if not self._was_sharp and self._store.is_sharp():
            self._was_sharp = True
            self._old = None
            self.became_sharp.emit()

    def _keep_frame(self) -> None:
        """Keep what the window shows, to be scaled until the new scale is painted."""
        tiles = self._store.tiles()
        if not tiles:
            return
        view = self._view
        image = QImage(
            round(view.width * view.ratio), round(view.height * view.ratio), QImage.Format.Format_RGB32
        )
        image.setDevicePixelRatio(view.ratio)
        image.fill(self._style.palette.paper)
        painter = QPainter(image)
        if self._old is not None:
            draw_scaled(painter, view, *self._old)
        draw_tiles(painter, view, tiles)
        painter.end()
        self._old = (image, view)
        if labels := self._store.labels():
            self._old_labels = (labels, view.mpp)

    def _set_hovered(self, code: str | None) -> None:
        if code == self._hovered:
            return
        self._hovered = code
        self._tip_timer.stop()
        QToolTip.hideText()
        if code is not None and self._tool.shows_tips:
            self._tip_timer.start()
        self.hovered.emit(code or "")
        self.update()

    @Slot()
    def _show_tip(self) -> None:
        if self._hovered and self.underMouse() and (words := self.tip_words(self._hovered)):
            QToolTip.showText(self.cursor().pos() + QPoint(14, 16), words, self)

    def _tip(self, code: str) -> str:
        return tip(self._style, code, self._lang)

    def _describe(self) -> None:
        self.setAccessibleDescription(describe(self._style, self._view, self._selected, self._lang))

    @Slot()
    def _place_controls(self) -> None:
        """Put what floats over the map where it belongs."""
        style = self._style
        self.legend.dress(
            style.palette,
            self._lang,
            style.sequence,
            has_fills=bool(style.fills),
            has_statuses=bool(style.statuses),
        )
        self.legend.setVisible(self._is_legend_wanted and self.legend.has_content())
        buttons = self.zoom_buttons
        buttons.resize(buttons.sizeHint())
        buttons.move(self.width() - buttons.width() - _GAP + 3, self.height() - buttons.height() - 48)
        self.legend.move(_GAP - 3, self.height() - _GAP - 24 - 6 - self.legend.height())
        bar = self.hint_bar
        bar.move((self.width() - bar.width()) // 2, self.height() - bar.height() - _GAP)

    # -- events --------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        view, style = self._view, self._style
        tiles = self._store.tiles()
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.palette.paper)
        if self._old is not None:
            draw_scaled(painter, view, *self._old)
        draw_tiles(painter, view, tiles)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_stations(painter, view, style)
        self._marks.hover_in(style.scene)
        self._marks.draw(painter, view, style.palette, self._hovered)
        labels, drawn_for = self._store.labels(), view.mpp
        if not labels and not self._was_sharp:
            labels, drawn_for = self._old_labels
        draw_labels(painter, view, style, labels, drawn_for, self._marks.names(view, style.palette))
        for tool in {self.tools["draw"], self._tool}:
            tool.paint(painter)
        draw_scale_bar(
            painter,
            view,
            style.palette,
            self._lang,
            QPointF(_GAP, self.height() - _GAP),
            self._synthetic,
        )
        if self.hasFocus():
            painter.setPen(style.palette.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()
        self._store.drawn()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._view = self._view.resized(self.width(), self.height(), self.devicePixelRatioF())
        self._place_controls()
        if self._is_fitted and self._style.scene.bounds is not None:
            self.zoom_fit()
        self._ask()

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
        self._store.close()
        super().closeEvent(event)
