"""What every read-only table of ours is: rows that are replaced as a whole, under headers in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.text import Text

Index = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()


class ListedModel(QAbstractTableModel):
    """Base of the read-only tables. A subclass names its ``HEADERS`` and answers ``data`` from ``_rows``."""

    HEADERS: ClassVar[tuple[Text, ...]]

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._rows: Sequence[Any] = ()

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def header(self, column: int) -> Text:
        """Return the words above a column."""
        return self.HEADERS[column]

    @override
    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.HEADERS)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.header(section).in_(self._lang)
        return None
