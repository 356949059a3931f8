"""Data quality: what somebody should look at before trusting a figure. Each finding leads to its polygons."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QHeaderView, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.edits import Changes
from app.domain.vocabulary import RULES, word_of
from app.services.registry.place_warnings import warning_about
from app.text import Text
from ui.models.settling import FAR, settled_by
from ui.panels.findings.checking import checking
from ui.panels.findings.detail import FindingDetail, kind_of
from ui.panels.findings.model import (
    BEFORE,
    FINDING_ROLE,
    ORIGINS,
    RULE_WORDS,
    Column,
    FindingsModel,
    origin_of,
)
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.empty import EmptyOver, Offer
from ui.widgets.plain import text_label
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.domain.dataset import Dataset
    from app.services.check.check import Finding
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.panels.findings.checking import Checked

Index = QModelIndex | QPersistentModelIndex
_NARROW: Final = 620
_WIDE, _WIDEST = 1000, 1240
_READING_W, _READING_H = 330, 220
_MOST: Final = 16_777_215  # Qt's "as large as you like"
_FIRST_WAIT_MS: Final = 15_000  # after opening: a user's first steps must not share the processor with checks
_WAIT_MS: Final = 5_000  # after a change, and after each step of the user meanwhile
_CHECKING: Final = Text("核查数据", "Checking the data")
_ALL: Final = Text("全部 {}", "All {}")
_EVERY_RULE: Final = Text("全部", "All")
_ANY_ORIGIN: Final = Text("新旧都看 {}", "New and old {}")
_NOT_YET: Final = Text("还没有核查完", "Not checked yet")
_WAIVED: Final = Text("其中免查 {}", "{} of them waived")
_NONE: Final = Text("没有待处理的", "Nothing to look at")
_NONE_SO: Final = Text("这样筛选，没有可列的", "Nothing to list with these filters")
_SHOW_ALL: Final = Text("不筛选", "Take the filters off")
_AGAIN: Final = Text("重新核查", "Check again")
_CHECK_NOW: Final = Text("现在核查", "Check now")


class FindingsPanel(QWidget):
    """Runs the checks in the background, some time after each change, and lists what they find."""

    found = Signal(list)  # of Finding

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self.findings: list[Finding] = []
        self._opened: Dataset | None = None  # what the registry held when it was opened
        self._before: dict[date, frozenset[str]] = {}  # ids of what was found in that, by day
        self._foreign: set[str] = set()  # records that other processes changed since
        self._mine: frozenset[str] = frozenset()
        self.is_checked = False  # since the registry was opened
        self._task: Task | None = None
        lang = context.lang
        self.setAccessibleName(Text("核查", "Checks").in_(lang))
        self.rule = ChoiceBox(self)
        self.rule.setObjectName("findings.rule")
        self.rule.setAccessibleName(RULE_WORDS.in_(lang))
        self.rule.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.rule.currentIndexChanged.connect(self._on_rule)
        self.origin = ChoiceBox(self)
        self.origin.setObjectName("findings.origin")
        self.origin.setAccessibleName(Text("来由", "Since").in_(lang))
        self.origin.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.origin.currentIndexChanged.connect(self._on_origin)
        self.run = QPushButton(_AGAIN.in_(lang), self)
        self.run.setObjectName("findings.run")
        self.run.setAccessibleName(_AGAIN.in_(lang))
        self.run.clicked.connect(self.check_now)
        self._current: Finding | None = None
        self.detail = FindingDetail(context, self)
        self.detail.settle.clicked.connect(self._on_settle)
        self.note = text_label("", "second", self)
        self.note.setObjectName("findings.note")
        top = QHBoxLayout()
        top.addWidget(self.origin)
        top.addWidget(self.rule)
        top.addWidget(self.note)
        top.addStretch(1)
        top.addWidget(self.run)
        self._model = FindingsModel(lang, self, kind_of=partial(kind_of, context))
        self.table = make_table("findings.table", Text("核查结果", "Findings").in_(lang), self)
        self.table.setModel(self._model)
        self.table.horizontalHeader().setSectionResizeMode(Column.MESSAGE, QHeaderView.ResizeMode.Stretch)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.setColumnWidth(Column.CODES, 170)
        EmptyOver(context, "findings", self.table, self._nothing)
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(self._on_row)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(12)
        self._halves.addWidget(self.table, 1)
        self._halves.addWidget(self.detail)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 6, 12, 6)
        box.setSpacing(6)
        box.addLayout(top)
        box.addLayout(self._halves, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.check_now)
        context.registry_opened.connect(self._on_registry)
        context.map_shown.connect(self._on_map_shown)
        context.changed.connect(self._on_written)
        context.as_of_changed.connect(self._on_changed)
        context.selection_changed.connect(self._on_step)
        self._on_registry()
        if context.is_map_shown:
            self._on_map_shown()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the sentence beside the table, or below it where that is narrow; codes only where there is room."""
        super().resizeEvent(event)
        width, height = event.size().width(), event.size().height()
        is_narrow = width < _NARROW
        self.table.setColumnHidden(Column.CODES, width < _WIDEST)
        self.table.setColumnHidden(Column.SETTLE, width < _WIDE)
        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(below if is_narrow else beside)
        reading = min(_READING_H, height // 3)
        self.detail.setMinimumSize(0 if is_narrow else _READING_W, reading if is_narrow else 0)
        self.detail.setMaximumSize(_MOST if is_narrow else _READING_W, reading if is_narrow else _MOST)
        self._fit_rule()

    def _nothing(self) -> Offer | None:
        """Say whether nothing was found or nobody has looked yet."""
        if self._context.registry is None or self._task is not None:
            return None
        if self.findings:  # there are some, of another origin or rule
            return Offer(_NONE_SO, _SHOW_ALL, self._show_all)
        said, do = (_NONE, _AGAIN) if self.is_checked else (_NOT_YET, _CHECK_NOW)
        return Offer(said, do, self.check_now)

    def _show_all(self) -> None:
        self.origin.setCurrentIndex(0)
        self.rule.setCurrentIndex(0)

    def _fit_rule(self) -> None:
        """Let the rules' words stand whole beside their sign."""
        needed = self.table.sizeHintForColumn(Column.RULE)
        self.table.setColumnWidth(Column.RULE, min(max(112, needed + 8), max(112, self.width() // 2)))
        for column in (Column.STATE, Column.SETTLE):
            self.table.setColumnWidth(column, self.table.sizeHintForColumn(column) + 12)
        has_state = any(origin_of(finding, self._mine) != BEFORE for finding in self.findings)
        self.table.setColumnHidden(Column.STATE, not has_state)

    def state(self) -> dict[str, Any]:
        """Return what was found: checking anew would find the same."""
        return {
            "findings": self.findings,
            "is_checked": self.is_checked,
            "rule": self.rule.currentData(),
            "origin": self.origin.currentData(),
            "opened": self._opened,
            "before": self._before,
            "foreign": self._foreign,
            "mine": self._mine,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Show what was found before."""
        if state["is_checked"]:
            self._soon.stop()
        self.is_checked = state["is_checked"]
        self._opened, self._before = state["opened"], state["before"]
        self._foreign, self._mine = state["foreign"], state["mine"]
        self._show(state["findings"])
        self.origin.setCurrentIndex(max(0, self.origin.findData(state["origin"])))
        self.rule.setCurrentIndex(max(0, self.rule.findData(state["rule"])))

    @Slot()
    def check_now(self) -> None:
        """Check the open registry in the background; an older run is stopped."""
        self._soon.stop()
        registry, day = self._context.registry, self._context.as_of
        if registry is None:
            return
        job = checking(registry, day, self._opened or registry.dataset, self._before.get(day))

        def done(checked: Checked) -> None:
            self._task = None
            if self._context.registry is registry:
                self.is_checked = True
                self._before[day] = checked.before
                self._mine = frozenset(
                    finding.id
                    for finding in checked.findings
                    if finding.id not in checked.before and self._foreign.isdisjoint(finding.codes)
                )
                self._show(checked.findings)

        if self._task is not None:
            self._task.cancel()
        self._task = self._context.tasks.start(
            job, on_registry=False, words=_CHECKING, on_failure=self._context.refused.emit
        )
        self._task.succeeded.connect(done)

    @property
    def open_count(self) -> int:
        """How many findings count: those that are not waived."""
        return sum(finding.waived_until is None for finding in self.findings)

    def _show(self, findings: list[Finding]) -> None:
        self.findings = findings
        counts = Counter(origin_of(finding, self._mine) for finding in findings)
        _fill(
            self.origin,
            _ANY_ORIGIN.format(len(findings)).in_(self._context.lang)
            if self.is_checked
            else _EVERY_RULE.in_(self._context.lang),
            [(f"{said.in_(self._context.lang)} {counts[name]}", name) for name, said in ORIGINS.items()],
        )
        self._on_origin(0)
        self.found.emit(findings)

    def _all(self, count: int) -> str:
        return (_ALL.format(count) if self.is_checked else _EVERY_RULE).in_(self._context.lang)

    def _of_origin(self) -> list[Finding]:
        origin = self.origin.currentData()
        return [f for f in self.findings if not origin or origin_of(f, self._mine) == origin]

    @Slot(int)
    def _on_origin(self, _place: int) -> None:
        findings, lang = self._of_origin(), self._context.lang
        counts = Counter(finding.rule for finding in findings)
        rules = [(f"{word_of(RULES, rule).in_(lang)} {count}", rule) for rule, count in counts.items()]
        _fill(self.rule, self._all(len(findings)), rules)
        self._on_rule(0)

    @Slot(int)
    def _on_rule(self, _place: int) -> None:
        rule = self.rule.currentData()
        shown = [finding for finding in self._of_origin() if not rule or finding.rule == rule]
        chosen = self._current
        self._model.show_findings(shown, self._mine)
        self.detail.offer_all(shown)
        self._fit_rule()
        row = -1 if chosen is None else self._model.row_of(chosen.id)
        if row >= 0:
            self.table.setCurrentIndex(self._model.index(row, 0))
        else:
            self._offer(None)
        waived = sum(finding.waived_until is not None for finding in shown)
        said = _NONE if self.is_checked else _NOT_YET
        counted = _WAIVED.format(waived).in_(self._context.lang) if waived else ""
        self.note.setText(counted if shown else said.in_(self._context.lang))

    @property
    def current(self) -> Finding | None:
        """The finding at hand."""
        return self._current

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self._offer(now.data(FINDING_ROLE))

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        finding = index.data(FINDING_ROLE)
        if finding is not None and finding.codes:
            self._context.show_finding(finding.codes)
        self._offer(finding)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        """Show what a row is about; a click on its last cell goes on to what settles it."""
        self._on_row(index)
        finding = self._current
        if finding is None or index.column() != Column.SETTLE:
            return
        if finding.fixable:
            self.detail.fix.setFocus(Qt.FocusReason.OtherFocusReason)  # beside what it will do
        elif settled_by(finding, kind_of(self._context, finding)) is not None:
            self._on_settle()
        else:
            self.detail.waive.click()

    def _offer(self, finding: Finding | None) -> None:
        """Show a finding whole, with what settles it."""
        self._current = finding
        self.detail.show_finding(finding)

    @Slot()
    def _on_settle(self) -> None:
        finding = self._current
        found = None if finding is None else settled_by(finding, kind_of(self._context, finding))
        if finding is not None and found is not None:
            self._context.show_finding(finding.codes)
            if not (finding.rule == FAR and self._offers_reading(finding.codes[0])):
                self._context.wanted.emit(found[1])

    def _offers_reading(self, code: str) -> bool:
        """Offer above the map the reading that puts a place right; False where there is none."""
        registry = self._context.registry
        warning = None if registry is None else warning_about(registry.dataset, code)
        if warning is None or warning.reading is None:
            return False
        self._context.doubted.emit(Changes(None, "check", (code,), warnings=(warning,)))
        return True

    @Slot()
    def _on_registry(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._soon.stop()
        self.is_checked = False
        registry = self._context.registry
        self._opened = None if registry is None else registry.dataset
        self._before, self._foreign, self._mine = {}, set(), frozenset()
        self._current = None
        self._show([])

    @Slot()
    def _on_map_shown(self) -> None:
        if self._context.registry is not None:
            self._wait(_FIRST_WAIT_MS)

    @Slot(object)
    def _on_written(self, changes: Changes) -> None:
        if changes.verb == "refresh":
            self._foreign.update(changes.codes)
        self._on_changed(changes)

    @Slot(object)
    def _on_changed(self, _changes: object) -> None:
        if self._task is not None:  # it checks what is no more
            self._task.cancel()
            self._task = None
        self._wait(_WAIT_MS)

    @Slot(list)
    def _on_step(self, _codes: list[str]) -> None:
        if self._soon.isActive():
            self._soon.start(max(_WAIT_MS, self._soon.remainingTime()))

    def _wait(self, milliseconds: int) -> None:
        """Check later, or at once where somebody is looking at the findings."""
        self._soon.start(0 if self.isVisible() else milliseconds)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Check now what would have been checked later."""
        super().showEvent(event)
        if self._soon.isActive():
            self._soon.start(0)


def _fill(box: ChoiceBox, everything: str, choices: list[tuple[str, str]]) -> None:
    """Offer other choices; what was chosen stays chosen where it is still there."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    box.addItem(everything, "")
    for words, name in choices:
        box.addItem(words, name)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)
