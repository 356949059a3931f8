"""The findings that concern one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.text import Text
from ui.panels.inspector.parts import link_button, refill
from ui.widgets.mark import Mark
from ui.widgets.plain import text_label
from ui.widgets.severity import SEVERITY_ICONS, severity_token

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOW: Final = Text("看地图", "Show")


class CheckRows(QWidget):
    """One row a finding: icon, sentence, and a way to its polygons."""

    chosen = Signal(list)  # codes

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)

    def show_findings(self, findings: Sequence[Any]) -> None:
        """Show findings as the checks made them."""
        refill(self._rows, [self._row(finding) for finding in findings])

    def _row(self, finding: Any) -> QWidget:
        row = QWidget(self)
        row.setObjectName(f"inspector.finding.{finding.id}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 2, 0, 2)
        line.setSpacing(8)
        name = SEVERITY_ICONS.get(finding.severity, "info")
        icon = Mark(name, severity_token(finding.severity), row, 15)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = text_label(finding.message.in_(self._lang), "", row)
        words.setWordWrap(True)
        line.addWidget(words, 1)
        if len(finding.codes) > 1:
            tip = SHOW.in_(self._lang)
            button = link_button(f"inspector.finding.{finding.id}.show", tip, tip, row)
            button.setProperty("codes", list(finding.codes))
            button.clicked.connect(self._on_clicked)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.chosen.emit(list(button.property("codes")))
