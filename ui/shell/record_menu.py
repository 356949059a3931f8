"""The menu of a record under the mouse: on the map, in the table, in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from ui.bridge.context import WindowContext
    from ui.map.canvas import MapCanvas

_ACTS: Final = (
    "compound.set_three_no",
    "compound.attach_party",
    "compound.attach_firm",
    "compound.relate",
    "tasks.add",
    "",
    "record.rename",
    "station.move",
    "record.merge",
    "record.remove",
    "record.purge",
)


class RecordMenu(QObject):
    """Selects what was clicked with the right button, unless it is selected already, and offers its acts."""

    def __init__(self, context: WindowContext, actions: Mapping[str, QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._actions = context, actions
        self.menu: QMenu | None = None

    def serve_map(self, canvas: MapCanvas) -> None:
        """Open over what the map shows."""
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(self._on_map)
        self._canvas = canvas

    def serve_view(self, view: QAbstractItemView) -> None:
        """Open over the rows of a table or tree."""
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_view)

    @Slot(QPoint)
    def _on_map(self, spot: QPoint) -> None:
        self._open(self._canvas.feature_at(spot.x(), spot.y()), self._canvas, spot)

    @Slot(QPoint)
    def _on_view(self, spot: QPoint) -> None:
        view: Any = self.sender()
        self._open(view.indexAt(spot).data(CODE_ROLE), view.viewport(), spot)

    def _open(self, code: object, over: QWidget, spot: QPoint) -> None:
        if not code or self._context.record(str(code)) is None:
            return
        if str(code) not in self._context.selection:
            self._context.select([str(code)], "menu")
        menu = QMenu(over)
        menu.setObjectName("record.menu")
        for name in _ACTS:
            if not name:
                menu.addSeparator()
            elif (action := self._actions[name]).isEnabled() or name == "record.remove":
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        menu.popup(over.mapToGlobal(spot))
