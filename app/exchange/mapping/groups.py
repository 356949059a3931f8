"""Columns that speak once for a group of rows and are empty below, without merged cells: asked about, carried when agreed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.identity.units import LEVELS
from app.domain.kinds import KINDS, FieldType
from app.domain.values import is_empty
from app.exchange.mapping.columns import naming_fields
from app.exchange.picture import Below
from app.exchange.sheets.records import are_filled, column_of, filled_in_any, numbers_of, sheets_of
from app.exchange.values.outcome import CARRY, LEAVE
from app.exchange.values.plain import squeezed
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.exchange.picture import Cell
    from app.exchange.reading import SourceRow

_ORDER: Final = {level: place for place, level in enumerate(LEVELS)}  # the widest first
_NAMED: Final = 6  # groups that a note names
_FEWEST: Final = 2  # empty cells that make a pattern


def carried_down(
    rows: Sequence[SourceRow], labels: Sequence[str], answers: Mapping[str, str]
) -> tuple[Sequence[SourceRow], list[Text]]:
    """Return the rows with what stands above in the empty cells of those columns that the user said so of, and the notes.

    Nothing is carried past a row in which such a column to the left begins another group.
    """
    notes = []
    wider: list[Sequence[Cell]] = []
    for place, label in enumerate(labels):
        if _answer(answers, label) != CARRY:
            continue
        cells = column_of(rows, place)
        above = _above(cells, sheets_of(rows), wider)
        wider.append(cells)
        filled = {at: cells[first] for at, first in above.items()}
        if filled:
            rows = _with(rows, place, filled)
            notes.append(_carried(label, rows, above, cells))
    return rows, notes


def asked_about(
    kind: str,
    rows: Sequence[SourceRow],
    of: Mapping[str, int],
    labels: Sequence[str],
    answers: Mapping[str, str],
) -> tuple[Sequence[SourceRow], list[Text]]:
    """Return the rows with a question in the empty cells of references that stand once for a group, and the notes.

    Such a column begins filled, comes back to no value that it has left, and is empty in many rows that name a record
    and lie in the same wider units.
    """
    own = KINDS[kind].by_name
    notes = []
    levels = {level: column_of(rows, of[level]) for level in LEVELS if level in of}
    for field, place in of.items():
        if field not in own or own[field].type is not FieldType.REFERENCE:
            continue
        answer = _answer(answers, labels[place])
        if answer == CARRY:
            continue
        cells = column_of(rows, place)
        naming = [of[name] for name in naming_fields(kind) if name in of and name != field]
        wider = [levels[level] for level in LEVELS[: _ORDER.get(field, 0)] if level in levels]
        below = _groups(rows, cells, naming, wider)
        if not below:
            continue
        if answer == LEAVE:
            label = labels[place]
            notes.append(
                Text(
                    f"列“{label}”在上面写过之后空着的有 {len(below)} 行，按你说的留空。",
                    f"{len(below)} rows of column {label!r} are empty below what stands above; they stay empty, as you said.",
                )
            )
            continue
        spans = _spans(below, numbers_of(rows).tolist())
        total = len(below)
        rows = _with(
            rows,
            place,
            {at: Below(str(cells[first])[:60], spans[first], total) for at, first in below.items()},
        )
    return rows, notes


def _answer(answers: Mapping[str, str], label: str) -> str | None:
    return answers.get(label) or answers.get(f"{label}:")


def _above(
    cells: Sequence[Cell], sheets: Sequence[str | None], wider: Sequence[Sequence[Cell]]
) -> dict[int, int]:
    """Return for each row with an empty cell the row of the last filled one above it, in the same sheet and wider units."""
    begins = {
        at
        for column in wider
        for one, at in pairwise([at for at, cell in enumerate(column) if not is_empty(cell)])
        if squeezed(str(column[one])) != squeezed(str(column[at]))
    }
    found: dict[int, int] = {}
    last: int | None = None
    for at, cell in enumerate(cells):
        if last is not None and (at in begins or sheets[last] != sheets[at]):
            last = None
        if not is_empty(cell):
            last = at
        elif last is not None:
            found[at] = last
    return found


def _groups(
    rows: Sequence[SourceRow],
    cells: Sequence[Cell],
    naming: Sequence[int],
    wider: Sequence[Sequence[Cell]],
) -> dict[int, int]:
    """Return the empty rows of a column that speaks once for a group, each with the row that speaks; none for another column."""
    filled = are_filled(cells)
    if filled.sum() > len(cells) - _FEWEST or not filled.any() or not filled[0]:
        return {}
    above = _above(cells, sheets_of(rows), wider)
    said = [squeezed(str(cells[at])) for at in np.flatnonzero(filled).tolist()]
    runs = 1 + sum(one != other for one, other in pairwise(said))
    is_once = max(Counter(said).values()) == 1
    if runs != len(set(said)) or len(above) * (2 if is_once else 1) < len(said):
        return {}
    is_named = filled_in_any(rows, naming)
    found = {at: first for at, first in above.items() if is_named[at]}
    return found if len(found) >= _FEWEST else {}


def _with(rows: Sequence[SourceRow], place: int, cells: Mapping[int, Cell]) -> Sequence[SourceRow]:
    made = list(rows)
    for at, cell in cells.items():
        said = list(made[at].cells)
        said[place] = cell
        made[at] = made[at]._replace(cells=said)
    return tuple(made)


def _spans(above: Mapping[int, int], numbers: Sequence[int]) -> dict[int, str]:
    """Return for each row that speaks the numbers of the rows below it: 3–5."""
    ends: dict[int, list[int]] = {}
    for at, first in above.items():
        ends.setdefault(first, []).append(numbers[at])
    return {first: f"{of[0]}–{of[-1]}" if len(of) > 1 else str(of[0]) for first, of in ends.items()}


def _carried(label: str, rows: Sequence[SourceRow], above: Mapping[int, int], cells: Sequence[Cell]) -> Text:
    spans = _spans(above, numbers_of(rows).tolist())
    more = len(spans) - _NAMED
    listed = "，".join(f"第 {span} 行 {cells[first]}" for first, span in list(spans.items())[:_NAMED])
    told = ", ".join(f"rows {span} {cells[first]}" for first, span in list(spans.items())[:_NAMED])
    return Text(
        f"列“{label}”空着的 {len(above)} 行按你说的照上面填：{listed}{f' 等 {len(spans)} 组' if more > 0 else ''}。",
        f"{len(above)} empty rows of column {label!r} are filled with what stands above, as you said: {told}{f' and {more} more' if more > 0 else ''}.",
    )
