"""After a change the map draws what changed, and shows what a map made anew shows."""

from __future__ import annotations

import numpy as np
import shapely

from app.domain.period import today
from app.services.edit import edit
from app.services.outlines.desk import OutlineDesk
from tests.app.outlines.tiles import GRIDS, a_tiled_registry, at
from tests.ui.map.fake_scene import fake_statuses
from ui.map.build_scene import build_scene
from ui.map.canvas import MapCanvas
from ui.map.mend_scene import mended


def settled(canvas):
    """Let a map take its size: one that never was looked at takes it at the first look, and fits its ground anew."""
    canvas.grab()


def test_that_a_mended_scene_and_its_picture_are_those_of_a_scene_made_anew(qtbot, tmp_path):
    registry = a_tiled_registry(tmp_path)
    old, zone, day = registry.dataset, registry.zone, today()
    first = build_scene(old, zone, day)
    _ = first.layer("grids").tree
    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(900, 700)
    settled(canvas)
    canvas.set_scene(first)
    canvas.set_statuses(fake_statuses(first))
    qtbot.waitUntil(canvas.is_sharp, timeout=20_000)
    OutlineDesk(registry, GRIDS[0]).move([(at(300, 0), at(330, -40))]).write()
    edit.set_values(registry, ["C000004"], {"name": "另一个名字"})
    scene = mended(first, old, registry.dataset, day)
    fresh = build_scene(registry.dataset, zone, day)
    assert scene is not None
    for kind, layer in fresh.layers.items():
        made = scene.layer(kind)
        assert (made.codes, made.labels, made.parents) == (layer.codes, layer.labels, layer.parents), kind
        if not len(layer):
            continue
        assert shapely.equals_exact(made.shapes, layer.shapes).all(), kind
        for name in ("bounds", "sizes", "areas", "anchors"):
            assert np.array_equal(getattr(made, name), getattr(layer, name)), (kind, name)
    assert scene.layers["buildings"] is first.layers["buildings"], "what did not change is the same"
    assert sorted(map(str, scene.borders["communities"])) == sorted(map(str, fresh.borders["communities"]))
    assert scene.layer("grids").near((530_320, 3_526_950, 530_329, 3_526_999)).tolist() == [0, 3]
    canvas.set_scene(scene)
    qtbot.waitUntil(canvas.is_sharp, timeout=20_000)
    other = MapCanvas()
    qtbot.addWidget(other)
    other.resize(900, 700)
    settled(other)
    other.set_scene(first)
    other.set_statuses(fake_statuses(first))
    view = canvas.view
    other.set_scene(fresh)
    other.set_view(view)
    qtbot.waitUntil(other.is_sharp, timeout=20_000)
    assert canvas.grab().toImage() == other.grab().toImage()
    canvas.close()
    other.close()
    registry.close()


def test_that_a_scene_is_made_anew_where_features_come_or_go(tmp_path):
    registry = a_tiled_registry(tmp_path)
    old, zone, day = registry.dataset, registry.zone, today()
    first = build_scene(old, zone, day)
    edit.set_values(registry, ["C000004"], {"geometry": ""})
    assert mended(first, old, registry.dataset, day) is None
    assert mended(first, old, old, day) is not None
    registry.close()
