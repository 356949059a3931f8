"""The tabs below the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from typing_extensions import override

from app.text import Text
from ui import theme
from ui.panels.coverage.strip import COUNTED, ROOM_OF_COUNT
from ui.widgets.plain import set_tip
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Mapping

TABS: Final = {
    "coverage": Text("覆盖", "Coverage"),
    "table": Text("小区表", "Compounds"),
    "gaps": Text("缺口", "Gaps"),
    "findings": Text("核查", "Findings"),
    "journal": Text("记录", "Journal"),
    "topics": Text("专题", "Topics"),
}
_BOTTOM_SAID: Final = Text("下方面板", "Bottom panel")
_FOLD_SAID: Final = Text("收起下方面板  Ctrl J", "Fold the bottom panel  Ctrl J")
_PAGES_SAID: Final = Text("下方面板的页", "Pages of the bottom panel")


class TabHost(Tabs):
    """The tabs below the map; gaps and findings are lent to the left side in the modes that need them."""

    def __init__(self, lang: str, panels: Mapping[str, QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._panels = dict(panels)
        self._counts: dict[str, int | None] = {}
        self.setObjectName("bottom.tabs")
        self.setDocumentMode(True)
        self.tabBar().setObjectName("bottom.tab_bar")
        self.tabBar().setDrawBase(False)
        self.setMinimumHeight(120)
        self.fold = QToolButton(self)
        self.fold.setObjectName("bottom.fold")
        self.fold.setProperty("role", "quiet")
        self.fold.setIcon(theme.icon("caret-down", 13))
        self.setCornerWidget(self.fold, Qt.Corner.TopRightCorner)
        for name in TABS:
            self.take(name)
        self.speak(lang)

    def speak(self, lang: str) -> None:
        """Take the words of another language."""
        self._lang = lang
        self.setAccessibleName(_BOTTOM_SAID.in_(lang))
        self.tabBar().setAccessibleName(_PAGES_SAID.in_(lang))
        set_tip(self.fold, _FOLD_SAID.in_(lang))
        self.fold.setAccessibleName(_FOLD_SAID.in_(lang))
        for name in TABS:
            self.show_count(name, self._counts.get(name))

    def swap(self, name: str, panel: QWidget) -> None:
        """Have another panel of that name, where the one before it was."""
        old, self._panels[name] = self._panels[name], panel
        place = self.indexOf(old)
        if place >= 0:
            is_front = self.currentIndex() == place
            self.insertTab(place + 1, panel, self._words(name))
            if is_front:
                self.setCurrentIndex(place + 1)
            self.removeTab(place)  # last, else another tab would come to the front in between

    def take(self, name: str) -> None:
        """Have a panel as a tab, in its place."""
        panel = self._panels[name]
        if self.indexOf(panel) >= 0:
            return
        order = list(TABS)
        place = sum(1 for other in order[: order.index(name)] if self.indexOf(self._panels[other]) >= 0)
        self.insertTab(place, panel, self._words(name))

    def give(self, name: str) -> QWidget:
        """Let a panel go."""
        panel = self._panels[name]
        place = self.indexOf(panel)
        if place >= 0:
            self.removeTab(place)
        return panel

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front."""
        place = self.indexOf(self._panels[name])
        if place >= 0:
            self.setCurrentIndex(place)

    def is_front(self, name: str) -> bool:
        """Whether a tab is the one in sight."""
        return self.currentWidget() is self._panels[name]

    def show_count(self, name: str, count: int | None) -> None:
        """Print how much is in a tab; None = not known yet."""
        self._counts[name] = count
        place = self.indexOf(self._panels[name])
        if place >= 0:
            self.setTabText(place, self._words(name))

    @override
    def reserved(self, place: int) -> str:
        name = next((name for name, panel in self._panels.items() if panel is self.widget(place)), "")
        return f"{TABS[name].in_(self._lang)}  {ROOM_OF_COUNT}" if name in COUNTED else ""

    def _words(self, name: str) -> str:
        count = self._counts.get(name)
        return TABS[name].in_(self._lang) + (f"  {count:,}" if count is not None else "")
