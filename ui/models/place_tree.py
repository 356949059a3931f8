"""The place tree: district → street → community → grid → compounds, with each unit's figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS, Where, kinds_in
from app.domain.text.initials import sounds_like
from app.domain.text.name_order import name_keys
from app.domain.text.readings import fold
from app.jobs import Ticket
from app.text import Text
from ui import theme, words
from ui.widgets.coverage_cell import BAR_ROLE, CODE_ROLE, Bar
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from app.coverage.results import Derived
    from app.domain.dataset import Dataset
    from app.domain.record import Record

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
KIND_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 4
UNPLACED: Final = "unplaced"
LEAVES: Final = (  # what stands below the units, compounds first
    "compounds",
    *(kind.name for kind in kinds_in(Where.TREE) if kind.name not in (*UNIT_KINDS, "compounds")),
)
_STAGE: Final = Text("列地点", "Listing places")
_ICONS: Final = {"covered": "check-circle", "uncovered": "x-circle", "unknown": "question"}


@dataclass(slots=True, eq=False)
class Node:
    """One place. ``kind``: a plural kind of units or of what lies in them, or "" for those in no unit."""

    code: str
    name: str
    kind: str
    parent: Node | None = None
    row: int = 0
    number: int = 0  # the model's index holds it; never a pointer
    kids: list[Node] = field(default_factory=list)
    full: str = ""  # the name with what the place above already says

    def add(self, kid: Node) -> None:
        """Put a node below this one."""
        kid.parent, kid.row = self, len(self.kids)
        self.kids.append(kid)

    def walk(self) -> Iterator[Node]:
        """Yield all nodes below, top down."""
        for kid in self.kids:
            yield kid
            yield from kid.walk()


def build_places(
    dataset: Dataset,
    units: Mapping[str, Derived],
    placed: Mapping[str, Mapping[str, Derived]],
    day: date,
    lang: str,
    ticket: Ticket | None = None,
) -> Node:
    """Return the tree's root. ``units``: where each unit lies on ``day``; ``placed``: the same by kind of what lies in them."""
    ticket = ticket or Ticket()
    root = Node("", "", "")
    nodes: dict[str, Node] = {}
    for step, kind in enumerate(UNIT_KINDS):
        ticket.step(_STAGE, step, len(UNIT_KINDS) + 1)
        for record in dataset.in_force(kind, day):
            above = _above(record, units, nodes) or root
            full = _name(record, lang)
            node = Node(record.code, _short(full, above.full), kind, full=full)
            nodes[record.code] = node
            above.add(node)
    unplaced = words.UNPLACED.in_(lang)
    loose = Node(UNPLACED, unplaced, "", full=unplaced)
    for count, record in enumerate(r for kind in placed for r in dataset.in_force(kind, day)):
        if not count % 1000:
            ticket.step(_STAGE, len(UNIT_KINDS), len(UNIT_KINDS) + 1)
        name = _name(record, lang)
        node = Node(record.code, name, record.kind, full=name)
        place = placed[record.kind].get(record.code)
        above = next((nodes[c] for c in _codes(place) if c in nodes), loose)
        above.add(node)
    put_in_order(root)
    if loose.kids:
        put_in_order(loose)
        root.add(loose)
    return root


def put_in_order(root: Node) -> None:
    """Put what stands below each place into the order of names."""
    below = [root, *root.walk()]
    keys = dict(zip(map(id, below), name_keys([node.name for node in below]), strict=True))
    for above in below:
        above.kids.sort(key=lambda kid: (keys[id(kid)], kid.code))
        for row, kid in enumerate(above.kids):
            kid.row = row


def _name(record: Record, lang: str) -> str:
    name = record.text("name") if KINDS[record.kind].has_name else ""
    return name or f"{words.UNNAMED.in_(lang)} {record.code}"


def _short(name: str, above: str) -> str:
    """Return a name without what the place above it, or its office, already says."""
    for office in ("居民委员会", "居委会"):
        if name.endswith(f"社区{office}"):
            return name[: -len(office)]
    for said in (above, above.removesuffix("居民委员会").removesuffix("居委会")):
        if said and name.startswith(said) and len(name) > len(said):
            return name[len(said) :].strip()
    return name


def _codes(place: Derived | None) -> list[str]:
    if place is None:
        return []
    return [c for c in (place.grid, place.community, place.street, place.district) if c]


def _above(record: Record, units: Mapping[str, Derived], nodes: Mapping[str, Node]) -> Node | None:
    for code in _codes(units.get(record.code)):
        if code != record.code and code in nodes:
            return nodes[code]
    for name in KINDS[record.kind].parents:
        if name in LEVELS and (code := record.text(name)) in nodes:
            return nodes[code]
    return None


