"""Parts added up to one table: exactly, rounded once, so that it is the table of one registry that holds them all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

import shapely

from app.coverage.explain import TOTAL, UNPLACED
from app.coverage.mending.sums import Adding, figures_of
from app.coverage.results import ChangePart, Coverage, Row
from app.domain.vocabulary import CHANGE_PARTS
from geo.exact import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.coverage.mending.slices import Cell
    from app.coverage.mending.sums import Slices
    from app.coverage.results import Figures
    from app.services.rollup.part import Part, Reaching

_NOTHING: Final[Cell] = ((), (), (), ())


def added_up(parts: Sequence[Part]) -> Coverage:
    """Return one table of parts that answered the same question by one profile in one zone; at least one part.

    A unit that stands in several registries is added up. Figures are exact whatever the parts; the parts of a change
    are those of the registries, added.
    """
    first = parts[0].coverage
    how = Adding(parts[0].is_whole, first.query.count, str)
    rows: dict[str, list[tuple[Part, Row]]] = {}
    for part in parts:
        for row in part.coverage.rows:
            rows.setdefault(row.unit, []).append((part, row))
    return replace(
        first,
        base_unknown=sum(part.coverage.base_unknown for part in parts),
        rows=tuple(_unit(code, rows[code], parts, how) for code in sorted(rows)),
        unplaced=_row(UNPLACED, [part.coverage.unplaced for part in parts], parts, how),
        unplaced_codes=tuple(sorted(chain.from_iterable(part.coverage.unplaced_codes for part in parts))),
        total=_row(TOTAL, [part.coverage.total for part in parts], parts, how),
    )


def units_in_several(parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the codes of units that more than one registry counts something in."""
    met: set[str] = set()
    again: set[str] = set()
    parts = list(parts)
    for part in parts:
        units = {row.unit for row in part.coverage.rows}
        again |= met & units
        met |= units
    if not again:
        return ()
    counted = Counter(
        row.unit
        for part in parts
        for row in part.coverage.rows
        if row.unit in again and (row.figures.total or (row.before is not None and row.before.total))
    )
    return tuple(sorted(code for code, times in counted.items() if times > 1))


def over_the_border(parts: Sequence[Part]) -> tuple[Reaching, ...]:
    """Return what does not lie wholly in its own registry's units and may lie in another's: its box meets that one's."""
    boxes = [None if part.districts is None else shapely.box(*part.districts) for part in parts]
    found = []
    for place, part in enumerate(parts):
        others = [box for other, box in enumerate(boxes) if box is not None and other != place]
        found += [
            one for one in part.reaching if any(shapely.box(*one.box).intersects(box) for box in others)
        ]
    return tuple(found)


def _unit(code: str, found: list[tuple[Part, Row]], parts: Sequence[Part], how: Adding) -> Row:
    return found[0][1] if len(found) == 1 else _row(code, [row for _, row in found], parts, how)


def _row(name: str, rows: Sequence[Row], parts: Sequence[Part], how: Adding) -> Row:
    """Return a row of the whole: a unit by its code, ``unplaced`` or ``total``."""
    before = [part.before for part in parts if part.before is not None]
    return Row(
        unit=rows[0].unit,
        name=next((row.name for row in rows if row.name), ""),
        figures=_figures(name, [part.now for part in parts], how),
        before=_figures(name, before, how) if before else None,
        parts=_changes(name, rows, parts, how) if before else None,
    )


def _figures(name: str, sums: Sequence[Slices], how: Adding) -> Figures:
    cells = [_cell(one, name) for one in sums]
    return figures_of([joined(column) for column in zip(*cells, strict=True)], how)


def _cell(sums: Slices, name: str) -> Cell:
    if name == UNPLACED:
        return sums.unplaced
    return sums.total if name == TOTAL else sums.by_unit.get(name, _NOTHING)


def _changes(name: str, rows: Sequence[Row], parts: Sequence[Part], how: Adding) -> tuple[ChangePart, ...]:
    codes: dict[str, set[str]] = {}
    for row in rows:
        for change in row.parts or ():
            codes.setdefault(change.part, set()).update(change.codes)
    found = [part.changes.get(name, {}) for part in parts]
    return tuple(
        _change(part, [one[part] for one in found if part in one], codes[part], how)
        for part in CHANGE_PARTS
        if part in codes
    )


def _change(part: str, cells: Sequence[Cell], codes: set[str], how: Adding) -> ChangePart:
    columns = [joined(column) for column in zip(*cells, strict=True)]
    if how.is_whole_numbers:
        columns = [round(number) for number in columns]
    covered, uncovered, unknown = columns
    return ChangePart(
        part=part, covered=covered, uncovered=uncovered, unknown=unknown, codes=tuple(sorted(codes))
    )
