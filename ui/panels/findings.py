"""Data quality: what somebody should look at before trusting a figure. Each finding leads to its polygons."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.vocabulary import RULES, word_of
from app.services.check_data import check
from app.text import Text
from ui import theme
from ui.models.listed import ListedModel
from ui.models.settling import settled_by
from ui.panels.explain import make_table
from ui.panels.inspector_checks import SEVERITY_ICONS, severity_token
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.permit import permit
from ui.widgets.plain import TIP_ROLE, text_label, with_plain_tips

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.jobs import Ticket
    from app.services.check_data import Finding
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
FINDING_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3
_NARROW: Final = 620
_FIRST_WAIT_MS: Final = 15_000  # after opening: a user's first steps must not share the processor with checks
_WAIT_MS: Final = 5_000  # after a change, and after each step of the user meanwhile
_CHECKING: Final = Text("核查数据", "Checking the data")
_ALL: Final = Text("全部 {}", "All {}")
_EVERY_RULE: Final = Text("全部", "All")
_NOT_YET: Final = Text("还没有核查完", "Not checked yet")
_SETTLE: Final = Text("去处理…", "Settle…")
_NONE: Final = Text("没有待处理的", "Nothing to look at")


class Column(IntEnum):
    """Columns from left to right."""

    RULE = 0
    MESSAGE = 1
    CODES = 2


_HEADERS: Final = {
    Column.RULE: Text("规则", "Rule"),
    Column.MESSAGE: Text("说明", "What"),
    Column.CODES: Text("涉及", "Records"),
}


class FindingsModel(ListedModel):
    """Findings in their own order, gravest first. ``CODE_ROLE`` gives the first record's code."""

    HEADERS = tuple(_HEADERS[column] for column in Column)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        finding, column = self._rows[index.row()], Column(index.column())
        if role == FINDING_ROLE:
            return finding
        if role == CODE_ROLE:
            return finding.codes[0] if finding.codes else ""
        if role == Qt.ItemDataRole.DecorationRole and column is Column.RULE:
            name = SEVERITY_ICONS.get(finding.severity, "info")
            return theme.icon(name, 15, severity_token(finding.severity))
        if role == TIP_ROLE:
            return finding.message.in_(self._lang)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case Column.RULE:
                return word_of(RULES, finding.rule).in_(self._lang)
            case Column.MESSAGE:
                return finding.message.in_(self._lang)
            case Column.CODES:
                return ", ".join(finding.codes[:3]) + (" …" if len(finding.codes) > 3 else "")


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
        self.is_checked = False  # since the registry was opened
        self._task: Task | None = None
        lang = context.lang
        self.setAccessibleName(Text("核查", "Checks").in_(lang))
        self.rule = ChoiceBox(self)
        self.rule.setObjectName("findings.rule")
        self.rule.setAccessibleName(_HEADERS[Column.RULE].in_(lang))
        self.rule.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.rule.currentIndexChanged.connect(self._on_rule)
        self.run = QPushButton(Text("重新核查", "Check again").in_(lang), self)
        self.run.setObjectName("findings.run")
        self.run.setAccessibleName(Text("重新核查", "Check again").in_(lang))
        self.run.clicked.connect(self.check_now)
        self._current: Finding | None = None
        self.settle = QPushButton(_SETTLE.in_(lang), self)
        self.settle.setObjectName("findings.settle")
        self.settle.setAccessibleName(_SETTLE.in_(lang))
        self.settle.setEnabled(False)
        self.settle.clicked.connect(self._on_settle)
        self.note = text_label("", "second", self)
        self.note.setObjectName("findings.note")
        top = QHBoxLayout()
        top.addWidget(self.rule)
        top.addWidget(self.note)
        top.addStretch(1)
        top.addWidget(self.settle)
        top.addWidget(self.run)
        self._model = FindingsModel(lang, self)
        self.table = make_table("findings.table", Text("核查结果", "Findings").in_(lang), self)
        self.table.setModel(self._model)
        self.table.horizontalHeader().setSectionResizeMode(Column.MESSAGE, QHeaderView.ResizeMode.Stretch)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.setColumnWidth(Column.CODES, 170)
        self.table.clicked.connect(self._on_row)
        self.table.activated.connect(self._on_row)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 6, 12, 6)
        box.setSpacing(6)
        box.addLayout(top)
        box.addWidget(self.table, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.check_now)
        context.registry_opened.connect(self._on_registry)
        context.map_shown.connect(self._on_map_shown)
        context.changed.connect(self._on_changed)
        context.as_of_changed.connect(self._on_changed)
        context.selection_changed.connect(self._on_step)
        self._on_registry()
        if context.is_map_shown:
            self._on_map_shown()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the codes out where there is no room for them beside the sentence."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < _NARROW
        self.table.setColumnHidden(Column.CODES, is_narrow)
        self._fit_rule()

    def _fit_rule(self) -> None:
        """Let the rules' words stand whole beside their sign."""
        needed = self.table.sizeHintForColumn(Column.RULE)
        self.table.setColumnWidth(Column.RULE, min(max(112, needed + 8), max(112, self.width() // 2)))

    def state(self) -> dict[str, Any]:
        """Return what was found: checking anew would find the same."""
        return {"findings": self.findings, "is_checked": self.is_checked, "rule": self.rule.currentData()}

    def restore(self, state: dict[str, Any]) -> None:
        """Show what was found before."""
        if state["is_checked"]:
            self._soon.stop()
        self.is_checked = state["is_checked"]
        self._show(state["findings"])
        self.rule.setCurrentIndex(max(0, self.rule.findData(state["rule"])))

    @Slot()
    def check_now(self) -> None:
        """Check the open registry in the background; an older run is stopped."""
        self._soon.stop()
        registry, day = self._context.registry, self._context.as_of
        if registry is None:
            return
        dataset, profile, engine, zone = registry.dataset, registry.profile, registry.engine, registry.zone

        def job(ticket: Ticket) -> list[Finding]:
            return check(dataset, profile, engine, zone, day, ticket=ticket)

        def done(findings: list[Finding]) -> None:
            self._task = None
            if self._context.registry is registry:
                self.is_checked = True
                self._show(findings)

        if self._task is not None:
            self._task.cancel()
        self._task = self._context.tasks.start(
            job, on_registry=False, words=_CHECKING, on_failure=self._context.refused.emit
        )
        self._task.succeeded.connect(done)

    def _show(self, findings: list[Finding]) -> None:
        lang = self._context.lang
        self.findings = findings
        chosen = self.rule.currentData()
        counts = Counter(finding.rule for finding in findings)
        self.rule.blockSignals(True)
        self.rule.clear()
        self.rule.addItem((_ALL.format(len(findings)) if self.is_checked else _EVERY_RULE).in_(lang), "")
        for rule, count in counts.items():
            rule_words = word_of(RULES, rule).in_(lang)
            self.rule.addItem(f"{rule_words} {count}", rule)
        self.rule.setCurrentIndex(max(0, self.rule.findData(chosen)))
        self.rule.blockSignals(False)
        self._on_rule(0)
        self.found.emit(findings)

    @Slot(int)
    def _on_rule(self, _place: int) -> None:
        rule = self.rule.currentData()
        shown = [finding for finding in self.findings if not rule or finding.rule == rule]
        self._model.show_rows(shown)
        self._fit_rule()
        self._offer(self._current if self._current in shown else None)
        said = _NONE if self.is_checked else _NOT_YET
        self.note.setText("" if shown else said.in_(self._context.lang))

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        finding = index.data(FINDING_ROLE)
        if finding is not None and finding.codes:
            self._context.show_finding(finding.codes)
        self._offer(finding)

    def _offer(self, finding: Finding | None) -> None:
        """Name on the button what settles a finding; grey where nothing but a new outline does."""
        self._current = finding
        found = None if finding is None else settled_by(finding.rule)
        said = _SETTLE if found is None else found[0]
        self.settle.setText(said.in_(self._context.lang))
        self.settle.setAccessibleName(said.in_(self._context.lang))
        writes = found is not None and found[1] != "topics.fusion"
        permit(self.settle, self._context.why_locked if writes else "", may=found is not None)

    @Slot()
    def _on_settle(self) -> None:
        finding = self._current
        found = None if finding is None else settled_by(finding.rule)
        if finding is not None and found is not None:
            self._context.show_finding(finding.codes)
            self._context.wanted.emit(found[1])

    @Slot()
    def _on_registry(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._soon.stop()
        self.is_checked = False
        self._show([])

    @Slot()
    def _on_map_shown(self) -> None:
        if self._context.registry is not None:
            self._wait(_FIRST_WAIT_MS)

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
