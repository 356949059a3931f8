"""Bringing in a file: how it is read, what each column means, and the plan of what would happen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.services.bring_in.habits import kept_habits
from app.services.bring_in.import_data import commit_import
from app.services.bring_in.look import look
from app.text import Text
from ui.dialogs.bring_in.fold import FoldedForm
from ui.dialogs.bring_in.form import ReadForm, ReadingBar
from ui.dialogs.bring_in.habit import Habit
from ui.dialogs.bring_in.models import plan_notes, proposed_words, waits_for
from ui.dialogs.bring_in.notes import Notes
from ui.dialogs.bring_in.options import Options
from ui.dialogs.bring_in.pages import Pages
from ui.dialogs.bring_in.parts import parts_with
from ui.dialogs.bring_in.problems_out import ProblemsOut
from ui.dialogs.bring_in.read_as import ReadAs
from ui.dialogs.bring_in.states import States
from ui.dialogs.bring_in.steps import SteppedSheet
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.bring_in.import_data import ImportRequest, Plan
    from app.services.bring_in.look import Look
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_TITLE: Final = Text("导入", "Import")
_COMMIT: Final = Text("导入", "Import")
_COMMIT_N: Final = Text("导入 {} 项", "Import {}")
_READING: Final = Text("读取文件", "Reading the file")
_STOP: Final = Text("停", "Stop")
_WAIT_MS: Final = 300


class ImportDialog(SteppedSheet):
    """A sheet at the right; the map stays live. Reads in the background whenever an answer changes."""

    def __init__(
        self,
        context: WindowContext,
        parent: QWidget | None = None,
        *,
        path: str = "",
        kind: str | None = None,
    ) -> None:
        super().__init__(context, "import", _TITLE, _COMMIT, parent, width=940, at_right=True)
        self._plan: Plan | None = None
        self._written: Plan | None = None  # what is being written, or was
        self._task: Task | None = None
        self._source = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_WAIT_MS)
        self._soon.timeout.connect(self._read)
        self.words.changed.connect(self._on_words)
        self._make_form(kind)
        self._make_plan()
        self._show_plan(None)
        if path:
            self.path.setText(path)
            self._on_path()

    def _make_form(self, kind: str | None) -> None:
        self.folded = FoldedForm(self.form, self.context.lang, self)
        self.folded.folded.connect(self._on_folded)
        self.body.addWidget(self.folded)
        self.fields = form = ReadForm(self, kind)
        self.path, self.layer, self.kind, self.crs = form.path, form.layer, form.kind, form.crs
        self.datum, self.encoding = form.datum, form.encoding
        form.path_given.connect(self._on_path)
        form.answered.connect(self._on_answer)
        form.another_table.connect(self._on_another_table)
        form.template_wanted.connect(self._on_template)
        self.reading = ReadingBar(self.context.lang, self.make_button("stop", _STOP, self._on_stop), self)
        self.body.addWidget(self.reading)

    def _make_plan(self) -> None:
        lang = self.context.lang
        self.problems_out = ProblemsOut(self)
        self.problems_out.failed.connect(self._on_refused)
        self.states = States(lang, (self.problems_out.button, self.undo), self)
        self.states.chosen.connect(self._on_only)
        self.body.addWidget(self.states)
        self.said = Notes(lang, self)
        self.notes = self.said.label
        self.body.addWidget(self.said)
        self.body.addWidget(self.problems_out.saved)
        self.coordinates = ReadAs(self)
        self.coordinates.system_said.connect(self.crs.setText)
        self.coordinates.clicked.connect(self._read)
        self.read_as = self.coordinates.button
        self.body.addWidget(self.read_as, 0, Qt.AlignmentFlag.AlignLeft)
        self.habit = Habit(self)
        self.habit.forgotten.connect(self._read)
        self.habit.refused.connect(self._on_refused)
        self.body.addWidget(self.habit.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.tabs = Pages(lang, self.words, self)
        self.plan, self.problem_model = self.tabs.plan, self.tabs.problem_model
        self.columns, self.questions, self.picture = self.tabs.columns, self.tabs.questions, self.tabs.picture
        self.plan.wanted.connect(self._on_wanted)
        self.plan.answered.connect(self._on_row_answered)
        self.questions.datum_said.connect(self.fields.choose_datum)
        view = self.picture.view
        view.part_said.connect(self._on_part)
        view.field_said.connect(self.words.choose)
        view.value_wanted.connect(self._on_value_wanted)
        view.layer_said.connect(self.fields.choose_layer)
        view.cells.typed.connect(self.words.edit)
        self.body.addWidget(self.tabs, 1)
        self.options = Options(lang, self)
        self.options.changed.connect(self._on_commit_options)
        self.options.reading_changed.connect(self._on_answer)
        self.partial = self.options.partial
        self.body.addWidget(self.options)
        self.waits = text_label("", "second", self)
        self.waits.setObjectName("import.waits")
        self.waits.setWordWrap(True)
        self.foot.insertWidget(self.foot.count() - 1, self.waits, 20)

    # reading

    @Slot()
    def _on_path(self) -> None:
        typed = self.fields.typed_path
        if typed != self._source:
            self._source = typed
            self.coordinates.forget()
            self._forget_words()
            self.fields.forget_layers()
            self._read()

    @Slot()
    def _on_answer(self) -> None:
        if self._source:
            self._soon.start()

    @Slot()
    def _on_another_table(self) -> None:
        self._forget_words()
        self._on_answer()

    @Slot(bool)
    def _on_words(self, is_new: bool) -> None:
        """Make the plan anew for what was said, or count again what is ticked."""
        self.undo.setEnabled(self.words.can_go_back)
        if is_new:
            self._on_answer()
        else:
            self._on_commit_options()

    def _forget_words(self) -> None:
        """Forget what was said of columns, cells and rows: it was said of other ones."""
        self.words.forget()
        self.habit.show_look(None)
        self.undo.setEnabled(False)
        self.questions.forget()
        self.states.all_again()
        self.problems_out.saved.hide()
        self.folded.another_table()

    def _request(self) -> ImportRequest:
        said = self.words.now
        return replace(
            self.fields.request(self._source),
            mapping=said.mapping,
            leave=said.left,
            constants=said.constants,
            only=tuple(said.only.items()),
            answers=said.answers,
            edits=said.edits,
            parts=said.parts,
            drop_bad_cells=self.options.bad_cells.isChecked(),
            parents=self.options.parents.isChecked(),
            read_as=self.coordinates.now,
        )

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
        request, is_open = self._request(), not self.fields.is_kind_said

        habits = self.habit.file

        def job(ticket: Ticket) -> Look:
            asked = replace(request, habits=kept_habits(habits))
            return look(registry, asked, ticket, is_kind_open=is_open)

        self.reading.show_reading(is_reading=True)
        self.commit.setEnabled(False)
        task = self.context.tasks.start(job, on_registry=False, words=_READING, on_failure=self._on_failed)
        self._task = task
        task.progressed.connect(self.reading.show_progress)
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
            self.reading.show_reading(is_reading=False)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._task is None:
            self.reading.show_reading(is_reading=False)

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self.reading.show_reading(is_reading=False)
        self._show_plan(None)
        if isinstance(error, RegistryError):
            columns = {key: key for key in ("crs", "datum", "encoding", "layer", "kind")}
            self.show_exception(error, columns)
            if self.error.isVisible():
                self.show_error(self.error.text(), "path")
            self.problem_model.show_rows(error.problems)
        else:
            self.context.refused.emit(error)

    @Slot(object)
    def _on_read(self, seen: Look) -> None:
        registry = self.context.registry
        self._task = None
        self.habit.show_look(seen)
        self.reading.show_reading(is_reading=False)
        self.fields.show_look(seen, self._source)
        if registry is not None:
            self.tabs.show_look(seen, registry.profile, self.words.now.edits)
        if seen.error is not None:
            self._on_failed(seen.error)
        else:
            self._show_plan(seen.plan, seen)

    # showing

    def _show_plan(self, plan: Plan | None, seen: Look | None = None) -> None:
        lang = self.context.lang
        registry = self.context.registry
        profile = None if registry is None else registry.profile
        self._plan = plan
        self.states.show_counts({} if plan is None else plan.counts)
        self.tabs.show_plan(plan, profile, self.states.only)
        if plan is None or profile is None:
            self.said.say(())
        else:
            self.said.say(plan_notes(plan, profile, lang, proposed_words(seen)))
        self.coordinates.show_plan(plan)
        self._on_commit_options()
        if plan is None:
            self.folded.open_again()
        else:
            summary = self.fields.summary(self, self._source)
            self.folded.follow(summary, (self.path, self.pick, self.layer))

    @Slot()
    def _on_folded(self) -> None:
        """Lead the hand from the form on to the rows."""
        (self.plan if self.plan.isVisible() else self.tabs).setFocus(Qt.FocusReason.OtherFocusReason)
        if self.plan.hasFocus():
            self.plan.setCurrentIndex(self.plan.rows.index(0, 0))

    @Slot()
    def _on_only(self) -> None:
        registry = self.context.registry
        self.plan.show_plan(self._plan, None if registry is None else registry.profile, self.states.only)

    @Slot()
    def _on_commit_options(self) -> None:
        lang, plan = self.context.lang, self._plan
        self.options.show_plan(plan)
        self.problems_out.show_plan(plan)
        taken = {} if plan is None else plan.leaving(self.words.now.unticked).counts
        changed = taken.get("change", 0) if self.options.on_conflict.currentData() == "update" else 0
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

    # working on it

    @Slot(str, str)
    def _on_row_answered(self, asked: str, answer: str) -> None:
        """Plan again with what somebody answered."""
        self.words.put("answers", asked, answer)
        self._read()

    @Slot(int, str)
    def _on_part(self, row: int, part: str) -> None:
        """Take a row of the sheet for what somebody says it is."""
        sheet = self.picture.sheet
        if sheet is not None:
            self.words.say(parts=parts_with(sheet, self.words.now.parts, row, part))

    @Slot(str)
    def _on_value_wanted(self, column: str) -> None:
        """Leave a column out, and ask for the value that takes its place."""
        name = self.picture.view.cells.field_of(column)
        self.words.choose(column, "")
        self.tabs.setCurrentWidget(self.columns)
        self.columns.value.ask(name)

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        self.show_error(self.context.sentence(error))

    # writing

    @override
    def on_commit(self) -> None:
        registry, plan = self.context.registry, self._plan
        if registry is None or plan is None:
            self._on_path()
            return
        on_conflict = str(self.options.on_conflict.currentData())
        chosen = plan.leaving(self.words.now.unticked).answered(on_conflict)
        if self.partial.isChecked():
            chosen = replace(chosen, request=replace(chosen.request, partial=True))
        self._written = chosen
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
    def _on_written(self, changes: Changes) -> None:
        if self._written is not None:
            self.habit.learn(self._written, changes)
        self.context.settings.keep_folder("import", self.fields.request(self._source).source.parent)
        self.accept()

    @override
    def reject(self) -> None:
        self._soon.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()
