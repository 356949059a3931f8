"""Outlines that look like what stands in a Chinese city: walled courtyards, slab buildings, rivers. All in metres.

Courtyards only ever shrink the block they are made in, so blocks that don't overlap give courtyards that don't.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry import LineString, Point, Polygon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Array = NDArray[np.float64]

FEWEST_CORNERS: Final = 5
MOST_CORNERS: Final = 40
SMALLEST: Final = 1600.0  # [m²] below which a block makes no courtyard
_THINNEST: Final = 22.0  # [m] a courtyard must hold a building
_ROUNDNESS: Final = 0.16  # least area / perimeter²·4π… of a shape worth keeping


def courtyard(block: Polygon, setback: float, rng: np.random.Generator) -> Polygon | None:
    """Return a walled compound inside a block, 5 to 40 corners; None where the block is too small or too thin.

    ``setback``: half the street's width on every side [m].
    """
    inner = _largest(block.buffer(-setback, join_style="mitre", mitre_limit=1.6))
    if inner is None:
        return None
    shape = _largest(inner.simplify(1.5))
    if shape is None or shape.interiors or not _is_roomy(shape):
        return None
    frame = bearing_of(shape)
    for cutter in _cutters(shape, frame, rng):
        smaller = _largest(shape.difference(cutter))
        if smaller is not None and not smaller.interiors and _is_roomy(smaller):
            shape = smaller
    corners = _chamfered(_corners(shape.simplify(0.8)), rng)
    corners = _bent(corners, rng)
    made = Polygon(np.round(corners, 2))
    if not made.is_valid or not block.contains(made) or not _is_roomy(made):
        made = Polygon(np.round(_chamfered(_corners(shape.simplify(0.8)), rng, always=True), 2))
    count = len(made.exterior.coords) - 1
    if not made.is_valid or not FEWEST_CORNERS <= count <= MOST_CORNERS or not block.contains(made):
        return None
    return made


def bearing_of(shape: Polygon) -> float:
    """Return the direction of a shape's longest side [rad]."""
    corners = _corners(shape)
    sides = np.roll(corners, -1, axis=0) - corners
    longest = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    return float(np.arctan2(longest[1], longest[0]))


def slabs(shape: Polygon, bearing: float, most: int, rng: np.random.Generator) -> list[Polygon]:
    """Return at most ``most`` slab buildings in rows inside a courtyard, none touching its wall."""
    depth = 11.0 + 3.0 * rng.random()
    gap = depth * (1.5 + 0.9 * rng.random())
    length = 28.0 + 34.0 * rng.random()
    room = shape.buffer(-4.0)
    if room.is_empty:
        return []
    level = shapely.affinity.rotate(room, -bearing, origin=(0, 0), use_radians=True)
    west, south, east, north = level.bounds
    made: list[Polygon] = []
    y = south + gap * 0.25 * rng.random()
    while y + depth <= north:
        x = west + 6.0 * rng.random()
        while x + length <= east:
            porch = 0.35 * length + 0.1 * length * rng.random()
            ring = [(0, 0), (length, 0), (length, depth), (porch + 5, depth), (porch + 5, depth + 1.5)]
            ring += [(porch, depth + 1.5), (porch, depth), (0, depth)]
            slab = Polygon([(x + dx, y + dy) for dx, dy in ring])
            if level.contains(slab):
                made.append(slab)
                x += length + 9.0 + 7.0 * rng.random()
            else:
                x += 5.0
        y += depth + gap
    if len(made) > most:
        made = [made[i] for i in np.sort(rng.permutation(len(made))[:most])]
    return [shapely.affinity.rotate(one, bearing, origin=(0, 0), use_radians=True) for one in made]


def lone_building(at: Point, bearing: float, rng: np.random.Generator) -> Polygon:
    """Return the footprint of one building of 6 corners around a point."""
    length, depth = 20.0 + 30.0 * rng.random(), 10.0 + 5.0 * rng.random()
    bite = length * (0.3 + 0.3 * rng.random())
    ring = [(0, 0), (length, 0), (length, depth * 1.6), (bite, depth * 1.6), (bite, depth), (0, depth)]
    shape = Polygon([(at.x + x - length / 2, at.y + y - depth / 2) for x, y in ring])
    return shapely.affinity.rotate(shape, bearing, origin=(at.x, at.y), use_radians=True)


def river(
    ends: Sequence[tuple[float, float]], width: float, wander: float, rng: np.random.Generator
) -> Polygon:
    """Return a meandering river between two points, ``wander`` its swing as a share of the way."""
    start, stop = np.asarray(ends[0]), np.asarray(ends[1])
    way = stop - start
    across = np.array([-way[1], way[0]])
    t = np.linspace(0.0, 1.0, 90)
    swing = sum(
        float(rng.normal(0.0, 1.0)) / waves * np.sin(2 * np.pi * waves * t + 6.3 * float(rng.random()))
        for waves in (1, 2, 3, 5, 8)
    )
    swing = np.asarray(swing) * np.minimum(1.0, 5.0 * np.minimum(t, 1.0 - t))  # it ends where it is told to
    line = LineString(start + t[:, None] * way + (wander * swing)[:, None] * across)
    banks: Polygon = line.simplify(8.0).buffer(width / 2, quad_segs=3)
    return banks


