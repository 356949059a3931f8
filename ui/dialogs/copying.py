"""The registry carried whole: from a file to a server that desks share, or from there into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar, QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.services.keeping.copying import Copied, copy_registry, records_of, why_in_part
from app.services.registry.info import is_address
from app.text import Text
from ui import words
from ui.dialogs.base.picker import REGISTRY, Picks
from ui.dialogs.base.sheet import Sheet
from ui.widgets.permit import tell
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.jobs import Progress, Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_TITLE: Final = Text("复制到", "Copy to")
_COPY: Final = Text("复制", "Copy")
_ADDRESS: Final = Text("服务器地址", "Server's address")
_FILE: Final = Text("文件", "File")
_WHAT: Final = Text(
    "{0}：{1:,} 条记录，{2:,} 步日志，连同口径、坐标系和底图。原来的留着不动。",
    "{0}: {1:, record|records}, {2:, step|steps} of the journal, with profile, zone and backdrop. What is copied stays as it is.",
)
_NO_ADDRESS: Final = Text(
    "写服务器的地址，如 postgresql://登录名@主机/数据库；数据库要是空的。",
    "Give a server's address, such as postgresql://LOGIN@HOST/DATABASE; the database must be empty.",
)
_FROM_FILE: Final = Text(
    "这里写服务器的地址，如 postgresql://登录名@主机/数据库。要另存一个文件，用“文件”菜单里的“备份与恢复”。",
    "Here goes a server's address, such as postgresql://LOGIN@HOST/DATABASE. For another file there is Backups in the "
    "menu File.",
)
_NO_PATH: Final = Text("写要复制成的文件（.gpkg）。", "Give the file to write (.gpkg).")
_FROM_SERVER: Final = Text(
    "从服务器只能复制成文件。先复制成文件，打开它，再复制到另一台服务器。",
    "From a server it is copied into a file. Copy it into one, open that, and copy it to the other server.",
)
_COPYING: Final = Text("复制台账", "Copying the registry")
_FAR: Final = Text("{0}：{1:,} / {2:,}", "{0}: {1:,} / {2:,}")
_READING_BACK: Final = Text("读回核对", "Reading it back")
_DONE: Final = Text(
    "已复制到 {0}：{1:,} 条记录，{2:,} 步日志，已读回核对。",
    "Copied to {0}: {1:, record|records}, {2:, step|steps} of the journal, read back.",
)
_STOPPED: Final = Text("停了，什么也没有复制过去。", "Stopped; nothing was copied.")
_OPEN_IT: Final = Text("打开复制好的", "Open the copy")
_PROGRESS: Final = Text("进度", "Progress")


class CopyDialog(Sheet):
    """Asks where to, copies in the background while work goes on, and stays open to say what was copied.

    Put away while it copies, it stops the copy; what became of it is told in the status bar.
    """

    WRITES = False  # nothing into the registry that is open
    opened = Signal(object)  # path or address of the copy, to be opened

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "copy", _TITLE, _COPY, parent, width=600)
        self._task: Task | None = None
        self._made: list[Copied] = []
        registry, lang = context.registry, context.lang
        self._is_shared = registry is not None and registry.is_shared
        self.path = QLineEdit(self)
        self.what = self._label("what")
        self.body.addWidget(self.what)
        self.body.addLayout(self.form)
        if self._is_shared:
            self.add_path("path", _FILE, self.path, lambda: Picks("registry.copy", (REGISTRY,), is_new=True))
        else:
            self.path.setPlaceholderText("postgresql://…@…/…")
            self.add_field("path", _ADDRESS, self.path)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("copy.progress")
        self.progress.setAccessibleName(_PROGRESS.in_(lang))
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.far = self._label("far")
        self.report = self._label("result")
        for part in (self.progress, self.far, self.report):
            self.body.addWidget(part)
        for part in (self.far, self.report):
            part.hide()
        self.open_it = self.make_button("open", _OPEN_IT, self._on_open)
        self.open_it.hide()
        self.foot.insertWidget(0, self.open_it)
        if registry is None:
            return
        counts = (records_of(registry), registry.last_step)
        self.what.setText(_WHAT.format(registry.info.name, *counts).in_(lang))
        if self._is_shared:
            self.path.setText(str(registry.beside(f"{registry.path.name}.gpkg")))
        reason = why_in_part(registry)
        if reason is not None:
            self.commit.setEnabled(False)
            tell(self.commit, reason.in_(lang))
            self.show_error(reason.in_(lang))

    def _label(self, key: str) -> QLabel:
        label = text_label("", "second", self)
        label.setObjectName(f"copy.{key}")
        label.setWordWrap(True)
        return label

    @override
    def open(self) -> None:
        """Show it, with the path selected, so that typing replaces it."""
        super().open()
        self.path.selectAll()

    def _target(self) -> Path | None:
        """Return where to copy to; None where that was refused under the field."""
        lang = self.context.lang
        typed = self.path.text().strip().strip('"')
        if not typed:
            self.show_error((_NO_PATH if self._is_shared else _NO_ADDRESS).in_(lang), "path")
            return None
        path = Path(typed).expanduser()
        try:
            is_server = is_address(path)
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "path")
            return None
        if is_server == self._is_shared:
            self.show_error((_FROM_SERVER if is_server else _FROM_FILE).in_(lang), "path")
            return None
        return path if is_server or path.suffix.lower() == ".gpkg" else path.with_name(path.name + ".gpkg")

    @override
    def on_commit(self) -> None:
        registry, context = self.context.registry, self.context
        if registry is None or self._task is not None:
            return
        self.clear_errors()
        self.report.hide()
        source, target = registry.path, self._target()
        if target is None:
            return
        made = self._made = []  # a copy that was whole before it could be stopped is there all the same

        def job(ticket: Ticket) -> Copied:
            copied = copy_registry(source, target, ticket)
            made.append(copied)
            return copied

        def stopped() -> None:  # the sheet may be gone by then
            context.said.emit(_done(made[0]) if made else _STOPPED)

        self._set_running(is_running=True)
        self._task = context.tasks.start(job, on_registry=False, words=_COPYING, on_failure=self._on_failed)
        self._task.progressed.connect(self._on_progress)
        self._task.succeeded.connect(self._on_copied)
        self._task.cancelled.connect(stopped)
        self._task.cancelled.connect(self._on_stopped)

    def _set_running(self, *, is_running: bool) -> None:
        self.commit.setEnabled(not is_running)
        self.path.setReadOnly(is_running)
        if self.pick is not None:
            self.pick.setEnabled(not is_running)
        self.progress.setRange(0, 0)
        self.progress.setVisible(is_running)
        self.far.clear()
        self.far.setVisible(is_running)
        self.refit()

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        lang, is_read_back = self.context.lang, progress.done == progress.total
        self.progress.setRange(0, 0 if is_read_back else progress.total)
        self.progress.setValue(progress.done)
        stage = _READING_BACK if is_read_back else progress.stage
        self.far.setText(_FAR.format(stage.in_(lang), progress.done, progress.total).in_(lang))

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self._set_running(is_running=False)
        if isinstance(error, RegistryError):
            self.show_error(self.context.sentence(error), "path")
        else:
            self.context.refused.emit(error)

    @Slot()
    def _on_stopped(self) -> None:
        if self._made:
            self._on_copied(self._made[0])
        else:
            self._task = None
            self._set_running(is_running=False)

    @Slot(object)
    def _on_copied(self, copied: Copied) -> None:
        self._task = None
        self._set_running(is_running=False)
        self.report.setText(_done(copied).in_(self.context.lang))
        self.report.show()
        self.context.said.emit(_done(copied))
        self.path.setReadOnly(True)
        self.commit.hide()
        self.cancel.setText(words.CLOSE.in_(self.context.lang))
        self.open_it.show()
        self.open_it.setDefault(True)
        self.open_it.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refit()

    @Slot()
    def _on_open(self) -> None:
        self.opened.emit(Path(self._made[0].target))
        self.accept()

    @override
    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()


def _done(copied: Copied) -> Text:
    return _DONE.format(copied.target, copied.records, copied.steps)
