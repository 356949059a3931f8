"""The head of a foldable section, and a section with its content."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.widgets import paint
from ui.widgets.plain import plain_caption, text_label


class SectionHeader(QAbstractButton):
    """34 high: a caret, the title, a note at right. ``toggled`` says whether the section is open."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_title(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_title(self, title: str) -> None:
        """Take other words."""
        self._title = title
        self.setText(plain_caption(title))
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        """Return the words' width and 34."""
        return QSize(30 + self.fontMetrics().horizontalAdvance(self._title), 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint caret and title."""
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        caret = "caret-down" if self.isChecked() else "caret-right"
        theme.draw_icon(painter, caret, QRectF(0, box.center().y() - 6, 12, 12), t.t2)
        paint.text(painter, box.adjusted(18, 0, 0, 0), self._title, theme.font(13, bold=True), t.t1)
        if self.hasFocus():
            paint.focus_ring(painter, box.adjusted(-1, 4, 0, -4), 4)


class Section(QWidget):
    """A header and what it folds. The object name stands for the section; its header is ``….fold``."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.header = SectionHeader(title, self)
        self.header.setObjectName(f"{name}.fold")
        self.note = text_label("", "", self)
        self.note.setProperty("type", "second")
        self.content = QWidget(self)
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 10)
        self.body.setSpacing(6)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(6)
        self.head.addWidget(self.header, 1)
        self.head.addWidget(self.note)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 0, 14, 0)
        box.setSpacing(0)
        box.addLayout(self.head)
        box.addWidget(self.content)
        self.header.toggled.connect(self.content.setVisible)

    def set_open(self, is_open: bool) -> None:
        """Open or fold."""
        self.header.setChecked(is_open)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line between sections."""
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 1), QColor(theme.current().line))
