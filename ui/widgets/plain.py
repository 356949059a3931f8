"""Text from data is never markup: the one place that makes labels, tips and captions.

Qt guesses whether a label or a tool tip holds markup, and takes an ampersand in a button or a menu for a
short cut. A name that somebody registered is neither.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QToolTip, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
    from PySide6.QtWidgets import QTreeWidgetItem

TIP_ROLE: Final = Qt.ItemDataRole.ToolTipRole
_BREAKS: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_LONG: Final = 6  # letters that a narrow column elides
_NO_BREAK: Final = "\u2060"  # has no width and no glyph; after it a "<" begins no tag


class _HasTip(Protocol):
    def setToolTip(self, text: str, /) -> None: ...


def plain_tip(said: str) -> str:
    """Return words that a tool tip shows as they are; what Qt would take for markup is kept from it."""
    if not GuiQt.mightBeRichText(said):
        return said
    return said.replace("<", "<" + _NO_BREAK).replace("&", "&" + _NO_BREAK)


def set_tip(part: _HasTip, said: str) -> None:
    """Give a widget or an action its tip."""
    part.setToolTip(plain_tip(said))


def set_item_tip(item: QTreeWidgetItem, column: int, said: str) -> None:
    """Give a cell of a tree its tip, none for no text."""
    item.setToolTip(column, plain_tip(said))


def show_tip(spot: QPoint, said: str, over: QWidget) -> None:
    """Show a tip now at a spot of the screen, as long as the mouse stays over a widget."""
    QToolTip.showText(spot, plain_tip(said), over)


def hide_tip() -> None:
    """Take the tip away that is shown."""
    QToolTip.hideText()


def plain_caption(said: str) -> str:
    """Return words for a button, a menu or a tab, where a single ampersand would be swallowed."""
    return said.replace("&", "&&")


def one_line(said: str) -> str:
    """Return words as one line: a name with line breaks or tabs, as cells of workbooks have, keeps all its words."""
    return said if said.isprintable() else _BREAKS.sub(" ", said)


def with_plain_tips(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Make a model's ``data`` or ``headerData`` answer ``TIP_ROLE`` with plain words, and show its words in one line."""

    @wraps(answer)
    def answered(self: object, *place: Any) -> Any:
        said = answer(self, *place)
        if place[-1] == Qt.ItemDataRole.DisplayRole and isinstance(said, str):
            return one_line(said)
        if place[-1] != TIP_ROLE:
            return said
        told = said if isinstance(said, str) else ""
        shown = answer(self, *place[:-1], int(Qt.ItemDataRole.DisplayRole))
        if isinstance(shown, str) and len(shown) >= _LONG and shown not in told:  # a column may elide it
            told = f"{shown}\n{told}".strip()
        return plain_tip(told) if told else said

    return answered


def text_label(said: str = "", kind: str = "", parent: QWidget | None = None) -> QLabel:
    """Return a label that shows text as it is, whatever the data holds. ``kind`` is its type in the theme."""
    return _dressed(QLabel(parent), said, kind)


def _dressed(label: QLabel, said: str, kind: str) -> QLabel:
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(said)
    if kind:
        label.setProperty("type", kind)
    return label


class LinkLabel(QLabel):
    """Plain words of which some can be clicked: ``linkActivated`` tells their key.

    With one link it takes part in the order of Tab, and Enter follows it.
    """

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: list[tuple[int, int, str]] = []
        _dressed(self, "", kind)
        self.setMouseTracking(True)

    def show_links(self, links: Sequence[tuple[str, str]], between: str = " › ") -> None:
        """Show ``links``, each (key, words)."""
        self._spans, at = [], 0
        for key, words in links:
            self._spans.append((at, at + len(words), key))
            at += len(words) + len(between)
        self.setText(between.join(words for _, words in links))
        focus = Qt.FocusPolicy.TabFocus if len(links) == 1 else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(focus)

    def link_at(self, spot: QPoint) -> str:
        """Return the key of the link under a spot of the label, else ""."""
        layout = QTextLayout(self.text(), self.font())
        wrap = QTextOption.WrapMode.WordWrap if self.wordWrap() else QTextOption.WrapMode.NoWrap
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        option = layout.textOption()
        option.setWrapMode(wrap)
        layout.setTextOption(option)
        layout.beginLayout()
        room, height = self.contentsRect(), 0.0
        lines = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(room.width())
            line.setPosition(QPointF(0, height))
            height += line.height()
            lines.append(line)
        layout.endLayout()
        top = room.top() + max(0.0, (room.height() - height) / 2)  # a label stands in its middle
        x, y = spot.x() - room.left(), spot.y() - top
        for line in lines:
            if line.y() <= y < line.y() + line.height() and 0 <= x <= line.naturalTextWidth():
                at = _cursor(line.xToCursor(x, line.CursorPosition.CursorOnCharacter))
                return next((key for first, end, key in self._spans if first <= at < end), "")
        return ""

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_on_link = bool(self.link_at(event.position().toPoint()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_on_link else Qt.CursorShape.ArrowCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        key = self.link_at(event.position().toPoint())
        if key and event.button() == Qt.MouseButton.LeftButton:
            self.linkActivated.emit(key)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and len(self._spans) == 1:
            self.linkActivated.emit(self._spans[0][2])
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._underline(is_on=True)
        super().focusInEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._underline(is_on=False)
        super().focusOutEvent(event)

    def _underline(self, *, is_on: bool) -> None:
        face = self.font()
        face.setUnderline(is_on)
        self.setFont(face)


def _cursor(found: object) -> int:
    return int(found[0]) if isinstance(found, tuple) else int(found)  # type: ignore[call-overload]
