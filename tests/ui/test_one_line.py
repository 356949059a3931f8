"""A name with line breaks, as cells of workbooks have them, is whole in one line wherever one line is all the room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QAbstractItemView, QLabel

from app.services.edit import edit
from tests.ui.robots.find import the
from tests.ui.robots.topics import tell
from ui import theme
from ui.widgets import paint

BROKEN, WHOLE = "第一排\n第二排\t东", "第一排 第二排 东"


@pytest.fixture
def named(window):
    tell(window, lambda r: edit.set_values(r, ["C000001"], {"name": BROKEN}, why="甲\n乙"))
    window.until(lambda: not window.window.tasks.is_busy)
    return window


def cells(view):
    model, found = view.model(), []
    above = [QModelIndex()]
    while above:
        parent = above.pop()
        for row in range(model.rowCount(parent)):
            found += [model.index(row, n, parent).data() for n in range(model.columnCount(parent))]
            above.append(model.index(row, 0, parent))
    return [str(cell) for cell in found if cell is not None]


def test_that_every_view_shows_it_in_one_line(named):
    seen = [
        cell for view in named.window.findChildren(QAbstractItemView) if view.model() for cell in cells(view)
    ]
    assert not [cell for cell in seen if "\n" in cell]
    assert sum(WHOLE in cell for cell in seen) >= 3  # places, table, journal
    assert "甲 乙" in seen


def test_that_the_status_line_is_not_cut(named):
    named.window.context.select(["C000001"], "test")
    message = the(QLabel, "status.message", inside=named.window)
    assert "\n" not in message.text()
    assert WHOLE in message.text()


def test_that_painted_words_stay_in_their_row(qtbot):
    picture = QImage(200, 20, QImage.Format.Format_RGB32)
    pictures = []
    for words in (BROKEN, WHOLE):
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        paint.text(
            painter, picture.rect().toRectF(), words, theme.font(13), "#000000", Qt.AlignmentFlag.AlignLeft
        )
        painter.end()
        pictures.append(picture.copy())
    assert pictures[0] == pictures[1]
