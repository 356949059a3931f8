"""The map of a page without scripts: units as paths in the page's own text, bars and swatches, all without a style.

A page keeps its colours where styles are cut off, so that all of them stand at the shapes. Nothing here is said by colour
alone: unknown is hatched, and every unit of the map has the number of its row.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from app.domain.looks import bands, palette, wording
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from app.domain.leaving.content import FigureRow, Leaving, Level

_WIDE: Final = 358  # px: a phone of 390 less its edges
_HIGH: Final = 470
_FINE: Final = 10  # steps a pixel, so that all coordinates are whole
_ROUGH: Final = 0.5  # px that an outline may be off
_NUMBER_R: Final = 9  # px, the disc of a number
_ALL_NUMBERED: Final = 60  # of more units, those too small for their number go without
DEFS: Final = "hatch", "hatch-bar"


class _Drawn(NamedTuple):
    outlines: NDArray[np.object_]
    width: float
    height: float


def patterns() -> str:
    """Return the hatches that maps, bars and swatches of the page name."""
    ink = palette.page()

    def one(name: str, apart: int, colour: str, seen: float, wide: float) -> str:
        return (
            f'<pattern id="{name}" width="{apart}" height="{apart}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0V{apart}" stroke="{colour}" '
            f'stroke-opacity="{seen}" stroke-width="{wide}"/></pattern>'
        )

    return (
        '<svg width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        + one(DEFS[0], 5 * _FINE, ink["t1"], 0.5, 1.4 * _FINE)
        + one(DEFS[1], 4, ink["unknown"], 1, 2.4)
        + "</defs></svg>"
    )


def look(row: FigureRow) -> tuple[str, bool]:
    """Return a unit's fill, and whether it is hatched: as the explorer's ``look``."""
    ink = palette.page()
    if row.is_hidden:
        return ink["no_data"], True
    if not row.total:
        return ink["no_data"], False
    band = bands.band_of(row.rate)
    if band is None:
        return ink["paper"], True
    return ink["seq"][band], row.unknown / row.total >= bands.UNKNOWN_FROM


def bar(row: FigureRow, longest: float, width: int = 240) -> str:
    """Return a row's counts side by side; ``longest``: what a bar of full width holds."""
    if row.is_hidden or not row.total or not longest:
        return ""
    ink = palette.page()
    unit = width / longest
    ends = np.cumsum([0, row.covered, row.uncovered, row.unknown]) * unit
    parts = []
    for place, (fill, edge) in enumerate(
        ((ink["yes"], ink["yes"]), (ink["no_ground"], ink["no"]), (f"url(#{DEFS[1]})", ink["unknown"]))
    ):
        wide = ends[place + 1] - ends[place]
        if wide > 0:
            parts.append(
                f'<rect x="{ends[place] + 0.5:.1f}" y=".5" width="{max(wide - 1, 0.5):.1f}" height="11" '
                f'fill="{fill}" stroke="{edge}"/>'
            )
    long = math.ceil(ends[3])
    return (
        f'<svg class="bar" width="{long}" height="12" viewBox="0 0 {long} 12" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def swatch(fill: str, *, hatched: str = "", edge: str = "") -> str:
    """Return a small box as it stands in a legend."""
    edge = edge or palette.page()["ctl"]
    box = f'<rect x=".5" y=".5" width="21" height="13" fill="{fill}" stroke="{edge}"/>'
    if hatched == DEFS[0]:  # made for the map's finer steps
        over = (
            f'<g transform="scale({1 / _FINE})"><rect width="220" height="140" fill="url(#{hatched})"/></g>'
        )
    else:
        over = f'<rect width="22" height="14" fill="url(#{hatched})"/>' if hatched else ""
    return f'<svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true">{box}{over}</svg>'


def units_map(leaving: Leaving, level: Level, order: Sequence[FigureRow], mark: str, told: str) -> str:
    """Return the map of a level's units, each with the number of its row in ``order``; "" where none has an outline.

    ``mark``: what ends the page's names of this question's rows. ``told``: the map in one sentence.
    """
    at = {row.code: place for place, row in enumerate(order)}
    drawn = _drawn(leaving, level, at)
    if drawn is None:
        return ""
    ink = palette.page()
    fills, numbers = [], []
    thin = len(order) > _ALL_NUMBERED
    for place, row in enumerate(order):
        outline = drawn.outlines[place]
        if outline is None:
            continue
        path, (fill, hatched) = _path(outline), look(row)
        line = ink["casing"] if thin else ink["street_line"]
        fills.append(
            f'<path d="{path}" fill="{fill}" stroke="{line}" stroke-width="{4 if thin else 11}">'
            f"<title>{escape(leaving.say(_said(row)))}</title></path>"
        )
        if hatched:
            fills.append(f'<path d="{path}" fill="url(#{DEFS[0]})" pointer-events="none"/>')
        if not thin or _room(outline) > 2.4 * _NUMBER_R:
            numbers.append(_number(outline, place + 1, f"unit-{row.code}{mark}", ink))
    if thin and (above := leaving.layers.get("street")) is not None and level.name != "street":
        fills += [
            f'<path d="{_path(line)}" fill="none" stroke="{ink["street_line"]}" stroke-width="14"/>'
            for line in _drawn_like(above.outlines, leaving, level)
        ]
    width, height = round(drawn.width * _FINE), round(drawn.height * _FINE)
    return (
        f'<svg class="map" role="img" aria-label="{escape(told)}" viewBox="0 0 {width} {height}" '
        f'width="{round(drawn.width)}" height="{round(drawn.height)}"><title>{escape(told)}</title>'
        f'<g stroke-linejoin="round">{"".join(fills)}</g>{"".join(numbers)}</svg>'
    )


def _said(row: FigureRow) -> Text:
    if row.is_hidden:
        return Text(*(f"{row.name} {words}" for words in wording.WITHHELD))
    return Text(*(f"{row.name} {words}" for words in wording.whole(row)))


def _drawn(leaving: Leaving, level: Level, at: Mapping[str, int]) -> _Drawn | None:
    """Return the units' outlines in pixels, in the order of the rows, simplified so that neighbours still meet."""
    layer = leaving.layers.get(level.name)
    if layer is None:
        return None
    found = np.full(len(at), None, dtype=object)
    for code, outline in zip(layer.values("code"), layer.outlines, strict=True):
        if (place := at.get(str(code))) is not None:
            found[place] = outline
    has = ~(shapely.is_missing(found) | shapely.is_empty(found))
    if not has.any():
        return None
    found[~has] = None
    frame = _Frame(found[has])
    flat = frame.flat(found)
    return _Drawn(_simpler(flat), frame.width, frame.height)


def _drawn_like(outlines: NDArray[np.object_], leaving: Leaving, level: Level) -> Sequence[shapely.Geometry]:
    """Return other outlines in the frame of a level's map."""
    own = leaving.layers[level.name].outlines
    has = ~(shapely.is_missing(own) | shapely.is_empty(own))
    flat = _simpler(_Frame(own[has]).flat(outlines))
    return [line for line in flat if line is not None and not line.is_empty]


class _Frame:
    """Degrees to pixels: as broad as they are high on the ground in the middle of the map."""

    def __init__(self, outlines: NDArray[np.object_]) -> None:
        self._west, south, east, self._north = shapely.total_bounds(outlines)
        self._narrow = math.cos(math.radians((south + self._north) / 2))
        wide = max((east - self._west) * self._narrow, 1e-9)
        high = max(self._north - south, 1e-9)
        self._scale = min((_WIDE - 4) / wide, (_HIGH - 4) / high)
        self.width, self.height = wide * self._scale + 4, high * self._scale + 4

    def flat(self, outlines: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return outlines in pixels, y downwards."""

        def pixels(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
            x = (lonlat[:, 0] - self._west) * self._narrow * self._scale + 2
            y = (self._north - lonlat[:, 1]) * self._scale + 2
            return np.column_stack([x, y])

        done: NDArray[np.object_] = shapely.transform(outlines, pixels)
        return done


def _simpler(outlines: NDArray[np.object_]) -> NDArray[np.object_]:
    kinds = shapely.get_type_id(outlines)
    are_areas = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    simpler = outlines.copy()
    if are_areas.any() and shapely.coverage_is_valid(outlines[are_areas]):
        simpler[are_areas] = shapely.coverage_simplify(outlines[are_areas], _ROUGH)
    else:
        simpler[are_areas] = shapely.simplify(outlines[are_areas], _ROUGH)
    simpler[~are_areas] = None  # a point or a line is no ground that can be filled
    return simpler


def _path(outline: shapely.Geometry) -> str:
    """Return an outline as SVG's path: whole steps, each from the last point."""
    parts = []
    for ring in shapely.get_rings(shapely.get_parts(outline)):
        whole = np.rint(shapely.get_coordinates(ring)[:-1] * _FINE).astype(int)
        steps = np.diff(whole, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        run = "".join(f"{'' if x < 0 else ' '}{x}{'' if y < 0 else ' '}{y}" for x, y in steps.tolist())
        parts.append(f"M{whole[0, 0]} {whole[0, 1]}l{run.lstrip()}z" if run else "")
    return "".join(parts)


def _room(outline: shapely.Geometry) -> float:
    """Return how wide a disc an outline has room for at most, in pixels."""
    west, north, east, south = outline.bounds
    return float(min(east - west, south - north))


def _number(outline: shapely.Geometry, number: int, row: str, ink: Mapping[str, str]) -> str:
    spot = shapely.point_on_surface(outline)
    x, y = round(spot.x * _FINE), round(spot.y * _FINE)
    wide = (_NUMBER_R + (3 if number > 99 else 0)) * _FINE  # noqa: PLR2004  # three digits
    return (
        f'<a href="#{escape(row)}"><ellipse cx="{x}" cy="{y}" rx="{wide}" ry="{_NUMBER_R * _FINE}" fill="{ink["panel"]}" '
        f'stroke="{ink["street_line"]}" stroke-width="{_FINE}"/><text x="{x}" y="{y + 4.3 * _FINE:.0f}" '
        f'font-size="{12 * _FINE}" font-weight="bold" text-anchor="middle" fill="{ink["t1"]}">{number}</text></a>'
    )
