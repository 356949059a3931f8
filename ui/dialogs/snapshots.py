"""Keeps the table that is asked for as it is published; below it those kept, to be named anew or taken away."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTableView, QWidget
from typing_extensions import override

from app.coverage.measures import parse_measure
from app.domain.vocabulary import COUNTS, LEVELS, word_of
from app.domain.weights import WEIGHTS
from app.errors import InvalidInput
from app.services.snapshots.snapshots import keep, rename, snapshot_called, snapshots, take_away, usual_name
from app.text import Text
from ui.dialogs.base.listing import rows_view
from ui.dialogs.base.step import StepSheet
from ui.dialogs.edit.ending import NO_WHY
from ui.models.listed import ListedModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.day_field import DayField
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.coverage.results import Query
    from app.domain.edits import Changes
    from app.domain.profile.profile import Profile
    from app.services.snapshots.snapshots import Snapshot
    from ui.bridge.context import WindowContext
    from ui.models.listed import Index

_TITLE: Final = Text("存下这张表", "Keep this table")
_DO: Final = Text("存下", "Keep")
_NAME: Final = Text("名称", "Name")
_AS_OF: Final = Text("截至", "As of")
_NOTE: Final = Text(
    "数字连同当时的依据一起存：以后改了什么，与它一比就看得出哪些是事后更正，哪些是真的变了。",
    "The figures are kept with what they were counted from: compared with them later, what was put right since stands apart from what changed.",
)
_KEPT: Final = Text("存过的表", "Tables kept")
_SAID: Final = Text("已存下：{}", "Kept: {}")
_RENAME: Final = Text("改成上面的名称", "Call it as above")
_RENAMED: Final = Text("{} 改名为 {}", "{} is now called {}")
_REMOVE: Final = Text("不再存它", "Take it away")
_REMOVED: Final = Text("不再存：{}", "Taken away: {}")
_NO_NAME: Final = Text("在“名称”里写上新名称。", "Give the new name above.")
_ROWS: Final = 4  # of the kept tables in sight [rows]


class Column(IntEnum):
    """Columns from left to right."""

    CODE = 0
    NAME = 1
    ASKED = 2
    AS_OF = 3
    KEPT_ON = 4


_HEADERS: Final = {
    Column.CODE: Text("编号", "Id"),
    Column.NAME: _NAME,
    Column.ASKED: Text("问的是", "What was asked"),
    Column.AS_OF: _AS_OF,
    Column.KEPT_ON: Text("存于", "Kept on"),
}


class SnapshotsModel(ListedModel):
    """The kept tables, by code."""

    HEADERS = tuple(_HEADERS[column] for column in Column)

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(lang, parent)
        self._profile: Profile | None = None

    def show_tables(self, tables: list[Snapshot], profile: Profile | None) -> None:
        """Show those that are kept."""
        self._profile = profile
        self.show_rows(tables)

    def at(self, row: int) -> Snapshot | None:
        """Return the table in a row, None for none."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        kept = self.at(index.row())
        if kept is None:
            return None
        if role == CODE_ROLE:
            return kept.code
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match Column(index.column()):
            case Column.CODE:
                return kept.code
            case Column.NAME:
                return kept.name
            case Column.ASKED:
                return "" if self._profile is None else asked_words(self._profile, kept.query, self._lang)
            case Column.AS_OF:
                return kept.query.as_of.isoformat()
            case Column.KEPT_ON:
                return "" if kept.kept_on is None else kept.kept_on.isoformat()


def asked_words(profile: Profile, query: Query, lang: str) -> str:
    """Return what a table asks: measure, unit, weight and way of counting; the measure's id where there is none such."""
    try:
        measure = parse_measure(profile, query.measure)
    except InvalidInput:  # the profile of today has it no more
        name, weight = query.measure, query.weight or ""
    else:
        name, weight = measure.words.in_(lang), query.weight or measure.default_weight
    by = word_of(LEVELS, query.by).in_(lang)
    weighed = WEIGHTS[weight].words.in_(lang) if weight in WEIGHTS else ""
    parts = (name, by, weighed, word_of(COUNTS, query.count).in_(lang))
    return " · ".join(part for part in parts if part)


