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
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QFocusEvent, QPaintEvent, QWheelEvent

_MANY: Final = 1000  # rows: what limits the list is the screen
_MOVES: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_Home: -_MANY,
    Qt.Key.Key_End: _MANY,
}


class ChoiceBox(QComboBox):
    """A combo box as a work list needs it.

    The wheel goes to the panel: a closed box never takes it, its open list scrolls. ``writes``: each choice is
    written at once, so arrows and letters open the list and mark a row, and only Enter or a click chooses. The
    list shows all its rows as far as the screen reaches, each in full. Words that have no room in the closed box
    are cut in the middle and stand whole in the tip. Where words can be typed, a click selects them and Esc brings
    back what stood there.
    """

    def __init__(self, parent: QWidget | None = None, *, writes: bool = False) -> None:
        super().__init__(parent)
        self._writes = writes
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(_MANY)
        self._kept = ""  # what stood in an editable box when the hand came
        self._selects_on_release = False

    @override
    def setEditable(self, editable: bool) -> None:
        """Let words be typed; a click into them selects them all."""
        super().setEditable(editable)
        line = self.lineEdit()
        if line is not None:
            line.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.lineEdit() and event.type() == QEvent.Type.MouseButtonRelease:
            is_first, self._selects_on_release = self._selects_on_release, False
            line = self.lineEdit()
            if is_first and line is not None and not line.hasSelectedText():
                line.selectAll()
        return super().eventFilter(watched, event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._kept = self.currentText()
            self._selects_on_release = event.reason() == Qt.FocusReason.MouseFocusReason

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list of a box that writes where Qt would have written unseen."""
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Escape and self.isEditable() and self.currentText() != self._kept:
            self.setEditText(self._kept)
        elif held or not self._writes:
            super().keyPressEvent(event)
        elif key in _MOVES:
            self._open_at(_MOVES[key])
        elif event.text().strip() and event.text().isprintable():
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
