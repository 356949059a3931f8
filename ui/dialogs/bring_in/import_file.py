"""Bringing in a file: how it is read, what each column means, and the plan of what would happen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QWidget,
)
from typing_extensions import override

from app.domain.kinds import OFFERED_KINDS
from app.errors import RegistryError
from app.services.bring_in.import_data import (
    ALL,
    READABLE,
    SWAPPED,
    ImportRequest,
    commit_import,
    has_sheets,
)
from app.services.bring_in.look import look
from app.services.bring_in.problems import path_beside, save_problems
from app.text import Text
from ui.dialogs.base.picker import Picks
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.bring_in.columns import ColumnsPage
from ui.dialogs.bring_in.fold import FoldedForm
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.dialogs.bring_in.models import ACTIONS, DATUMS, ProblemModel, plan_notes, waits_for
from ui.dialogs.bring_in.plan import PlanTable
from ui.dialogs.bring_in.questions import QuestionTable
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.flow import Flow
from ui.widgets.plain import text_label
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from app.jobs import Progress, Ticket
    from app.services.bring_in.import_data import Plan
    from app.services.bring_in.look import Look
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_TITLE: Final = Text("导入", "Import")
_COMMIT: Final = Text("导入", "Import")
_COMMIT_N: Final = Text("导入 {} 项", "Import {}")
_READING: Final = Text("读取文件", "Reading the file")
_STOP: Final = Text("停", "Stop")
_TEMPLATE: Final = Text("模板…", "Template…")
_PARENTS: Final = Text("没登记的单位一并新建", "Make units that are not registered")
_PARTIAL: Final = Text("拒绝的 {} 行留下，先导其余的", "Without the {} refused")
_SAVE_PROBLEMS: Final = Text("导出问题清单", "Save the problems")
_PROBLEMS_IN: Final = Text("{} 行问题存到 {}", "{} rows with their problems saved to {}")
_BAD_CELLS: Final = {
    "": Text("读不懂的格：整行不导", "Unreadable cell: leave its row"),
    "drop": Text("读不懂的格：只空这一格", "Unreadable cell: leave it alone"),
}
_ASKED: Final = Text("要定的", "Questions")
_ALL: Final = Text("全部 {}", "All {}")
_ALL_SHEETS: Final = Text("全部工作表，一起导入", "All sheets as one")
_AS_SAID: Final = Text("文件里写的", "as the file says")
_PLAN_IS: Final = Text("这是计划，还没有写入任何东西", "This is a plan; nothing is written yet")
_READ_BACK: Final = Text("照文件写的次序读", "Read in the order of the file")
_CONFLICT: Final = {
    "update": Text("已登记而不同的：照文件改", "Registered otherwise: change it"),
    "skip": Text("已登记而不同的：跳过", "Registered otherwise: skip"),
}
_ENCODINGS: Final = ("", "utf-8", "gb18030", "big5")
_WAIT_MS: Final = 300


def _picks() -> Picks:
    return Picks("import", ((Text("能导入的文件", "Files that can be imported"), READABLE),))


class ImportDialog(Sheet):
    """A sheet at the right; the map stays live. Reads in the background whenever an answer changes."""

    def __init__(
        self,
        context: WindowContext,
        parent: QWidget | None = None,
        *,
        path: str = "",
        kind: str = "compounds",
    ) -> None:
        super().__init__(context, "import", _TITLE, _COMMIT, parent, width=940, at_right=True)
        self._plan: Plan | None = None
        self._task: Task | None = None
        self._source = ""
        self._answers: dict[str, str] = {}
        self._read_as: str | None = None  # what was clicked; a system is written into its field instead
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_WAIT_MS)
        self._soon.timeout.connect(self._read)
        self._make_form(kind)
        self._make_plan()
        self._show_plan(None)
        if path:
            self.path.setText(path)
            self._on_path()

    def _make_form(self, chosen: str) -> None:
        lang = self.context.lang
        self.path = QLineEdit(self)
        self.path.editingFinished.connect(self._on_path)
        self.layer = ChoiceBox(self)
        self.kind = ChoiceBox(self)
        for name, kind in OFFERED_KINDS.items():
            self.kind.addItem(kind.words.in_(lang), name)
        self.kind.setCurrentIndex(self.kind.findData(chosen))
        self.crs = QLineEdit(self)
        self.crs.setPlaceholderText("EPSG:4490")
        self.crs.editingFinished.connect(self._on_answer)
        self.datum = ChoiceBox(self)
        for value, said in DATUMS.items():
            self.datum.addItem(said.in_(lang), value)
        self.encoding = ChoiceBox(self)
        self.encoding.setEditable(True)
        for value in _ENCODINGS:
            self.encoding.addItem(value or _AS_SAID.in_(lang), value)
        self.folded = FoldedForm(self.form, lang, self)
        self.folded.folded.connect(self._on_folded)
        self.body.addWidget(self.folded)
        self.add_path("path", Text("文件", "File"), self.path, _picks)
        self.add_field("layer", Text("图层 / 工作表", "Layer / sheet"), self.layer)
        self.template = self.make_button("template", _TEMPLATE, self._on_template)
        self.add_field("kind", Text("是什么", "What it is"), self.kind, beside=self.template)
        self.add_field("crs", Text("坐标系", "CRS"), self.crs)
        self.add_field("datum", Text("坐标基准", "Datum"), self.datum)
        self.add_field("encoding", Text("编码", "Encoding"), self.encoding)
        for box in (self.layer, self.kind):
            box.currentIndexChanged.connect(self._on_another_table)
        for box in (self.datum, self.encoding):
            box.currentIndexChanged.connect(self._on_answer)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("import.progress")
        self.progress.setAccessibleName(_READING.in_(lang))
        self.progress.setTextVisible(False)
        self.stop = self.make_button("stop", _STOP, self._on_stop)
        self._reading_note = text_label(_READING.in_(lang), "second", self)
        row = QHBoxLayout()
        for widget in (self._reading_note, self.progress, self.stop):
            row.addWidget(widget)
        self.body.addLayout(row)
        self._show_reading(is_reading=False)

    def _make_plan(self) -> None:
        lang = self.context.lang
        self.counts = text_label("", "strong", self)
        self.counts.setObjectName("import.counts")
        self.counts.setWordWrap(True)
        self.notes = text_label("", "second", self)
        self.notes.setObjectName("import.notes")
        self.notes.setWordWrap(True)
        self.filter = ChoiceBox(self)
        self.filter.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.filter.setObjectName("import.filter")
        self.filter.setAccessibleName(Text("只看", "Show").in_(lang))
        self.filter.currentIndexChanged.connect(self._on_filter)
        row = QHBoxLayout()
        self.save_problems = self.make_button("save_problems", _SAVE_PROBLEMS, self._on_save_problems)
        row.addWidget(self.counts, 1)
        row.addWidget(self.save_problems)
        row.addWidget(self.filter)
        self.body.addLayout(row)
        self.body.addWidget(self.notes)
        self.saved = text_label("", "second", self)
        self.saved.setObjectName("import.saved")
        self.saved.setWordWrap(True)
        self.saved.hide()
        self.body.addWidget(self.saved)
        self.read_as = self.make_button("read_as", _READ_BACK, self._on_read_as)
        self.body.addWidget(self.read_as, 0, Qt.AlignmentFlag.AlignLeft)
        self.plan = PlanTable(lang, self)
        self.plan.wanted.connect(self._on_wanted)
        self.plan.answered.connect(self._on_row_answered)
        self.plan.ticked.connect(self._on_commit_options)
        self.problem_model = ProblemModel(lang, self)
        self.problems = PlanView("import.problems", Text("问题", "Problems").in_(lang), self)
        self.problems.setModel(self.problem_model)
        for column, width in enumerate((52, 120, 140, 300, 80)):
            self.problems.setColumnWidth(column, width)
        stretch_column(self.problems, 3)
        self.columns = ColumnsPage(lang, self)
        self.columns.changed.connect(self._soon.start)
        self.questions = QuestionTable(lang, self)
        self.questions.changed.connect(self._soon.start)
        self.questions.column_chosen.connect(self.columns.table.choose)
        self.tabs = Tabs(self)
        self.tabs.setObjectName("import.tabs")
        self.tabs.setAccessibleName(
            Text("计划、问题、列、要定的", "Plan, problems, columns, questions").in_(lang)
        )
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.plan, Text("计划", "Plan").in_(lang))
        self.tabs.addTab(self.problems, Text("问题", "Problems").in_(lang))
        self.tabs.addTab(self.columns, Text("列的含义", "Columns").in_(lang))
        self.tabs.addTab(self.questions, _ASKED.in_(lang))
        self.body.addWidget(self.tabs, 1)
        self.on_conflict = ChoiceBox(self)
        self.on_conflict.setObjectName("import.on_conflict")
        self.on_conflict.setAccessibleName(Text("已登记的怎么办", "What is registered").in_(lang))
        for value, said in _CONFLICT.items():
            self.on_conflict.addItem(said.in_(lang), value)
        self.on_conflict.currentIndexChanged.connect(self._on_commit_options)
        self.partial = QCheckBox(self)
        self.partial.setObjectName("import.partial")
        self.partial.toggled.connect(self._on_commit_options)
        self.bad_cells = ChoiceBox(self)
        self.bad_cells.setObjectName("import.bad_cells")
        self.bad_cells.setAccessibleName(Text("读不懂的格怎么办", "Cells that can't be read").in_(lang))
        for value, said in _BAD_CELLS.items():
            self.bad_cells.addItem(said.in_(lang), value)
        self.bad_cells.currentIndexChanged.connect(self._on_answer)
        self.parents = QCheckBox(_PARENTS.in_(lang), self)
        self.parents.setObjectName("import.parents")
        self.parents.setAccessibleName(_PARENTS.in_(lang))
        self.parents.toggled.connect(self._on_answer)
        self.options = QWidget(self)
        flow = Flow(self.options)
        for box in (self.bad_cells, self.on_conflict):
            box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
            flow.addWidget(box)
        flow.addWidget(self.parents)
        flow.addWidget(self.partial)
        self.body.addWidget(self.options)
        self.waits = text_label("", "second", self)
        self.waits.setObjectName("import.waits")
        self.waits.setWordWrap(True)
        self.foot.insertWidget(self.foot.count() - 1, self.waits, 20)

    # reading

    @Slot()
    def _on_path(self) -> None:
        typed = self.path.text().strip().strip('"')
        if typed != self._source:
            self._source, self._read_as = typed, None
            self._forget_words()
            with QSignalBlocker(self.layer):
                self.layer.clear()
            self._read()

    @Slot()
    def _on_answer(self, _place: int = 0) -> None:
        if self._source:
            self._soon.start()

    @Slot()
    def _on_another_table(self, _place: int = 0) -> None:
        self._forget_words()
        self._on_answer()

    def _forget_words(self) -> None:
        """Forget what was said of columns, cells and rows: it was said of other ones."""
        self.columns.forget()
        self.questions.forget()
        self.plan.forget()
        self._answers.clear()
        self.saved.hide()
        self.folded.another_table()

    def _request(self) -> ImportRequest:
        encoding = self.encoding.currentText().strip()
        return ImportRequest(
            source=Path(self._source).expanduser(),
            kind=str(self.kind.currentData()),
            layer=self.layer.currentData() or None,
            mapping=self.columns.table.mapping,
            leave=self.columns.table.left,
            constants=self.columns.constants,
            only=self.columns.only,
            answers={**self.questions.answers, **self._answers},
            drop_bad_cells=bool(self.bad_cells.currentData()),
            parents=self.parents.isChecked(),
            crs=self.crs.text().strip() or None,
            datum=str(self.datum.currentData()) or None,
            encoding=encoding if encoding and encoding != _AS_SAID.in_(self.context.lang) else None,
            read_as=self._read_as,
        )

    @Slot()
    def _on_read_as(self) -> None:
        """Read the coordinates as the plan offers, or again as the file gives them."""
        reading = None if self._plan is None else self._plan.reading
        if self._read_as is not None:
            self._read_as = None
        elif reading is not None:
            self._read_as = SWAPPED if reading.is_swapped else None
            if reading.crs:
                self.crs.setText(reading.crs)
        self._read()

    def _offer_reading(self) -> None:
        """Show what a click would do to the coordinates; nothing where nothing is doubted."""
        reading = None if self._plan is None else self._plan.reading
        offered = _READ_BACK if self._read_as is not None else reading.words if reading is not None else None
        if offered is not None:
            self.read_as.setText(offered.in_(self.context.lang))
            self.read_as.setAccessibleName(offered.in_(self.context.lang))
        self.read_as.setVisible(offered is not None and self._plan is not None)

    @Slot()
    def _read(self) -> None:
        registry = self.context.registry
        self._soon.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.clear_errors()
        if registry is None or not self._source:
            self._show_plan(None)
            return
        request = self._request()

        def job(ticket: Ticket) -> Look:
            return look(registry, request, ticket)

        self._show_reading(is_reading=True)
        self.commit.setEnabled(False)
        task = self.context.tasks.start(job, on_registry=False, words=_READING, on_failure=self._on_failed)
        self._task = task
        task.progressed.connect(self._on_progress)
        task.succeeded.connect(self._on_read)
        task.cancelled.connect(self._on_cancelled)

    @Slot()
    def _on_template(self) -> None:
        self.context.wanted.emit("registry.template")

    @Slot()
    def _on_stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._show_reading(is_reading=False)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._task is None:
            self._show_reading(is_reading=False)

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)

    def _show_reading(self, *, is_reading: bool) -> None:
        self.progress.setRange(0, 0)
        for widget in (self.progress, self.stop, self._reading_note):
            widget.setVisible(is_reading)

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self._show_reading(is_reading=False)
        self._show_plan(None)
        if isinstance(error, RegistryError):
            columns = {
                "crs": "crs",
                "datum": "datum",
                "encoding": "encoding",
                "layer": "layer",
                "kind": "kind",
            }
            self.show_exception(error, columns)
            if self.error.isVisible():
                self.show_error(self.error.text(), "path")
            self.problem_model.show_rows(error.problems)
        else:
            self.context.refused.emit(error)

    @Slot(object)
    def _on_read(self, read: Look) -> None:
        registry = self.context.registry
        self._task = None
        self._show_reading(is_reading=False)
        with QSignalBlocker(self.layer), QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(self.kind.findData(read.kind))
            self.layer.clear()
            for name in read.layers:
                self.layer.addItem(name, name)
            if len(read.layers) > 1 and has_sheets(Path(self._source)):
                self.layer.addItem(_ALL_SHEETS.in_(self.context.lang), ALL)
            chosen = None if read.preview is None else read.preview.layer
            self.layer.setCurrentIndex(self.layer.findData(chosen))
        if registry is not None and read.preview is not None:
            self.columns.show_columns(read.kind, registry.profile, read.preview)
        if read.error is not None:
            self._on_failed(read.error)
        else:
            self._show_plan(read.plan)

    # showing

    def _show_plan(self, plan: Plan | None) -> None:
        lang = self.context.lang
        self._plan = plan
        counts = {} if plan is None else plan.counts
        total = sum(counts.values())
        with QSignalBlocker(self.filter):
            self.filter.clear()
            self.filter.addItem(_ALL.format(total).in_(lang), "")
            for action, count in counts.items():
                if count:
                    self.filter.addItem(f"{ACTIONS[action].in_(lang)} {count}", action)
        self._on_filter(0)
        problems = () if plan is None else plan.problems
        self.problem_model.show_rows(problems)
        name = Text("问题", "Problems").in_(lang)
        self.tabs.setTabText(1, f"{name} {len(problems)}" if problems else name)
        registry = self.context.registry
        if plan is not None and registry is not None:
            self.questions.show_plan(plan, registry.profile)
        asked = self.questions.open_count
        self.tabs.setTabText(3, f"{_ASKED.in_(lang)} {asked}" if asked else _ASKED.in_(lang))
        self.counts.setText(
            _PLAN_IS.in_(lang)
            if plan is None
            else " · ".join(f"{ACTIONS[action].in_(lang)} {count}" for action, count in counts.items())
        )
        told = [] if plan is None or registry is None else plan_notes(plan, registry.profile, lang)
        self.notes.setText("\n".join(told))
        self.notes.setVisible(bool(self.notes.text()))
        self._offer_reading()
        self._on_commit_options()
        if plan is None:
            self.folded.open_again()
        else:
            self.folded.follow(self._what_is_read(), (self.path, self.pick, self.layer))

    def _what_is_read(self) -> str:
        """Return in one line what the form says: the file, its table, the kind, and how it is read where that was said."""
        lang = self.context.lang
        said = [Path(self._source).name]
        if self.layer.count() > 1:
            said.append(self.layer.currentText())
        said.append(self.kind.currentText())
        request = self._request()
        for key, value in (("crs", request.crs), ("datum", request.datum), ("encoding", request.encoding)):
            if value:
                said.append(
                    f"{self.label(key).text()} {value if key != 'datum' else DATUMS[value].in_(lang)}"
                )
        return " · ".join(said)

    @Slot()
    def _on_folded(self) -> None:
        """Lead the hand from the form on to the rows."""
        (self.plan if self.plan.isVisible() else self.tabs).setFocus(Qt.FocusReason.OtherFocusReason)
        if self.plan.hasFocus():
            self.plan.setCurrentIndex(self.plan.rows.index(0, 0))

    @Slot(int)
    def _on_filter(self, _place: int) -> None:
        registry = self.context.registry
        profile = None if registry is None else registry.profile
        self.plan.show_plan(self._plan, profile, str(self.filter.currentData() or ""))

    @Slot()
    def _on_commit_options(self, _state: object = None) -> None:
        lang, plan = self.context.lang, self._plan
        counts = {} if plan is None else plan.counts
        self.on_conflict.setVisible(bool(counts.get("change")))
        refused = counts.get("refuse", 0)
        said = _PARTIAL.format(refused).in_(lang)
        self.partial.setText(said)
        self.partial.setAccessibleName(said)
        self.partial.setVisible(bool(refused))
        self.bad_cells.setVisible(
            bool(plan is not None and plan.problems) or bool(self.bad_cells.currentData())
        )
        self.save_problems.setVisible(plan is not None and bool(plan.problems))
        makes = plan is not None and plan.may_make_parents
        self.parents.setVisible(makes or self.parents.isChecked())
        options = (self.bad_cells, self.on_conflict, self.parents, self.partial)
        self.options.setVisible(any(not one.isHidden() for one in options))
        taken = {} if plan is None else plan.leaving(self.plan.unticked).counts
        changed = taken.get("change", 0) if self.on_conflict.currentData() == "update" else 0
        written = taken.get("create", 0) + changed
        waits = waits_for(plan, is_partial=self.partial.isChecked())
        self.waits.setText("" if waits is None else waits.in_(lang))
        self.commit.setEnabled(written > 0 and waits is None)
        self.commit.setText(_COMMIT_N.format(written).in_(lang) if written else _COMMIT.in_(lang))

    @Slot(str)
    def _on_wanted(self, code: str) -> None:
        if code and self.context.record(code) is not None:
            self.context.select([code], "import")
            self.context.zoom_to([code])

    @Slot(str, str)
    def _on_row_answered(self, asked: str, answer: str) -> None:
        """Plan again with what somebody answered."""
        self._answers[asked] = answer
        self._read()

    @Slot()
    def _on_save_problems(self) -> None:
        registry, plan = self.context.registry, self._plan
        if registry is None or plan is None:
            return
        out, profile, lang = path_beside(plan.request.source), registry.profile, self.context.lang
        task = self.context.tasks.start(
            lambda ticket: (save_problems(profile, plan, out, lang, ticket), out),
            on_registry=False,
            words=_SAVE_PROBLEMS,
            on_failure=self._on_not_saved,
        )
        task.succeeded.connect(self._on_problems_saved)

    @Slot(object)
    def _on_problems_saved(self, saved: tuple[int, Path]) -> None:
        self.saved.setText(_PROBLEMS_IN.format(*saved).in_(self.context.lang))
        self.saved.show()

    def _on_not_saved(self, error: Exception) -> None:
        self.show_error(self.context.sentence(error))

    # writing

    @override
    def on_commit(self) -> None:
        registry, plan = self.context.registry, self._plan
        if registry is None or plan is None:
            self._on_path()
            return
        chosen = plan.leaving(self.plan.unticked).answered(str(self.on_conflict.currentData()))
        if self.partial.isChecked():
            chosen = replace(chosen, request=replace(chosen.request, partial=True))
        name = plan.request.source.name
        counts = chosen.counts
        said = Text(
            f"已导入 {name}：新建 {counts['create']}，修改 {counts['change']}",
            f"Imported {name}: {counts['create']} created, {counts['change']} changed",
        )
        self.commit.setEnabled(False)
        task = self.context.edit(
            lambda ticket: commit_import(registry, chosen, ticket=ticket), said, on_error=self._on_error
        )
        task.succeeded.connect(self._on_written)

    def _on_error(self, error: Exception) -> None:
        self.commit.setEnabled(True)
        self.show_error(self.context.sentence(error))
        if isinstance(error, RegistryError) and error.problems:
            self.problem_model.show_rows(error.problems)

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        self.accept()

    @override
    def reject(self) -> None:
        self._soon.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()
