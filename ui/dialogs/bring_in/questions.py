"""What an import asks: what a form in a column means, and which of several columns a field is; one box an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.domain.field_words import field_words
from app.text import Text
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile
    from app.services.bring_in.import_data import Plan
    from ui.dialogs.bring_in.said import Words

_HEADERS: Final = (
    Text("列", "Column"),
    Text("写着", "Written"),
    Text("行数", "Rows"),
    Text("问什么", "Question"),
    Text("回答", "Answer"),
)
_WIDTHS: Final = {
    0: 96,
    1: 84,
    2: 48,
    4: 190,
}  # the question takes the rest: it has a tip, the answer is worked on [px]
_QUESTION: Final = 3
_DATUM: Final = "datum"
_DATUM_WORDS: Final = Text("坐标基准", "Datum")
_NO_COLUMN: Final = "\n"  # no column is called so
_LEAVE: Final = Text("这次不导这一列", "leave the column out")
_OPEN: Final = Text("还没有答", "not answered")


class _Asked(NamedTuple):
    """One question. ``key``: what ``--answer`` calls it; "" for a field that several columns could be."""

    key: str
    field: str
    column: str
    form: str
    rows: str
    why: str
    options: tuple[tuple[str, str], ...]


class QuestionTable(QTableWidget):
    """Every question of a file with a box for its answer; what was answered stays, to be answered otherwise."""

    datum_said = Signal(str)

    def __init__(self, lang: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADERS), parent)
        self._lang = lang
        self._words = words
        self._asked: dict[str, _Asked] = {}
        self.setObjectName("import.questions")
        self.setAccessibleName(Text("问题：要你定的", "What has to be decided").in_(lang))
        self.setHorizontalHeaderLabels([header.in_(lang) for header in _HEADERS])
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(_QUESTION, QHeaderView.ResizeMode.Stretch)

    @property
    def open_count(self) -> int:
        """How many questions wait for an answer."""
        return sum(1 for asked in self._asked.values() if asked.key not in self._words.now.answers)

    def forget(self) -> None:
        """Forget the questions: another file, or another table of it."""
        self._asked.clear()
        self.setRowCount(0)

    def show_plan(self, plan: Plan, profile: Profile) -> None:
        """Show what a plan asks, and what was answered before."""
        lang = self._lang
        asked = {key: one for key, one in self._asked.items() if key in self._words.now.answers}
        if plan.asked_datum is not None:
            options = tuple((value, words.in_(lang)) for value, words in plan.asked_datum.options)
            why = plan.asked_datum.why.in_(lang)
            asked[_DATUM] = _Asked("", _DATUM, _DATUM_WORDS.in_(lang), "", "", why, options)
        for question in plan.asked_fields:
            words = field_words(plan.request.kind, question.field, profile).in_(lang)
            options = tuple((label, f"{label}（{'、'.join(values)}）") for label, values in question.columns)
            if len(question.columns) == 1:
                options = (*options, (_NO_COLUMN, _LEAVE.in_(lang)))
            asked[f"field {question.field}"] = _Asked(
                "", question.field, words, "", "", question.why.in_(lang), options
            )
        for one in plan.questions:
            key = f"{one.column}:{one.form}"
            options = tuple((option.value, option.words.in_(lang)) for option in one.options)
            asked[key] = _Asked(
                key, one.field, one.column, one.form, str(one.rows), one.why.in_(lang), options
            )
        self._asked = asked
        self._fill()

    def _fill(self) -> None:
        self.setRowCount(len(self._asked))
        for row, asked in enumerate(self._asked.values()):
            for column, text in enumerate((asked.column, asked.form, asked.rows, asked.why)):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setData(CODE_ROLE, asked.key)
                set_tip(item, text)
                self.setItem(row, column, item)
            box = self._box(row)
            with QSignalBlocker(box):
                box.clear()
                box.addItem(_OPEN.in_(self._lang), "")
                for value, words in asked.options:
                    box.addItem(words, value)
                box.setCurrentIndex(max(0, box.findData(self._words.now.answers.get(asked.key, ""))))
            box.setAccessibleName(f"{asked.column} {asked.form}".strip())

    def _box(self, row: int) -> ChoiceBox:
        held = self.cellWidget(row, len(_HEADERS) - 1)
        if isinstance(held, ChoiceBox):
            return held
        box = ChoiceBox(self)
        box.setObjectName(f"import.questions.{row}")
        box.currentIndexChanged.connect(self._on_answer)
        self.setCellWidget(row, len(_HEADERS) - 1, box)
        return box

    @Slot(int)
    def _on_answer(self, _place: int) -> None:
        box = self.sender()
        if not isinstance(box, ChoiceBox):
            return
        asked = list(self._asked.values())[int(box.objectName().rpartition(".")[2])]
        value = str(box.currentData())
        if asked.key:
            self._words.put("answers", asked.key, value or None)
        elif value and asked.field == _DATUM:
            self.datum_said.emit(value)
        elif value == _NO_COLUMN:
            self._words.choose(asked.options[0][0], "")
        elif value:
            self._words.choose(value, asked.field)
