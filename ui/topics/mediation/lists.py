"""The three lists side by side: needs, resources and projects, what answers what, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain import vocabulary
from app.services.count.unit_counts import PLACES, owner_on, units_of_records
from app.services.mediation.lists import DONE, NEEDS, answers_on, state_of_entry
from app.text import Text
from ui.topics.base.lines import CODES_ROLE, Head, Line, LinesModel
from ui.topics.base.tools import add_box, add_button, offer
from ui.topics.base.topic import Topic
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.empty import EmptyOver, Offer
from ui.widgets.permit import permit
from ui.widgets.plain import text_label
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.record import Record
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

_OPEN: Final = "open"  # every state but done
_ALL_STATES: Final = Text("所有状态", "Every state")
_NOT_DONE: Final = Text("未办结", "Not done")
_ALL_UNITS: Final = Text("所有街道", "Every street")
_NO_ENTRY: Final = Text("没有条目", "No entry")
_CHOOSE: Final = Text("先选一个小区", "Choose a compound first")
_NEW: Final = Text("登记…", "Note…")
_MATCH: Final = Text("对接…", "Match…")
_DONE: Final = Text("办结…", "Done…")
_NEW_TIP: Final = Text("给选中的小区或社区记一条", "An entry of the selected compound or community")
_MATCH_TIP: Final = Text(
    "把选中的资源或项目对接到选中的需求", "Let the chosen resource or project answer the chosen need"
)
_DONE_TIP: Final = Text("选中的条目办结", "The chosen entry is done")
_TEXT: Final = Text("内容", "Text")
_PLACE: Final = Text("小区或社区", "Compound or community")
_STATE: Final = Text("状态", "State")
_SINCE: Final = Text("登记", "Noted")
_ANSWERS: Final = Text("回应", "Answers")
_EMPTY: Final = Text(
    "还没有条目。选一个小区或社区，按 Q 登记需求、资源或项目。",
    "Nothing is listed yet. Choose a compound or community and press Q to note a need, resource or project.",
)
_TEXT_W: Final = 120
_ANSWERED_BY: Final = Text("回应它的", "Answered by")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    state: str
    unit: str
    day: date
    lang: str


@dataclass(frozen=True, slots=True)
class _Column:
    """One list: its rows, and how many have which state."""

    lines: tuple[Line, ...]
    summary: str
    has_any: bool


class ListsTopic(Topic):
    """One table a list. The buttons act on the entry chosen last; a row leads to its place."""

    KINDS = frozenset({"entries", "compounds", "communities", "grids", "streets", "profile"})

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self.state = add_box(self, "state", Text("状态", "State"), lang)
        self.unit = add_box(self, "unit", vocabulary.LEVELS["street"].heading(), lang)
        self.new = add_button(self, "new", _NEW, _NEW_TIP, lang)
        self.match = add_button(self, "match", _MATCH, _MATCH_TIP, lang)
        self.done = add_button(self, "done", _DONE, _DONE_TIP, lang)
        self.tools.addStretch(1)
        self._row = QHBoxLayout()
        self._row.setSpacing(10)
        self.hint = text_label(_EMPTY.in_(lang), "second", self)
        self.hint.setObjectName("lists.hint")
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.box.addWidget(self.hint)
        self.box.addLayout(self._row, 1)
        self.tables: dict[str, QTableView] = {}
        self._heads: dict[str, QLabel] = {}
        self._last = NEEDS
        self._make_tables()
        self._fill_filters()
        for box in (self.state, self.unit):
            box.currentIndexChanged.connect(self._on_filter)
        self.new.clicked.connect(self._on_new)
        self.match.clicked.connect(self._on_match)
        self.done.clicked.connect(self._on_done)
        context.selection_changed.connect(self._on_selection)
        self._enable()

    def _make_tables(self) -> None:
        registry, lang = self._context.registry, self._context.lang
        kinds: Mapping[str, Text] = {} if registry is None else registry.profile.choices["list_kind"]
        for kind, said in kinds.items():
            column = QVBoxLayout()
            column.setSpacing(2)
            head = text_label(said.in_(lang), "strong", self)
            head.setObjectName(f"{self.NAME}.{kind}.summary")
            table = make_table(f"{self.NAME}.{kind}", said.in_(lang), self)
            table.setModel(LinesModel(lang, table))
            EmptyOver(self._context, f"lists.{kind}", table, self._missing)
            table.clicked.connect(self._on_row)
            table.activated.connect(self._on_row)
            table.selectionModel().currentRowChanged.connect(self._on_current)
            table.installEventFilter(self)
            column.addWidget(head)
            column.addWidget(table, 1)
            self._row.addLayout(column, 1)
            self.tables[kind], self._heads[kind] = table, head

    def _fill_filters(self) -> None:
        context, registry = self._context, self._context.registry
        if registry is None:
            return
        states = registry.profile.choices["entry_state"]
        offer(
            self.state,
            [
                ("", context.say(_ALL_STATES)),
                (_OPEN, context.say(_NOT_DONE)),
                *((value, context.say(said)) for value, said in states.items()),
            ],
        )
        streets = registry.dataset.in_force("streets", context.as_of)
        offer(
            self.unit,
            [("", context.say(_ALL_UNITS)), *((s.code, s.text("name") or s.code) for s in streets)],
        )

    @override
    def nothing(self) -> Offer:
        if self.state.currentIndex() > 0 or self.unit.currentIndex() > 0:
            return super().nothing()
        return Offer(
            _NO_ENTRY, *((_NEW, "entry.note") if self.new.isEnabled() else (_CHOOSE, "search.focus"))
        )

    @override
    def question(self) -> Callable[[Ticket], dict[str, _Column]] | None:
        registry = self._context.registry
        if registry is None:
            return None
        if set(self.tables) != set(registry.profile.choices["list_kind"]):
            self._forget_tables()
            self._make_tables()
        self._fill_filters()
        engine, kinds = registry.engine, dict(registry.profile.choices["list_kind"])
        asked = _Asked(
            state=str(self.state.currentData() or ""),
            unit=str(self.unit.currentData() or ""),
            day=self._context.as_of,
            lang=self._context.lang,
        )

        def job(ticket: Ticket) -> dict[str, _Column]:
            ticket.step(self.WORDS, 0, 1)
            return columns_of(engine, kinds, asked)

        return job

    def _forget_tables(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            inner = item.layout()
            while inner is not None and (part := inner.takeAt(0)) is not None:
                widget = part.widget()
                if widget is not None:
                    widget.setParent(None)
                    widget.deleteLater()
        self.tables, self._heads = {}, {}

    @override
    def answer(self, found: dict[str, _Column]) -> None:
        for kind, column in found.items():
            table = self.tables[kind]
            current = table.currentIndex().data(CODE_ROLE)
            model = table.model()
            assert isinstance(model, LinesModel)
            model.show_lines(_heads_of(kind), column.lines)
            self._show_widths(table)
            head = self._heads[kind]
            head.setText(column.summary)
            head.setAccessibleName(column.summary)
            for row, line in enumerate(column.lines):
                if line.code == current:
                    table.setCurrentIndex(model.index(row, 0))
        self.hint.setVisible(not any(column.has_any for column in found.values()))
        self._enable()

    @staticmethod
    def _show_widths(table: QTableView) -> None:
        header = table.horizontalHeader()
        for column, width in ((1, 64), (2, 92), (3, 120), (4, 92)):
            table.setColumnWidth(column, max(width, header.sectionSizeHint(column)))
        table.setColumnWidth(0, max(_TEXT_W, table.viewport().width() - 64 - 92))

    @override
    def clear(self) -> None:
        for table in self.tables.values():
            model = table.model()
            assert isinstance(model, LinesModel)
            model.show_rows(())

    @override
    def take_focus(self) -> None:
        table = self.tables.get(self._last) or next(iter(self.tables.values()), None)
        (table or self).setFocus()

    # acting

    def current(self, kind: str) -> str:
        """Return the entry chosen in a list, "" where none is."""
        table = self.tables.get(kind)
        return "" if table is None else str(table.currentIndex().data(CODE_ROLE) or "")

    def _offer(self) -> str:
        """Return the resource or project chosen last."""
        if self._last != NEEDS:
            return self.current(self._last)
        return next((code for kind in self.tables if kind != NEEDS and (code := self.current(kind))), "")

    @override
    def _enable(self) -> None:
        reason = self._context.why_locked
        permit(self.new, reason, may=bool(self._context.selected(*PLACES)))
        permit(self.match, reason, may=self._is_open(self._offer()))
        permit(self.done, reason, may=self._is_open(self.current(self._last)))

    def _is_open(self, code: str) -> bool:
        entry = self._context.record(code) if code else None
        return entry is not None and entry.text("state") != DONE

    @Slot()
    def _on_new(self) -> None:
        self._context.wanted.emit("entry.note")

    @Slot()
    def _on_match(self) -> None:
        if offered := self._offer():
            self._context.step_wanted.emit(offered, self.current(NEEDS))

    @Slot()
    def _on_done(self) -> None:
        if chosen := self.current(self._last):
            self._context.step_wanted.emit(chosen, DONE)

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        codes = list(index.data(CODES_ROLE) or ())
        if codes:
            self._context.show_compounds(codes, self.WORDS)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        kind = next((kind for kind, table in self.tables.items() if table.model() is now.model()), "")
        if kind:
            self._last = kind
        self._enable()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn:
            self._last = next((kind for kind, table in self.tables.items() if table is watched), self._last)
            self._enable()
        return super().eventFilter(watched, event)

    @Slot(int)
    def _on_filter(self, _place: int) -> None:
        self.ask_again()

    @Slot(list)
    def _on_selection(self, _codes: list[str]) -> None:
        self._enable()


def _heads_of(kind: str) -> tuple[Head, ...]:
    last = _ANSWERED_BY if kind == NEEDS else _ANSWERS
    return Head(_TEXT), Head(_STATE), Head(_PLACE), Head(last), Head(_SINCE)


def columns_of(engine: CoverageEngine, kinds: Mapping[str, Text], asked: _Asked) -> dict[str, _Column]:
    """Return what each list shows, newest first."""
    states = engine.profile.choices["entry_state"]
    units = units_of_records(engine, "entries", asked.day) if asked.unit else {}
    entries = engine.dataset.of("entries")
    answered: dict[str, list[str]] = {}
    for entry in entries.values():
        if need := answers_on(entry, asked.day):
            answered.setdefault(need, []).append(entry.code)
    lines: dict[str, list[Line]] = {kind: [] for kind in kinds}
    counts: dict[str, dict[str, int]] = {kind: {} for kind in kinds}
    for code, entry in sorted(entries.items(), reverse=True):
        kind, state = str(entry.on("list", asked.day) or ""), state_of_entry(entry, asked.day)
        if not state or kind not in kinds or (asked.unit and asked.unit not in units[code].values()):
            continue
        counts[kind][state] = counts[kind].get(state, 0) + 1
        if asked.state and (state == DONE if asked.state == _OPEN else state != asked.state):
            continue
        lines[kind].append(_line(engine, entry, state, answered.get(code, []), asked))
    found = {}
    for kind, said in kinds.items():
        parts = [f"{states[state].in_(asked.lang)} {count}" for state, count in counts[kind].items()]
        total = sum(counts[kind].values())
        found[kind] = _Column(
            tuple(lines[kind]),
            " · ".join([f"{said.in_(asked.lang)} {total}", *sorted(parts)]),
            total > 0,
        )
    return found


def _line(engine: CoverageEngine, entry: Record, state: str, answered: list[str], asked: _Asked) -> Line:
    owner, need = owner_on(entry, asked.day), answers_on(entry, asked.day)
    named = engine.dataset.of("entries").get(need)
    answers = "、".join(sorted(answered)) if not need else need if named is None else named.text("text")
    said = engine.profile.choices["entry_state"].get(state, Text(state, state)).in_(asked.lang)
    return Line(
        entry.code,
        (
            entry.text("text"),
            said,
            engine.name_on(owner, asked.day) or owner,
            answers or None,
            str(entry.get("opened")),
        ),
        codes=(owner,),
        tip=f"{entry.code} {entry.text('text')}",
    )
