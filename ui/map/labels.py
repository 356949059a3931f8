"""Names on the map: which, where, and drawn once; none overlaps, and they stay in place while panning."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from ui import theme
from ui.map.badges import BADGE_PX
from ui.map.palette import STATION_LIMIT
from ui.map.scene import PLAIN_LAYERS
from ui.map.style import CLASS_MASK, COVERED
from ui.map.view import DENOMINATOR_PER_MPP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.map.scene import Layer
    from ui.map.style import MapStyle, UnitFill
    from ui.map.view import Bounds

_CELL_PX: Final = 64
_MOST_LABELS: Final = 600  # of one layer in one view: beyond, nobody reads
_HALO_PX: Final = 3.4
_BELOW_DOT_PX: Final = 4.0
_SHORT_GRID: Final = re.compile(r"第?([一二三四五六七八九十百0-9]{1,4})网格$")
_RANK: Final = re.compile(r"(街道|镇|乡)$")  # left out where a street's name and figure have no room with it
_COMMITTEE: Final = re.compile(r"(居民委员会|居委会)$")  # the map says the place, not its committee


class Role(NamedTuple):
    """How the labels of a layer look. ``room``: how much larger than its text a feature must be."""

    pixels: int
    is_bold: bool
    spacing: float
    largest_scale: float
    room: float


_ROLES: Final = {
    "streets": Role(15, True, 3.0, 250_000, 0.8),
    "communities": Role(13, True, 0.0, 40_000, 1.1),
    "compounds": Role(12, False, 0.0, 20_000, 1.25),
    "grids": Role(12, False, 0.0, 30_000, 1.3),
}
_PLAIN: Final = Role(
    12, False, 0.0, 10_000, 0.0
)  # of a layer without a manner of its own: beside its outline or dot
ORDER: Final = ("streets", "communities", "compounds", "grids", *PLAIN_LAYERS)
_FADING: Final = ("compounds", "grids", *PLAIN_LAYERS)
_SELECTED: Final = Role(13, True, 0.0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A placed label: its box in logical pixels from the zone's origin, and its picture.

    ``kind`` and ``index``: the feature, where its label fades with it outside the current place.
    """

    code: str
    kind: str
    index: int
    left: float
    top: float
    width: float
    height: float
    image: QImage


def grid_words(name: str) -> str:
    """Return a grid's short name: 临泉路社区第七网格 → 七格."""
    found = _SHORT_GRID.search(name)
    if found:
        return found.group(1) + "格"
    return name if len(name) <= 6 else name[-6:]


def elided(name: str, longest: int = 14) -> str:
    """Return a name shortened in the middle: names of phases differ at the end."""
    if len(name) <= longest:
        return name
    return name[: longest - 5] + "…" + name[-4:]


