"""One compound among the units of a day: who takes it, what becomes of their outlines, in metres and in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.placing import largest
from app.coverage.places.units import NOWHERE
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.errors import InvalidInput, Problem
from app.services.fusion.cuts import CUT_LEVELS
from app.services.registry.lookup import record_called
from app.text import Text
from geo.fusion import Layer, fuse
from geo.way_back import WayBack

if TYPE_CHECKING:
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.coverage.engine import CoverageEngine
    from app.coverage.places.placing import Placing
    from app.coverage.places.units import Units
    from app.domain.record import Record
    from geo.fusion import Fusion

_FIRST: Final = 1  # districts keep their lines
_NEAR: Final = 1.0  # [m]
_SEEN: Final = 1e-6  # [m²] a gain below this is only a vertex more


@dataclass(frozen=True, slots=True)
class Move:
    """One unit with another outline. ``record`` is it as it was; ``outline`` in degrees, None where nothing is left."""

    level: str
    record: Record
    outline: BaseGeometry | None
    gained_m2: float

    @property
    def is_moved(self) -> bool:
        """Whether it gains or loses ground; else it only gets a vertex where a neighbour's border now ends."""
        return abs(self.gained_m2) > _SEEN


class FusionGround:
    """One compound among the units of a day, in metres."""

    def __init__(self, engine: CoverageEngine, compound: Record, day: date, to: str | None) -> None:
        places = engine.places
        self._dataset, self._zone, self._day = engine.dataset, places.zone, day
        self._units: Units = places.units(day)
        subjects = places.subjects()
        row = int(subjects.rows_on(day)[subjects.position[compound.code]])
        self._outline: BaseGeometry = subjects.outlines_of(np.array([row]))[0]
        self._degrees = compound.geometry_on(day)
        placing = places.placing(day)
        self._chosen = placing.whole[row].tolist() if to is None else self._chosen_by(placing, row, to)
        self._records = [
            [engine.dataset.of(kind)[code] for code in level.codes]
            for kind, level in zip(UNIT_KINDS, self._units.levels, strict=True)
        ]
        self._layers = [self._layer(level) for level in range(_FIRST, len(LEVELS))]

    def _chosen_by(self, placing: Placing, row: int, to: str) -> list[int]:
        record = record_called(self._dataset, to)
        level = UNIT_KINDS.index(record.kind) if record.kind in UNIT_KINDS[_FIRST:] else None
        if level is None:
            message = Text(
                f"{record.code} 不是网格、社区或街道。", f"{record.code} is no grid, community or street."
            )
            raise InvalidInput(message, (Problem(message=message, code=record.code, column="to"),))
        spread = placing.spreads[level]
        units = self._units.levels[level]
        mine = spread.unit[(spread.subject == row) & spread.by_outline[spread.subject]].tolist()
        at = units.position.get(record.code, NOWHERE)
        if at not in mine:
            known = "、".join(units.codes[unit] for unit in mine)
            message = Text(
                f"小区没有一点在 {record.code} 里。它在：{known or '哪里都不在'}。",
                f"No part of the compound lies in {record.code}; it lies in: {known or 'none'}.",
            )
            raise InvalidInput(message, (Problem(message=message, code=record.code, column="to"),))
        chosen = placing.whole[row].tolist()
        line = units.ancestors[at].tolist()
        chosen[:level] = [above if above != NOWHERE else chosen[n] for n, above in enumerate(line[:level])]
        chosen[level:] = [at, *[NOWHERE] * (len(LEVELS) - level - 1)]
        for below in range(level + 1, len(LEVELS)):
            spread = placing.spreads[below]
            pairs = np.flatnonzero(spread.subject == row)
            pairs = pairs[
                [self._units.may_lie_in(unit, chosen, below) for unit in spread.unit[pairs].tolist()]
            ]
            nothing = np.zeros(len(pairs), dtype=np.int64)
            chosen[below] = int(largest(1, nothing, spread.unit[pairs], spread.share[pairs])[0])
        return list(chosen)

    def _layer(self, level: int) -> Layer:
        own = self._units.levels[level].outlines.copy()
        for place, record in enumerate(self._records[level]):
            outline = record.geometry_on(self._day)
            if outline is None or not outline.area > 0:
                own[place] = None
        taker = self._chosen[level]
        return Layer(own, None if taker == NOWHERE or own[taker] is None else int(taker))

    def fuse(self) -> Fusion:
        """Return the redrawn units; districts keep their lines."""
        districts = self._units.levels[0].outlines
        keeper = None if self._chosen[0] == NOWHERE else int(self._chosen[0])
        return fuse(self._outline, self._layers, districts, keeper)

    def takers(self) -> dict[str, str]:
        """Return the unit of each level that takes the compound."""
        return {
            name: self._units.levels[n].codes[self._chosen[n]]
            for n, name in enumerate(LEVELS)
            if self._chosen[n] != NOWHERE
        }

    def moves(self, fusion: Fusion) -> tuple[Move, ...]:
        """Return the units with another outline, from the top down."""
        found = []
        to_degrees = self._way_back()
        for level, redrawn in enumerate(fusion.layers, start=_FIRST):
            for place, gained in zip(redrawn.changed, redrawn.gained, strict=True):
                outline = None if place in redrawn.emptied else to_degrees.of(redrawn.outlines[place])
                found.append(Move(LEVELS[level], self._records[level][place], outline, gained))
        return tuple(found)

    def handed_over(self, fusion: Fusion) -> BaseGeometry:
        """Return the ground that the taker of the lowest level drawn did not have, in degrees."""
        for layer in reversed(self._layers):
            if layer.taker is not None:
                handed = shapely.difference(fusion.ground, shapely.make_valid(layer.outlines[layer.taker]))
                return self._zone.to_degrees([handed])[0]  # type: ignore[no-any-return]
        return self._zone.to_degrees([fusion.ground])[0]  # type: ignore[no-any-return]

    def codes_of(self, fusion: Fusion, what: str) -> tuple[str, ...]:
        """Return the units that are ``emptied`` or ``torn``."""
        return tuple(
            self._units.levels[level].codes[place]
            for level, redrawn in enumerate(fusion.layers, start=_FIRST)
            for place in getattr(redrawn, what)
        )

    def concerned(self, moves: tuple[Move, ...]) -> dict[str, list[str]]:
        """Return the units by level whose ground changes: redrawn, or the union of such, and the takers."""
        found: dict[str, set[str]] = {level: set() for level in CUT_LEVELS}
        for name, code in self.takers().items():
            if name in found and moves:
                found[name].add(code)
        for move in moves:
            if not move.is_moved:
                continue
            found[move.level].add(move.record.code)
            level = LEVELS.index(move.level)
            line = self._units.levels[level].ancestors[self._units.levels[level].position[move.record.code]]
            for above in range(_FIRST, level):
                if line[above] != NOWHERE:
                    found[LEVELS[above]].add(self._units.levels[above].codes[line[above]])
        return {level: sorted(codes) for level, codes in found.items()}

    def _way_back(self) -> WayBack:
        back = WayBack(self._zone)
        if self._degrees is not None:
            back.learn(self._outline, self._degrees)
        for level, units in enumerate(self._units.levels):
            drawn = units.outlines
            for place in np.flatnonzero(shapely.dwithin(drawn, self._outline, _NEAR)).tolist():
                degrees = self._records[level][place].geometry_on(self._day)
                if degrees is not None:
                    back.learn(drawn[place], degrees)
        return back
