"""What a user decides in a sheet, they decide on the data that they had before them when it was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.text import Text
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task


class Deciding(QDialog):
    """Base of every sheet: what others write while it is open is never written over unasked."""

    context: WindowContext
    seen: Dataset | None  # what the user decides on

    def see_anew(self) -> None:
        """Take what panels show now for what the user decides on: the sheet shows it too."""
        self.seen = self.context.shown

    def write(
        self,
        job: Callable[[Ticket], Changes],
        words: Text | Callable[[Changes], Text],
        *,
        on_error: Callable[[Exception], None],
    ) -> Task:
        """Run a write of what the user decided; see ``ui.bridge.writing``."""
        return self.context.edit(job, words, on_error=on_error, seen=self.seen)
