"""A view with nothing to show says what is missing and offers one act that works."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from shapely.geometry import box

from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.ui.robots.find import the
from ui.topic_list import TOPICS

UNITS = (
    ("districts", "district", "340102"),
    ("streets", "street", "340102003"),
    ("communities", "community", "340102003001"),
    ("grids", "grid", "340102003001001"),
)
SUMS = {"totals", "checklists"}  # rows of nothing are rows
TABS = ("coverage", "table", "gaps", "findings", "journal")


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    path = tmp_path_factory.mktemp("nothing") / "new.gpkg"
    create_registry(path, load_profile("yaohai")).close()
    return path


@pytest.fixture
def empty(open_window, nothing):
    robot = open_window(nothing)
    robot.until(lambda: robot.window.context.is_map_shown)
    return robot


def offered(robot, room):
    """Wait until the view of a room says what is missing; return its button."""
    robot.until(
        lambda: any(b.isVisible() for b in robot.window.findChildren(QPushButton, f"{room}.empty_act"))
    )
    button = the(QPushButton, f"{room}.empty_act", inside=robot.window)
    assert the(QLabel, f"{room}.empty", inside=robot.window).text()
    assert button.text() == button.accessibleName()
    assert button.isEnabled()
    assert button.visibleRegion().boundingRect() == button.rect(), "the button is cut"
    return button


def imports(robot, kind):
    """Wait for the sheet that imports records of a kind."""
    robot.until(lambda: bool(robot.window.findChildren(QDialog, "import.dialog")))
    [sheet] = robot.window.findChildren(QDialog, "import.dialog")
    assert sheet.kind.currentData() == kind
    sheet.reject()


@pytest.mark.parametrize("lowest", ["district", "street", "community", "grid"])
def test_that_the_lowest_level_that_exists_is_asked_for(open_window, tmp_path, lowest):
    registry = create_registry(tmp_path / "new.gpkg", load_profile("yaohai"))
    above = {}
    for kind, level, code in UNITS:
        fields = {"code": code, "name": level, "geometry": box(117, 31, 117.1, 31.1), **above}
        edit.add(registry, kind, fields)
        above = {level: code}
        if level == lowest:
            break
    registry.close()
    robot = open_window(tmp_path / "new.gpkg")
    robot.until(lambda: robot.window.context.registry is not None)
    assert robot.window.context.question.by == lowest


def test_that_the_inspector_offers_compounds_where_there_are_none(empty):
    offered(empty, "inspector").click()
    imports(empty, "compounds")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("tab", TABS)
def test_that_an_empty_tab_says_what_is_missing(empty, tab, lang):
    empty.window.set_language(lang)
    empty.window.work.open_tab(tab)
    button = offered(empty, tab)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in button.text()) == (lang == "zh")
    button.click()
    if tab == "coverage":
        imports(empty, "grids")
    elif tab != "findings":
        imports(empty, "compounds")
    else:
        empty.until(lambda: empty.window.findings.is_checked)


@pytest.mark.parametrize(
    ("step", "kind"), [("borders", "grids"), ("compounds", "compounds"), ("parties", "attachments")]
)
def test_that_each_step_opens_what_it_says(empty, step, kind):
    the(QPushButton, f"steps.{step}", inside=empty.window).click()
    imports(empty, kind)


def test_that_the_fourth_step_opens_the_figures(empty):
    the(QPushButton, "steps.coverage", inside=empty.window).click()
    empty.until(empty.window.coverage.isVisible)


@pytest.mark.parametrize("topic", [entry.name for entry in TOPICS])
def test_that_an_empty_topic_says_what_is_missing(empty, topic):
    empty.action(f"topics.{topic}").trigger()
    page = empty.window.topics.current
    empty.until(lambda: not page.is_asking)

    def buttons():
        found = page.findChildren(QPushButton)
        return [b for b in found if b.objectName().endswith(".empty_act") and b.isVisible()]

    if topic in SUMS:
        assert buttons() == []
        return
    empty.until(lambda: bool(buttons()))
    buttons()[0].click()
    imports(empty, "compounds")


def test_that_a_filter_without_rows_is_taken_off_by_the_button(window):
    window.window.work.open_tab("table")
    everything = window.table.model().rowCount()
    window.type_into("table.filter", "没有这样的名字")
    window.until(lambda: window.table.model().rowCount() == 0)
    offered(window, "table").click()
    window.until(lambda: window.table.model().rowCount() == everything)
    assert not the(QPushButton, "table.empty_act", inside=window.window).isVisible()


def test_that_the_inspector_leads_to_the_search_where_there_are_compounds(window):
    window.window.context.select([])
    offered(window, "inspector").click()
    window.until(window.window.header.search.hasFocus)
