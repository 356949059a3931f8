"""What was entered without the server: each change with a way to take it back or to choose, and the copy here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QHeaderView, QWidget
from typing_extensions import override

from app.services.registry import away
from app.services.registry.away import Undecided
from app.text import Text
from ui.dialogs.base.listing import ListingSheet, rows_view
from ui.dialogs.conflict.sides import Sides
from ui.dialogs.offline.brought import BroughtChoices
from ui.dialogs.offline.model import WaitingModel
from ui.models.change_words import when_words
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.edits import Changes
    from app.services.registry.registry import Registry
    from ui.bridge.away import AwayWatch
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_TITLE: Final = Text("离线与送回", "Without the server")
_TRY: Final = Text("现在试", "Try now")
_CLOSE: Final = Text("关上", "Close")
_AWAY: Final = Text(
    "从 {} 起连不上服务器。看的、改的都在这台电脑的副本上（别人的改动到 {} 为止）；改的存好了，连上后自动送回。",
    "The server can't be reached since {}. You look at and edit this computer's copy (others' changes up to {}); what you "
    "enter is saved, and brought back as soon as the server answers.",
)
_THERE: Final = Text("连着服务器。", "The server is there.")
_NO_SERVER: Final = Text("这本台账是文件，不用服务器。", "This registry is a file; it needs no server.")
_COPY: Final = Text("副本到 {} 为止，在 {}", "The copy is of {}, in {}")
_MAKING: Final = Text("正在这台电脑上存一份副本…", "A copy is being made on this computer…")
_NO_COPY: Final = Text(
    "这台电脑上没有副本：断开后不能接着用。", "No copy here: work stops when the server is away."
)
_TABLE: Final = Text("没有服务器时改的", "Entered without the server")
_TAKE_BACK: Final = Text("撤销这一处", "Take this back")
_GIVE_UP: Final = Text("放弃这一处", "Give this up")
_AGAIN: Final = Text("再送一次", "Bring back again")
_WRITE: Final = Text("写入选好的", "Write what is chosen")
_AS_TEXT: Final = Text("复制成文字", "Copy as text")
_COPIED: Final = Text("已复制，可以贴到别处。", "Copied; paste it elsewhere.")
_KEEP: Final = Text(
    "在这台电脑上留副本，断开后接着用", "Keep a copy on this computer, to go on without the server"
)
_KEPT: Final = Text("下次打开起留副本。", "A copy is kept from the next opening on.")
_FORGOTTEN: Final = Text("副本已删，以后也不留。", "The copy is deleted, and none is kept from now on.")
_NO_CHOICE: Final = Text(
    "还有没定的：每一项选一边再写。", "Some are undecided: choose a side for each, then write."
)
_NOT_AWAY: Final = Text("连上服务器后再写。", "It can be written once the server is back.")
_IF_TAKEN_BACK: Final = Text(
    "撤销：当没改过，可以重做。", "Taken back, it is as if it was never entered; it can be done again."
)
_IF_GIVEN_UP: Final = Text(
    "放弃：这一处不写入台账，收不回；想留就先复制成文字。",
    "Given up, it is not written, and that can't be taken back; copy it as text first to keep it.",
)
_IF_WRITTEN: Final = Text(
    "写入：下面几项按选的，这一处里别人没动的项一起写。",
    "Written: the fields below as chosen, with all in it that nobody else touched.",
)

_MOST: Final = 4  # rows of fields in sight: the changes above want room, too


class OfflineSheet(ListingSheet):
    """Writes nothing by itself: what waits comes back without being asked, unless it met somebody else's change."""

    WRITES = False

    def __init__(self, context: WindowContext, watch: AwayWatch, parent: QWidget | None = None) -> None:
        super().__init__(context, "offline", _TITLE, _TRY, parent, width=760, tone="second", leave=_CLOSE)
        self._watch = watch
        self.commit.setObjectName("offline.try")
        self.model = WaitingModel(context.lang)
        stretch = QHeaderView.ResizeMode.Stretch
        self.table = rows_view(self, "table", _TABLE, self.model, sizes=stretch)
        self.table.setWordWrap(True)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.body.addWidget(self.table, 1)
        self.again = self.make_button("again", _AGAIN, self._bring)
        self.take_back = self.make_button("take_back", _TAKE_BACK, self._take_back)
        self.as_text = self.make_button("as_text", _AS_TEXT, self._copy)
        line = QHBoxLayout()
        for button in (self.again, self.take_back, self.as_text):
            line.addWidget(button)
        line.addStretch(1)
        self.body.addLayout(line)
        self.what = self.add_line("what", "faint")
        self.choices = BroughtChoices(context, self)
        self.sides = Sides(self, self.choices)
        self.body.addWidget(self.sides)
        self.keep = QCheckBox(context.say(_KEEP), self)
        self.keep.setObjectName("offline.keep")
        self.keep.setAccessibleName(context.say(_KEEP))
        self.keep.clicked.connect(self._on_keep)
        self.body.addWidget(self.keep)
        self.place_of_copy = self.add_line("place", "second")
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.choices.moved.connect(self._on_moved)
        self.choices.ended.connect(watch.look)
        watch.stood.connect(self._show)
        self._show()
        watch.look()

    # what is shown

    @Slot()
    def _show(self, *_: object) -> None:
        context, state = self.context, self._watch.state
        row = max(0, self.table.currentIndex().row())
        chosen = self.model.at(row)
        self.model.show_state(context.registry, state)
        count = self.model.rowCount()
        at = None if chosen is None else self.model.row_of(chosen.change)
        self.table.selectRow(min(row, count - 1) if at is None else at)
        if not count and self.table.hasFocus():  # there is nothing left to do here
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        if state is None:
            self.banner.setText(context.say(_NO_SERVER))
        elif state.is_away:
            since, copied = (when_words(at, context.lang) for at in (state.since, state.copied))
            self.banner.setText(context.say(_AWAY.format(since, copied)))
        else:
            self.banner.setText(context.say(_THERE))
        permit(self.commit, "", may=state is not None and state.is_away)
        permit(self.as_text, "", may=self.model.rowCount() > 0)
        is_kept = context.registry is not None and away.keeps_copy(context.registry.path)
        self.keep.setChecked(is_kept)
        permit(self.keep, "", may=state is not None)
        if state is None or not state.copied:
            said = _NO_COPY if state is None or not is_kept else (state.fault or _MAKING)
            self.place_of_copy.setText("" if state is None else context.say(said))
        else:
            copied = when_words(state.copied, context.lang)
            told = [context.say(_COPY.format(copied, state.place))]
            told += [] if state.fault is None else [context.say(state.fault)]
            self.place_of_copy.setText("\n".join(told))
        self._on_row()

    @Slot()
    def _on_row(self, *_rows: QModelIndex) -> None:
        row = self.model.at(self.table.currentIndex().row())
        said = self.context.say(_GIVE_UP if isinstance(row, Undecided) else _TAKE_BACK)
        self.take_back.setText(said)
        self.take_back.setAccessibleName(said)
        permit(self.take_back, "", may=row is not None)
        if self.choices.show(row.change if isinstance(row, Undecided) else ""):
            self.clear_errors()  # it was about another
        self._on_moved()

    @Slot()
    def _on_moved(self) -> None:
        """Say what may be done with the change at hand, and what comes of it."""
        row, state = self.model.at(self.table.currentIndex().row()), self._watch.state
        is_question, has_sides = isinstance(row, Undecided), bool(self.choices.rows())
        said = self.context.say(_WRITE if has_sides else _AGAIN)
        self.again.setText(said)
        self.again.setAccessibleName(said)
        is_away = state is not None and state.is_away
        reason = self.context.say(_NOT_AWAY) if is_question and is_away else ""
        may = is_question and state is not None
        if self.again.hasFocus() and (reason or not may):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        permit(self.again, reason, may=may)
        told = ([_IF_WRITTEN] if has_sides else []) + [_IF_GIVEN_UP if is_question else _IF_TAKEN_BACK]
        self.what.setText("\n".join(map(self.context.say, told)) if row is not None else "")
        self.take_back.setAccessibleDescription("" if row is None else self.context.say(told[-1]))
        if self.sides.isVisibleTo(self) and not has_sides and self.sides.isAncestorOf(self.focusWidget()):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sides.fit(_MOST)
        self.sides.setVisible(has_sides)

    # what is done

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is not None:
            away.try_now(registry)
            self._watch.look()

    def _take_back(self) -> None:
        row, registry = self.model.at(self.table.currentIndex().row()), self.context.registry
        if row is None or registry is None:
            return
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)  # the next row is looked at before it goes, too
        if isinstance(row, Undecided):
            task = self._run(lambda: away.drop(registry, row.change))
            task.succeeded.connect(self.context.announce)  # what waited for it alone came back
            self.context.settings.keep_sides(str(registry.path), row.change, {})
        else:
            self.context.undo(row.change)

    def _bring(self) -> None:
        self.clear_errors()
        if not self.choices.bring(self._on_refused):
            self.show_error(self.context.say(_NO_CHOICE))

    def _on_refused(self, error: Exception) -> None:
        """Say why it was not written; what somebody changed again is to be chosen anew."""
        self.show_error(self.context.sentence(error))
        self.choices.look_again()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self.context.said.emit(_COPIED)

    @Slot()
    def _on_keep(self) -> None:
        registry, keep = self.context.registry, self.keep.isChecked()
        if registry is None:
            return
        self._run(lambda: _keep_copy(registry, keep=keep), _KEPT if keep else _FORGOTTEN)

    def _run(self, act: Callable[[], Changes | None], said: Text | None = None) -> Task:
        """Do something to the copy in the registry's own turn, and look again."""
        self.clear_errors()
        task = self.context.tasks.start(
            lambda _ticket: act(), on_registry=True, on_failure=self.show_exception
        )
        if said is not None:
            task.succeeded.connect(lambda _done: self.context.said.emit(said))
        task.ended.connect(self._watch.look)
        return task

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_written = is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_written and self.again.isEnabled():
            self.again.click()
        else:
            super().keyPressEvent(event)


def _keep_copy(registry: Registry, *, keep: bool) -> None:
    if keep:
        away.may_keep_copy(registry.path, may=True)
    else:
        away.forget(registry)
