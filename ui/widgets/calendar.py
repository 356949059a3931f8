"""A month to choose a day from: in the window's language and colours whatever the system speaks, inside the screen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import shiboken6
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyledItemDelegate,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.domain.period import today
from app.text import Text
from ui import theme
from ui.widgets.choice_box import place_beside
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from PySide6.QtCore import QObject, QPersistentModelIndex
    from PySide6.QtGui import QHideEvent, QShowEvent, QWheelEvent, QWindow
    from PySide6.QtWidgets import QStyleOptionViewItem

CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_WEEKDAYS: Final = (
    Text("一", "Mon"),
    Text("二", "Tue"),
    Text("三", "Wed"),
    Text("四", "Thu"),
    Text("五", "Fri"),
    Text("六", "Sat"),
    Text("日", "Sun"),
)
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TURNS: Final = (  # name, icon, months, words
    ("year_before", "caret-double-left", -12, Text("上一年", "Year before")),
    ("month_before", "caret-left", -1, Text("上个月", "Month before")),
    ("month_after", "caret-right", 1, Text("下个月", "Month after")),
    ("year_after", "caret-double-right", 12, Text("下一年", "Year after")),
)
_TODAY: Final = Text("今天", "Today")
_CELL: Final = QSize(42, 26)  # [px]
_ROWS, _DAYS = 6, 7
_FIRST, _LAST = date(1, 1, 8), date(9999, 12, 24)  # whole weeks around them can be counted

_Index = QModelIndex  # what Qt hands to models and delegates


def months_on(day: date, count: int) -> date:
    """Return the day that many months later, the last of its month where that is shorter."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    if not _FIRST.year <= year <= _LAST.year:
        return day
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1) if year < _LAST.year else _LAST
    last = (after - timedelta(days=1)).day if year < _LAST.year else 24
    return date(year, month + 1, min(day.day, last))


