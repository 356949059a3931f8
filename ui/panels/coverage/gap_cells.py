"""Cells of the table of gaps: units with their numbers, and below an unfolded one what is counted in it, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QStyleOptionViewItem
from typing_extensions import override

from ui import theme
from ui.panels.coverage.gaps_model import COUNTS, LINE_ROLE, Column, Line
from ui.widgets import paint
from ui.widgets.coverage_cell import LinedCell, draw_ground, draw_line

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

_Index = QModelIndex | QPersistentModelIndex
CARET: Final = 18  # [px] before a unit's name: what unfolds it
_INDENT: Final = 22
_MARK: Final = {"uncovered": ("x-circle", "no"), "unknown": ("question", "unknown")}
_LEFT: Final = Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignRight


class GapCell(LinedCell):
    """Every column of the table; ``Column.RANGE`` of a unit as a bar. Numbers that lead to a list are blue."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line, column = index.data(LINE_ROLE), Column(index.column())
        if not isinstance(line, Line):
            return
        if line.kind == "unit" and column is Column.RANGE:
            super().paint(painter, option, index)
            return
        painter.save()
        if line.kind != "unit":
            painter.fillRect(option.rect, QColor(theme.current().sunk))
        draw_ground(painter, option)
        said = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        box = QRectF(option.rect)
        if line.kind == "unit":
            self._paint_unit(painter, box, line, column, said)
        else:
            self._paint_below(painter, box, line, column, said)
        draw_line(painter, option.rect)
        painter.restore()

    def _paint_unit(self, painter: QPainter, box: QRectF, line: Line, column: Column, said: str) -> None:
        t = theme.current()
        if column is Column.UNIT:
            is_sum = line.unit in {"unplaced", "total"}
            if not is_sum:
                caret = "caret-down" if line.is_open else "caret-right"
                spot = QRectF(box.left() + 3, box.center().y() - 6, 12, 12)
                theme.draw_icon(painter, caret, spot, t.t2)
            face = theme.font(13, bold=line.unit == "total" or line.is_open)
            paint.text(painter, box.adjusted(CARET, 0, -2, 0), said, face, t.t1)
            return
        is_bold = line.unit == "total" or column is Column.MISSING
        if said in {"0", "—"}:
            colour = t.t3
        elif column is Column.MISSING:
            colour = t.no
        else:
            colour = t.accent if column in COUNTS else t.t2
        face = theme.font(13, bold=is_bold)
        paint.text(painter, box.adjusted(2, 0, -6, 0), said, face, colour, _RIGHT, Qt.TextElideMode.ElideNone)

    def _paint_below(self, painter: QPainter, box: QRectF, line: Line, column: Column, said: str) -> None:
        t = theme.current()
        face = theme.font(12)
        if line.entry is None:
            is_link = line.kind != "waiting"
            room = box.adjusted(CARET, 0, -6, 0)
            paint.text(painter, room, said, face, t.accent if is_link else t.t2)
            return
        if column is Column.UNIT:
            icon, tone = _MARK[line.name]
            theme.draw_icon(
                painter, icon, QRectF(box.left() + CARET, box.center().y() - 7, 14, 14), getattr(t, tone)
            )
            room = box.adjusted(CARET + _INDENT - 4, 0, -2, 0)
            paint.text(painter, room, said, theme.font(13), t.accent)
        elif column is Column.STEP:
            paint.text(painter, box.adjusted(0, 0, -6, 0), said, face, t.accent, _RIGHT)
        else:
            is_step = column is Column.UNCOVERED
            room = box.adjusted(6, 0, -4, 0)
            cut = Qt.TextElideMode.ElideRight if is_step else Qt.TextElideMode.ElideMiddle
            paint.text(painter, room, said, face, t.accent if is_step else t.t2, _LEFT, cut)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the room of a unit's number; what stands below it has the room of several columns."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, Line) or line.kind != "unit":
            return QSize(20, 26)
        if Column(index.column()) is Column.RANGE:
            return super().sizeHint(option, index)
        said = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        metrics = option.fontMetrics
        return QSize(metrics.horizontalAdvance(said) + 12, 26)
