"""The ledger of a compound: five haves, three carriages, three defences as chips; the other facts below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.text import Text
from ui.panels.inspector_facts import FactList
from ui.panels.inspector_parts import ChipFlow, ChipWords, plain_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.domain.profile import Profile
    from ui.panels.inspector_dossier import Held

# part → the short word of its chip; a part is a fact's key, or one of the derived ones below
FIVE_HAVES: Final = {
    "party": Text("党组织", "party"),
    "self_governance": Text("自治", "self-governance"),
    "service_platform": Text("平台", "platform"),
    "residents_convention": Text("公约", "convention"),
    "activities": Text("活动", "activities"),
}
THREE_CARRIAGES: Final = {
    "residents_committee": Text("居委", "residents' committee"),
    "property": Text("物业", "firm"),
    "owners_committee": Text("业委", "owners' committee"),
}
THREE_DEFENCES: Final = {
    "defence_people": Text("人防", "people"),
    "defence_hardware": Text("物防", "hardware"),
    "defence_technical": Text("技防", "technical"),
}
_LINES: Final = (
    ("inspector.five_haves", Text("五有", "Five haves"), FIVE_HAVES),
    ("inspector.three_carriages", Text("三驾马车", "Three carriages"), THREE_CARRIAGES),
    ("inspector.three_defences", Text("三防", "Three defences"), THREE_DEFENCES),
)
_ELECTED: Final = {"elected": "yes", "unknown": "unknown"}


class Ledger(QWidget):
    """Chips of what is derived or recorded, and one choice box for each fact that is not asked for above."""

    answered = Signal(str, str)
    taken_back = Signal(str)

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        self._chips = QWidget(self)
        grid = QGridLayout(self._chips)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.flows: dict[str, ChipFlow] = {}
        for place, (name, title, _) in enumerate(_LINES):
            flow = ChipFlow(self._chips)
            flow.setObjectName(name)
            label = plain_label(title.in_(lang), "", self._chips)
            label.setMinimumHeight(24)
            grid.addWidget(label, place, 0)
            grid.addWidget(flow, place, 1)
            self.flows[name] = flow
        outer.addWidget(self._chips)
        self.facts = FactList(lang, self)
        self.facts.answered.connect(self.answered)
        self.facts.taken_back.connect(self.taken_back)
        outer.addWidget(self.facts)

    def show_facts(
        self, kind: str, profile: Profile, held: Mapping[str, Held], asked_above: tuple[str, ...], day: date
    ) -> None:
        """Show the facts that are not asked for in the three-no section."""
        self._chips.setVisible(kind == "compounds")
        specs = [fact.spec for key, fact in held.items() if key not in asked_above]
        self.facts.show_facts(specs, profile, held, day)

    def show_chips(self, held: Mapping[str, Held], derived: Mapping[str, str]) -> None:
        """Show the three lines. ``derived``: "party" and "property" → yes, no or unknown."""
        for name, _, parts in _LINES:
            chips = []
            for part, words in parts.items():
                if part in derived:
                    answer = derived[part]
                elif part in held:
                    value = held[part].value or "unknown"
                    answer = _ELECTED.get(value, "no") if part == "owners_committee" else value
                else:
                    continue
                chips.append(ChipWords(words.in_(self._lang), answer))
            self.flows[name].show_chips(chips)
