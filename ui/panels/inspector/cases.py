"""Mediation cases and list entries of a compound or community, as they stood on the day, each with its next step.

The page makes one ``CaseRows`` and calls ``show_record``; the section is there where that returns True.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.services.count.unit_counts import PLACES
from app.services.mediation.cases import CLOSED, level_on, state_on
from app.services.mediation.lists import DONE, NEEDS, state_of_entry
from app.text import Text
from ui.panels.inspector.parts import ChipFlow, ChipWords, link_button, refill
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_SHOWN: Final = 6
_NONE: Final = Text("没有登记纠纷，也没有登记清单条目", "No case recorded, and nothing on the lists")
_NEW_CASE: Final = Text("+ 登记纠纷 J", "+ Case J")
_NEW_ENTRY: Final = Text("+ 清单条目 Q", "+ List entry Q")
_MORE: Final = Text("另有 {} 条", "{} more")
_STEP: Final = Text("推进", "Move on")
_MATCH: Final = Text("对接", "Match")
_DONE: Final = Text("办结", "Done")
_NO_CATEGORY: Final = Text("未写类别", "no category")
_TONES: Final = {CLOSED: "yes", DONE: "yes", "answered": "yes", "escalated": "warning"}


class CaseRows(QWidget):
    """Cases, then list entries: what is open first, then the newest."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)

    def show_record(self, record: Record) -> bool:
        """Show what concerns a record on the day; return whether such a record may have any."""
        registry = self._context.registry
        if registry is None or record.kind not in PLACES:
            return False
        field = PLACES[record.kind]
        day = self._context.as_of
        cases = [
            (case, state)
            for case in registry.dataset.children("cases", field, record.code)
            if (state := state_on(case, day))
        ]
        entries = [
            (entry, state)
            for entry in registry.dataset.children("entries", field, record.code)
            if (state := state_of_entry(entry, day))
        ]
        rows: list[QWidget] = []
        for found in (cases, entries):
            found.sort(key=lambda pair: (str(pair[0].get("opened")), pair[0].code), reverse=True)
            found.sort(key=lambda pair: pair[1] in (CLOSED, DONE))
            rows += [self._row(registry, row, state) for row, state in found[:_SHOWN]]
        more = sum(max(0, len(found) - _SHOWN) for found in (cases, entries))
        if more:
            name = "topics.mediation" if len(cases) > _SHOWN else "topics.lists"
            rows.append(self._link(f"inspector.cases.more.{name}", _MORE.format(more), name))
        if not rows:
            rows.append(text_label(_NONE.in_(self._context.lang), "faint", self))
        rows.append(self._buttons())
        refill(self._box, rows)
        return True

    def _buttons(self) -> QWidget:
        line = QWidget(self)
        box = QHBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        reason = self._context.why_locked
        for action, said in (("case.open", _NEW_CASE), ("entry.note", _NEW_ENTRY)):
            button = self._link(f"inspector.{action}", said, action)
            permit(button, reason)
            box.addWidget(button)
        box.addStretch(1)
        return line

    def _link(self, name: str, said: Text, action: str) -> QWidget:
        words = said.in_(self._context.lang)
        button = link_button(name, words, words.removeprefix("+ "), self)
        button.setProperty("action", action)
        button.clicked.connect(self._on_action)
        return button

    def _row(self, registry: Registry, record: Record, state: str) -> QWidget:
        lang, choices, day = self._context.lang, registry.profile.choices, self._context.as_of
        is_case = record.kind == "cases"
        sort = level_on(record, day) if is_case else str(record.on("list", day) or "")
        sorts, states = ("case_level", "case_state") if is_case else ("list_kind", "entry_state")
        title = record.text("category") or _NO_CATEGORY.in_(lang) if is_case else record.text("text")
        row = QWidget(self)
        outer = QVBoxLayout(row)
        outer.setContentsMargins(0, 0, 0, 2)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(6)
        said = text_label(title, "", row)
        set_tip(said, f"{record.code} {title}")
        said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head.addWidget(said, 1)
        if state not in (CLOSED, DONE):
            head.addWidget(self._step(record))
        outer.addLayout(head)
        chips = ChipFlow(row)
        chips.setObjectName(f"inspector.{record.kind}.{record.code}")
        chips.show_chips(
            [
                ChipWords(choices[sorts].get(sort, Text(sort, sort)).in_(lang)),
                ChipWords(choices[states].get(state, Text(state, state)).in_(lang), _TONES.get(state, "")),
                ChipWords(str(record.get("opened"))),
            ]
        )
        outer.addWidget(chips)
        return row

    def _step(self, record: Record) -> QWidget:
        is_offer = record.kind == "entries" and record.text("list") != NEEDS and not record.text("answers")
        said = _STEP if record.kind == "cases" else _MATCH if is_offer else _DONE
        words = said.in_(self._context.lang)
        button = link_button(f"inspector.step.{record.code}", words, f"{words} {record.code}", self)
        button.setProperty("code", record.code)
        button.setProperty("step", "" if record.kind == "cases" or is_offer else DONE)
        permit(button, self._context.why_locked)
        button.clicked.connect(self._on_step)
        return button

    @Slot()
    def _on_action(self) -> None:
        button = self.sender()
        if button is not None:
            self._context.wanted.emit(str(button.property("action")))

    @Slot()
    def _on_step(self) -> None:
        button = self.sender()
        if button is not None:
            self._context.step_wanted.emit(str(button.property("code")), str(button.property("step")))
