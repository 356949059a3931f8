"""The command palette: actions on the selection first, then records by name or initials, then figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.looks import wording
from app.domain.text.initials import begins_like, sounds_like
from app.text import Text
from ui import theme, words
from ui.actions import ACTIONS, keys_of
from ui.models.named import KIND_ICONS, PLAIN_ICON
from ui.panels.frame.search import NOTHING_FOUND, go_to
from ui.widgets import paint
from ui.widgets.plain import one_line, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from ui.bridge.context import WindowContext
    from ui.models.search_service import SearchService

_Index = QModelIndex | QPersistentModelIndex
CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
KIND_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 4
_NOTE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 6
_KEYS_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 7
_ICON_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 8
_HINT: Final = Text("操作、小区名、拼音首字母、编码或地址", "Command, name, initials, code or address")
_RESULTS: Final = Text("可做的事和找到的", "What can be done, and what was found")
_FOOT: Final = Text(
    "↑ ↓ 选    Enter 执行    Ctrl Enter 在地图上看    Esc 关",
    "↑ ↓ choose    Enter do    Ctrl Enter on the map    Esc close",
)
_GROUPS: Final = {
    "action": Text("操作", "Commands"),
    "record": Text("小区与地点", "Compounds and places"),
    "figure": Text("数字", "Figures"),
}
_FIRST: Final = ("compound.", "map.", "edit.")
_WIDTH, _ROW = 680, 30


class _Rows(QStyledItemDelegate):
    """Icon, name, a note beside it, key caps at right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a row."""
        t = theme.current()
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name = one_line(str(index.data()))
        if not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            paint.text(painter, box.adjusted(12, 0, 0, 0), name, theme.font(12), t.t3)
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.accent_ground))
            painter.drawRoundedRect(box.adjusted(6, 1, -6, -1), 4, 4)
        mark = str(index.data(_ICON_ROLE) or "caret-right")
        theme.draw_icon(painter, mark, QRectF(box.left() + 18, box.center().y() - 8, 16, 16), t.t2)
        face = theme.font(13, bold=bool(option.state & QStyle.StateFlag.State_Selected))
        painter.setFont(face)
        width = min(painter.fontMetrics().horizontalAdvance(name) + 4.0, 340.0)
        paint.text(painter, QRectF(box.left() + 44, box.top(), width, box.height()), name, face, t.t1)
        keys = str(index.data(_KEYS_ROLE) or "")
        right = box.right() - 14
        if keys:
            small = theme.font(11)
            painter.setFont(small)
            cap = painter.fontMetrics().horizontalAdvance(keys) + 10.0
            spot = QRectF(right - cap, box.center().y() - 9, cap, 18)
            painter.setPen(QColor(t.ctl))
            painter.setBrush(QColor(t.panel))
            painter.drawRoundedRect(spot, 4, 4)
            paint.text(painter, spot, keys, small, t.t2, Qt.AlignmentFlag.AlignHCenter)
            right -= cap + 10
        left = box.left() + 44 + width + 8
        note = str(index.data(_NOTE_ROLE) or "")
        paint.text(
            painter, QRectF(left, box.top(), max(0.0, right - left), box.height()), note, theme.font(12), t.t2
        )
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the row's height."""
        return QSize(200, _ROW if index.flags() & Qt.ItemFlag.ItemIsSelectable else 24)


