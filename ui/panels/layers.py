"""Layers and legend: what the map shows, and what its marks mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.kinds import Where, kinds_in
from app.domain.looks.bands import MUCH_UNKNOWN_MARK, marks
from app.domain.looks.palette import statuses
from app.domain.looks.wording import NOTHING
from app.domain.vocabulary import STATUS
from app.text import Text
from ui import theme, words
from ui.widgets import paint
from ui.widgets.plain import TIP_ROLE, plain_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.bridge.context import WindowContext

_Index = QModelIndex | QPersistentModelIndex
_Row = str | list[tuple[str, str]]  # "bands", or (mark, words) beside one another
TITLE: Final = Text("图层与图例", "Layers and legend")
KEY_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_SWATCH_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
_COUNT_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3
_KNOWN: Final = (
    ("districts", Text("区界", "District borders")),
    ("streets", Text("街道界", "Street borders")),
    ("communities", Text("社区界", "Community borders")),
    ("grids", Text("网格界", "Grid borders")),
    ("fills", Text("覆盖率底色", "Colours by rate")),
    ("zones", Text("片区", "Zones")),
    ("compounds", Text("小区：本指标的事实", "Compounds: this measure")),
    ("buildings", Text("楼栋", "Buildings")),
    ("stations", Text("服务站点", "Service stations")),
    ("ground", Text("道路与水面", "Roads and water")),
)
_LAYERS: Final = (  # one that nobody wrote words for goes by its own, above roads and water
    *_KNOWN[:-1],
    *(
        (kind.name, kind.words)
        for kind in kinds_in(Where.LAYERS)
        if kind.name not in [key for key, _ in _KNOWN]
    ),
    _KNOWN[-1],
)
_ZONE: Final = Text("在册片区", "zone")
_PROPOSED: Final = Text("预览，未写入", "preview, not written")
_BESIDE: Final = 56  # of the panel's width: margins, the indent of marks, a scroll bar [px]
_HALF: Final = 34  # of a column: the mark and the gap behind the words
_FLOW: Final = 41  # the same where marks follow one another
_SHOWN: Final = Text("{}：显示", "{}: shown")
_HIDDEN: Final = Text("{}：不显示", "{}: hidden")


class _Rows(QStyledItemDelegate):
    """An eye or a swatch, the words, a count at right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a row."""
        t = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        swatches = index.data(_SWATCH_ROLE)
        if swatches == "bands":
            self._bands(painter, box)
            painter.restore()
            return
        if swatches:
            self._legend(painter, box, list(swatches))
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(t.hover))
        middle = box.center().y()
        left = box.left()
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        is_on = state is not None and Qt.CheckState(state) == Qt.CheckState.Checked
        mark, colour = ("eye", t.t2) if is_on else ("eye-slash", t.t3)
        theme.draw_icon(painter, mark, QRectF(left + 2, middle - 8, 16, 16), colour)
        left += 26
        count = str(index.data(_COUNT_ROLE) or "")
        paint.text(
            painter,
            QRectF(left, box.top(), box.right() - left - 50, box.height()),
            str(index.data()),
            theme.font(13),
            t.t1,
        )
        paint.text(
            painter, box.adjusted(0, 0, -12, 0), count, theme.font(12), t.t3, Qt.AlignmentFlag.AlignRight
        )
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint.focus_ring(painter, box.adjusted(0, 1, -8, -1), 4)
        painter.restore()

    def _legend(self, painter: QPainter, box: QRectF, swatches: list[tuple[str, str]]) -> None:
        t = theme.current()
        face = theme.font(12)
        painter.setFont(face)
        left, column = box.left() + 26, (box.width() - 30) / 2
        for place, (name, said) in enumerate(swatches):
            width = min(painter.fontMetrics().horizontalAdvance(said) + 4.0, box.right() - left - 26)
            self._swatch(painter, QRectF(left, box.center().y() - 7, 20, 14), name)
            if len(swatches) == 2:
                width = column - 30
            spot = QRectF(left + 25, box.top(), width, box.height())
            paint.text(painter, spot, said, face, t.t2, elide=Qt.TextElideMode.ElideRight)
            left = box.left() + 26 + (place + 1) * column if len(swatches) == 2 else left + 25 + width + 8

    def _swatch(self, painter: QPainter, box: QRectF, name: str) -> None:
        t = theme.current()
        if name.startswith("station:"):
            icon, is_round = theme.STATION_ICONS.get(name.partition(":")[2], ("map-pin", True))
            badge = QRectF(box.center().x() - 9, box.center().y() - 9, 18, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.ink))
            painter.drawRoundedRect(badge, 9 if is_round else 4, 9 if is_round else 4)
            theme.draw_icon(painter, icon, badge.adjusted(3, 3, -3, -3), t.casing)
            return
        if name.startswith("zone"):
            ink = QColor(t.ink)
            ink.setAlphaF(0.1)
            painter.fillRect(box, ink)
            pen = QPen(QColor(t.ink), 1.8)
            if name.endswith("proposed"):
                pen.setDashPattern([2.5, 1.8])
            painter.setPen(pen)
        elif name in STATUS:
            drawn = statuses(t.name)[name]
            painter.fillRect(box, QColor(drawn.fill))
            if name == "unknown":
                paint.hatch(painter, box, drawn.edge, step=4)
            painter.setPen(QPen(QColor(drawn.edge), 1 if name == "covered" else 1.4))
        else:
            painter.fillRect(box, QColor(t.no_data))
            painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _bands(self, painter: QPainter, box: QRectF) -> None:
        t = theme.current()
        width = min(40.0, (box.width() - 40) / 5)
        for place, (colour, said) in enumerate(zip(t.wash, marks(), strict=True)):
            cell = QRectF(box.left() + 22 + place * width, box.top() + 4, width, 10)
            painter.fillRect(cell, QColor(colour))
            painter.setPen(QPen(QColor(t.ctl), 0.8))
            painter.drawLine(QPointF(cell.left(), cell.bottom()), QPointF(cell.right(), cell.bottom()))
            under = QRectF(cell.left(), cell.bottom() + 1, width, 16)
            paint.text(painter, under, said, theme.font(11), t.t2, Qt.AlignmentFlag.AlignHCenter)

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the row's height."""
        return QSize(100, 34 if index.data(_SWATCH_ROLE) == "bands" else 24)


