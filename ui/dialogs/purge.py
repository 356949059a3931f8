"""Takes a text, or what the journal keeps of a record, out for good: first it is shown where it stands, then it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.domain.edits import Changes
from app.domain.kinds import KINDS
from app.domain.personal import numbers_of
from app.services.keeping.purging.asked import Asked
from app.services.keeping.purging.doing import Purged, look, purge
from app.services.keeping.purging.words import said_of
from app.text import Text
from ui import words
from ui.dialogs.base.sheet import Sheet
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

TEXT, CODE, PURGE = "text", "code", "purge"
_TITLE: Final = Text("彻底清除", "Remove for good")
_HOWS: Final = {
    TEXT: Text("一段文字，不论写在哪里", "A text, wherever it stands"),
    CODE: Text("一条记录过去的内容", "What a record said before"),
}
_HOW: Final = Text("清除什么", "What goes")
_WHAT: Final = {TEXT: Text("文字", "Text"), CODE: Text("编码", "Code")}
_WHY: Final = Text("为什么", "Why")
_NO_WHY: Final = Text(
    "写为什么：日志会记下谁在何时、为什么清除。", "Say why: the journal keeps who removed it, when and why."
)
_NO_WHAT: Final = Text("写上要清除的文字或编码。", "Give the text or the code.")
_NOTE: Final = Text(
    "姓名、地址、号码会从记录、日志、备份和程序自己的文件里去掉，原处写“〔已清除〕”。"
    "每一步都还在，但内容找不回来，也撤不回。",
    "It leaves records, journal, backups and the program's own files, and a mark stands in its place. "
    "Every step stays, but what it held can't be brought back or taken back.",
)
_LOOK: Final = Text("看看都在哪里", "See where it stands")
_LOOKING: Final = Text("正在找：台账、日志、备份…", "Looking in registry, journal and backups…")
_DO: Final = Text("彻底清除，不能撤销", "Remove for good, not to be undone")
_DOING: Final = Text("正在清除…", "Removing…")
_DONE: Final = Text("已彻底清除", "Removed for good")
_UNREACHED: Final = Text("够不着：{}。{}", "Out of reach: {}. {}")
_MOST: Final = 6  # backups out of reach that are named one by one
_MORE: Final = Text("…还有 {} 份。", "… and {} more.")


class PurgeSheet(Sheet):
    """The main button first looks, and removes only what was looked at; any change of a field looks anew."""

    def __init__(self, context: WindowContext, record: Record | None, parent: QWidget | None = None) -> None:
        super().__init__(context, "purge", _TITLE, _LOOK, parent, width=560)
        lang = context.lang
        numbers = [] if record is None else numbers_of(record)
        self._looked: Asked | None = None  # what is being looked for
        self._seen: Asked | None = None  # what was found, and is shown
        self._done: Purged | None = None
        self.note = text_label(_NOTE.in_(lang), "second", self)
        self.note.setWordWrap(True)
        self.body.addWidget(self.note)
        self.body.addLayout(self.form)
        self.how = ChoiceBox(self)
        for value, said in _HOWS.items():
            self.how.addItem(said.in_(lang), value)
        self.what = QLineEdit(self)
        self.why = QLineEdit(self)
        self.add_field("how", _HOW, self.how)
        self.add_field("what", _WHAT[TEXT], self.what)
        self.add_field("why", _WHY, self.why)
        self.found = text_label("", "", self)
        self.found.setObjectName("purge.found")
        self.found.setAccessibleName(_LOOK.in_(lang))
        self.found.setWordWrap(True)
        self.found.hide()
        self.body.addWidget(self.found)
        if record is not None and not numbers:
            self.how.setCurrentIndex(self.how.findData(CODE))
            self.what.setText(record.code)
        elif numbers:
            self.what.setText(numbers[0])
        self._on_how(0)
        self.how.currentIndexChanged.connect(self._on_how)
        self.what.textChanged.connect(self._forget_seen)

    @override
    def first_box(self) -> QWidget | None:
        return self.why if self.what.text() else self.what

    def asked(self) -> Asked:
        """Return what is to go, as the fields say it."""
        what = self.what.text().strip()
        return Asked(text=what) if self.how.currentData() == TEXT else Asked(code=what)

    @override
    def on_commit(self) -> None:
        self.clear_errors()
        asked, registry = self.asked(), self.context.registry
        if registry is None:
            return
        if not self.what.text().strip():
            self.show_error(_NO_WHAT.in_(self.context.lang), "what")
        elif self._seen != asked:
            self._looked = asked
            self._say(_LOOKING.in_(self.context.lang))
            task = self.context.tasks.start(
                lambda ticket: look(registry, asked, ticket),
                on_registry=False,
                words=_TITLE,
                on_failure=self._on_error,
            )
            task.succeeded.connect(self._on_seen)
        elif not self.why.text().strip():
            self.show_error(_NO_WHY.in_(self.context.lang), "why")
        else:
            self._purge(registry, asked, self.why.text().strip())

    def _purge(self, registry: Registry, asked: Asked, why: str) -> None:
        def job(ticket: Ticket) -> Changes:
            self._done = purge(registry, asked, why, ticket)
            return Changes(self._done.change, PURGE, self._done.records, frozenset(KINDS))

        self.commit.setEnabled(False)
        self._say(_DOING.in_(self.context.lang))
        task = self.context.edit(job, _DONE, on_error=self._on_error)
        task.succeeded.connect(self._on_done)

    @Slot(object)
    def _on_seen(self, found: Purged) -> None:
        if self._looked != self.asked():
            return  # another text was written meanwhile
        self._seen = self._looked if found.is_any else None
        self._say(self._told(found, is_dry=True))
        self._caption(_DO if found.is_any else _LOOK)
        if not found.is_any:
            self.what.setFocus(Qt.FocusReason.OtherFocusReason)  # to be written otherwise
        elif not self.why.text().strip():
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _on_done(self, _changes: object) -> None:
        if self._done is None:
            return
        for key in ("how", "what", "why"):
            self.show_field(key, is_shown=False)
        self.what.clear()
        self.note.hide()
        self.commit.hide()
        close = words.CLOSE.in_(self.context.lang)
        self.cancel.setText(close)
        self.cancel.setAccessibleName(close)
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say(self._told(self._done, is_dry=False))

    def _on_error(self, error: Exception) -> None:
        self.commit.setEnabled(True)
        self._say("")
        self.show_exception(error, {"text": "what", "code": "what"})

    @Slot(int)
    def _on_how(self, _place: int) -> None:
        said = _WHAT[str(self.how.currentData())].in_(self.context.lang)
        self.label("what").setText(said)
        self.what.setAccessibleName(said)
        self._forget_seen()

    @Slot()
    def _forget_seen(self) -> None:
        """Any other text is looked for before it goes."""
        if self._seen is not None or self._looked is not None:
            self._seen = self._looked = None
            self._say("")
            self._caption(_LOOK)

    def _told(self, found: Purged, *, is_dry: bool) -> str:
        context = self.context
        said = [*said_of(found, is_dry=is_dry)]
        said += [
            Text(
                _UNREACHED.zh.format(one.path.name, one.problem.zh),
                _UNREACHED.en.format(one.path.name, one.problem.en),
            )
            for one in found.unreached[:_MOST]
            if one.problem is not None
        ]
        if len(found.unreached) > _MOST:
            said.append(_MORE.format(len(found.unreached) - _MOST))
        return "\n".join(context.say(sentence) for sentence in said)

    def _say(self, said: str) -> None:
        self.found.setText(said)
        self.found.setVisible(bool(said))
        self.refit()

    def _caption(self, said: Text) -> None:
        caption = said.in_(self.context.lang)
        self.commit.setText(caption)
        self.commit.setAccessibleName(caption)
        self.refit()
