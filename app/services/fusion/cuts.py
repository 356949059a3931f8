"""Compounds cut by the line of a grid, community or street: how much lies on each side, gravest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.coverage.places.units import NOWHERE
from app.coverage.weights import people
from app.domain.kinds import LEVELS
from app.errors import InvalidInput, Problem
from app.jobs import Ticket
from app.services.registry.lookup import record_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.places.placing import Placing
    from app.coverage.places.units import Units

OUTSIDE: Final = "outside"  # the share beyond every unit, beside codes
CUT_LEVELS: Final = ("grid", "community", "street")  # whose lines can be moved here, lowest first
_STAGE: Final = Text("查被切开的小区", "Looking for compounds that are cut")
_EVERY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One compound that a line cuts.

    Attributes
    ----------
    sides
        For each level that cuts it, lowest first: units and their share of its area, largest first; ``outside``
        where a part lies in none.
    smaller
        The share in units beside the one that holds most, at the level where that is most; where there is one unit
        alone, the share in none.
    affected
        Households × ``smaller``; None where nobody counted households.
    units
        Where it is placed now, as ``whole`` counts it: level → code.

    """

    code: str
    name: str
    households: int | None
    area_m2: float
    sides: Mapping[str, tuple[tuple[str, float], ...]]
    smaller: float
    affected: float | None
    units: Mapping[str, str]

    @property
    def affected_m2(self) -> float:
        """The area of the smaller side [m²]."""
        return self.area_m2 * self.smaller

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the cut compound."""
        return {
            "code": self.code,
            "name": self.name or None,
            "households": self.households,
            "area_m2": self.area_m2,
            "smaller": self.smaller,
            "affected": self.affected,
            "affected_m2": self.affected_m2,
            "units": dict(self.units),
            "sides": self.shares,
        }

    @property
    def shares(self) -> dict[str, list[dict[str, Any]]]:
        """For each level that cuts it the units and their shares, as they are printed."""
        return {
            level: [{"unit": unit, "share": share} for unit, share in sides]
            for level, sides in self.sides.items()
        }


def sides_of(
    placing: Placing, units: Units, rows: Collection[int] | None = None
) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Yield row, level and the sides of every subject that a line of the level cuts; up to half may lie outside."""
    for level, spread in enumerate(placing.spreads):
        codes = units.levels[level].codes
        found = np.bincount(spread.subject, minlength=len(spread.outside))
        with np.errstate(invalid="ignore"):
            is_cut = spread.by_outline & (
                (found > 1) | ((found == 1) & (spread.outside > 0) & (spread.outside <= 0.5))
            )
        first = np.searchsorted(spread.subject, np.arange(len(found) + 1))
        wanted = np.flatnonzero(is_cut).tolist()
        for row in wanted if rows is None else [row for row in wanted if row in rows]:
            pairs = range(first[row], first[row + 1])
            sides = {codes[spread.unit[pair]]: float(spread.share[pair]) for pair in pairs}
            if spread.outside[row] > 0:
                sides[OUTSIDE] = float(spread.outside[row])
            yield row, level, sides


def find_cuts(
    engine: CoverageEngine,
    day: date,
    *,
    level: str | None = None,
    street: str | None = None,
    ticket: Ticket | None = None,
) -> list[Cut]:
    """Return the compounds in force that a line cuts, those first that concern most households; then by area.

    ``level``: cut by a line of this level alone. ``street``: of which a part lies in this street.

    Raises
    ------
    InvalidInput
        If there is no such level or street.

    """
    if level is not None and level not in CUT_LEVELS:
        message = Text(
            f"没有 {level!r} 这一级界线。有：{'、'.join(CUT_LEVELS)}。",
            f"There are no lines of {level!r}; there are those of {', '.join(CUT_LEVELS)}.",
        )
        raise InvalidInput(message, (Problem(message=message, column="level", value=level),))
    wanted = CUT_LEVELS if level is None else (level,)
    return sorted(_cuts(engine, day, wanted, _street_code(engine, street), ticket or Ticket()), key=_rank)


def cut_of(engine: CoverageEngine, day: date, code: str) -> Cut | None:
    """Return how one compound is cut on a day, None where no line cuts it."""
    return next(_cuts(engine, day, CUT_LEVELS, None, Ticket(), only=code), None)


def _smaller(pairs: tuple[tuple[str, float], ...]) -> float:
    beside = [share for unit, share in pairs[1:] if unit != OUTSIDE]
    return sum(beside) if beside else pairs[-1][1]


def _rank(cut: Cut) -> tuple[bool, float, str]:
    is_unknown = cut.affected is None
    return (is_unknown, -(cut.affected_m2 if cut.affected is None else cut.affected), cut.code)


def _street_code(engine: CoverageEngine, street: str | None) -> str | None:
    if street is None:
        return None
    return record_of(engine.dataset, street, "streets", "street").code


def _cuts(
    engine: CoverageEngine,
    day: date,
    wanted: tuple[str, ...],
    street: str | None,
    ticket: Ticket,
    only: str | None = None,
) -> Iterator[Cut]:
    ticket.step(_STAGE, 0, 1)
    places = engine.places
    units, subjects, placing = places.units(day), places.subjects(), places.placing(day)
    answers = engine.book.on(day)
    compounds = engine.dataset.of("compounds")
    rows = subjects.rows_on(day)
    codes = subjects.codes if only is None else [only] if only in subjects.position else []
    row_codes = {
        int(rows[subjects.position[code]]): code
        for code in codes
        if code in compounds
        and compounds[code].is_in_force(day)
        and subjects.areas[rows[subjects.position[code]]] > 0
    }
    found: dict[int, dict[str, tuple[tuple[str, float], ...]]] = {}
    for row, level, sides in sides_of(placing, units, row_codes):
        if LEVELS[level] in wanted:
            ordered = sorted(sides.items(), key=lambda side: (side[0] == OUTSIDE, -side[1], side[0]))
            found.setdefault(row, {})[LEVELS[level]] = tuple(ordered)
    for step, (row, sides_by_level) in enumerate(found.items()):
        if step % _EVERY == 0:
            ticket.step(_STAGE, step, len(found))
        if street is not None and street not in _streets(units, placing, row):
            continue
        code = row_codes[row]
        households = people(answers, code, "households")
        smaller = max(_smaller(pairs) for pairs in sides_by_level.values())
        chosen = placing.whole[row]
        yield Cut(
            code=code,
            name=engine.name_on(code, day),
            households=households,
            area_m2=float(subjects.areas[row]),
            sides={name: sides_by_level[name] for name in CUT_LEVELS if name in sides_by_level},
            smaller=smaller,
            affected=None if households is None else households * smaller,
            units={
                name: units.levels[place].codes[chosen[place]]
                for place, name in enumerate(LEVELS)
                if chosen[place] != NOWHERE
            },
        )


def _streets(units: Units, placing: Placing, row: int) -> set[str]:
    """Return the streets in which a part of a subject lies, by street lines or by the units below them."""
    street = LEVELS.index("street")
    found: set[int] = set()
    for level in range(street, len(LEVELS)):
        spread = placing.spreads[level]
        mine = spread.unit[
            np.searchsorted(spread.subject, row) : np.searchsorted(spread.subject, row, "right")
        ]
        found |= set((mine if level == street else units.levels[level].ancestors[mine, street]).tolist())
    return {units.levels[street].codes[place] for place in found - {NOWHERE}}
