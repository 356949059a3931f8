"""Language and theme of the window, changed in place: what is being typed, chosen and open stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication

from app.text import Text
from ui import theme
from ui.actions import speak_actions
from ui.bridge.qt_words import speak

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from ui.shell.arrivals import Arrivals
    from ui.shell.front import Front
    from ui.shell.parts import Parts
    from ui.shell.renewal import Renewal

_NAME: Final = Text("小区一张图主窗口", "Compound Registry, main window")


class Looks(QObject):
    """Another theme is put on in place; another language or profile makes the panels anew."""

    renewed = Signal()  # the panels are, or will soon be, others

    def __init__(self, parts: Parts, front: Front, renewal: Renewal, arrivals: Arrivals) -> None:
        super().__init__(parts.host)
        self._parts, self._front, self._renewal, self._arrivals = parts, front, renewal, arrivals
        parts.context.changed.connect(self._on_changed)
        self._speak()

    def set_language(self, lang: str) -> None:
        """Show the window in another language."""
        context = self._parts.context
        if lang != context.lang:
            context.lang = context.settings.lang = lang
            app = QApplication.instance()
            if isinstance(app, QApplication):
                speak(app, lang)
            self._renew()

    def set_theme(self, name: str) -> None:
        """Show the window in another theme; what is being typed stays in its box."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)
            self._parts.context.settings.theme = name

    def turn_theme(self) -> None:
        """Show the window in the other theme."""
        self.set_theme("light" if theme.current().name == "dark" else "dark")

    def turn_language(self) -> None:
        """Show the window in the other language."""
        self.set_language("zh" if self._parts.context.lang == "en" else "en")

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if "profile" in changes.kinds:
            self._renew()  # every panel offers what the profile declares

    def _renew(self) -> None:
        """Make the panels anew in another language or profile; what a hand did to them stays."""
        parts = self._parts
        parts.context.leaving.emit()
        parts.host.setUpdatesEnabled(False)
        try:
            self._speak()
            self._renewal.begin()
            self._front.show_title()
            parts.work.arrange()
            self.renewed.emit()
        finally:
            parts.host.setUpdatesEnabled(True)

    def _speak(self) -> None:
        """Say everything that stands in the window itself in its language."""
        parts = self._parts
        lang = parts.context.lang
        parts.host.setAccessibleName(_NAME.in_(lang))
        speak_actions(parts.actions, lang)
        parts.steps.speak()
        for part in (
            parts.header,
            parts.strip,
            parts.status,
            parts.map_area,
            parts.work,
            parts.palette,
            parts.together,
        ):
            part.speak()
        parts.tabs.speak(lang)
        parts.left.speak(lang)
        parts.notice.speak(lang)
        self._arrivals.speak()
