"""Whether drafts may stand: no border crosses, nothing overlaps, nothing of a layer that tiles is left to nobody.

Ground in common is clipped in layers that need not tile, and refused in those that do. What comes about on the way
(parts, holes, slivers, ground of nobody) is refused unless it is said to be meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely

from geo.arcs.effects import ASKED, Effect, Overlap, Reason, Refusal, Result
from geo.arcs.net import TOLERANCE, Box, Outline, Xy
from geo.arcs.redraw import Draft
from geo.arcs.selftouch import touching_itself_at
from geo.noding import NOWHERE, areas_only, noded, polygons_of, without_spikes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

HAIR: Final = 1e-4  # [m] ground that is no wider on the average is rounding
LEAST: Final = 1e-6  # [m²] less ground is rounding
_WHERE: Final = re.compile(r"\[(\S+) (\S+)\]")


class Around(Protocol):
    """What lies where, beside the outlines of the net."""

    def __call__(self, box: Box, layer: str | None = None) -> Sequence[Outline]:
        """Return the outlines whose boxes meet a box, of one layer if it is named."""


@dataclass(frozen=True, slots=True)
class Options:
    """How an edit is meant.

    Attributes
    ----------
    is_keeper
        Whether the edited outlines keep ground that others have too; else those keep it.
    is_alone
        Whether neighbours are left alone.
    allowed
        What may come about: ``PARTS``, ``HOLES``, ``SLIVERS``, ``GAP``.
    must_cover
        Whether ground of a layer that tiles may be left to nobody only if ``GAP`` is allowed; else it is only told.

    """

    is_keeper: bool = False
    is_alone: bool = False
    allowed: frozenset[Reason] = frozenset()
    must_cover: bool = False


PLAIN: Final = Options()


def judged(drafts: Sequence[Draft], around: Around, options: Options = PLAIN, slack: float = 0.0) -> Result:
    """Return what becomes of drafts, the edited outline first, clipped where they must be.

    ``slack``: how far apart borders lie that count as one [m]; ground that is no wider is nobody's matter.
    """
    trial = _Trial(drafts, around, options, HAIR + 2 * slack)
    return trial.result()


def pieces_of(shape: BaseGeometry, width: float = HAIR) -> list[shapely.Polygon]:
    """Return the parts of some ground that are more than rounding, or borders drawn a hair apart."""
    return [part for part in polygons_of(shape) if part.area > LEAST and 2 * part.area > width * part.length]


def inside(shape: BaseGeometry) -> Xy:
    """Return a place within some ground [m]."""
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)


def broken_at(shape: BaseGeometry) -> Xy | None:
    """Return where an outline crosses itself [m]; None if it doesn't."""
    if shapely.is_valid(shape):
        return None
    found = _WHERE.search(shapely.is_valid_reason(shape))
    return (float(found[1]), float(found[2])) if found else inside(shapely.envelope(shape))


def exchanged(before: BaseGeometry | None, after: BaseGeometry | None) -> tuple[BaseGeometry, BaseGeometry]:
    """Return the ground that an outline gains and loses."""
    if before is None or after is None:
        return areas_only(after), areas_only(before)
    return areas_only(shapely.difference(after, before)), areas_only(shapely.difference(before, after))


