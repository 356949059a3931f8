"""Opening a registry in the background, one window a file, and what other programs write into it."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDir, QFile, QObject, QTimer, Signal, Slot

from app.errors import OtherGeoPackage, StorageFault
from app.services.registry.registry import Registry
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtNetwork import QLocalServer, QLocalSocket

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_POLL_MS: Final = 2000
_SOCKET_BYTES: Final = 107  # Linux has room for this many in a socket's path
_ANSWER_MS: Final = 1000  # a busy desk: whoever holds the file answers, a socket left over refuses at once
_OPENING: Final = Text("打开台账", "Opening the registry")
_SAMPLE: Final = Text("写样例台账", "Writing the sample")
_FOREIGN: Final = Text(
    "另一个程序改了 {} 条记录，已跟上", "Another program changed {: record|records}; shown"
)
_OTHERS: Final = Text("别人改了 {} 条记录，已跟上", "Others changed {: record|records}; shown")
_OTHER_PROFILE: Final = Text("另一个程序换了口径，已跟上", "Another program replaced the profile; shown")
_BACKED_UP: Final = Text("已备份到 {}", "Backed up to {}")


class Instance(QObject):
    """Holds a file for one window; a second window that asks gets this one raised, and its files imported here."""

    asked = Signal(list)  # Path of each file to import

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None

    def take(self, path: Path) -> bool:
        """Hold a file; False if another window holds it, which is raised then."""
        from PySide6.QtNetwork import QLocalServer

        self.let_go()
        if raise_other(path):
            return False
        name = _name_of(path)
        QLocalServer.removeServer(name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_asked)
        server.listen(name)
        self._server = server
        return True

    def let_go(self) -> None:
        """Let another window have the file."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None

    @Slot()
    def _on_asked(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(partial(self._on_heard, socket))
            if socket.state() == socket.LocalSocketState.UnconnectedState:
                self._on_heard(socket)

    def _on_heard(self, socket: QLocalSocket) -> None:
        said = bytes(socket.readAll().data())
        socket.deleteLater()
        self.asked.emit([Path(os.fsdecode(line)) for line in said.split(b"\n") if line])


def raise_other(path: Path, imports: Sequence[Path] = ()) -> bool:
    """Raise the window that holds a file, and have it offer to import others; False if no window holds it."""
    name = _name_of(path)
    if os.name == "posix" and not QFile.exists(name):
        return False  # known without loading Qt's network, which a start would feel
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_ANSWER_MS):
        return False
    if imports:
        socket.write(b"\n".join(os.fsencode(one) for one in imports))
        socket.waitForBytesWritten(_ANSWER_MS)
    socket.disconnectFromServer()
    return True


def _name_of(path: Path) -> str:
    """Return where the window that holds a file listens.

    A socket's path has 107 bytes at most: where the folder for temporary files lies deeper, the system's own is taken,
    with the user in the name.
    """
    name = f"compound-registry-{hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:24]}"
    if os.name != "posix":
        return name
    at = f"{QDir.tempPath()}/{name}"
    return at if len(os.fsencode(at)) <= _SOCKET_BYTES else f"/tmp/{name}-{os.getuid()}"  # noqa: S108  # the name holds nothing secret and the socket is its user's alone


