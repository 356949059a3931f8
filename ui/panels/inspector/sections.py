"""A page of foldable sections: heights found anew from the inside out, folding as the user left it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui.widgets.section_header import Section

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext


class SectionPage(QWidget):
    """Sections one below the other, in a scroll area."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("room", "panel")
        self._context = context
        self._lang = context.lang
        self._width = 0  # for which the heights were found
        self._sections: list[Section] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def section(self, name: str, zh: str, en: str) -> Section:
        """Add a section, folded where the user left it so."""
        section = Section(name, Text(zh, en).in_(self._lang), self)
        section.header.toggled.connect(self.settle)
        section.header.clicked.connect(self._on_folded)
        self._box.addWidget(section)
        self._sections.append(section)
        self.fold(section, is_folded=False)
        return section

    def fold(self, section: Section, *, is_folded: bool) -> None:
        """Fold or open a section unless the user has chosen."""
        chosen = self._context.settings.folded().get(section.objectName())
        section.set_open(not (is_folded if chosen is None else chosen))

    @Slot(bool)
    def _on_folded(self, is_open: bool) -> None:
        header = self.sender()
        for section in self._sections:
            if section.header is header:
                self._context.settings.keep_folded(section.objectName(), is_folded=not is_open)

    @override
    def event(self, event: QEvent) -> bool:
        """Ask the scroll area for the height that wrapped lines need; it would squeeze the rows otherwise."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:  # on the way, heights may still be those of before
            self.setMinimumHeight(max(self.minimumHeight(), self._box.totalHeightForWidth(self.width())))
        elif event.type() is QEvent.Type.Resize and self.width() != self._width:
            self._width = self.width()
            self.settle()
        elif event.type() is QEvent.Type.Show:
            self.settle()
        return done

    @Slot()
    def settle(self, *_: Any) -> None:
        """Have every height found anew from the inside out, now: what was filled must not be squeezed first.

        Out of sight it waits until it is shown: one settling then stands for all that was filled and folded.
        """
        if not self.isVisible():
            return
        for part in reversed(self.findChildren(QWidget)):
            inner = part.layout()
            if inner is not None:
                inner.invalidate()
                part.updateGeometry()  # else the layout above goes by the height it remembers
        self._box.invalidate()
        self.setMinimumHeight(self._box.totalHeightForWidth(self.width()))
        self._box.activate()
