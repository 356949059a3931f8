"""What leaves: which file, for whom, which measure by which unit, as of when. Says which fields left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget
from typing_extensions import override

from app.domain import vocabulary
from app.errors import RegistryError
from app.services.bring_out.export_data import ExportRequest, export
from app.text import Text
from ui import words
from ui.dialogs.base.picker import Picks
from ui.dialogs.base.sheet import Sheet
from ui.models.measures import measure_choices
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.domain.leaving.format import Formats
    from app.jobs import Progress, Ticket
    from app.services.bring_out.export_data import ExportReport
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task


_TITLE: Final = Text("导出", "Export")
_NO_FOLDER: Final = Text("没有这个文件夹：{}", "There is no folder {}")
_NO_PATH: Final = Text("写要导出到的文件。", "Give the file to write.")
_AUDIENCES: Final = {
    "public": Text("公开：没有三无及其各项", "Public: nothing about three-no"),
    "street": vocabulary.LEVELS["street"].heading(),
    "internal": Text("内部：包括谁改了什么", "Internal: with who changed what"),
}
_DONE: Final = Text(
    "已写好 {}（{:,} 字节）。离开的字段：{}", "Written: {} ({:,} bytes). Fields that left: {}"
)


class ExportDialog(Sheet):
    """Writes in the background; stays open to say what left. ``formats``: those that there are."""

    exported = Signal(object)  # app.services.bring_out.export_data.ExportReport

    WRITES = False

    def __init__(
        self,
        context: WindowContext,
        parent: QWidget | None = None,
        *,
        formats: Formats,
    ) -> None:
        super().__init__(context, "export", _TITLE, _TITLE, parent, width=600)
        self._formats = formats
        self._task: Task | None = None
        lang = context.lang
        measures = [] if context.registry is None else measure_choices(context.registry.profile)
        self.path = QLineEdit(self)
        self.format = _combo(self, [(each.words.in_(lang), each.name) for each in formats])
        self.audience = _combo(self, [(said.in_(lang), name) for name, said in _AUDIENCES.items()], "street")
        self.measure = _combo(
            self, [(said.in_(lang), name) for name, said in measures], context.question.measure
        )
        levels = [(said.in_(lang), name) for name, said in words.LEVELS.items()]
        self.by = _combo(self, levels, context.question.by)
        self.as_of = DayField(lang, self, day=context.as_of, doubt=context.doubt)
        self.body.addLayout(self.form)
        self.add_path("path", Text("文件", "File"), self.path, self._picks_now)
        self.add_field("format", Text("格式", "Format"), self.format)
        self.add_field("audience", Text("给谁看", "For whom"), self.audience)
        self.add_field("measure", Text("指标", "Measure"), self.measure)
        self.add_field("by", Text("按", "By"), self.by)
        self.add_field("as_of", Text("截至", "As of"), self.as_of)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("export.progress")
        self.progress.setAccessibleName(Text("进度", "Progress").in_(lang))
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.report = text_label("", "second", self)
        self.report.setObjectName("export.result")
        self.report.setWordWrap(True)
        self.report.hide()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.report)
        self.format.currentIndexChanged.connect(self._on_format)
        self.path.editingFinished.connect(self._on_path)
        if context.registry is not None:
            name = f"{context.registry.path.stem}-{context.question.measure}.html".replace(":", "-")
            self.path.setText(str(context.registry.path.with_name(name)))

    def _picks_now(self) -> Picks:
        kinds = tuple((each.words, (each.ending,)) for each in self._formats)
        return Picks("export", kinds, is_new=True, chosen=self.format.currentIndex())

    @Slot(int)
    def _on_format(self, _place: int) -> None:
        typed = self.path.text().strip()
        if typed:
            self.path.setText(self._formats.renamed(typed, str(self.format.currentData())))

    @Slot()
    def _on_path(self) -> None:
        found = self._formats.by_ending(self.path.text().strip())
        if found is not None:
            place = self.format.findData(found.name)
            with QSignalBlocker(self.format):
                self.format.setCurrentIndex(place)

    @override
    def on_commit(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        if registry is None or self._task is not None:
            return
        self.clear_errors()
        self.report.hide()
        self._on_path()
        typed = self.path.text().strip().strip('"')
        if not typed:
            self.show_error(_NO_PATH.in_(lang), "path")
            return
        try:
            day = self.as_of.needed()
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "as_of")
            return
        path = Path(typed).expanduser()
        if not path.parent.is_dir():
            self.show_error(_NO_FOLDER.format(path.parent).in_(lang), "path")
            return
        request = ExportRequest(
            measure=str(self.measure.currentData()),
            by=str(self.by.currentData()),
            audience=str(self.audience.currentData()),
            as_of=day,
            lang=lang,
        )
        formats = self._formats

        def job(ticket: Ticket) -> ExportReport:
            return export(registry, path, request, ticket, formats)

        self.commit.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        self._task = self.context.tasks.start(
            job, on_registry=False, words=Text("导出", "Exporting"), on_failure=self._on_failed
        )
        self._task.progressed.connect(self._on_progress)
        self._task.succeeded.connect(self._on_written)
        self._task.ended.connect(self._on_ended)

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)

    @Slot()
    def _on_ended(self) -> None:
        self._task = None
        self.progress.hide()
        self.commit.setEnabled(True)
        self.refit()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, RegistryError):
            self.show_exception(error, {"weight": "measure"})
        else:
            self.context.refused.emit(error)

    @Slot(object)
    def _on_written(self, report: ExportReport) -> None:
        fields = ", ".join(report.fields_left)
        self.report.setText(_DONE.format(report.path.name, report.size, fields).in_(self.context.lang))
        self.report.show()
        self.cancel.setText(words.CLOSE.in_(self.context.lang))
        self.context.said.emit(Text(f"已导出 {report.path.name}", f"Exported {report.path.name}"))
        self.exported.emit(report)

    @override
    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()


def _combo(parent: QWidget, rows: list[tuple[str, str]], chosen: str = "") -> ChoiceBox:
    combo = ChoiceBox(parent)
    for said, value in rows:
        combo.addItem(said, value)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    return combo
