"""The table of what another program edited, and the cells of one such edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from app.domain.kinds import KINDS
from app.services.keeping.foreign_words import short_words, what_words
from app.text import Text
from ui import theme
from ui.models.listed import ListedModel
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from app.services.keeping.foreign import FoundEdit
    from app.services.registry.registry import Registry
    from ui.models.listed import Index

CODE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
TAKE, BACK = "take", "turn_back"
_CHOSEN: Final = {TAKE: Text("收下", "take"), BACK: Text("退回", "turn back"), "": Text("没定", "undecided")}
_HOLDS: Final = Text("合规", "holds")
_MORE: Final = Text("，另 {} 项", ", {} more")


class EditsModel(ListedModel):
    """One edit a row, with what was chosen for it so far."""

    HEADERS = (
        Text("", ""),
        Text("动", "What"),
        Text("类", "Kind"),
        Text("记录", "Record"),
        Text("原来 → 现在", "Before → now"),
        Text("合规吗", "Does it hold"),
        Text("怎么办", "Choice"),
    )

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self.choices: dict[int, str] = {}  # row → TAKE or BACK
        self._lines: list[tuple[str, ...]] = []

    def show_edits(self, registry: Registry, edits: list[FoundEdit]) -> None:
        """Show what was found; nothing is chosen."""
        self.choices = {}
        self._lines = [self._line(registry, place, edit) for place, edit in enumerate(edits, 1)]
        self.show_rows(edits)

    def at(self, row: int) -> FoundEdit | None:
        """Return the edit of a row, None if there is none."""
        found: FoundEdit | None = self._rows[row] if 0 <= row < len(self._rows) else None
        return found

    def may(self, row: int, choice: str) -> bool:
        """Whether an edit can be taken, or turned back."""
        edit = self.at(row)
        if edit is None:
            return False
        return edit.problem is None if choice == TAKE else edit.can_turn_back

    def choose(self, rows: list[int], choice: str) -> None:
        """Choose for some rows, "" for undecided; those for which it can't be stay as they are."""
        for row in rows:
            if not choice:
                self.choices.pop(row, None)
            elif self.may(row, choice):
                self.choices[row] = choice
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.HEADERS) - 1))

    def chosen(self, choice: str) -> list[FoundEdit]:
        """Return the edits for which something was chosen."""
        return [self._rows[row] for row, made in sorted(self.choices.items()) if made == choice]

    def _line(self, registry: Registry, place: int, edit: FoundEdit) -> tuple[str, ...]:
        lang = self._lang
        name, before, after = short_words(registry, edit, lang)
        more = len(edit.cells) - 1 if edit.what == "changed" else 0
        said = f"{name} {before} → {after}" + (_MORE.in_(lang).format(more) if more > 0 else "")
        record = f"{edit.name} {edit.code}".strip()
        holds = (_HOLDS if edit.problem is None else edit.problem).in_(lang)
        kind = KINDS[edit.kind].words.in_(lang)
        return (str(place), what_words(edit).in_(lang), kind, record, said, holds)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        edit = self.at(index.row())
        if edit is None:
            return None
        column, choice = index.column(), self.choices.get(index.row(), "")
        if role == CODE_ROLE:
            return edit.code
        if role in {Qt.ItemDataRole.DisplayRole, TIP_ROLE}:
            return self._lines[index.row()][column] if column < 6 else _CHOSEN[choice].in_(self._lang)
        if role == Qt.ItemDataRole.ForegroundRole and column == 5 and edit.problem is not None:
            return QColor(theme.current().error)
        if role == Qt.ItemDataRole.ForegroundRole and column == 6 and not choice:
            return QColor(theme.current().t3)
        if role == Qt.ItemDataRole.FontRole and column == 6 and choice:
            font = QFont()
            font.setBold(True)
            return font
        return None


class CellsModel(ListedModel):
    """Every cell of one edit, before and after."""

    HEADERS = (Text("项", "Field"), Text("原来", "Before"), Text("文件里", "In the file"))

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role in {Qt.ItemDataRole.DisplayRole, TIP_ROLE}:
            return self._rows[index.row()][index.column()]
        return None
