"""The refused rows of a plan as a workbook to send back: the button, and where it was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from app.services.bring_in.problems import path_beside, save_problems
from app.text import Text
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.bring_in.import_data import Plan
    from ui.dialogs.base.sheet import Sheet

_SAVE: Final = Text("导出问题清单", "Save the problems")
_SAVED: Final = Text("{} 行问题存到 {}", "{: row|rows} with their problems saved to {}")


class ProblemsOut(QObject):
    """Makes ``button`` and the line ``saved`` for a sheet to lay out."""

    failed = Signal(object)

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._context = sheet.context
        self._plan: Plan | None = None
        self.button = sheet.make_button("save_problems", _SAVE, self._on_save)
        self.saved = text_label("", "second", sheet)
        self.saved.setObjectName("import.saved")
        self.saved.setWordWrap(True)
        self.saved.hide()

    def show_plan(self, plan: Plan | None) -> None:
        """Offer to save what is wrong with a plan."""
        self._plan = plan
        self.button.setVisible(plan is not None and bool(plan.problems))

    @Slot()
    def _on_save(self) -> None:
        registry, plan = self._context.registry, self._plan
        if registry is None or plan is None:
            return
        out, profile, lang = path_beside(plan.request.source), registry.profile, self._context.lang
        task = self._context.tasks.start(
            lambda ticket: (save_problems(profile, plan, out, lang, ticket), out),
            on_registry=False,
            words=_SAVE,
            on_failure=self.failed.emit,
        )
        task.succeeded.connect(self._on_saved)

    @Slot(object)
    def _on_saved(self, saved: tuple[int, Path]) -> None:
        self.saved.setText(_SAVED.format(*saved).in_(self._context.lang))
        self.saved.show()
