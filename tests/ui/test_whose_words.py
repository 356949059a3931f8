"""Nothing of another record stands under a name: late results have an owner, and nothing moves when they come."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QWidget

from app.services.edit import edit
from tests.ui.robots.find import the
from tests.ui.robots.small import GRIDS
from tests.ui.robots.topics import tell

CODES = ["C000001", "C000003", "C000005", GRIDS[0], "F000001", "O000002"]
SECTIONS = (
    "inspector.identity",
    "inspector.three_no",
    "inspector.organisations",
    "inspector.firms",
    "inspector.relations",
    "inspector.credit",
    "inspector.ledger",
    "inspector.stations",
    "inspector.checks",
    "inspector.history",
)


def settle(window) -> None:
    window.until(lambda: not window.window.tasks.is_busy)


def words_of(window) -> set[tuple[str, str]]:
    """Return what the inspector says, section by section."""
    said: set[tuple[str, str]] = set()
    for name in SECTIONS:
        section = the(QWidget, name, inside=window.window)
        if not section.isVisibleTo(window.window.inspector):
            continue
        for part in section.findChildren(QWidget):
            if isinstance(part, QLabel | QAbstractButton) and part.isVisibleTo(section) and part.text():
                said.add((name, part.text()))
    return said


@pytest.fixture
def stocked(window):
    registry = window.window.context.registry
    kind = next(iter(registry.profile.choices["station_kind"]))
    tell(
        window,
        lambda r: edit.add(
            r, "stations", {"name": "便民点", "kind": kind, "geometry": shapely.Point(117.3015, 31.8625)}
        ),
        lambda r: edit.set_values(r, ["C000001"], {"property_firm": "no"}),
        lambda r: edit.set_values(r, ["C000003"], {"households": 456}),
    )
    settle(window)
    return window


def test_that_at_every_turn_each_word_belongs_to_the_record_selected(stocked):
    window, context = stocked, stocked.window.context
    final: dict[str, set[tuple[str, str]]] = {}
    for _ in range(2):  # the second time everything is known that comes with the window
        for code in CODES:
            context.select([code], "test")
            settle(window)
            QApplication.processEvents()
            final[code] = words_of(window) | final.get(code, set())
    assert ("inspector.stations", "便民点") in final["C000001"]
    assert len({frozenset(words) for words in final.values()}) == len(CODES)
    strangers: list[tuple[str, tuple[str, str]]] = []

    def look() -> None:
        code = context.selection[-1]
        strangers.extend((code, word) for word in words_of(window) - final[code] if code not in word[1])

    turn = QTimer()
    turn.timeout.connect(look)
    turn.start(0)
    for code in [*CODES, *reversed(CODES)]:
        context.select([code], "test")
        look()
        settle(window)
    turn.stop()
    assert not strangers


def test_that_nothing_moves_when_what_was_computed_comes(stocked):
    window, context = stocked, stocked.window.context
    context.select(["C000005"], "test")
    settle(window)
    for code in ("C000001", "C000003", "C000001"):
        context.select([code], "test")
        page = window.window.inspector.page
        before = {name: the(QWidget, name, inside=window.window).y() for name in SECTIONS[:2]}
        facts = page.facts.mapTo(page, page.facts.rect().topLeft()).y()
        settle(window)
        assert {name: the(QWidget, name, inside=window.window).y() for name in SECTIONS[:2]} == before
        assert page.facts.mapTo(page, page.facts.rect().topLeft()).y() == facts


def test_that_a_count_moves_no_tab_of_the_strip(window):
    strip = window.window.strip
    tabs = [b for b in strip.findChildren(QToolButton) if b.objectName() != "strip.summary"]
    window.window.findings._on_registry()
    strip.layout().activate()
    before = {tab.objectName(): tab.geometry() for tab in tabs}
    for count in (7, 131, 1809, None):
        strip.show_count("findings", count)
        strip.layout().activate()
        assert {tab.objectName(): tab.geometry() for tab in tabs} == before


def test_that_an_outline_that_waits_for_its_name_stays_on_the_map(window):
    canvas = window.canvas
    window.action("map.draw").trigger()
    canvas.set_draft([(117.301, 31.861), (117.302, 31.861), (117.302, 31.862)])
    window.press("Enter")
    sheet = the(QWidget, "compound.dialog", inside=window.window)
    assert canvas.outline_waiting() == 3
    sheet.box.setText("新小区")
    the(QAbstractButton, "compound.commit", inside=sheet).click()
    registry = window.window.context.registry
    window.until(lambda: any(r.text("name") == "新小区" for r in registry.dataset.of("compounds").values()))
    new = next(r.code for r in registry.dataset.of("compounds").values() if r.text("name") == "新小区")
    while canvas.outline_waiting():  # until the map itself shows it
        assert new not in canvas.style_now.scene.layer("compounds").index
        QApplication.processEvents()
    assert new in canvas.style_now.scene.layer("compounds").index
