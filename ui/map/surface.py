"""The painted part of the map: which ground is in view, how it is coloured, what has been painted of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from geo.crs import zone_for
from ui.bridge.lines import Line
from ui.map import picking, sketches
from ui.map.frame import Marks, PlacedLabels, draw_scale_bar, draw_scaled, draw_stations, draw_tiles
from ui.map.palette import palette
from ui.map.scene import MapScene
from ui.map.style import MapStyle
from ui.map.tiles import TileStore, visible_tiles
from ui.map.view import View
from ui.widgets.over_map import in_sight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent

    from app.text import Text
    from ui.map.style import UnitFill
    from ui.models.sketch import Sketch

GAP: Final = 12
_FIT_MARGIN: Final = 0.04
_FEW: Final = 200  # changed features: up to this many, only the tiles they lie on are painted again


class MapSurface(QWidget):
    """Ground, colours and marks. ``close()`` ends the painting thread; whoever owns the map calls it."""

    scale_changed = Signal(int)  # n of 1:n
    became_sharp = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._view = View()
        self._style = MapStyle(MapScene(zone_for(117.0)))
        self._version = 0
        self._lang = "zh"
        self._is_fitted = True  # until the user moves the map, it follows the window's size
        self._selected: tuple[str, ...] = ()
        self._hovered: str | None = None
        self._noted: frozenset[str] = frozenset()
        self._synthetic: Text | None = None
        self._old: tuple[QImage, View] | None = None
        self._labels = PlacedLabels((), 1.0)  # those of the last scale stand in, too
        self._was_sharp = False
        self._marks = Marks()
        self._marks.set_selection(self._style.scene, ())
        self._store = TileStore(Line(self._on_told))
        self.destroyed.connect(self._store.stop)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._end)

    # -- for the canvas above ------------------------------------------------------------------

    def dress(self) -> None:
        """Take colours and words anew."""

    def describe(self) -> None:
        """Tell the accessible layer what is shown."""

    def paint_tools(self, painter: QPainter) -> None:
        """Draw what a tool has not finished."""

    # -- what is shown -------------------------------------------------------------------------

    def set_scene(self, scene: MapScene) -> None:
        """Show another scene; the view stays where it is, unless nobody has moved it yet."""
        self._set_style(replace(self._style, scene=scene))
        self._selected = tuple(code for code in self._selected if scene.find(code) is not None)
        self._marks.set_selection(scene, self._selected)
        self._hovered = None
        if self._is_fitted:
            self.zoom_fit()
        self.describe()

    def forget_scene(self) -> None:
        """Show nothing, and follow the next scene as if the map had never been moved."""
        self._is_fitted = True
        self.set_scene(MapScene(self._style.scene.zone))

    def set_statuses(self, statuses: Mapping[str, str]) -> None:
        """Colour compounds, buildings and stations: code → covered, uncovered, unknown or left_out."""
        self._set_style(replace(self._style, statuses=dict(statuses)))

    def set_choropleth(
        self,
        fills: Mapping[str, UnitFill],
        level: str,
        *,
        sequence: str = "wash",
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """Colour the units of a level (district, street, community, grid); no fills = no colours.

        ``notes``: unit → words behind its name; without any, units that are coloured have their fractions there.
        """
        style = replace(self._style, fills=dict(fills), level=level, sequence=sequence)
        self._set_style(replace(style, notes=dict(notes or {})))

    def set_place(self, unit_code: str | None) -> None:
        """Fade whatever lies outside a unit; None = nothing is outside."""
        self._set_style(replace(self._style, place=unit_code or None))
        self.describe()

    def set_hidden(self, layers: Sequence[str]) -> None:
        """Switch layers off: kinds of records, ``ground`` for the backdrop, ``fills`` for the choropleth."""
        self._set_style(replace(self._style, hidden=frozenset(layers)))

    def set_sketches(self, shown: Sequence[Sketch]) -> None:
        """Lay these over the records, the last one on top."""
        self._set_style(replace(self._style, sketches=tuple(shown)))

    def set_noted(self, codes: frozenset[str]) -> None:
        """Mark these quietly: others changed them, and nobody here has seen it yet."""
        if codes != self._noted:
            self._noted = codes
            self.update()

    def noted(self) -> set[str]:
        """Return what is marked so and on the map."""
        return {code for code in self._noted if self._style.scene.find(code) is not None}

    def set_dark(self, is_dark: bool) -> None:
        """Change the theme."""
        self._set_style(replace(self._style, palette=palette(is_dark=is_dark)))
        self.dress()

    def set_lang(self, lang: str) -> None:
        """Change the language of the map's own words."""
        self._lang = lang
        self.dress()
        self.describe()

    def set_synthetic(self, words: Text | None) -> None:
        """Say on the map that the data are made up; None = they are real."""
        self._synthetic = words
        self.update()

    def _set_style(self, style: MapStyle) -> None:
        before = self._style.scene
        changed = style.changed_from(self._style)
        if changed is not None and not any(len(rows) for rows in changed.values()):
            labels_only = style.fills == self._style.fills
            self._style = style
            if labels_only and style.scene is before:
                return
        self._style = style
        self._version += 1
        if style.scene.is_empty:  # no frame of another ground stands in for paper
            self._old, self._labels = None, PlacedLabels((), 1.0)
        if changed is not None and sum(len(rows) for rows in changed.values()) < _FEW:
            scenes = {id(scene): scene for scene in (before, style.scene)}.values()
            boxes = [
                scene.layer(kind).bounds[rows]
                for scene in scenes
                for kind, rows in changed.items()
                if len(rows)
            ]
            dirty = [(w, s, e, n) for w, s, e, n in np.vstack(boxes).tolist()] if boxes else []
            self._store.keep(self._version - 1, self._version, dirty)
        self.dress()
        self._ask()

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
            self.set_view(self._beside(lambda view: view.fitted(bounds)))

    def bring_into_view(self, code: str) -> None:
        """Pan to a feature that is out of sight; come closer if it is drawn too small to be recognised."""
        bounds = self._style.scene.bounds_of([code])
        if bounds is None:
            return
        nearer = self._beside(lambda view: view.showing(bounds))
        if nearer != self._view:
            self.move_view(nearer)

    def _beside(self, look: Callable[[View], View]) -> View:
        """Return the view in which the part of the map that nothing covers looks so."""
        part = in_sight(self)
        seen = self._view.through(part.x(), part.y(), part.width(), part.height())
        looked = look(seen)
        return self._view if looked == seen else self._view.around(looked, part.x(), part.y())

    @Slot()
    def zoom_fit(self) -> None:
        """Show everything."""
        bounds = self._style.scene.bounds
        if bounds is not None:
            self.set_view(self._view.fitted(bounds, margin=_FIT_MARGIN))
        self._is_fitted = True

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
        self.set_view(view)

    def pan_by(self, dx: float, dy: float) -> None:
        """Drag the ground by pixels."""
        self.move_view(self._view.panned(dx, dy))

    def is_sharp(self) -> bool:
        """Whether the window shows what it should, nothing scaled or out of date."""
        return self._style.scene.bounds is not None and self._store.is_sharp()

    # -- inside --------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._store.want(self._view, self._style, self._version)
        self._was_sharp = False
        self.update()

    @Slot()
    def _end(self) -> None:
        self._store.close()

    def _on_told(self, error: Exception | None) -> None:
        self.update()
        if error is not None:
            raise error  # where the window takes what nobody awaited
        if not self._was_sharp and self._store.is_sharp():
            self._was_sharp = True
            self._old = None
            self.became_sharp.emit()

    def _keep_frame(self) -> None:
        """Keep what the window shows, to be scaled until the new scale is painted."""
        tiles = self._store.tiles()
        view = self._view
        is_whole = tiles.keys() >= visible_tiles(view).keys()
        if not tiles or (self._old is not None and not is_whole):
            return  # half-painted scales on the way are not worth a copy
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

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        view, style = self._view, self._style
        tiles = self._store.tiles()
        painter = QPainter(self)
        if not tiles.keys() >= visible_tiles(view).keys():
            painter.fillRect(self.rect(), style.palette.paper)
            if self._old is not None:
                draw_scaled(painter, view, *self._old)
        draw_tiles(painter, view, tiles)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_stations(painter, view, style)
        self._marks.hover_in(style.scene)
        self._marks.draw_noted(painter, view, style.palette, self._noted)
        self._marks.draw(painter, view, style.palette, self._hovered)
        labels = self._store.labels()
        if labels is not self._labels.labels and (labels or self._was_sharp):
            self._labels = PlacedLabels(labels, view.mpp)
        selected = self._marks.names(view, style.palette)
        self._labels.draw(painter, view, style, [*sketches.names(view, style, selected), *selected])
        self.paint_tools(painter)
        draw_scale_bar(
            painter,
            view,
            style.palette,
            self._lang,
            QPointF(GAP, self.height() - GAP),
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
        self.dress()
        if self._is_fitted and self._style.scene.bounds is not None:
            self.zoom_fit()
        self._ask()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._store.close()
        super().closeEvent(event)
