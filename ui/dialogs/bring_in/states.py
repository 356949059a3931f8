"""How many rows of a plan become what: each number chooses its rows, and all add up to the rows of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.text import Text
from ui import theme
from ui.dialogs.bring_in.models import ACTIONS, ICONS, TOKENS, Only
from ui.widgets.flow import Flow
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WAIT_MS: Final = 150  # after the last letter
_FIND: Final = Text("筛选：名称、字段或原因", "Find: name, field or reason")
_SUM: Final = Text("{} = {} 行，一行不少", "{} = {: row|rows}, none left out")
_ROWS: Final = Text("{} {} 行", "{}, {: row|rows}")
_ONLY: Final = Text("只看这些行；再点一次都看", "Only these rows; click again for all")
_PLAN_IS: Final = Text("这是计划，还没有写入任何东西", "This is a plan; nothing is written yet")


class States(QWidget):
    """The numbers as buttons, a field to find rows by, and the sum."""

    chosen = Signal()

    def __init__(self, lang: str, beside: Sequence[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._buttons: dict[str, QToolButton] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_WAIT_MS)
        self._soon.timeout.connect(self.chosen)
        self._row = row = QWidget(self)
        flow = Flow(row, gap=6)
        for action in ACTIONS:
            button = QToolButton(row)
            button.setObjectName(f"import.state.{action}")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIcon(theme.icon(ICONS[action], 14, TOKENS.get(action, "t3")))
            button.setIconSize(QSize(14, 14))
            button.setCheckable(True)
            set_tip(button, _ONLY.in_(lang))
            button.toggled.connect(self.chosen)
            self._buttons[action] = button
            flow.addWidget(button)
        self.filter = QLineEdit(row)
        self.filter.setObjectName("import.filter")
        self.filter.setAccessibleName(_FIND.in_(lang))
        self.filter.setPlaceholderText(_FIND.in_(lang))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(210)
        self.filter.textChanged.connect(self._soon.start)
        flow.addWidget(self.filter)
        self.sum = text_label("", "second", self)
        self.sum.setObjectName("import.counts")
        self.sum.setWordWrap(True)
        below = QHBoxLayout()
        below.addWidget(self.sum, 1)
        for widget in beside:
            below.addWidget(widget)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        body.addWidget(row)
        body.addLayout(below)
        self.show_counts({})

    @property
    def only(self) -> Only:
        """The rows that are looked for."""
        return Only(
            frozenset(action for action, button in self._buttons.items() if button.isChecked()),
            self.filter.text().strip(),
        )

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many rows become what; nothing without a plan."""
        lang = self._lang
        for action, button in self._buttons.items():
            count = counts.get(action, 0)
            button.setText(f"{ACTIONS[action].in_(lang)} {count}")
            button.setAccessibleName(_ROWS.format(ACTIONS[action].in_(lang), count).in_(lang))
            button.setEnabled(bool(count))
            if not count and button.isChecked():
                self._release(button)
        self._row.setVisible(bool(counts))  # the form has the room while there is no plan
        added = " + ".join(str(count) for count in counts.values())
        self.sum.setText(_SUM.format(added, sum(counts.values())).in_(lang) if counts else _PLAN_IS.in_(lang))

    def all_again(self) -> None:
        """Look for all rows: another file."""
        for button in self._buttons.values():
            self._release(button)
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)

    @staticmethod
    def _release(button: QToolButton) -> None:
        button.blockSignals(True)
        button.setChecked(False)
        button.blockSignals(False)
