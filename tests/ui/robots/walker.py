"""Walks over every visible widget of a window and measures each text against the room that it has."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMenuBar,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)

from ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QFont, QPainter

SLACK: Final = 1.0  # [px] of rounding
ROWS: Final = 40  # of a table that are looked at


class Cut(NamedTuple):
    """A text without its room."""

    where: str
    words: str
    needed: float
    room: float


def cut_texts(root: QWidget) -> list[Cut]:
    """Return every text of ours that is cut in what is visible below ``root``."""
    found: list[Cut] = []
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisible() or widget.width() <= 0:
            continue
        found += [
            Cut(_path(widget), words, needed, room)
            for words, needed, room in _texts(widget)
            if needed > room + SLACK
        ]
    return found


@contextmanager
def brush_watched(names: Iterable[str]) -> Iterator[list[Cut]]:
    """Watch the one brush for words while widgets paint themselves; yield what it had to cut.

    Numbers and words of ours are never cut; ``names`` of records may be, in the middle.
    """
    found: list[Cut] = []
    true = paint.text
    known = frozenset(names)

    def text(painter: QPainter, rect: QRectF, words: str, font: QFont, *more: Any, **others: Any) -> None:
        needed = QFontMetricsF(font).horizontalAdvance(words)
        if needed > rect.width() + SLACK and not (_is_name(words) and any(name in words for name in known)):
            found.append(Cut("painted", words, needed, rect.width()))
        true(painter, rect, words, font, *more, **others)

    paint.text = text
    try:
        yield found
    finally:
        paint.text = true


def cut_entries(root: QWidget) -> list[Cut]:
    """Open every box that can be chosen from; return the entries without their room."""
    found = []
    for box in root.findChildren(QComboBox):
        if not box.isVisible() or not box.isEnabled() or not box.count():
            continue
        box.showPopup()
        view = box.view()
        for row in range(box.count()):
            index = box.model().index(row, box.modelColumn())
            needed, room = view.sizeHintForIndex(index).width(), view.viewport().width()
            if needed > room + SLACK:
                found.append(Cut(_path(box), box.itemText(row), needed, room))
        box.hidePopup()
    return found


def cut_actions(root: QWidget) -> list[Cut]:
    """Open every menu; return the entries that are not whole in it, and menus without any."""
    found = []
    for menu in root.findChildren(QMenu):
        shown = [action for action in menu.actions() if action.isVisible() and not action.isSeparator()]
        if not shown:
            continue
        menu.popup(QPoint(0, 0))
        for action in shown:
            said, box = action.text().replace("&", ""), menu.actionGeometry(action)
            keys = action.shortcut().toString()
            needed = menu.fontMetrics().horizontalAdvance(said + keys) + 40
            if not menu.rect().contains(box) or needed > box.width():
                found.append(Cut(_path(menu), said, needed, box.width()))
        menu.close()
    return found


def overlaps(root: QWidget) -> list[str]:
    """Return siblings laid out beside each other of which one lies over the other's words."""
    found = []
    for holder in (root, *root.findChildren(QWidget)):
        if not holder.isVisible() or holder.layout() is None:
            continue
        layout = holder.layout()
        boxes = [
            child
            for child in holder.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible() and not child.isWindow() and layout.indexOf(child) >= 0
        ]
        for place, one in enumerate(boxes):
            for other in boxes[place + 1 :]:
                shared = one.geometry() & other.geometry()
                if shared.width() > 1 and shared.height() > 1:
                    found.append(f"{_path(one)} over {_path(other)} by {shared.width()} x {shared.height()}")
    return found


def outside(root: QWidget) -> list[str]:
    """Return what reaches beyond the widget that it lies in, where no scroll area shows the rest."""
    found = []
    for widget in root.findChildren(QWidget):
        parent = widget.parentWidget()
        if (
            not widget.isVisible()
            or widget.isWindow()
            or parent is None
            or not isinstance(widget, (QLabel, QAbstractButton, QComboBox, QLineEdit))
        ):
            continue
        if parent.objectName() == "qt_scrollarea_viewport" or isinstance(
            parent, (QComboBox, QAbstractSpinBox, QTabBar)
        ):
            continue
        beyond = widget.geometry().right() - parent.rect().right()
        if beyond > 1:
            found.append(f"{_path(widget)} reaches {beyond} px beyond {_path(parent)}")
    return found


def _path(widget: QWidget) -> str:
    names = []
    at: QWidget | None = widget
    while at is not None and len(names) < 3:
        names.append(at.objectName() or type(at).__name__)
        if at.objectName() and not at.objectName().startswith("qt_"):
            break
        at = at.parentWidget()
    return " < ".join(names)