class SnapshotSheet(StepSheet):
    """Asks what the table is called and of which day it is."""

    DAY_KEY: ClassVar[str] = "as_of"

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "snapshot", _TITLE, _DO, parent, width=720)
        lang = context.lang
        self.called = QLineEdit(self)
        self.on.deleteLater()
        self.on = DayField(lang, self, day=context.as_of)
        self.asked = text_label("", "second", self)
        self.asked.setObjectName("snapshot.asked")
        self.asked.setWordWrap(True)
        self.body.addWidget(self.asked)
        self.add_note(_NOTE.in_(lang))
        self.body.addLayout(self.form)
        self.add_field("name", _NAME, self.called)
        self.add_day_and_reason(_AS_OF)
        self.model = SnapshotsModel(lang, self)
        self.body.addWidget(text_label(_KEPT.in_(lang), "title", self))
        self.table = self._made_table()
        self.body.addWidget(self.table)
        self.rename = self.make_button("rename", _RENAME, self._rename)
        self.take_away = self.make_button("remove", _REMOVE, self._take_away)
        line = QHBoxLayout()
        line.addWidget(self.rename)
        line.addWidget(self.take_away)
        line.addStretch(1)
        self.body.addLayout(line)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        context.changed.connect(self._show)
        self._show()

    def _made_table(self) -> QTableView:
        table = rows_view(self, "table", _KEPT, self.model, stretched=Column.NAME)
        header = table.horizontalHeader()
        table.setFixedHeight(header.sizeHint().height() + _ROWS * table.verticalHeader().defaultSectionSize())
        return table

    @override
    def first_box(self) -> QWidget | None:
        return self.called

    @property
    def chosen(self) -> Snapshot | None:
        """The kept table that is chosen."""
        return self.model.at(self.table.currentIndex().row())

    @Slot()
    def _show(self, *_changes: object) -> None:
        self.see_anew()
        registry, lang = self.context.registry, self.context.lang
        if registry is None:
            return
        query = self.context.question.query(self.context.as_of)
        self.asked.setText(asked_words(registry.profile, query, lang))
        self.called.setPlaceholderText(usual_name(registry, query).in_(lang))
        self.model.show_tables(snapshots(registry), registry.profile)
        self._on_row()

    @Slot()
    def _on_row(self, *_rows: QModelIndex) -> None:
        for button in (self.rename, self.take_away):
            permit(button, self.context.why_locked, may=self.chosen is not None)

    @override
    def on_commit(self) -> None:
        registry, context = self.context.registry, self.context
        if registry is None:
            return
        name, why, question, lang = (
            self.called.text().strip() or None,
            self.reason,
            context.question,
            context.lang,
        )

        def act(day: date | None) -> Changes:
            query = question.query(day or context.as_of)
            changes, _ = keep(registry, query, name=name, why=why, lang=lang)
            return changes

        self.write_on_day(act, lambda done: _SAID.format(snapshot_called(registry, done.codes[0]).name))

    def _rename(self) -> None:
        registry, kept, name = self.context.registry, self.chosen, self.called.text().strip()
        self.clear_errors()
        if registry is None or kept is None:
            return
        if not name:
            self.show_error(_NO_NAME.in_(self.context.lang), "name")
            return
        self._edit(
            lambda: rename(registry, kept.code, name, why=self.reason), _RENAMED.format(kept.name, name)
        )

    def _take_away(self) -> None:
        registry, kept, why = self.context.registry, self.chosen, self.reason
        self.clear_errors()
        if registry is None or kept is None:
            return
        if why is None:
            self.show_error(NO_WHY.in_(self.context.lang), "why")
            return
        self._edit(lambda: take_away(registry, kept.code, why=why), _REMOVED.format(kept.name))

    def _edit(self, act: Callable[[], Changes], said: Text) -> None:
        """Write, and stay: the list shows what became of it."""
        self.write(lambda _ticket: act(), said, on_error=self.show_exception)
