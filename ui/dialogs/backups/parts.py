"""The parts of the backups' sheet: the time line at the left; at the right a record then and now, and ways to bring it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui import words
from ui.dialogs.backups.models import BackupsModel, ChangedModel, PartsModel
from ui.dialogs.backups.outlines import Outlines
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("备份", "Backups")
_LIST: Final = Text("自动备份，新的在前", "Automatic backups, newest first")
_AUTO: Final = Text("自动：改过才备，写完即核", "What changed, read back at once")
_NOW: Final = Text("现在备一份", "Back up now")
_VERIFY: Final = Text("再核一遍", "Read it back again")
_RULES: Final = Text("改规则…", "Rules…")
_CHANGED: Final = Text("从那时到现在改过的记录", "Records changed since then")
_FIND: Final = Text("名称或代码", "Name or code")
_PREVIOUS: Final = Text("上一条改过的", "Previous changed record")
_NEXT: Final = Text("下一条改过的", "Next changed record")
_COMPARE: Final = Text("当时和现在", "Then and now")
_OUTLINE: Final = Text("只恢复边界  B", "Outline  B")
_RECORD: Final = Text("恢复这一条  R", "Record  R")
_FIELD: Final = Text("恢复选中的一项", "Part chosen")
_WHOLE: Final = Text("整份另存为…", "All of it as a new file…")
_PEEK: Final = Text("只看当时  Z", "Then  Z")
_PATH: Final = Text("新文件", "New file")
_LIST_WIDTH: Final = 300  # [px]
_THREE_ROWS: Final = 3 * 26 + 30  # [px]
_LETTERS: Final = {Qt.Key.Key_B, Qt.Key.Key_R, Qt.Key.Key_V, Qt.Key.Key_Z, Qt.Key.Key_Left, Qt.Key.Key_Right}


class BackupsParts(Sheet):
    """Made and laid out here; what they do is ``BackupsSheet``'s."""

    WRITES = False  # a new file is written, and that also where the registry is read-only

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "backups", _TITLE, _WHOLE, parent, width=1100, at_right=True)
        lang = context.lang
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(self._make_left(lang), 4)
        columns.addLayout(self._make_right(lang), 6)
        self.body.addLayout(columns, 1)
        self.body.addLayout(self._make_acts())
        self.path = QLineEdit(self)
        self.body.addLayout(self.form)
        self.add_field("path", _PATH, self.path)
        self.commit.setObjectName("backups.restore_whole")
        self.commit.setDefault(False)
        self.commit.setAutoDefault(False)
        self.cancel.setText(words.CLOSE.in_(lang))
        self.peek.toggled.connect(self._on_peek)
        for widget in (self.list, self.changed, self.compare):
            widget.installEventFilter(self)

    def _make_left(self, lang: str) -> QVBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(6)
        head = QHBoxLayout()
        self.auto = text_label(_AUTO.in_(lang), "second", self)
        self.auto.setWordWrap(True)
        self.now = self.make_button("now", _NOW)
        head.addWidget(self.auto, 1)
        head.addWidget(self.now)
        left.addLayout(head)
        self.model = BackupsModel(lang, self)
        self.list = PlanView("backups.list", _LIST.in_(lang), self)
        self.list.setModel(self.model)
        for column, width in enumerate((104, 70, 68, 58)):
            self.list.setColumnWidth(column, width)
        stretch_column(self.list, 1, 60)
        self.list.setMinimumWidth(_LIST_WIDTH)
        left.addWidget(self.list, 1)
        self.total = text_label("", "second", self)
        self.total.setObjectName("backups.total")
        self.total.setWordWrap(True)
        left.addWidget(self.total)
        foot = QHBoxLayout()
        self.verify = self.make_button("verify", _VERIFY)
        self.rules = self.make_button("rules", _RULES)
        foot.addWidget(self.verify)
        foot.addWidget(self.rules)
        foot.addStretch(1)
        left.addLayout(foot)
        return left

    def _make_right(self, lang: str) -> QVBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(6)
        self.head = text_label("", "strong", self)
        self.head.setObjectName("backups.head")
        self.head.setWordWrap(True)
        self.since = text_label("", "second", self)
        self.since.setObjectName("backups.since")
        self.since.setWordWrap(True)
        right.addWidget(self.head)
        right.addWidget(self.since)
        line = QHBoxLayout()
        self.record = QLineEdit(self)
        self.record.setObjectName("backups.record")
        self.record.setAccessibleName(_FIND.in_(lang))
        self.record.setPlaceholderText(_FIND.in_(lang))
        self.previous = self._step_button("previous", "‹", _PREVIOUS)
        self.next = self._step_button("next", "›", _NEXT)
        line.addWidget(self.record, 1)
        line.addWidget(self.previous)
        line.addWidget(self.next)
        right.addLayout(line)
        self.changed_model = ChangedModel(lang, self)
        self.changed = PlanView("backups.changed", _CHANGED.in_(lang), self)
        self.changed.setModel(self.changed_model)
        self.changed.setColumnWidth(1, 96)
        self.changed.setColumnWidth(2, 110)
        stretch_column(self.changed, 0)
        self.changed.setMinimumHeight(_THREE_ROWS)
        right.addWidget(self.changed, 2)
        self.named = text_label("", "strong", self)
        self.named.setObjectName("backups.named")
        self.named.setWordWrap(True)
        right.addWidget(self.named)
        self.outlines = Outlines(lang, self)
        right.addWidget(self.outlines)
        self.parts = PartsModel(lang, self)
        self.compare = PlanView("backups.compare", _COMPARE.in_(lang), self)
        self.compare.setModel(self.parts)
        for column, width in enumerate((104, 120, 120, 58)):
            self.compare.setColumnWidth(column, width)
        stretch_column(self.compare, 2)
        right.addWidget(self.compare, 3)
        self.effect = text_label("", "second", self)
        self.effect.setObjectName("backups.effect")
        self.effect.setWordWrap(True)
        right.addWidget(self.effect)
        return right

    def _make_acts(self) -> QHBoxLayout:
        """Return the row of what can be brought back, over the whole width: it has room on the smallest screen."""
        acts = QHBoxLayout()
        self.restore_outline = self.make_button("restore_outline", _OUTLINE)
        self.restore_record = self.make_button("restore_record", _RECORD)
        self.restore_field = self.make_button("restore_field", _FIELD)
        self.peek = self.make_button("peek", _PEEK)
        self.peek.setCheckable(True)
        for button in (self.restore_outline, self.restore_record, self.restore_field, self.peek):
            acts.addWidget(button)
        acts.addStretch(1)
        return acts

    def _step_button(self, key: str, said: str, words_: Text) -> QPushButton:
        button = self.make_button(key, Text(said, said))
        button.setAccessibleName(words_.in_(self.context.lang))
        set_tip(button, words_.in_(self.context.lang))
        button.setFixedWidth(34)
        return button

    # keys

    @Slot(bool)
    def _on_peek(self, is_on: bool) -> None:
        self.outlines.peek(is_on=is_on)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_table = watched in (self.list, self.changed, self.compare)
        if is_table and isinstance(event, QKeyEvent) and event.key() in _LETTERS and not event.modifiers():
            if event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                self._on_key(event)
            return True
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> None:
        is_down = event.type() == QEvent.Type.KeyPress
        if event.key() == Qt.Key.Key_Z:
            if not event.isAutoRepeat():
                self.outlines.peek(is_on=is_down)
            return
        if not is_down:
            return
        acts: dict[int, Any] = {
            Qt.Key.Key_B: self.restore_outline.click,
            Qt.Key.Key_R: self.restore_record.click,
            Qt.Key.Key_V: self.verify.click,
            Qt.Key.Key_Left: self.previous.click,
            Qt.Key.Key_Right: self.next.click,
        }
        acts[event.key()]()
