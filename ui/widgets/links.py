"""Names that lead to their records, in a colour that follows the theme."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence


class LinkLabel(QLabel):
    """Links without underline; ``linkActivated`` tells which. Names are escaped: they stand as they are."""

    def __init__(self, token: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._token = token
        self._links: tuple[tuple[str, str], ...] = ()
        self._colour = ""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )

    def show_links(self, links: Sequence[tuple[str, str]]) -> None:
        """Show ``(target, name)``, one after the other."""
        self._links = tuple(links)
        self._colour = str(getattr(theme.current(), self._token))
        style = f"color:{self._colour};text-decoration:none"
        self.setText(
            " › ".join(
                f'<a href="{escape(target)}" style="{style}">{escape(name)}</a>' for target, name in links
            )
        )

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._colour != getattr(theme.current(), self._token):
            self.show_links(self._links)
