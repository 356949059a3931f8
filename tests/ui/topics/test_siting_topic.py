"""Siting in the window: found, shown on the map, dragged with its figure, written as one change, saved as a layer."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QPushButton

from app.coverage.results import Query
from tests.ui.robots.find import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def sited(window):
    """The window with two places found."""
    window.action("gaps.site").trigger()
    topic = window.window.topics.current
    topic.radius.setValue(60)
    topic.count.setValue(2)
    the(QPushButton, "site.find", inside=window.window).click()
    window.until(lambda: topic.plan is not None and not topic.is_planning)
    return window, topic


def mouse(canvas, kind, at, *, is_down=True):
    button = NONE if kind == QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(
        kind, at, canvas.mapToGlobal(at), button, LEFT if is_down else NONE, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(canvas, event)


def pin(canvas, place):
    return QPointF(*canvas.view.to_px(*canvas.sites.sites.places[place]))


def figure(window):
    query = Query(
        measure="station:grid_post:60", by="district", as_of=window.window.context.as_of, weight="households"
    )
    return window.window.context.registry.engine.coverage(query).total.figures.covered


def test_that_places_are_listed_and_lie_over_the_map_while_the_page_is_in_sight(sited):
    window, topic = sited
    canvas = window.canvas
    assert topic.kind.currentData() == "grid_post"
    assert topic.model.rowCount() == len(canvas.sites.sites.places) == 2
    summary = the(QLabel, "site.summary", inside=window.window).text()
    assert "已证明最优" in summary
    assert f"{topic.plan.after.covered:,.0f}" in summary
    topic.activate(topic.table.model().index(0, 0))
    assert set(window.window.context.selection) == set(topic.plan.places[0].codes)
    window.action("topics.totals").trigger()
    assert canvas.sites.sites is None
    window.action("gaps.site").trigger()
    assert len(canvas.sites.sites.places) == 2
    the(QPushButton, "site.drop", inside=window.window).click()
    assert canvas.sites.sites is None
    assert topic.plan is None


def test_that_a_place_is_dragged_with_its_figure_left_there_or_not_and_clicked_for_its_row(sited):
    window, topic = sited
    canvas, before = window.canvas, topic.plan
    window.until(lambda: not window.window.tasks.is_busy)
    start = pin(canvas, 0)
    end = start + QPointF(60, 0)
    mouse(canvas, QEvent.Type.MouseButtonPress, start)
    mouse(canvas, QEvent.Type.MouseMove, end)
    said = canvas.sites.sites.said
    assert topic.plan is before
    mouse(canvas, QEvent.Type.MouseButtonRelease, end, is_down=False)
    window.until(lambda: topic.plan is not before and not topic.is_planning)
    assert said[0] == f"覆盖 {topic.plan.after.covered:,.0f} 户"
    assert topic.plan.is_by_hand
    assert (topic.plan.places[0].lon, topic.plan.places[0].lat) != (
        before.places[0].lon,
        before.places[0].lat,
    )
    assert "手移" in topic.summary.text()
    assert (pin(canvas, 0) - end).manhattanLength() < 1

    before, start = topic.plan, pin(canvas, 1)
    mouse(canvas, QEvent.Type.MouseButtonPress, start)
    mouse(canvas, QEvent.Type.MouseMove, start + QPointF(40, 10))
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    mouse(canvas, QEvent.Type.MouseButtonRelease, start + QPointF(40, 10), is_down=False)
    assert topic.plan is before
    assert not topic.is_planning
    start = pin(canvas, 1)
    mouse(canvas, QEvent.Type.MouseButtonPress, start)
    mouse(canvas, QEvent.Type.MouseButtonRelease, start, is_down=False)
    assert topic.table.currentIndex().row() == 1
    assert set(window.window.context.selection) == set(topic.plan.places[1].codes)


def test_that_places_become_stations_as_one_change_that_is_taken_back_as_one(sited):
    window, topic = sited
    told = topic.plan
    the(QPushButton, "site.accept", inside=window.window).click()
    the(QLineEdit, "end.why", inside=window.window).setText("补点")
    the(QPushButton, "end.commit", inside=window.window).click()
    stations = window.window.context.registry.dataset
    window.until(
        lambda: len(window.window.context.registry.dataset.of("stations")) == len(stations.of("stations")) + 2
    )
    assert figure(window) == told.after.covered
    window.until(lambda: window.canvas.sites.sites is None)  # it was made of what is no more
    window.until(window.action("edit.undo").isEnabled)
    window.action("edit.undo").trigger()
    window.until(lambda: figure(window) == told.before.covered)


def test_that_places_are_saved_and_candidates_read_where_the_picker_says(sited, tmp_path):
    window, topic = sited
    the(QPushButton, "site.save", inside=window.window).click()
    picker = the(QFileDialog, "site.places.picker", inside=window.window)
    picker.fileSelected.emit(str(tmp_path / "places.geojson"))
    picker.close()
    window.until((tmp_path / "places.geojson").exists)
    features = json.loads((tmp_path / "places.geojson").read_text("utf-8"))["features"]
    assert [feature["geometry"]["coordinates"] for feature in features] == [
        [place.lon, place.lat] for place in topic.plan.places
    ]
    options = topic.options
    options.candidates.setCurrentIndex(options.candidates.count() - 1)
    options.candidates.activated.emit(options.candidates.currentIndex())
    picker = the(QFileDialog, "site.candidates.picker", inside=window.window)
    path = tmp_path / "nothing.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    picker.fileSelected.emit(str(path))
    picker.close()
    assert options.candidates.currentData() == str(path)
    topic.make_plan()
    window.until(lambda: not topic.is_planning)
    assert "nothing.geojson" in topic.summary.text()
    assert topic.plan is None
