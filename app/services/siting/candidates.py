"""Where a station could stand: points of a layer, or places that the program makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.services.siting.ground import points, rounded
from app.services.siting.layers import read_layer
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from app.coverage.engine import CoverageEngine
    from app.jobs import Ticket
    from app.services.siting.ground import Ground
    from app.services.siting.request import SiteRequest

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]

MOST_MADE: Final = 1200
_CELL: Final = 0.5  # of the radius: one place is made in each square so wide
_WIDER: Final = 1.25
_OWN: Final = {kind.table: kind for kind in KINDS.values() if kind.is_layer}


class Candidates(NamedTuple):
    """``lonlat`` (n, 2) in degrees, ``points`` (n,) in metres. ``notes``: what was left out of a layer, and why."""

    lonlat: Floats
    points: Geometries
    notes: tuple[Text, ...]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.lonlat)


def candidates_of(
    registry: Path, ground: Ground, request: SiteRequest, ticket: Ticket | None = None
) -> Candidates:
    """Return the candidates of a request.

    Raises InvalidInput where a layer has none within the district, or can't be read.
    """
    notes: list[Text] = []
    engine, named = ground.engine, request.candidates
    if named is None:
        lonlat = _made(ground, request.radius)
    elif named in _OWN:
        lonlat = _of_registry(engine, ground, _OWN[named].name)
    else:
        shapes, empty = read_layer(registry, named, "candidates", ("Point",), ticket)
        lonlat = shapely.get_coordinates(shapes)
        if empty:
            notes.append(
                Text(
                    f"{len(empty)} 行没有点，没有用。", f"{len(empty)} rows have no point and were left out."
                )
            )
    lonlat, alike = _once(rounded(lonlat))
    if alike and named is not None:
        notes.append(
            Text(
                f"{alike} 个候选点和别的在同一处，只算一个。",
                f"{alike} candidates stand where another does; one of them counts.",
            )
        )
    metres = engine.zone.to_metres(points(lonlat))
    inside = _within(engine, ground, metres)
    outside = int((~inside).sum())
    if outside and named is not None:
        notes.append(
            Text(
                f"{outside} 个候选点在区域外，没有用。",
                f"{outside} candidates lie outside the units and were left out.",
            )
        )
    if not inside.any():
        raise _none(named)
    return Candidates(lonlat[inside], metres[inside], tuple(notes))


def _made(ground: Ground, radius: float) -> Floats:
    """Return a point on a compound in each square of a lattice: that with most households, then the lowest code.

    The squares are half a radius wide, and wider as long as there would be too many. So a place lies on ground where
    people live, never on water or beyond the border.
    """
    drawn = np.flatnonzero(ground.drawn)
    on_surface = shapely.point_on_surface(ground.outlines[drawn])
    xy, width = shapely.get_coordinates(on_surface), radius * _CELL
    order = np.argsort(-ground.weights[drawn], kind="stable")
    while True:
        square = np.floor(xy[order] / width).astype(np.int64)
        _, first = np.unique(square, axis=0, return_index=True)
        if len(first) <= MOST_MADE:
            break
        width *= _WIDER
    chosen: Floats = ground.engine.zone.lonlat(xy[np.sort(order[first])])
    return chosen


def _of_registry(engine: CoverageEngine, ground: Ground, kind: str) -> Floats:
    """Return a point on each record of a layer that is in force."""
    drawn = [record.geometry_on(ground.day) for record in engine.dataset.in_force(kind, ground.day)]
    shapes = np.array([shape for shape in drawn if shape is not None and not shape.is_empty], dtype=object)
    inside = shapely.point_on_surface(engine.zone.to_metres(shapes)) if len(shapes) else shapes
    found: Floats = engine.zone.lonlat(shapely.get_coordinates(inside))
    return found


def _once(lonlat: Floats) -> tuple[Floats, int]:
    """Return places in their order, each once, and how many were there again."""
    _, first = np.unique(lonlat, axis=0, return_index=True)
    return lonlat[np.sort(first)], len(lonlat) - len(first)


def _within(engine: CoverageEngine, ground: Ground, metres: Geometries) -> NDArray[np.bool_]:
    """Whether each point lies in a unit of the highest level that has outlines; all do where none has."""
    for level in engine.book.on(ground.day).places.units(ground.day).levels:
        outlines = level.outlines
        drawn = outlines[~(shapely.is_missing(outlines) | shapely.is_empty(outlines))]
        if len(drawn):
            inside = np.zeros(len(metres), dtype=bool)
            inside[shapely.STRtree(drawn).query(metres, predicate="intersects")[0]] = True
            return inside
    return np.ones(len(metres), dtype=bool)


def _none(named: str | None) -> InvalidInput:
    message = (
        Text(
            "没有一个小区有轮廓，程序定不出候选点。用 --candidates 给一个点图层。",
            "No compound has an outline, so no candidates can be made. Give a layer of points with --candidates.",
        )
        if named is None
        else Text(
            f"{named} 里没有一个点在区域内。检查坐标系，或换一个图层。",
            f"No point of {named} lies within the units. Look at its CRS, or take another layer.",
        )
    )
    return InvalidInput(message, (Problem(message=message, column="candidates", value=named),))
