"""Two three-no rules side by side: which compounds flip, because of which fact; every number leads to its polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit
from typing_extensions import override

from app.domain import vocabulary
from app.domain.kinds import LEVELS
from app.domain.profile.declared import THREE_NO_PARTS
from app.services.count.rule_diff import STATUSES, because_words, compare_rules, side_of, side_with
from app.services.profile.profiles import city_profiles, load_profile
from app.text import Text
from ui import words
from ui.topics.base.lines import CODES_ROLE, Head, Line, LinesModel, show_in
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, offer
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.jobs import Ticket
    from app.services.count.rule_diff import RuleDiff, UnitMatrix
    from ui.bridge.context import WindowContext

_OWN: Final = Text("本台账的口径，改几项", "This registry's rule, edited")
_FILE: Final = Text("口径文件…", "A profile file…")
_IS_FILE: Final = "."  # stands for a file: no profile is called so
_OTHER: Final = Text("拿来比的口径", "The rule to compare with")
_PATH: Final = Text("口径文件（.toml）的路径", "Path of a profile (.toml)")
_DEFENCE: Final = Text("安防怎样算无", "When defence is absent")
_SWITCH: Final = {
    "any": Text("人防物防都无才算", "both people and hardware absent"),
    "all": Text("人防物防缺一就算", "either of them absent"),
}
_BY: Final = Text("右边列什么", "What the right side lists")
_FLIPS: Final = Text("变了的小区", "What flips")
_CODE: Final = vocabulary.PLACES["compound"].heading()
_CHANGE: Final = Text("甲 → 乙", "A → B")
_BECAUSE: Final = Text("因为", "Because of")
_FLIPPED: Final = Text("变了", "Flipped")
_ALL: Final = Text("小区数", "Compounds")
_CORNER: Final = Text("甲＼乙", "A \\ B")
_SAID: Final = Text(
    "甲：{}。乙：{}。{} 个小区里 {} 个判定不同。",
    "A: {}. B: {}. Of {: compound|compounds}, {} are seen differently.",
)
_NO_PATH: Final = Text("写口径文件的路径。", "Give the path of a profile.")
_LEFT: Final = 288


class RulesTopic(LinesTopic):
    """Left: how many changed from what to what; right: each compound that flips and why, or the units."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._diff: RuleDiff | None = None
        self._parts: tuple[str, ...] | None = None  # None: as the other profile has them
        self._switch: str | None = None
        self.other = add_box(self, "other", _OTHER, lang)
        self.path = QLineEdit(self)
        self.path.setObjectName("rules.path")
        self.path.setAccessibleName(_PATH.in_(lang))
        self.path.setPlaceholderText(_PATH.in_(lang))
        self.path.setMinimumWidth(220)
        self.path.editingFinished.connect(self._on_path)
        self.tools.addWidget(self.path)
        self.parts: dict[str, QCheckBox] = {}
        for part in THREE_NO_PARTS:
            box = QCheckBox(words.PART_HEADINGS[part].in_(lang), self)
            box.setObjectName(f"rules.part.{part}")
            box.setAccessibleName(words.PART_HEADINGS[part].in_(lang))
            box.toggled.connect(self._on_part)
            self.tools.addWidget(box)
            self.parts[part] = box
        self.defence = add_box(self, "defence", _DEFENCE, lang)
        for switch, said in _SWITCH.items():
            self.defence.addItem(said.in_(lang), switch)
        self.by = add_box(self, "by", _BY, lang)
        self.by.addItem(_FLIPS.in_(lang), "")
        for level in LEVELS:
            said = words.LEVELS[level]
            self.by.addItem(Text(f"按{said.zh}", f"By {said.en.lower()}").in_(lang), level)
        self.tools.addStretch(1)
        self._make_page()
        self._fill_other()
        self.path.setVisible(False)
        self.other.currentIndexChanged.connect(self._on_other)
        self.defence.currentIndexChanged.connect(self._on_defence)
        self.by.currentIndexChanged.connect(self._on_by)

    def _make_page(self) -> None:
        lang = self._context.lang
        self.matrix = make_table("rules.matrix", _CORNER.in_(lang), self)
        self.units = make_table("rules.units", words.LEVELS["street"].in_(lang), self)
        for table in (self.matrix, self.units):
            table.setModel(LinesModel(lang, table))
            table.clicked.connect(self._on_count)
            table.activated.connect(self._on_count)
        self.matrix.setFixedWidth(_LEFT)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.units.hide()
        self.box.removeWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.matrix)
        row.addWidget(self.table, 1)
        row.addWidget(self.units, 1)
        self.box.addLayout(row, 1)

    def _fill_other(self) -> None:
        lang = self._context.lang
        shipped = [(name, load_profile(name).name.in_(lang)) for name in city_profiles()]
        offer(self.other, [("", _OWN.in_(lang)), *shipped, (_IS_FILE, _FILE.in_(lang))])

    # asking

    @override
    def question(self) -> Callable[[Ticket], RuleDiff] | None:
        registry = self._context.registry
        if registry is None:
            return None
        engine, profile, day = registry.engine, registry.profile, self._context.as_of
        chosen, by = str(self.other.currentData() or ""), str(self.by.currentData() or "street")
        parts, switch = self._parts, self._switch
        if chosen == _IS_FILE:
            chosen = self.path.text().strip()
            if not chosen:
                return None

        def job(ticket: Ticket) -> RuleDiff:
            before = side_of(profile)
            after = side_of(load_profile(chosen)) if chosen else before
            return compare_rules(
                engine, before, side_with(after, parts=parts, defence=switch), day, by=by, ticket=ticket
            )

        return job

    @override
    def answer(self, found: RuleDiff) -> None:
        lang, rule = self._context.lang, found.after.rule
        for part, box in self.parts.items():
            blocker = QSignalBlocker(box)
            box.setChecked(part in rule.parts)
            blocker.unblock()
        blocker = QSignalBlocker(self.defence)
        self.defence.setCurrentIndex(self.defence.findData(rule.defence))
        blocker.unblock()
        self.defence.setEnabled("defence" in rule.parts)
        self._show(found)
        one, other = found.before.rule.definition.in_(lang), rule.definition.in_(lang)
        self.say(_SAID.format(one, other, found.total.total, found.total.flipped).in_(lang))

    def _show(self, diff: RuleDiff | None) -> None:
        self._diff = diff
        lang = self._context.lang
        if diff is None:
            self.model.show_rows(())
            for table in (self.matrix, self.units):
                inner = table.model()
                assert isinstance(inner, LinesModel)
                inner.show_rows(())
            return
        registry = self._context.registry
        facts = {} if registry is None else registry.profile.facts
        names = {row.unit: row.name or row.unit for row in diff.rows}
        heads = (
            Head(_CODE, width=120),
            Head(_CHANGE, width=130),
            Head(_BECAUSE, width=250),
            Head(words.LEVELS[diff.by], width=110),
        )
        lines = [
            Line(
                flip.code,
                (
                    flip.name or f"{words.UNNAMED.in_(lang)} {flip.code}",
                    f"{words.THREE_NO[flip.before].in_(lang)} → {words.THREE_NO[flip.after].in_(lang)}",
                    because_words(flip, facts).in_(lang),
                    names.get(flip.unit, words.UNPLACED.in_(lang)),
                ),
                codes=(flip.code,),
            )
            for flip in diff.flips
        ]
        self.show_lines(heads, lines)
        room = self.table.viewport().width() - self.table.horizontalHeader().length()
        self.table.setColumnWidth(2, self.table.columnWidth(2) + max(0, room))
        self._show_matrix(diff)
        self._show_units(diff)

    def _show_matrix(self, diff: RuleDiff) -> None:
        lang = self._context.lang
        heads = (
            Head(_CORNER, width=60),
            *(Head(words.THREE_NO[status], is_number=True, width=84) for status in STATUSES),
        )
        lines = []
        for before in STATUSES:
            codes = {
                column: tuple(code for code, pair in diff.statuses.items() if pair == (before, after))
                for column, after in enumerate(STATUSES, 1)
            }
            name = words.THREE_NO[before].in_(lang)
            lines.append(
                Line(
                    before,
                    (name, *map(len, codes.values())),
                    codes=tuple(code for column in codes.values() for code in column),
                    codes_of=codes,
                )
            )
        show_in(self.matrix, self.matrix.model(), heads, lines)
        self.matrix.setFixedWidth(self.matrix.horizontalHeader().length() + 8)

    def _show_units(self, diff: RuleDiff) -> None:
        lang = self._context.lang
        flips: dict[str, list[str]] = {}
        for flip in diff.flips:
            flips.setdefault(flip.unit, []).append(flip.code)

        def line(row: UnitMatrix, name: str) -> Line:
            return Line(
                row.unit or name, (name, row.total, row.flipped), codes=tuple(flips.get(row.unit, ()))
            )

        rows = sorted(diff.rows, key=lambda row: (-row.flipped, row.unit))
        lines = [line(row, row.name or row.unit) for row in rows]
        if diff.unplaced.total:
            lines.append(line(diff.unplaced, words.UNPLACED.in_(lang)))
        heads = (
            Head(words.LEVELS[diff.by], width=150),
            Head(_ALL, is_number=True, width=84),
            Head(_FLIPPED, is_number=True, width=72),
        )
        show_in(self.units, self.units.model(), heads, lines)

    @override
    def clear(self) -> None:
        self._parts = self._switch = None
        self._show(None)
        lacks_path = self.other.currentData() == _IS_FILE and not self.path.text().strip()
        self.say(_NO_PATH.in_(self._context.lang) if lacks_path else "")

    @override
    def refuse(self, error: Exception) -> None:
        self._show(None)
        super().refuse(error)

    # acting

    @Slot(QModelIndex)
    def _on_count(self, index: QModelIndex) -> None:
        codes = list(index.data(CODES_ROLE) or ())
        if codes:
            shown = str(index.siblingAtColumn(0).data())
            self._context.show_compounds(
                codes, Text(f"{self.WORDS.zh} · {shown}", f"{self.WORDS.en} · {shown}")
            )

    @Slot(int)
    def _on_other(self, _place: int) -> None:
        self._parts = self._switch = None
        self.path.setVisible(self.other.currentData() == _IS_FILE)
        if self.path.isVisible():
            self.path.setFocus()
        self.ask_again()

    @Slot()
    def _on_path(self) -> None:
        self._parts = self._switch = None
        self.ask_again()

    @Slot(bool)
    def _on_part(self, _is_on: bool) -> None:
        before = () if self._diff is None else self._diff.after.rule.parts
        chosen = [part for part in THREE_NO_PARTS if self.parts[part].isChecked()]
        kept = [part for part in before if part in chosen]
        self._parts = (*kept, *(part for part in chosen if part not in kept))
        self.ask_again()

    @Slot(int)
    def _on_defence(self, _place: int) -> None:
        self._switch = str(self.defence.currentData())
        self.ask_again()

    @Slot(int)
    def _on_by(self, _place: int) -> None:
        is_units = bool(self.by.currentData())
        self.units.setVisible(is_units)
        self.table.setVisible(not is_units)
        self.ask_again()
