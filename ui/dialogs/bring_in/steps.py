"""A sheet that is worked on: what was said in it is taken back by a click or by Ctrl+Z, and Enter stays in its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QToolButton
from typing_extensions import override

from app.text import Text
from ui import theme
from ui.dialogs.base.sheet import Sheet
from ui.dialogs.bring_in.said import Words
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.bridge.context import WindowContext

_UNDO: Final = Text("撤回在这里做的上一步（Ctrl+Z）", "Take back the last step taken here (Ctrl+Z)")


class SteppedSheet(Sheet):
    """Holds ``words``, what was said so far; ``undo`` is a button for the sheet to lay out."""

    def __init__(
        self,
        context: WindowContext,
        name: str,
        title: Text,
        commit: Text,
        parent: QWidget | None = None,
        *,
        width: int = 520,
        at_right: bool = False,
    ) -> None:
        super().__init__(context, name, title, commit, parent, width=width, at_right=at_right)
        self.words = Words(self)
        self.undo = QToolButton(self)
        self.undo.setObjectName(f"{name}.undo")
        self.undo.setProperty("role", "quiet")
        self.undo.setIcon(theme.icon("arrow-counter-clockwise"))
        self.undo.setAccessibleName(_UNDO.in_(context.lang))
        set_tip(self.undo, _UNDO.in_(context.lang))
        self.undo.clicked.connect(self.words.go_back)

    @override
    def event(self, event: QEvent) -> bool:
        """Keep undo and redo of what was said here from the window's own."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo))
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        hand = self.focusWidget()
        if isinstance(hand, QLineEdit):
            is_plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_plain:
                event.accept()  # it was for the field; what is written here is written by Ctrl and Enter
            else:
                super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.words.go_back()
            event.accept()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.words.go_on()
            event.accept()
        else:
            super().keyPressEvent(event)
