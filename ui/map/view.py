"""Which piece of ground the window shows, as a value: metres to pixels and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

DENOMINATOR_PER_MPP: Final = 96 / 0.0254  # a screen of 96 pixels to the inch
CLOSEST_MPP: Final = 500 / DENOMINATOR_PER_MPP  # 1:500
FARTHEST_MPP: Final = 4_000_000 / DENOMINATOR_PER_MPP
_EDGE_PX: Final = 52  # what is nearer to an edge lies under the tools or is about to be lost
_LEAST_PX: Final = 24  # drawn smaller than this, a feature can't be recognised
_CLEAR_PX: Final = 96  # and is then drawn this large

Bounds = tuple[float, float, float, float]  # west, south, east, north [m]


@dataclass(frozen=True, slots=True)
class View:
    """A window of ``width`` × ``height`` logical pixels over the point (x, y) of the zone.

    ``mpp``: metres to a logical pixel. ``ratio``: device pixels to a logical one. The corner is snapped to whole
    device pixels, so that tiles are copied without resampling and overlays lie exactly on them.
    """

    x: float = 0.0
    y: float = 0.0
    mpp: float = 10.0
    width: int = 800
    height: int = 600
    ratio: float = 1.0

    @property
    def left(self) -> int:
        """Device pixels from the zone's origin to the left edge."""
        return round((self.x / self.mpp - self.width / 2) * self.ratio)

    @property
    def top(self) -> int:
        """Device pixels from the zone's origin down to the upper edge; north is negative."""
        return round((-self.y / self.mpp - self.height / 2) * self.ratio)

    @property
    def denominator(self) -> int:
        """The n of the scale 1:n."""
        return round(self.mpp * DENOMINATOR_PER_MPP)

    @property
    def bounds(self) -> Bounds:
        """The ground in the window."""
        west, north = self.to_xy(0, 0)
        east, south = self.to_xy(self.width, self.height)
        return west, south, east, north

    def to_px(self, x: float, y: float) -> tuple[float, float]:
        """Return the logical pixel of a point of ground."""
        return x / self.mpp - self.left / self.ratio, -y / self.mpp - self.top / self.ratio

    def to_xy(self, px: float, py: float) -> tuple[float, float]:
        """Return the ground under a logical pixel."""
        return (px + self.left / self.ratio) * self.mpp, -(py + self.top / self.ratio) * self.mpp

    def panned(self, dx: float, dy: float) -> View:
        """Return the view after the ground was dragged by logical pixels."""
        return replace(self, x=self.x - dx * self.mpp, y=self.y + dy * self.mpp)

    def zoomed(self, factor: float, px: float, py: float) -> View:
        """Return the view ``factor`` times closer, the ground under the pixel staying where it is."""
        mpp = min(max(self.mpp / factor, CLOSEST_MPP / 2), FARTHEST_MPP)
        x, y = self.to_xy(px, py)
        away_x, away_y = px - self.width / 2, py - self.height / 2
        return replace(self, mpp=mpp, x=x - away_x * mpp, y=y + away_y * mpp)

    def resized(self, width: int, height: int, ratio: float) -> View:
        """Return the view over the same middle in a window of another size."""
        return replace(self, width=max(width, 1), height=max(height, 1), ratio=ratio)

    def fitted(self, bounds: Bounds, *, margin: float = 0.15, closest_mpp: float = CLOSEST_MPP) -> View:
        """Return the view that shows ``bounds`` with a margin on each side, no closer than ``closest_mpp``."""
        west, south, east, north = bounds
        room = 1 - 2 * margin
        mpp = max((east - west) / (self.width * room), (north - south) / (self.height * room), closest_mpp)
        return replace(self, x=(west + east) / 2, y=(south + north) / 2, mpp=min(mpp, FARTHEST_MPP))

    def showing(self, bounds: Bounds) -> View:
        """Return this view where ``bounds`` are in sight and large enough, else the nearest that has them so."""
        west, south, east, north = bounds
        size = max(east - west, north - south)
        if size / self.mpp > min(self.width, self.height) - 2 * _EDGE_PX:
            return self.fitted(bounds)
        x, y = (west + east) / 2, (south + north) / 2
        if 0 < size < _LEAST_PX * self.mpp:
            return replace(self, x=x, y=y, mpp=max(size / _CLEAR_PX, CLOSEST_MPP))
        left, top = self.to_px(west, north)
        right, bottom = self.to_px(east, south)
        is_seen = (
            left >= _EDGE_PX
            and top >= _EDGE_PX
            and right <= self.width - _EDGE_PX
            and bottom <= self.height - _EDGE_PX
        )
        return self if is_seen else replace(self, x=x, y=y)

    def through(self, left: int, top: int, width: int, height: int) -> View:
        """Return what is seen through a part of the window, given in logical pixels."""
        x, y = self.to_xy(left + width / 2, top + height / 2)
        return replace(self, x=x, y=y, width=width, height=height)

    def around(self, part: View, left: int, top: int) -> View:
        """Return the view of this window that shows in a part of it, whose corner is given, what ``part`` does."""
        away_x, away_y = left + part.width / 2 - self.width / 2, top + part.height / 2 - self.height / 2
        return replace(self, mpp=part.mpp, x=part.x - away_x * part.mpp, y=part.y + away_y * part.mpp)

    def distance(self, other: View) -> float:
        """Return how far apart two middles are, in this view's pixels."""
        return math.hypot(self.x - other.x, self.y - other.y) / self.mpp
