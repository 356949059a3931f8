"""What others changed, as a tree: a record by one person on a line, its fields below it where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget
from typing_extensions import override

from app.text import Text
from ui.models.change_words import when_words
from ui.widgets.plain import one_line, set_item_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from app.services.keeping.others import Edited

_HEAD: Final = (Text("对象", "What"), Text("改了什么", "Changed"), Text("谁", "Who"), Text("时间", "When"))
_NAME: Final = Text("别人改了什么，最新在上", "What others changed, newest first")
_WIDTHS: Final = (190, 0, 72, 96)
_KEY: Final = int(Qt.ItemDataRole.UserRole) + 1
_MOST: Final = 300  # lines; what is older is looked for in the journal
Key = tuple[str, str, int]


class NewsTree(QTreeWidget):
    """``chosen``: an ``Edited`` was clicked, or walked to by the keyboard. Other lines leave hand, lines and scroll where they are."""

    chosen = Signal(object)
    opened = Signal(object)  # Enter or a double click: go there

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._edits: dict[Key, Edited] = {}
        self._is_filling = False
        self.setObjectName("together.list")
        self.setColumnCount(len(_HEAD))
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        head = self.header()
        head.setStretchLastSection(False)
        for column, width in enumerate(_WIDTHS):
            if width:
                self.setColumnWidth(column, width)
            else:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.currentItemChanged.connect(self._on_current)
        self.itemClicked.connect(self._on_clicked)
        self.itemDoubleClicked.connect(self._on_opened)

    def speak(self, lang: str) -> None:
        """Take the words of a language; the lines follow when they are shown again."""
        self.setHeaderLabels([words.in_(lang) for words in _HEAD])
        self.setAccessibleName(_NAME.in_(lang))

    def show_edits(self, edits: Sequence[Edited], lang: str) -> int:
        """Show these; return how many there was no room for."""
        current = self._key_of(self.currentItem())
        open_ = {key for item in self._lines() if item.isExpanded() and (key := self._key_of(item))}
        place = self.verticalScrollBar().value()
        self._is_filling = True
        try:
            self.clear()
            self._edits = {_key(edit): edit for edit in edits[:_MOST]}
            self.addTopLevelItems([self._line(key, edit, lang) for key, edit in self._edits.items()])
            for item in self._lines():
                for row in range(item.childCount()):
                    if (field := item.child(row)) is not None:
                        field.setFirstColumnSpanned(True)  # told in full
                key = self._key_of(item)
                item.setExpanded(key in open_)
                if key is not None and current is not None and key[:2] == current[:2]:
                    self.setCurrentItem(item)
        finally:
            self._is_filling = False
        self.verticalScrollBar().setValue(place)
        return max(0, len(edits) - _MOST)

    def stand_somewhere(self) -> None:
        """Have a current line where there are lines; nothing is chosen by it."""
        first = self.topLevelItem(0)
        if self.currentItem() is None and first is not None:
            self._is_filling = True
            self.setCurrentItem(first)
            self._is_filling = False

    def current_edit(self) -> Edited | None:
        """Return what the current line tells of."""
        key = self._key_of(self.currentItem())
        return None if key is None else self._edits.get(key)

    def _lines(self) -> list[QTreeWidgetItem]:
        return [item for row in range(self.topLevelItemCount()) if (item := self.topLevelItem(row))]

    def _key_of(self, item: QTreeWidgetItem | None) -> Key | None:
        found = None if item is None else item.data(0, _KEY)
        if not found:
            return None
        by, code, seq = found  # Qt hands a tuple back as a list
        return by, code, seq

    def _line(self, key: Key, edit: Edited, lang: str) -> QTreeWidgetItem:
        cells = [edit.name.in_(lang), edit.said(lang), edit.by, when_words(edit.at, lang)]
        item = self._item(key, cells)
        if len(edit.fields) > 1:
            item.addChildren([self._item(key, [field.said(lang), "", "", ""]) for field in edit.fields])
        return item

    def _item(self, key: Key, cells: Sequence[str]) -> QTreeWidgetItem:
        item = QTreeWidgetItem([one_line(cell) for cell in cells])
        item.setData(0, _KEY, key)
        for column in (0, 1):
            if cells[column]:
                set_item_tip(item, column, cells[column])
        return item

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _on_current(self, _now: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        edit = self.current_edit()
        if edit is not None and not self._is_filling:
            self.chosen.emit(edit)

    @Slot(QTreeWidgetItem, int)
    def _on_clicked(self, _item: QTreeWidgetItem, _column: int) -> None:
        edit = self.current_edit()
        if edit is not None:
            self.chosen.emit(edit)

    @Slot(QTreeWidgetItem, int)
    def _on_opened(self, _item: QTreeWidgetItem, _column: int) -> None:
        edit = self.current_edit()
        if edit is not None:
            self.opened.emit(edit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter; leave letters to the window, where each stands for an act."""
        edit = self.current_edit()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and edit is not None:
            self.opened.emit(edit)
        elif event.text().strip() and event.text().isprintable() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)


def _key(edit: Edited) -> Key:
    """Return what a line is known by when it is told again: who and which record, of many the step."""
    return (edit.by, edit.code, edit.seq if edit.is_many else 0)
