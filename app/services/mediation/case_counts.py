"""How many cases stood where on a day: by unit, level, state and category. Only counts, as the record has no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.services.count.unit_counts import count_by_unit
from app.services.mediation.cases import CLOSED, is_counted, level_on, state_on

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.record import Record
    from app.services.count.unit_counts import CountRow, Key, UnitCounts

HANDLED: Final = ("answered", CLOSED)


def case_counts(engine: CoverageEngine, by: str, day: date) -> UnitCounts:
    """Count the cases opened by ``day``: their key is level, state and category ("" where none was given).

    Raises InvalidInput for a level of units that there isn't.
    """

    def key_of(case: Record) -> Key | None:
        if not is_counted(case, day):
            return None
        return level_on(case, day), state_on(case, day), str(case.on("category", day) or "")

    return count_by_unit(
        engine,
        "cases",
        by,
        day,
        key_of,
        parts=("level", "state", "category"),
        sums={"open": open_cases, "handled": handled_cases},
    )


def open_cases(row: CountRow) -> int:
    """Return how many of a unit's cases are not closed."""
    return row.total - row.of(None, CLOSED)


def handled_cases(row: CountRow) -> int:
    """Return how many of a unit's cases are answered or closed."""
    return sum(row.of(None, state) for state in HANDLED)
