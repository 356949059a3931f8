"""The table of what others changed meanwhile: a row each, both values side by side, and what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from app.services.registry.disagreed_words import sides_of
from app.text import Text
from ui import theme
from ui.models.change_words import when_words
from ui.models.listed import ListedModel
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from app.services.registry.registry import Registry
    from ui.dialogs.conflict.choices import Choices
    from ui.models.listed import Index

CODE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
WORDS: Final = {
    "base": Text("原来", "Before"),
    "mine": Text("我方", "Mine"),
    "theirs": Text("对方", "Theirs"),
    "": Text("没定", "Undecided"),
}
_CHOICE: Final = 6


class ConflictModel(ListedModel):
    """One disagreement a row."""

    HEADERS = (
        Text("记录", "Record"),
        Text("项", "Field"),
        WORDS["base"],
        WORDS["mine"],
        WORDS["theirs"],
        Text("对方是谁，何时", "By, when"),
        Text("按谁的", "Choice"),
    )

    def __init__(self, lang: str, choices: Choices) -> None:
        super().__init__(lang)
        self._choices = choices
        self._lines: list[tuple[str, ...]] = []
        self._codes: list[str] = []

    def show_choices(self, registry: Registry | None) -> None:
        """Show what waits now."""
        rows = [] if registry is None else [found for _, found in self._choices.rows()]
        self._lines, self._codes = [], [found.code for found in rows]
        for found in rows:
            assert registry is not None
            sides = sides_of(found, registry.dataset, registry.profile, self._lang)
            when = "" if found.at is None else when_words(found.at, self._lang)
            field = sides.field if found.since is None else f"{sides.field} {found.since}"
            who = f"{found.by or ''} {when}".strip()
            self._lines.append((found.name, field, sides.base, sides.mine, sides.theirs, who))
        self.show_rows(rows)

    def line(self, row: int) -> tuple[str, ...]:
        """Return a row's cells but the last: record, field, before, mine, theirs, who and when."""
        return self._lines[row]

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self._lines):
            return None
        if role == CODE_ROLE:
            return self._codes[row]
        chosen = self._choices.chosen(row) if column == _CHOICE else ""
        if role in {Qt.ItemDataRole.DisplayRole, TIP_ROLE}:
            return WORDS[chosen].in_(self._lang) if column == _CHOICE else self._lines[row][column]
        if role == Qt.ItemDataRole.ForegroundRole and column == _CHOICE and not chosen:
            return QColor(theme.current().t3)
        if role == Qt.ItemDataRole.FontRole and chosen:
            font = QFont()
            font.setBold(True)
            return font
        return None
