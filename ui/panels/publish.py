"""The publish mode's left side: what can be brought out, with the question that the map shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui import words
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction, QShowEvent

    from app.domain.leaving.format import Formats
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("出图", "Publish")
_WHAT: Final = Text("导出当前指标“{}”，{}，截至 {}。", "Export the current measure '{}', {}, as of {}.")
_EXPORT: Final = Text("导出…", "Export…")


class PublishPanel(QWidget):
    """Says what would leave and in which formats, and opens the export dialog.

    ``formats`` is asked when the panel is first seen: what writes them is not loaded for a window that opens.
    """

    def __init__(
        self,
        context: WindowContext,
        actions: Mapping[str, QAction],
        formats: Callable[[], Formats],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("publish")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = text_label(context.say(_TITLE), "", self)
        title.setProperty("type", "title")
        self.what = text_label("", "", self)
        self.what.setWordWrap(True)
        self._formats = formats
        self._offered = text_label("", "", self)
        self._offered.setProperty("type", "second")
        self._offered.setWordWrap(True)
        self.export = QPushButton(context.say(_EXPORT), self)
        self.export.setObjectName("publish.export")
        self.export.setAccessibleName(context.say(_EXPORT))
        self.export.setProperty("role", "main")
        self.export.clicked.connect(actions["registry.export"].trigger)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(10)
        for part in (title, self.what, self._offered, self.export):
            box.addWidget(part)
        box.addStretch(1)
        context.figures_changed.connect(self.show_question)
        self.show_question()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Name the formats."""
        super().showEvent(event)
        if not self._offered.text():
            self._offered.setText(" · ".join(self._context.say(each.words) for each in self._formats()))

    @Slot()
    def show_question(self) -> None:
        """Say what the map shows."""
        context = self._context
        level = words.LEVELS[context.question.by]
        said = _WHAT.zh if context.lang == "zh" else _WHAT.en
        self.what.setText(
            said.format(
                context.measure_words().in_(context.lang), context.say(level), context.as_of.isoformat()
            )
        )
        self.export.setEnabled(context.registry is not None)
