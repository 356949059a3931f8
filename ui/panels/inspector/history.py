"""The last changes of a record in words, each with a way to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.vocabulary import NEVER_UNDONE
from app.errors import InvalidInput
from app.text import Text
from ui import words
from ui.models.change_words import change_words, when_words, why_words
from ui.panels.inspector.parts import link_button, refill
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.services.registry.registry import Registry

_TAKEN_BACK: Final = Text("已撤销", "taken back")
_NONE: Final = Text("还没有改动", "No change yet")
_NO_STEP: Final = Text("这一项没有可以撤销的一步", "Nothing of this fact can be taken back")
_LOOKED_BACK: Final = 100  # changes of the record
SHOWN: Final = 8


def last_step_of(registry: Registry, code: str, key: str) -> str:
    """Return the last change of a record's fact that still holds. Raises InvalidInput where there is none."""
    rows = {fact.id for fact in registry.dataset.facts(code).get(key, ())}
    for change in registry.history(code, _LOOKED_BACK):
        still_holds = change.undone_by is None and change.verb not in NEVER_UNDONE
        if still_holds and any(detail.row_id in rows for detail in change.details):
            return str(change.change)
    raise InvalidInput(_NO_STEP)


class HistoryRows(QWidget):
    """Rows of changes, newest first."""

    undo_asked = Signal(str)  # change id

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)

    def forget(self) -> None:
        """Show none: the journal is still read."""
        refill(self._rows, [])

    def show_changes(
        self, changes: Sequence[Any], code: str, dataset: Dataset, profile: Profile, *, reason: str
    ) -> None:
        """Show what touched a record; ``reason`` says why nothing can be taken back just now."""
        rows = [
            self._row(change, change_words(change, code, dataset, profile, self._lang), reason)
            for change in changes[:SHOWN]
        ]
        refill(self._rows, rows or [text_label(_NONE.in_(self._lang), "faint", self)])

    def _row(self, change: Any, said: str, reason: str) -> QWidget:
        row = QWidget(self)
        row.setObjectName(f"inspector.change.{change.seq}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        when = text_label(when_words(change.at, self._lang), "faint", row)
        when.setFixedWidth(76)
        line.addWidget(when)
        label = text_label(said, "", row)
        label.setWordWrap(True)
        set_tip(label, " · ".join(part for part in (change.by, why_words(change, self._lang)) if part))
        line.addWidget(label, 1)
        if change.undone_by is not None:
            line.addWidget(text_label(_TAKEN_BACK.in_(self._lang), "faint", row))
        elif change.verb not in NEVER_UNDONE:
            tip = f"{words.UNDO.in_(self._lang)} {said}"
            button = link_button(f"inspector.undo.{change.seq}", words.UNDO.in_(self._lang), tip, row)
            button.setProperty("code", change.change)
            permit(button, reason)
            button.clicked.connect(self._on_undo)
            line.addWidget(button)
        return row

    @Slot()
    def _on_undo(self) -> None:
        button = self.sender()
        if button is not None:
            self.undo_asked.emit(str(button.property("code")))
