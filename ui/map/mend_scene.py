"""The scene after a change: what changed is drawn anew, everything else is what it was. Runs in a worker."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ui.map.build_scene import BORDERED, layer_of, stations_of
from ui.map.scene import AREA_LAYERS, Layer, MapScene, Mended, borders_once

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from app.domain.dataset import Dataset
    from app.domain.record import Record

_PER_ROW = ("bounds", "sizes", "areas", "anchors")  # kept with a layer, a row for each feature
_SHOWN = frozenset({*AREA_LAYERS, "stations"})
_MOST = 200  # features: of more than these, the whole is made anew


def mended(scene: MapScene, old: Dataset, new: Dataset, day: date) -> MapScene | None:
    """Return the scene of ``new``, made of that of ``old``; None where it must be made anew.

    That is so where it is not known what changed, where much did, or where features came or went.
    """
    pairs = new.since(old)
    if pairs is None or len(pairs) > _MOST:
        return None
    changed: dict[str, list[Record]] = defaultdict(list)
    for before, after in pairs:
        record = after or before
        if record is None or record.kind not in _SHOWN:
            continue
        if after is None and record.kind != "stations" and record.code in scene.layer(record.kind).index:
            return None
        if after is not None or record.kind == "stations":
            changed[record.kind].append(record)
    layers, rows = dict(scene.layers), {}
    for kind, records in changed.items():
        if kind == "stations":
            continue
        layer = layers.get(kind, Layer(kind))
        fresh = layer_of(records, kind, scene.zone, day)
        codes = {record.code for record in records}
        if set(fresh.codes) != {code for code in codes if code in layer.index}:
            return None
        rows[kind] = np.array([layer.index[code] for code in fresh.codes], dtype=np.intp)
        layers[kind] = _patched(layer, fresh, rows[kind])
    borders = dict(scene.borders)
    for kind in BORDERED:
        if kind in rows:
            borders[kind] = borders_once(layers[kind].shapes)
    stations = stations_of(new, scene.zone, day) if "stations" in changed else scene.stations
    return replace(
        scene, layers=layers, stations=stations, borders=borders, mended=Mended(scene, rows), _inside={}
    )


def _patched(layer: Layer, fresh: Layer, rows: NDArray[np.intp]) -> Layer:
    """Return a layer with some of its features replaced, with what is kept with it."""
    if not len(rows):
        return layer
    shapes = layer.shapes.copy()
    shapes[rows] = fresh.shapes
    labels, parents = list(layer.labels), list(layer.parents)
    for place, row in enumerate(rows.tolist()):
        labels[row] = fresh.labels[place]
        if parents:
            parents[row] = fresh.parents[place]
    made = Layer(layer.kind, layer.codes, tuple(labels), shapes, tuple(parents))
    kept = vars(layer)
    for name in _PER_ROW:
        if name in kept:
            values = kept[name].copy()
            values[rows] = getattr(fresh, name)
            vars(made)[name] = values
    vars(made)["index"] = layer.index
    if "tree" in kept:
        _ = made.tree
    return made
