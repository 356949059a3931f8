"""Going along a neighbour's border: which corners come next after the last two points. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from ui.map.editing.snapping import edges_near

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from ui.map.editing.snapping import Point
    from ui.map.style import MapStyle

_ON_M: Final = 0.005  # a point this near a side lies on it


class Way(NamedTuple):
    """Corners to be added, and whose border they are on."""

    points: tuple[Point, ...]
    kind: str
    code: str


def follow(style: MapStyle, before: Point, last: Point, *, without: Collection[str] = ()) -> Way | None:
    """Return the corners that go on along a border on which the last two points lie; None where they share none.

    Where the border turns between the two, those turns come first, and ``last`` again after them; else the next
    corner after ``last``, the same way round.
    """
    ahead: Way | None = None
    for kind, code in edges_near(style, last, _ON_M, without=without).owners:
        layer = style.scene.layer(kind)
        for ring in shapely.get_rings(shapely.get_parts(layer.shapes[layer.index[code]])):
            xy = shapely.get_coordinates(ring)[:-1]
            one, two = _place(xy, before), _place(xy, last)
            if one is None or two is None or one == two:
                continue
            between, is_forward = _between(xy, one, two)
            if between:
                return Way((*between, last), kind, code)
            if ahead is None:
                ahead = Way((_next(xy, two, is_forward=is_forward),), kind, code)
    return ahead


def _place(xy: NDArray[np.float64], point: Point) -> float | None:
    """Return where a point lies on a ring: side number and share of it; None where it does not lie on it."""
    way = np.roll(xy, -1, axis=0) - xy
    away = np.asarray(point) - xy
    length = (way**2).sum(axis=1)
    share = np.clip(
        np.divide((away * way).sum(axis=1), length, out=np.zeros(len(xy)), where=length > 0), 0, 1
    )
    far = np.hypot(*(away - share[:, None] * way).T)
    side = int(far.argmin())
    if far[side] > _ON_M:
        return None
    long = float(np.sqrt(length[side]))
    if share[side] * long < _ON_M:
        return float(side)
    if (1 - share[side]) * long < _ON_M:
        return float((side + 1) % len(xy))
    return side + float(share[side])


def _between(xy: NDArray[np.float64], one: float, two: float) -> tuple[list[Point], bool]:
    """Return the corners strictly between two places, the shorter way round, and whether that is forwards."""
    ways = {True: _corners(len(xy), one, two), False: _corners(len(xy), two, one)[::-1]}
    ends = _at(xy, one), _at(xy, two)
    lengths = {
        is_forward: _length([ends[0], *(tuple(xy[i]) for i in places), ends[1]])
        for is_forward, places in ways.items()
    }
    is_forward = lengths[True] <= lengths[False]
    return [(float(xy[i][0]), float(xy[i][1])) for i in ways[is_forward]], is_forward


def _corners(count: int, one: float, two: float) -> list[int]:
    """Return the corners passed on the way forwards from one place to another, ends left out."""
    end = two if two > one else two + count
    return [i % count for i in range(int(np.floor(one)) + 1, int(np.ceil(end)))]


def _next(xy: NDArray[np.float64], place: float, *, is_forward: bool) -> Point:
    corner = int(np.floor(place)) + 1 if is_forward else int(np.ceil(place)) - 1
    x, y = xy[corner % len(xy)]
    return float(x), float(y)


def _at(xy: NDArray[np.float64], place: float) -> tuple[float, ...]:
    side = int(place)
    a, b = xy[side % len(xy)], xy[(side + 1) % len(xy)]
    return tuple((a + (place - side) * (b - a)).tolist())


def _length(points: list[tuple[float, ...]]) -> float:
    return float(np.hypot(*np.diff(np.array(points), axis=0).T).sum())
