"""The main window: makes its parts in order and hands each what it names; keys, drops and the end. No rules here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from ui import theme
from ui.actions import LETTERS
from ui.bridge import garbage
from ui.bridge.context import WindowContext
from ui.bridge.errors import Uncaught
from ui.bridge.settings_store import SettingsStore
from ui.bridge.tasks import TaskRunner
from ui.shell.arrivals import Arrivals, dropped
from ui.shell.backup_keeper import BackupKeeper
from ui.shell.commands import Commands
from ui.shell.dialogs import Dialogs
from ui.shell.editing.desk import EditingDesk
from ui.shell.files import Files
from ui.shell.fitting import Fitting
from ui.shell.focus import go_round, is_typing
from ui.shell.front import Front
from ui.shell.looks import Looks
from ui.shell.modes import Modes
from ui.shell.notices import Notices
from ui.shell.parts import make_parts
from ui.shell.placing import dress, place_window
from ui.shell.province.room import ProvinceRoom
from ui.shell.renewal import Renewal
from ui.shell.together.conflicts import Conflicts
from ui.shell.together.offline import Offline
from ui.shell.wires import Wires

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent

    from ui.panels.coverage.coverage import CoveragePanel
    from ui.panels.findings.findings import FindingsPanel
    from ui.panels.frame.first_run import FirstRun
    from ui.panels.inspector.inspector import InspectorPanel
    from ui.panels.journal.journal import JournalPanel
    from ui.panels.table.table import TablePanel
    from ui.topics.base.panel import TopicsPanel

_LONGEST_START_MS: Final = 5000
_KEYS: Final = {Qt.Key.Key_F2: "record.edit", Qt.Key.Key_Delete: "record.remove"}


class MainWindow(QMainWindow):
    """One registry, one window. Another theme is put on in place; another language makes the panels anew."""

    painted = Signal()  # a registry is there, and the map shows it

    def __init__(self, path: Path | None, *, lang: str, settings: SettingsStore) -> None:
        super().__init__()
        self.setObjectName("main")
        self.tasks = TaskRunner(self)
        self.context = WindowContext(self.tasks, settings, lang=lang, parent=self)
        self.files = Files(self.context, self)
        self._is_closed = False
        self._uncaught = Uncaught(self)
        self._uncaught.caught.connect(self.context.refused)
        self.tasks.failed.connect(self.context.refused)
        self.backup_keeper = BackupKeeper(self.context, self)
        self.setAcceptDrops(True)
        folder = path if path is not None and path.is_dir() else None
        if path is not None and folder is None:  # read the file while the panels are made
            self.files.open(path)
        with theme.undressed(self):
            self._build(is_opening=path is not None and folder is None)
        if folder is not None:
            self.open_path(folder)

    def _build(self, *, is_opening: bool) -> None:
        parts = self.parts = make_parts(self, self.context, self.files)
        self.actions_by_id, self.search, self.steps = parts.actions, parts.search, parts.steps
        self.header, self.map_area, self.work = parts.header, parts.map_area, parts.work
        self.strip, self.tabs, self.status, self.palette_panel = (
            parts.strip,
            parts.tabs,
            parts.status,
            parts.palette,
        )
        self._front = Front(parts, is_opening=is_opening)
        self.dialogs = Dialogs(parts)
        self.notices = Notices(parts, self._front)
        self.arrivals = Arrivals(parts, self._front, self.dialogs)
        self._fitting = Fitting(parts)
        self.editing = EditingDesk(parts)
        wires = Wires(parts, self._front, self.dialogs, self.notices, self.editing)
        self.renewal = Renewal(parts, self._front, self._fitting, wires)
        self._modes = Modes(parts, self.renewal)
        self.looks = Looks(parts, self._front, self.renewal, self.arrivals)
        self.offline = Offline(
            self.context, self, parts.status.together, parts.map_area.banner, self.dialogs.away
        )
        self.looks.renewed.connect(self.offline.speak)
        self.files.heard.connect(self.offline.watch.look)
        self.offline.asked.connect(parts.actions["offline.open"].trigger)
        self.conflicts = Conflicts(self.context, self, parts.map_area.banner)
        self.conflicts.pending.came.connect(self.files.heard)  # the panels show what others wrote, too
        self.dialogs.conflicts_asked.connect(self.conflicts.open)
        self.province = ProvinceRoom(parts, self._front)
        self.looks.renewed.connect(self.province.speak)
        self.commands = Commands(parts, self._front, self._modes, self.dialogs, self.looks, self.province)
        self.map_area.scene_shown.connect(self.painted)
        self.context.registry_left.connect(self._on_left)
        parts.steps.look()
        self._fit()
        self.set_mode("entry")
        parts.actions["map.select"].setChecked(True)
        self._front.show_page()

    @Slot()
    def _on_left(self) -> None:
        """Close, empty and hide whatever was asked and said about the registry that is left."""
        self.palette_panel.leave()
        self.header.search.clear()
        self.parts.panels.places.filter.clear()

    # what is asked of a window from outside

    @property
    def inspector(self) -> InspectorPanel:
        """The inspector in use."""
        return self.parts.panels.inspector

    @property
    def first_run(self) -> FirstRun:
        """The first page in use."""
        return self.parts.panels.first_run

    @property
    def coverage(self) -> CoveragePanel:
        """The coverage panel in use."""
        return self.parts.panels.coverage

    @property
    def table(self) -> TablePanel:
        """The compounds' sheet in use."""
        return self.parts.panels.table

    @property
    def findings(self) -> FindingsPanel:
        """The findings in use."""
        return self.parts.panels.findings

    @property
    def journal(self) -> JournalPanel:
        """The journal in use."""
        return self.parts.panels.journal

    @property
    def topics(self) -> TopicsPanel:
        """The topics in use."""
        return self.parts.panels.topics

    def open_path(self, path: Path) -> None:
        """Open a registry in the background, or a folder of them as a province."""
        self._front.open_path(path)

    def set_mode(self, mode: str) -> None:
        """Change which panels are open; selection, extent and day stay."""
        self._modes.set_mode(mode)

    def set_language(self, lang: str) -> None:
        """Show the window in another language."""
        self.looks.set_language(lang)

    # sizes

    def _fit(self) -> None:
        if self._fitting.fit(self.width(), self.height()):
            self._modes.show_open()

    def changeEvent(self, event: QEvent) -> None:
        """Tick the theme in the menu when it changes; write what was typed when the hand goes to another window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.context.leaving.emit()
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "actions_by_id"):
            self.actions_by_id["view.dark"].setChecked(theme.current().name == "dark")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the new size."""
        super().resizeEvent(event)
        self._fit()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the single letters that no focused widget wanted, F6 and Esc."""
        name = LETTERS.get(event.text().upper())
        has_modifier = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if event.key() == Qt.Key.Key_F6:
            self._next_panel(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self._front.to_map()
        elif (
            (named := _KEYS.get(Qt.Key(event.key()))) is not None
            and not event.modifiers()
            and not is_typing()
        ):
            self.commands.press(named)
        elif name is not None and not has_modifier and self.context.registry is not None and not is_typing():
            self.commands.press(name)
        else:
            super().keyPressEvent(event)

    def _next_panel(self, step: int) -> None:
        """Go round: header, left, map, right, bottom; in a province header, question, table, map, registries."""
        if self.province.page is not None and self.context.registry is None:
            go_round([self.header.search, *self.province.page.stops], step)
            return
        stops: list[QWidget] = [
            self.header.search,
            self.parts.panels.places.tree if self.work.mode == "entry" else self.work.left_box,
            self.map_area.canvas,
            self.inspector,
            self.tabs,
        ]
        go_round(stops, step)

    # files dropped on it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a registry, offer to import any other file."""
        if self.arrivals.take_dropped(event.mimeData()):
            event.acceptProposedAction()

    # the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Write what was typed last, end every thread, close the file, remember the window's place.

        Where that is refused, or waits for a server, the window stays once to say so.
        """
        if not self._is_closed and not (self.context.leave() and self.offline.may_close()):
            event.ignore()
            return
        if not self._is_closed:
            self._is_closed = True
            self.files.close()
            self.province.shut_down()
            self.map_area.shut_down()
            self.tasks.shut_down()
            registry = self.context.registry
            if registry is not None:
                registry.close()
            self.backup_keeper.finish()
            self._uncaught.end()
            self.context.settings.keep_geometry(self.saveGeometry())
            self.context.settings.sync()
        super().closeEvent(event)


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("a QApplication must exist before a window is opened")
    return app


def open_window(
    path: Path | None = None, *, lang: str = "zh", settings: SettingsStore | None = None
) -> MainWindow:
    """Open the window on a registry, or on the first page, and return at once.

    A ``QApplication`` must exist. The registry is opened in the background; ``window.close()`` ends every
    thread the window started.
    """
    app = _application()
    garbage.rest()
    settings = settings or SettingsStore()
    dress(app, settings.theme, lang)
    window = MainWindow(None if path is None else Path(path), lang=lang, settings=settings)
    place_window(window, settings.geometry())
    window.show()
    if path is None:
        garbage.go_on()
    else:
        window.painted.connect(garbage.go_on)
        QTimer.singleShot(_LONGEST_START_MS, garbage.go_on)  # also where the file could not be opened
    return window
