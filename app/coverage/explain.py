"""The subjects behind one figure: above the line, below it, unknown and left out, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from app.coverage.assignment import Assignment, assign
from app.coverage.judging import COVERED, UNCOVERED, UNKNOWN
from app.coverage.results import Entry, Explanation, Row
from app.domain.kinds import LEVELS
from app.errors import InvalidInput, Problem
from app.text import Text
from geo.shares import SLIVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.coverage.answers import Answers
    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Query

UNPLACED: Final = "unplaced"
TOTAL: Final = "total"


def explain(engine: CoverageEngine, query: Query, unit: str) -> Explanation:
    """Return what lies behind the row of ``unit`` in the coverage that ``query`` asks for."""
    measure, weight = engine.check(query)
    row = _row(engine, query, unit)
    answers = engine.book.on(query.as_of)
    judgement = engine.judgement(measure, query.as_of, query.kind)
    tally = engine.tally(query, measure, weight, query.as_of)
    is_whole_numbers = engine.is_in_whole_numbers(query, measure, weight)
    position = engine.places.units(query.as_of).levels[LEVELS.index(query.by)].position
    parts = _parts(tally.assignment, len(tally.codes), unit, position.get(unit))
    lists: dict[str, list[Entry]] = {COVERED: [], UNCOVERED: [], UNKNOWN: []}
    left_out: list[Entry] = []
    for place, (counted, share) in parts.items():
        code = tally.codes[place]
        name, placed_by = engine.name_on(code, query.as_of), _placed_by(tally.assignment, place, unit)
        if tally.without_weight[place]:
            left_out.append(
                Entry(code=code, name=name, amount=0, share=share, placed_by=placed_by, reason="no_weight")
            )
            continue
        own_weight = float(tally.weights[place])
        for piece in judgement.pieces[code]:
            amount = piece.amount * own_weight * counted
            lists[piece.where].append(
                Entry(
                    code=code,
                    name=name,
                    amount=round(amount) if is_whole_numbers else amount,
                    share=share,
                    placed_by=placed_by,
                    reason=piece.reason,
                    because=piece.because,
                )
            )
    reasons = engine.left_out(measure, judgement, query.as_of, query.kind)
    for subject, others in _by_subject(answers, measure.spec.subject, reasons).items():
        held = assign(answers, subject, others, query.by, query.count, query.kind)
        for place, (_, share) in _parts(held, len(others), unit, position.get(unit)).items():
            code = others[place]
            left_out.append(
                Entry(
                    code=code,
                    name=engine.name_on(code, query.as_of),
                    amount=0,
                    share=share,
                    placed_by=_placed_by(held, place, unit),
                    reason=reasons[code],
                )
            )
    return Explanation(
        query=query,
        weight=weight,
        unit=unit,
        name=row.name,
        profile=engine.profile.label,
        rule=engine.rule_of(measure),
        definition=measure.definition,
        row=row,
        covered=tuple(lists[COVERED]),
        uncovered=tuple(lists[UNCOVERED]),
        unknown=tuple(lists[UNKNOWN]),
        left_out=tuple(sorted(left_out, key=lambda entry: entry.code)),
    )


def _by_subject(answers: Answers, subject: str, codes: Iterable[str]) -> dict[str, list[str]]:
    """Return codes by how they are placed: compounds as compounds, in whatever measure, others as the measure's."""
    compounds = None if subject == "building" else answers.places.subjects()
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault("compound" if compounds is not None and code in compounds else subject, []).append(
            code
        )
    return found


def _row(engine: CoverageEngine, query: Query, unit: str) -> Row:
    found = engine.coverage(query)
    if unit == UNPLACED:
        return found.unplaced
    if unit == TOTAL:
        return found.total
    for row in found.rows:
        if row.unit == unit:
            return row
    raise InvalidInput(
        Text(
            f"{query.as_of} 没有在用的 {query.by} 单元 {unit!r}。用该层级的代码，或 unplaced、total。",
            f"No {query.by} {unit!r} is in force on {query.as_of}. "
            "Give a code of that level, or unplaced, or total.",
        ),
        (
            Problem(
                message=Text("没有这个单元", "no such unit"),
                column="unit",
                code=unit,
                value=unit,
            ),
        ),
    )


def _parts(held: Assignment, count: int, unit: str, position: int | None) -> dict[int, tuple[float, float]]:
    """Return for each subject of the row how much of it counts there, and its share."""
    if unit == TOTAL:
        return dict.fromkeys(range(count), (1.0, 1.0))
    if unit == UNPLACED:
        places = np.flatnonzero(held.outside >= SLIVER).tolist()
        return {place: (float(held.outside[place]), float(held.outside[place])) for place in places}
    if position is None:
        return {}
    pairs = np.flatnonzero(held.unit == position).tolist()
    return {int(held.subject[pair]): (float(held.counted[pair]), float(held.share[pair])) for pair in pairs}


def _placed_by(held: Assignment, place: int, unit: str) -> str | None:
    return None if unit == UNPLACED else held.placed_by[place]