class PlaceTreeModel(QAbstractItemModel):
    """One column: the name; the unit's bar is data of its own role."""

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._whole = Node("", "", "")
        self._root = self._whole
        self._typed = ""
        self._bars: Mapping[str, Bar] = {}
        self._statuses: Mapping[str, tuple[str, str, tuple[str, ...]]] = {}
        self._by_code: dict[str, Node] = {}
        self._nodes: list[Node] = [self._root]

    def show_places(self, root: Node) -> None:
        """Show another tree."""
        self.beginResetModel()
        self._whole = root
        self._apply_filter()
        self.endResetModel()

    def show_figures(
        self, bars: Mapping[str, Bar], statuses: Mapping[str, tuple[str, str, tuple[str, ...]]]
    ) -> None:
        """Show other figures; the view repaints what is in sight."""
        self._bars, self._statuses = bars, statuses

    def filter(self, typed: str) -> None:
        """Show only what matches by name, initials or code, with what lies above it."""
        if fold(typed).strip() == self._typed:
            return
        self.beginResetModel()
        self._typed = fold(typed).strip()
        self._apply_filter()
        self.endResetModel()

    def index_of(self, code: str) -> QModelIndex:
        """Return where a code stands, invalid if it is not in sight."""
        node = self._by_code.get(code)
        return QModelIndex() if node is None else self.createIndex(node.row, 0, node.number)

    def compounds_below(self, code: str) -> list[str]:
        """Return the compounds in a unit, whatever the filter."""
        whole = next((n for n in self._whole.walk() if n.code == code), None)
        return [] if whole is None else [n.code for n in whole.walk() if n.kind == "compounds"]

    def _apply_filter(self) -> None:
        self._root = self._whole if not self._typed else (self._copy(self._whole) or Node("", "", ""))
        self._nodes = [self._root, *self._root.walk()]
        for number, node in enumerate(self._nodes):
            node.number = number
        self._by_code = {node.code: node for node in self._nodes[1:]}

    def _copy(self, node: Node) -> Node | None:
        kids = [kept for kid in node.kids if (kept := self._copy(kid)) is not None]
        typed = self._typed
        if not kids and not (node.code and (typed in node.code.lower() or sounds_like(node.full, typed))):
            return None
        made = Node(node.code, node.name, node.kind, full=node.full)
        for kid in kids:
            made.add(kid)
        return made

    # Qt

    def _node(self, index: Index) -> Node:
        number = int(index.internalId()) if index.isValid() else 0
        return self._nodes[number] if number < len(self._nodes) else self._root

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return the index of a child."""
        kids = self._node(parent).kids
        if not (0 <= row < len(kids) and column == 0):
            return QModelIndex()
        return self.createIndex(row, column, kids[row].number)

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]  # Qt has an overload
        """Return the index of the parent."""
        above = self._node(index).parent if index.isValid() else None
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above.number)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many children there are."""
        return len(self._node(parent).kids) if parent.column() <= 0 else 0

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """Return 1."""
        return 1

    @with_plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return a cell."""
        if not index.isValid():
            return None
        node = self._node(index)
        if role == CODE_ROLE:
            return node.code
        if role == KIND_ROLE:
            return node.kind
        if role == BAR_ROLE:
            return self._bars.get(node.code)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.name
        if role in {Qt.ItemDataRole.AccessibleTextRole, TIP_ROLE}:
            return self._said(node)
        if role == Qt.ItemDataRole.DecorationRole and node.kind == "compounds":
            return self._mark(node)
        if role == Qt.ItemDataRole.FontRole and node.kind == "districts":
            face: QFont = theme.font(13, bold=True)
            return face
        return None

    def _said(self, node: Node) -> str:
        bar = self._bars.get(node.code)
        if bar is None:
            return node.full
        said = Text(
            f"{node.full}：覆盖 {bar.covered:,.0f}，未覆盖 {bar.uncovered:,.0f}，未知 {bar.unknown:,.0f}",
            f"{node.full}: {bar.covered:,.0f} covered, {bar.uncovered:,.0f} not, {bar.unknown:,.0f} unknown",
        )
        return said.in_(self._lang)

    def _mark(self, node: Node) -> Any:
        status = self._statuses.get(node.code, ("", "", ()))[0]
        if status not in _ICONS:
            return None
        return theme.icon(_ICONS[status], 14, words.STATUS_TONE[status])
