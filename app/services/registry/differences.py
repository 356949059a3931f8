"""What is other in one state of the data than in another, where no journal tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.edits import Changes
from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.record import Record


def differing(before: Dataset, after: Dataset) -> Changes:
    """Return what is other in one dataset than in another, its outlines not looked at."""
    codes: list[str] = []
    kinds: set[str] = set()
    for kind in KINDS:
        then, now = before.of(kind), after.of(kind)
        found = [code for code in {**then, **now} if _bare(then.get(code)) != _bare(now.get(code))]
        codes += found
        kinds |= {kind} if found else set()
    return Changes(None, "refresh", tuple(codes), frozenset(kinds))


def _bare(record: Record | None) -> object:
    return None if record is None else record._replace(geometry=None)
