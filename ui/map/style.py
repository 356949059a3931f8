"""How features look just now: statuses, choropleth, current place, theme. Changes without touching geometry."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.known import Known
from app.domain.looks.bands import UNKNOWN_FROM, band_of
from ui.map.palette import LIGHT, MapPalette
from ui.map.scene import AREA_LAYERS, LEVELS, UNIT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from app.coverage.results import Coverage, Figures
    from ui.map.scene import MapScene
    from ui.models.sketch import Sketch

# classes of a compound or building
PLAIN: Final = 0
LEFT_OUT: Final = 1
COVERED: Final = 2
UNKNOWN: Final = 3
UNCOVERED: Final = 4
STATUS_CLASS: Final = {"left_out": LEFT_OUT, "covered": COVERED, "unknown": UNKNOWN, "uncovered": UNCOVERED}
# classes of a unit: 0 to 4 are bands of the sequence
NO_DATA: Final = 5
WHOLLY_UNKNOWN: Final = 6
NOT_THEMED: Final = 7
CLASS_MASK: Final = 0x0F
HATCHED: Final = 0x10
OUTSIDE: Final = 0x20  # of the current place

OPACITY_UNIT_OUTSIDE: Final = 0.42
OPACITY_COMPOUND_OUTSIDE: Final = 0.45


@dataclass(frozen=True, slots=True)
class UnitFill(Known):
    """One unit's figures as the map shows them. ``band``: 0 to 4, None where the rate is not known."""

    covered: float
    uncovered: float
    unknown: float
    band: int | None

    @property
    def unknown_share(self) -> float:
        """The part of all that is unknown."""
        return self.unknown / self.total if self.total else 0.0


def unit_fill(figures: Figures) -> UnitFill:
    """Return how a unit with these figures is filled, by its rate."""
    return UnitFill(figures.covered, figures.uncovered, figures.unknown, band_of(figures.rate))


def unit_fills(coverage: Coverage) -> dict[str, UnitFill]:
    """Return the fill of every unit of a coverage table."""
    return {row.unit: unit_fill(row.figures) for row in coverage.rows}


def level_filled(coverages: Mapping[str, Coverage], by: str) -> str:
    """Return the level of units that a measure colours: the one asked for, never one below its own subject.

    A measure of streets says nothing of grids: by grid, too, its streets are coloured.
    """
    found = coverages.get(by)
    order = tuple(LEVELS)
    own = None if found is None else found.subject
    return own if own in order and order.index(by) > order.index(own) else by


@dataclass(frozen=True, eq=False)
class MapStyle:
    """A snapshot of everything that decides colours, made for one scene.

    ``statuses``: compound, building or station → covered, uncovered, unknown, left_out. ``fills``: unit → figures.
    ``place``: code of the unit in work, None = all. ``hidden``: kinds of layer that the user switched off.
    ``sketches``: what lies over the records, the last one on top. ``notes``: unit → words behind its name, in place of the
    fractions.
    """

    scene: MapScene
    palette: MapPalette = LIGHT
    statuses: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, UnitFill] = field(default_factory=dict)
    level: str = "grid"
    sequence: str = "wash"
    place: str | None = None
    hidden: frozenset[str] = frozenset()
    sketches: tuple[Sketch, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def filled_layer(self) -> str | None:
        """The unit layer that the choropleth fills, None without one."""
        return LEVELS[self.level] if self.fills else None

    @cached_property
    def classes(self) -> dict[str, NDArray[np.uint8]]:
        """The class of each feature of each layer, in the layer's order."""
        made = {}
        for kind in AREA_LAYERS:
            layer = self.scene.layer(kind)
            if kind == self.filled_layer:
                row = [self._unit_class(self.fills.get(code)) for code in layer.codes]
            elif kind in UNIT_LAYERS:
                row = [NOT_THEMED] * len(layer)
            elif self.statuses:
                get = self.statuses.get
                row = [STATUS_CLASS.get(get(code, ""), PLAIN) for code in layer.codes]
            else:
                row = [PLAIN] * len(layer)
            classes = np.array(row, dtype=np.uint8)
            inside = self.scene.inside(kind, self.place) if self.place and len(layer) else None
            if inside is not None:
                classes[~inside] |= OUTSIDE
            made[kind] = classes
        return made

    def _unit_class(self, fill: UnitFill | None) -> int:
        if fill is None:
            return NOT_THEMED  # nothing was said of it: withheld, or not in force
        if not fill.total:
            return NO_DATA
        if fill.band is None and self.sequence == "gap":
            return NOT_THEMED  # nothing is missing: no work, no colour
        if fill.band is None:
            return WHOLLY_UNKNOWN | HATCHED
        return fill.band | (HATCHED if fill.unknown_share >= UNKNOWN_FROM else 0)

    def is_outside(self, kind: str, index: int) -> bool:
        """Whether a feature lies outside the current place."""
        return bool(self.classes[kind][index] & OUTSIDE)

    def changed_from(self, other: MapStyle) -> dict[str, NDArray[np.intp]] | None:
        """Return which features look different, by layer; None where everything may."""
        mended = self.scene.mended
        is_mended = mended is not None and mended.is_of(other.scene)
        if (
            (other.scene is not self.scene and not is_mended)
            or other.palette is not self.palette
            or other.filled_layer != self.filled_layer
            or other.sequence != self.sequence
            or other.hidden != self.hidden
            or other.sketches != self.sketches
            or other.notes != self.notes
        ):
            return None
        found = {kind: np.flatnonzero(row != other.classes[kind]) for kind, row in self.classes.items()}
        if is_mended and mended is not None:
            for kind, rows in mended.rows.items():
                found[kind] = np.union1d(found[kind], rows)
        return found
