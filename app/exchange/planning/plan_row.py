"""One row of a plan: what comes of a row of the source, with the cells that it sets and everything said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from app.domain.edits import Edit
    from app.errors import Problem
    from app.exchange.planning.outcome import Cell
    from app.exchange.who.evidence import Candidate
    from app.text import Text


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the source, and what comes of it. ``because``: how an existing record was recognised.

    ``state``: "asked" where a refused row waits for an answer; ``candidates``: whom it may mean.
    ``sheet``: None where the file has none. A row of the layout is skipped; its problem says what it is.
    ``problems``: why it is refused, or what it comes in without. ``state``: "asked" where it waits for an answer.
    """

    number: int
    action: str
    code: str | None
    name: str
    cells: tuple[Cell, ...] = ()
    problems: tuple[Problem, ...] = ()
    edits: tuple[Edit, ...] = ()
    because: Text | None = None
    outline: BaseGeometry | None = None
    sheet: str | None = None
    state: str | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def key(self) -> str:
        """The row as an answer names it."""
        return str(self.number) if self.sheet is None else f"{self.sheet}!{self.number}"

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the row as the contract prints it within its source."""
        return {
            "row": self.number,
            "code": self.code,
            "action": self.action,
            "cells": [cell.as_json(lang) for cell in self.cells],
            "problems": [problem.as_json(lang) for problem in self.problems],
            "state": self.state,
            "candidates": [candidate.as_json(lang) for candidate in self.candidates],
        }
