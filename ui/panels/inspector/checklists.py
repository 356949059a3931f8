"""Checklists of a record: a line of chips for each that the profile declares, its items as yes, no or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.panels.inspector.parts import ChipFlow, ChipWords, clear
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.profile.profile import Profile
    from ui.panels.inspector.declared import Met


_TITLE_W: Final = 96


class ChecklistLines(QWidget):
    """Remade only when the profile or the record's kind is another."""

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._profile: Profile | None = None
        self._kind = ""
        self.flows: dict[str, ChipFlow] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_kind(self, profile: Profile, kind: str) -> bool:
        """Have a line for each checklist of a kind; return whether there is any."""
        checklists = profile.checklists_of(kind)
        if profile is not self._profile or kind != self._kind:
            self._profile, self._kind = profile, kind
            clear(self._grid)
            self.flows = {}
            titles = [checklist.words.in_(self._lang) for checklist in checklists]
            widest = max((self.fontMetrics().horizontalAdvance(title) + 4 for title in titles), default=0)
            for place, checklist in enumerate(checklists):
                flow = ChipFlow(self)
                flow.setObjectName(f"inspector.{checklist.id}")
                label = text_label(checklist.words.in_(self._lang), "", self)
                label.setMinimumHeight(24)
                label.setWordWrap(True)
                label.setMinimumWidth(min(widest, _TITLE_W))
                set_tip(label, checklist.definition.in_(self._lang))
                self._grid.addWidget(label, place, 0)
                self._grid.addWidget(flow, place, 1)
                self.flows[checklist.id] = flow
        return bool(checklists)

    def forget(self) -> None:
        """Show no answer; what comes finds its room."""
        for flow in self.flows.values():
            flow.forget()

    def show_met(self, lists: Sequence[Met]) -> None:
        """Show the answers: first how many are there, then each item."""
        for met in lists:
            flow = self.flows.get(met.checklist.id)
            if flow is None:
                continue
            chips = [ChipWords(f"{met.have}/{len(met.answers)}")]
            chips += [
                ChipWords(item.words.in_(self._lang), answer)
                for item, answer in zip(met.checklist.items, met.answers, strict=True)
            ]
            flow.show_chips(chips)
