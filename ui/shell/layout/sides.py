"""The left side of the entry mode: places above, layers below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui.panels.layers import LayersPanel
from ui.widgets.section_header import SectionHeader

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ui.bridge.context import WindowContext

_LAYERS: Final = Text("图层与图例", "Layers and legend")
_PLACES_LEAST: Final = 160  # of the tree of places above the layers


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
