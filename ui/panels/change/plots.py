"""The drawing ground of the charts: pyqtgraph's view, in pixels, with the colours, faces and hatches of the theme.

Loaded when the first chart comes into sight: a window that opens does without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPen

from ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

pg.setConfigOptions(antialias=True, exitCleanup=False)

_ANCHOR: Final = {"left": 0.0, "middle": 0.5, "right": 1.0}


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """One picture, drawn anew as a whole. It takes neither focus nor mouse: the chart that holds it does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, background=None)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0, invertY=True)
        self.setCentralItem(self._box)

    def begin(self, width: float, height: float) -> None:
        """Wipe, and have one unit a pixel."""
        self.setBackground(theme.current().panel)
        self._box.clear()
        self._box.setRange(QRectF(0, 0, max(1.0, width), max(1.0, height)), padding=0, disableAutoRange=True)

    def _add(self, item: Any) -> None:
        self._box.addItem(item, ignoreBounds=True)

    def words(
        self,
        x: float,
        y: float,
        said: str,
        colour: str,
        *,
        align: str = "left",
        size: int = 12,
        bold: bool = False,
        room: float = 0,
    ) -> None:
        """Write one line, its middle at ``y``; elided in the middle where it has less ``room``."""
        face = theme.font(size, bold=bold)
        if room:
            said = QFontMetrics(face).elidedText(said, Qt.TextElideMode.ElideMiddle, int(room))
        item = pg.TextItem(said, color=colour, anchor=(_ANCHOR[align], 0.5))
        item.textItem.document().setDocumentMargin(0)
        item.setFont(face)
        item.setPos(x, y)
        self._add(item)

    def bar(self, left: float, right: float, y: float, height: float, look: str) -> None:
        """Draw a bar from left to right: solid covered, outlined uncovered, hatched unknown, or a plain ground."""
        pen, brush = _look(look)
        self._add(
            pg.BarGraphItem(
                x0=[left], x1=[right], y0=[y - height / 2], y1=[y + height / 2], pen=pen, brush=brush
            )
        )

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float = 1, *, dashed: bool = False
    ) -> None:
        """Draw a line through points."""
        pen = QPen(QColor(colour), width)
        pen.setCosmetic(True)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        self._add(pg.PlotCurveItem(list(xs), list(ys), pen=pen))

    def dots(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, *, hollow: bool = False, size: int = 9
    ) -> None:
        """Draw points, filled or hollow."""
        brush = QBrush(QColor(theme.current().panel if hollow else colour))
        pen = QPen(QColor(colour), 1.6)
        pen.setCosmetic(True)
        self._add(pg.ScatterPlotItem(list(xs), list(ys), size=size, symbol="o", pen=pen, brush=brush))

    def between(self, xs: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> None:
        """Hatch what lies between two lines: what is not known."""
        ends = [pg.PlotCurveItem(list(xs), list(ys), pen=None) for ys in (lower, upper)]
        self._add(pg.FillBetweenItem(*ends, brush=_look("unknown")[1]))


def _look(look: str) -> tuple[QPen, QBrush]:
    t = theme.current()
    pen = QPen(Qt.PenStyle.NoPen)
    if look == "covered":
        return pen, QBrush(QColor(t.covered_fill))
    if look in {"uncovered", "unknown"}:
        colour = QColor(t.no if look == "uncovered" else t.unknown)
        edge = QPen(colour, 1)
        edge.setCosmetic(True)
        if look == "unknown":
            return edge, QBrush(colour, Qt.BrushStyle.BDiagPattern)
        return edge, QBrush(QColor(t.no_ground))
    return pen, QBrush(QColor(getattr(t, look)))
