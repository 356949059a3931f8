"""The organisation tree for a view: places with their organisations, each level made when it is first opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from app.domain.kinds import KINDS
from app.domain.text.name_order import name_keys
from app.domain.vocabulary import SECRETARY
from app.services.count.org_tree import BROKEN, UNATTACHED, UNPLACED
from app.text import Text
from ui import theme, words
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.services.count.org_tree import Attached, OrganisationTree, Place

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
PLACE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 4  # the code of the place a row stands for or under
_DISPLAY: Final = int(Qt.ItemDataRole.DisplayRole)
_LOOSE: Final = Text("没有挂接的党组织", "Attached to nothing")
_COMPOUNDS: Final = Text("小区 {:,}/{:,}", "{:,} of {:, compound|compounds}")
_FIRMS: Final = Text("企业 {:,}/{:,}", "{:,} of {:, firm|firms}")
_BELOW_BROKEN: Final = Text("断链 {} 处", "{} broken")


class Column(IntEnum):
    """Columns from left to right."""

    NAME = 0
    KIND = 1
    PARENT = 2
    SECRETARY = 3
    BELOW = 4
    BROKEN = 5


HEADERS: Final = {
    Column.NAME: Text("地点与党组织", "Place and organisations"),
    Column.KIND: Text("类型", "Type"),
    Column.PARENT: Text("上级党组织", "Parent"),
    Column.SECRETARY: Text("书记", "Secretary"),
    Column.BELOW: Text("其中有党组织（各类在期小区）", "With one (compounds of any kind)"),
    Column.BROKEN: Text("断链", "Broken"),
}


@dataclass(slots=True, eq=False)
class _Node:
    code: str
    place: Place | None  # of a place
    organisation: Attached | None  # of an organisation
    parent: _Node | None
    row: int
    number: int  # the model's index holds it; never a pointer
    kids: list[_Node] | None = None  # None: not opened yet


def _order(found: tuple[Place, str]) -> tuple[bool, str, str]:
    """Return what a place is ordered by: its name; what has no place stays last, as it came."""
    place, key = found
    return (False, key, place.code) if place.kind else (True, "", "")


class OrganisationTreeModel(QAbstractItemModel):
    """Six columns. ``is_broken_only`` keeps what is broken, with the places above it."""

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._tree: OrganisationTree | None = None
        self._types: Mapping[str, Text] = {}
        self._is_broken_only = False
        self._root = _Node("", None, None, None, 0, 0, [])
        self._nodes: list[_Node] = [self._root]

    def show_tree(
        self, tree: OrganisationTree | None, types: Mapping[str, Text], *, is_broken_only: bool = False
    ) -> None:
        """Show another tree, closed."""
        self.beginResetModel()
        self._tree, self._types, self._is_broken_only = tree, types, is_broken_only
        self._root = _Node("", None, None, None, 0, 0, [])
        self._nodes = [self._root]
        if tree is not None:
            self._root.kids = self._places(self._root, tree.roots)
        self.endResetModel()

    def _places(self, above: _Node, codes: Sequence[str], first: int = 0) -> list[_Node]:
        tree, found = self._tree, list[_Node]()
        assert tree is not None
        places = [tree.place(code) for code in codes]
        keys = name_keys([place.name for place in places])
        for place, _ in sorted(zip(places, keys, strict=True), key=_order):
            if self._is_broken_only and not place.below.broken:
                continue
            found.append(self._node(place.code, place, None, above, first + len(found)))
        return found

    def _node(
        self, code: str, place: Place | None, organisation: Attached | None, above: _Node, row: int
    ) -> _Node:
        node = _Node(code, place, organisation, above, row, len(self._nodes))
        if place is None:
            node.kids = []
        self._nodes.append(node)
        return node

    def _open(self, node: _Node) -> list[_Node]:
        """Return what stands below a place: its organisations, then the places below it."""
        assert self._tree is not None
        assert node.place is not None
        own = [a for a in node.place.organisations if a.broken or not self._is_broken_only]
        keys = dict(zip((a.code for a in own), name_keys([a.name for a in own]), strict=True))
        own.sort(key=lambda a: (keys[a.code], a.code))
        kids = [self._node(a.code, None, a, node, row) for row, a in enumerate(own)]
        return [*kids, *self._places(node, self._tree.children(node.code), len(kids))]

    # Qt

    def _at(self, index: Index) -> _Node:
        number = int(index.internalId()) if index.isValid() else 0
        return self._nodes[number] if number < len(self._nodes) else self._root

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return the index of a child."""
        kids = self._at(parent).kids or []
        if not (0 <= row < len(kids) and 0 <= column < len(Column)):
            return QModelIndex()
        return self.createIndex(row, column, kids[row].number)

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]  # Qt has an overload
        """Return the index of the parent."""
        above = self._at(index).parent if index.isValid() else None
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above.number)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many children have been made."""
        return len(self._at(parent).kids or []) if parent.column() <= 0 else 0

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return len(Column)

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        """Whether there is anything below, made already or not."""
        node = self._at(parent)
        if node.kids is not None:
            return bool(node.kids)
        assert self._tree is not None
        assert node.place is not None
        return bool(node.place.organisations or self._tree.children(node.code))

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Whether the children are still to be made."""
        return self._at(parent).kids is None

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Make the children of a place."""
        node = self._at(parent)
        if node.kids is not None:
            return
        kids = self._open(node)
        if not kids:
            node.kids = []
            return
        self.beginInsertRows(self.createIndex(node.row, 0, node.number), 0, len(kids) - 1)
        node.kids = kids
        self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Return the words above a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[Column(section)].in_(self._lang)
        return None

    @with_plain_tips
    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Return a cell."""
        if not index.isValid():
            return None
        node, column = self._at(index), Column(index.column())
        if role == CODE_ROLE:
            return "" if node.code in {UNPLACED, UNATTACHED} else node.code
        if role == PLACE_ROLE:
            return node.code if node.place is not None or node.parent is None else node.parent.code
        if role == Qt.ItemDataRole.DisplayRole:
            said = self._of_place(node.place, column) if node.place else self._of_organisation(node, column)
            return said.in_(self._lang) if isinstance(said, Text) else said
        if role in {TIP_ROLE, Qt.ItemDataRole.AccessibleTextRole}:
            shown = self.data(index)
            return f"{node.code} {shown}" if column is Column.NAME and node.organisation else shown
        if role == Qt.ItemDataRole.DecorationRole and column is Column.NAME and node.organisation:
            return theme.icon("flag", 14)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.BROKEN and self._is_broken(node):
            return theme.icon("warning", 14, "no")
        if role == Qt.ItemDataRole.ForegroundRole and column is Column.BROKEN:
            return QColor(theme.current().no)
        if role == Qt.ItemDataRole.FontRole and node.place and node.place.kind in {"districts", "streets"}:
            face: QFont = theme.font(13, bold=True)
            return face
        return None

    @staticmethod
    def _is_broken(node: _Node) -> bool:
        return bool(node.organisation.broken if node.organisation else node.place and node.place.below.broken)

    def _of_place(self, place: Place, column: Column) -> Text | str:
        below = place.below
        match column:
            case Column.NAME:
                special = {UNPLACED: words.UNPLACED, UNATTACHED: _LOOSE}.get(place.code)
                return special or place.name or f"{words.UNNAMED.in_(self._lang)} {place.code}"
            case Column.KIND:
                return KINDS[place.kind].words if place.kind else ""
            case Column.BELOW:
                parts = [(_COMPOUNDS, below.with_party, below.compounds)] if below.compounds else []
                parts += [(_FIRMS, below.firms_with_party, below.firms)] if below.firms else []
                return " · ".join(said.format(*counts).in_(self._lang) for said, *counts in parts)
            case Column.BROKEN:
                return Text(*(t.format(below.broken) for t in _BELOW_BROKEN)) if below.broken else ""
        return ""

    def _of_organisation(self, node: _Node, column: Column) -> Text | str:
        own = node.organisation
        assert own is not None
        match column:
            case Column.NAME:
                return own.name
            case Column.KIND:
                return self._types.get(own.type, Text(own.type, own.type))
            case Column.PARENT:
                return own.parent_name or own.parent or "—"
            case Column.SECRETARY:
                return SECRETARY[own.secretary]
            case Column.BROKEN:
                return BROKEN[own.broken] if own.broken else ""
        return ""
