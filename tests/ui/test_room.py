"""Every text has its room: in every mode, tab, topic and dialog, at the sizes of real screens, in both languages.

A screen at 125 or 150 % is a smaller one in effective pixels: text metrics are in those pixels too and scale with them,
so 1366 x 698 at 125 % is walked as 1093 x 558, 1280 x 698 as 1024 x 558, 1920 x 1040 at 150 % as 1280 x 693.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from typing import NamedTuple

import pytest
import shapely
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QWidget

from scripts.window_names import close_dialogs, open_dialogs, settle
from tests.ui.robots.find import the
from tests.ui.robots.walker import (
    Cut,
    brush_watched,
    cut_actions,
    cut_entries,
    cut_texts,
    outside,
    overlaps,
)
from ui.map.hands import Drawn
from ui.shell.layout.tabs import TABS
from ui.topics.base.panel import TOPICS

SIZES = ((1920, 1040), (1366, 698), (1280, 698), (1093, 558), (1024, 558), (900, 520))
SHEETS = ((1366, 698), (1280, 698), (1024, 558), (900, 520))
OPENED = {(1366, 698), (900, 520)}  # sizes at which boxes and menus are opened
MODES = ("entry", "review", "check", "publish")
NAMED = (
    "districts",
    "streets",
    "communities",
    "grids",
    "compounds",
    "organisations",
    "firms",
    "stations",
)
PLACE = (117.33, 31.87)  # in the sample, as degrees
BOTH = re.compile(r"([\d,.]+)/([\d,.]+)(?: \S+)? · ([\d.]+)%")


@pytest.fixture(params=("zh", "en"))
def robot(request, open_window, yaohai_sample, tmp_path):
    path = tmp_path / "walked.gpkg"
    shutil.copyfile(yaohai_sample, path)
    return open_window(path, lang=request.param).wait_for_registry()


class Look(NamedTuple):
    """What is wrong in one state of the window."""

    where: str
    cut: list[Cut]
    laid: list[str]


def looked(window, where):
    settle(window)
    QApplication.processEvents()
    with brush_watched(names_in(window)) as painted:
        window.grab()
    cut = cut_texts(window) + painted
    if window.size().toTuple() in OPENED:
        cut += cut_entries(window)
    return Look(where, cut, overlaps(window) + outside(window))


def names_in(window):
    """Return the names of records, which may be elided."""
    dataset = window.context.registry.dataset
    return {
        record.text("name") for kind in NAMED for record in dataset.of(kind).values() if record.text("name")
    }


def open_sheets(window):
    """Open every sheet, those of a record too."""
    open_dialogs(window, "C000400", PLACE)
    dataset, dialogs = window.context.registry.dataset, window.dialogs
    compound = dataset.find("C000400")
    firm, station = (next(iter(dataset.of(kind).values())) for kind in ("firms", "stations"))
    dialogs.remove(compound)
    dialogs.rename(compound)
    dialogs.move(station)
    dialogs.relate(["C000400"])
    dialogs.assess(compound)
    dialogs.credit(firm)
    dialogs.add_compound(Drawn(shapely.box(117.33, 31.87, 117.331, 31.871)))
    settle(window)
    QApplication.processEvents()
    return [dialog for dialog in window.findChildren(QDialog) if dialog.objectName()]


def walk(window):
    """Yield a look at every mode, and at every tab and topic in the first one."""
    for mode in MODES:
        window.set_mode(mode)
        yield looked(window, mode)
    window.set_mode("entry")
    for tab in TABS:
        window.work.open_tab(tab)
        yield looked(window, tab)
    choice = the(QComboBox, "topics.choice", inside=window)
    for topic in TOPICS:
        choice.setCurrentIndex(choice.findData(topic.name))
        yield looked(window, topic.name)
    window.work.toggle_bottom()


@pytest.mark.slow
def test_that_no_number_and_no_word_of_ours_is_cut_anywhere(robot):
    window = robot.window
    window.context.select(["C000400"])
    wrong = []
    for size in SIZES:
        window.resize(*size)
        wrong += [f"{size} {look}" for look in walk(window) if look.cut or look.laid]
        if size in OPENED:
            wrong += [f"{size} menus {cut}" for cut in cut_actions(window)]
    for size in SHEETS:
        window.resize(*size)
        dialogs = open_sheets(window)
        assert len(dialogs) >= 20, "every sheet is open"
        look = looked(window, "dialogs")
        close_dialogs(dialogs)
        if look.cut or look.laid:
            wrong.append(f"{size} {look}")
    assert not wrong, "\n".join(wrong)


def test_that_the_strip_gives_way_to_the_panel_and_comes_back(window):
    strip, tabs = window.window.strip, window.window.tabs
    window.until(lambda: not window.window.tasks.is_busy)
    assert (strip.isVisible(), tabs.isVisible()) == (True, False)
    window.action("view.bottom").trigger()
    assert (strip.isVisible(), tabs.isVisible()) == (False, True)
    middle = window.window.work.middle
    middle.setSizes([0, middle.height()])
    map_area = window.window.map_area
    assert (map_area.width() >= 420, map_area.height()) == (True, 320)
    the(QWidget, "bottom.fold", inside=window.window).click()
    assert (strip.isVisible(), tabs.isVisible()) == (True, False)


def test_that_no_tab_moves_when_a_count_comes(window):
    strip, tabs = window.window.strip, window.window.tabs
    window.until(lambda: not window.window.tasks.is_busy)

    def places():
        window.window.work.tabs.tabBar().ensurePolished()
        QApplication.processEvents()
        bar = tabs.tabBar()
        return [button.geometry() for button in strip._buttons.values()], [
            bar.tabRect(n).left() for n in range(bar.count())
        ]

    for name in ("table", "findings"):
        strip.show_count(name, None)
        tabs.show_count(name, None)
    before = places()
    for count in (7, 131, 9_999):
        for name in ("table", "findings"):
            strip.show_count(name, count)
            tabs.show_count(name, count)
        assert places() == before, count


def test_that_the_window_says_no_fraction_beside_a_rate_that_is_not_its_own(
    qtbot, yaohai_sample, open_window
):
    robot = open_window(yaohai_sample).wait_for_registry()
    window = robot.window
    for day in (date(2024, 1, 1), date(2026, 11, 30)):
        window.context.set_as_of(day)
        window.set_mode("review")
        settle(window)
        said = [label.text() for label in window.findChildren(QLabel)]
        pairs = [pair for words in said for pair in BOTH.findall(words)]
        assert len(pairs) >= 2, "strip and gaps say the rate"
        for covered, known, percent in pairs:
            assert abs(float(covered) / float(known) * 100 - float(percent)) <= 0.0501
        if day.year == 2024:
            assert "387/418 · 92.6%" in said
