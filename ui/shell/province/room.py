"""The province of a window: a folder opened, from a figure to a district's own registry, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QMenu

from app.text import Text
from ui.dialogs.base.picker import make_folder_picker
from ui.models.figure_chooser import FigureChooser
from ui.models.sites import Pick
from ui.widgets.keeping import give_back, kept
from ui.widgets.plain import plain_caption

if TYPE_CHECKING:
    from app.coverage.results import Query
    from app.jobs import Ticket
    from app.services.rollup.standing import StandingWorkers
    from ui.province.page import ProvincePage
    from ui.province.state import ProvinceState
    from ui.shell.front import Front
    from ui.shell.parts import Parts

_LOOK_MS: Final = 5000
_IDLE_MS: Final = 10 * 60_000  # that workers stay while nothing is asked of them
_LOOKED_AT: Final = Text("省：各本台账之和，只看不改", "Province: a sum of registries, to look at only")
_MANY: Final = 12  # registries that a menu may name
_CHOOSE: Final = Text(
    "选一个文件夹，里面是各区县的台账", "Choose the folder that holds the registries of the districts"
)
_PURPOSE: Final = "province"
_EXPORT: Final = Text("导出汇总表", "Exporting the table")
_EXPORTED: Final = Text("已导出 {}", "Exported {}")
_SUM: Final = Text(
    "这是 {} 本台账之和；点一个区县的数字，打开它的台账。",
    "This is the sum of {: registry|registries}; click the figure of a district to open its registry.",
)
_NOBODY: Final = Text("这个数字是 0，没有哪本台账可打开。", "The figure is 0: there is no registry to open.")
_HANDED_IN: Final = Text(
    "{} 交来的是分区：只有数字，没有台账可打开。",
    "{} handed in a partition: figures alone, no registry to open.",
)
_CHANGED: Final = Text(
    "{} 在汇总之后又改过：正在只重新计算这一本，回到省里就是新的数字。",
    "{} changed after it was added up: it alone is being computed again, and the province will show the new figures.",
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be shown of a registry once it is open; no unit: nothing but the registry."""

    source: str
    query: Query  # what the figure answers, which may not be what is asked by now
    unit: str
    lists: tuple[str, ...]


