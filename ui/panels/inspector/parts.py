"""Small parts of the inspector: chips that wrap, labels that show text as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.widgets.chip import Chip
from ui.widgets.plain import plain_caption, set_tip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QLayout

    from ui.widgets.section_header import Section

_LINE_H: Final = 24
_GAP: Final = 4


class ChipWords(NamedTuple):
    """A chip to show. ``icon`` None = that of the tone; ``colour`` = a kind's square."""

    words: str
    tone: str = ""
    icon: str | None = None
    colour: str = ""


class ChipFlow(QWidget):
    """Chips that wrap to the next line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[ChipWords, ...] = ()
        self._chips: list[Chip] = []
        self.least = 0  # height that stays free for chips to come [px]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_chips(self, chips: Sequence[ChipWords]) -> None:
        """Show these chips."""
        wanted = tuple(chips)
        if wanted == self._shown:
            return
        self._shown = wanted
        while len(self._chips) < len(wanted):
            self._chips.append(Chip(parent=self))
        for chip, said in zip(self._chips, wanted, strict=False):
            chip.show_words(said.words, said.tone, icon=said.icon, colour=said.colour)
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < len(wanted))
        self.setAccessibleName(", ".join(chip.words for chip in wanted))
        self._arrange()

    def forget(self) -> None:
        """Show none; those to come find the room that there was."""
        self.least = self.height()
        self.show_chips(())
        self.least = 0

    def keep_lines(self, count: int) -> None:
        """Leave room for so many lines, whether there are chips for them or not."""
        if self.least != count * _LINE_H:
            self.least = count * _LINE_H
            self._arrange()

    def words(self) -> list[str]:
        """Return the words shown."""
        return [chip.words for chip in self._shown]

    def _arrange(self) -> None:
        left, top = 0, 0
        for chip in self._chips[: len(self._shown)]:
            size = chip.sizeHint()
            if left and left + size.width() > self.width():
                left, top = 0, top + _LINE_H
            chip.setGeometry(QRect(left, top + 2, min(size.width(), max(self.width(), 40)), size.height()))
            left += size.width() + _GAP
        height = max(self.least, top + _LINE_H if self._shown else 0)
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def clear(layout: QLayout) -> None:
    """Take every widget out of a layout at once, so that no robot finds an old one."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            _keep_hand(widget)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def _keep_hand(gone: QWidget) -> None:
    """Leave the focus with the panel around what goes: Qt would give it to the next button and scroll there."""
    focus, around = QApplication.focusWidget(), gone.parentWidget()
    if focus is None or not (focus is gone or gone.isAncestorOf(focus)):
        return
    while around is not None and not around.property("room"):
        around = around.parentWidget()
    if around is not None:
        around.setFocus(Qt.FocusReason.OtherFocusReason)


def refill(layout: QLayout, rows: Iterable[QWidget]) -> None:
    """Put other rows into a layout and show them now: a row not shown yet has no height for the layout."""
    clear(layout)
    for row in rows:
        layout.addWidget(row)
        row.show()


def link_button(object_name: str, words: str, tip: str, parent: QWidget) -> QPushButton:
    """Return a link-like button."""
    button = QPushButton(plain_caption(words), parent)
    button.setObjectName(object_name)
    button.setProperty("role", "link")
    button.setAccessibleName(tip)
    set_tip(button, tip)
    button.setAutoDefault(False)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def add_action(section: Section, object_name: str, words: str, tip: str) -> QPushButton:
    """Put a link at the right of a section's title and return it."""
    button = link_button(object_name, words, tip, section)
    section.head.addWidget(button)
    return button
