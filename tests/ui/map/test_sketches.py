"""What a panel lays over the map: washed, lined, named, switched off with its layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from geo.crs import zone_for
from tests.ui.map.fake_scene import ORIGIN, fake_scene
from ui.map.canvas import MapCanvas
from ui.map.labels import LabelBook
from ui.map.paint import GroundPainter
from ui.map.scene import Layer, MapScene
from ui.map.sketches import names
from ui.map.style import MapStyle
from ui.map.view import View
from ui.models.sketch import Sketch

SIDE = 600


@pytest.fixture(scope="module")
def scene() -> MapScene:
    return MapScene(zone_for(117.0), fake_scene(40).layers)


def a_sketch(*, meridian: float = 117.0, layer: str = "zones", is_proposed: bool = False) -> Sketch:
    x, y = ORIGIN
    shapes = np.array([shapely.box(x + 900, y + 900, x + 2100, y + 2100)], dtype=object)
    return Sketch(
        zone=zone_for(meridian), shapes=shapes, names=("第1片区",), layer=layer, is_proposed=is_proposed
    )


def painted(scene: MapScene, *sketches: Sketch, hidden: frozenset[str] = frozenset()) -> np.ndarray:
    style = MapStyle(scene, sketches=sketches, hidden=hidden | {"compounds", "buildings", "grids"})
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    x, y = ORIGIN
    GroundPainter(scene).paint(image, round(x / 5), round(-(y + 3000) / 5), 5.0, style)
    return np.frombuffer(image.bits(), dtype=np.uint32).reshape(SIDE, SIDE).copy()


def changed(one: np.ndarray, other: np.ndarray) -> int:
    return int((one != other).sum())


def test_that_a_sketch_washes_its_ground_and_lines_its_border(scene: MapScene, qapp: object) -> None:
    bare, with_zone = painted(scene), painted(scene, a_sketch())
    assert changed(bare, with_zone) == pytest.approx(240 * 240, rel=0.1), "1,200 m at 5 m a pixel"
    assert with_zone[300, 300] != with_zone[300, 420], "the line is darker than the wash"
    dashed = painted(scene, a_sketch(is_proposed=True))
    assert 100 < changed(with_zone, dashed) < 5000, "a proposal is dashed"


def test_that_a_sketch_goes_with_its_layer_and_is_never_drawn_in_another_zone(
    scene: MapScene, qapp: object
) -> None:
    bare = painted(scene)
    assert changed(bare, painted(scene, a_sketch(), hidden=frozenset({"zones"}))) == 0
    assert changed(bare, painted(scene, a_sketch(layer=""), hidden=frozenset({"zones"}))) > 0
    assert changed(bare, painted(scene, a_sketch(meridian=120.0))) == 0


def test_that_a_name_stands_on_its_outline_where_there_is_room(scene: MapScene, qapp: object) -> None:
    style = MapStyle(scene, sketches=(a_sketch(),))
    x, y = ORIGIN
    near = View(x + 1500, y + 1500, 5.0, SIDE, SIDE)
    found = names(near, style, ())
    assert len(found) == 1
    assert found[0][0].contains(SIDE / 2, SIDE / 2)
    assert names(near, style, found) == [], "not over another"
    assert names(View(x + 1500, y + 1500, 80.0, SIDE, SIDE), style, ()) == [], "not where it is too small"


@pytest.fixture
def canvas(qtbot: QtBot, scene: MapScene) -> Iterator[MapCanvas]:
    made = MapCanvas()
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.set_scene(scene)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def test_that_the_canvas_paints_a_sketch_as_soon_as_it_is_laid_over_it(
    canvas: MapCanvas, qtbot: QtBot
) -> None:
    qtbot.waitUntil(canvas.is_sharp, timeout=20_000)
    before = canvas.grab().toImage()
    canvas.set_sketches([a_sketch()])
    qtbot.waitUntil(canvas.is_sharp, timeout=20_000)
    assert canvas.grab().toImage() != before
    canvas.set_sketches([])
    qtbot.waitUntil(canvas.is_sharp, timeout=20_000)
    assert canvas.grab().toImage() == before


def test_that_a_street_too_small_for_its_name_and_figure_is_told_by_what_has_room(qapp: object) -> None:
    x, y = ORIGIN
    wide = {"wide": 300, "short": 108, "small": 60}  # pixels of their width, ten metres each
    boxes = [
        shapely.box(x, y - 2000 * n, x + 10 * width, y - 2000 * n + 900)
        for n, width in enumerate(wide.values())
    ]
    streets = Layer(
        "streets", tuple(wide), ("三里街街道",) * 3, np.array(boxes, dtype=object), parents=("",) * 3
    )
    bounds = (x - 1, y - 9000, x + 9000, y + 9000)
    style = MapStyle(MapScene(zone_for(117.0), {"streets": streets}), notes=dict.fromkeys(wide, "差 18"))
    book = LabelBook(10.0, 1.0)
    found = {label.code: label.width for label in book.lay_out(bounds, style)}
    assert list(found) == ["wide", "short", "small"]
    assert found["wide"] > found["short"] > found["small"]
    again = {label.code: label.width for label in book.lay_out(bounds, style)}
    assert again == found, "a form once found stays"
    late = LabelBook(10.0, 1.0)
    late.lay_out(bounds, MapStyle(style.scene))
    told = {label.code: label.width for label in late.lay_out(bounds, style)}
    assert told == found, "figures that come later are told as well where the bare name had no room"
