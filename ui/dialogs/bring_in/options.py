"""What becomes of cells that can't be read, units that nobody registered, what is registered otherwise, and refused rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.text import Text
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.flow import Flow

if TYPE_CHECKING:
    from app.services.bring_in.import_data import Plan

_PARTIAL: Final = Text("拒绝的 {} 行留下，先导其余的", "Without the {} refused")
_BAD_CELLS: Final = Text("读不懂的格空着，那一行照导", "Leave unreadable cells empty, take their rows")
_PARENTS: Final = Text("没登记的单位一并新建", "Make units that are not registered")
_CONFLICT: Final = {
    "update": Text("已登记而不同的：照文件改", "Registered otherwise: change it"),
    "skip": Text("已登记而不同的：跳过", "Registered otherwise: skip"),
}


class Options(QWidget):
    """Each is shown only where there is something that it is about."""

    reading_changed = Signal()  # the plan has to be made anew
    changed = Signal()

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self.on_conflict = ChoiceBox(self)
        self.on_conflict.setObjectName("import.on_conflict")
        self.on_conflict.setAccessibleName(Text("已登记的怎么办", "What is registered").in_(lang))
        for value, said in _CONFLICT.items():
            self.on_conflict.addItem(said.in_(lang), value)
        self.on_conflict.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.on_conflict.currentIndexChanged.connect(self.changed)
        self.partial = QCheckBox(self)
        self.partial.setObjectName("import.partial")
        self.partial.toggled.connect(self.changed)
        self.bad_cells = QCheckBox(_BAD_CELLS.in_(lang), self)
        self.bad_cells.setObjectName("import.bad_cells")
        self.bad_cells.setAccessibleName(_BAD_CELLS.in_(lang))
        self.bad_cells.toggled.connect(self.reading_changed)
        self.parents = QCheckBox(_PARENTS.in_(lang), self)
        self.parents.setObjectName("import.parents")
        self.parents.setAccessibleName(_PARENTS.in_(lang))
        self.parents.toggled.connect(self.reading_changed)
        self._all = (self.on_conflict, self.bad_cells, self.parents, self.partial)
        flow = Flow(self)
        for widget in self._all:
            flow.addWidget(widget)

    def show_plan(self, plan: Plan | None) -> None:
        """Show what there is to decide about a plan."""
        counts = {} if plan is None else plan.counts
        self.on_conflict.setVisible(bool(counts.get("change")))
        refused = counts.get("refuse", 0)
        said = _PARTIAL.format(refused).in_(self._lang)
        self.partial.setText(said)
        self.partial.setAccessibleName(said)
        self.partial.setVisible(bool(refused))
        has_bad = plan is not None and any(problem.column for problem in plan.problems)
        self.bad_cells.setVisible(has_bad or self.bad_cells.isChecked())
        makes = plan is not None and plan.may_make_parents
        self.parents.setVisible(makes or self.parents.isChecked())
        self.setVisible(any(not one.isHidden() for one in self._all))