def _texts(widget: QWidget) -> Iterator[tuple[str, float, float]]:
    """Yield (words, px needed, px there are) of a widget."""
    if isinstance(widget, QHeaderView):
        yield from _sections(widget)
    elif isinstance(widget, (QTableView, QTreeView, QListView)):
        yield from _cells(widget)
    elif isinstance(widget, QLabel):
        yield from _label(widget)
    elif isinstance(widget, QTabBar):
        yield from _tabs(widget)
    elif isinstance(widget, (QCheckBox, QRadioButton)):
        yield widget.text(), widget.sizeHint().width(), widget.width()
    elif isinstance(widget, (QPushButton, QToolButton)) and widget.text():
        icon_only = (
            isinstance(widget, QToolButton)
            and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        if not (icon_only and not widget.icon().isNull()) and not widget.property("elides"):
            yield widget.text(), widget.sizeHint().width(), widget.width()
    elif isinstance(widget, QComboBox):
        yield from _combo(widget)
    elif isinstance(widget, QAbstractSpinBox):
        pass  # its line says it
    elif isinstance(widget, QLineEdit):
        yield from _line(widget)
    elif isinstance(widget, QGroupBox) and widget.title():
        yield widget.title(), widget.fontMetrics().horizontalAdvance(widget.title()), widget.width()
    elif isinstance(widget, QMenuBar):
        for action in widget.actions():
            box = widget.actionGeometry(action)
            if action.isVisible():
                yield action.text(), box.right(), widget.width()


def _label(label: QLabel) -> Iterator[tuple[str, float, float]]:
    said = label.text()
    if not said or label.property("elides"):
        return
    inner = label.contentsRect()
    is_rich = label.textFormat() == Qt.TextFormat.RichText or (
        label.textFormat() == Qt.TextFormat.AutoText and Qt.mightBeRichText(said)
    )
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        yield said, needed, label.height()
        if not is_rich:
            longest = max(said.split(), key=len)
            if longest.isascii():
                yield longest, QFontMetricsF(label.font()).horizontalAdvance(longest), inner.width()
        return
    if is_rich:
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setHtml(said)
        document.setDocumentMargin(0)
        yield said, document.idealWidth(), inner.width()
    else:
        lines = said.split("\n")
        yield said, max(QFontMetricsF(label.font()).horizontalAdvance(line) for line in lines), inner.width()
    yield f"{said} (height)", label.fontMetrics().height() - 2, label.height()


def _tabs(bar: QTabBar) -> Iterator[tuple[str, float, float]]:
    for place in range(bar.count()):
        if bar.isTabVisible(place):
            box = bar.tabRect(place)
            yield bar.tabText(place), bar.fontMetrics().horizontalAdvance(bar.tabText(place)) + 4, box.width()
            yield f"{bar.tabText(place)} (in the bar)", box.right(), bar.width()


def _combo(box: QComboBox) -> Iterator[tuple[str, float, float]]:
    if box.isEditable() or not box.currentText() or box.property("elides"):
        return
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    yield box.currentText(), QFontMetricsF(box.font()).horizontalAdvance(box.currentText()), field.width()


def _line(line: QLineEdit) -> Iterator[tuple[str, float, float]]:
    said = "" if line.text() else line.placeholderText()  # what is typed scrolls with the cursor
    if not said or line.property("elides"):
        return
    option = QStyleOptionFrame()
    line.initStyleOption(option)
    room = line.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, line)
    margins = line.textMargins()
    yield (
        said,
        QFontMetricsF(line.font()).horizontalAdvance(said),
        room.width() - 4 - margins.left() - margins.right(),
    )


def _sections(header: QHeaderView) -> Iterator[tuple[str, float, float]]:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        said = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        if said and not header.isSectionHidden(section):
            yield said, header.fontMetrics().horizontalAdvance(said) + 12, header.sectionSize(section)


def _cells(view: QTableView | QTreeView | QListView) -> Iterator[tuple[str, float, float]]:
    """Yield numbers and our own words of cells; what may be elided is said in full by the tip."""
    model = view.model()
    if model is None or not view.viewport().isVisible():
        return
    top = view.indexAt(QPoint(4, 4))
    seen = 0
    while top.isValid() and seen < ROWS:
        columns = (
            1
            if isinstance(view, QListView)
            else view.header().count()
            if isinstance(view, QTreeView)
            else view.horizontalHeader().count()
        )
        for column in range(columns):
            if isinstance(view, QTableView) and view.isColumnHidden(column):
                continue
            index = top.siblingAtColumn(column)
            box = view.visualRect(index)
            said = str(index.data() or "")
            if not said or not box.isValid():
                continue
            needed = view.sizeHintForIndex(index).width()
            face = index.data(Qt.ItemDataRole.FontRole) or view.font()
            plain = QFontMetricsF(face).horizontalAdvance(said) + 12
            if _is_name(said):
                if plain > box.width() + SLACK and said not in str(
                    index.data(Qt.ItemDataRole.ToolTipRole) or ""
                ):
                    yield f"{said} (no tip, column {column})", plain, box.width()
            else:
                yield f"{said} (column {column})", min(needed, plain) if needed > 0 else plain, box.width()
        below = view.visualRect(top.siblingAtColumn(0)).bottom() + 4
        top = view.indexAt(QPoint(max(4, view.visualRect(top.siblingAtColumn(0)).left() + 4), below))
        seen += 1


def _is_name(said: str) -> bool:
    """Whether a cell is a name or a sentence, not a number, a day, a share."""
    return (
        any(letter.isalpha() for letter in said)
        and not said.rstrip("%元户个人").replace(",", "").replace(".", "").isdigit()
    )