class ProvinceRoom(QObject):
    """Holds the province that is open. Its page stands where the first page would, and waits while a registry is open."""

    def __init__(self, parts: Parts, front: Front) -> None:
        super().__init__(parts.host)
        self._parts, self._context, self._front = parts, parts.context, front
        self.state: ProvinceState | None = None
        self.page: ProvincePage | None = None
        self._wanted: _Wanted | None = None
        self._chooser: FigureChooser | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._on_look)
        self._standing: StandingWorkers | None = None
        self._idle = QTimer(self)
        self._idle.setObjectName("province.idle")
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._on_idle)
        context = parts.context
        front.folder_asked.connect(self.open)
        context.as_of_changed.connect(self._on_day)
        context.registry_opened.connect(self._on_registry)
        context.map_shown.connect(self._on_map_shown)
        parts.files.not_opened.connect(self._forget_wanted)

    @property
    def is_open(self) -> bool:
        """Whether a province is open."""
        return self.state is not None

    @property
    def is_behind(self) -> bool:
        """Whether a province is open behind a registry."""
        return self.state is not None and self._context.registry is not None

    # opening

    def choose(self) -> None:
        """Ask for the folder."""
        context = self._context
        begin = context.settings.folder(_PURPOSE) or Path.home()
        picker = make_folder_picker(_CHOOSE, begin, context.lang, self._parts.host)
        picker.setObjectName("province.picker")
        picker.fileSelected.connect(self._on_chosen)
        picker.open()

    @Slot(str)
    def _on_chosen(self, folder: str) -> None:
        self._context.settings.keep_folder(_PURPOSE, Path(folder).parent)
        self._front.open_path(Path(folder))

    @Slot(object)
    def open(self, folder: Path) -> None:
        """Open a folder of registries as a province, in place of whatever is open."""
        from app.services.rollup.standing import StandingWorkers
        from ui.province.state import ProvinceState

        self._wanted = None
        self._standing = self._standing or StandingWorkers()
        if self.state is not None:
            self.state.cancel()
            self.state.deleteLater()
        self.state = ProvinceState(self._context, folder, self._standing, self)
        self.state.changed.connect(self._idle.start)
        self._make_page()
        now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self._context.settings.keep_recent(folder, now)
        self._parts.files.leave()
        self._front.show_page()
        self.state.compute()
        self._look.start()

    def _make_page(self) -> None:
        from ui.province.page import ProvincePage

        if self.state is None:
            return
        page = self.page = ProvincePage(self._context, self.state, self._parts.pages)
        page.wanted.connect(self._on_wanted)
        page.registry_wanted.connect(self._on_registry_wanted)
        page.export_wanted.connect(self._on_export)
        self._front.put_instead(page)
        self._parts.status.tell_instead(_LOOKED_AT)

    @Slot()
    def speak(self) -> None:
        """Make the page anew, in the window's language."""
        if self.page is not None:
            is_front = self._context.registry is None
            state = kept(self.page)
            self._make_page()
            give_back(self.page, state)
            if is_front:
                self._front.show_page()

    @Slot(object)
    def _on_day(self, day: object) -> None:
        if self.state is not None and self._context.registry is None:
            self.state.set_day(day)

    @Slot()
    def _on_look(self) -> None:
        if self.state is not None and self._context.registry is None:
            self.state.look()

    @Slot()
    def _on_idle(self) -> None:
        """Let the workers go after a while without a question; the next one begins others."""
        standing = self._standing
        if self.state is not None and self.state.is_running:
            self._idle.start()
        elif standing is not None and standing.is_standing:
            self._context.tasks.start(lambda _ticket: standing.close(), on_registry=False)

    # into a registry

    @Slot(str, tuple)
    def _on_wanted(self, unit: str, lists: tuple[str, ...]) -> None:
        if self.state is None:
            return
        found, query = self.state.behind(unit, lists), self.state.shown
        banner = self._front.banner
        if not found:
            banner.show_words("note", _NOBODY)
        elif not (here := [one for one in found if one.has_registry]):
            banner.show_words("note", _HANDED_IN.format(found[0].title))
        elif len(found) == 1:
            self._go(_Wanted(found[0].source, query, unit, lists))
        elif len(here) <= _MANY and unit != "total":
            menu = QMenu(self._parts.host)
            menu.setObjectName("province.behind")
            for one in here:
                action = menu.addAction(plain_caption(f"{one.title}  {Path(one.source).name}"))
                action.triggered.connect(partial(self._go_there, _Wanted(one.source, query, unit, lists)))
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self._parts.host.cursor().pos())
        else:
            banner.show_words("note", _SUM.format(len(found)))

    @Slot(str)
    def _on_registry_wanted(self, source: str) -> None:
        if self.state is not None:
            self._go(_Wanted(source, self.state.shown, "", ()))

    def _go_there(self, wanted: _Wanted, _checked: bool = False) -> None:
        self._go(wanted)

    def _go(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        self._front.open_path(Path(wanted.source))

    @Slot(object)
    def _forget_wanted(self, _error: object) -> None:
        self._wanted = None

    @Slot()
    def _on_registry(self) -> None:
        """Ask the registry that was opened what the province asks."""
        state, wanted, registry = self.state, self._wanted, self._context.registry
        if state is None or registry is None:
            return
        if wanted is None or Path(wanted.source).resolve() != registry.path.resolve():
            self._wanted = None
            return
        question = wanted.query
        self._context.set_as_of(question.as_of)
        self._context.ask(
            measure=question.measure,
            by=question.by,
            weight=question.weight,
            count=question.count,
            kind=question.kind,
            against=question.against,
        )
        if state.take_step(wanted.source, registry.last_step):
            self._context.said.emit(_CHANGED.format(registry.path.name))
            state.compute((wanted.source,))

    @Slot()
    def _on_map_shown(self) -> None:
        """Choose who is behind the figure, once the map is there to show them."""
        state, wanted, self._wanted = self.state, self._wanted, None
        if state is None or wanted is None or not wanted.unit:
            return
        if self._chooser is None:
            self._chooser = FigureChooser(self._context, self)
        self._chooser.choose(wanted.query, wanted.unit, wanted.lists)

    def back(self) -> None:
        """Close the registry and show the province as it was."""
        state = self.state
        if state is None:
            return
        day = state.day
        self._parts.files.leave()
        self._context.set_as_of(day)
        self._front.show_page()
        state.look()

    # out of it

    @Slot()
    def _on_export(self) -> None:
        from app.services.rollup.table import EDITIONS

        self._context.pick_asked.emit(
            Pick(
                purpose="province.export",
                kinds=EDITIONS,
                take=self._export,
                is_new=True,
                typed=self._proposed(),
            )
        )

    def _proposed(self) -> str:
        state = self.state
        return "" if state is None else str(state.folder.parent / f"{state.folder.name} {state.day}.xlsx")

    def _export(self, path: str) -> None:
        state, lang = self.state, self._context.lang
        if state is None or state.whole is None:
            return
        told, level, title = state.told(), state.question.by, state.folder.name

        def job(ticket: Ticket) -> Path:
            from app.services.rollup.table import write_province

            write_province(Path(path), told, level, title, lang, ticket)
            return Path(path)

        task = self._context.tasks.start(
            job, on_registry=False, words=_EXPORT, on_failure=self._context.refused.emit
        )
        task.succeeded.connect(self._on_exported)

    @Slot(object)
    def _on_exported(self, path: Path) -> None:
        if self.page is not None:
            self.page.banner.show_words("note", _EXPORTED.format(path.name))

    def shut_down(self) -> None:
        """End what the page runs for itself, what is being computed, and the workers."""
        self._look.stop()
        self._idle.stop()
        if self.state is not None:
            self.state.shut_down()
        if self._standing is not None:
            self._standing.close()
        if self.page is not None:
            self.page.shut_down()