class LayersPanel(QWidget):
    """The tree of layers; Space or a click on a row switches it."""

    hidden_changed = Signal(list)  # layers that the map leaves out
    filled = Signal()  # it may need another height

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_filling = False
        self.setObjectName("layers")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = text_label(context.say(TITLE), "", self)
        title.setProperty("type", "card")
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 12, 0)
        top.addWidget(title)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("layers.tree")
        self.tree.setAccessibleName(context.say(TITLE))
        self.tree.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setViewportMargins(10, 0, 0, 0)
        self.tree.setItemsExpandable(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setItemDelegate(_Rows(self.tree))
        self.tree.itemClicked.connect(self._on_clicked)
        self.tree.itemChanged.connect(self._on_changed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 4)
        box.setSpacing(6)
        box.addLayout(top)
        box.addWidget(self.tree, 1)
        context.registry_opened.connect(self.fill)
        context.figures_changed.connect(self.show_counts)
        self.fill()

    def needed_height(self) -> int:
        """Return the height at which every layer and every mark of the legend is in sight [px]."""
        rows = [self.tree.sizeHintForIndex(self.tree.indexFromItem(item)).height() for item in self._rows()]
        return sum(rows) + self.height() - self.tree.viewport().height()

    def _rows(self) -> Iterator[QTreeWidgetItem]:
        for item in self._items.values():
            yield item
            yield from (mark for place in range(item.childCount()) if (mark := item.child(place)))

    def hidden(self) -> list[str]:
        """Return the layers that are switched off."""
        return [key for key, item in self._items.items() if item.checkState(0) != Qt.CheckState.Checked]

    def state(self) -> dict[str, Any]:
        """Return the layers that are switched off."""
        return {"hidden": self.hidden()}

    def restore(self, state: dict[str, Any]) -> None:
        """Switch the same layers off."""
        for key in state["hidden"]:
            self._items[key].setCheckState(0, Qt.CheckState.Unchecked)

    @Slot()
    def fill(self) -> None:
        """Make the rows afresh."""
        off = set(self.hidden()) if hasattr(self, "_items") else set()
        self._is_filling = True
        self.tree.clear()
        self._items: dict[str, QTreeWidgetItem] = {}
        self._arrangement: dict[str, list[_Row]] = {}
        lang = self._context.lang
        for key, said in _LAYERS:
            item = QTreeWidgetItem([said.in_(lang)])
            item.setData(0, KEY_ROLE, key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Unchecked if key in off else Qt.CheckState.Checked)
            self.tree.addTopLevelItem(item)
            self._items[key] = item
            self._name(item)
            self._arrangement[key] = self._swatches(key)
            for row in self._arrangement[key]:
                mark = QTreeWidgetItem([_said(row)])
                mark.setData(0, TIP_ROLE, plain_tip(_said(row)))
                mark.setData(0, _SWATCH_ROLE, row)
                mark.setFlags(Qt.ItemFlag.ItemIsEnabled)
                item.addChild(mark)
        self.tree.expandAll()
        self._is_filling = False
        self.show_counts()
        self.filled.emit()

    def _swatches(self, key: str) -> list[_Row]:
        """Return the rows of marks below a layer: "bands", or (mark, words) side by side."""
        lang = self._context.lang
        if key == "compounds":
            return self._arranged(
                [(status, words.STATUS[status].in_(lang)) for status in ("covered", "uncovered", "unknown")]
            )
        if key == "fills":
            marks = [
                ("unknown", MUCH_UNKNOWN_MARK.in_(lang)),
                ("nothing", NOTHING.in_(lang)),
            ]
            return ["bands", *self._arranged(marks)]
        if key == "zones":
            return self._arranged([("zone", _ZONE.in_(lang)), ("zone:proposed", _PROPOSED.in_(lang))])
        registry = self._context.registry
        if key == "stations" and registry is not None:
            kinds = registry.profile.choices["station_kind"]
            return self._arranged([(f"station:{kind}", name.in_(lang)) for kind, name in kinds.items()])
        return []

    def _arranged(self, marks: list[tuple[str, str]]) -> list[_Row]:
        """Put marks beside one another where their words are whole, else below."""
        measure = QFontMetricsF(theme.font(12)).horizontalAdvance
        room = self.width() - _BESIDE
        if len(marks) == 3 and sum(measure(said) + _FLOW for _, said in marks) <= room:
            return [marks]
        rows: list[list[tuple[str, str]]] = []
        for mark in marks:
            is_short = measure(mark[1]) <= room / 2 - _HALF
            beside = rows[-1] if rows else []
            if is_short and len(beside) == 1 and measure(beside[0][1]) <= room / 2 - _HALF:
                beside.append(mark)
            else:
                rows.append([mark])
        return [*rows]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the marks anew where another width asks for it."""
        super().resizeEvent(event)
        now = {key: self._swatches(key) for key in self._items}
        if now != self._arrangement:
            self.fill()

    @Slot()
    def show_counts(self) -> None:
        """Show how many records each layer has."""
        registry = self._context.registry
        self._is_filling = True
        for key, item in self._items.items():
            count = 0
            if registry is not None and key not in {"fills", "ground"}:
                count = len(registry.dataset.in_force(key, self._context.as_of))
            item.setData(0, _COUNT_ROLE, f"{count:,}" if count else "")
        self._is_filling = False

    def _name(self, item: QTreeWidgetItem) -> None:
        is_on = item.checkState(0) == Qt.CheckState.Checked
        said = (_SHOWN if is_on else _HIDDEN).format(item.text(0))
        item.setData(0, int(Qt.ItemDataRole.AccessibleTextRole), said.in_(self._context.lang))

    @Slot(QTreeWidgetItem, int)
    def _on_clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        if item.data(0, KEY_ROLE):
            is_on = item.checkState(0) == Qt.CheckState.Checked
            item.setCheckState(0, Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)

    @Slot(QTreeWidgetItem, int)
    def _on_changed(self, item: QTreeWidgetItem, _column: int) -> None:
        if self._is_filling or not item.data(0, KEY_ROLE):
            return
        self._is_filling = True
        self._name(item)
        self._is_filling = False
        self.hidden_changed.emit(self.hidden())


def _said(row: str | list[tuple[str, str]]) -> str:
    return "" if isinstance(row, str) else "、".join(said for _, said in row)
