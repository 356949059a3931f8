"""The left side of a review: gaps, and whatever else is looked at there, each behind a tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PAGES: Final = {
    "gaps": Text("缺口", "Gaps"),
    "change": Text("变化", "Change"),
}
_SAID: Final = Text("督查", "Supervision")


class ReviewSide(Tabs):
    """Pages by name, in the order of ``PAGES``; one page alone has no tab."""

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("review.tabs")
        self.setDocumentMode(True)
        self.setTabBarAutoHide(True)
        self.tabBar().setObjectName("review.tab_bar")
        self.tabBar().setDrawBase(False)
        self._panels: dict[str, QWidget] = {}
        self._lang = lang
        self.speak(lang)

    def speak(self, lang: str) -> None:
        """Take the words of another language."""
        self._lang = lang
        for part in (self, self.tabBar()):
            part.setAccessibleName(_SAID.in_(lang))
        for name, panel in self._panels.items():
            place = self.indexOf(panel)
            if place >= 0:
                self.setTabText(place, PAGES[name].in_(lang))

    def take(self, name: str, panel: QWidget) -> None:
        """Have a panel behind its tab, in place of one of that name."""
        old = self._panels.get(name)
        self._panels[name] = panel
        if self.indexOf(panel) >= 0:
            return
        is_front = old is not None and old is not panel and self.currentWidget() is old
        order = list(PAGES)
        here = [n for n, held in self._panels.items() if self.indexOf(held) >= 0 and n != name]
        place = sum(1 for other in here if order.index(other) < order.index(name))
        self.insertTab(place, panel, PAGES[name].in_(self._lang))
        if old is not None and old is not panel and self.indexOf(old) >= 0:
            self.removeTab(self.indexOf(old))
        if is_front:
            self.setCurrentWidget(panel)

    def show_page(self, name: str) -> bool:
        """Bring a page to the front; return whether it is here."""
        panel = self._panels.get(name)
        if panel is None or self.indexOf(panel) < 0:
            return False
        self.setCurrentWidget(panel)
        return True