class Files(QObject):
    """Opens, follows and closes the one registry of a window."""

    opened = Signal()
    not_opened = Signal(object)  # Exception
    foreign = Signal(object)  # path of a GeoPackage that is no registry
    taken = Signal(object)  # path that another window holds
    lost = Signal(object)  # Exception: the file under us is gone
    found = Signal()  # it is there again
    heard = Signal()  # something was written into a shared registry
    met = Signal()  # somebody came to it, went, or edits another record
    stood = Signal()  # whether it may be written has changed, or who writes it

    def __init__(self, context: WindowContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.instance = Instance(self)
        self._looking: Task | None = None
        self._is_lost = False
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)
        self.heard.connect(self._look)
        self.met.connect(context.others.meet)

    def open(self, path: Path) -> None:
        """Open a registry; the window stays as it is until it is there."""
        if self.is_open(path):
            return

        def job(_ticket: Ticket) -> Registry:
            import PySide6.QtNetwork  # noqa: F401  # here, so that the window need not wait for it

            return Registry.open(path, is_desk=True)

        self._start(job, _OPENING, path)

    def open_sample(self, path: Path) -> None:
        """Write the sample where it is not there yet, and open it."""
        if self.is_open(path):
            return

        def job(ticket: Ticket) -> Registry:
            from app.sample.write import write_sample

            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write_sample(path, "yaohai", size="district", seed=1, ticket=ticket)
            return Registry.open(path)

        self._start(job, _SAMPLE, path)

    @Slot(object)
    def take(self, registry: Registry) -> None:
        """Show a registry that is open now; not one that another window holds."""
        if self.is_open(registry.path):
            registry.close()
        elif self.instance.take(registry.path):
            self._on_opened(registry)
        else:
            registry.close()
            self.taken.emit(registry.path)

    def leave(self) -> None:
        """Have no registry open any more; it is closed once everything typed in it is written."""
        before = self._context.registry
        if before is None:
            return
        self._poll.stop()
        self.instance.let_go()
        self._context.set_registry(None)
        self._context.tasks.start(lambda _ticket: before.close(), on_registry=True)

    def is_open(self, path: Path) -> bool:
        """Whether this window shows the registry of a path."""
        current = self._context.registry
        return current is not None and current.path.resolve() == path.resolve()

    def _start(self, job: object, words: Text, path: Path) -> None:
        task = self._context.tasks.start(
            job,  # type: ignore[arg-type]  # either of the two above
            on_registry=True,
            words=words,
            on_failure=partial(self._on_not_opened, path),
        )
        task.succeeded.connect(self.take)

    def _on_not_opened(self, path: Path, error: Exception) -> None:
        if isinstance(error, OtherGeoPackage):
            self.foreign.emit(path)
        else:
            self.not_opened.emit(error)

    @Slot(object)
    def _on_opened(self, registry: Registry) -> None:
        before = self._context.registry
        self._is_lost = False
        now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self._context.settings.keep_recent(registry.path, now)
        self._context.set_registry(registry)
        if before is not None:
            self._context.tasks.start(lambda _ticket: before.close(), on_registry=True)
        self._poll.start()
        registry.hear(self.heard.emit, self.met.emit)
        self.opened.emit()

    # what others write

    @Slot()
    def _look(self) -> None:
        registry = self._context.registry
        if registry is None or self._looking is not None:
            return
        self._looking = self._context.tasks.start(
            lambda _ticket: (registry.look_at_standing(), registry.refresh()),
            on_registry=True,
            on_failure=self._on_lost,
        )
        self._looking.succeeded.connect(self._on_looked)
        self._looking.ended.connect(self._on_look_ended)

    @Slot()
    def _on_look_ended(self) -> None:
        self._looking = None

    @Slot(object)
    def _on_looked(self, seen: tuple[bool, Changes | None]) -> None:
        has_changed, changes = seen
        if self._is_lost:
            self._is_lost = False
            self.found.emit()
        self._tell_changes(changes)
        if has_changed:
            self.stood.emit()

    def take_over(self) -> None:
        """Write the registry from now on, where that is offered."""
        registry = self._context.registry
        if registry is None:
            return

        def failed(error: Exception) -> None:
            self.stood.emit()
            self._context.refused.emit(error)

        task = self._context.tasks.start(
            lambda _ticket: registry.take_over(), on_registry=True, on_failure=failed
        )
        task.succeeded.connect(self._on_taken_over)

    @Slot(object)
    def _on_taken_over(self, changes: Changes | None) -> None:
        self._tell_changes(changes)
        self.stood.emit()

    def _tell_changes(self, changes: Changes | None) -> None:
        if changes is not None:
            self._context.announce(changes)
            registry = self._context.registry
            told = _OTHERS if registry is not None and registry.is_shared else _FOREIGN
            is_profile = "profile" in changes.kinds
            self._context.said.emit(_OTHER_PROFILE if is_profile else told.format(len(changes.codes)))

    def _on_lost(self, error: Exception) -> None:
        if isinstance(error, StorageFault) and self._is_lost:
            return
        self._is_lost = True
        self.lost.emit(error)

    def back_up(self) -> None:
        """Keep a copy beside the registry, named by the moment."""
        if self._context.registry is not None:
            self.back_up_to(self._context.registry.beside(self.name_of_copy()))

    def name_of_copy(self) -> str:
        """Return what a copy made now is called."""
        registry = self._context.registry
        stamp = f"{datetime.now(UTC).astimezone():%Y%m%d-%H%M%S}"
        return f"{'' if registry is None else registry.path.stem}.{stamp}.backup.gpkg"

    def back_up_to(self, target: Path) -> None:
        """Keep a copy there, in one closed file."""
        registry = self._context.registry
        if registry is None:
            return

        def job(_ticket: Ticket) -> Path:
            from app.services.keeping.care import backup

            backup(registry.path, target)
            return target

        def done(path: Path) -> None:
            self._context.said.emit(_BACKED_UP.format(path.name))

        task = self._context.tasks.start(
            job, on_registry=True, words=Text("备份", "Backing up"), on_failure=self._context.refused.emit
        )
        task.succeeded.connect(done)

    def close(self) -> None:
        """Stop looking; the registry itself is closed once no job runs any more."""
        self._poll.stop()
        self.instance.let_go()