class _Month(QAbstractTableModel):
    """Six weeks from a Monday. ``CODE_ROLE`` gives a day as it is written in the registry."""

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self.month = today().replace(day=1)

    def show_month(self, day: date) -> None:
        """Show the month of a day."""
        self.beginResetModel()
        self.month = day.replace(day=1)
        self.endResetModel()

    def first(self) -> date:
        """Return the Monday that the month is shown from."""
        return max(self.month, _FIRST) - timedelta(days=max(self.month, _FIRST).weekday())

    def day_at(self, row: int, column: int) -> date:
        """Return the day of a cell."""
        return min(self.first(), _LAST - timedelta(days=41)) + timedelta(days=row * _DAYS + column)

    def index_of(self, day: date) -> QModelIndex:
        """Return the cell of a day."""
        place = (day - self.day_at(0, 0)).days
        return self.index(place // _DAYS, place % _DAYS)

    @override
    def rowCount(self, parent: _Index | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else _ROWS

    @override
    def columnCount(self, parent: _Index | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else _DAYS

    @override
    def data(self, index: _Index | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        day = self.day_at(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return str(day.day)
        if role in (CODE_ROLE, Qt.ItemDataRole.AccessibleTextRole):
            return day.isoformat()
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _WEEKDAYS[section].in_(self._lang)
        return None


class _Cell(QStyledItemDelegate):
    """Paints a day: the chosen one full, today ringed, those of other months faint. Weekends are days like all."""

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index | QPersistentModelIndex
    ) -> None:
        model, view, t = index.model(), self.parent(), theme.current()
        assert isinstance(model, _Month)
        assert isinstance(view, MonthView)
        day = model.day_at(index.row(), index.column())
        rect: QRect = option.rect
        box = QRectF(rect).adjusted(2.5, 1.5, -2.5, -1.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = day == view.marked
        if is_chosen or day == today():
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.setBrush(QColor(t.accent) if is_chosen else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
        is_inside = (day.year, day.month) == (model.month.year, model.month.month)
        painter.setPen(QColor(t.on_accent if is_chosen else t.t1 if is_inside else t.t3))
        painter.setFont(theme.font(13, bold=is_chosen))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(day.day))
        painter.restore()


class MonthView(QTableView):
    """The days of one month. The hand stays where it is: keys come from the field beside it."""

    day_clicked = Signal(object)  # date

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.marked = today()
        self._model = _Month(lang, self)
        self.setModel(self._model)
        self.setItemDelegate(_Cell(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        down, across = self.verticalHeader(), self.horizontalHeader()
        down.hide()
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        for header, size in ((down, _CELL.height()), (across, _CELL.width())):
            header.setMinimumSectionSize(size)
            header.setDefaultSectionSize(size)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setFixedHeight(_CELL.height())
        self.setFixedSize(_DAYS * _CELL.width(), (_ROWS + 1) * _CELL.height())
        self.clicked.connect(self._on_clicked)

    @property
    def month(self) -> date:
        """The first day of the month shown."""
        return self._model.month

    def show_day(self, day: date) -> None:
        """Mark a day and show its month."""
        self.marked = min(max(day, _FIRST), _LAST)
        self._model.show_month(self.marked)
        self.setAccessibleDescription(day.isoformat())

    def turn(self, months: int) -> None:
        """Show another month; the mark stays."""
        self._model.show_month(months_on(self.month, months))

    def spot_of(self, day: date) -> QPoint:
        """Return where a day of the month shown is clicked."""
        return self.visualRect(self._model.index_of(day)).center()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.day_clicked.emit(self._model.day_at(index.row(), index.column()))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel alone, as every field does."""
        event.ignore()


class Calendar(QWidget):
    """A month with its name, four buttons to turn it, and today. ``name`` begins the names of its parts."""

    day_chosen = Signal(object)  # date

    def __init__(self, name: str, lang: str, parent: QWidget, *, today_words: Text = _TODAY) -> None:
        super().__init__(parent)
        self._lang = lang
        self.view = MonthView(lang, self)
        self.view.setObjectName(f"{name}.calendar")
        self.title: QLabel = text_label("", "strong", self)
        self.title.setObjectName(f"{name}.month")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(0)
        for place, (part, icon, months, said) in enumerate(_TURNS):
            button = QToolButton(self)
            button.setObjectName(f"{name}.{part}")
            button.setProperty("role", "quiet")
            button.setProperty("months", months)
            button.setIcon(theme.icon(icon, 16, "t1"))
            button.setAccessibleName(said.in_(lang))
            set_tip(button, said.in_(lang))
            button.setFixedSize(28, 26)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._on_turn)
            head.addWidget(button)
            if place == 1:
                head.addWidget(self.title, 1)
        self.today = QPushButton(today_words.in_(lang), self)
        self.today.setObjectName(f"{name}.today")
        self.today.setAccessibleName(today_words.in_(lang))
        self.today.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.today.setAutoDefault(False)
        self.today.clicked.connect(self._on_today)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addLayout(head)
        outer.addWidget(self.view)
        outer.addWidget(self.today)
        self.view.day_clicked.connect(self.day_chosen)
        self.show_day(today())

    def name_for_ears(self, said: str) -> None:
        """Say what the day is for."""
        self.view.setAccessibleName(said)

    def show_day(self, day: date) -> None:
        """Mark a day and show its month."""
        self.view.show_day(day)
        self._show_title()

    def step(self, days: int = 0, months: int = 0) -> date:
        """Move the mark; return where it is."""
        day = months_on(self.view.marked, months)
        self.show_day(min(max(day, _FIRST), _LAST - timedelta(days=abs(days))) + timedelta(days=days))
        return self.view.marked

    def _show_title(self) -> None:
        month = self.view.month
        said = Text(f"{month.year}年{month.month}月", f"{_MONTHS[month.month - 1]} {month.year}")
        self.title.setText(said.in_(self._lang))

    @Slot()
    def _on_turn(self) -> None:
        button = self.sender()
        assert button is not None
        self.view.turn(int(button.property("months")))
        self._show_title()

    @Slot()
    def _on_today(self) -> None:
        self.day_chosen.emit(today())


class Floating(QFrame):
    """What opens beside a field: part of the window, so that the keys stay with the field, and inside the screen."""

    pressed_outside = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("room", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._field: QWidget | None = None
        self._pane: QWindow | None = None  # of the window it lies in, watched while it is open
        self.hide()

    def open_beside(self, field: QWidget) -> None:
        """Lie below or above a field, wholly within its window and the screen."""
        window = field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.ensurePolished()
        self.adjustSize()
        whole = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
        room = whole & field.screen().availableGeometry()
        anchor = QRect(field.mapToGlobal(QPoint(0, 0)), field.size())
        spot = place_beside(anchor, self.width(), self.height(), room if room.isValid() else whole)
        self.move(window.mapFromGlobal(spot))
        self._field = field
        self.show()
        self.raise_()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._unwatch()
        self._pane = self.window().windowHandle()
        if self._pane is not None:
            self._pane.installEventFilter(self)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._unwatch()

    def _unwatch(self) -> None:
        if self._pane is not None and shiboken6.isValid(self._pane):
            self._pane.removeEventFilter(self)
        self._pane = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell of a press beside it, as the window gets it; the press goes where it was meant.

        The window is watched and never the application: events of widgets that are half made would come by here.
        """
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            spot = event.globalPosition().toPoint()
            parts = [part for part in (self, self._field) if part is not None]
            if not any(QRect(part.mapToGlobal(QPoint(0, 0)), part.size()).contains(spot) for part in parts):
                self.pressed_outside.emit()
        return super().eventFilter(watched, event)
