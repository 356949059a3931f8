"""The main window: makes the panels, hands each what it needs, connects their signals. No rules here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from app.text import Text
from ui import theme, words
from ui.actions import LETTERS, build_actions, speak_actions
from ui.bridge import garbage
from ui.bridge.context import WindowContext
from ui.bridge.errors import Uncaught
from ui.bridge.qt_words import speak
from ui.bridge.settings_store import SettingsStore
from ui.bridge.tasks import TaskRunner
from ui.models.search_service import SearchService
from ui.panels.coverage.coverage import CoveragePanel
from ui.panels.coverage.gaps import GapsPanel
from ui.panels.coverage.strip import Strip
from ui.panels.findings.findings import FindingsPanel
from ui.panels.frame.first_run import FirstRun
from ui.panels.frame.header import Header
from ui.panels.frame.palette import Palette
from ui.panels.frame.toast import Banner
from ui.panels.inspector.inspector import InspectorPanel
from ui.panels.journal.journal import JournalPanel
from ui.panels.layers import LayersPanel
from ui.panels.places import PlacesPanel
from ui.panels.publish import PublishPanel
from ui.panels.table.table import TablePanel
from ui.shell.arrivals import Arrivals, dropped
from ui.shell.backup_keeper import BackupKeeper
from ui.shell.commands import Commands
from ui.shell.dialogs import Dialogs
from ui.shell.files import Files
from ui.shell.focus import go_round, is_typing
from ui.shell.layout import TABS, LeftSide, Room, TabHost, WorkPage
from ui.shell.map_area import MapArea
from ui.shell.notices import Notices
from ui.shell.placing import dress, place_window
from ui.shell.record_menu import RecordMenu
from ui.shell.renewal import PANELS, Renewal
from ui.shell.status import StatusBar
from ui.shell.steps import Steps
from ui.topics.base.panel import TopicsPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent

    from app.domain.edits import Changes

_LONGEST_START_MS: Final = 5000
_PLAIN: Final[dict[str, Callable[[WindowContext], QWidget]]] = {
    "coverage": CoveragePanel,
    "gaps": GapsPanel,
    "journal": JournalPanel,
    "topics": TopicsPanel,
}
_NAME: Final = Text("小区一张图主窗口", "Compound Registry, main window")


class MainWindow(QMainWindow):
    """One registry, one window. Another theme is put on in place; another language makes the panels anew."""

    opened = Signal()  # a registry is there
    painted = Signal()  # and the map shows it

    first_run: FirstRun
    places: PlacesPanel
    layers: LayersPanel
    coverage: CoveragePanel
    table: TablePanel
    gaps: GapsPanel
    findings: FindingsPanel
    journal: JournalPanel
    topics: TopicsPanel
    inspector: InspectorPanel
    publish: PublishPanel

    def __init__(self, path: Path | None, *, lang: str, settings: SettingsStore) -> None:
        super().__init__()
        self.setObjectName("main")
        self.tasks = TaskRunner(self)
        self.context = WindowContext(self.tasks, settings, lang=lang, parent=self)
        self.files = Files(self.context, self)
        self._is_closed = False
        self._is_opening = False
        self._uncaught = Uncaught(self)
        self._uncaught.caught.connect(self.context.refused)
        self.tasks.failed.connect(self.context.refused)
        self.notices = Notices(self)
        self.backup_keeper = BackupKeeper(self.context, self)
        self.files.raised.connect(self._come_forward)
        self.arrivals = Arrivals(self)
        self.setAcceptDrops(True)
        if path is not None:  # read the file while the panels are made
            self._is_opening = True
            self.files.open(path)
        with theme.undressed(self):
            self._build()
        self.context.wanted.connect(self._on_wanted)
        self.context.registry_opened.connect(self._show_page)
        self.context.changed.connect(self._on_changed)

    # building

    def _build(self) -> None:
        context = self.context
        lang = context.lang
        self.commands = Commands(self)
        self.dialogs = Dialogs(self)
        self.renewal = Renewal(self)
        self.actions_by_id: dict[str, QAction] = build_actions(self.commands.handlers(), self, lang)
        self.addActions(list(self.actions_by_id.values()))
        self.steps = Steps(context, self.actions_by_id, self)
        self.search = SearchService(context, self)
        self.header = Header(context, self.search, self.actions_by_id, self)
        self.pages = QStackedWidget(self)
        self.pages.setObjectName("pages")
        self.record_menu = RecordMenu(context, self.actions_by_id, self.pages)
        for name in PANELS:
            setattr(self, name, self.make_panel(name))
        self.left = LeftSide(context, self.places, self.layers, self.pages)
        self.map_area = MapArea(context, self.actions_by_id, self.pages)
        self.strip = Strip(context, TABS, self.pages)
        self.tabs = TabHost(lang, {name: self.panel(name) for name in TABS}, self.pages)
        self.work = WorkPage(
            context,
            left={"entry": self.left, "review": self.gaps, "check": self.findings, "publish": self.publish},
            map_area=self.map_area,
            tabs=self.tabs,
            strip=self.strip,
            inspector=self.inspector,
            parent=self.pages,
        )
        self.notice = Banner("window.banner", lang, self.first_run)
        self.first_run.add_notice(self.notice)
        self.pages.addWidget(self.first_run)
        self.pages.addWidget(self.work)
        self.setMenuWidget(self.header)
        self.setCentralWidget(self.pages)
        self.status = StatusBar(context, self)
        self.setStatusBar(self.status)
        self.status.follow(self.map_area.canvas)
        self.status.foreign.clicked.connect(self.notices.settle_edits)
        self.palette_panel = Palette(context, self.search, self.actions_by_id, self)
        self._connect()
        self._speak()
        self._room = Room("", is_low=False)
        self._fit()
        self.set_mode("entry")
        self.actions_by_id["map.select"].setChecked(True)
        self._show_page()

    def _connect(self) -> None:
        context = self.context
        context.registry_left.connect(self._on_left)
        context.refused.connect(
            self.notices.standing.on_refused
        )  # after the map, which says it without a way on
        self.header.search.left.connect(self._to_map)
        self.map_area.station_wanted.connect(self.dialogs.add_station)
        self.record_menu.serve_map(self.map_area.canvas)
        self.map_area.station_dragged.connect(self.dialogs.move_station)
        self.map_area.outline_drawn.connect(self.dialogs.add_compound)
        self.map_area.scene_shown.connect(self.painted)
        context.step_wanted.connect(self.dialogs.take_step)
        context.end_asked.connect(self.dialogs.end)
        context.waive_asked.connect(self.dialogs.waive)
        for signal in (
            context.registry_opened,
            context.selection_changed,
            context.changed,
            context.as_of_changed,
        ):
            signal.connect(self.commands.enable)
        self.tabs.currentChanged.connect(self.renewal.finish_seen)
        self.steps.looked.connect(self.commands.enable)
        self.steps.look()

    @Slot()
    def _on_left(self) -> None:
        """Close, empty and hide whatever was asked and said about the registry that is left."""
        self.palette_panel.leave()
        self.header.search.clear()
        self.places.filter.clear()
        self.gaps.target.setValue(100)
        self.notice.hide()

    # panels, which can be made anew

    def panel(self, name: str) -> QWidget:
        """Return the panel of that name that is in use."""
        return cast("QWidget", getattr(self, name))

    def make_panel(self, name: str) -> QWidget:
        """Return a new panel in the window's language, connected but not yet in its place."""
        context = self.context
        match name:
            case "first_run":
                first_run = FirstRun(context, self.actions_by_id)
                first_run.opened.connect(self._open_text)
                first_run.draft_wanted.connect(self._open_with_draft)
                return first_run
            case "publish":
                return PublishPanel(context, self.actions_by_id)
            case "layers":
                layers = LayersPanel(context)
                layers.hidden_changed.connect(self._on_hidden)
                return layers
            case "table":
                table = TablePanel(context)
                table.counted.connect(self._on_counted)
                self.record_menu.serve_view(table.table)
                return table
            case "places":
                places = PlacesPanel(context)
                self.record_menu.serve_view(places.tree)
                return places
            case "findings":
                findings = FindingsPanel(context)
                findings.found.connect(self._on_found)
                return findings
            case "inspector":
                inspector = InspectorPanel(context)
                inspector.assess_asked.connect(self.dialogs.assess_current)
                return inspector
            case _:
                return _PLAIN[name](context)

    def put_panel(self, name: str, panel: QWidget) -> None:
        """Have a panel in the place of the one of that name."""
        old = self.panel(name)
        setattr(self, name, panel)
        self._fit_panel(name)  # before it is in sight: one laying out does for both
        if name in TABS:
            self.tabs.swap(name, panel)
        if name == "inspector":
            self.work.swap_inspector(panel)
            self.inspector.show_findings(self.findings.findings)
        elif name in {"places", "layers"}:
            self.left.swap(name, panel)
        elif name == "first_run":
            is_front = self.pages.currentWidget() is old
            self.pages.insertWidget(0, panel)
            self.first_run.add_notice(self.notice)
            if is_front:
                self.pages.setCurrentWidget(panel)
        else:
            self.work.swap_left(old, panel)

    def _speak(self) -> None:
        """Say everything that stands in the window itself in its language."""
        lang = self.context.lang
        self.setAccessibleName(self.context.say(_NAME))
        speak_actions(self.actions_by_id, lang)
        self.steps.speak()
        for part in (self.header, self.strip, self.status, self.map_area, self.work):
            part.speak()
        self.tabs.speak(lang)
        self.left.speak(lang)
        self.notice.speak(lang)
        self.arrivals.speak()

    def _renew(self) -> None:
        """Make the panels anew in another language or profile; what a hand did to them stays."""
        self.context.leaving.emit()
        self.setUpdatesEnabled(False)
        try:
            self._speak()
            self.palette_panel.deleteLater()
            self.palette_panel.setObjectName("")
            self.palette_panel = Palette(self.context, self.search, self.actions_by_id, self)
            self.renewal.begin()
            self._show_title()
            self.work.arrange()
            self.commands.enable()
            self.dialogs.raise_open()
        finally:
            self.setUpdatesEnabled(True)

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if "profile" in changes.kinds:
            self._renew()  # every panel offers what the profile declares

    def set_language(self, lang: str) -> None:
        """Show the window in another language."""
        if lang != self.context.lang:
            self.context.lang = self.context.settings.lang = lang
            speak(_application(), lang)
            self._renew()

    def set_theme(self, name: str) -> None:
        """Show the window in another theme; what is being typed stays in its box."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)
            self.context.settings.theme = name

    # modes and sizes

    def set_mode(self, mode: str) -> None:
        """Change which panels are open; selection, extent and day stay."""
        self.renewal.finish()
        self.context.leaving.emit()
        self.actions_by_id[f"mode.{mode}"].setChecked(True)
        self.work.set_mode(mode)
        self.show_open_panels()

    def show_open_panels(self) -> None:
        """Tick the panels that are open in the menu."""
        self.renewal.finish_seen()
        self.actions_by_id["view.bottom"].setChecked(self.work.is_bottom_open)
        self.actions_by_id["view.left"].setChecked(self.work.is_left_open)

    def _fit(self) -> None:
        room = Room.of(self.width(), self.height())
        if room == self._room:
            return
        self._room = room
        is_wide = room.band == "wide"
        is_narrow = room.band == "narrow"
        self.header.set_room(is_wide=is_wide, is_narrow=is_narrow, is_low=room.is_low)
        self.strip.set_narrow(is_narrow=is_narrow)
        self.status.setFixedHeight(24 if room.is_low else 26)
        self.left.set_room(is_wide=is_wide)
        self.map_area.canvas.set_legend_visible(not is_wide)
        for name in PANELS:
            self._fit_panel(name)
        self.work.fit(room)
        self.show_open_panels()

    def _fit_panel(self, name: str) -> None:
        is_wide = self._room.band == "wide"
        match name:
            case "places":
                self.places.set_bar_width(40 if is_wide else 28)
            case "coverage":
                self.coverage.set_chart_visible(is_visible=is_wide)
            case "inspector":
                self.inspector.set_low(is_low=self._room.is_low)

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

    # opening

    def open_path(self, path: Path) -> None:
        """Open a registry in the background."""
        self.notice.hide()
        if self.files.is_open(path):
            self._come_forward()
            return
        self._is_opening = True
        self._show_page()
        self.files.open(path)

    @Slot(str)
    def _open_text(self, path: str) -> None:
        self.open_path(Path(path))

    @Slot(str)
    def _open_with_draft(self, path: str) -> None:
        self.notices.draft_path = path
        self.open_path(Path(path))

    @property
    def is_opening(self) -> bool:
        """Whether a registry is being read."""
        return self._is_opening

    def end_opening(self) -> None:
        """Show the page that fits what is open now."""
        self._is_opening = False
        self._show_page()

    @Slot()
    def _come_forward(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def _show_page(self) -> None:
        registry = self.context.registry
        is_first = registry is None and not self._is_opening
        self.pages.setCurrentWidget(self.first_run if is_first else self.work)
        self._show_title()
        self.commands.enable()
        if not is_first:
            self.work.arrange()
            self._to_map()
        else:
            self.first_run.starts[0].setFocus()

    def _show_title(self) -> None:
        registry, app = self.context.registry, self.context.say(words.APP)
        self.setWindowTitle(app if registry is None else f"{registry.path.name} — {app}")

    # what panels ask for

    @Slot(list)
    def _on_hidden(self, layers: Sequence[str]) -> None:
        self.map_area.canvas.set_hidden(layers)

    @Slot(str)
    def _on_wanted(self, name: str) -> None:
        if name == "coverage.show":
            self.work.open_tab("coverage")
            self.show_open_panels()
        elif name.startswith("import:") and self.actions_by_id["registry.import"].isEnabled():
            self.dialogs.import_file(kind=name.partition(":")[2])
        elif name in self.actions_by_id:
            self.actions_by_id[name].trigger()

    @Slot(int)
    def _on_counted(self, count: int) -> None:
        self.tabs.show_count("table", count)
        self.strip.show_count("table", count)

    @Slot(list)
    def _on_found(self, findings: Sequence[object]) -> None:
        count = self.findings.open_count if self.findings.is_checked else None
        self.tabs.show_count("findings", count)
        self.strip.show_count("findings", count)
        self.inspector.show_findings(findings)

    @Slot()
    def _to_map(self) -> None:
        if self.pages.currentWidget() is self.work:
            self.map_area.canvas.setFocus()

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
            self._to_map()
        elif event.key() == Qt.Key.Key_F2 and not event.modifiers() and not is_typing():
            self.commands.press("record.edit")
        elif event.key() == Qt.Key.Key_Delete and not event.modifiers() and not is_typing():
            self.commands.press("record.remove")
        elif name is not None and not has_modifier and self.context.registry is not None and not is_typing():
            self.commands.press(name)
        else:
            super().keyPressEvent(event)

    def _next_panel(self, step: int) -> None:
        """Go round: header, left, map, right, bottom."""
        stops: list[QWidget] = [
            self.header.search,
            self.places.tree if self.work.mode == "entry" else self.work.left_box,
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

        Where that is refused, the window stays once to say so.
        """
        if not self._is_closed and not self.context.leave():
            event.ignore()
            return
        if not self._is_closed:
            self._is_closed = True
            self.files.close()
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
