"""What a registry adds to the whole, as rows of a table and plain values, and back: to the digit."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from app.coverage.explain import TOTAL, UNPLACED
from app.coverage.mending.sums import Adding, Slices, figures_of, nothing_of
from app.coverage.results import ChangePart, Coverage, Row
from app.services.registry.info import RegistryInfo
from app.services.rollup.part import Part, Reaching
from app.text import Text
from geo.exact import joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.coverage.mending.slices import Cell
    from app.coverage.results import Figures, Query

FIGURES: Final = ("covered", "uncovered", "unknown", "without_weight")
EXACT: Final = "exact_"  # before the name of a figure: the numbers whose exact sum it is
BEFORE: Final = "before_"  # before both: on the day compared with
CHANGES: Final = "changes"
_ROWS: Final = (UNPLACED, TOTAL)


def figure_columns(part: Part) -> dict[str, list[Any]]:
    """Return the columns of figures, each with a value for each row of the part's table."""
    rows = part.coverage.rows
    columns: dict[str, list[Any]] = {}
    days: list[tuple[str, Slices, list[Figures | None]]] = [("", part.now, [row.figures for row in rows])]
    if part.before is not None:
        days.append((BEFORE, part.before, [row.before for row in rows]))
    for day, sums, said in days:
        cells = [sums.by_unit.get(row.unit) for row in rows]
        for place, name in enumerate(FIGURES):
            columns[day + name] = [None if one is None else float(getattr(one, name)) for one in said]
            columns[day + EXACT + name] = [None if cell is None else list(cell[place]) for cell in cells]
    if part.before is not None:
        columns[CHANGES] = [_changes_told(part, row, row.unit) for row in rows]
    return columns


def rest_of(part: Part) -> dict[str, Any]:
    """Return all that a part says beside its rows, as plain values for JSON."""
    table = part.coverage
    ends = {UNPLACED: table.unplaced, TOTAL: table.total}
    return {
        "info": asdict(part.info),
        "profile": part.profile,
        "weight": table.weight,
        "subject": table.subject,
        "label": table.profile,
        "crs": table.crs,
        "rule": table.rule,
        "base_unknown": table.base_unknown,
        "unplaced_codes": table.unplaced_codes,
        "is_whole": part.is_whole,
        "districts": part.districts,
        "reaching": part.reaching,
        "firms": part.firms,
        "ends": {
            name: {
                "now": _end_of(part.now, name),
                "before": None if part.before is None else _end_of(part.before, name),
                CHANGES: None if part.before is None else _changes_told(part, row, name),
            }
            for name, row in ends.items()
        },
    }


def part_from(
    source: str, query: Query, names: Mapping[str, Sequence[str]], columns: Mapping[str, list[Any]], rest: Any
) -> Part:
    """Return the part that ``figure_columns`` and ``rest_of`` were made of; ``names``: codes and names of its rows."""
    how = Adding(rest["is_whole"], query.count, str)
    units = names["code"]
    by_unit = {day: _cells(units, columns, day) for day in ("", BEFORE) if day + FIGURES[0] in columns}
    has_before = BEFORE in by_unit
    told = dict(zip(units, map(_read, columns.get(CHANGES, [None] * len(units))), strict=True))
    told |= {name: _read(rest["ends"][name][CHANGES]) for name in _ROWS}
    ends = {
        day: {name: _tuples(rest["ends"][name][key]) for name in _ROWS}
        for day, key in (("", "now"), (BEFORE, "before"))
        if day in by_unit
    }

    def row(name: str, unit: str, words: str, cells: Mapping[str, Mapping[str, Cell]]) -> Row:
        return Row(
            unit=unit,
            name=words,
            figures=_figures(cells[""].get(name), how),
            before=_figures(cells[BEFORE].get(name), how) if has_before else None,
            parts=_parts(told[name]) if has_before else None,
        )

    sums = {day: Slices(by_unit[day], ends[day][UNPLACED], ends[day][TOTAL]) for day in by_unit}
    info = rest["info"]
    return Part(
        source=source,
        info=RegistryInfo(**{**info, "note": Text(*info["note"])}),
        profile=rest["profile"],
        coverage=Coverage(
            query=query,
            weight=rest["weight"],
            subject=rest["subject"],
            profile=rest["label"],
            crs=rest["crs"],
            rule=rest["rule"],
            base_unknown=rest["base_unknown"],
            rows=tuple(
                row(code, code, name, by_unit) for code, name in zip(units, names["name"], strict=True)
            ),
            unplaced=row(UNPLACED, "", "", ends),
            unplaced_codes=tuple(rest["unplaced_codes"]),
            total=row(TOTAL, "", "", ends),
        ),
        now=sums[""],
        before=sums.get(BEFORE),
        changes={name: _exact(one) for name, one in told.items() if one is not None and one["exact"]},
        is_whole=rest["is_whole"],
        districts=None if rest["districts"] is None else tuple(rest["districts"]),
        reaching=tuple(Reaching(code, tuple(box)) for code, box in rest["reaching"]),
        firms=rest["firms"],
    )


def _end_of(sums: Slices, name: str) -> Cell:
    return sums.unplaced if name == UNPLACED else sums.total


def _changes_told(part: Part, row: Row, name: str) -> str:
    """Return the parts of a row's change, as they are told and as numbers whose exact sums they are."""
    told = [one.as_json("") for one in row.parts or ()]
    return json.dumps({"parts": told, "exact": part.changes.get(name, {})}, ensure_ascii=False)


def _read(told: str | None) -> Any:
    return None if told is None else json.loads(told)


def _cells(units: Sequence[str], columns: Mapping[str, list[Any]], day: str) -> dict[str, Cell]:
    exact = zip(*(columns[day + EXACT + name] for name in FIGURES), strict=True)
    return {unit: _tuples(cell) for unit, cell in zip(units, exact, strict=True) if cell[0] is not None}


def _tuples(cell: Sequence[Sequence[float]]) -> Cell:
    return tuple(tuple(column) for column in cell)


def _figures(cell: Cell | None, how: Adding) -> Figures:
    return nothing_of(how) if cell is None else figures_of([joined([column]) for column in cell], how)


def _parts(told: Any) -> tuple[ChangePart, ...]:
    return tuple(
        ChangePart(
            part=one["part"],
            covered=one["covered"],
            uncovered=one["uncovered"],
            unknown=one["unknown"],
            codes=tuple(one["codes"]),
        )
        for one in told["parts"]
    )


def _exact(told: Any) -> dict[str, Cell]:
    return {part: _tuples(cell) for part, cell in told["exact"].items()}
