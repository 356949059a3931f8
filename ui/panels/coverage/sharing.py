"""How the gaps share the panel's height: the rows first, then the figures of the whole, then the plan below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext
    from ui.panels.coverage.gaps_head import GapsHead
    from ui.panels.coverage.plan import PlanView

LEAST: Final = 160  # [px] of height that choosers, sums and a row or two need
_LOW: Final = 330  # [px] of height below which the rows need what there is
_PLANLESS: Final = 400  # below which an open plan would leave them nothing
_TIGHT: Final = (
    640  # below which an open plan takes the place of the figures of the whole, and has fewer rows itself
)
_AROUND: Final = 536  # of choosers, figures, sums, and an open plan
_ROW: Final = 26
_ROWS: Final = 13  # that are seen at once above a plan that nobody opened


class Sharing(QObject):
    """Folds the plan of whoever chose nothing where the rows would lack the room; what was chosen is kept."""

    def __init__(self, context: WindowContext, head: GapsHead, plan: PlanView, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._head, self._plan = context.settings, head, plan
        self._height = 0
        plan.section.set_open(False)
        plan.section.header.clicked.connect(self._on_folded)
        plan.section.header.toggled.connect(self._give)

    def share(self, height: int, units: int | None) -> None:
        """Share out a height [px] among that many units; None: nobody knows yet how many."""
        self._height = height
        rows = _ROWS if units is None else min(units, _ROWS)
        is_folded = self._settings.folded().get(self._plan.section.objectName())
        self._plan.section.set_open(height >= _AROUND + rows * _ROW if is_folded is None else not is_folded)
        self._give()

    @Slot(bool)
    def _on_folded(self, is_open: bool) -> None:
        self._settings.keep_folded(self._plan.section.objectName(), is_folded=not is_open)

    @Slot()
    def _give(self) -> None:
        is_tight = self._height < _TIGHT and self._plan.section.header.isChecked()
        self._plan.setVisible(self._height >= _PLANLESS)
        self._plan.set_low(is_low=is_tight)
        self._head.set_low(is_low=self._height < _LOW or (is_tight and self._height >= _PLANLESS))
