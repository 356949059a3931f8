"""What becomes of the rows of a source, until they are frozen as rows of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.exchange.planning.row_reader import Draft
    from app.exchange.who.evidence import Candidate
    from app.text import Text


class Cell(NamedTuple):
    """A field that a row sets: what the registry holds, and what it will hold."""

    field: str
    before: object
    after: object

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the cell as the contract prints it."""
        return {"field": self.field, "before": printed(self.before), "after": printed(self.after)}


def printed(value: object) -> object:
    """Return a value as results print it."""
    if isinstance(value, BaseGeometry):
        return shapely.to_wkt(value, rounding_precision=9)
    if isinstance(value, date):
        return value.isoformat()
    return value


@dataclass(slots=True)
class Outcome:
    """A draft and what was found out about it.

    ``leader``: the row of the same file that says it already, or takes up what it says; ``is_new``: the user said so;
    ``is_left``: the user left it out; ``candidates``: whom it may mean, where somebody has to say.
    """

    draft: Draft
    code: str | None = None
    before: Record | None = None
    because: Text | None = None
    cells: tuple[Cell, ...] = ()
    edits: tuple[Edit, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    leader: Outcome | None = None
    creates: bool = False
    is_new: bool = False
    is_left: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """Rows that only create a record. ``places``: their positions among all rows; of each column one value a row.

    ``codes``: None where one has to be made; ``communities``: by which it is made.
    """

    places: NDArray[np.int64]
    codes: list[str | None]
    communities: list[str | None]
    fields: list[tuple[str, list[Any]]]
    common: list[tuple[str, list[Any]]]
    facts: list[tuple[str, list[Any]]]
    surveyed: list[Any] | None

    def __len__(self) -> int:
        return len(self.places)
