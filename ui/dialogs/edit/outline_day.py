"""Asks of each edit of an outline whether it was wrong all along or is other from a day on; then it is written.

Asked once, when a gesture is finished: Enter takes the answer of the last time. A correction leaves the outlines of
older days as they are; a change from a day keeps the old outline for the days before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.text import Text
from ui.dialogs.edit.record_change import GONE, WRONG, RecordSheet
from ui.models.ending import FROM

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("边界：{}", "Outline: {}")
_DO: Final = Text("保存边界", "Save the outline")
_HOWS: Final = {
    WRONG: Text("更正：原来画得不对", "Correction: it was drawn wrongly"),
    GONE: Text("变化：从某天起是这样", "Change: so from a day on"),
}
_WHY_HINT: Final = Text("可以不写", "may be left out")


class OutlineDaySheet(RecordSheet):
    """``act`` takes the first day (None = a correction) and the reason, writes one change and returns it.

    ``accepted``: it is written. ``rejected``: nothing is, and the draft stays with whoever drew it.
    """

    def __init__(
        self,
        context: WindowContext,
        code: str,
        act: Callable[[date | None, str | None], Changes],
        said: Text | Callable[[Changes], Text],
        parent: QWidget | None = None,
        *,
        notes: tuple[Text, ...] = (),
    ) -> None:
        super().__init__(context, "outline", code, (_TITLE, _DO), _HOWS, parent)
        self._act, self._said = act, said
        for note in notes:
            self.add_note(note.in_(context.lang))
        self.add_case(FROM)
        self.how.setCurrentIndex(self.how.findData(context.settings.outline_case))
        self.why.setPlaceholderText(_WHY_HINT.in_(context.lang))

    @override
    def has_reason(self) -> bool:
        return True

    @override
    def on_commit(self) -> None:
        self.context.settings.outline_case = str(self.how.currentData())
        self.clear_errors()
        act, why, today = self._act, self.reason, self.context.as_of
        if self.is_correction:
            self.write(lambda: act(None, why), self._said)
        else:
            self.write_on_day(lambda day: act(day or today, why), self._said)


def ask_outline_day(
    context: WindowContext,
    code: str,
    act: Callable[[date | None, str | None], Changes],
    said: Text | Callable[[Changes], Text],
    parent: QWidget | None = None,
    *,
    notes: tuple[Text, ...] = (),
) -> OutlineDaySheet:
    """Open the question about the edit of the outline of ``code`` (the first of several) and return its sheet.

    ``notes``: sentences above it, such as which neighbours change too. Nothing blocks: ``act`` is called in the
    registry's lane once the user has answered.
    """
    sheet = OutlineDaySheet(context, code, act, said, parent, notes=notes)
    sheet.open()
    return sheet
