"""Who is behind one part of a change: by name, from what to what."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from app.domain.vocabulary import HEADINGS, PARTLY, REASONS, STATUS, word_of
from app.text import Text
from ui import words
from ui.models.listed import ListedModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.coverage.results import ChangedSubject

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """Columns from left to right."""

    NAME = 0
    WAS = 1
    NOW = 2


_HEADERS: Final = {
    Column.NAME: Text("名称", "Name"),
    Column.WAS: Text("当时", "Then"),
    Column.NOW: Text("现在", "Now"),
}
_ANSWERS: Final = {**HEADINGS, "partly": PARTLY}


class ChangedModel(ListedModel):
    """Rows are the subjects of one part."""

    HEADERS = tuple(_HEADERS[column] for column in Column)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry: ChangedSubject = self._rows[index.row()]
        if role == CODE_ROLE:
            return entry.code
        if role not in (Qt.ItemDataRole.DisplayRole, TIP_ROLE):
            return None
        match Column(index.column()):
            case Column.NAME:
                return entry.name or f"{words.UNNAMED.in_(self._lang)} {entry.code}"
            case Column.WAS:
                return _state(entry.was, self._lang)
            case Column.NOW:
                return _state(entry.now, self._lang)


def _state(state: Mapping[str, Any], lang: str) -> str:
    """Return what a subject was, and why."""
    answer = STATUS["left_out"] if state["answer"] is None else word_of(_ANSWERS, state["answer"])
    return f"{answer.in_(lang)} · {word_of(REASONS, state['reason']).in_(lang)}"
