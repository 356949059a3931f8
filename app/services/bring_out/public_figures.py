"""What is withheld of a public edition's figures, so that no compound can be named by them (decision 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.coverage.results import Query
from app.domain.audience import Audience
from app.domain.weights import ONE, WEIGHTS
from app.exchange.formats.suppression import LEAST, is_small
from app.services.bring_out.public_groups import possible_in_units, telling_of_three_no
from app.services.bring_out.public_measures import (
    ABOVE_COMMUNITIES,
    public_levels,
    status_may_leave,
    tells_of_safety,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.measures import Measure
    from app.services.bring_out.level_figures import LevelFigures


def withhold_from_public(
    engine: CoverageEngine, measure: Measure, weight: str, day: date, figures: LevelFigures
) -> tuple[str, ...]:
    """Withhold what the public may not have of a measure; return the levels that it may have."""
    profile = engine.profile
    levels = public_levels(profile, measure.id)
    is_open = status_may_leave(profile, measure.id, Audience.PUBLIC)
    if WEIGHTS[weight].is_sensitive:
        levels = tuple(name for name in levels if name in ABOVE_COMMUNITIES)
        behind = None
        if ONE in measure.spec.weights:  # a number of households of so few compounds is theirs
            found = {name: engine.coverage(Query(measure=measure.id, by=name, as_of=day)) for name in levels}
            behind = {
                name: {
                    **{row.unit: (row.figures.total,) for row in coverage.rows},
                    "": (coverage.unplaced.figures.total,),
                }
                for name, coverage in found.items()
            }
        figures.withhold(levels, _small_or_few, behind)
    elif not is_open and measure.spec.subject == "compound":
        possible = possible_in_units(engine, measure, day, levels)
        is_safety = tells_of_safety(profile, measure.id)
        figures.withhold(
            levels, _telling(telling_of_three_no(profile, measure), is_safety=is_safety), possible
        )
    elif tells_of_safety(profile, measure.id):
        figures.withhold(levels)
    return levels


def _small_or_few(cells: Sequence[float]) -> bool:
    return is_small(cells) or any(0 < count < LEAST for count in cells[3:])


def _telling(is_three_no: tuple[bool, bool], *, is_safety: bool) -> Callable[[Sequence[float]], bool]:
    """Return the test of one row: its three counts, then whom each and the base could be about.

    A row tells too much where a count is all of its group, where half a group or more would be three-no, and
    where it is so small that it is about a few.
    """

    def tells(cells: Sequence[float]) -> bool:
        counts = (sum(cells[:3]), *(cells[:2] if is_safety else ()))  # what is unknown tells of nobody
        if any(0 < count < LEAST for count in counts):
            return True
        sides = zip(cells[:2], cells[3:5], is_three_no, strict=True)
        return any(
            count > 0 and (count >= group or (is_told and 2 * count >= group))
            for count, group, is_told in sides
        )

    return tells
