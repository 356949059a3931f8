"""The map of a page without scripts: units as paths in the page's own text, bars and swatches, all without a style.

A page keeps its colours where styles are cut off, so that all of them stand at the shapes. Nothing here is said by colour
alone: unknown is hatched, and every unit of the map has the number of its row.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.domain.leaving.paper import look_of
from app.domain.looks import palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from app.domain.leaving.figures import FigureRow
    from app.domain.leaving.paper import UnitShape

_WIDE: Final = 358  # px: a phone of 390 less its edges
_HIGH: Final = 470
_FINE: Final = 10  # steps a pixel, so that all coordinates are whole
_NUMBER_R: Final = 9  # px, the disc of a number
ALL_NUMBERED: Final = 60  # of more units, those too small for their number go without
DEFS: Final = "hatch", "hatch-bar"


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
        f'<svg class="bar" width="{long}" height="12" viewBox="0 0 {long} 12" preserveAspectRatio="none" '
        f'aria-hidden="true">'
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


def units_map(
    shapes: Sequence[UnitShape], order: Sequence[FigureRow], parents: Mapping[str, str], mark: str, told: str
) -> str:
    """Return the map of units, each with the number of its row in ``order``; "" where none has an outline.

    ``parents``: the unit that each of many lies in, whose borders are drawn over theirs. ``mark``: what ends the page's
    names of this question's rows. ``told``: the map in one sentence.
    """
    at = {shape.code: shape for shape in shapes}
    if not at:
        return ""
    ink, frame = palette.page(), _Frame([shape.outline for shape in shapes])
    thin = len(order) > ALL_NUMBERED
    fills, numbers, drawn = [], [], []
    taken: list[tuple[float, float]] = []
    for place, row in enumerate(order):
        if (shape := at.get(row.code)) is None:
            continue
        outline, look = frame.flat(shape.outline), look_of(row)
        path = _path(outline)
        line = ink["casing"] if thin else ink["street_line"]
        fills.append(
            f'<path d="{path}" fill="{look.colour}" stroke="{line}" stroke-width="{4 if thin else 11}">'
            f"<title>{escape(row.name)}</title></path>"
        )
        if look.is_hatched or row.is_hidden:
            fills.append(f'<path d="{path}" fill="url(#{DEFS[0]})" pointer-events="none"/>')
        x, y = frame.spot(shape.x, shape.y)
        if not thin or (_room(outline) > 2.4 * _NUMBER_R and _is_free(x, y, taken)):
            taken.append((x, y))
            numbers.append(_number((x, y), place + 1, f"unit-{row.code}{mark}", ink))
        drawn.append((parents.get(row.code, ""), outline))
    if thin:
        fills += _borders(drawn, ink)
    width, height = round(frame.width * _FINE), round(frame.height * _FINE)
    return (
        f'<svg class="map" role="img" aria-label="{escape(told)}" viewBox="0 0 {width} {height}" '
        f'width="{round(frame.width)}" height="{round(frame.height)}"><title>{escape(told)}</title>'
        f'<g stroke-linejoin="round">{"".join(fills)}</g>{"".join(numbers)}</svg>'
    )


def _is_free(x: float, y: float, taken: Sequence[tuple[float, float]]) -> bool:
    """Whether a number there would lie over none before it."""
    return all(abs(x - u) > 3 * _NUMBER_R or abs(y - v) > 2.2 * _NUMBER_R for u, v in taken)


def _borders(drawn: Sequence[tuple[str, shapely.Geometry]], ink: Mapping[str, str]) -> list[str]:
    """Return the borders of the units that many small ones lie in."""
    groups: dict[str, list[shapely.Geometry]] = {}
    for parent, outline in drawn:
        if parent:
            groups.setdefault(parent, []).append(outline)
    return [
        f'<path d="{_path(shapely.union_all(parts))}" fill="none" stroke="{ink["street_line"]}" stroke-width="12"/>'
        for _, parts in sorted(groups.items())
    ]


class _Frame:
    """Metres to pixels, y downwards."""

    def __init__(self, outlines: Sequence[shapely.Geometry]) -> None:
        self._west, south, east, self._north = shapely.total_bounds(outlines)
        wide, high = max(east - self._west, 1.0), max(self._north - south, 1.0)
        self._scale = min((_WIDE - 4) / wide, (_HIGH - 4) / high)
        self.width, self.height = wide * self._scale + 4, high * self._scale + 4

    def spot(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return points in pixels: numbers or arrays of them."""
        return (x - self._west) * self._scale + 2, (self._north - y) * self._scale + 2

    def flat(self, outline: shapely.Geometry) -> shapely.Geometry:
        """Return an outline or a point in pixels."""

        def pixels(metres: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(self.spot(metres[:, 0], metres[:, 1]))

        return shapely.transform(outline, pixels)


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
    west, north, east, south = shapely.bounds(outline)
    return float(min(east - west, south - north))


def _number(spot: tuple[float, float], number: int, row: str, ink: Mapping[str, str]) -> str:
    x, y = (round(float(each) * _FINE) for each in spot)
    wide = (_NUMBER_R + (3 if number > 99 else 0)) * _FINE  # three digits
    return (
        f'<a href="#{escape(row)}"><ellipse cx="{x}" cy="{y}" rx="{wide}" ry="{_NUMBER_R * _FINE}" fill="{ink["panel"]}" '
        f'stroke="{ink["street_line"]}" stroke-width="{_FINE}"/><text x="{x}" y="{y + 4.3 * _FINE:.0f}" '
        f'font-size="{12 * _FINE}" font-weight="bold" text-anchor="middle" fill="{ink["t1"]}">{number}</text></a>'
    )
