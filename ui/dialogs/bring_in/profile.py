"""The registry's profile: what it declares, what waits for the city's own words, and how those come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.services.bring_in.city_lists import commit_list, plan_list
from app.services.bring_in.list_templates import write_list_template
from app.services.bring_in.profile_change import change_profile, write_profile
from app.services.profile.overview import overview
from app.services.profile.profiles import load_profile
from app.text import Text
from ui import words
from ui.dialogs.base.picker import Picks
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.dialogs.bring_in.models import ProblemModel
from ui.models.listed import ListedModel
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.permit import permit
from ui.widgets.plain import TIP_ROLE, text_label, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.profile.overview import Declared
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.models.listed import Index

_TITLE: Final = Text("口径与清单", "Profile and schemes")
_IMPORT: Final = Text("导入本市清单", "Import the city's list")
_TEMPLATE: Final = Text("导出模板", "Write a template")
_REPLACE: Final = Text("换口径文件", "Replace the profile")
_WRITING: Final = Text("写模板", "Writing the template")
_WHAT: Final = {
    "checklist": Text("清单", "checklist"),
    "scheme": Text("评价办法", "scheme"),
    "fact": Text("事实", "facts"),
    "choice": Text("选项", "choices"),
}
_PROFILE: Final = "profile"
_LISTS: Final = {
    "schemes": Text("评价办法：项目、分值、星级线", "Schemes: items, points, thresholds"),
    "words": Text("名目：调解员类别等待填的名称", "Names that wait for the city's own"),
    _PROFILE: Text("口径文件（TOML）", "The profile itself (TOML)"),
}
_NO_PATH: Final = Text("写一个文件。", "Give a file.")
_SUMMARY: Final = Text("{}（{}）· 待填 {} 项", "{} ({}) · {: item|items} open")
_ASSUMED: Final = Text("，星级线是假定的", ", thresholds assumed")
_NOTHING: Final = Text("没有不同，什么也没写。", "Nothing differs; nothing was written.")
_TEMPLATE_DONE: Final = Text(
    "已写好 {}：{} 行。填好后在这里“导入本市清单”。",
    "Written: {}, {: row|rows}. Import it here once it is filled in.",
)
_PROFILE_DONE: Final = Text(
    "已写好 {}。改好后在这里“换口径文件”。", "Written: {}. Edit it, then replace the profile with it here."
)
_LIST_DONE: Final = Text("已导入本市清单 {}", "Imported the city's list {}")
_REPLACED: Final = Text("口径换成 {}", "The profile is now {}")


class DeclaredModel(ListedModel):
    """What the profile declares, one thing a row."""

    HEADERS = (
        Text("什么", "What"),
        Text("名称", "Name"),
        Text("版本", "Version"),
        Text("项", "Items"),
        Text("待填", "Open"),
        Text("已用", "Used"),
        Text("对象", "Of"),
        Text("出处", "Source"),
    )

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row: Declared = self._rows[index.row()]
        lang = self._lang
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (2, 3, 4, 5):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, TIP_ROLE):
            return None
        shown = (
            _WHAT[row.what].in_(lang),
            row.words.in_(lang) + (_ASSUMED.in_(lang) if row.is_assumed else ""),
            "" if row.version is None else str(row.version),
            str(row.items),
            str(row.open_items) if row.open_items else "",
            str(row.used) if row.used else "",
            row.of.in_(lang),
            row.source,
        )
        return f"{shown[1]} · {row.id}" if role == TIP_ROLE else shown[index.column()]


_KINDS: Final = (
    (Text("清单或口径", "Lists and profiles"), (".xlsx", ".csv", ".toml")),
    (Text("清单", "Lists"), (".xlsx", ".csv")),
    (Text("口径", "Profiles"), (".toml",)),
)


class ProfileDialog(Sheet):
    """A sheet at the right: the declarations above, below them a file and what is to be done with it."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "profile", _TITLE, _IMPORT, parent, width=860, at_right=True)
        self._done = _NOTHING  # what the last write did
        lang = context.lang
        self.summary = text_label("", "strong", self)
        self.summary.setObjectName("profile.summary")
        self.model = DeclaredModel(lang, self)
        self.table = PlanView("profile.table", _TITLE.in_(lang), self)
        self.table.setModel(self.model)
        for column, width in enumerate((80, 200, 64, 52, 52, 60, 120, 64)):
            self.table.setColumnWidth(column, width)
        stretch_column(self.table, 1)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.table, 2)
        self.what = ChoiceBox(self)
        for name, said in _LISTS.items():
            self.what.addItem(said.in_(lang), name)
        self.path = QLineEdit(self)
        self.path.setPlaceholderText(".xlsx · .csv · .toml")
        self.why = QLineEdit(self)
        self.body.addLayout(self.form)
        self.add_field("what", Text("哪种清单", "Which list"), self.what)
        self.add_path("path", Text("文件", "File"), self.path, lambda: Picks("profile", _KINDS))
        self.add_field("why", Text("为什么换", "Why"), self.why)
        self.problem_model = ProblemModel(lang, self)
        self.problems = PlanView("profile.problems", Text("问题", "Problems").in_(lang), self)
        self.problems.setModel(self.problem_model)
        for column, width in enumerate((52, 110, 110, 300, 150)):
            self.problems.setColumnWidth(column, width)
        stretch_column(self.problems, 3)
        self.problems.hide()
        self.body.addWidget(self.problems, 1)
        self.told = text_label("", "second", self)
        self.told.setObjectName("profile.result")
        self.told.setWordWrap(True)
        self.told.hide()
        self.body.addWidget(self.told)
        self.template = self.make_button("template", _TEMPLATE, self.write_template)
        self.replace = self.make_button("replace", _REPLACE, self.replace_profile)
        self.foot.insertWidget(1, self.template)
        self.foot.insertWidget(2, self.replace)
        self.cancel.setText(words.CLOSE.in_(lang))
        context.changed.connect(self._on_change)
        self._show()

    @Slot(object)
    def _on_change(self, changes: Changes) -> None:
        if changes.kinds & {"profile", "assessments", "facts"}:
            self._show()

    def _show(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        if registry is None:
            self.model.show_rows(())
            return
        profile = registry.profile
        rows = overview(registry.dataset, profile)
        newest = {row.id: row for row in rows}  # versions ascend
        waiting = sum(row.open_items for row in newest.values())
        self.model.show_rows(rows)
        self.summary.setText(_SUMMARY.format(profile.name.in_(lang), profile.label, waiting).in_(lang))
        for button in (self.commit, self.replace):
            permit(button, self.context.why_locked)

    # what the buttons do

    @Slot()
    def write_template(self) -> None:
        """Write the workbook of the chosen list, or the profile itself."""
        registry, path, lang = self.context.registry, self._path(), self.context.lang
        if registry is None or path is None:
            return
        kind = str(self.what.currentData())

        def job(ticket: Ticket) -> Text:
            if kind == _PROFILE:
                write_profile(registry, path)
                return _PROFILE_DONE.format(path.name)
            report = write_list_template(registry, kind, path, lang=lang, ticket=ticket)
            return _TEMPLATE_DONE.format(path.name, report.rows)

        task = self.context.tasks.start(job, on_registry=False, words=_WRITING, on_failure=self._on_error)
        task.succeeded.connect(self._say)

    @override
    def on_commit(self) -> None:
        """Import the city's list: its plan, and at once its change, which a toast offers to take back."""
        kind = str(self.what.currentData())
        if kind == _PROFILE:
            self.replace_profile()
            return
        why = self.why.text().strip() or None

        def write(registry: Registry, path: Path, ticket: Ticket) -> Changes:
            plan = plan_list(registry, path, kind, ticket=ticket)
            return commit_list(registry, plan, why=why)

        self._write(write, lambda _registry, path: _LIST_DONE.format(path.name))

    @Slot()
    def replace_profile(self) -> None:
        """Put the profile of a TOML file in place of the registry's."""
        why = self.why.text().strip()

        def write(registry: Registry, path: Path, _ticket: Ticket) -> Changes:
            return change_profile(registry, load_profile(str(path)).text, why=why)

        self._write(write, lambda registry, _path: _REPLACED.format(registry.profile.label))

    def _write(
        self,
        write: Callable[[Registry, Path, Ticket], Changes],
        say: Callable[[Registry, Path], Text],
    ) -> None:
        registry, path = self.context.registry, self._path()
        if registry is None or path is None:
            return
        for button in (self.commit, self.replace):
            button.setEnabled(False)

        def said(_changes: Changes) -> Text:
            self._done = say(registry, path)
            return self._done

        task = self.context.edit(lambda ticket: write(registry, path, ticket), said, on_error=self._on_error)
        task.succeeded.connect(self._on_written)
        task.ended.connect(self._show)

    def _path(self) -> Path | None:
        """Return the file to work on; say so where there is none."""
        self.clear_errors()
        self.told.hide()
        self.problems.hide()
        typed = self.path.text().strip().strip('"')
        if typed:
            return Path(typed).expanduser()
        self.show_error(_NO_PATH.in_(self.context.lang), "path")
        return None

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, RegistryError):
            self.context.refused.emit(error)
            return
        column = error.problems[0].column if error.problems else None
        self.show_error(self.context.sentence(error), "why" if column == "why" else "path")
        if len(error.problems) > 1 or any(problem.row is not None for problem in error.problems):
            self.problem_model.show_rows(error.problems)
            self.problems.show()

    @Slot(object)
    def _on_written(self, changes: Changes) -> None:
        self._say(_NOTHING if changes.change is None else self._done)

    @Slot(object)
    def _say(self, said: Text) -> None:
        self.told.setText(self.context.say(said))
        self.told.show()