class _Trial:
    """Drafts beside what lies around them."""

    def __init__(self, drafts: Sequence[Draft], around: Around, options: Options, width: float) -> None:
        self._width = width
        self._lookup, self._options = around, options
        self._seen: tuple[Box, dict[str, tuple[Outline, Box]]] | None = None
        self._few = next((d.outline.key for d in drafts if d.shape is None), None)
        self._after: dict[str, BaseGeometry] = {
            d.outline.key: NOWHERE if d.shape is None else d.shape for d in drafts
        }
        self._inserted = {d.outline.key: d.inserted for d in drafts}
        self._outline = {d.outline.key: d.outline for d in drafts}
        self._change: dict[str, tuple[BaseGeometry, BaseGeometry]] = {}
        self._overlaps: list[Overlap] = []

    def result(self) -> Result:
        refusal = self._broken()
        if refusal is not None:
            return Result(self._effects(), refusal)
        for key in self._after:
            self._measure(key)
        self._look()
        refusal = self._shared()
        uncovered: BaseGeometry = NOWHERE
        if refusal is None:
            uncovered, refusal = self._left()
        refusal = refusal or self._touching()
        effects = self._effects()
        if refusal is None and not any(_is_change(effect) for effect in effects):
            refusal = Refusal(Reason.NOTHING)
        return Result(effects, refusal or self._come_about(effects), tuple(self._overlaps), uncovered)

    def _broken(self) -> Refusal | None:
        if self._few is not None:
            return Refusal(Reason.FEW, None, (self._few,))
        for key, shape in self._after.items():
            if (at := broken_at(shape)) is not None:
                return Refusal(Reason.CROSSES, at, (key,))
        return None

    def _touching(self) -> Refusal | None:
        for key, shape in self._after.items():
            if (at := touching_itself_at(self._outline[key].shape, shape)) is not None:
                return Refusal(Reason.CROSSES, at, (key,))
        return None

    def _measure(self, key: str) -> None:
        before = self._outline[key].shape
        self._change[key] = exchanged(before if before.area > 0 else None, self._after[key])

    def _pieces(self, ground: BaseGeometry) -> list[shapely.Polygon]:
        return pieces_of(ground, self._width)

    def _look(self) -> None:
        """Look once at all that lies where ground changes hands."""
        grounds = [ground for pair in self._change.values() for ground in pair if ground.area > 0]
        if grounds:
            west, south, east, north = shapely.total_bounds(np.array(grounds, dtype=object)).tolist()
            box = (west - 1, south - 1, east + 1, north + 1)
            found = self._lookup(box)
            bounds = (
                shapely.bounds(np.array([one.shape for one in found], dtype=object)).tolist() if found else []
            )
            self._seen = box, {one.key: (one, tuple(b)) for one, b in zip(found, bounds, strict=True)}

    def _around(self, box: Box, layer: str | None = None) -> list[Outline]:
        west, south, east, north = box
        if self._seen is None or not _holds(self._seen[0], box):
            return list(self._lookup(box, layer))
        return [
            one
            for one, b in self._seen[1].values()
            if (layer is None or one.layer == layer)
            and b[0] <= east and b[2] >= west and b[1] <= north and b[3] >= south
        ]  # fmt: skip

    # Ground that two would have

    def _shared(self) -> Refusal | None:
        both: dict[str, list[tuple[Outline, list[shapely.Polygon]]]] = defaultdict(list)
        for key, (gained, _) in list(self._change.items()):
            outline = self._outline[key]
            if not self._pieces(gained):
                continue
            for other in self._others(gained.bounds, outline):
                known = self._after.get(other.key, other.shape)
                common = self._pieces(shapely.intersection(gained, known))
                if not common:
                    continue
                if outline.level is not None or self._moves(other.key):
                    where = max(common, key=lambda part: part.area)
                    area = sum(part.area for part in common)
                    return Refusal(Reason.OVERLAPS, inside(where), (key, other.key), area)
                both[key].append((other, common))
        for key, found in both.items():
            if (refusal := self._clip(key, found)) is not None:
                return refusal
        return self._vanished()

    def _moves(self, key: str) -> bool:
        """Whether an outline gains or loses ground in this very edit; a vertex that it gets is no ground."""
        return key in self._after and any(pieces_of(ground) for ground in self._change[key])

    def _others(self, box: Box, outline: Outline) -> Iterable[Outline]:
        found = {other.key: other for other in self._around(box, outline.layer)}
        found |= {key: self._outline[key] for key in self._after if self._outline[key].layer == outline.layer}
        return [
            other for key, other in found.items() if key != outline.key
        ]  # those redrawn lie elsewhere now

    def _clip(self, key: str, found: list[tuple[Outline, list[shapely.Polygon]]]) -> Refusal | None:
        others = [self._after.get(other.key, other.shape) for other, _ in found]
        own = self._after[key]
        whole, nodal = noded(own, others)
        for name, shape in zip((key, *(other.key for other, _ in found)), (whole, *nodal), strict=True):
            if (at := broken_at(shape)) is not None:  # borders a hair apart, which can't be joined here
                return Refusal(Reason.CROSSES, at, (name,))
        for (other, common), was, shape in zip(found, others, nodal, strict=True):
            keeper = key if self._options.is_keeper else other.key
            self._overlaps.append(Overlap(key, other.key, areas_only(shapely.MultiPolygon(common)), keeper))
            self._outline.setdefault(other.key, other)
            new = areas_only(shapely.difference(shape, whole)) if self._options.is_keeper else shape
            more = max(0, _count(shape) - _count(was))
            if self._options.is_keeper or more:
                self._after[other.key] = without_spikes(new)
                self._inserted[other.key] = self._inserted.get(other.key, 0) + (
                    0 if self._options.is_keeper else more
                )
                self._measure(other.key)
        if not self._options.is_keeper:
            whole = areas_only(shapely.difference(whole, shapely.union_all(np.array(nodal, dtype=object))))
        self._after[key] = without_spikes(whole)
        self._measure(key)
        return None

    def _vanished(self) -> Refusal | None:
        for key, shape in self._after.items():
            if not self._pieces(shape):
                return Refusal(Reason.VANISHES, None, (key,))
        return None

    # Ground that nobody would have

    def _left(self) -> tuple[BaseGeometry, Refusal | None]:
        found: list[shapely.Polygon] = []
        keys: list[str] = []
        for key, (gained, lost) in self._change.items():
            outline = self._outline[key]
            if outline.level is None:
                continue
            refusal = self._levels(outline, gained, lost)
            if refusal is not None and refusal.reason not in self._options.allowed:
                return NOWHERE, refusal
            left = self._pieces(self._uncovered(outline, lost))
            found += left
            keys += [key] * len(left)
        if not found:
            return NOWHERE, None
        ground = areas_only(shapely.union_all(np.array(found, dtype=object)))
        refusal = None
        if (self._options.must_cover or self._options.is_alone) and Reason.GAP not in self._options.allowed:
            refusal = Refusal(Reason.GAP, inside(found[0]), tuple(dict.fromkeys(keys)), float(ground.area))
        return ground, refusal

    def _at(self, box: Box, layer: str | None = None) -> list[tuple[Outline, BaseGeometry]]:
        known = {other.key: (other, other.shape) for other in self._around(box, layer)}
        for key, shape in self._after.items():
            outline = self._outline[key]
            if layer is None or outline.layer == layer:
                known[key] = (outline, shape)
        return list(known.values())

    def _uncovered(self, outline: Outline, lost: BaseGeometry) -> BaseGeometry:
        """Return what an outline loses, nobody of its layer gets, and a unit above or beside it counted on."""
        if not self._pieces(lost):
            return NOWHERE
        near = self._at(lost.bounds)
        own = [shape for other, shape in near if other.layer == outline.layer]
        left = without(lost, own)
        above = [
            shape for other, shape in near if other.level is not None and other.level < (outline.level or 0)
        ]
        if not self._pieces(left):
            return NOWHERE
        if above:
            return areas_only(shapely.intersection(left, shapely.union_all(np.array(above, dtype=object))))
        beside = [
            other.shape for other, _ in near if other.layer == outline.layer and other.key not in self._after
        ]
        is_between = any(shapely.dwithin(shape, left, TOLERANCE) for shape in beside)
        return left if is_between and self._options.is_alone else NOWHERE

    def _levels(self, outline: Outline, gained: BaseGeometry, lost: BaseGeometry) -> Refusal | None:
        """Return why the units above or below would no longer be the sum of their parts."""
        own = outline.level or 0
        if self._pieces(gained):
            before = outline.shape
            is_apart = before.area > 0 and not shapely.dwithin(before, gained, TOLERANCE)
            here = areas_only(shapely.union(before, gained)) if is_apart else gained
            for level, units in self._by_level(here).items():
                left = [] if level == own else self._pieces(without(gained, units))
                if left:
                    reason = Reason.BARE if level > own else Reason.BEYOND
                    return Refusal(reason, inside(left[0]), (outline.key,), sum(part.area for part in left))
        if self._pieces(lost):
            levels = self._by_level(lost)
            free = without(lost, levels.get(own, ()))
            for level, units in levels.items() if self._pieces(free) else ():
                bare = without(free, units)
                left = self._pieces(areas_only(shapely.difference(free, bare))) if level > own else []
                if left:
                    area = sum(part.area for part in left)
                    return Refusal(Reason.BEYOND, inside(left[0]), (outline.key,), area)
        return None

    def _by_level(self, ground: BaseGeometry) -> dict[int, list[BaseGeometry]]:
        """Return the units of each level that come to some ground."""
        levels: dict[int, list[BaseGeometry]] = defaultdict(list)
        for other, shape in self._at(ground.bounds):
            if other.level is not None and shapely.dwithin(shape, ground, TOLERANCE):
                levels[other.level].append(shape)
        return levels

    # What has come about

    def _effects(self) -> tuple[Effect, ...]:
        nothing = (NOWHERE, NOWHERE)
        return tuple(
            Effect(
                key=key,
                layer=self._outline[key].layer,
                before=self._outline[key].shape if self._outline[key].shape.area > 0 else None,
                after=shape if shape.area > 0 else None,
                gained=self._change.get(key, nothing)[0],
                lost=self._change.get(key, nothing)[1],
                inserted=self._inserted.get(key, 0),
            )
            for key, shape in self._after.items()
        )

    def _come_about(self, effects: Iterable[Effect]) -> Refusal | None:
        allowed = self._options.allowed & ASKED
        for effect in effects:
            before, after = effect.parts
            if after > max(before, 1) and Reason.PARTS not in allowed:
                least = min(polygons_of(effect.after), key=lambda part: part.area)
                return Refusal(Reason.PARTS, inside(least), (effect.key,), float(least.area))
            before, after = effect.holes
            if after > before and Reason.HOLES not in allowed:
                hole = next(ring for part in polygons_of(effect.after) for ring in part.interiors)
                ground = shapely.Polygon(hole)
                return Refusal(Reason.HOLES, inside(ground), (effect.key,), float(ground.area))
            if effect.slivers and Reason.SLIVERS not in allowed:
                least = effect.slivers[0]
                return Refusal(Reason.SLIVERS, inside(least), (effect.key,), float(least.area))
        return None


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def without(ground: BaseGeometry, shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """Return ground without shapes, one after the other: it is soon empty, and joining them all would cost more."""
    for shape in shapes:
        if ground.area <= LEAST:
            return NOWHERE
        ground = areas_only(shapely.difference(ground, shape))
    return ground


def _is_change(effect: Effect) -> bool:
    if effect.before is None or effect.after is None:
        return True
    return effect.inserted > 0 or not shapely.equals_exact(effect.before, effect.after, 0.0)


def _count(shape: BaseGeometry) -> int:
    return int(shapely.get_num_coordinates(shape))
