"""The review mode: its own level and colouring, no tools that draw, letters that work, and no level lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.period import half_year_before
from tests.ui.robots.find import the

DRAWING = ("draw", "reshape", "split", "merge", "more", "add_station")


@pytest.fixture
def review(window):
    window.canvas.setFocus()
    window.press("Ctrl+2")
    window.until(lambda: window.window.context.figured.question.by == "street")
    return window


def colouring(robot):
    return robot.canvas._style.sequence


def test_that_a_review_begins_with_streets_and_gives_the_level_of_before_back(review):
    context = review.window.context
    assert context.question.by == "street"
    review.press("Ctrl+4")
    assert context.question.by == "street", "what is brought out is what was looked at"
    review.press("Ctrl+2", "Ctrl+1")
    assert context.question.by == "grid"


def test_that_a_review_shows_no_tool_that_draws_and_colours_by_what_is_missing(review):
    shell = review.window
    assert colouring(review) == "gap"
    for name in DRAWING:
        assert not the(QWidget, f"tool.{name}", inside=shell).isVisible()
    for name in ("select", "pan", "measure"):
        assert the(QWidget, f"tool.{name}", inside=shell).isVisible()
    review.press("Ctrl+1")
    assert colouring(review) == "wash"
    assert all(the(QWidget, f"tool.{name}", inside=shell).isVisible() for name in DRAWING)


@pytest.mark.parametrize("name", ["gaps.table", "coverage.table"])
def test_that_letters_work_in_every_table(review, name):
    if name == "coverage.table":
        review.window.work.open_tab("coverage")
    table = review.view(name)
    review.until(lambda: table.model().rowCount() > 0)
    table.setFocus()
    review.press("c")
    assert colouring(review) == "wash"
    review.press("c")
    assert colouring(review) == "gap"


def test_that_three_keys_lead_from_the_mode_to_the_names_of_the_worst_unit(window):
    window.canvas.setFocus()
    window.press("Ctrl+2")
    table = window.view("gaps.table")
    window.until(lambda: table.hasFocus() and table.currentIndex().isValid())
    window.until(lambda: window.window.context.figured.question.by == "street")
    QTest.keyClick(table, Qt.Key.Key_Right)
    window.until(lambda: table.model().rowCount() > 4)


@pytest.mark.parametrize("size", [(1366, 698), (1920, 1040)])
def test_that_one_key_opens_the_change_with_the_hand_on_the_day(open_window, registry_path, size):
    robot = open_window(registry_path, size=size).wait_for_registry()
    robot.canvas.setFocus()
    robot.press("Ctrl+D")
    assert robot.focus() == "compare.from"
    context = robot.window.context
    assert context.question.against == half_year_before(context.as_of)
    robot.until(lambda: the(QWidget, "compare.chart", inside=robot.window).isVisible())
    change, right = the(QWidget, "compare", inside=robot.window), robot.window.work.right
    assert right.isAncestorOf(change) == (size[0] == 1920)
    assert the(QWidget, "gaps", inside=robot.window).isVisible() == (size[0] == 1920)
    assert robot.canvas.width() >= 420
    robot.press("Ctrl+2")
    assert the(QWidget, "gaps", inside=robot.window).isVisible()
