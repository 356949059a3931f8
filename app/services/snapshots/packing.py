"""A published table as texts of a record: its figures plain, the state of each subject packed."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

from app.coverage.amounts import Amounts
from app.coverage.change.published import Published, Stated
from app.coverage.results import Coverage, Figures, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.results import Query


def figures_text(then: Published) -> str:
    """Return the figures of a table, to the digit."""
    found = then.coverage
    return _json(
        {
            "subject": found.subject,
            "profile": found.profile,
            "crs": found.crs,
            "rule": found.rule,
            "base_unknown": found.base_unknown,
            "rows": [[row.unit, row.name, *_cells(row.figures)] for row in found.rows],
            "unplaced": _cells(found.unplaced.figures),
            "total": _cells(found.total.figures),
        }
    )


def states_text(then: Published) -> str:
    """Return what each subject was, packed: column by column, units and reasons by number."""
    units = sorted({unit for state in then.states.values() for unit in state.place})
    number = {unit: place for place, unit in enumerate(units)}
    codes = sorted(then.states)
    states = [then.states[code] for code in codes]
    content = {
        "unplaced": list(then.coverage.unplaced_codes),
        "left_out": dict(sorted(then.left_out.items())),
        "units": units,
        "codes": codes,
        "amounts": [list(column) for column in zip(*(state.amounts for state in states), strict=True)],
        "places": [[[number[unit], share] for unit, share in state.place.items()] for state in states],
        "answers": [state.told["answer"] for state in states],
        "reasons": [state.told["reason"] for state in states],
        "weights": [state.told["weight"] for state in states],
    }
    return base64.b85encode(zlib.compress(_json(content).encode(), 9)).decode()


def published_from(query: Query, figures: str, states: str) -> Published:
    """Return a table from its texts; ``query`` is what was asked, with its weight."""
    table = json.loads(figures)
    content = json.loads(zlib.decompress(base64.b85decode(states)))
    coverage = Coverage(
        query=query,
        weight=query.weight or "",
        subject=table["subject"],
        profile=table["profile"],
        crs=table["crs"],
        rule=table["rule"],
        base_unknown=table["base_unknown"],
        rows=tuple(
            Row(unit=unit, name=name, figures=_figures(cells)) for unit, name, *cells in table["rows"]
        ),
        unplaced=Row(unit="", name="", figures=_figures(table["unplaced"])),
        unplaced_codes=tuple(content["unplaced"]),
        total=Row(unit="", name="", figures=_figures(table["total"])),
    )
    return Published(coverage=coverage, states=_states(content), left_out=content["left_out"])


def _states(content: dict[str, Any]) -> dict[str, Stated]:
    units = content["units"]
    found = {}
    for at, (code, amounts) in enumerate(
        zip(content["codes"], zip(*content["amounts"], strict=True), strict=True)
    ):
        place = {units[number]: share for number, share in content["places"][at]}
        told = {
            "answer": content["answers"][at],
            "reason": content["reasons"][at],
            "units": sorted(unit for unit in place if unit),
            "weight": content["weights"][at],
        }
        found[code] = Stated(Amounts(*amounts), place, told)
    return found


def _cells(figures: Figures) -> list[float]:
    return [figures.covered, figures.uncovered, figures.unknown, figures.without_weight]


def _figures(cells: Sequence[float]) -> Figures:
    covered, uncovered, unknown, without_weight = cells
    return Figures(covered=covered, uncovered=uncovered, unknown=unknown, without_weight=without_weight)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
