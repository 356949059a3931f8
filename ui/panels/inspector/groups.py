"""The declared facts of a record, a foldable section for each heading of the profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.text import Text
from ui.panels.inspector.facts import FactList, FactRow
from ui.widgets.section_header import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from ui.bridge.settings_store import SettingsStore
    from ui.panels.inspector.dossier import Held

_OTHER: Final = Text("其他事实", "Other facts")
_LONG: Final = 8  # facts of a heading that is folded until somebody opens it
_SURVEYED: Final = Text("{}/{} 已填", "{}/{} filled in")


class FactGroups(QWidget):
    """Sections in the profile's order; a heading without any fact of the record's kind is not there."""

    answered = Signal(str, str, str)  # whose, key, value
    taken_back = Signal(str)
    toggled = Signal()

    def __init__(self, lang: str, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang, self._settings = lang, settings
        self._is_low = False
        self.sees: Callable[[], Dataset | None] | None = None  # what is shown now
        self._profile: Profile | None = None
        self._sections: dict[str, Section] = {}
        self._lists: dict[str, FactList] = {}
        self._shown: dict[str, tuple[str, ...]] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def show_facts(
        self,
        owner: str,
        profile: Profile,
        held: Mapping[str, Held],
        asked_above: tuple[str, ...],
        day: date,
    ) -> None:
        """Show the facts of a record that are not asked for in the three-no section."""
        if profile is not self._profile:
            self._make(profile)
        groups: dict[str, list[str]] = {}
        for key, fact in held.items():
            if key not in asked_above:
                groups.setdefault(fact.spec.group if fact.spec.group in self._sections else "", []).append(
                    key
                )
        for name, section in self._sections.items():
            keys = groups.get(name, [])
            section.setVisible(bool(keys))
            self._lists[name].show_facts(owner, [held[key].spec for key in keys], profile, held, day)
            if tuple(keys) != self._shown.get(name):
                self._shown[name] = tuple(keys)
                self._fold(name)
            filled = sum(held[key].value not in (None, "unknown") for key in keys)
            section.note.setText(_SURVEYED.in_(self._lang).format(filled, len(keys)))

    def _make(self, profile: Profile) -> None:
        self.flush()
        for section in self._sections.values():
            self._box.removeWidget(section)
            section.setObjectName("")
            section.setParent(None)
            section.deleteLater()
        self._sections, self._lists, self._shown, self._profile = {}, {}, {}, profile
        titles = {group.id: group.words for group in profile.groups.values()} | {"": _OTHER}
        for name, title in titles.items():
            section = Section(f"inspector.group.{name or 'other'}", title.in_(self._lang), self)
            facts = FactList(self._lang, section)
            facts.sees = self._seen_now
            facts.answered.connect(self.answered)
            facts.taken_back.connect(self.taken_back)
            section.body.addWidget(facts)
            section.header.toggled.connect(self.toggled)
            section.header.clicked.connect(self._on_folded)
            self._box.addWidget(section)
            self._sections[name], self._lists[name] = section, facts

    def _seen_now(self) -> Dataset | None:
        return None if self.sees is None else self.sees()

    def flush(self) -> None:
        """Hand over what was typed and not yet left."""
        for facts in self._lists.values():
            facts.flush()

    # folding: what a user chose, else what the room says

    def set_low(self, *, is_low: bool) -> None:
        """Fold what nobody opened where the window is low."""
        self._is_low = is_low
        for name in self._sections:
            self._fold(name)

    def _fold(self, name: str) -> None:
        section = self._sections[name]
        chosen = self._settings.folded().get(section.objectName())
        is_long = len(self._shown.get(name, ())) > _LONG
        section.set_open(not (self._is_low or is_long if chosen is None else chosen))

    def _on_folded(self, is_open: bool) -> None:
        header = self.sender()
        for section in self._sections.values():
            if section.header is header:
                self._settings.keep_folded(section.objectName(), is_folded=not is_open)

    # asked of it

    def row(self, key: str) -> FactRow | None:
        """Return the row of a fact that is shown."""
        return next((facts.rows[key] for facts in self._lists.values() if key in facts.rows), None)

    def open_for(self, box: QWidget) -> None:
        """Open the section that holds a box."""
        for section in self._sections.values():
            if section.isAncestorOf(box):
                section.set_open(True)

    def focused_key(self) -> str:
        """Return the key of the fact that has the focus, "" if none has."""
        return next((key for facts in self._lists.values() if (key := facts.focused_key())), "")

    def unknown_boxes(self) -> list[QWidget]:
        """Return the answer boxes that still say unknown, in order."""
        return [box for facts in self._lists.values() for box in facts.unknown_boxes()]

    def set_read_only(self, reason: str) -> None:
        """Refuse answers, saying why; "" takes them again."""
        for facts in self._lists.values():
            facts.set_read_only(reason)
