"""The window doubts a place that nobody can have meant, and puts it right by one click that can be taken back."""

from __future__ import annotations

import csv

import numpy as np
import pyogrio.raw
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from shapely.geometry import Point

from app.services.check.check import check
from app.services.edit import edit
from geo.crs import Zone
from tests.ui.robots.find import the
from tests.ui.robots.small import box
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.edit.draw import CompoundDialog, StationDialog
from ui.dialogs.edit.record_change import MoveSheet
from ui.map.build_scene import build_scene
from ui.panels.findings.findings import FindingsPanel

FAR = (17.306, 31.864)
TRUE = (117.306, 31.864)
_READ_MS = 30_000  # a file is read by a process of its own


def banner(window):
    return the(QLabel, "map.banner.text", inside=window.window)


def add_far_station(window):
    context = window.window.context
    dialog = StationDialog(context, *FAR, window.window)
    dialog.open()
    dialog.box.setText("驿站甲")
    dialog.commit.click()
    window.until(lambda: banner(window).isVisible())
    return next(
        code for code, r in context.registry.dataset.of("stations").items() if r.text("name") == "驿站甲"
    )


def place_of(window, code):
    return window.window.context.registry.find(code).geometry


def test_that_a_station_far_off_is_written_said_and_put_right_by_one_click(window):
    code = add_far_station(window)
    said = banner(window).text()
    assert said.startswith("驿站甲：")
    assert "在中国以外" in said
    assert "--" not in said
    assert place_of(window, code) == Point(FAR)
    changes = len(window.window.context.registry.history())
    the(QPushButton, "map.banner.action", inside=window.window).click()
    window.until(lambda: place_of(window, code) == Point(TRUE))
    assert len(window.window.context.registry.history()) == changes + 1
    window.until(lambda: not banner(window).isVisible())
    window.window.context.undo()
    window.until(lambda: place_of(window, code) == Point(FAR))


def test_that_the_doubt_goes_with_what_it_is_about(window):
    add_far_station(window)
    window.window.context.undo()
    window.until(lambda: not banner(window).isVisible())


def test_that_an_outline_drawn_far_off_and_a_station_moved_there_are_said(window):
    context = window.window.context
    outline = shapely.transform(box(1, 1, 0.2, 0.2), lambda p: p - np.array([10.0, 0]))
    dialog = CompoundDialog(context, outline, window.window)
    dialog.open()
    dialog.box.setText("画远了")
    dialog.commit.click()
    window.until(lambda: banner(window).isVisible())
    assert banner(window).text().startswith("画远了：")
    the(QPushButton, "map.banner.close", inside=window.window).click()
    code = edit.add(
        context.registry, "stations", {"name": "站", "kind": "grid_post", "geometry": Point(TRUE)}
    ).codes[0]
    sheet = MoveSheet(context, code, window.window)
    sheet.open()
    sheet.lon.setText("127.306")
    sheet.why.setText("搬了")
    sheet.commit.click()
    window.until(lambda: banner(window).isVisible())
    assert banner(window).text().startswith("站：")


def test_that_swapped_degrees_typed_into_the_sheet_are_refused_in_words(window):
    context = window.window.context
    code = edit.add(
        context.registry, "stations", {"name": "站", "kind": "grid_post", "geometry": Point(TRUE)}
    ).codes[0]
    sheet = MoveSheet(context, code, window.window)
    sheet.open()
    sheet.lon.setText("31.864")
    sheet.lat.setText("117.306")
    sheet.why.setText("搬了")
    sheet.commit.click()
    window.until(lambda: "写反" in sheet.error.text())
    assert "--" not in sheet.error.text()
    assert "geometry" not in sheet.error.text()
    assert place_of(window, code) == Point(TRUE)


@pytest.fixture
def sheet(context, host):
    dialog = ImportDialog(context, host)
    dialog.open()
    return dialog


def choose(sheet, path, kind):
    sheet.kind.setCurrentIndex(sheet.kind.findData(kind))
    the(QLineEdit, "import.path", inside=sheet).setText(str(path))
    QTest.keyClick(sheet.path, Qt.Key.Key_Return)


