"""The pages of the import sheet: the plan, its problems, the columns, the questions, and the sheet as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text
from ui.bridge.errors import without_options
from ui.dialogs.bring_in.columns import ColumnsPage
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.dialogs.bring_in.models import ProblemModel
from ui.dialogs.bring_in.picture import PicturePage
from ui.dialogs.bring_in.picture_model import Marks
from ui.dialogs.bring_in.plan import PlanTable
from ui.dialogs.bring_in.questions import QuestionTable
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from app.domain.profile.profile import Profile
    from app.services.bring_in.import_data import Plan
    from app.services.bring_in.look import Look
    from ui.dialogs.bring_in.models import Only
    from ui.dialogs.bring_in.said import Words

_PLAN: Final = Text("计划", "Plan")
_PROBLEMS: Final = Text("问题", "Problems")
_COLUMNS: Final = Text("列的含义", "Columns")
_ASKED: Final = Text("要定的", "Questions")
_SHEET: Final = Text("原表", "Sheet")
_PROBLEMS_AT, _ASKED_AT, _SHEET_AT = 1, 3, 4
_WIDTHS: Final = (52, 120, 140, 300, 80)


class Pages(Tabs):
    """Each page under its tab; a number on a tab is what is still open there."""

    def __init__(self, lang: str, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self.setObjectName("import.tabs")
        self.setAccessibleName(
            Text("计划、问题、列、要定的、原表", "Plan, problems, columns, questions, sheet").in_(lang)
        )
        self.setDocumentMode(True)
        self.plan = PlanTable(lang, words, self)
        self.problem_model = ProblemModel(lang, self)
        self.problems = PlanView("import.problems", _PROBLEMS.in_(lang), self)
        self.problems.setModel(self.problem_model)
        for column, width in enumerate(_WIDTHS):
            self.problems.setColumnWidth(column, width)
        stretch_column(self.problems, 3)
        self.columns = ColumnsPage(lang, words, self)
        self.questions = QuestionTable(lang, words, self)
        self.picture = PicturePage(lang, self)
        for page, said in (
            (self.plan, _PLAN),
            (self.problems, _PROBLEMS),
            (self.columns, _COLUMNS),
            (self.questions, _ASKED),
            (self.picture, _SHEET),
        ):
            self.addTab(page, said.in_(lang))
        self.setTabVisible(_SHEET_AT, False)

    def show_look(self, seen: Look, profile: Profile, edits: Mapping[str, str]) -> None:
        """Show what was understood of a file, whether a plan came of it or not."""
        lang = self._lang
        if seen.preview is not None:
            self.columns.show_columns(seen.kind, profile, seen.preview)
        rows = () if seen.plan is None else seen.plan.rows
        problems = {
            (row.key, problem.column): without_options(problem.said).in_(lang)
            for row in rows
            for problem in row.problems
            if problem.column is not None and row.action != "skip"
        }
        self.picture.show_sheets(seen.sheets, Marks(seen.kind, seen.preview, profile, problems, edits))
        self.setTabVisible(_SHEET_AT, bool(seen.sheets))
        if seen.sheets and seen.preview is None:
            self.setCurrentWidget(self.picture)  # which of its tables is meant is seen there

    def show_plan(self, plan: Plan | None, profile: Profile | None, only: Only) -> None:
        """Show a plan, or that there is none."""
        self.plan.show_plan(plan, profile, only)
        problems = () if plan is None else plan.problems
        self.problem_model.show_rows(problems)
        self._number(_PROBLEMS_AT, _PROBLEMS, len(problems))
        if plan is not None and profile is not None:
            self.questions.show_plan(plan, profile)
        self._number(_ASKED_AT, _ASKED, self.questions.open_count)

    def _number(self, place: int, said: Text, count: int) -> None:
        name = said.in_(self._lang)
        self.setTabText(place, f"{name} {count}" if count else name)
