"""Cells of the coverage and gaps tables: counts, rates and ranges, with the line under each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import QStyleOptionViewItem
from typing_extensions import override

from ui import theme
from ui.models import coverage_words as said
from ui.panels.coverage.model import FOOTERS, ROW_ROLE, Column
from ui.widgets import paint
from ui.widgets.coverage_cell import CODE_ROLE, CoverageCell, draw_ground, draw_line

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

_Index = QModelIndex | QPersistentModelIndex
_RANGE_TEXT: Final = 62


class RangeCell(CoverageCell):
    """The range as a bar, and in words at the right."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        whole = QRect(option.rect)
        draw_ground(painter, option)
        bar = QStyleOptionViewItem(option)
        bar.rect = whole.adjusted(0, 0, -_RANGE_TEXT, 0)
        super().paint(painter, bar, index)
        shown = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        box = whole.adjusted(whole.width() - _RANGE_TEXT, 0, -6, 0).toRectF()
        paint.text(painter, box, shown, theme.font(12), theme.current().t2, Qt.AlignmentFlag.AlignRight)
        draw_line(painter, whole)


class CountCell(CoverageCell):
    """A count that can be clicked is blue, a zero grey; a rate is bold, or grey where too little is known."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        draw_ground(painter, option)
        t = theme.current()
        row, column = index.data(ROW_ROLE), Column(index.column())
        shown = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        is_total = index.data(CODE_ROLE) == FOOTERS[1]
        if column is Column.RATE:
            grey = row is None or row.figures.rate is None or said.bar_of(row.figures).is_mostly_unknown
            font, colour = theme.font(12 if grey else 13, bold=not grey), t.t3 if grey else t.t1
        elif column is Column.BEFORE:
            font, colour = theme.font(12), t.t2
        else:
            font, colour = theme.font(13, bold=is_total), t.t3 if shown == "0" else t.accent
        box = QRect(option.rect).adjusted(4, 0, -8, 0).toRectF()
        paint.text(
            painter,
            box,
            shown,
            font,
            colour,
            Qt.AlignmentFlag.AlignRight,
            Qt.TextElideMode.ElideNone,
        )
        draw_line(painter, option.rect)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(58, 26)