def metres(path, *, north_first):
    zone = Zone(117)
    shapes = zone.to_metres([box(0.5, 0.5, 0.3, 0.3), box(1.5, 0.5, 0.3, 0.3)])
    if north_first:
        shapes = shapely.transform(shapes, lambda p: p[:, ::-1])
    else:
        shapes = shapely.transform(shapes, lambda p: p + np.array([39_000_000, 0]))
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb(shapes), field_data=[np.array(["甲", "乙"], dtype=object)], fields=["name"],
        geometry_type="Polygon", crs="EPSG:4548", driver="ESRI Shapefile", encoding="UTF-8",
    )  # fmt: skip
    return path


def test_that_the_import_sheet_says_it_and_reads_exchanged_axes_by_a_click_and_back(qtbot, sheet, tmp_path):
    choose(sheet, metres(tmp_path / "a.shp", north_first=True), "compounds")
    qtbot.waitUntil(sheet.read_as.isVisible, timeout=_READ_MS)
    assert "写反" in sheet.notes.text()
    assert "--" not in sheet.notes.text()
    assert sheet.read_as.text() == "按交换坐标读"
    sheet.read_as.click()
    qtbot.waitUntil(lambda: "写反" not in sheet.notes.text() and sheet.commit.isEnabled(), timeout=_READ_MS)
    west = sheet._plan.rows[0].outline.bounds[0]
    assert 117 < west < 118
    sheet.read_as.click()
    qtbot.waitUntil(lambda: "写反" in sheet.notes.text(), timeout=_READ_MS)


def test_that_a_zone_number_is_read_by_a_click_into_the_systems_field(qtbot, sheet, tmp_path):
    choose(sheet, metres(tmp_path / "a.shp", north_first=False), "compounds")
    qtbot.waitUntil(sheet.read_as.isVisible, timeout=_READ_MS)
    assert sheet.read_as.text() == "按 EPSG:4527 读"
    sheet.read_as.click()
    qtbot.waitUntil(sheet.commit.isEnabled, timeout=_READ_MS)
    assert sheet.crs.text() == "EPSG:4527"
    assert not sheet.read_as.isVisible()


def test_that_a_table_with_a_lost_digit_is_said_before_it_is_brought_in(qtbot, sheet, tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name", "kind", "lon", "lat"], ["驿站甲", "grid_post", *map(str, FAR)]])
    sheet.crs.setText("EPSG:4490")
    choose(sheet, path, "stations")
    qtbot.waitUntil(lambda: "在中国以外" in sheet.notes.text(), timeout=_READ_MS)
    assert "117.306, 31.864" in sheet.notes.text()
    assert sheet.commit.isEnabled()


def test_that_the_whole_is_shown_without_what_lies_elsewhere(window):
    context = window.window.context
    before = build_scene(context.registry.dataset, context.registry.zone, context.as_of).bounds
    edit.add(
        context.registry,
        "districts",
        {"code": "340103", "name": "远区", "geometry": shapely.box(17.2, 31.8, 17.3, 31.9)},
    )
    scene = build_scene(context.registry.dataset, context.registry.zone, context.as_of)
    assert scene.bounds == before
    assert scene.find("340103") is not None


def test_that_a_finding_of_a_place_leads_to_its_reading(window):
    code = add_far_station(window)
    the(QPushButton, "map.banner.close", inside=window.window).click()
    panel = window.window.findChild(FindingsPanel)
    finding = next(one for one in check_all(window) if one.rule == "far_away" and one.codes == (code,))
    panel._offer(finding)
    panel._on_settle()
    assert banner(window).isVisible()
    the(QPushButton, "map.banner.action", inside=window.window).click()
    window.until(lambda: place_of(window, code) == Point(TRUE))


def check_all(window):
    registry = window.window.context.registry
    day = window.window.context.as_of
    return check(registry.dataset, registry.profile, registry.engine, registry.zone, day, ["far_away"])
