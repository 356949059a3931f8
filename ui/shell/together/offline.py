"""Whether the server is there, said in the window: when it goes, what waits, and that it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from app.services.registry.away import how_it_stands
from app.text import Text
from ui import theme
from ui.models.change_words import when_words
from ui.shell.together.bar import say

if TYPE_CHECKING:
    from app.services.registry.away import Away
    from ui.bridge.away import AwayWatch
    from ui.bridge.context import WindowContext
    from ui.panels.frame.toast import Banner
    from ui.shell.together.bar import TogetherBar

_WAITING: Final = Text("离线：{} 处修改等着送回", "Offline, to be brought back: {}")
_AWAY: Final = Text("离线：看的是本机副本", "Offline: this computer's copy")
_UNDECIDED: Final = Text("{} 处没送回，等您定", "Not brought back: {}")
_SINCE: Final = Text("从 {} 起连不上服务器", "No server since {}")
_WENT: Final = Text(
    "连不上服务器了。接着看、接着改都行：改的存在这台电脑上，连上后自动送回。",
    "The server can't be reached. Go on looking and editing: what you enter is saved on this computer and brought back as "
    "soon as the server answers.",
)
_OPENED: Final = Text(
    "连不上服务器，打开的是本机副本，到 {} 为止。接着改都行，连上后自动送回。",
    "The server can't be reached; this is the copy on this computer, as of {}. Go on editing; it is brought back later.",
)
_BACK: Final = Text("又连上了。", "The server is back.")
_BROUGHT: Final = Text("又连上了，{} 处修改已送回。", "The server is back; brought back: {}.")
_ASK: Final = Text(
    "{} 处修改没有送回：别人同时改了，或不归您了。等您定。",
    "Not brought back: {}. Somebody else changed the same, or it is not yours any more; look what to do.",
)
_ASIDE: Final = Text("有一份副本没用上", "A copy was set aside")
_LOOK: Final = Text("看看", "Look")
_LEAVING: Final = Text(
    "还有 {} 处修改没送回。它们存在这台电脑上，下次打开接着送。",
    "Not brought back yet: {}, saved on this computer; they come back after the next opening.",
)
_LEAVE: Final = Text("关闭", "Close")


class Offline(QObject):
    """The button in the status bar, the banner above the map, and the last word before the window closes."""

    asked = Signal()  # to see what waits

    def __init__(
        self, context: WindowContext, host: QMainWindow, bar: TogetherBar, banner: Banner, watch: AwayWatch
    ) -> None:
        super().__init__(host)
        self._context, self._host, self._banner = context, host, banner
        self.watch = watch
        self._button = bar.add("together.offline")
        self._button.setIcon(theme.icon("warning", 14))
        self._button.clicked.connect(self.asked)
        self._said: Text | None = None  # what the banner says because of us
        self._has_warned = False
        self._seen: Text | None = None  # which copy that was set aside the user has looked at
        self.asked.connect(self._on_asked)
        self.watch.stood.connect(self._on_stood)
        context.saved.connect(self.watch.look)

    @Slot()
    def speak(self) -> None:
        """Say how it stands, in the window's language; nothing where all is well."""
        state, context = self.watch.state, self._context
        if state is None or not (state.is_away or state.undecided):
            aside = None if state is None or state.set_aside == self._seen else state.set_aside
            if aside is None:
                say(self._button, "")
            else:
                say(self._button, context.say(_ASIDE), context.say(aside))
        elif not state.is_away:
            say(self._button, context.say(_UNDECIDED.format(len(state.undecided))))
        else:
            said = context.say(_WAITING.format(len(state.waiting)) if state.waiting else _AWAY)
            since = context.say(_SINCE.format(when_words(state.since, context.lang)))
            say(self._button, said, f"{said}\n{since}")

    def _show(self, tone: str, said: Text) -> None:
        self._said = said
        self._banner.show_words(tone, said, _LOOK, self.asked.emit)

    @Slot(object, object)
    def _on_stood(self, before: Away | None, now: Away | None) -> None:
        self.speak()
        if now is None:
            return
        was_away = before is not None and before.is_away
        if now.is_away and not was_away:
            self._has_warned = False
            at = Text(*(when_words(now.copied, lang) for lang in ("zh", "en")))
            opened = Text(_OPENED.zh.format(at.zh), _OPENED.en.format(at.en))
            self._show("warning", opened if before is None else _WENT)
        elif was_away and not now.is_away and before is not None:
            if self._said is not None and self._banner.says(self._said):
                self._banner.hide()
            kept = {one.change for one in now.undecided}
            brought = sum(one.change not in kept for one in before.waiting)
            self._context.said.emit(_BROUGHT.format(brought) if brought else _BACK)
        if now.undecided and not now.is_away and (before is None or was_away):
            self._show("warning", _ASK.format(len(now.undecided)))
        elif now.set_aside is not None and (before is None or before.set_aside != now.set_aside):
            self._show("warning", now.set_aside)

    @Slot()
    def _on_asked(self) -> None:
        """Tell no more of a copy that was set aside: the sheet that opens now does."""
        self._seen = None if self.watch.state is None else self.watch.state.set_aside
        self.speak()

    def may_close(self) -> bool:
        """Whether the window may close; where changes wait, it says so once and stays until it is asked again.

        What was typed last is among them: the copy itself is asked, as nothing else is at the end of a window.
        """
        registry, state = self._context.registry, self.watch.state
        if self._has_warned or registry is None or state is None or not state.is_away:
            return True
        now = how_it_stands(registry)
        if now is None or not now.waiting:
            return True
        self._has_warned = True
        self._said = _LEAVING.format(len(now.waiting))
        self._banner.show_words("warning", self._said, _LEAVE, self._host.close)
        return False
