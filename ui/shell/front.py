"""Which page is in front: the first page, or the work on a registry; opening one, and the window's title."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ui import words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.panels.frame.first_run import FirstRun
    from ui.panels.frame.toast import Banner
    from ui.province.page import ProvincePage as Page
    from ui.shell.parts import Parts


class Front(QObject):
    """Turns the pages. ``is_opening``: a registry is being read already."""

    turned = Signal()  # another page may be in front
    folder_asked = Signal(object)  # Path of a folder of registries that is to be opened

    def __init__(self, parts: Parts, *, is_opening: bool) -> None:
        super().__init__(parts.host)
        self._host, self._context, self._files = parts.host, parts.context, parts.files
        self._pages, self._panels, self._work = parts.pages, parts.panels, parts.work
        self._map_area, self._notice = parts.map_area, parts.notice
        self._is_opening = is_opening
        self._instead: Page | None = None
        parts.files.instance.asked.connect(self.come_forward)
        parts.context.registry_opened.connect(self.show_page)
        parts.header.search.left.connect(self.to_map)

    @property
    def is_opening(self) -> bool:
        """Whether a registry is being read."""
        return self._is_opening

    @property
    def is_first(self) -> bool:
        """Whether the first page is in front."""
        return self._pages.currentWidget() is not self._work

    @property
    def banner(self) -> Banner:
        """The banner above the map, or that of the page in front where no registry is open."""
        if self._context.registry is not None:
            return self._map_area.banner
        return self._notice if self._instead is None else self._instead.banner

    def open_path(self, path: Path) -> None:
        """Open a registry in the background, or a folder of them as a province."""
        self._notice.hide()
        if path.is_dir():
            self.folder_asked.emit(path)
            return
        if self._files.is_open(path):
            self.come_forward()
            return
        self._is_opening = True
        self.show_page()
        self._files.open(path)

    @Slot(str)
    def open_text(self, path: str) -> None:
        """Open the registry at a path that comes as text."""
        self.open_path(Path(path))

    def end_opening(self) -> None:
        """Show the page that fits what is open now."""
        self._is_opening = False
        self.show_page()

    @Slot()
    def come_forward(self) -> None:
        """Bring the window before all others."""
        host = self._host
        host.setWindowState(host.windowState() & ~Qt.WindowState.WindowMinimized)
        host.show()
        host.raise_()
        host.activateWindow()

    @Slot()
    def show_page(self) -> None:
        """Show the page that fits, with the hand where its work begins."""
        is_first = self._context.registry is None and not self._is_opening
        self._pages.setCurrentWidget(self._begin if is_first else self._work)
        self.show_title()
        self.turned.emit()
        if not is_first:
            self._work.arrange()
            self.to_map()
        elif self._instead is not None:
            self._instead.take_focus()
        else:
            self._panels.first_run.starts[0].setFocus()

    @property
    def _begin(self) -> QWidget:
        return self._panels.first_run if self._instead is None else self._instead

    def put_instead(self, page: Page | None) -> None:
        """Have a page in place of the first one while no registry is open; None: the first page again."""
        old, self._instead = self._instead, page
        is_front = old is not None and self._pages.currentWidget() is old
        if page is not None:
            self._pages.addWidget(page)
        if old is not None:
            if is_front:
                self._pages.setCurrentWidget(self._begin)
            self._pages.removeWidget(old)
            old.shut_down()
            for named in (old, *old.findChildren(QObject)):
                named.setObjectName("")  # until it is gone, no robot must find it
            old.setParent(None)
            old.deleteLater()

    def show_title(self) -> None:
        """Name the registry in the window's title."""
        registry, app = self._context.registry, self._context.say(words.APP)
        name = (
            registry.called if registry is not None else "" if self._instead is None else self._instead.name
        )
        self._host.setWindowTitle(f"{name} — {app}" if name else app)

    @Slot()
    def to_map(self) -> None:
        """Put the hand on the map, where it is in sight."""
        if not self.is_first:
            self._map_area.canvas.setFocus()

    def swap_first(self, old: QWidget, panel: FirstRun) -> None:
        """Have another first page, where the one before it was."""
        is_front = self._pages.currentWidget() is old
        self._pages.insertWidget(0, panel)
        panel.add_notice(self._notice)
        if is_front:
            self._pages.setCurrentWidget(panel)
