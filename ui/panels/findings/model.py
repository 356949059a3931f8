"""Findings as rows: what is new with the user's own changes first, what is waived last and grey."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor
from typing_extensions import override

from app.domain.vocabulary import RULES, word_of
from app.text import Text
from ui import theme
from ui.models.listed import ListedModel
from ui.models.settling import settled_by
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips
from ui.widgets.severity import SEVERITY_ICONS, severity_token

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from app.services.check.check import Finding

Index = QModelIndex | QPersistentModelIndex
FINDING_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3
MINE, BEFORE, WAIVED = "mine", "before", "waived"
ORIGINS: Final = {
    MINE: Text("我这次改出来的", "New with my changes"),
    BEFORE: Text("原来就有的", "There before"),
    WAIVED: Text("免查的", "Waived"),
}
FIX: Final = Text("修正…", "Fix…")
WAIVE: Final = Text("免查…", "Waive…")
_NEW: Final = Text("新", "new")
_UNTIL: Final = Text("免查至 {}", "waived until {}")


class Column(IntEnum):
    """Columns from left to right."""

    RULE = 0
    MESSAGE = 1
    CODES = 2
    STATE = 3
    SETTLE = 4


_HEADERS: Final = {
    Column.RULE: Text("规则", "Rule"),
    Column.MESSAGE: Text("说明", "What"),
    Column.CODES: Text("涉及", "Records"),
    Column.STATE: Text("来由", "Since"),
    Column.SETTLE: Text("处理", "Settling"),
}
RULE_WORDS: Final = _HEADERS[Column.RULE]


def origin_of(finding: Finding, mine: Collection[str]) -> str:
    """Return what a finding is to the user: new with their changes, there before, or waived."""
    if finding.waived_until is not None:
        return WAIVED
    return MINE if finding.id in mine else BEFORE


class FindingsModel(ListedModel):
    """Findings in their own order, gravest first. ``CODE_ROLE`` gives the first record's code."""

    HEADERS = tuple(_HEADERS[column] for column in Column)

    def __init__(
        self, lang: str, parent: QObject | None = None, *, kind_of: Callable[[Finding], str]
    ) -> None:
        super().__init__(lang, parent)
        self._kind_of = kind_of
        self._mine: frozenset[str] = frozenset()

    def show_findings(self, findings: Sequence[Finding], mine: frozenset[str]) -> None:
        """Show findings; ``mine``: the ids of those that are new with the user's changes."""
        self._mine = mine
        order = list(ORIGINS)
        self.show_rows(sorted(findings, key=lambda f: order.index(origin_of(f, mine))))

    def row_of(self, finding_id: str) -> int:
        """Return the row of a finding, -1 where it is not shown."""
        return next((row for row, finding in enumerate(self._rows) if finding.id == finding_id), -1)

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
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(finding, column)
        if role == TIP_ROLE:
            return finding.message.in_(self._lang)
        return self._words(finding, column) if role == Qt.ItemDataRole.DisplayRole else None

    def _ink(self, finding: Finding, column: Column) -> QBrush | None:
        if finding.waived_until is not None:
            return QBrush(QColor(theme.current().t3))
        return QBrush(QColor(theme.current().accent)) if column is Column.SETTLE else None

    def _words(self, finding: Finding, column: Column) -> str:
        match column:
            case Column.RULE:
                return word_of(RULES, finding.rule).in_(self._lang)
            case Column.MESSAGE:
                return finding.message.in_(self._lang)
            case Column.CODES:
                return ", ".join(finding.codes[:3]) + (" …" if len(finding.codes) > 3 else "")
            case Column.STATE:
                return self._state(finding)
            case Column.SETTLE:
                return settle_words(finding, self._kind_of(finding)).in_(self._lang)

    def _state(self, finding: Finding) -> str:
        if finding.waived_until is not None:
            return _UNTIL.format(finding.waived_until).in_(self._lang)
        return _NEW.in_(self._lang) if finding.id in self._mine else ""


def settle_words(finding: Finding, kind: str) -> Text:
    """Return what a row offers first: the one right mend, else what leads to it, else to leave it alone."""
    if finding.fixable:
        return FIX
    found = settled_by(finding, kind)
    return WAIVE if found is None else found[0]
