"""The table of what was entered without the server: what waits to be brought back, and what waits for a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from app.services.registry.away import Undecided
from app.text import Text
from ui import theme
from ui.models.change_words import step_words, when_words
from ui.models.listed import ListedModel
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from app.services.registry.away import Away
    from app.services.registry.registry import Registry
    from ui.models.listed import Index

_WAITS: Final = Text("等着送回", "waits for the server")
_WHY: Final = Text("没有送回：{}", "not brought back: {}")


class WaitingModel(ListedModel):
    """One change a row, oldest first; those that wait for a word before those that wait for the server."""

    HEADERS = (
        Text("什么时候", "When"),
        Text("改了什么", "What was changed"),
        Text("怎么样了", "How it stands"),
    )

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self._lines: list[tuple[str, str, str]] = []

    def show_state(self, registry: Registry | None, state: Away | None) -> None:
        """Show what waits."""
        rows = [] if state is None or registry is None else [*state.undecided, *state.waiting]
        self._lines = [] if registry is None else [self._line(registry, row) for row in rows]
        self.show_rows(rows)

    def at(self, row: int) -> Any:
        """Return what stands in a row, None if nothing does."""
        found: Any = self._rows[row] if 0 <= row < len(self._rows) else None
        return found

    def row_of(self, change: str) -> int | None:
        """Return the row of a change by its id, None where it has none."""
        return next((at for at, row in enumerate(self._rows) if row.change == change), None)

    def as_text(self) -> str:
        """Return every row as a line of text."""
        return "\n".join("\t".join(line) for line in self._lines)

    def _line(self, registry: Registry, row: Any) -> tuple[str, str, str]:
        step = row.step if isinstance(row, Undecided) else row
        words = step_words(step, registry.dataset, registry.profile, self._lang)
        names = "、".join(self._named(registry, code) for code in step.codes[:3])
        stands = _WAITS
        if isinstance(row, Undecided):
            stands = Text(_WHY.zh.format(row.why.zh), _WHY.en.format(row.why.en))
        said = words if not names or names in words else f"{names}  {words}"
        return when_words(step.at, self._lang), said, stands.in_(self._lang)

    def _named(self, registry: Registry, code: str) -> str:
        record = registry.dataset.find(code)
        return code if record is None else (record.text("name") or code)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in {Qt.ItemDataRole.DisplayRole, TIP_ROLE}:
            return self._lines[index.row()][index.column()]
        is_told = index.column() == 2 and isinstance(self._rows[index.row()], Undecided)
        if role == Qt.ItemDataRole.ForegroundRole and is_told:
            return QColor(theme.current().error)
        return None
