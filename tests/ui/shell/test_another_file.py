"""Nothing of one registry outlives it: what belongs to a file stays with it, the rest is gone when another opens."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QLineEdit, QPushButton, QWidget
from shapely.geometry import box

from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from app.text import Text
from tests.ui.robots.find import the
from tests.ui.robots.small import write_small


def draw(robot, *corners):
    robot.window.map_area.take_tool("draw")
    for x, y in corners:
        QTest.mouseClick(robot.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def open_other(robot, path):
    robot.window.open_path(path)
    robot.until(lambda: robot.window.context.registry.path == path)
    robot.wait_for_registry()


def seen_of(robot, spots):
    """Return the colours of the map's picture at these places, under all that floats over it."""
    picture = robot.canvas.grab().toImage()
    return {picture.pixelColor(spot).name() for spot in spots}


def spots_of_compounds(robot):
    """Return places of the map where a compound lies and nothing floats."""
    found = [robot.canvas.position_of(code) for code in robot.canvas.visible_codes() if code.startswith("C")]
    return [spot for spot in found if robot.canvas.childAt(spot) is None]


TRIANGLE = ((300, 150), (420, 150), (420, 260))


def test_that_a_half_drawn_outline_waits_with_its_own_file(window, tmp_path, registry_path):
    other = write_small(tmp_path / "other.gpkg")
    window.until(window.canvas.is_sharp)
    draw(window, *TRIANGLE)
    drawn = window.canvas.draft()
    assert len(drawn) == 3
    open_other(window, other)
    settings = window.window.context.settings
    assert window.canvas.draft() == []
    assert window.canvas.tool() == "select"
    assert settings.draft(str(other)) is None
    assert not the(QWidget, "map.banner", inside=window.window).isVisible()
    open_other(window, registry_path)
    assert the(QWidget, "map.banner", inside=window.window).isVisible()
    window.window.map_area.canvas.zoom_fit()
    the(QPushButton, "map.banner.action", inside=window.window).click()
    assert len(window.canvas.draft()) == 3
    spots = [window.canvas.view.to_px(*xy) for xy in window.canvas.tools["draw"].points]
    wide = max(x for x, _ in spots) - min(x for x, _ in spots)
    high = max(y for _, y in spots) - min(y for _, y in spots)
    assert (
        max(wide / window.canvas.width(), high / window.canvas.height()) > 0.4
    )  # not a speck in the district


def test_that_an_outline_waiting_for_its_name_stays_with_its_file(window, tmp_path, registry_path):
    other = write_small(tmp_path / "other.gpkg")
    window.until(window.canvas.is_sharp)
    draw(window, *TRIANGLE)
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    window.until(lambda: bool(window.window.findChildren(QDialog, "compound.dialog")))
    open_other(window, other)
    assert [d for d in window.window.findChildren(QDialog) if d.isVisible()] == []
    assert window.canvas.draft() == []
    kept = window.window.context.settings.draft(str(registry_path))
    assert kept is not None
    assert len(kept["corners"]) == 3


def test_that_nothing_asked_of_one_file_is_asked_of_the_next(window, tmp_path):
    other = write_small(tmp_path / "other.gpkg")
    shell, context = window.window, window.window.context
    window.until(window.canvas.is_sharp)
    context.show_compounds(["C000002"], Text("两个", "Two"))
    window.type_into("search.box", "苑")
    window.type_into("table.filter", "C0")
    window.type_into("places.filter", "一")
    the(QDoubleSpinBox, "gaps.target", inside=shell).setValue(60)
    context.ask(by="street", against=context.as_of.replace(year=2024))
    context.set_as_of(context.as_of.replace(year=2025))
    window.action("registry.export").trigger()
    shell.map_area.banner.show_words("error", Text("出了错", "An error"))
    context.said.emit(Text("说过的话", "Something said"))
    open_other(window, other)
    assert context.selection == []
    assert context.place == ""
    window.until(lambda: len(context.listed) == window.table.model().rowCount() > 1)
    for name in ("search.box", "table.filter", "places.filter"):
        assert the(QLineEdit, name, inside=shell).text() == ""
    assert the(QDoubleSpinBox, "gaps.target", inside=shell).value() == 100
    assert context.question.against is None
    assert context.as_of == date.today()  # noqa: DTZ011
    assert [d for d in shell.findChildren(QDialog) if d.isVisible()] == []
    for name in ("map.banner", "toast", "search.results", "table.show_all"):
        assert not the(QWidget, name, inside=shell).isVisible()


def test_that_the_map_of_another_file_is_seen_whole(window, tmp_path):
    other = write_small(tmp_path / "other.gpkg")
    window.until(window.canvas.is_sharp)
    window.canvas.zoom_to(["C000002"])
    near = window.canvas.view.denominator
    open_other(window, other)
    window.until(lambda: window.canvas.view.denominator > near)


def test_that_no_ground_of_one_file_is_on_the_map_of_an_empty_one(window, tmp_path):
    path = tmp_path / "empty.gpkg"
    create_registry(path, load_profile("yaohai")).close()
    window.until(window.canvas.is_sharp)
    paper = QColor(window.canvas.style_now.palette.paper).name()
    spots = [spot for spot in spots_of_compounds(window) if seen_of(window, [spot]) != {paper}]
    assert spots
    window.window.open_path(path)
    steps = the(QWidget, "steps", inside=window.window)
    window.until(steps.isVisible)
    steps.hide()  # it floats over the map
    window.until(lambda: seen_of(window, spots) == {paper})


def test_that_the_map_is_paper_again_when_the_only_record_is_taken_back(open_window, tmp_path):
    path = tmp_path / "empty.gpkg"
    create_registry(path, load_profile("yaohai")).close()
    window = open_window(path)
    context = window.window.context
    window.until(lambda: context.registry is not None)
    square = {"name": "甲", "geometry": box(117.3, 31.8, 117.31, 31.81)}
    context.edit(lambda _t: edit.add(context.registry, "compounds", square), context.measure_words())
    window.until(lambda: window.canvas.is_sharp() and bool(window.canvas.visible_codes()))
    window.canvas.zoom_fit()
    window.until(window.canvas.is_sharp)
    spots = spots_of_compounds(window)
    paper = QColor(window.canvas.style_now.palette.paper).name()
    assert spots
    assert paper not in seen_of(window, spots)
    context.undo()
    window.until(lambda: not window.canvas.visible_codes())
    the(QWidget, "steps", inside=window.window).hide()  # it floats over the map
    assert seen_of(window, spots) == {paper}
