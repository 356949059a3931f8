"""Which columns the attribute table shows: a list to tick, below its button; no dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.text import Text
from ui.models.columns import column_choices, default_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.profile.profile import Profile
    from ui.bridge.context import WindowContext

_LIST: Final = Text("表的列：空格勾选", "Columns of the table: Space ticks")
_RESET: Final = Text("恢复默认", "As delivered")
_ID_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_WIDTH, _HEIGHT = 300, 420
TABLE: Final = "compounds"


class ColumnChooser(QFrame):
    """Ticks are kept at once, for every registry; a column that a profile does not declare is not shown."""

    changed = Signal()

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._context = context
        self.setObjectName("table.columns_popup")
        self.setProperty("room", "palette")
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("table.columns_list")
        self.tree.setAccessibleName(context.say(_LIST))
        self.tree.setHeaderHidden(True)
        self.tree.itemChanged.connect(self._on_ticked)
        self.reset = QPushButton(context.say(_RESET), self)
        self.reset.setObjectName("table.columns_reset")
        self.reset.setAccessibleName(context.say(_RESET))
        self.reset.clicked.connect(self._on_reset)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(self.tree, 1)
        box.addWidget(self.reset)

    def chosen(self, profile: Profile) -> list[str]:
        """Return the columns to show."""
        kept = self._context.settings.columns(TABLE)
        return default_columns(profile) if kept is None else kept

    def open_at(self, spot: QPoint) -> None:
        """Show it above a point of the screen, where the panel is low, or below."""
        self._fill()
        screen = self.screen().availableGeometry()
        top = spot.y() if spot.y() + _HEIGHT < screen.bottom() else max(screen.top(), spot.y() - _HEIGHT - 32)
        self.setGeometry(min(spot.x(), screen.right() - _WIDTH), top, _WIDTH, _HEIGHT)
        self.show()
        self.tree.setFocus()

    def _fill(self) -> None:
        registry = self._context.registry
        self.tree.blockSignals(True)
        self.tree.clear()
        if registry is not None:
            chosen = self.chosen(registry.profile)
            heads: dict[str, QTreeWidgetItem] = {}
            for choice in column_choices(registry.profile):
                title = self._context.say(choice.heading)
                if title not in heads:
                    heads[title] = QTreeWidgetItem(self.tree, [title])
                    heads[title].setFlags(Qt.ItemFlag.ItemIsEnabled)
                item = QTreeWidgetItem(heads[title], [self._context.say(choice.words)])
                item.setData(0, _ID_ROLE, choice.id)
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
                is_on = choice.id in chosen
                item.setCheckState(0, Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
            self.tree.expandAll()
            self.tree.setCurrentIndex(self.tree.model().index(0, 0, self.tree.model().index(0, 0)))
        self.tree.blockSignals(False)

    @Slot(QTreeWidgetItem, int)
    def _on_ticked(self, item: QTreeWidgetItem, _column: int) -> None:
        registry = self._context.registry
        name = item.data(0, _ID_ROLE)
        if registry is None or not name:
            return
        kept = self.chosen(registry.profile)
        is_on = item.checkState(0) == Qt.CheckState.Checked
        self._keep([*(n for n in kept if n != name), *([str(name)] if is_on else [])])

    @Slot()
    def _on_reset(self) -> None:
        registry = self._context.registry
        if registry is not None:
            self._context.settings.forget_columns(TABLE)
            self._fill()
            self.changed.emit()

    def _keep(self, names: Sequence[str]) -> None:
        self._context.settings.keep_columns(TABLE, list(names))
        self.changed.emit()
