"""What leaves: which file or files, for whom, and the question that they answer. Says which fields left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QProgressBar, QWidget
from typing_extensions import override

from app.domain import vocabulary
from app.errors import RegistryError
from app.services.bring_out.batch import export_each
from app.services.bring_out.export_data import ExportReport, ExportRequest, export
from app.services.bring_out.readers import fields_in_words, why_not
from app.text import Text
from ui import words
from ui.dialogs.base.picker import Picks
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.export_question import QuestionFields, combo
from ui.widgets.flow import Flow
from ui.widgets.permit import tell
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from app.domain.leaving.format import Formats
    from app.jobs import Progress, Ticket
    from app.services.bring_out.batch import BatchReport
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task


_TITLE: Final = Text("导出", "Export")
_NO_FOLDER: Final = Text("没有这个文件夹：{}", "There is no folder {}")
_NO_PATH: Final = Text("写要导出到的文件。", "Give the file to write.")
_NO_DIR: Final = Text("写要放文件的文件夹。", "Give the folder for the files.")
_NO_FORMAT: Final = Text("至少勾一种格式。", "Tick one format at least.")
_FILE: Final = Text("文件", "File")
_FOLDER: Final = Text("文件夹", "Folder")
_EACH: Final = {
    "": Text("一个文件", "One file"),
    "street": Text("每个街道一份", "One for each street"),
    "community": Text("每个社区一份", "One for each community"),
}
_AUDIENCES: Final = {
    "public": Text("公开：没有三无及其各项", "Public: nothing about three-no"),
    "street": vocabulary.LEVELS["street"].heading(),
    "internal": Text("内部：包括谁改了什么", "Internal: with who changed what"),
}
_LEDGERS: Final = Text("台账", "Ledgers")
_LEDGERS_TOO: Final = Text("逐条也带上，一类一张表", "The records too, one sheet for each kind")
_REPLACE: Final = Text("换掉同名的文件", "Replace files of the same names")
_ONE_DAY: Final = Text(
    "{0}只答一天：对比的 {1} 不写进去。", "{0} answers for one day: the day compared with, {1}, is not in it."
)
_DONE: Final = Text("已写好 {0}（{1:,} 字节）。离开的内容：", "Written: {0} ({1:, byte|bytes}). What left:")
_DONE_ALL: Final = Text(
    "已写好 {0} 份，在 {1}（{2:,} 字节）。离开的内容：",
    "Written: {0: file|files} in {1} ({2:, byte|bytes}). What left:",
)
_AND_MORE: Final = Text("{0}等 {1} 项", "{0} and others, {1} in all")
_SHOWN: Final = 6  # words of a layer that are told; the tip has them all
_REMEMBERED: Final = "export"


class ExportDialog(Sheet):
    """Writes in the background; stays open to say what left. ``formats``: those that there are."""

    exported = Signal(object)  # ExportReport, or BatchReport where there is one file for each unit

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
        kept = context.settings.choices(_REMEMBERED)
        self.path = QLineEdit(self)
        self.each = combo(
            self, [(said.in_(lang), name) for name, said in _EACH.items()], str(kept.get("each", ""))
        )
        self.format = combo(self, [(each.words.in_(lang), each.name) for each in formats])
        self.formats = QWidget(self)
        self.ticks = self._make_ticks(kept.get("formats"))
        self.replace = QCheckBox(_REPLACE.in_(lang), self)
        self.ledgers = QCheckBox(_LEDGERS_TOO.in_(lang), self)
        readers = [(said.in_(lang), name) for name, said in _AUDIENCES.items()]
        self.audience = combo(self, readers, str(kept.get("audience", "street")))
        self.question = QuestionFields(self, context)
        self.measure, self.by, self.as_of = self.question.measure, self.question.by, self.question.as_of
        self.body.addLayout(self.form)
        self.add_path("path", _FILE, self.path, self._picks_now)
        self.add_field("each", Text("分几份", "How many files"), self.each)
        self.add_field("format", Text("格式", "Format"), self.format)
        self.add_field("formats", Text("格式", "Formats"), self.formats)
        self.add_field("replace", Text("已有的", "Those there"), self.replace)
        self.add_field("ledgers", _LEDGERS, self.ledgers)
        self.add_field("audience", Text("给谁看", "For whom"), self.audience)
        self.question.add_to(self)
        self.hint = text_label("", "second", self)
        self.hint.setObjectName("export.hint")
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.progress = QProgressBar(self)
        self.progress.setObjectName("export.progress")
        self.progress.setAccessibleName(Text("进度", "Progress").in_(lang))
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.report = text_label("", "second", self)
        self.report.setObjectName("export.result")
        self.report.setWordWrap(True)
        self.report.hide()
        self.body.addWidget(self.hint)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.report)
        self._proposed = ""
        self.each.currentIndexChanged.connect(self._on_each)
        self.format.currentIndexChanged.connect(self._on_format)
        self.path.editingFinished.connect(self._on_path)
        self.audience.currentIndexChanged.connect(self._look)
        self.question.changed.connect(self._look)
        self._on_each()

    def _make_ticks(self, chosen: object) -> dict[str, QCheckBox]:
        """Return a box for each format, those ticked that were last time."""
        row = Flow(self.formats)
        found = {}
        for each in self._formats:
            box = QCheckBox(each.ending.removeprefix("."), self.formats)
            box.setObjectName(f"export.formats.{each.name}")
            box.setAccessibleName(each.words.in_(self.context.lang))
            set_tip(box, each.words.in_(self.context.lang))
            box.setChecked(each.name in (chosen if isinstance(chosen, list) else ["html"]))
            box.toggled.connect(self._look)
            row.addWidget(box)
            found[each.name] = box
        return found

    @override
    def open(self) -> None:
        """Show it, with the path selected, so that typing replaces it."""
        super().open()
        self.path.selectAll()

    def _picks_now(self) -> Picks:
        kinds = tuple((each.words, (each.ending,)) for each in self._formats)
        return Picks("export", kinds, is_new=True, chosen=self.format.currentIndex())

    @Slot()
    def _on_each(self, _place: int = 0) -> None:
        """Show the fields of one file or of many, and propose a place, unless another was written."""
        is_one = not self.each.currentData()
        for key, is_shown in (("format", is_one), ("formats", not is_one), ("replace", not is_one)):
            self.show_field(key, is_shown=is_shown)
        self.label("path").setText((_FILE if is_one else _FOLDER).in_(self.context.lang))
        registry = self.context.registry
        if registry is not None and self.path.text() == self._proposed:
            stem = f"{registry.path.stem}-{self.context.question.measure}".replace(":", "-")
            ending = next(each.ending for each in self._formats if each.name == self.format.currentData())
            name = stem + ending if is_one else f"{stem}-{self.each.currentData()}"
            self._proposed = str(registry.beside(name))
            self.path.setText(self._proposed)
        self._look()
        self.refit()

    @Slot(int)
    def _on_format(self, _place: int) -> None:
        typed = self.path.text().strip()
        if typed and not self.each.currentData():
            self.path.setText(self._formats.renamed(typed, str(self.format.currentData())))
        self._look()

    @Slot()
    def _on_path(self) -> None:
        found = self._formats.by_ending(self.path.text().strip())
        if found is not None and not self.each.currentData():
            place = self.format.findData(found.name)
            with QSignalBlocker(self.format):
                self.format.setCurrentIndex(place)
            self._look()

    def _chosen(self) -> list[str]:
        """Return the formats that are wanted, by name."""
        if not self.each.currentData():
            return [str(self.format.currentData())]
        return [name for name, box in self.ticks.items() if box.isChecked()]

    def _request(self) -> ExportRequest:
        """Return what was chosen; raises InvalidInput for a day that is none."""
        given: dict[str, Any] = self.question.given()
        if not self._takes_days():
            given["days"] = ()
        with_ledgers = self._holds_ledgers() and self.ledgers.isChecked()
        readers = str(self.audience.currentData())
        return ExportRequest(audience=readers, lang=self.context.lang, ledgers=with_ledgers, **given)

    def _holds_ledgers(self) -> bool:
        chosen = self._chosen()
        return any(each.ledgers for each in self._formats if each.name in chosen)

    def _takes_days(self) -> bool:
        chosen = self._chosen()
        return all(each.takes_several for each in self._formats if each.name in chosen)

    @Slot()
    def _look(self, *_changed: object) -> None:
        """Say before anything is written what can't leave, and what of the question a format has no place for."""
        self.show_field("ledgers", is_shown=self._holds_ledgers())
        registry, lang = self.context.registry, self.context.lang
        if registry is None:
            return
        try:
            request = self._request()
        except RegistryError:
            return  # the field of the day says it
        reason = why_not(registry, request)
        said = "" if reason is None else reason.in_(lang)
        against = self.context.question.against
        if not said and against is not None and self.question.also.isChecked() and not self._takes_days():
            named = "、".join(f".{name}" for name in self._chosen())
            said = _ONE_DAY.format(named, against).in_(lang)
        self.hint.setText(said)
        self.hint.setVisible(bool(said))
        self.commit.setEnabled(reason is None and self._task is None)
        tell(self.commit, "" if reason is None else said)
        self.refit()

    @override
    def on_commit(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        if registry is None or self._task is not None:
            return
        self.clear_errors()
        self.report.hide()
        self._on_path()
        each, chosen = str(self.each.currentData()), self._chosen()
        typed = self.path.text().strip().strip('"')
        if not typed:
            self.show_error((_NO_DIR if each else _NO_PATH).in_(lang), "path")
            return
        if not chosen:
            self.show_error(_NO_FORMAT.in_(lang), "formats")
            return
        try:
            request = self._request()
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "as_of")
            return
        path = Path(typed).expanduser()
        if not path.parent.is_dir():
            self.show_error(_NO_FOLDER.format(path.parent).in_(lang), "path")
            return
        formats, is_over = self._formats, self.replace.isChecked()

        def job(ticket: Ticket) -> ExportReport | BatchReport:
            if not each:
                return export(registry, path, request, ticket, formats)
            return export_each(
                registry,
                path,
                request,
                each=each,
                asked=chosen,
                is_over=is_over,
                ticket=ticket,
                formats=formats,
            )

        self._remember()
        self.commit.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        self._task = self.context.tasks.start(
            job, on_registry=False, words=Text("导出", "Exporting"), on_failure=self._on_failed
        )
        self._task.progressed.connect(self._on_progress)
        self._task.succeeded.connect(self._on_written)
        self._task.ended.connect(self._on_ended)

    def _remember(self) -> None:
        """Keep what is the same from one export to the next: how many files, which formats, for whom."""
        ticked = [name for name, box in self.ticks.items() if box.isChecked()]
        chosen = {"each": self.each.currentData(), "formats": ticked, "audience": self.audience.currentData()}
        self.context.settings.keep_choices(_REMEMBERED, chosen)

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)

    @Slot()
    def _on_ended(self) -> None:
        self._task = None
        self.progress.hide()
        self._look()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, RegistryError):
            self.show_exception(error, {"weight": "measure"})
        else:
            self.context.refused.emit(error)

    @Slot(object)
    def _on_written(self, report: ExportReport | BatchReport) -> None:
        lang, name = self.context.lang, report_name(report)
        if isinstance(report, ExportReport):
            said = _DONE.format(name, report.size)
        else:
            said = _DONE_ALL.format(len(report.files), name, report.size)
        registry = self.context.registry
        grouped = [] if registry is None else fields_in_words(registry.profile, report.fields_left, lang)
        mark = "、" if lang == "zh" else ", "
        lines = [f"{layer}：{_some(columns, mark, lang)}" for layer, columns in grouped]
        self.report.setText("\n".join([said.in_(lang), *lines]))
        set_tip(self.report, "\n".join(f"{layer}：{mark.join(columns)}" for layer, columns in grouped))
        self.report.show()
        self.cancel.setText(words.CLOSE.in_(lang))
        self.context.said.emit(Text(f"已导出 {name}", f"Exported {name}"))
        self.exported.emit(report)

    @override
    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()


def report_name(report: ExportReport | BatchReport) -> str:
    """Return the name of the file, or of the folder of many."""
    return report.path.name if isinstance(report, ExportReport) else report.folder.name


def _some(columns: tuple[str, ...], mark: str, lang: str) -> str:
    if len(columns) <= _SHOWN:
        return mark.join(columns)
    return _AND_MORE.format(mark.join(columns[:_SHOWN]), len(columns)).in_(lang)
