"""The right side of the page of boundary fusion: the proposal for one compound, in words and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from ui.topics.fusion import words as said
from ui.topics.fusion.models import BesideModel
from ui.widgets.plain import text_label
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Sequence


class Side(QWidget):
    """The measure and the buttons in a line, the words, and the figures before and after below them."""

    def __init__(self, lang: str, buttons: Sequence[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self.words = text_label("", "second", self)
        self.words.setObjectName("fusion.words")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.figures = make_table("fusion.figures", said.FIGURES.in_(lang), self)
        self.beside = BesideModel(lang, self)
        self.figures.setModel(self.beside)
        header = self.figures.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.measure = text_label("", "", self)
        self.measure.setObjectName("fusion.measure")
        self.measure.setProperty("role", "strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.measure, 1)
        for button in buttons:
            line.addWidget(button)
        column.addLayout(line)
        column.addWidget(self.words)
        column.addWidget(self.figures, 1)
