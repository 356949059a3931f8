"""What the window is made of: its parts, by name, made in order. Whoever acts on them is handed them, never the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QStackedWidget

from ui.actions import build_actions
from ui.models.search_service import SearchService
from ui.panels.coverage.strip import Strip
from ui.panels.frame.header import Header
from ui.panels.frame.palette import Palette
from ui.panels.frame.toast import Banner
from ui.shell.layout.sides import LeftSide
from ui.shell.layout.tabs import TABS, TabHost
from ui.shell.layout.work import WorkPage
from ui.shell.map_area import MapArea
from ui.shell.panels import Panels
from ui.shell.record_menu import RecordMenu
from ui.shell.status import StatusBar
from ui.shell.steps import Steps
from ui.shell.together.together import Together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from ui.bridge.context import WindowContext
    from ui.shell.files import Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one window.

    ``host``: the window itself, over which sheets and menus open; ``pages``: the first page and the work on a registry;
    ``notice``: the banner of the first page.
    """

    host: QMainWindow
    context: WindowContext
    files: Files
    actions: Mapping[str, QAction]
    steps: Steps
    search: SearchService
    header: Header
    pages: QStackedWidget
    record_menu: RecordMenu
    panels: Panels
    left: LeftSide
    map_area: MapArea
    strip: Strip
    tabs: TabHost
    work: WorkPage
    notice: Banner
    status: StatusBar
    together: Together
    palette: Palette


def make_parts(host: QMainWindow, context: WindowContext, files: Files) -> Parts:
    """Make the parts of a window and put them in their places; nothing acts on them yet."""
    actions = build_actions(host, context.lang)
    host.addActions(list(actions.values()))
    steps = Steps(context, actions, host)
    search = SearchService(context, host)
    header = Header(context, search, actions, host)
    pages = QStackedWidget(host)
    pages.setObjectName("pages")
    record_menu = RecordMenu(context, actions, pages)
    panels = Panels(context, actions)
    left = LeftSide(context, panels.places, panels.layers, pages)
    map_area = MapArea(context, actions, pages)
    strip = Strip(context, TABS, pages)
    tabs = TabHost(context.lang, {name: panels.of(name) for name in TABS}, pages)
    work = WorkPage(
        context,
        left={
            "entry": left,
            "check": panels.findings,
            "publish": panels.of("publish"),
        },
        map_area=map_area,
        tabs=tabs,
        strip=strip,
        inspector=panels.inspector,
        editing=panels.editing,
        change=panels.change,
        parent=pages,
    )
    notice = Banner("window.banner", context.lang, panels.first_run)
    panels.first_run.add_notice(notice)
    pages.addWidget(panels.first_run)
    pages.addWidget(work)
    host.setMenuWidget(header)
    host.setCentralWidget(pages)
    status = StatusBar(context, host)
    host.setStatusBar(status)
    status.follow(map_area.canvas)
    record_menu.serve_map(map_area.canvas)
    return Parts(
        host=host,
        context=context,
        files=files,
        actions=actions,
        steps=steps,
        search=search,
        header=header,
        pages=pages,
        record_menu=record_menu,
        panels=panels,
        left=left,
        map_area=map_area,
        strip=strip,
        tabs=tabs,
        work=work,
        notice=notice,
        status=status,
        together=Together(context, host, status.together, work, map_area),
        palette=Palette(context, search, actions, host),
    )
