"""A sheet gives the hand back to where it was, however it ends; it takes none away that has gone on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from tests.ui.robots.find import the
from ui.dialogs.sheet import Sheet

SHEETS = (
    "registry.import",
    "registry.export",
    "registry.new",
    "registry.open",
    "compound.attach_party",
    "record.remove",
)
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
