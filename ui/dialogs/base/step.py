"""A sheet that records one thing on one day and with a reason, as one change, and closes when it is written."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app.errors import RegistryError
from app.text import Text
from ui.dialogs.base.sheet import Sheet
from ui.widgets.day_field import DayField
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext

_ON: Final = Text("哪天", "On")
_WHY: Final = Text("为什么", "Why")


class StepSheet(Sheet):
    """``keys``: column of a problem → field here under which it is told. ``DAY_KEY`` names the field of the day."""

    DAY_KEY: ClassVar[str] = "on"

    def __init__(
        self,
        context: WindowContext,
        name: str,
        title: Text,
        commit: Text,
        parent: QWidget | None = None,
        *,
        width: int,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(context, name, title, commit, parent, width=width)
        self._keys = keys
        self.on = DayField(context.lang, self, day=context.as_of, may_be_empty=True)
        self.why = QLineEdit(self)

    def add_note(self, said: str, name: str = "") -> None:
        """Say a sentence below what stands there already."""
        note = text_label(said, "second", self)
        note.setWordWrap(True)
        if name:
            note.setObjectName(f"{self.name}.{name}")
        self.body.addWidget(note)

    def add_day_and_reason(self, day: Text = _ON) -> None:
        """Add the last two fields; Tab goes through all of them as they stand, whichever was made first."""
        self.add_field(self.DAY_KEY, day, self.on)
        self.add_field("why", _WHY, self.why)
        for before, after in pairwise(box for box, _ in self._fields.values()):
            QWidget.setTabOrder(before, after)

    @property
    def reason(self) -> str | None:
        """What was written for the reason, None where nothing was."""
        return self.why.text().strip() or None

    def read_on(self) -> date | None:
        """Return the day; None where none is written, which means today. Raises InvalidInput for what is none."""
        return self.on.read()

    def write_act(self, act: Callable[[], Changes], said: Text | Callable[[Changes], Text]) -> None:
        """Run a write; close when it is done, or tell what is wrong under its field."""
        task = self.write(lambda _ticket: act(), said, on_error=self._on_error)
        task.succeeded.connect(self._on_written)

    def write_on_day(
        self, act: Callable[[date | None], Changes], said: Text | Callable[[Changes], Text]
    ) -> None:
        """Run a write with the day that is written, or tell that it is none."""
        self.clear_errors()
        try:
            day = self.read_on()
        except RegistryError as error:
            self.show_error(self.context.sentence(error), self.DAY_KEY)
            return
        self.write_act(lambda: act(day), said)

    def _on_error(self, error: Exception) -> None:
        self.show_exception(error, self._keys)

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        self.accept()
