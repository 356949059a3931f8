"""Paints the map of an export from what is allowed to leave, and from nothing else."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import shapely
from PySide6.QtGui import QGuiApplication

from app.coverage.results import Figures
from app.domain.kinds import Where, kinds_in
from app.domain.looks.wording import WITHHELD, whole
from app.services.registry.working_zone import zone_of_code
from app.text import Text
from ui.map.build_scene import ground_of
from ui.map.export.picture import Caption, write_map_png
from ui.map.scene import Layer, MapScene, Stations, as_areas, borders_once
from ui.map.style import UnitFill, unit_fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from app.domain.leaving.content import Backdrop, Leaving
    from geo.crs import Zone

_KINDS: Final = MappingProxyType(  # stations have badges, see below
    {kind.table: kind.name for kind in kinds_in(Where.PICTURE) if kind.name != "stations"}
)
_SYNTHETIC: Final = Text("合成数据", "Synthetic data")
_kept: list[QGuiApplication] = []  # Qt's application must outlive the drawing


def draw(path: Path, leaving: Leaving) -> None:
    """Paint what an export has gathered to ``path``.

    The registry is not looked at: nothing may show that was not cut to the readers.
    """
    _ensure_application()
    zone = zone_of_code(leaving.crs)
    layers = {kind: _layer(leaving, name, kind, zone) for name, kind in _KINDS.items()}
    scene = MapScene(
        zone,
        layers,
        _stations(leaving, zone),
        ground_of(leaving_shapes(leaving.backdrop), zone),
        {kind: borders_once(layers[kind].shapes) for kind in ("districts", "streets", "communities")},
    )
    statuses: Mapping[str, str] = {}
    compounds = leaving.layers.get("compound")
    if leaving.has_status and compounds is not None and "status" in compounds.column_names:
        codes, found = compounds.values("code"), compounds.values("status")
        statuses = {str(code): str(status) for code, status in zip(codes, found, strict=True) if status}
    lang = leaving.lang
    words = leaving.measure_words.in_(lang)
    synthetic, total = leaving.synthetic, leaving.levels[leaving.by].total
    note = None if synthetic is None else f"{_SYNTHETIC.in_(lang)}\n{synthetic.in_(lang)}"
    write_map_png(
        path,
        scene,
        Caption(
            title=leaving.title,
            subtitle=words,
            figures=WITHHELD.in_(lang) if total.is_hidden else whole(total).in_(lang),
            as_of=leaving.as_of,
            source=leaving.source.in_(lang),
            review_number=leaving.review_number,
            synthetic=note,
            stations=_kinds_drawn(leaving, scene),
        ),
        statuses=statuses,
        fills=_fills(leaving),
        level=leaving.by,
        sequence="wash" if statuses else "seq",
        lang=lang,
    )


def _ensure_application() -> None:
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _kept.append(QGuiApplication(["compound-registry"]))


class _Shape:
    """A road or water as the scene wants it."""

    def __init__(self, kind: str, rank: int, geometry: Any) -> None:
        self.kind, self.rank, self.geometry = kind, rank, geometry


def leaving_shapes(backdrop: Iterable[Backdrop]) -> list[_Shape]:
    """Return the backdrop's shapes one by one."""
    return [_Shape(part.kind, part.rank, shape) for part in backdrop for shape in part.outlines]


def _layer(leaving: Leaving, name: str, kind: str, zone: Zone) -> Layer:
    layer = leaving.layers.get(name)
    if layer is None:
        return Layer(kind)
    drawn = [
        i
        for i, shape in enumerate(layer.outlines)
        if shape is not None and not shape.is_empty and shapely.get_type_id(shape) in (0, 3, 4, 6)
    ]
    if not drawn:
        return Layer(kind)
    codes, names = layer.values("code"), layer.values("name")
    return Layer(
        kind,
        tuple(str(codes[i]) for i in drawn),
        tuple(str(names[i] or "") for i in drawn),
        as_areas(zone.to_metres(layer.outlines[drawn])),
    )


def _stations(leaving: Leaving, zone: Zone) -> Stations:
    layer = leaving.layers.get("station")
    if layer is None:
        return Stations()
    drawn = [i for i, shape in enumerate(layer.outlines) if shape is not None]
    if not drawn:
        return Stations()
    codes, names, kinds = (layer.values(column) for column in ("code", "name", "kind"))
    points = shapely.get_coordinates(shapely.centroid(layer.outlines[drawn]))
    return Stations(
        tuple(str(codes[i]) for i in drawn),
        tuple(str(names[i] or "") for i in drawn),
        tuple(str(kinds[i] or "") for i in drawn),
        zone.xy(points),
    )


def _kinds_drawn(leaving: Leaving, scene: MapScene) -> list[tuple[str, str]]:
    """Return the kinds of station on the map with their words, in the profile's order."""
    words = leaving.choices.get("station.kind", {})
    drawn = set(scene.stations.kinds)
    return [(kind, leaving.say(said)) for kind, said in words.items() if kind in drawn]


def _fills(leaving: Leaving) -> dict[str, UnitFill]:
    level = leaving.levels.get(leaving.by)
    return {
        row.code: unit_fill(Figures(covered=row.covered, uncovered=row.uncovered, unknown=row.unknown))
        for row in (level.rows if level is not None else ())
        if not row.is_hidden
    }
