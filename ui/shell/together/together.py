"""Others in the window: the buttons that tell of them, what is said when a registry opens, and what is edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget

from app.text import Text
from ui import theme
from ui.models.change_words import when_words
from ui.shell.together.bar import say
from ui.shell.together.desks import count_words, desk_words
from ui.shell.together.panel import TogetherPanel

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext
    from ui.shell.layout.work import WorkPage
    from ui.shell.map_area import MapArea
    from ui.shell.together.bar import TogetherBar

_CHANGED: Final = Text("别人改了 {} 处", "{} changed by others")
_OPENED: Final = Text(
    "自您上次打开（{}）以来，别人改了 {} 处。",
    "Since you last opened it ({}), others changed {: place|places}.",
)
_LOOKED: Final = Text(
    "自您上次看过（{}）以来，别人改了 {} 处。", "Since you last looked ({}), others changed {: place|places}."
)
_EARLIER: Final = Text("连同更早没看的，共 {} 处。", " With older ones that you have not seen: {}.")
_LOOK: Final = Text("看看", "Look")
_SHAPING: Final = frozenset(
    ("reshape", "split", "hole", "move", "simplify", "square")
)  # tools for what is chosen
_NONE: Final = Text("", "")


class Together(QObject):
    """Shows what ``context.others`` knows, and lets others know which record is being edited here."""

    def __init__(
        self, context: WindowContext, host: QMainWindow, bar: TogetherBar, work: WorkPage, map_area: MapArea
    ) -> None:
        super().__init__(host)
        self._context, self._host, self._work = context, host, work
        self._banner, self._canvas = map_area.banner, map_area.canvas
        self._people, self._news = bar.add("together.people"), bar.add("together.news")
        self._people.setIcon(theme.icon("users-three", 14))
        self.panel = TogetherPanel(context, host, self._right_edge)
        self._edited = ""
        self._told: Text | None = None  # what was said when it was opened
        for button in (self._people, self._news):
            button.clicked.connect(self.panel.turn)
        others = context.others
        others.desks_changed.connect(self._show)
        others.news_changed.connect(self._show)
        others.first_told.connect(self._tell)
        context.registry_left.connect(self._on_left)
        context.selection_changed.connect(self._look_at_hand)
        self._canvas.tool_changed.connect(self._look_at_hand)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def speak(self) -> None:
        """Take the words of the window's language."""
        self._show()
        self.panel.speak()

    def _right_edge(self) -> int:
        """Return where the panel may reach to the right: what is told of stays in sight there."""
        right = self._work.right
        return right.mapTo(self._host, QPoint(0, 0)).x() if right.isVisible() else self._host.width()

    @Slot()
    def _show(self) -> None:
        context, others = self._context, self._context.others
        registry, count = context.registry, 0 if others.news is None else len(others.news.edits)
        lines = [] if registry is None else desk_words(others.desks, registry.dataset, context.lang)
        say(self._people, context.say(count_words(others.desks)) if lines else "", "\n".join(lines))
        if not count and self._told is not None and self._banner.says(self._told):
            self._banner.hide()  # looked at meanwhile
        more = "+" if others.news is not None and others.news.has_more else ""
        say(self._news, context.say(_CHANGED.format(f"{count:,}{more}")) if count else "")

    @Slot()
    def _tell(self) -> None:
        """Say once, when a registry was opened, what others changed meanwhile; nothing more urgent makes way for it."""
        news, mark, opened = (getattr(self._context.others, name) for name in ("news", "mark", "opened"))
        if news is None or mark is None or opened is None or self._banner.isVisible():
            return
        since = max(mark, opened) if mark.at else opened
        count, words = news.after(since.seq), _OPENED if since == opened else _LOOKED
        if not count:
            return
        when = Text(*(when_words(since.at, lang) for lang in ("zh", "en")))
        told = words.format(when, f"{count:,}")
        rest = _EARLIER.format(f"{len(news.edits):,}") if len(news.edits) > count else _NONE
        self._told = Text(told.zh + rest.zh, told.en + rest.en)
        self._banner.show_words("note", self._told, _LOOK, self.panel.turn)

    # what is edited here

    @Slot()
    def _on_left(self) -> None:
        self._edited = ""

    @Slot(QWidget, QWidget)
    def _on_focus(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self._look_at_hand()

    @Slot()
    def _look_at_hand(self) -> None:
        """Let the others know whose field or outline is at hand: that of the one record shown, if it may be written."""
        context, hand = self._context, QApplication.focusWidget()
        registry = context.registry
        is_field = isinstance(hand, QLineEdit) and not hand.isReadOnly()
        is_mine = is_field and hand is not None and self._work.right.isAncestorOf(hand)
        is_mine = is_mine or self._canvas.tool() in _SHAPING
        chosen = context.selection
        code = chosen[0] if is_mine and len(chosen) == 1 and context.lock is None else ""
        if registry is not None and registry.is_shared and code != self._edited:
            self._edited = code
            registry.edits_record(code)