class Palette(QFrame):
    """Ctrl+K: at once, no fade, over the window, blocks nothing."""

    def __init__(
        self, context: WindowContext, service: SearchService, actions: Mapping[str, QAction], over: QWidget
    ) -> None:
        super().__init__(over)
        self._context, self._service, self._actions, self._over = context, service, actions, over
        self._back: QWidget | None = None
        self.setObjectName("palette")
        self.setProperty("room", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.input = QLineEdit(self)
        self.input.setObjectName("palette.input")
        self.input.setMinimumHeight(36)
        self.input.addAction(theme.icon("magnifying-glass", 16), QLineEdit.ActionPosition.LeadingPosition)
        self.results = QListWidget(self)
        self.results.setObjectName("palette.results")
        self.results.setItemDelegate(_Rows(self.results))
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.setMouseTracking(True)
        self._foot = text_label("", "", self)
        self._foot.setProperty("type", "faint")
        self._foot.setContentsMargins(12, 4, 12, 4)
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 8, 6, 4)
        box.setSpacing(4)
        box.addWidget(self.input)
        box.addWidget(self.results, 1)
        box.addWidget(self._foot)
        self.input.textChanged.connect(self.search)
        self.input.installEventFilter(self)
        self.results.itemClicked.connect(self._on_clicked)
        service.ready.connect(self._on_ready)
        over.installEventFilter(self)
        self.speak()

    def speak(self) -> None:
        """Take the words of the window's language; what is listed is listed anew when it opens next."""
        say = self._context.say
        self.hide()
        self.results.clear()
        self.input.setPlaceholderText(say(_HINT))
        self.input.setAccessibleName(say(_HINT))
        self.results.setAccessibleName(say(_RESULTS))
        self._foot.setText(say(_FOOT))

    @Slot()
    def open(self) -> None:
        """Show it with the focus in its field."""
        self._back = self._over.focusWidget()
        width = min(_WIDTH, self._over.width() - 40)
        height = min(470, self._over.height() - 90)
        self.setGeometry((self._over.width() - width) // 2, 56, width, height)
        self.input.clear()
        self.search("")
        self.show()
        self.raise_()
        self.input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def leave(self) -> None:
        """Hide it and give the focus back."""
        had = self.isVisible()
        self.hide()
        if had and self._back is not None:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back = None

    @Slot()
    def _on_ready(self) -> None:
        if self.isVisible():
            self.search(self.input.text())

    @Slot(str)
    def search(self, typed: str) -> None:
        """List what fits."""
        wanted = typed.strip().lower()
        self.results.clear()
        self._list("action", self._fitting_actions(wanted))
        if wanted:
            hits = self._service.find(wanted, 20)
            self._list(
                "record",
                [
                    self._item(
                        h.name or words.UNNAMED.in_(self._context.lang), h.where or h.code, "", h.code, h.kind
                    )
                    for h in hits
                ],
            )
            self._list(
                "figure", self._figures([h.code for h in hits if h.kind not in {"compounds", "stations"}])
            )
        if not self.results.count():
            nothing = QListWidgetItem(NOTHING_FOUND.in_(self._context.lang).format(typed.strip()))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.results.addItem(nothing)
        for row in range(self.results.count()):
            if self.results.item(row).flags() & Qt.ItemFlag.ItemIsSelectable:
                first = row if not wanted else self._best(row)
                self.results.setCurrentRow(first)
                break

    def _best(self, first: int) -> int:
        """Return the row to start at: a record whose name or initials begin so goes before an action in passing."""
        wanted = self.input.text().strip().lower()
        item = self.results.item(first)
        if self._fits(str(item.text()), wanted, whole=False):
            return first
        for row in range(first, self.results.count()):
            item = self.results.item(row)
            if item.data(KIND_ROLE) not in {None, "action"}:
                return row
        return first

    def _list(self, group: str, items: list[QListWidgetItem]) -> None:
        if not items:
            return
        head = QListWidgetItem(_GROUPS[group].in_(self._context.lang))
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        self.results.addItem(head)
        for item in items:
            self.results.addItem(item)

    def _item(self, name: str, note: str, keys: str, code: str, kind: str, icon: str = "") -> QListWidgetItem:
        item = QListWidgetItem(name)
        item.setData(CODE_ROLE, code)
        item.setData(KIND_ROLE, kind)
        item.setData(_NOTE_ROLE, note)
        item.setData(_KEYS_ROLE, keys)
        item.setData(_ICON_ROLE, icon or KIND_ICONS.get(kind, PLAIN_ICON))
        return item

    def _fits(self, name: str, wanted: str, *, whole: bool = True) -> bool:
        return sounds_like(name, wanted) if whole else begins_like(name, wanted)

    def _fitting_actions(self, wanted: str) -> list[QListWidgetItem]:
        current = self._context.current
        named = (
            (current.text("name") or current.code)
            if current is not None and current.kind == "compounds"
            else ""
        )
        lang = self._context.lang
        found = []
        for spec in sorted(ACTIONS, key=lambda s: not s.id.startswith(_FIRST[0])):
            action = self._actions[spec.id]
            name = spec.text.in_(lang).rstrip("…")
            if spec.id == "help.palette" or not action.isEnabled() or not self._fits(name, wanted):
                continue
            note = (
                f"{Text('当前：', 'on ').in_(lang)}{named}" if named and spec.id.startswith(_FIRST[0]) else ""
            )
            found.append(self._item(name, note, keys_of(spec), spec.id, "action", spec.icon or "caret-right"))
        return found[: 6 if wanted else 12]

    def _figures(self, units: list[str]) -> list[QListWidgetItem]:
        lang = self._context.lang
        measure = self._context.measure_words().in_(lang)
        found = [
            self._item(
                f"{row.name} {measure}",
                wording.rate_of(row.figures).in_(lang),
                "",
                row.unit,
                "figure",
                "chart-bar-horizontal",
            )
            for coverage in self._context.figured.coverages.values()
            for row in coverage.rows
            if row.unit in units
        ]
        return found[:5]

    @Slot(QListWidgetItem)
    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._take(item, on_map=False)

    def _take(self, item: QListWidgetItem, *, on_map: bool) -> None:
        code, kind = str(item.data(CODE_ROLE) or ""), str(item.data(KIND_ROLE) or "")
        if not code:
            return
        self.leave()
        if kind == "action":
            self._actions[code].trigger()
        elif kind == "figure":
            self._context.set_place(code)
            self._context.tab_asked.emit("coverage")
        elif on_map:
            self._context.zoom_to([code])
        else:
            go_to(self._context, code, kind, "palette")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list from the field; leave when the focus goes elsewhere."""
        if watched is self.input and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if watched is self.input and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self.move((self._over.width() - self.width()) // 2, 56)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            item = self.results.currentItem()
            if item is not None:
                self._take(item, on_map=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Tab:
            self._next_group()
        else:
            return False
        return True

    def _step(self, step: int) -> None:
        row = self.results.currentRow() + step
        while 0 <= row < self.results.count():
            if self.results.item(row).flags() & Qt.ItemFlag.ItemIsSelectable:
                self.results.setCurrentRow(row)
                return
            row += step

    def _next_group(self) -> None:
        count, row = self.results.count(), self.results.currentRow()
        for other in [*range(row + 1, count), *range(row)]:
            if not self.results.item(other).flags() & Qt.ItemFlag.ItemIsSelectable and other + 1 < count:
                self.results.setCurrentRow(other + 1)
                return
