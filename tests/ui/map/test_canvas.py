"""The map through its mouse, keys and signals, as a robot uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.text import Text
from tests.ui.map.fake_scene import fake_fills, fake_scene, fake_statuses
from ui.map.canvas import SYNTHETIC, MapCanvas
from ui.map.scene import MapScene
from ui.map.tiles import visible_tiles

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def scene() -> MapScene:
    return fake_scene(300)


@pytest.fixture
def canvas(qtbot: QtBot, scene: MapScene) -> Iterator[MapCanvas]:
    made = MapCanvas()
    qtbot.addWidget(made)
    made.resize(1100, 900)
    made.set_scene(scene)
    made.set_statuses(fake_statuses(scene))
    made.set_choropleth(fake_fills(scene), "grid")
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def sharp(qtbot: QtBot, canvas: MapCanvas) -> None:
    qtbot.waitUntil(canvas.is_sharp, timeout=20_000)


def drag(canvas: MapCanvas, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(canvas, LEFT, modifiers, start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, modifiers, end)


def clear_point(canvas: MapCanvas, code: str) -> QPoint:
    point = canvas.position_of(code)
    assert point is not None
    return point


def test_that_every_compound_is_found_where_it_says_it_is(canvas: MapCanvas, scene: MapScene) -> None:
    codes = scene.layer("compounds").codes
    assert {code: canvas.feature_at(*clear_point(canvas, code).toTuple()) for code in codes} == {
        code: code for code in codes
    }
    canvas.zoom_to(codes[:3])
    for code in codes[:3]:
        assert canvas.feature_at(*clear_point(canvas, code).toTuple()) == code


def test_that_a_click_selects_and_a_click_beside_selects_nothing(qtbot: QtBot, canvas: MapCanvas) -> None:
    with qtbot.waitSignal(canvas.selection_changed, timeout=0) as told:
        QTest.mouseClick(canvas, LEFT, NONE, clear_point(canvas, "C0007"))
    assert told.args == [["C0007"]]
    assert canvas.selection() == ["C0007"]
    QTest.mouseClick(canvas, LEFT, NONE, QPoint(2, 2))
    assert canvas.selection() == []


def test_that_shift_adds_and_ctrl_toggles(canvas: MapCanvas) -> None:
    first, second = (clear_point(canvas, code) for code in ("C0003", "C0009"))
    QTest.mouseClick(canvas, LEFT, NONE, first)
    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.ShiftModifier, second)
    assert canvas.selection() == ["C0003", "C0009"]
    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.ControlModifier, first)
    assert canvas.selection() == ["C0009"]


def test_that_a_rectangle_selects_what_it_meets(canvas: MapCanvas, scene: MapScene) -> None:
    layer = scene.layer("compounds")
    box = layer.bounds[20]
    left, top = canvas.view.to_px(box[0] - 5, box[3] + 5)
    right, bottom = canvas.view.to_px(box[2] + 5, box[1] - 5)
    drag(canvas, QPoint(round(left), round(top)), QPoint(round(right), round(bottom)))
    chosen = canvas.selection()
    assert "C0020" in chosen
    assert 1 <= len(chosen) < 15
    assert all(code.startswith(("C", "B")) for code in chosen)


def test_that_setting_the_selection_tells_nobody(qtbot: QtBot, canvas: MapCanvas) -> None:
    with qtbot.assertNotEmitted(canvas.selection_changed):
        canvas.set_selection(["C0001", "C0002", "C0001"])
    assert canvas.selection() == ["C0001", "C0002"]
    assert "已选 2 个" in canvas.accessibleDescription()


def test_that_a_drawn_outline_comes_as_degrees(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_tool("draw")
    corners = [QPoint(300, 300), QPoint(400, 300), QPoint(400, 420), QPoint(300, 420)]
    for corner in corners:
        QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.AltModifier, corner)
    assert len(canvas.draft()) == 4
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert len(canvas.draft()) == 3
    with qtbot.waitSignal(canvas.polygon_drawn, timeout=0) as told:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert told.args is not None
    outline = told.args[0].outline
    assert outline.is_valid
    assert 117 < outline.centroid.x < 118
    assert 31 < outline.centroid.y < 32
    metres = canvas.style_now.scene.zone.to_metres([outline])[0]
    assert metres.area == pytest.approx(100 * 120 / 2 * canvas.view.mpp**2, rel=0.02)
    assert canvas.draft() == []


def test_that_a_double_click_closes_an_outline(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_tool("draw")
    for corner in (QPoint(300, 300), QPoint(400, 300), QPoint(400, 420)):
        QTest.mouseClick(canvas, LEFT, NONE, corner)
    with qtbot.waitSignal(canvas.polygon_drawn, timeout=0):
        QTest.mouseDClick(canvas, LEFT, NONE, QPoint(300, 420))


def test_that_a_crossing_corner_is_refused_with_a_word(canvas: MapCanvas) -> None:
    canvas.set_tool("draw")
    for corner in (QPoint(300, 300), QPoint(400, 300), QPoint(400, 400), QPoint(350, 250)):
        QTest.mouseClick(canvas, LEFT, NONE, corner)
    assert len(canvas.draft()) == 3
    assert "相交" in canvas.hint_bar.accessibleName()
    QTest.mouseClick(canvas, LEFT, NONE, QPoint(300, 400))
    assert len(canvas.draft()) == 4
    assert "相交" not in canvas.hint_bar.accessibleName()


def test_that_a_long_refusal_is_told_whole_within_the_map(canvas: MapCanvas) -> None:
    canvas.set_tool("reshape")
    canvas.held.refuse(
        Text("、".join(["这个顶点是几条界线的交点"] * 12), ", ".join(["borders meet here"] * 24))
    )
    bar = canvas.hint_bar
    assert bar.height() > 60  # several lines
    assert canvas.rect().contains(bar.geometry())
    assert not bar.geometry().intersects(canvas.zoom_buttons.geometry())


def test_that_escape_keeps_the_draft(canvas: MapCanvas) -> None:
    canvas.set_tool("draw")
    for corner in (QPoint(300, 300), QPoint(400, 300)):
        QTest.mouseClick(canvas, LEFT, NONE, corner)
    kept = canvas.draft()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool() == "select"
    assert canvas.draft() == kept
    canvas.set_draft([])
    assert canvas.draft() == []
    canvas.set_draft(kept)
    assert canvas.draft()[1] == pytest.approx(kept[1], abs=1e-9)


def test_that_a_station_is_placed_and_moved(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_tool("add_station")
    with qtbot.waitSignal(canvas.station_placed, timeout=0) as told:
        QTest.mouseClick(canvas, LEFT, NONE, QPoint(500, 400))
    assert told.args == pytest.approx(list(canvas.lonlat_at(QPointF(500, 400))))
    canvas.finish_tool()
    start = clear_point(canvas, "S0002")
    assert canvas.feature_at(start.x(), start.y()) == "S0002"
    with qtbot.waitSignal(canvas.station_moved, timeout=0) as moved:
        drag(canvas, start, start + QPoint(60, 40))
    end = start + QPoint(60, 40)
    assert moved.args == ["S0002", *canvas.lonlat_at(QPointF(end))]


def test_that_the_wheel_zooms_about_the_cursor(qtbot: QtBot, canvas: MapCanvas) -> None:
    at = QPointF(700, 200)
    before, scale = canvas.view.to_xy(700, 200), canvas.view.mpp
    event = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    with qtbot.waitSignal(canvas.scale_changed, timeout=0):
        QApplication.sendEvent(canvas, event)
    assert canvas.view.mpp == pytest.approx(scale / 2**0.5)
    assert canvas.view.to_xy(700, 200) == pytest.approx(before, abs=canvas.view.mpp)


def test_that_keys_pan_zoom_fit_and_step(canvas: MapCanvas) -> None:
    fitted = canvas.view
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.x == pytest.approx(fitted.x + fitted.mpp * canvas.width() / 8)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.mpp < fitted.mpp
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view == fitted
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    (first,) = canvas.selection()
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    (second,) = canvas.selection()
    assert clear_point(canvas, second).x() > clear_point(canvas, first).x()


def test_that_space_and_the_middle_button_pan_whatever_the_tool(canvas: MapCanvas) -> None:
    canvas.set_tool("draw")
    was = canvas.view
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    drag(canvas, QPoint(300, 300), QPoint(360, 340))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view.x == pytest.approx(was.x - 60 * was.mpp)
    assert canvas.view.y == pytest.approx(was.y + 40 * was.mpp)
    assert canvas.draft() == []
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, NONE, QPoint(300, 300))
    QTest.mouseMove(canvas, QPoint(240, 260))
    QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, NONE, QPoint(240, 260))
    QTest.mouseClick(canvas, LEFT, NONE, QPoint(300, 300))
    assert len(canvas.draft()) == 1


def test_that_zooming_to_a_compound_leaves_a_margin(canvas: MapCanvas, scene: MapScene) -> None:
    canvas.zoom_to(["C0011"])
    west, south, east, north = scene.layer("compounds").bounds[11]
    left, top = canvas.view.to_px(west, north)
    right, bottom = canvas.view.to_px(east, south)
    assert min(left / canvas.width(), top / canvas.height()) >= 0.149
    assert canvas.view.denominator >= 500
    assert "C0011" in canvas.visible_codes()
    assert len(canvas.visible_codes()) < len(scene.layer("compounds"))
    assert right > left
    assert bottom > top


def test_that_buttons_zoom_and_have_names(canvas: MapCanvas) -> None:
    scale = canvas.view.mpp
    for name, closer in (("map.zoom_in", True), ("map.zoom_out", False)):
        button = canvas.findChild(QToolButton, name)
        assert isinstance(button, QToolButton)
        assert button.accessibleName()
        QTest.mouseClick(button, LEFT)
        assert (canvas.view.mpp < scale) is closer
        scale = canvas.view.mpp
    canvas.zoom_to(["C0001"])
    QTest.mouseClick(canvas.findChild(QToolButton, "map.zoom_fit"), LEFT)
    assert set(canvas.visible_codes()) >= set(canvas.style_now.scene.layer("compounds").codes)


def test_that_the_map_becomes_sharp_and_shows_its_colours(qtbot: QtBot, canvas: MapCanvas) -> None:
    sharp(qtbot, canvas)
    palette = canvas.style_now.palette
    codes = [code for code, status in canvas.style_now.statuses.items() if status == "covered"]
    canvas.zoom_to(codes[:1])
    with qtbot.waitSignal(canvas.became_sharp, timeout=20_000):
        pass
    image = canvas.grab().toImage()
    point = clear_point(canvas, codes[0]) + QPoint(-6, 30)  # beside its name
    assert canvas.feature_at(point.x(), point.y()) == codes[0]
    assert image.pixelColor(point).name().upper() == palette.covered


def test_that_one_status_changes_only_its_tiles(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.zoom_to(["C0004"])
    sharp(qtbot, canvas)
    before = canvas._store.tiles()
    statuses = dict(canvas.style_now.statuses)
    far = max(statuses, key=lambda code: abs(clear_point(canvas, code).x()))
    statuses[far] = "uncovered" if statuses[far] == "covered" else "covered"
    canvas.set_statuses(statuses)
    sharp(qtbot, canvas)
    after = canvas._store.tiles()
    seen = visible_tiles(
        canvas.view
    )  # of the ring around them more or less has been painted, maybe that of the far one
    shared = before.keys() & after.keys() & seen.keys()
    assert shared
    assert all(before[key].cacheKey() == after[key].cacheKey() for key in shared)
    statuses["C0004"] = "uncovered" if statuses["C0004"] == "covered" else "covered"
    canvas.set_statuses(statuses)
    sharp(qtbot, canvas)
    last = canvas._store.tiles()
    assert any(after[key].cacheKey() != last[key].cacheKey() for key in after.keys() & last.keys())


def test_that_a_tile_carried_over_is_not_painted_for_the_look_before(qtbot: QtBot, canvas: MapCanvas) -> None:
    sharp(qtbot, canvas)
    store = canvas._store
    wish = store._wish
    assert wish is not None
    qtbot.waitUntil(lambda: store._next_tile(wish, with_ring=True) is None)
    store.keep(wish.version, wish.version + 1, [])  # the window is about to want the new look
    assert store._next_tile(wish, with_ring=True) is None


def test_that_zooming_never_shows_an_empty_map(qtbot: QtBot, canvas: MapCanvas) -> None:
    sharp(qtbot, canvas)
    canvas.zoom_in()
    image = canvas.grab().toImage()
    colours = {image.pixel(x, y) for x in range(300, 800, 7) for y in range(200, 700, 7)}
    assert len(colours) > 5


def test_that_labels_do_not_overlap_and_stay_while_panning(qtbot: QtBot, canvas: MapCanvas) -> None:
    for code in ("D0000", "T0001", "C0005"):
        canvas.zoom_to([code])
        sharp(qtbot, canvas)
        labels = canvas._store.labels()
        assert labels
        boxes = [(x.left + 3, x.top + 5, x.left + x.width - 4, x.top + x.height - 5) for x in labels]
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert not (a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1])
        before = {label.code: (label.left, label.top) for label in labels}
        canvas.pan_by(-280, 0)
        sharp(qtbot, canvas)
        after = {label.code: (label.left, label.top) for label in canvas._store.labels()}
        assert all(after[code] == before[code] for code in before.keys() & after.keys())
        assert before.keys() & after.keys()


def test_that_labels_do_not_overlap_when_their_figures_come_later(
    qtbot: QtBot, canvas: MapCanvas, scene: MapScene
) -> None:
    canvas.set_choropleth({}, "grid")
    canvas.zoom_to(["T0001"])
    sharp(qtbot, canvas)
    large = {
        code: replace(fill, covered=12_345, uncovered=11_111) for code, fill in fake_fills(scene).items()
    }
    canvas.set_choropleth(large, "grid")
    sharp(qtbot, canvas)
    labels = canvas._store.labels()
    assert any(label.kind == "grids" or label.code.startswith("G") for label in labels)
    boxes = [(x.left + 3, x.top + 5, x.left + x.width - 4, x.top + x.height - 5) for x in labels]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert not (a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1])


def test_that_what_lies_outside_the_place_fades(qtbot: QtBot, canvas: MapCanvas, scene: MapScene) -> None:
    canvas.set_place("T0001")
    outside = canvas.style_now.is_outside
    inside = [i for i in range(len(scene.layer("compounds"))) if not outside("compounds", i)]
    assert 0 < len(inside) < len(scene.layer("compounds"))
    assert "长淮街道1" in canvas.accessibleDescription()
    canvas.set_place(None)
    assert not canvas.style_now.is_outside("compounds", 0)


def test_that_dark_and_english_reach_everything(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_dark(True)
    canvas.set_lang("en")
    canvas.set_synthetic(SYNTHETIC)
    sharp(qtbot, canvas)
    image = canvas.grab().toImage()
    assert image.pixelColor(20, 20).lightness() < 60
    assert canvas.accessibleName() == "Map"
    assert "Nothing selected" in canvas.accessibleDescription()


def test_that_hovering_tells_the_feature_and_the_place(qtbot: QtBot, canvas: MapCanvas) -> None:
    point = clear_point(canvas, "C0012")
    with (
        qtbot.waitSignal(canvas.hovered, timeout=0) as told,
        qtbot.waitSignal(canvas.cursor_moved, timeout=0) as moved,
    ):
        QTest.mouseMove(canvas, point)
    assert told.args == ["C0012"]
    assert moved.args == pytest.approx(list(canvas.lonlat_at(QPointF(point))))
    assert "大关东12苑" in canvas.tip_words("C0012")


def test_that_measuring_measures(canvas: MapCanvas) -> None:
    canvas.set_tool("measure")
    for corner in (QPoint(300, 300), QPoint(400, 300), QPoint(400, 400)):
        QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.AltModifier, corner)
    length, area = canvas.tools["measure"].measured()  # type: ignore[attr-defined]
    assert length == pytest.approx(200 * canvas.view.mpp)
    assert area == pytest.approx(5_000 * canvas.view.mpp**2)


def test_that_many_selected_are_drawn_and_moved_with_the_ground(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_selection(canvas.style_now.scene.layer("compounds").codes)
    sharp(qtbot, canvas)
    accent = canvas.style_now.palette.accent

    def blue(image: QImage) -> int:
        return sum(
            image.pixelColor(x, y).name().upper() == accent
            for x in range(300, 800, 3)
            for y in range(300, 700, 3)
        )

    assert blue(canvas.grab().toImage()) > 100
    canvas.pan_by(40, 30)
    assert blue(canvas.grab().toImage()) > 100


def test_that_the_legend_explains_what_is_shown(qtbot: QtBot, canvas: MapCanvas) -> None:
    assert canvas.legend.isVisible()
    width = canvas.legend.width()
    QTest.mouseClick(canvas.legend, LEFT)
    assert canvas.legend.is_open
    assert canvas.legend.height() > 60
    assert canvas.legend.width() != width
    canvas.set_choropleth({}, "grid")
    canvas.set_statuses({})
    assert not canvas.legend.isVisible()


def test_that_closing_ends_the_thread(qtbot: QtBot, scene: MapScene) -> None:
    before = set(threading.enumerate())
    made = MapCanvas()
    qtbot.addWidget(made)
    made.set_scene(scene)
    made.show()
    sharp(qtbot, made)
    started = set(threading.enumerate()) - before
    assert [thread.name for thread in started] == ["map tiles"]
    made.close()
    assert not any(thread.is_alive() for thread in started)


def test_that_assistive_technology_finds_a_canvas_with_words(canvas: MapCanvas) -> None:
    canvas.set_selection(["C0007"])
    interface = QAccessible.queryAccessibleInterface(canvas)
    assert interface.role() == QAccessible.Role.Canvas
    assert interface.text(QAccessible.Text.Name) == "地图"
    assert "大关东7苑" in interface.text(QAccessible.Text.Description)
