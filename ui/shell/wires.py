"""What panels that can be made anew ask of the other parts: connected each time one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ui.shell.panels import PANELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.shell.dialogs import Dialogs
    from ui.shell.editing.desk import EditingDesk
    from ui.shell.front import Front
    from ui.shell.notices import Notices
    from ui.shell.parts import Parts


class Wires(QObject):
    """Knows for each panel who does what it asks for; what panels ask by the context needs no wire."""

    def __init__(
        self, parts: Parts, front: Front, dialogs: Dialogs, notices: Notices, editing: EditingDesk
    ) -> None:
        super().__init__(parts.host)
        self._panels, self._map_area, self._menu = parts.panels, parts.map_area, parts.record_menu
        self._tabs, self._strip = parts.tabs, parts.strip
        self._front, self._dialogs, self._notices = front, dialogs, notices
        self._editing = editing
        for name in PANELS:
            self.connect_panel(name)

    def connect_panel(self, name: str) -> None:
        """Connect the panel of that name that is in use."""
        panels = self._panels
        match name:
            case "first_run":
                panels.first_run.opened.connect(self._front.open_text)
                panels.first_run.draft_wanted.connect(self._notices.go_on_drawing)
            case "layers":
                panels.layers.hidden_changed.connect(self._map_area.canvas.set_hidden)
            case "table":
                panels.table.counted.connect(self._on_counted)
                self._menu.serve_view(panels.table.table)
            case "places":
                self._menu.serve_view(panels.places.tree)
            case "findings":
                panels.findings.found.connect(self._on_found)
            case "gaps":
                panels.gaps.assign_asked.connect(self._dialogs.task_gaps)
            case "editing":
                self._editing.connect_panel(panels.editing)
            case "inspector":
                panels.inspector.page.cards.assess_asked.connect(self._dialogs.assess_current)

    @Slot(int)
    def _on_counted(self, count: int) -> None:
        self._show_count("table", count)

    @Slot(list)
    def _on_found(self, found: Sequence[object]) -> None:
        findings = self._panels.findings
        self._show_count("findings", findings.open_count if findings.is_checked else None)
        self._panels.inspector.show_findings(found)

    def _show_count(self, name: str, count: int | None) -> None:
        self._tabs.show_count(name, count)
        self._strip.show_count(name, count)
