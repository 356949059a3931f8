"""The one box to choose from a list: never turned by the wheel, its list whole, nothing chosen but by Enter or a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)
from typing_extensions import override

from ui.widgets.plain import show_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QWheelEvent

_MOVES: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}
_MANY: Final = 1000  # rows: what limits the list is the screen


class ChoiceBox(QComboBox):
    """A combo box as a work list needs it.

    The wheel goes to the panel: a closed box never takes it, its open list scrolls. Arrows and letters open the
    list and mark a row; only Enter or a click chooses, so that looking through the choices writes nothing. The
    list shows all its rows as far as the screen reaches, each in full. Words that have no room in the closed box
    end in "…" and stand whole in the tip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(_MANY)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list where Qt would have chosen unseen."""
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not held and key in _MOVES:
            self._open_at(_MOVES[key])
        elif not self.isEditable() and not held and key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._open_at(-_MANY if key == Qt.Key.Key_Home else _MANY)
        elif not self.isEditable() and not held and event.text().strip() and event.text().isprintable():
            self._open_at(0)
            self.view().keyboardSearch(event.text())
        else:
            super().keyPressEvent(event)

    def _open_at(self, step: int) -> None:
        """Open the list with the mark that many rows from what is chosen; headings are passed over."""
        self.showPopup()
        model, column, root = self.model(), self.modelColumn(), self.rootModelIndex()
        rows = [
            row
            for row in range(self.count())
            if model.index(row, column, root).flags() & Qt.ItemFlag.ItemIsEnabled
        ]
        if not rows or not step:
            return
        if self.currentIndex() in rows:
            place = rows.index(self.currentIndex()) + step
        else:
            place = 0 if step > 0 else len(rows) - 1
        chosen = rows[min(max(place, 0), len(rows) - 1)]
        self.view().setCurrentIndex(model.index(chosen, column, root))

    @override
    def showPopup(self) -> None:
        """Open the list with all its rows."""
        super().showPopup()
        if self.count() and self.view().isVisible():
            self._fit()

    def _fit(self) -> None:
        """Give the list the room of its rows: Qt reckons without the frame that the style sheet draws."""
        view, room = self.view(), self.screen().availableGeometry()
        holder = view.window()
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        frame = holder.height() - view.viewport().height()
        sides = holder.width() - view.viewport().width()
        bar = view.verticalScrollBar()
        if bar.isVisible():
            sides -= bar.width()
        rows = sum(max(0, view.sizeHintForRow(row)) for row in range(self.count()))
        height = min(rows + frame, room.height())
        if rows + frame > height:
            sides += bar.sizeHint().width()
        width = min(max(self.width(), view.sizeHintForColumn(self.modelColumn()) + sides), room.width())
        spot = place_beside(QRect(self.mapToGlobal(QPoint(0, 0)), self.size()), width, height, room)
        holder.setGeometry(QRect(spot.x(), spot.y(), width, height))
        view.scrollTo(view.currentIndex())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isEditable():
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_words()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def shown_words(self) -> str:
        """Return what is painted of the words chosen."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, room.width())

    @override
    def event(self, event: QEvent) -> bool:
        """Tell the words whole where they are cut."""
        if (
            event.type() == QEvent.Type.ToolTip
            and isinstance(event, QHelpEvent)
            and not self.isEditable()
            and self.shown_words() != self.currentText()
        ):
            parts = [self.currentText(), *([self.toolTip()] if self.toolTip() else [])]
            show_tip(event.globalPos(), "\n".join(parts), self)
            return True
        return super().event(event)


def place_beside(anchor: QRect, width: int, height: int, room: QRect) -> QPoint:
    """Return where something that opens lies: below its anchor, else above, else wherever the room holds it.

    All in the same pixels; ``room`` is what may be used.
    """
    left = min(max(anchor.left(), room.left()), room.right() + 1 - width)
    if anchor.bottom() + 1 + height <= room.bottom() + 1:
        top = anchor.bottom() + 1
    elif anchor.top() - height >= room.top():
        top = anchor.top() - height
    else:
        top = room.bottom() + 1 - height
    return QPoint(max(left, room.left()), max(top, room.top()))
