"""The backups' sheet: the time line at the left; at the right a record then and now, and three ways to bring it back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.kinds import KINDS
from app.errors import RegistryError
from app.services.keeping import care
from app.services.keeping.backups import HAND, make, settled, state_of, verify_backup
from app.services.keeping.restore_effects import effect_of
from app.services.keeping.restoring import OUTLINE, bring_back, compared, moved_since, then_in
from app.services.registry.lookup import find_record
from app.text import Text
from ui import words
from ui.dialogs.backups.models import BackupsModel, ChangedModel, PartsModel, moment_words
from ui.dialogs.backups.outlines import Outlines
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.models.named import display_name
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.keeping.backups import Backup, Kept
    from app.services.keeping.restoring import Compared, Moved, Then
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_TITLE: Final = Text("备份", "Backups")
_LIST: Final = Text("自动备份，新的在前", "Automatic backups, newest first")
_AUTO: Final = Text("自动：改过才备，写完即核", "What changed, read back at once")
_NONE: Final = Text(
    "还没有备份；改过第一次就会有。", "No backup yet; there will be one once something is changed."
)
_NOW: Final = Text("现在备一份", "Back up now")
_VERIFY: Final = Text("再核一遍", "Read it back again")
_RULES: Final = Text("改规则…", "Rules…")
_TOTAL: Final = Text(
    "{} 份，{:.1f} MB。留：最近 {} 次打开，每天 {}、每月 {}；在 {}",
    "{} backups, {:.1f} MB. Kept: {} openings, {} days, {} months; in {}",
)
_OFF: Final = Text("自动备份已关。", "Automatic backups are off. ")
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
_READING: Final = Text("读那一份", "Reading the backup")
_MAKING: Final = Text("备份", "Backing up")
_CHECKING: Final = Text("核对备份", "Reading the backup back")
_RESTORING: Final = Text("另存备份", "Writing the backup as a new file")
_HEAD: Final = Text("{} 那一份 · {} · {} 条记录", "{} · {} · {} records")
_SINCE: Final = Text("从那时到现在改了 {} 行：{}", "{} rows changed since: {}")
_NO_CHANGE: Final = Text("和现在一样。", "The same as now.")
_WAIT: Final = Text("正在读…", "Reading…")
_NO_RECORD: Final = Text("没有“{}”。", "There is no record called {}.")
_NOT_THERE: Final = Text("现在没有这一条", "not there now")
_NOT_YET: Final = Text("那时还没有这一条", "not there then")
_COUNT: Final = Text("{} · 第 {} 条，共 {} 条改过", "{} · {} of {} changed")
_EFFECT: Final = Text("恢复整条：{}", "The whole record: {}")
_BACK: Final = Text("已从备份恢复：{}", "Brought back from the backup: {}")
_WRITTEN: Final = Text("写好了 {}", "Written: {}")
_PATH: Final = Text("新文件", "New file")
_LIST_WIDTH: Final = 300  # [px]
_THREE_ROWS: Final = 3 * 26 + 30  # [px]
_LETTERS: Final = {Qt.Key.Key_B, Qt.Key.Key_R, Qt.Key.Key_V, Qt.Key.Key_Z, Qt.Key.Key_Left, Qt.Key.Key_Right}


class BackupsSheet(Sheet):
    """Nothing is read in the window's own turn; bringing back is a change like any other, and undone like any other."""

    WRITES = False  # a new file is written, and that also where the registry is read-only
    opened = Signal(object)  # path of a backup written as a new file, to be opened
    rules_asked = Signal()

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "backups", _TITLE, _WHOLE, parent, width=1100, at_right=True)
        self._backup: Backup | None = None
        self._then: Then | None = None
        self._moved: Moved | None = None
        self._compared: Compared | None = None
        self._reading: Task | None = None
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
        QShortcut(
            QKeySequence("Ctrl+Return"),
            self,
            self.on_commit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        for widget in (self.list, self.changed, self.compare):
            widget.installEventFilter(self)
        context.changed.connect(self._on_changed)
        self._show_then(None)
        self.load()

    # making

    def _make_left(self, lang: str) -> QVBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(6)
        head = QHBoxLayout()
        self.auto = text_label(_AUTO.in_(lang), "second", self)
        self.auto.setWordWrap(True)
        self.now = self.make_button("now", _NOW, self.make_one)
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
        self.list.selectionModel().currentRowChanged.connect(self._on_backup)
        left.addWidget(self.list, 1)
        self.total = text_label("", "second", self)
        self.total.setObjectName("backups.total")
        self.total.setWordWrap(True)
        left.addWidget(self.total)
        foot = QHBoxLayout()
        self.verify = self.make_button("verify", _VERIFY, self.read_back)
        self.rules = self.make_button("rules", _RULES, self.rules_asked.emit)
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
        self.record.returnPressed.connect(self._on_found)
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
        self.changed.selectionModel().currentRowChanged.connect(self._on_record)
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
        self.compare.selectionModel().currentRowChanged.connect(self._allow)
        right.addWidget(self.compare, 3)
        self.effect = text_label("", "second", self)
        self.effect.setObjectName("backups.effect")
        self.effect.setWordWrap(True)
        right.addWidget(self.effect)
        return right

    def _make_acts(self) -> QHBoxLayout:
        """Return the row of what can be brought back, over the whole width: it has room on the smallest screen."""
        acts = QHBoxLayout()
        self.restore_outline = self.make_button("restore_outline", _OUTLINE, self.bring_outline)
        self.restore_record = self.make_button("restore_record", _RECORD, self.bring_record)
        self.restore_field = self.make_button("restore_field", _FIELD, self.bring_part)
        self.peek = self.make_button("peek", _PEEK, self._toggle_peek)
        self.peek.setCheckable(True)
        for button in (self.restore_outline, self.restore_record, self.restore_field, self.peek):
            acts.addWidget(button)
        acts.addStretch(1)
        return acts

    def _step_button(self, key: str, said: str, words_: Text) -> QPushButton:
        step = -1 if key == "previous" else 1
        button = self.make_button(key, Text(said, said), lambda: self.step(step))
        button.setAccessibleName(words_.in_(self.context.lang))
        set_tip(button, words_.in_(self.context.lang))
        button.setFixedWidth(34)
        return button

    @override
    def first_box(self) -> QWidget | None:
        return self.list

    # the time line

    def load(self) -> None:
        """Read which backups there are, once none is being made, and show the newest."""
        registry = self.context.registry
        if registry is None:
            return
        path = registry.path
        self.total.setText(_WAIT.in_(self.context.lang))
        task = self.context.tasks.start(
            lambda _ticket: settled(path), on_registry=False, on_failure=self.show_exception
        )
        task.succeeded.connect(self._on_loaded)

    @Slot(object)
    def _on_loaded(self, found: Kept) -> None:
        chosen = None if self._backup is None else self._backup.path
        self.model.show_rows(found.backups)
        rules, lang = found.rules, self.context.lang
        said = _TOTAL.format(
            len(found.backups), found.size / (1 << 20), rules.openings, rules.days, rules.months, found.folder
        ).in_(lang)
        parts = [] if rules.is_on else [_OFF.in_(lang)]
        parts.append(said if found.backups else _NONE.in_(lang))
        if found.failure is not None:
            parts.insert(0, found.failure.in_(lang))
        self.total.setText(" ".join(parts))
        rows = [place for place, one in enumerate(found.backups) if one.path == chosen]
        if found.backups:
            self.list.selectRow(rows[0] if rows else 0)
        else:
            self._backup = None
            self._show_then(None)

    @Slot()
    def make_one(self) -> None:
        """Make a backup now; the status bar shows how far it is, and stops it."""
        registry = self.context.registry
        if registry is None:
            return
        path = registry.path
        self.clear_errors()
        self.now.setEnabled(False)
        self._backup = None  # the new one is shown then

        def job(ticket: Ticket) -> Backup:
            return make(path, why=HAND, ticket=ticket)

        task = self.context.tasks.start(job, on_registry=False, words=_MAKING, on_failure=self.show_exception)
        task.ended.connect(self._on_made)

    @Slot()
    def _on_made(self) -> None:
        self.now.setEnabled(True)
        self.load()

    @Slot()
    def read_back(self) -> None:
        """Read the chosen backup back once more."""
        backup = self._backup
        if backup is None:
            return
        task = self.context.tasks.start(
            lambda _ticket: verify_backup(backup),
            on_registry=False,
            words=_CHECKING,
            on_failure=self.show_exception,
        )
        task.ended.connect(self.load)

    # one backup

    @Slot()
    def _on_backup(self, *_index: object) -> None:
        row = self.list.currentIndex().row()
        registry = self.context.registry
        if row < 0 or registry is None:
            return
        backup = self.model.at(row)
        if self._backup is not None and backup.path == self._backup.path and self._then is not None:
            self._backup = backup
            self._say_head()
            return
        self._backup = backup
        self._show_then(None)
        self.path.setText(str(_new_name(registry.path, backup)))
        self.since.setText(_WAIT.in_(self.context.lang))
        if self._reading is not None:
            self._reading.cancel()

        def job(_ticket: Ticket) -> tuple[Then, Moved]:
            then = then_in(backup.path)
            return then, moved_since(then, registry.dataset)

        self._reading = self.context.tasks.start(
            job, on_registry=False, words=_READING, on_failure=self._on_unreadable
        )
        self._reading.succeeded.connect(self._on_read)

    @Slot(object)
    def _on_read(self, found: tuple[Then, Moved]) -> None:
        then, moved = found
        if self._backup is not None and then.path == self._backup.path:
            self._reading = None
            self._moved = moved
            self._show_then(then)

    def _on_unreadable(self, error: Exception) -> None:
        self.since.setText("")
        self.show_exception(error)

    def _show_then(self, then: Then | None) -> None:
        """Show what changed since a backup; None: nothing is chosen, or it is being read."""
        self._then = then
        self._say_head()
        registry, moved, lang = self.context.registry, self._moved, self.context.lang
        if then is None or moved is None or registry is None:
            self.changed_model.show_rows(())
            self._show_record("")
            return
        rows = "，" if lang == "zh" else ", "
        counts = rows.join(f"{KINDS[kind].words.in_(lang)} {count}" for kind, count in moved.rows.items())
        since = _SINCE.format(sum(moved.rows.values()), counts) if moved.rows else _NO_CHANGE
        self.since.setText(since.in_(lang))
        records = [registry.dataset.find(code) or then.dataset.find(code) for code in moved.codes]
        self.changed_model.show_rows([record for record in records if record is not None])
        wanted = self._compared.code if self._compared is not None else self._selected()
        self._show_record(wanted or (moved.codes[0] if moved.codes else ""))

    def _selected(self) -> str:
        return self.context.selection[-1] if self.context.selection else ""

    def _say_head(self) -> None:
        backup, lang = self._backup, self.context.lang
        if backup is None:
            self.head.setText("")
            self.since.setText("")
        else:
            records = "—" if backup.known is None else backup.known.records
            moment, state = moment_words(backup).in_(lang), state_of(backup).in_(lang)
            self.head.setText(_HEAD.in_(lang).format(moment, state, records))
        self.verify.setEnabled(backup is not None)
        self.commit.setEnabled(backup is not None)

    # one record

    @Slot()
    def _on_record(self, *_index: object) -> None:
        row = self.changed.currentIndex().row()
        if row >= 0 and self._then is not None:
            self._show_record(self.changed_model.code_at(row))

    @Slot()
    def _on_found(self) -> None:
        typed = self.record.text().strip()
        then, registry = self._then, self.context.registry
        if not typed or then is None or registry is None:
            return
        found = find_record(registry.dataset, typed) or find_record(then.dataset, typed)
        if found is None:
            named = [
                record
                for kind in KINDS
                if "name" in KINDS[kind].index
                for dataset in (registry.dataset, then.dataset)
                for record in dataset.of(kind).values()
                if typed in record.text("name")
            ]
            found = next(iter(named), None)
        if found is None:
            self.show_error(_NO_RECORD.in_(self.context.lang).format(typed))
            return
        self.clear_errors()
        self._show_record(found.code)

    def step(self, by: int) -> None:
        """Go to the next or previous changed record."""
        count = self.changed_model.rowCount()
        if count:
            row = self.changed_model.row_of("" if self._compared is None else self._compared.code)
            self.changed.selectRow((row + by) % count if row >= 0 else 0)

    def _show_record(self, code: str) -> None:
        then, registry, lang = self._then, self.context.registry, self.context.lang
        is_known = (
            then is not None
            and registry is not None
            and bool(registry.dataset.find(code) or then.dataset.find(code))
        )
        if then is None or registry is None or not is_known:
            self._compared = None if then is not None else self._compared
            self.parts.show_rows(())
            self.named.setText("")
            self.effect.setText("")
            self.outlines.hide()
            self._allow()
            return
        found = self._compared = compared(then, registry, code, lang)
        self.parts.show_rows(found.parts)
        self.outlines.show_outlines(
            None if found.then is None else found.then.geometry,
            None if found.now is None else found.now.geometry,
            registry.zone,
        )
        self._say_named(found)
        self._ask_effect(code)
        row = self.changed_model.row_of(code)
        if row >= 0 and self.changed.currentIndex().row() != row:
            self.changed.selectRow(row)
        self._allow()

    def _say_named(self, found: Compared) -> None:
        lang = self.context.lang
        record = found.now or found.then
        if record is None:
            return
        said = f"{display_name(record, lang)} {found.code}"
        if found.now is None:
            said += f" · {_NOT_THERE.in_(lang)}"
        elif found.then is None:
            said += f" · {_NOT_YET.in_(lang)}"
        row = self.changed_model.row_of(found.code)
        if row >= 0:
            said = _COUNT.in_(lang).format(said, row + 1, self.changed_model.rowCount())
        self.named.setText(said)

    def _ask_effect(self, code: str) -> None:
        """Say what bringing the whole record back would change, once that is worked out."""
        then, registry, lang = self._then, self.context.registry, self.context.lang
        self.effect.setText("")
        if then is None or registry is None:
            return
        day = self.context.as_of
        task = self.context.tasks.start(
            lambda _ticket: (code, effect_of(registry, then, code, None, day, lang)), on_registry=False
        )
        task.succeeded.connect(self._on_effect)

    @Slot(object)
    def _on_effect(self, found: tuple[str, str]) -> None:
        code, said = found
        if self._compared is not None and self._compared.code == code and self._compared.different:
            self.effect.setText(_EFFECT.in_(self.context.lang).format(said))

    # bringing back

    @Slot()
    def _allow(self, *_index: object) -> None:
        """Let act what makes sense: what differs, and what was there then."""
        found, reason = self._compared if self._then is not None else None, self.context.why_locked
        different = () if found is None else found.different
        was_there = found is not None and found.then is not None
        is_there = was_there and found is not None and found.now is not None
        row = self.compare.currentIndex().row()
        part = self.parts.at(row) if 0 <= row < self.parts.rowCount() else None
        permit(self.restore_outline, reason, may=is_there and any(p.key == OUTLINE for p in different))
        permit(self.restore_record, reason, may=was_there and bool(different))
        permit(self.restore_field, reason, may=is_there and part is not None and not part.is_same)
        self.peek.setEnabled(found is not None)
        for button in (self.previous, self.next):
            button.setEnabled(self.changed_model.rowCount() > 0)

    @Slot()
    def bring_outline(self) -> None:
        """Bring the outline alone back."""
        self._bring(OUTLINE)

    @Slot()
    def bring_record(self) -> None:
        """Bring all of the record back."""
        self._bring(None)

    @Slot()
    def bring_part(self) -> None:
        """Bring the chosen part back."""
        row = self.compare.currentIndex().row()
        if 0 <= row < self.parts.rowCount():
            self._bring(self.parts.at(row).key)

    def _bring(self, part: str | None) -> None:
        then, registry, found = self._then, self.context.registry, self._compared
        if then is None or registry is None or found is None:
            return
        self.clear_errors()
        record = found.then or found.now
        name = found.code if record is None else f"{display_name(record, self.context.lang)} {found.code}"

        def job(_ticket: Ticket) -> Changes:
            return bring_back(registry, then, found.code, part)

        self.context.edit(job, _BACK.format(name), on_error=self.show_exception)

    @Slot(object)
    def _on_changed(self, _changes: Changes) -> None:
        """Compare again with what the registry holds now."""
        then, registry = self._then, self.context.registry
        if then is None or registry is None:
            return
        task = self.context.tasks.start(
            lambda _ticket: (then, moved_since(then, registry.dataset)), on_registry=False
        )
        task.succeeded.connect(self._on_read)

    @override
    def on_commit(self) -> None:
        """Write the backup as a new file, which is opened then; the registry that is open stays as it is."""
        backup, typed = self._backup, self.path.text().strip().strip('"')
        if backup is None:
            return
        self.clear_errors()
        target = Path(typed).expanduser()

        def job(_ticket: Ticket) -> Path:
            care.restore(backup.path, target)
            return target

        def failed(error: Exception) -> None:
            if isinstance(error, RegistryError):
                self.show_error(self.context.sentence(error), "path")
            else:
                self.context.refused.emit(error)

        task = self.context.tasks.start(job, on_registry=False, words=_RESTORING, on_failure=failed)
        task.succeeded.connect(self._on_written)

    @Slot(object)
    def _on_written(self, path: Path) -> None:
        self.context.said.emit(_WRITTEN.format(path.name))
        self.opened.emit(path)

    # keys

    def _toggle_peek(self) -> None:
        self.outlines.peek(is_on=self.peek.isChecked())

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


def _new_name(registry: Path, backup: Backup) -> Path:
    """Return a name that is free, beside the registry: its own, and the moment of the backup."""
    moment: datetime = backup.at.astimezone()
    return registry.with_name(f"{registry.stem}.{moment:%Y%m%d-%H%M%S}.restored.gpkg")
