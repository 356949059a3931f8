"""The backups' sheet: the time line at the left; at the right a record then and now, and three ways to bring it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.services.keeping import care
from app.services.keeping.backups import HAND, make, settled, verify_backup
from app.services.keeping.restore_effects import effect_of
from app.services.keeping.restoring import OUTLINE, bring_back, compared, moved_since, then_in
from app.text import Text
from ui.dialogs.backups.parts import BackupsParts
from ui.dialogs.backups.wording import found_in, free_name, head_words, named_words, since_words, total_words
from ui.models.named import display_name
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.keeping.backups import Backup, Kept
    from app.services.keeping.restoring import Compared, Moved, Then
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_READING: Final = Text("读那一份", "Reading the backup")
_MAKING: Final = Text("备份", "Backing up")
_CHECKING: Final = Text("核对备份", "Reading the backup back")
_RESTORING: Final = Text("另存备份", "Writing the backup as a new file")
_WAIT: Final = Text("正在读…", "Reading…")
_NO_RECORD: Final = Text("没有“{}”。", "There is no record called {}.")
_EFFECT: Final = Text("恢复整条：{}", "The whole record: {}")
_BACK: Final = Text("已从备份恢复：{}", "Brought back from the backup: {}")
_WRITTEN: Final = Text("写好了 {}", "Written: {}")


class BackupsSheet(BackupsParts):
    """Nothing is read in the window's own turn; bringing back is a change like any other, and undone like any other."""

    opened = Signal(object)  # path of a backup written as a new file, to be opened
    rules_asked = Signal()

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._backup: Backup | None = None
        self._then: Then | None = None
        self._moved: Moved | None = None
        self._compared: Compared | None = None
        self._reading: Task | None = None
        for button, do in (
            (self.now, self.make_one),
            (self.verify, self.read_back),
            (self.rules, self.rules_asked),
            (self.previous, lambda: self.step(-1)),
            (self.next, lambda: self.step(1)),
            (self.restore_outline, self.bring_outline),
            (self.restore_record, self.bring_record),
            (self.restore_field, self.bring_part),
        ):
            button.clicked.connect(do)
        self.record.returnPressed.connect(self._on_found)
        self.list.selectionModel().currentRowChanged.connect(self._on_backup)
        self.changed.selectionModel().currentRowChanged.connect(self._on_record)
        self.compare.selectionModel().currentRowChanged.connect(self._allow)
        QShortcut(
            QKeySequence("Ctrl+Return"),
            self,
            self.on_commit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        context.changed.connect(self._on_changed)
        self._show_then(None)
        self.load()

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
        self.total.setText(total_words(found, self.context.lang))
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
        self.path.setText(str(free_name(registry.path, backup)))
        self.since.setText(_WAIT.in_(self.context.lang))
        if self._reading is not None:
            self._reading.cancel()

        def job(_ticket: Ticket) -> _Since:
            return _since(then_in(backup.path), registry)

        self._reading = self.context.tasks.start(
            job, on_registry=False, words=_READING, on_failure=self._on_unreadable
        )
        self._reading.succeeded.connect(self._on_read)

    @Slot(object)
    def _on_read(self, found: _Since) -> None:
        registry = self.context.registry
        if self._backup is None or found.then.path != self._backup.path or registry is None:
            return
        self._reading = None
        self._moved = found.moved
        self._show_then(found.then)
        if found.dataset is not registry.dataset:  # somebody wrote meanwhile
            self._compare_again()

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
        self.since.setText(since_words(moved, lang))
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
            self.head.setText(head_words(backup, lang))
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
        found = found_in(typed, registry.dataset, then.dataset)
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
        row = self.changed_model.row_of(code)
        self.named.setText(named_words(found, row, self.changed_model.rowCount(), lang))
        self._ask_effect(code)
        if row >= 0 and self.changed.currentIndex().row() != row:
            self.changed.selectRow(row)
        self._allow()

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

        self.write(job, _BACK.format(name), on_error=self.show_exception)

    @Slot(object)
    def _on_changed(self, _changes: Changes) -> None:
        self.see_anew()
        self._compare_again()

    def _compare_again(self) -> None:
        """Compare with what the registry holds now; a backup that is still being read is compared when it is there."""
        then, registry = self._then, self.context.registry
        if then is None or registry is None:
            return
        task = self.context.tasks.start(lambda _ticket: _since(then, registry), on_registry=False)
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


class _Since(NamedTuple):
    """What changed since a backup, and the data that it was compared with."""

    then: Then
    moved: Moved
    dataset: Dataset


def _since(then: Then, registry: Registry) -> _Since:
    dataset = registry.dataset
    return _Since(then, moved_since(then, dataset), dataset)
