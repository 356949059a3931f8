"""Where panels stand: by mode, and by the width and height at hand. Sizes a user chose are remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.text import Text
from ui import theme
from ui.panels.coverage.strip import COUNTED, ROOM_OF_COUNT
from ui.panels.layers import LayersPanel
from ui.widgets.plain import set_tip
from ui.widgets.section_header import SectionHeader
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from ui.bridge.context import WindowContext
    from ui.panels.coverage.strip import Strip

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
_RAIL_SAID: Final = Text("地点与图层  Ctrl L", "Places and layers  Ctrl L")
_LAYERS: Final = Text("图层与图例", "Layers and legend")
_MAP_MIN: Final = (420, 320)
_MAP_LEAST: Final = 200  # where a user opens the bottom panel on a very low screen
_RAIL: Final = 44
_LOW: Final = 760
_LEFT: Final = {
    "entry": {"wide": 292, "middle": 224, "narrow": 292},
    "review": {"wide": 560, "middle": 520, "narrow": 440},
    "check": {"wide": 460, "middle": 400, "narrow": 380},
    "publish": {"wide": 320, "middle": 320, "narrow": 300},
}
_RIGHT: Final = {"wide": 372, "middle": 332, "narrow": 312}
_BOTTOM: Final = {"wide": 332, "middle": 264, "narrow": 264}
_PLACES_LEAST: Final = 160  # of the tree of places above the layers


@dataclass(frozen=True, slots=True)
class Room:
    """The space at hand, in effective pixels."""

    band: str  # wide, middle, narrow
    is_low: bool

    @classmethod
    def of(cls, width: int, height: int) -> Room:
        """Return the room of a window."""
        band = "wide" if width >= 1600 else "middle" if width >= 1280 else "narrow"
        return cls(band, height < _LOW)

    @property
    def key(self) -> str:
        """Return the name under which sizes are remembered."""
        return f"{self.band}{'-low' if self.is_low else ''}"


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


class LeftSide(QWidget):
    """Places above, layers below; below 1600 px the layers fold to their head."""

    def __init__(self, context: WindowContext, places: QWidget, layers: LayersPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self.places, self.layers = places, layers
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(places)
        self.splitter.addWidget(layers)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.fold = SectionHeader(context.say(_LAYERS), self)
        self.fold.setObjectName("layers.fold")
        self.fold.setChecked(True)
        self.fold.setContentsMargins(12, 0, 0, 0)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.splitter, 1)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.fold)
        box.addLayout(row)
        self.fold.toggled.connect(layers.setVisible)
        self.fold.toggled.connect(self._share_height)
        self._is_shared_by_hand = False
        self.splitter.splitterMoved.connect(self._on_moved)
        layers.filled.connect(self._share_height)

    def swap(self, name: str, panel: QWidget) -> None:
        """Have another places or layers panel, where the one before it was."""
        old = self.places if name == "places" else self.layers
        is_shown = not old.isHidden()
        if isinstance(panel, LayersPanel):
            self.fold.toggled.disconnect(self.layers.setVisible)
            self.fold.toggled.disconnect(self._share_height)
            self.fold.toggled.connect(panel.setVisible)
            self.fold.toggled.connect(self._share_height)
            panel.filled.connect(self._share_height)
            self.layers = panel
        else:
            self.places = panel
        self.splitter.replaceWidget(self.splitter.indexOf(old), panel)
        panel.setVisible(is_shown)

    def speak(self, lang: str) -> None:
        """Take the words of another language."""
        self.fold.set_title(_LAYERS.in_(lang))

    def set_room(self, *, is_wide: bool) -> None:
        """Show the layers where there is room."""
        self.fold.setVisible(not is_wide)
        self.fold.setChecked(is_wide)
        self.layers.setVisible(is_wide)
        self._share_height()

    @Slot()
    def _share_height(self) -> None:
        """Give the layers what they need, so that the whole legend is in sight, until a user drags the line."""
        if self._is_shared_by_hand or self.layers.isHidden():
            return
        high = self.splitter.height()
        layers = min(self.layers.needed_height(), high - _PLACES_LEAST)
        if layers > 0:
            self.splitter.setSizes([high - layers, layers])

    @Slot()
    def _on_moved(self) -> None:
        self._is_shared_by_hand = True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._share_height()


class WorkPage(QWidget):
    """The page of an open registry: left, map with tabs or strip below, inspector."""

    def __init__(
        self,
        context: WindowContext,
        *,
        left: Mapping[str, QWidget],
        map_area: QWidget,
        tabs: TabHost,
        strip: Strip,
        inspector: QWidget,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._left = dict(left)
        self._mode = "entry"
        self._room = Room("wide", is_low=False)
        self._is_bottom_wanted: bool | None = None  # None = as the room says
        self._is_left_wanted = True
        self._is_flying = False
        self.tabs, self.strip, self.inspector, self.map_area = tabs, strip, inspector, map_area
        self.rail = self._make_rail()
        self.left_box = QWidget(self)
        self.left_box.setProperty("room", "panel")
        self.left_box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._left_row = QHBoxLayout(self.left_box)
        self._left_row.setContentsMargins(0, 0, 0, 0)
        for panel in dict.fromkeys(left.values()):
            if panel not in (tabs.widget(i) for i in range(tabs.count())):
                self._left_row.addWidget(panel)
        self.middle = QSplitter(Qt.Orientation.Vertical, self)
        self.middle.setHandleWidth(1)
        self.middle.setChildrenCollapsible(False)
        self.middle.addWidget(map_area)
        self.middle.addWidget(tabs)
        self.middle.setStretchFactor(0, 1)
        center = QWidget(self)
        center.setMinimumWidth(_MAP_MIN[0])
        stack = QVBoxLayout(center)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(self.middle, 1)
        stack.addWidget(strip)
        self.across = QSplitter(Qt.Orientation.Horizontal, self)
        self.across.setHandleWidth(1)
        self.across.setChildrenCollapsible(False)
        for part in (self.left_box, center, inspector):
            self.across.addWidget(part)
        self.across.setStretchFactor(1, 1)
        inspector.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.across, 1)
        self.speak()
        strip.opened.connect(self._on_strip)
        tabs.fold.clicked.connect(self.toggle_bottom)
        self.across.splitterMoved.connect(self._on_moved)
        self.middle.splitterMoved.connect(self._on_moved)

    def _make_rail(self) -> QWidget:
        rail = QWidget(self)
        rail.setFixedWidth(_RAIL)
        rail.setProperty("room", "panel")
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(rail)
        box.setContentsMargins(6, 8, 6, 8)
        self.rail_button = QToolButton(rail)
        self.rail_button.setObjectName("rail.places")
        self.rail_button.setProperty("role", "quiet")
        self.rail_button.setIcon(theme.icon("tree-structure", 18))
        self.rail_button.setCheckable(True)
        self.rail_button.setFixedSize(32, 32)
        self.rail_button.clicked.connect(self.toggle_left)
        box.addWidget(self.rail_button)
        box.addStretch(1)
        return rail

    def speak(self) -> None:
        """Take the words of the window's language."""
        set_tip(self.rail_button, self._context.say(_RAIL_SAID))
        self.rail_button.setAccessibleName(self._context.say(_RAIL_SAID))

    def swap_left(self, old: QWidget, panel: QWidget) -> None:
        """Have another panel at the left, where the one before it was."""
        for mode, standing in self._left.items():
            if standing is old:
                self._left[mode] = panel
        if old.parentWidget() is self.left_box:
            is_shown = not old.isHidden()
            self._left_row.replaceWidget(old, panel)
            panel.setVisible(is_shown)

    def swap_inspector(self, panel: QWidget) -> None:
        """Have another inspector, where the one before it was."""
        is_shown = not self.inspector.isHidden()
        panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.across.replaceWidget(self.across.indexOf(self.inspector), panel)
        self.inspector = panel
        panel.setVisible(is_shown)

    # what stands where

    @property
    def mode(self) -> str:
        """The mode in force: entry, review, check or publish."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Change which panels are open."""
        self._mode = mode
        panel = self._left[mode]
        lent = {"review": "gaps", "check": "findings"}.get(mode)
        for name in ("gaps", "findings"):
            if name != lent:
                self.tabs.take(name)
        self.strip.set_lent(lent)
        if lent is not None:
            self.tabs.give(lent)
            self._left_row.addWidget(panel)
        for other in dict.fromkeys(self._left.values()):
            if other.parentWidget() is self.left_box:
                other.setVisible(other is panel)
        self._is_bottom_wanted = None
        self.arrange()

    def fit(self, room: Room) -> None:
        """Fit another width or height."""
        if room != self._room:
            self._room = room
            self._is_bottom_wanted = None
            self._land()
            self.arrange()

    def arrange(self) -> None:
        """Give everything its size: what the user chose last in this mode and room, else the design's."""
        band, mode = self._room.band, self._mode
        kept = self._context.settings.sizes(mode, self._room.key)
        is_rail = band == "narrow" and mode == "entry"
        self.rail.setVisible(is_rail)
        self.left_box.setVisible(self._is_flying or (self._is_left_wanted and not is_rail))
        left = (
            kept.get("left", _LEFT[mode][band])
            if self.left_box.isVisibleTo(self) and not self._is_flying
            else 0
        )
        right = kept.get("right", _RIGHT[band])
        width = self.width() or 1366
        has_right = mode in {"entry", "check"} or band == "wide"
        if width - left - right - (_RAIL if is_rail else 0) < _MAP_MIN[0]:
            has_right = False
        self.inspector.setVisible(has_right)
        is_bottom = self._is_bottom_wanted if self._is_bottom_wanted is not None else band == "wide"
        is_tiny = (
            self.height() < _MAP_MIN[1] + _BOTTOM[band]
        )  # both can't have their height: the map gives way
        least = _MAP_LEAST if is_tiny and is_bottom else _MAP_MIN[1]
        self.map_area.setMinimumHeight(least)
        bottom = min(kept.get("bottom", _BOTTOM[band]), max(120, self.height() - least))
        self.tabs.setVisible(is_bottom)
        self.strip.setVisible(not is_bottom)  # one or the other: each says what the other does
        room = width - left - (right if has_right else 0)
        sizes = [max(_MAP_MIN[0], room), right]
        self.across.setSizes(sizes if self._is_flying else [left, *sizes])
        self.middle.setSizes([max(least, self.height() - bottom), bottom])

    @property
    def is_bottom_open(self) -> bool:
        """Whether the tabs are open."""
        return self.tabs.isVisibleTo(self)

    @property
    def is_left_open(self) -> bool:
        """Whether the left side is open."""
        return self.left_box.isVisibleTo(self)

    def toggle_bottom(self) -> None:
        """Open or fold the tabs."""
        self._is_bottom_wanted = not self.is_bottom_open
        self.arrange()

    @Slot(str)
    def open_tab(self, name: str) -> None:
        """Open the tabs at one of them."""
        if not self.is_bottom_open:
            self._is_bottom_wanted = True
            self.arrange()
        self.tabs.show_tab(name)

    @Slot(str)
    def _on_strip(self, name: str) -> None:
        self.open_tab(name)

    @Slot()
    def toggle_left(self) -> None:
        """Open or fold the left side; where there is only a rail, let it fly over the map."""
        if self.rail.isVisibleTo(self):
            if self._is_flying:
                self._land()
            else:
                self._fly()
        else:
            self._is_left_wanted = not self._is_left_wanted
        self.arrange()

    def _fly(self) -> None:
        self._is_flying = True
        self.left_box.setParent(self)
        self.left_box.setGeometry(QRect(QPoint(_RAIL, 0), QPoint(_RAIL + 292, self.height() - 1)))
        self.left_box.show()
        self.left_box.raise_()
        self.rail_button.setChecked(True)

    def _land(self) -> None:
        if self._is_flying:
            self._is_flying = False
            self.across.insertWidget(0, self.left_box)
        self.rail_button.setChecked(False)

    @Slot()
    def _on_moved(self) -> None:
        sizes_now = self.across.sizes()
        left, right = (0 if self._is_flying else sizes_now[0]), sizes_now[-1]
        sizes = {"bottom": self.middle.sizes()[1]} if self.is_bottom_open else {}
        if left and not self._is_flying:
            sizes["left"] = left
        if right:
            sizes["right"] = right
        known = self._context.settings.sizes(self._mode, self._room.key)
        self._context.settings.keep_sizes(self._mode, self._room.key, known | sizes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the flying panel as high as the page, and the map wide enough."""
        super().resizeEvent(event)
        if self._is_flying:
            self.left_box.setGeometry(_RAIL, 0, 292, self.height())
        if event.oldSize().width() != event.size().width():
            self.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold the flying panel on Esc."""
        if event.key() == Qt.Key.Key_Escape and self._is_flying:
            self.toggle_left()
        else:
            super().keyPressEvent(event)
