"""What another program edited in the file: each edit before and after, taken or turned back, written as one change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.services.keeping.foreign import found_edits, settle
from app.services.keeping.foreign_words import cell_words
from app.text import Text
from ui.dialogs.base.listing import ListingSheet, rows_view
from ui.dialogs.foreign.models import BACK, TAKE, CellsModel, EditsModel
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("别处的改动", "Edits from elsewhere")
_WRITE: Final = Text("收下 {}，退回 {}", "Take {}, turn back {}")
_LATER: Final = Text("以后再定", "Decide later")
_BANNER: Final = Text(
    "另一个程序改过这个文件：{} 处等您定。看和导出照常，按改动前的样子；新的改动先停。",
    "Another program edited this file: {: edit waits|edits wait} for you. Looking and exporting go on with the records as they "
    "were; new changes wait.",
)
_NONE: Final = Text("没有别处的改动。", "No other program edited it.")
_TABLE: Final = Text("别处的改动", "Edits from elsewhere")
_DETAIL: Final = Text("这一处的每一项", "Every field of this edit")
_CHOICE: Final = Text("这一处怎么办", "What becomes of this edit")
_TAKE: Final = Text("收下 1", "Take 1")
_BACK: Final = Text("退回 2", "Turn back 2")
_VALID: Final = Text("合规的都收下", "Take all that hold")
_ALL_BACK: Final = Text("全部退回", "Turn all back")
_WHY: Final = Text("为什么（可不写）", "Why (may be left out)")
_SUM: Final = Text("{} = 收下 {} + 退回 {} + 没定 {}", "{} = taken {} + turned back {} + undecided {}")
_NO_CHOICE: Final = Text(
    "先给每一处选收下或退回；没定的留着。", "Choose for an edit first; what is undecided stays."
)
_DONE: Final = Text("别处的改动：收下 {}，退回 {}", "Edits from elsewhere: {} taken, {} turned back")
_WIDTHS: Final = {
    3: 150,
    5: 96,
}  # names and sentences may be long [px]
_KEYS: Final = {Qt.Key.Key_1: TAKE, Qt.Key.Key_2: BACK, Qt.Key.Key_Backspace: ""}


class ForeignSheet(ListingSheet):
    """Nothing is chosen by the program: every edit is undecided until a hand takes it or turns it back."""

    WRITES = False  # it is the one thing that may be written while such edits wait

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        said = _WRITE.format(0, 0)
        super().__init__(context, "foreign", _TITLE, said, parent, width=760, tone="warning", leave=_LATER)
        self.commit.setObjectName("foreign.write")
        self.cancel.setObjectName("foreign.later")
        self.model, self.cells = EditsModel(context.lang), CellsModel(context.lang)
        self.table = rows_view(self, "table", _TABLE, self.model, stretched=4)
        for column, width in _WIDTHS.items():  # whole below the table, or in the tip
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.table.setColumnWidth(column, width)
        self.table.installEventFilter(self)
        self.body.addWidget(self.table, 3)
        self.body.addLayout(self._made_sums())
        self.body.addWidget(self._made_choice())
        self.detail = rows_view(self, "detail", _DETAIL, self.cells, stretched=2)
        self.body.addWidget(self.detail, 2)
        self.why = QLineEdit(self)
        self.why.setObjectName("foreign.why")
        self.why.setPlaceholderText(context.say(_WHY))
        self.why.setAccessibleName(context.say(_WHY))
        self.body.addWidget(self.why)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.dataChanged.connect(self._tell_choices)
        context.changed.connect(self._look_again)
        self._look_again()

    def _made_sums(self) -> QHBoxLayout:
        self.sums = text_label("", "second", self)
        self.sums.setObjectName("foreign.sums")
        self.take_valid = self.make_button("take_valid", _VALID, self._take_valid)
        self.turn_back_all = self.make_button("turn_back_all", _ALL_BACK, self._turn_back_all)
        line = QHBoxLayout()
        line.addWidget(self.sums, 1)
        line.addWidget(self.take_valid)
        line.addWidget(self.turn_back_all)
        return line

    def _made_choice(self) -> QWidget:
        self.choice = QWidget(self)
        self.choice.setObjectName("foreign.choice")
        self.choice.setAccessibleName(self.context.say(_CHOICE))
        self.current = text_label("", "title", self.choice)
        self.take = self._choice_button("take", _TAKE, TAKE)
        self.turn_back = self._choice_button("turn_back", _BACK, BACK)
        self.problem = text_label("", "error", self.choice)
        self.problem.setWordWrap(True)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.current, 1)
        line.addWidget(self.take)
        line.addWidget(self.turn_back)
        box = QVBoxLayout(self.choice)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(line)
        box.addWidget(self.problem)
        return self.choice

    def _choice_button(self, key: str, said: Text, choice: str) -> QPushButton:
        button = self.make_button(key, said, lambda: self._choose(choice))
        button.setCheckable(True)
        return button

    # what is shown

    @Slot()
    def _look_again(self, *_changes: object) -> None:
        registry = self.context.registry
        edits = [] if registry is None else found_edits(registry)
        if registry is not None:
            self.model.show_edits(registry, edits)
        said = _BANNER.format(len(edits)) if edits else _NONE
        self.banner.setText(self.context.say(said))
        self.table.selectRow(0)
        self._on_row()
        self._tell_choices()

    @Slot()
    def _on_row(self, *_rows: QModelIndex) -> None:
        row, registry = self.table.currentIndex().row(), self.context.registry
        edit = self.model.at(row)
        is_there = edit is not None and registry is not None
        self.current.setText(f"{edit.name} {edit.code}".strip() if edit is not None else "")
        self.problem.setText("" if edit is None or edit.problem is None else self.context.say(edit.problem))
        self.problem.setVisible(bool(self.problem.text()))
        self.cells.show_rows(
            cell_words(registry, edit, self.context.lang) if is_there and edit and registry else []
        )
        for button, choice in ((self.take, TAKE), (self.turn_back, BACK)):
            permit(button, "", may=self.model.may(row, choice))
            button.setChecked(self.model.choices.get(row) == choice)
        if edit is not None and self.context.record(edit.code) is not None:
            self.context.select([edit.code])

    @Slot()
    def _tell_choices(self, *_changed: object) -> None:
        count = self.model.rowCount()
        taken, back = (len(self.model.chosen(choice)) for choice in (TAKE, BACK))
        self.sums.setText(self.context.say(_SUM.format(count, taken, back, count - taken - back)))
        said = self.context.say(_WRITE.format(taken, back))
        self.commit.setText(said)
        self.commit.setAccessibleName(said)
        permit(self.take_valid, "", may=any(self.model.may(row, TAKE) for row in range(count)))
        permit(self.turn_back_all, "", may=any(self.model.may(row, BACK) for row in range(count)))
        row = self.table.currentIndex().row()
        for button, choice in ((self.take, TAKE), (self.turn_back, BACK)):
            button.setChecked(self.model.choices.get(row) == choice)

    # what is chosen

    def _choose(self, choice: str) -> None:
        row = self.table.currentIndex().row()
        self.model.choose([row], "" if self.model.choices.get(row) == choice else choice)

    def _take_valid(self) -> None:
        """Take every edit that holds and is undecided."""
        undecided = [row for row in range(self.model.rowCount()) if row not in self.model.choices]
        self.model.choose(undecided, TAKE)

    def _turn_back_all(self) -> None:
        self.model.choose(list(range(self.model.rowCount())), BACK)

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        take, back = ([edit.code for edit in self.model.chosen(choice)] for choice in (TAKE, BACK))
        if registry is None:
            return
        if not take and not back:
            self.show_error(self.context.say(_NO_CHOICE))
            return
        self.commit.setEnabled(False)
        why = self.why.text().strip() or None

        def job(_ticket: Ticket) -> Changes:
            return _settled(registry, take, back, why)

        task = self.context.edit(
            job, _DONE.format(len(take), len(back)), on_error=self._on_error, is_settling=True
        )
        task.succeeded.connect(self._on_done)

    @Slot(object)
    def _on_done(self, _changes: object) -> None:
        self.commit.setEnabled(True)
        if not self.model.rowCount():
            self.accept()

    def _on_error(self, error: Exception) -> None:
        self.commit.setEnabled(True)
        self.show_exception(error)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take 1, 2 and Backspace before the table, which would search for them among its rows."""
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            choice = _KEYS.get(Qt.Key(event.key()))
            if choice is not None:
                self.model.choose([self.table.currentIndex().row()], choice)
                return True
        return super().eventFilter(watched, event)


def _settled(registry: Registry, take: list[str], back: list[str], why: str | None) -> Changes:
    changes, _, _ = settle(registry, take, back, why=why)
    return changes
