"""Attach an organisation or engage a firm: type initials, Enter. Nearest first; a new branch can be made here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from app.domain.edits import Changes
from app.domain.initials import initials
from app.domain.kinds import KINDS
from app.domain.period import read_day
from app.errors import RegistryError
from app.services import edit
from app.text import Text
from ui import theme
from ui.dialogs.attach_candidates import firm_candidates, matching, organisation_candidates
from ui.dialogs.sheet import Sheet
from ui.widgets import paint
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtGui import QPainter

    from app.jobs import Ticket
    from app.services.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.dialogs.attach_candidates import Candidate

_NOTE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
_NEW: Final = "+"  # stands for a code: no code may hold it
_TITLES: Final = {
    "organisations": Text("挂接党组织", "Attach a party organisation"),
    "firms": Text("登记物业服务", "Engage a property firm"),
}
_TO: Final = Text("到 {}", "to {}")
_TO_MANY: Final = Text("到选中的 {} 个", "to the {} selected")
_COMMIT: Final = Text("挂接", "Attach")
_ENGAGE: Final = Text("登记", "Engage")
_HINT: Final = Text("名称、拼音首字母或代码", "Name, pinyin initials or code")
_NEW_BRANCH: Final = Text("新建支部…", "New branch…")
_NOTHING: Final = Text(
    "没有叫“{}”的。换个写法，或新建。", "Nothing is called “{}”. Try other words, or make it."
)
_NO_NAME: Final = Text("写新支部的名称。", "Give the new branch a name.")
_UNTIL: Final = Text("不写就是一直有效", "empty: no end")


class _CandidateCell(QStyledItemDelegate):
    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        note = str(index.data(_NOTE_ROLE) or "")
        t = theme.current()
        name = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        widget = option.widget
        if widget is not None:
            widget.style().drawControl(widget.style().ControlElement.CE_ItemViewItem, bare, painter, widget)
        box = option.rect.adjusted(10, 0, -10, 0).toRectF()
        paint.text(painter, box, note, theme.font(12), t.t3, Qt.AlignmentFlag.AlignRight)
        width = painter.fontMetrics().horizontalAdvance(note) + 12
        paint.text(painter, box.adjusted(0, 0, -width, 0), name, theme.font(13), t.t1)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, 28)


class AttachDialog(Sheet):
    """``what``: organisations or firms; ``targets``: the codes to attach to, all as one change."""

    def __init__(
        self, context: WindowContext, what: str, targets: Sequence[str], parent: QWidget | None = None
    ) -> None:
        is_firm = what == "firms"
        super().__init__(context, "attach", _TITLES[what], _ENGAGE if is_firm else _COMMIT, parent, width=560)
        self._what, self._targets = what, list(targets)
        self._candidates: list[Candidate] = []
        self._is_ready = False
        self._commits_when_ready = False
        self.title.setText(f"{_TITLES[what].in_(context.lang)} {self._to_words()}")
        self.box = QLineEdit(self)
        self.box.setPlaceholderText(_HINT.in_(context.lang))
        self.box.textChanged.connect(self._on_typed)
        self.box.installEventFilter(self)
        self.add_field("what", Text("谁", "Who"), self.box)
        self.body.addLayout(self.form)
        self.list = QListWidget(self)
        self.list.setObjectName("attach.list")
        self.list.setAccessibleName(Text("可选的", "Choices").in_(context.lang))
        self.list.setItemDelegate(_CandidateCell(self.list))
        self.list.setFixedHeight(28 * 7)
        self.list.itemClicked.connect(self._on_clicked)
        self.list.itemActivated.connect(self._on_activated)
        self.form.addWidget(self.list, self.form.rowCount(), 1)
        self._make_details(is_firm=is_firm)
        self._find()

    def _make_details(self, *, is_firm: bool) -> None:
        registry, lang = self.context.registry, self.context.lang
        self.new_name = QLineEdit(self)
        self.new_type = QComboBox(self)
        self.role = QComboBox(self)
        self.role.setEditable(not is_firm)
        if registry is not None:
            for value, said in registry.profile.choices["organisation_type"].items():
                self.new_type.addItem(said.in_(lang), value)
            self.new_type.setCurrentIndex(max(0, self.new_type.findData("branch")))
            for value, said in registry.profile.choices["stage"].items() if is_firm else ():
                self.role.addItem(said.in_(lang), value)
            self.role.setCurrentIndex(max(self.role.findData("contract"), 0 if is_firm else -1))
        self.first = QLineEdit(self.context.as_of.isoformat(), self)
        self.last = QLineEdit(self)
        self.last.setPlaceholderText(_UNTIL.in_(lang))
        self.why = QLineEdit(self)
        self.add_field("new_name", Text("新支部名称", "Name of the branch"), self.new_name)
        self.add_field("new_type", Text("类型", "Type"), self.new_type)
        self.add_field("role", Text("阶段", "Stage") if is_firm else Text("角色", "Role"), self.role)
        self.add_field("from", Text("从", "From"), self.first)
        self.add_field("until", Text("到", "Until"), self.last)
        self.add_field("why", Text("为什么", "Why"), self.why)
        self._show_new(is_shown=False)

    def _to_words(self) -> str:
        lang = self.context.lang
        if len(self._targets) != 1:
            return _TO_MANY.format(len(self._targets)).in_(lang)
        record = self.context.record(self._targets[0])
        named = record is not None and "name" in KINDS[record.kind].index and record.text("name")
        return _TO.format(named or self._targets[0]).in_(lang)

    def _show_new(self, *, is_shown: bool) -> None:
        for key in ("new_name", "new_type"):
            box, _ = self._fields[key]
            box.setVisible(is_shown)
            for place in range(self.form.count()):
                item = self.form.itemAt(place)
                label = item.widget() if item is not None else None
                if label is not None and getattr(label, "buddy", lambda: None)() is box:
                    label.setVisible(is_shown)
        self.refit()

    # candidates, found off the GUI thread: initials take a library to read

    def _find(self) -> None:
        registry, day, what = self.context.registry, self.context.as_of, self._what
        if registry is None or not self._targets:
            return
        target = registry.dataset.find(self._targets[-1])
        if target is None:
            return
        engine, dataset, profile, zone = registry.engine, registry.dataset, registry.profile, registry.zone

        def job(_ticket: Ticket) -> list[Candidate]:
            derived = engine.derived(target.code, day) if KINDS[target.kind].is_layer else None
            find = firm_candidates if what == "firms" else organisation_candidates
            return find(dataset, profile, zone, target, derived, day, initials)

        task = self.context.tasks.start(job, on_registry=False, on_failure=self.show_exception)
        task.succeeded.connect(self._on_found)

    @Slot(object)
    def _on_found(self, candidates: list[Candidate]) -> None:
        self._candidates = candidates
        self._is_ready = True
        self._on_typed()
        if self._commits_when_ready:
            self._commits_when_ready = False
            self.on_commit()

    @Slot()
    def _on_typed(self, _text: str = "") -> None:
        lang = self.context.lang
        self.clear_errors()
        self.list.clear()
        for candidate in matching(self._candidates, self.box.text()):
            item = QListWidgetItem(candidate.name)
            item.setData(CODE_ROLE, candidate.code)
            item.setData(_NOTE_ROLE, candidate.note.in_(lang))
            self.list.addItem(item)
        if self._what == "organisations":
            item = QListWidgetItem(_NEW_BRANCH.in_(lang))
            item.setData(CODE_ROLE, _NEW)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._show_new(is_shown=False)

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(CODE_ROLE))

    @Slot(QListWidgetItem)
    def _on_clicked(self, _item: QListWidgetItem) -> None:
        if self._chosen() == _NEW:
            self._ask_new()

    @Slot(QListWidgetItem)
    def _on_activated(self, _item: QListWidgetItem) -> None:
        self.on_commit()

    def _ask_new(self) -> None:
        if self.new_name.isHidden():
            if not self.box.text().isascii():
                self.new_name.setText(self.box.text())
            self._show_new(is_shown=True)
            self.new_name.setFocus(Qt.FocusReason.OtherFocusReason)

    # writing

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is None:
            return
        if not self._is_ready:
            self._commits_when_ready = True
            return
        chosen = self._chosen()
        if not chosen or (chosen == _NEW and self._means_nothing()):
            self.show_error(_NOTHING.format(self.box.text()).in_(self.context.lang), "what")
            return
        if chosen == _NEW and self.new_name.isHidden():
            self._ask_new()
            return
        days: dict[str, date | None] = {}
        for key, box in (("from", self.first), ("until", self.last)):
            typed = box.text().strip()
            try:
                days[key] = read_day(typed) if typed else None
            except RegistryError as error:
                self.show_error(self.context.sentence(error), key)
                return
        self._write(registry, chosen, days["from"], days["until"])

    def _means_nothing(self) -> bool:
        """Whether initials or a code were typed that nothing has: no name for a new branch either."""
        typed = self.box.text().strip()
        is_name = not typed or not typed.isascii() or not self.new_name.isHidden()
        return not is_name and not matching(self._candidates, typed)

    def _write(self, registry: Registry, chosen: str, first: date | None, last: date | None) -> None:
        role = str(self.role.currentData()) if self._what == "firms" else self.role.currentText().strip()
        why = self.why.text().strip() or None
        targets = list(self._targets)
        new: dict[str, object] | None = None
        if chosen == _NEW:
            name = self.new_name.text().strip()
            if not name:
                self.show_error(_NO_NAME.in_(self.context.lang), "new_name")
                return
            new = {"name": name, "type": str(self.new_type.currentData())}
        else:
            item = self.list.currentItem()
            name = chosen if item is None else item.text()

        def job(_ticket: Ticket) -> Changes:
            if new is None:
                return edit.attach(
                    registry, chosen, targets, role=role or None, since=first, until=last, why=why
                )
            return edit.add_and_attach(
                registry, "organisations", new, targets, role=role or None, since=first, until=last, why=why
            )

        where = self._to_words()
        verb = _ENGAGE if self._what == "firms" else _COMMIT
        words = Text(f"已{verb.zh}：{name} {where}", f"{verb.en}: {name} {where}")
        task = self.context.edit(job, words, on_error=self._on_error)
        task.succeeded.connect(self._on_written)

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        self.accept()

    def _on_error(self, error: Exception) -> None:
        self.show_exception(
            error, {"valid_from": "from", "valid_until": "until", "name": "new_name", "type": "new_type"}
        )

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.box
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        ):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
            self.list.setCurrentRow(row)
            return True
        return super().eventFilter(watched, event)
