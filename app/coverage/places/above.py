"""What lies wholly in one grid lies wholly in what is made of such grids: found once for the grids, told of each level.

A unit is made of grids where, exactly and edge by edge, it is the grids recorded below it and nothing else. Where
one near a subject isn't, the subject is measured at that level as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.spread import Spread
from app.coverage.places.units import NOWHERE
from app.domain.kinds import LEVELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.coverage.places.subjects import Subjects
    from app.coverage.places.units import Units

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

GRIDS: Final = LEVELS.index("grid")


def is_told_by_grids(subjects: Subjects, units: Units, level: int) -> bool:
    """Whether placing by grid first is worth it at another level: not for few subjects, nor without outlines."""
    grids = units.levels[GRIDS]
    return (
        level != GRIDS
        and units.levels[level].has_outline
        and grids.has_outline
        and len(subjects) >= len(grids.codes)
    )


def told_by_grids(subjects: Subjects, units: Units, level: int, homes: Ints) -> tuple[Spread, Ints]:
    """Return how the rows whose grid tells it spread at a level, and the rows that are still to be placed.

    ``homes``: the grid that surely holds all of each row where no other has a part; NOWHERE for the others.
    """
    made, unsure = _made_of_grids(units, level)
    unit = np.append(units.levels[GRIDS].ancestors[:, level], NOWHERE)[homes]
    known = np.append(made, False)[unit]
    if known.any():
        known[subjects.envelopes.near(units.levels[level].outlines[unsure])] = False
    rows = np.flatnonzero(known)
    ones = np.ones(len(rows))
    told = Spread(rows, unit[rows], ones, ones, np.where(known, 0.0, 1.0), known)
    return told, np.flatnonzero(~known)


def _made_of_grids(units: Units, level: int) -> tuple[Flags, Ints]:
    """Return whether each unit is made of the grids below it, and which have an outline and are not."""
    own, grids = units.levels[level], units.levels[GRIDS]
    made = own.index.are_made_of(grids.index, grids.ancestors[:, level])
    return made, np.flatnonzero(~made & ~shapely.is_missing(own.outlines))