class LabelBook:
    """The labels of one scale. Asked again for a view near by, it keeps what it placed and fills free space."""

    def __init__(self, mpp: float, ratio: float) -> None:
        self.mpp = mpp
        self.ratio = ratio
        self._placed: dict[str, tuple[float, float, float, float]] = {}
        self._short: dict[str, tuple[str, str]] = {}  # what was to be said, and what there was room for
        self._refused: dict[str, str] = {}  # what there was no room for, nor for any shorter form
        self._cells: defaultdict[tuple[int, int], list[tuple[float, float, float, float]]] = defaultdict(list)
        self._blocked: set[str] = set()

    def lay_out(self, bounds: Bounds, style: MapStyle) -> tuple[Label, ...]:
        """Return every label placed so far near ``bounds``, as ``style`` wants it drawn."""
        scene = style.scene
        denominator = self.mpp * DENOMINATOR_PER_MPP
        if denominator <= STATION_LIMIT and "stations" not in style.hidden:
            half = BADGE_PX / 2 + 1
            for i in scene.stations.within(bounds):
                code = scene.stations.codes[i]
                if code not in self._blocked:
                    self._blocked.add(code)
                    x, y = scene.stations.xy[i] / self.mpp
                    self._take((x - half, -y - half, x + half, -y + half))
        labels: list[Label] = []
        for kind in ORDER:
            if kind in style.hidden or denominator > _ROLES.get(kind, _PLAIN).largest_scale:
                continue
            labels += self._layer(scene.layer(kind), bounds, style)
        return tuple(labels)

    def _layer(self, layer: Layer, bounds: Bounds, style: MapStyle) -> Iterator[Label]:
        role = _ROLES.get(layer.kind, _PLAIN)
        near = layer.within(bounds)
        near = near[layer.sizes[near] > 1.2 * role.pixels * role.room * self.mpp]
        if len(near) > _MOST_LABELS:
            near = near[np.argsort(-layer.sizes[near], kind="stable")[:_MOST_LABELS]]
        else:
            near = near[np.argsort(-layer.areas[near], kind="stable")]
        measure = QFontMetricsF(_font(role))
        for i in near:
            code = layer.codes[i]
            forms = _forms(layer, int(i), style)
            if not forms or self._refused.get(code) == forms[0]:
                continue
            box, words = self._room(layer, int(i), forms, measure, role)
            if box is None:
                self._refused[code] = forms[0]
                continue
            colour, halo = self._colours(layer, int(i), box, style)
            image = sprite(words, role, colour, halo, self.ratio)
            size = image.deviceIndependentSize()
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            kind = layer.kind if layer.kind in _FADING else ""
            yield Label(
                code,
                kind,
                int(i),
                x - size.width() / 2,
                y - size.height() / 2,
                size.width(),
                size.height(),
                image,
            )

    def _room(
        self, layer: Layer, index: int, forms: tuple[str, ...], measure: QFontMetricsF, role: Role
    ) -> tuple[tuple[float, float, float, float] | None, str]:
        """Return the box of a label and the longest form there is room for; None where there is none for any."""
        code = layer.codes[index]
        box, (said, short) = self._placed.get(code), self._short.get(code, ("", ""))
        words = short if said == forms[0] else forms[0]
        if box is not None and box[2] - box[0] >= measure.horizontalAdvance(words) + 1:
            return box, words
        if box is not None:  # its figures came, or grew: a place anew
            self._give_back(box)
            del self._placed[code]
        for at, words in enumerate(forms):
            width = measure.horizontalAdvance(words) + 2
            if at > 1 and self._is_large(layer, index, measure.horizontalAdvance(forms[1]), role):
                break  # it has its name somewhere nearer or farther: a bare figure here would be a riddle
            found = self._place(layer, index, width, role.pixels * 1.3, role)
            if found is not None:
                self._placed[code] = found
                self._short[code] = (forms[0], words)
                return found, words
        return None, ""

    def _place(
        self, layer: Layer, index: int, width: float, height: float, role: Role
    ) -> tuple[float, float, float, float] | None:
        if role is _PLAIN:
            west, south, east, _ = layer.bounds[index] / self.mpp
            x, y = (west + east) / 2, -south + height / 2 + _BELOW_DOT_PX
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if not self._is_free(box):
                return None
            self._take(box)
            return box
        if not self._is_large(layer, index, width, role):
            return None
        anchor_x, anchor_y = layer.anchors[index] / self.mpp
        for dx, dy in _steps(width, height, 1 if layer.kind == "compounds" else 3):
            x, y = anchor_x + dx, -anchor_y + dy
            if (dx or dy) and not shapely.intersects_xy(layer.shapes[index], x * self.mpp, -y * self.mpp):
                continue
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self._is_free(box):
                self._take(box)
                return box
        return None

    def _is_large(self, layer: Layer, index: int, width: float, role: Role) -> bool:
        west, south, east, north = layer.bounds[index] / self.mpp
        return bool(east - west >= width * role.room and north - south >= role.pixels * 1.3 * role.room)

    def _colours(
        self, layer: Layer, index: int, box: tuple[float, float, float, float], style: MapStyle
    ) -> tuple[str, str]:
        palette = style.palette
        if layer.kind != "compounds":
            return palette.t2, palette.casing
        if style.classes["compounds"][index] & CLASS_MASK == COVERED:
            ground = shapely.box(box[0] * self.mpp, -box[3] * self.mpp, box[2] * self.mpp, -box[1] * self.mpp)
            if shapely.contains(layer.shapes[index], ground):
                return palette.casing, ""
        return palette.t1, palette.casing

    def _cells_of(self, box: tuple[float, float, float, float]) -> Iterator[tuple[int, int]]:
        for cx in range(int(box[0] // _CELL_PX), int(box[2] // _CELL_PX) + 1):
            for cy in range(int(box[1] // _CELL_PX), int(box[3] // _CELL_PX) + 1):
                yield cx, cy

    def _is_free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        for cell in self._cells_of(box):
            for other in self._cells.get(cell, ()):
                if left < other[2] and right > other[0] and top < other[3] and bottom > other[1]:
                    return False
        return True

    def _take(self, box: tuple[float, float, float, float]) -> None:
        for cell in self._cells_of(box):
            self._cells[cell].append(box)

    def _give_back(self, box: tuple[float, float, float, float]) -> None:
        for cell in self._cells_of(box):
            self._cells[cell].remove(box)


def _steps(width: float, height: float, rings: int) -> Iterator[tuple[float, float]]:
    yield 0.0, 0.0
    for ring in range(1, rings + 1):
        up, aside = ring * height * 1.3, ring * width * 0.6
        yield from ((0, -up), (0, up), (-aside, 0), (aside, 0), (-aside, -up), (aside, up))
        yield from ((aside, -up), (-aside, up))


def _forms(layer: Layer, index: int, style: MapStyle) -> tuple[str, ...]:
    """Return what a feature's label may say, the longest form first; nothing where it has no name.

    A street whose name and figure have no room is told without the rank in its name, else by the figure alone.
    """
    name = layer.labels[index]
    fill = style.fills.get(layer.codes[index]) if style.filled_layer == layer.kind else None
    if layer.kind == "grids":
        words = grid_words(name)
    else:
        words = elided(_COMMITTEE.sub("", name) if layer.kind == "communities" else name)
    if not words:
        return ()
    figure = ""
    if style.notes:
        figure = style.notes.get(layer.codes[index], "")
    elif fill is not None and fill.total:
        figure = _fraction(fill)
    if not figure:
        return (words,)
    if layer.kind != "streets":
        return (f"{words} {figure}",)
    return tuple(dict.fromkeys((f"{words} {figure}", f"{_RANK.sub('', words)} {figure}", figure)))


def _fraction(fill: UnitFill) -> str:
    """Return the rate's fraction, shares with one decimal; a question mark where nothing is known."""
    known = fill.covered + fill.uncovered
    first = _count(fill.covered) if known else "?"
    return f"{first}/{_count(known or fill.total)}"


def _count(count: float) -> str:
    return f"{count:,.0f}" if abs(count - round(count)) < 0.05 else f"{count:,.1f}"


def _font(role: Role) -> QFont:
    font = theme.font(role.pixels, bold=role.is_bold)
    if role.spacing:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, role.spacing)
    return font


def selected_label(words: str, colour: str, halo: str, ratio: float) -> QImage:
    """Return the picture of a selected feature's name."""
    return sprite(elided(words, 20), _SELECTED, colour, halo, ratio)


_sprites: dict[tuple[str, Role, str, str, float], QImage] = {}
_MOST_SPRITES: Final = 4_000


def sprite(words: str, role: Role, colour: str, halo: str, ratio: float) -> QImage:
    """Return a text as a picture, with a halo unless ``halo`` is empty. Painted once, then copied."""
    key = (words, role, colour, halo, ratio)
    kept = _sprites.get(key)
    if kept is not None:
        return kept
    font = _font(role)
    measure = QFontMetricsF(font)
    margin = 3
    width = int(measure.horizontalAdvance(words)) + 2 * margin + 1
    height = int(measure.height()) + 2 * margin
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    base = QPointF(margin, margin + measure.ascent())
    if halo:
        path = QPainterPath()
        path.addText(base, font, words)
        pen = QPen(QColor(halo), _HALO_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(base, words)
    painter.end()
    if len(_sprites) >= _MOST_SPRITES:
        _sprites.clear()
    _sprites[key] = image
    return image