def pond(at: Point, radius: float, rng: np.random.Generator) -> Polygon:
    """Return a lake of an irregular round shape."""
    angles = np.linspace(0.0, 2 * np.pi, 26, endpoint=False)
    wave = sum(
        float(rng.normal(0.0, 0.16)) / k * np.sin(k * angles + 6.3 * float(rng.random())) for k in (1, 2, 3)
    )
    reach = radius * np.clip(1.0 + np.asarray(wave), 0.5, 1.6)
    return Polygon(np.column_stack([at.x + 1.4 * reach * np.cos(angles), at.y + reach * np.sin(angles)]))


def _cutters(shape: Polygon, bearing: float, rng: np.random.Generator) -> list[Polygon]:
    """Return what is taken out of a courtyard: corners (an L), bites in a side, a stepped end."""
    level = shapely.affinity.rotate(shape, -bearing, origin=(0, 0), use_radians=True)
    west, south, east, north = level.bounds
    width, height = east - west, north - south
    boxes: list[tuple[float, float, float, float]] = []
    style = rng.random()
    if style < 0.34:  # an L
        w, h = width * (0.22 + 0.28 * rng.random()), height * (0.22 + 0.28 * rng.random())
        boxes.append(_corner_box((west, south, east, north), w, h, int(rng.integers(0, 4))))
    elif style < 0.55:  # shops or a school cut out of a side
        w, h = width * (0.18 + 0.2 * rng.random()), height * (0.14 + 0.16 * rng.random())
        x = west + width * 0.2 + (width * 0.6 - w) * rng.random()
        boxes.append((x, south, x + w, south + h) if rng.random() < 0.5 else (x, north - h, x + w, north))
    elif style < 0.7:  # steps
        corner = int(rng.integers(0, 4))
        w, h = width * (0.16 + 0.1 * rng.random()), height * (0.3 + 0.15 * rng.random())
        boxes += [
            _corner_box((west, south, east, north), w, h, corner),
            _corner_box((west, south, east, north), w * 2, h * 0.5, corner),
        ]
    elif style < 0.78:  # two corners
        for corner in rng.permutation(4)[:2]:
            w, h = width * (0.15 + 0.2 * rng.random()), height * (0.15 + 0.2 * rng.random())
            boxes.append(_corner_box((west, south, east, north), w, h, int(corner)))
    tilted = [
        Polygon(
            [
                (x0 - _pad(x0, west), y0 - _pad(y0, south)),
                (x1 + _pad(x1, east), y0 - _pad(y0, south)),
                (x1 + _pad(x1, east), y1 + _pad(y1, north)),
                (x0 - _pad(x0, west), y1 + _pad(y1, north)),
            ]
        )
        for x0, y0, x1, y1 in boxes
    ]
    return [shapely.affinity.rotate(box, bearing, origin=(0, 0), use_radians=True) for box in tilted]


def _pad(value: float, edge: float) -> float:
    return 5.0 if abs(value - edge) < 1e-6 else 0.0


def _corner_box(
    bounds: tuple[float, float, float, float], w: float, h: float, corner: int
) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    x0, x1 = (west, west + w) if corner in (0, 3) else (east - w, east)
    y0, y1 = (south, south + h) if corner in (0, 1) else (north - h, north)
    return x0, y0, x1, y1


def _chamfered(corners: Array, rng: np.random.Generator, *, always: bool = False) -> Array:
    made: list[Array] = []
    before, after = np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0)
    sure = int(rng.integers(0, len(corners)))
    for number, corner in enumerate(corners):
        into, out = before[number] - corner, after[number] - corner
        near, far = float(np.hypot(*into)), float(np.hypot(*out))
        size = min(5.0 + 11.0 * rng.random(), near / 3, far / 3)
        chance = rng.random()
        if size > 2.0 and (always or chance < 0.3 or number == sure):
            first, last = corner + into / near * size, corner + out / far * size
            made.append(first)
            if chance < 0.08:  # rounded rather than cut
                made.append((first + last) / 4 + corner / 2)
            made.append(last)
        else:
            made.append(corner)
    return np.array(made)


def _bent(corners: Array, rng: np.random.Generator) -> Array:
    """Push the middles of long sides inwards, as walls along a bent street run."""
    made: list[Array] = []
    for corner, following in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        made.append(corner)
        side = following - corner
        length = float(np.hypot(*side))
        if length > 55.0 and rng.random() < 0.5 and len(corners) + len(made) < MOST_CORNERS:
            inwards = np.array([-side[1], side[0]]) / length  # corners run anticlockwise
            steps = 1 + int(length > 160.0 and rng.random() < 0.5)
            for step in range(steps):
                t = (step + 0.35 + 0.3 * rng.random()) / steps
                made.append(corner + t * side + inwards * length * (0.008 + 0.035 * rng.random()))
    return np.array(made)


def _corners(shape: BaseGeometry) -> Array:
    ring = shapely.get_coordinates(shapely.orient_polygons(shape))[:-1]
    return np.asarray(ring, dtype=np.float64)


def _is_roomy(shape: Polygon) -> bool:
    if shape.area < SMALLEST:
        return False
    return bool(
        4 * np.pi * shape.area / shape.length**2 > _ROUNDNESS and not shape.buffer(-_THINNEST / 2).is_empty
    )


def _largest(shape: BaseGeometry) -> Polygon | None:
    pieces = [
        piece for piece in shapely.get_parts(shape) if piece.geom_type == "Polygon" and not piece.is_empty
    ]
    return max(pieces, key=lambda piece: piece.area, default=None)
