"""Where panels stand: by mode, and by the width and height at hand. Sizes a user chose are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.text import Text
from ui import theme
from ui.shell.layout.review import ReviewSide
from ui.shell.layout.room import Room
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from ui.bridge.context import WindowContext
    from ui.panels.coverage.strip import Strip
    from ui.shell.layout.tabs import TabHost

_RAIL_SAID: Final = Text("地点与图层  Ctrl L", "Places and layers  Ctrl L")
_MAP_MIN: Final = (420, 320)
_MAP_LEAST: Final = 200  # where a user opens the bottom panel on a very low screen
_RAIL: Final = 44
_LEFT: Final = {
    "entry": {"wide": 292, "middle": 224, "narrow": 292},
    "review": {"wide": 560, "middle": 520, "narrow": 440},
    "check": {"wide": 460, "middle": 400, "narrow": 380},
    "publish": {"wide": 320, "middle": 320, "narrow": 300},
}
_WITH_RIGHT: Final = {"entry", "check"}  # modes that have a panel at the right at every width
_RIGHT: Final = {"wide": 372, "middle": 332, "narrow": 312}
_CHANGE: Final = 476  # the panel of change at the right of a review
_BOTTOM: Final = {"wide": 332, "middle": 264, "narrow": 264}


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
        editing: QWidget,
        change: QWidget,
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
        self._is_editing = False
        self.editing, self.change = editing, change
        self.tabs, self.strip, self.inspector, self.map_area = tabs, strip, inspector, map_area
        self.rail = self._make_rail()
        self.review = ReviewSide(context.lang, self)
        self._left["review"] = self.review
        self.left_box = QWidget(self)
        self.left_box.setProperty("room", "panel")
        self.left_box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._left_row = QHBoxLayout(self.left_box)
        self._left_row.setContentsMargins(0, 0, 0, 0)
        for panel in dict.fromkeys(self._left.values()):
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
        self.right = QStackedWidget(self)
        for panel in (inspector, editing):
            self.right.addWidget(panel)
        self.right.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        for part in (self.left_box, center, self.right):
            self.across.addWidget(part)
        self.across.setStretchFactor(1, 1)
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
        self.review.speak(self._context.lang)
        set_tip(self.rail_button, self._context.say(_RAIL_SAID))
        self.rail_button.setAccessibleName(self._context.say(_RAIL_SAID))

    def swap_left(self, old: QWidget, panel: QWidget) -> None:
        """Have another panel at the left, where the one before it was."""
        if old.parentWidget() is not None and self.review.isAncestorOf(old):
            self.review.take("gaps", panel)
        for mode, standing in self._left.items():
            if standing is old:
                self._left[mode] = panel
        if old.parentWidget() is self.left_box:
            is_shown = not old.isHidden()
            self._left_row.replaceWidget(old, panel)
            panel.setVisible(is_shown)

    def swap_right(self, old: QWidget, panel: QWidget) -> None:
        """Have another panel at the right, where the one before it was."""
        is_front = self.right.currentWidget() is old
        self.right.insertWidget(self.right.indexOf(old), panel)
        self.right.removeWidget(old)
        if self.inspector is old:
            self.inspector = panel
        else:
            self.editing = panel
        if is_front:
            self.right.setCurrentWidget(panel)

    def swap_change(self, panel: QWidget) -> None:
        """Have another panel of change, where the one before it was."""
        old, self.change = self.change, panel
        if self.right.indexOf(old) >= 0:
            self.right.removeWidget(old)
        self._place_change()

    def _place_change(self) -> None:
        """Have the change at the right of a review where there is room, else behind a tab at its left."""
        is_right = self._mode == "review" and self._room.band == "wide"
        if is_right:
            self.right.addWidget(self.change)
        elif self.review.indexOf(self.change) < 0:
            self.right.removeWidget(self.change)
            self.review.take("change", self.change)
        shown = self.change if is_right else self.inspector
        self.right.setCurrentWidget(self.editing if self._is_editing else shown)

    def show_change(self) -> None:
        """Bring the change to the front."""
        self.review.show_page("change")

    def show_editing(self, *, is_shown: bool) -> None:
        """Have what an edit does at the right, in place of the inspector, whatever the mode."""
        if is_shown != self._is_editing:
            self._is_editing = is_shown
            self._place_change()
            is_narrow = self.right.isHidden() or self.left_box.isHidden()
            if is_narrow or self._mode not in _WITH_RIGHT:
                self.arrange()

    def _has_right(self, left: int, right: int) -> bool:
        """Whether there is room at the right, and something to show there."""
        is_rail = self._room.band == "narrow" and self._mode == "entry"
        is_wanted = self._mode in _WITH_RIGHT or self._room.band == "wide" or self._is_editing
        room = (self.width() or 1366) - left - right - (_RAIL if is_rail else 0)
        return is_wanted and room >= _MAP_MIN[0]

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
            given = self.tabs.give(lent)
            if lent == "gaps":
                self.review.take("gaps", given)
                self.review.show_page("gaps")
            else:
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
        self._place_change()
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
        right = kept.get("right", _CHANGE if (mode, band) == ("review", "wide") else _RIGHT[band])
        width = self.width() or 1366
        if self._is_editing and left and not self._has_right(left, right):
            self.left_box.hide()  # what an edit does is to be seen, and the day asked: the left gives way
            left = 0
        has_right = self._has_right(left, right)
        self.right.setVisible(has_right)
        is_bottom = self._is_bottom_wanted
        if is_bottom is None:
            is_bottom = band == "wide" and mode != "review"
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
