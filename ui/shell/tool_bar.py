"""The bar of tools that floats at the map's upper left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from app.text import Text
from ui import theme
from ui.actions import BY_ID, tip_of
from ui.panels.frame.toast import float_over
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QAction

SHOWN: Final = ("select", "pan", "draw", "reshape", "split", "merge", "more", "add_station", "measure")
MORE: Final = ("hole", "move", "simplify", "square", "copy")
TOOLS: Final = tuple(name for shown in SHOWN for name in (MORE if shown == "more" else (shown,)))
_MORE_SAID: Final = Text("更多边界工具", "More tools for outlines")


class ToolBar(QFrame):
    """Each button is a face of its action; those used less often stand in the menu of one button."""

    def __init__(self, actions: Mapping[str, QAction], lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map.tools")
        self.setProperty("room", "float")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 3, 4, 3)
        row.setSpacing(1)
        self._actions = actions
        self._buttons: dict[str, QToolButton] = {}
        self._lines: list[QFrame] = []
        for name in SHOWN:
            button = self._make_more() if name == "more" else self._make(name)
            row.addWidget(button)
            if name in {"pan", "more"}:
                line = QFrame(self)
                line.setFixedSize(1, 20)
                line.setProperty("room", "line")
                row.addWidget(line)
                self._lines.append(line)
        float_over(self)
        self.speak(lang)
        self.adjustSize()

    def _make(self, name: str) -> QToolButton:
        spec = BY_ID[f"map.{name}"]
        button = self._button(name)
        button.setDefaultAction(self._actions[spec.id])
        button.setIcon(theme.icon(spec.icon, 18))
        self._buttons[name] = button
        cap = text_label(spec.letter, "", button)
        cap.setProperty("type", "letter")
        cap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        cap.move(26, 15)
        return button

    def _make_more(self) -> QToolButton:
        self.more = self._button("more")
        self.more.setCheckable(True)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.setObjectName("tool.more.menu")
        for name in MORE:
            action = self._actions[f"map.{name}"]
            menu.addAction(action)
            action.toggled.connect(self._on_toggled)
        self.more.setMenu(menu)
        self._on_toggled()
        return self.more

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"tool.{name}")
        button.setProperty("role", "quiet")
        button.setIconSize(QSize(18, 18))
        button.setFixedSize(36, 32)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _on_toggled(self, *_is_checked: bool) -> None:
        """Show on the button which of its tools is in hand."""
        held = next((name for name in MORE if self._actions[f"map.{name}"].isChecked()), None)
        self.more.setChecked(held is not None)
        self.more.setIcon(theme.icon("dots-three" if held is None else BY_ID[f"map.{held}"].icon, 18))

    def show_only(self, names: Sequence[str] | None) -> None:
        """Show these tools alone; None = all of them."""
        for name, button in self._buttons.items():
            button.setVisible(names is None or name in names)
        for part in (self.more, *self._lines):
            part.setVisible(names is None)
        self.adjustSize()

    def speak(self, lang: str) -> None:
        """Take the words of another language."""
        for name, button in self._buttons.items():
            spec = BY_ID[f"map.{name}"]
            set_tip(button, tip_of(spec, lang))
            button.setAccessibleName(spec.text.in_(lang))
        set_tip(self.more, _MORE_SAID.in_(lang))
        self.more.setAccessibleName(_MORE_SAID.in_(lang))
