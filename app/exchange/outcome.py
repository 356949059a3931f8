"""What becomes of one row of a source, until it is frozen as a row of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.exchange.plan import Cell
    from app.exchange.row_reader import Draft
    from app.exchange.who.evidence import Candidate
    from app.text import Text


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
