"""The search box of the header and the list below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.text.initials import initials
from app.text import Text
from ui import theme, words
from ui.models.named import KIND_ICONS, PLAIN_ICON
from ui.widgets.hint import hint_at

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext
    from ui.models.search_index import Hit
    from ui.models.search_service import SearchService

CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
KIND_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 4
_HINT: Final = Text("搜小区、社区、地址，或拼音首字母", "Compound, community, address or pinyin initials")
_RESULTS: Final = Text("搜索结果", "Search results")
_SHORT_HINT: Final = Text("搜小区、社区、地址", "Compound, community, address")
_SHORTEST_HINT: Final = Text("搜索", "Search")
NOTHING_FOUND: Final = Text("没有找到 {}", "Nothing found for {}")


def hit_item(hit: Hit, lang: str) -> QListWidgetItem:
    """Return a list item for a record found."""
    kind = KINDS[hit.kind].words.in_(lang)
    item = QListWidgetItem(f"{hit.name or words.UNNAMED.in_(lang)}    {kind} · {hit.where or hit.code}")
    item.setIcon(theme.icon(KIND_ICONS.get(hit.kind, PLAIN_ICON), 15))
    item.setData(CODE_ROLE, hit.code)
    item.setData(KIND_ROLE, hit.kind)
    return item


def go_to(context: WindowContext, code: str, kind: str, origin: str) -> None:
    """Select a record and show it on the map.

    An organisation stands for what it is attached to; a firm, department, alliance or zone is selected itself,
    and the map shows what it serves or is related to.
    """
    if KINDS[kind].is_layer:
        if kind in UNIT_KINDS:
            context.set_place(code)
        context.select([code], origin)
        if kind in UNIT_KINDS:
            context.zoom_to([code])
        return
    registry = context.registry
    if registry is None:
        return
    dataset, day = registry.dataset, context.as_of
    rows = [(row, "to") for row in (*dataset.attachments_of(code), *dataset.links_of(code))]
    rows += [(row, "compound") for row in dataset.engagements_of(code)]
    links = list(dict.fromkeys(row.text(end) for row, end in rows if row.is_in_force(day)))
    context.select(links if links and kind == "organisations" else [code], origin)
    if links:
        context.zoom_to(links)


class SearchBox(QLineEdit):
    """Type to search; arrows choose, Enter goes there, Esc gives the map its focus back."""

    left = Signal()

    def __init__(self, context: WindowContext, service: SearchService, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._service = context, service
        self.setObjectName("search.box")
        self.setClearButtonEnabled(True)
        self.addAction(theme.icon("magnifying-glass", 15), QLineEdit.ActionPosition.LeadingPosition)
        for made in self.actions():
            if not made.objectName():
                made.setObjectName("search.icon")
        self.results = QListWidget(parent.window())
        self.results.setObjectName("search.results")
        self.results.setProperty("room", "palette")
        self.results.setUniformItemSizes(True)
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.hide()
        self.results.itemClicked.connect(self._take)
        self.results.itemActivated.connect(self._take)
        self.textChanged.connect(self._on_text)
        service.ready.connect(self._on_ready)
        context.registry_opened.connect(self.show_hint)
        self.installEventFilter(self)
        self.speak()

    def speak(self) -> None:
        """Take the words of the window's language."""
        self.show_hint()
        self.setAccessibleName(self._context.say(_HINT))
        self.results.setAccessibleName(self._context.say(_RESULTS))
        if self.results.isVisible():
            self._on_text(self.text())

    @Slot()
    def show_hint(self) -> None:
        """Say what can be typed, with an example that finds something in the open registry."""
        registry, hint = self._context.registry, self._context.say(_HINT)
        codes = () if registry is None else registry.dataset.in_force("compounds", self._context.as_of)
        found = next((initials(record.text("name")) for record in codes if record.text("name")), "")
        example = f"{hint} {found[:3].lower()}" if found else hint
        hint_at(self, example, hint, self._context.say(_SHORT_HINT), self._context.say(_SHORTEST_HINT))

    @Slot()
    def _on_ready(self) -> None:
        self.show_hint()
        if self.text() and self.hasFocus():
            self._on_text(self.text())

    @Slot(str)
    def _on_text(self, typed: str) -> None:
        self.results.clear()
        for hit in self._service.find(typed):
            self.results.addItem(hit_item(hit, self._context.lang))
        if typed.strip() and self._service.is_ready and not self.results.count():
            nothing = QListWidgetItem(self._context.say(NOTHING_FOUND).format(typed.strip()))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.results.addItem(nothing)
        if self.results.count():
            self.results.setCurrentRow(0)
            self._place()
            self.results.show()
            self.results.raise_()
        else:
            self.results.hide()

    def _place(self) -> None:
        window = self.window()
        if self.results.parentWidget() is not window:
            self.results.setParent(window)
        spot = self.mapTo(window, QPoint(0, self.height() + 2))
        rows = min(12, self.results.count())
        self.results.setGeometry(spot.x(), spot.y(), max(self.width(), 420), rows * 27 + 6)

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        self.results.hide()
        go_to(self._context, str(item.data(CODE_ROLE)), str(item.data(KIND_ROLE)), "search")
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the list when the focus goes elsewhere."""
        if watched is self and event.type() == QEvent.Type.FocusOut:
            self.results.hide()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the list, take its current row, or leave."""
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.results.isVisible():
            step = 1 if key == Qt.Key.Key_Down else -1
            row = min(max(self.results.currentRow() + step, 0), self.results.count() - 1)
            self.results.setCurrentRow(row)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            item = self.results.currentItem()
            if item is not None and item.flags() & Qt.ItemFlag.ItemIsSelectable:
                self._take(item)
        elif key == Qt.Key.Key_Escape:
            self.results.hide()
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
