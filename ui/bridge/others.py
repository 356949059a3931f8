"""What the window knows of others: who has the registry open, and what they changed that nobody here has seen yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.services.keeping.looked import keep_looked, keep_opened, key_of, path_beside
from app.services.keeping.others import ANEW, OthersReader

if TYPE_CHECKING:
    from app.domain.desk import Desk
    from app.domain.edits import Changes
    from app.services.keeping.looked import Mark
    from app.services.keeping.others import Others
    from app.services.registry.registry import Registry
    from ui.bridge.settings_store import SettingsStore
    from ui.bridge.tasks import Task, TaskRunner

_SOON_MS: Final = 50  # what comes within it is read at once
_ASK_MS: Final = 10_000  # a desk that died tells nobody; asking writes nothing
_NOBODY: Final[tuple[Desk, ...]] = ()


class Asks(Protocol):
    """Who asks: the open registry, and what tells that it is another, or holds other records."""

    tasks: TaskRunner
    settings: SettingsStore
    registry: Registry | None
    registry_opened: Any
    map_shown: Any
    changed: Any


class OthersHere(QObject):
    """Reads in the registry's turn, never twice at once; what it knows it keeps until it knows better.

    Signals
    -------
    desks_changed
        ``desks`` are others: somebody came, went, or edits another record.
    news_changed
        ``news``, what others did since ``mark``, is another; so may be ``unseen``, the codes of what it touched.
    first_told
        The same, for the first time since the registry was opened.
    looked
        Somebody has looked: ``mark`` is another.

    """

    desks_changed = Signal()
    news_changed = Signal()
    first_told = Signal()
    looked = Signal()

    def __init__(self, asks: Asks, parent: QObject) -> None:
        super().__init__(parent)
        self._asks = asks
        self.desks: tuple[Desk, ...] = _NOBODY
        self.news: Others | None = None
        self.unseen: frozenset[str] = frozenset()
        self.mark: Mark | None = None  # from where on it is new
        self.opened: Mark | None = None  # when it was opened the time before
        self._reader: OthersReader | None = None
        self._reading: Task | None = None
        self._asking: Task | None = None
        self._is_anew = False
        self._soon = _timer(self, _SOON_MS, self._read)
        self._met = _timer(self, _SOON_MS, self._ask)
        self._watch = QTimer(self)
        self._watch.setInterval(_ASK_MS)
        self._watch.timeout.connect(self._ask)
        asks.registry_opened.connect(self._on_opened)
        asks.map_shown.connect(self._on_shown)
        asks.changed.connect(self._on_changed)

    @property
    def _kept_in(self) -> Path:
        return path_beside(Path(self._asks.settings.file_name))

    def who_edits(self, code: str) -> list[str]:
        """Return the logins at whose desks, not this one, a record is being edited."""
        return sorted({desk.login for desk in self.desks if desk.record == code and not desk.is_me})

    @Slot()
    def _on_opened(self) -> None:
        for task in (self._reading, self._asking):
            if task is not None:
                task.cancel()
        self._reading = self._asking = self._reader = self.news = self.mark = self.opened = None
        self._soon.stop()
        self._watch.stop()
        self._is_anew = False
        self.desks, self.unseen = _NOBODY, frozenset()
        registry = self._asks.registry
        if registry is not None:
            self._reader = OthersReader(registry)
            self.mark, self.opened = keep_opened(key_of(registry), registry.last_step, self._kept_in)
            if registry.is_shared:
                self._watch.start()
        self.desks_changed.emit()
        self.news_changed.emit()

    @Slot()
    def _on_shown(self) -> None:
        if self._reader is not None:
            self._read()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if changes.verb == "refresh" or changes.verb in ANEW:
            self._is_anew = self._is_anew or changes.verb in ANEW
            self._soon.start()

    # what they did

    @Slot()
    def _read(self) -> None:
        reader, mark = self._reader, self.mark
        if self._reading is not None:
            self._soon.start()
        elif reader is not None and mark is not None:
            is_anew, self._is_anew = self._is_anew, False
            self._reading = self._asks.tasks.start(
                lambda _ticket: reader.read(mark.seq, is_anew=is_anew), on_registry=True
            )
            self._reading.succeeded.connect(self._take)
            self._reading.ended.connect(self._on_read)

    @Slot()
    def _on_read(self) -> None:
        if self.sender() is self._reading:
            self._reading = None

    @Slot(object)
    def _take(self, news: Others) -> None:
        if self.mark is None or news.since != self.mark.seq:  # looked at meanwhile
            self._soon.start()
            return
        is_first = self.news is None
        self.news, self.unseen = news, news.codes
        self.news_changed.emit()
        if is_first:
            self.first_told.emit()

    @Slot()
    def look(self) -> None:
        """Remember that all that is told was seen: next time it begins there."""
        if self.news is not None:
            self.look_up_to(self.news.upto)

    def look_up_to(self, seq: int) -> None:
        """Remember that everything up to a step was seen."""
        registry = self._asks.registry
        if registry is not None:
            self.mark = keep_looked(key_of(registry), seq, self._kept_in)
            self.looked.emit()
            self._read()

    # who they are

    @Slot()
    def meet(self) -> None:
        """Look who is here, soon: somebody came, went, or edits another record."""
        self._met.start()

    @Slot()
    def _ask(self) -> None:
        registry = self._asks.registry
        if registry is None or self._asking is not None:
            return
        self._asking = self._asks.tasks.start(
            lambda _ticket: registry.desks(), on_registry=True, on_failure=self._on_unknown
        )
        self._asking.succeeded.connect(self._take_desks)
        self._asking.ended.connect(self._on_asked)

    @Slot()
    def _on_asked(self) -> None:
        if self.sender() is self._asking:
            self._asking = None

    @Slot(object)
    def _take_desks(self, desks: tuple[Desk, ...] | None) -> None:
        self._show_desks(desks or _NOBODY)

    def _on_unknown(self, _error: Exception) -> None:
        """Tell of nobody while the server does not answer; that it doesn't is told by whoever reads or writes."""
        self._show_desks(_NOBODY)

    def _show_desks(self, desks: tuple[Desk, ...]) -> None:
        if desks != self.desks:
            self.desks = desks
            self.desks_changed.emit()


def _timer(parent: QObject, milliseconds: int, slot: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
