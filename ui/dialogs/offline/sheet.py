"""What was entered without the server: each change with a way to take it back, trying at once, and the copy here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QHBoxLayout, QHeaderView, QTableView, QWidget
from typing_extensions import override

from app.domain.edits import Changes
from app.services.registry import away
from app.services.registry.away import Undecided
from app.text import Text
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.offline.model import WaitingModel
from ui.models.change_words import when_words
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.away import AwayWatch
    from ui.bridge.context import WindowContext

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
_MINE: Final = Text("按我的写", "Write mine")
_AS_TEXT: Final = Text("复制成文字", "Copy as text")
_COPIED: Final = Text("已复制，可以贴到别处。", "Copied; paste it elsewhere.")
_KEEP: Final = Text(
    "在这台电脑上留副本，断开后接着用", "Keep a copy on this computer, to go on without the server"
)
_KEPT: Final = Text("下次打开起留副本。", "A copy is kept from the next opening on.")
_FORGOTTEN: Final = Text("副本已删，以后也不留。", "The copy is deleted, and none is kept from now on.")
_SENT: Final = Text("已送回", "Brought back")


class OfflineSheet(Sheet):
    """Writes nothing by itself: what waits comes back without being asked."""

    WRITES = False

    def __init__(self, context: WindowContext, watch: AwayWatch, parent: QWidget | None = None) -> None:
        super().__init__(context, "offline", _TITLE, _TRY, parent, width=760, at_right=True)
        self._watch = watch
        self.commit.setObjectName("offline.try")
        self.cancel.setText(context.say(_CLOSE))
        self.cancel.setAccessibleName(context.say(_CLOSE))
        self.banner = self._label("banner", "second")
        self.body.addWidget(self.banner)
        self.model = WaitingModel(context.lang)
        self.table = self._made_table()
        self.body.addWidget(self.table, 1)
        self.take_back = self.make_button("take_back", _TAKE_BACK, self._take_back)
        self.again = self.make_button("again", _AGAIN, self._again)
        self.mine = self.make_button("mine", _MINE, self._insist)
        self.as_text = self.make_button("as_text", _AS_TEXT, self._copy)
        line = QHBoxLayout()
        for button in (self.take_back, self.again, self.mine, self.as_text):
            line.addWidget(button)
        line.addStretch(1)
        self.body.addLayout(line)
        self.keep = QCheckBox(context.say(_KEEP), self)
        self.keep.setObjectName("offline.keep")
        self.keep.setAccessibleName(context.say(_KEEP))
        self.keep.clicked.connect(self._on_keep)
        self.body.addWidget(self.keep)
        self.place_of_copy = self._label("place", "second")
        self.body.addWidget(self.place_of_copy)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        watch.stood.connect(self._show)
        self._show()
        watch.look()

    def _label(self, key: str, role: str) -> Any:
        label = text_label("", role, self)
        label.setObjectName(f"offline.{key}")
        label.setWordWrap(True)
        return label

    def _made_table(self) -> QTableView:
        view = QTableView(self)
        view.setObjectName("offline.table")
        view.setAccessibleName(self.context.say(_TABLE))
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setWordWrap(True)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = view.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        return view

    @override
    def first_box(self) -> QWidget | None:
        return self.table

    # what is shown

    @Slot()
    def _show(self, *_: object) -> None:
        context, state = self.context, self._watch.state
        chosen = self.model.at(self.table.currentIndex().row())
        self.model.show_state(context.registry, state)
        if self.model.rowCount():
            self.table.selectRow(self.model.row_of("" if chosen is None else chosen.change))
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
        is_question = isinstance(row, Undecided)
        said = self.context.say(_GIVE_UP if is_question else _TAKE_BACK)
        self.take_back.setText(said)
        self.take_back.setAccessibleName(said)
        permit(self.take_back, "", may=row is not None)
        state = self._watch.state
        for button in (self.again, self.mine):
            permit(button, "", may=is_question and state is not None and not state.is_away)

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
        if isinstance(row, Undecided):
            self._run(lambda: away.drop(registry, row.change))
        else:
            self.context.undo(row.change)

    def _again(self) -> None:
        self._bring(lambda registry, change: away.decide(registry, change, {}))

    def _insist(self) -> None:
        self._bring(away.insist)

    def _bring(self, how: Callable[[Registry, str], Changes]) -> None:
        row, registry = self.model.at(self.table.currentIndex().row()), self.context.registry
        if not isinstance(row, Undecided) or registry is None:
            return

        def job(_ticket: Ticket) -> Changes:
            return how(registry, row.change)

        self.clear_errors()
        task = self.context.edit(job, _SENT, on_error=self.show_exception)
        task.ended.connect(self._watch.look)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self.context.said.emit(_COPIED)

    @Slot()
    def _on_keep(self) -> None:
        registry, keep = self.context.registry, self.keep.isChecked()
        if registry is None:
            return
        self._run(lambda: _keep_copy(registry, keep=keep), _KEPT if keep else _FORGOTTEN)

    def _run(self, act: Callable[[], None], said: Text | None = None) -> None:
        """Do something to the copy in the registry's own turn, and look again."""
        self.clear_errors()
        task = self.context.tasks.start(
            lambda _ticket: act(), on_registry=True, on_failure=self.show_exception
        )
        if said is not None:
            task.succeeded.connect(lambda _done: self.context.said.emit(said))
        task.ended.connect(self._watch.look)


def _keep_copy(registry: Registry, *, keep: bool) -> None:
    if keep:
        away.may_keep_copy(registry.path, may=True)
    else:
        away.forget(registry)
