"""Whom a row of the gaps is about, where somebody is to be given them as tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.explain import explain
from ui.models.figure_chooser import by_name
from ui.panels.coverage.gaps_model import OPEN_LISTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Query
    from app.jobs import Ticket
    from ui.panels.coverage.gaps_model import Line

_NO_GAP: Final = ("covered", "left_out")  # lists of which nothing is to be done


def lacking_in(line: Line, engine: CoverageEngine, query: Query) -> Callable[[Ticket], list[str]] | None:
    """Return the job that finds the subjects of a row that are not covered or unknown; None for a row that has none."""
    if line.name in _NO_GAP:
        return None
    lists = (line.name,) if line.kind in {"list", "more"} else OPEN_LISTS

    def job(_ticket: Ticket) -> list[str]:
        if line.entry is not None:
            return [line.code]
        told = by_name(explain(engine, query, line.unit))
        return [entry.code for name in lists for entry in getattr(told, name)]

    return job
