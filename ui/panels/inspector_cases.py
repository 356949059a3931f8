"""Mediation cases and list entries of a compound or community, as the inspector lists them.

The page makes one ``CaseRows`` and calls ``show_record``; the section is there where that returns True.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.panels.inspector_parts import ChipFlow, ChipWords, plain_label, refill

if TYPE_CHECKING:
    from app.domain.record import Record
    from ui.bridge.context import WindowContext


class CaseRows(QWidget):
    """Cases, then list entries, the newest first."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)

    def show_record(self, record: Record) -> bool:
        """Show what concerns a record; return whether there is any."""
        registry, lang = self._context.registry, self._context.lang
        if registry is None or record.kind not in ("compounds", "communities"):
            return False
        field = "compound" if record.kind == "compounds" else "community"
        choices = registry.profile.choices
        rows: list[QWidget] = []
        for kind, sort, sorts in (("cases", "level", "case_level"), ("entries", "list", "list_kind")):
            states = choices["case_state" if kind == "cases" else "entry_state"]
            found = registry.dataset.children(kind, field, record.code)
            for row in sorted(found, key=lambda r: str(r.get("opened")), reverse=True):
                chips = ChipFlow(self)
                chips.setObjectName(f"inspector.{kind}.{row.code}")
                said = (choices[sorts].get(row.text(sort)), states.get(row.text("state")))
                chips.show_chips([ChipWords(words.in_(lang)) for words in said if words is not None])
                text = row.text("text") if kind == "entries" else row.text("category")
                rows += [chips, plain_label(f"{text} {row.get('opened')}".strip(), "second", self)]
        refill(self._box, rows)
        return bool(rows)
