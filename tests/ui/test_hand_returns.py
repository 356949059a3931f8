"""A sheet gives the hand back to where it was, however it ends; it takes none away that has gone on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from tests.ui.robots.find import the
from ui.dialogs.base.sheet import Sheet

SHEETS = (
    "registry.import",
    "registry.export",
    "registry.new",
    "registry.open",
    "registry.copy",
    "compound.attach_party",
    "record.remove",
)
ROW = 12  # [px] that middles of one row may differ
HANDS = ("map.canvas", "coverage.table", "places.tree", "fact.property_firm")


@pytest.fixture
def chosen(window):
    window.press("Ctrl+J")
    window.window.context.select(["C000001"], "test")
    window.until(lambda: not window.window.tasks.is_busy)
    return window


def opened(window) -> Sheet:
    window.until(lambda: any(sheet.isVisible() for sheet in window.window.findChildren(Sheet)))
    return next(sheet for sheet in window.window.findChildren(Sheet) if sheet.isVisible())


@pytest.mark.parametrize("hand", HANDS)
def test_that_a_sheet_put_away_gives_the_hand_back(chosen, hand):
    window = chosen
    where = the(QWidget, hand, inside=window.window)
    window.until(lambda: not where.visibleRegion().isEmpty())
    for name in SHEETS:
        where.setFocus()
        window.action(name).trigger()
        sheet = opened(window)
        window.until(lambda sheet=sheet: sheet.isAncestorOf(window.window.focusWidget()))
        window.press("Esc")
        assert window.focus() == hand, name
        where.setFocus()
        window.action(name).trigger()
        the(QAbstractButton, f"{opened(window).name}.cancel", inside=window.window).click()
        assert window.focus() == hand, name


def test_that_the_hand_that_has_gone_on_stays_where_it_is(chosen):
    window = chosen
    window.canvas.setFocus()
    window.action("compound.attach_party").trigger()
    sheet = opened(window)
    QTest.mouseClick(window.view("coverage.table").viewport(), Qt.MouseButton.LeftButton)
    assert window.focus() == "coverage.table"
    sheet.reject()
    assert window.focus() == "coverage.table"


@pytest.mark.parametrize("name", [*SHEETS, "registry.template"])
def test_that_tab_goes_through_a_sheet_as_the_eye_does(chosen, name):
    window = chosen
    window.action(name).trigger()
    sheet = opened(window)
    window.until(lambda: sheet.isAncestorOf(window.window.focusWidget()))
    QApplication.processEvents()
    first = sheet.first_box()
    stops, widget = [first], first.nextInFocusChain()
    while widget is not first and sheet.isAncestorOf(widget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(widget)
        widget = widget.nextInFocusChain()
    stops = [stop for stop in stops if stop.objectName() and not stop.objectName().endswith(".close")]
    stops = [stop for stop in stops if not any(stop.isAncestorOf(other) for other in stops)]
    spots = [(stop.objectName(), stop.mapTo(sheet, stop.rect().center())) for stop in stops]
    for (one, spot), (other, after) in pairwise(spots):
        is_same_row = abs(spot.y() - after.y()) < ROW
        assert (after.x() > spot.x()) if is_same_row else after.y() > spot.y(), (one, other)
