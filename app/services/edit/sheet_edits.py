"""Cells of a table changed at once: typed, pasted from a spreadsheet, filled down, cleared. One change each.

The rules are those of setting a record's fields and facts; every cell that they refuse is told with its row.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.rules.rules import problems_of
from app.domain.values import is_empty, read_fact
from app.errors import InvalidInput, Problem
from app.services.edit.edit import edits_for
from app.services.edit.typed_values import read_values
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.services.registry.registry import Registry

_NO_FACT = Text(
    "登记过的项不能清空：改成别的值，或撤销那一步。",
    "What was recorded can't be emptied: write another value, or take that step back.",
)
_REQUIRED = Text("这一格不能空着。", "This cell can't be empty.")
_REFUSED = Text(
    "{} 格写不进去，什么都没有写。按下面的原因改好再来。",
    "{: cell is|cells are} refused; nothing was written. Mend what is said below and try again.",
)


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A cell to be written: ``field`` of the record ``code``; ``row`` (from 1) and ``column`` as the user sees them."""

    code: str
    field: str
    raw: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What writing cells would do: the edits of those that are right and differ, and what is wrong with the others.

    ``count`` is the number of cells that would change.
    """

    edits: tuple[Edit, ...]
    count: int
    problems: tuple[Problem, ...]


def read_block(text: str) -> list[list[str]]:
    """Return the rows and cells that a spreadsheet puts on the clipboard, each cell on one line, rows equally long.

    Quoted cells may hold tabs, line ends and doubled quotes; one line end at the end says nothing.
    """
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    rows = [
        [" ".join(cell.split()) for cell in row] or [""]
        for row in csv.reader(io.StringIO(whole, newline=""), delimiter="\t")
    ]
    widest = max(map(len, rows), default=0)
    return [row + [""] * (widest - len(row)) for row in rows]


def plan_cells(dataset: Dataset, profile: Profile, cells: Iterable[CellEdit]) -> SheetPlan:
    """Return what writing these cells would do. Nothing is written. The last of two for the same cell holds."""
    problems: list[Problem] = []
    right: list[CellEdit] = []
    for cell in {(cell.code, cell.field): cell for cell in cells}.values():
        try:
            record = record_called(dataset, cell.code)
            if _differs(dataset, profile, record, cell):
                right.append(replace(cell, code=record.code))
        except InvalidInput as error:
            said = error.problems[0].message if error.problems else error.message
            problems.append(_problem_of(cell, said))
    edits = _edits_of(dataset, profile, right)
    while wrong := problems_of(dataset, edits, profile):  # what the rules of whole records refuse
        refused: set[CellEdit] = set()
        for place, problem in wrong:
            for cell in _cells_behind(right, edits[place].record, problem):
                if cell not in refused:
                    problems.append(replace(_problem_of(cell, problem.message), value=problem.value))
                refused.add(cell)
        if not refused:
            raise InvalidInput(wrong[0][1].message, tuple(problem for _, problem in wrong))
        right = [cell for cell in right if cell not in refused]
        edits = _edits_of(dataset, profile, right)
    problems.sort(key=lambda problem: problem.row or 0)
    return SheetPlan(tuple(edits), len(right), tuple(problems))


def _edits_of(dataset: Dataset, profile: Profile, cells: Iterable[CellEdit]) -> list[Edit]:
    by_code: dict[str, dict[str, str]] = {}
    for cell in cells:
        by_code.setdefault(cell.code, {})[cell.field] = cell.raw
    return [
        edit
        for code, values in by_code.items()
        for edit in edits_for(dataset, profile, record_called(dataset, code), values, None, None)
    ]


def _cells_behind(cells: Sequence[CellEdit], record: Record, problem: Problem) -> list[CellEdit]:
    """Return the cells that a refused record comes from: the one named, else all of that record."""
    is_fact = record.kind == "facts"
    code = record.text("subject") if is_fact else record.code
    field = record.text("key") if is_fact else problem.column
    mine = [cell for cell in cells if cell.code == code]
    return [cell for cell in mine if cell.field == field] or mine


def write_cells(
    registry: Registry, cells: Sequence[CellEdit], *, leaves_wrong: bool = False, why: str | None = None
) -> Changes:
    """Write cells as one change.

    Raises
    ------
    InvalidInput
        If a cell is refused, with every one that is; nothing is written then. With ``leaves_wrong`` the others are
        written.

    """

    def build(dataset: Dataset) -> Sequence[Edit]:
        plan = plan_cells(dataset, registry.profile, cells)
        if plan.problems and not leaves_wrong:
            raise InvalidInput(_REFUSED.format(len(plan.problems)), plan.problems)
        return plan.edits

    return registry.write(build, verb="set", why=why)


def _problem_of(cell: CellEdit, said: Text) -> Problem:
    """Return what is wrong with a cell."""
    return Problem(message=said, row=cell.row, column=cell.column, code=cell.code, value=cell.raw)


def _differs(dataset: Dataset, profile: Profile, record: Record, cell: CellEdit) -> bool:
    """Whether a cell says another thing than what is registered; raises InvalidInput if it is refused."""
    kind = KINDS[record.kind]
    field = kind.by_name.get(cell.field)
    if field is None:
        spec = profile.facts.get(cell.field)
        if spec is not None and is_empty(cell.raw):
            raise InvalidInput(_NO_FACT)
        if spec is not None and record.kind in spec.of:
            now = dataset.fact_on(record.code, spec.key, today())
            return now is None or now.text("value") != read_fact(spec, cell.raw, profile)
    elif field.required and is_empty(cell.raw):
        raise InvalidInput(_REQUIRED)
    read = read_values(dataset, profile, kind, {cell.field: cell.raw}, clears=True)
    return bool(record.get(cell.field) != read[cell.field])
