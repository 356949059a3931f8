"""Makes the automatic backups of the registry that a window has open: after the first change, hourly, and at the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.errors import RegistryError, StorageFault
from app.jobs import Ticket
from app.services.keeping.backups import OPENING, Keeper, kept, way_back
from app.text import Text

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.services.keeping.backups import Backup
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_HOUR_MS: Final = 3_600_000
_LITTLE: Final = 4 << 20  # bytes that are copied and read back here; more is left to a process of its own
_FAILED: Final = Text("自动备份没有做成：{}{}", "The automatic backup was not made: {} {}")


class BackupKeeper(QObject):
    """Nobody waits for it: a little file is done in the background, a large one by a process of its own."""

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._keeper: Keeper | None = None
        self._registry: Registry | None = None
        self._is_at_it = False
        self._is_told = False
        self._hour = QTimer(self)
        self._hour.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._hour.setInterval(_HOUR_MS)
        self._hour.timeout.connect(self._make_if_due)
        context.registry_left.connect(self.finish)
        context.registry_opened.connect(self._on_opened)
        context.changed.connect(self._on_changed)

    @Slot()
    def _on_opened(self) -> None:
        registry = self._context.registry
        self._registry = registry
        self._keeper = None if registry is None else Keeper(registry, why=OPENING)
        self._is_told = self._is_at_it = False
        self._hour.start()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if self._keeper is not None and changes.verb != "refresh" and not self._keeper.has_made:
            self._make_if_due()

    @Slot()
    def _make_if_due(self) -> None:
        keeper, registry = self._keeper, self._registry
        if keeper is None or registry is None or self._is_at_it or not keeper.is_due():
            return
        self._tell_failure(kept(registry.path).failure)
        if _is_large(registry):
            self._hand_over(keeper)
            return
        self._is_at_it = True

        def job(ticket: Ticket) -> Backup | None:
            return keeper.keep(ticket)

        task = self._context.tasks.start(job, on_registry=False, on_failure=self._on_failed)
        task.ended.connect(self._on_ended)

    @Slot()
    def _on_ended(self) -> None:
        self._is_at_it = False

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, RegistryError):
            self._tell_failure(error.message)
        else:
            self._context.refused.emit(error)

    def _tell_failure(self, why: Text | None) -> None:
        """Say once in an opening why a backup was not made, and which is the last good one."""
        if why is None or self._is_told or self._registry is None:
            return
        self._is_told = True
        back = way_back(self._registry.path)
        said = Text(_FAILED.zh.format(why.zh, back.zh), _FAILED.en.format(why.en, back.en))
        self._context.refused.emit(StorageFault(said))

    def _hand_over(self, keeper: Keeper) -> None:
        try:
            keeper.hand_over()
        except RegistryError as error:
            self._tell_failure(error.message)

    @Slot()
    def finish(self) -> None:
        """Make the backup of what was changed since the last one, before the registry is closed."""
        self._hour.stop()
        keeper, registry = self._keeper, self._registry
        self._keeper = None
        if keeper is None or registry is None or not keeper.is_due():
            return
        if _is_large(registry):
            self._hand_over(keeper)
            return
        try:
            keeper.keep(Ticket())
        except RegistryError as error:
            self._tell_failure(error.message)


def _is_large(registry: Registry) -> bool:
    try:
        return sys.platform != "win32" and registry.path.stat().st_size > _LITTLE
    except OSError:  # it was moved: whoever makes the copy says so
        return False
