"""How many cases stood where on a day: by unit, level, state and category. Only counts, as the record has no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.coverage.measures import check_choice
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.services.cases import is_counted, level_on, state_on
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.record import Record

HANDLED: Final = ("answered", "closed")  # what counts as handled

Key = tuple[str, str, str]  # level, state, category ("" = none given)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """The cases of one unit."""

    unit: str
    name: str
    counts: Mapping[Key, int]
    codes: tuple[str, ...]

    @property
    def total(self) -> int:
        """All cases opened by the day."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Those not closed yet."""
        return sum(count for (_, state, _), count in self.counts.items() if state != "closed")

    def of(self, *, level: str | None = None, state: str | None = None, category: str | None = None) -> int:
        """Return how many have this level, this state and this category, each where given."""
        wanted = (level, state, category)
        return sum(
            count
            for key, count in self.counts.items()
            if all(want is None or want == has for want, has in zip(wanted, key, strict=True))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCounts:
    """Σ rows + unplaced = total."""

    by: str
    as_of: date
    rows: tuple[CaseRow, ...]
    unplaced: CaseRow
    total: CaseRow


def case_counts(engine: CoverageEngine, by: str, day: date) -> CaseCounts:
    """Count the cases opened by ``day`` in each unit of a level: where their compound is placed, or their community.

    Raises InvalidInput for a level that there isn't.
    """
    check_choice("by", by, Text("统计单元", "unit"), list(LEVELS))
    unit_of = case_units(engine, day)
    dataset = engine.dataset
    counts: dict[str, Counter[Key]] = {}
    codes: dict[str, list[str]] = {}
    whole: Counter[Key] = Counter()
    everywhere: list[str] = []
    for case in sorted(dataset.of("cases").values(), key=lambda case: case.code):
        if not is_counted(case, day):
            continue
        unit = unit_of[case.code].get(by, "")
        key = (level_on(case, day), state_on(case, day), case.text("category"))
        counts.setdefault(unit, Counter())[key] += 1
        codes.setdefault(unit, []).append(case.code)
        whole[key] += 1
        everywhere.append(case.code)

    def row(unit: str, name: str) -> CaseRow:
        return CaseRow(
            unit=unit, name=name, counts=counts.get(unit, Counter()), codes=tuple(codes.get(unit, ()))
        )

    units = dataset.in_force(UNIT_KINDS[LEVELS.index(by)], day)
    return CaseCounts(
        by=by,
        as_of=day,
        rows=tuple(row(unit.code, engine.name_on(unit.code, day)) for unit in units),
        unplaced=row("", ""),
        total=CaseRow(unit="", name="", counts=whole, codes=tuple(everywhere)),
    )


def case_units(engine: CoverageEngine, day: date) -> dict[str, dict[str, str]]:
    """Return for every case opened by a day the unit of each level that it belongs to, where there is one."""
    places = {kind: engine.derived_many(kind, day) for kind in ("compounds", "communities")}
    found: dict[str, dict[str, str]] = {}
    for case in engine.dataset.of("cases").values():
        if not is_counted(case, day):
            continue
        place = next(
            (places[kind].get(owner) for kind, owner in _owner(case, day) if owner in places[kind]), None
        )
        units = {} if place is None else {level: getattr(place, level) for level in LEVELS}
        found[case.code] = {level: unit for level, unit in units.items() if unit}
    return found


def _owner(case: Record, day: date) -> list[tuple[str, str]]:
    return [
        (kind, str(owner))
        for kind, field in (("compounds", "compound"), ("communities", "community"))
        if (owner := case.on(field, day)) is not None
    ]


def counts_json(counts: CaseCounts) -> dict[str, Any]:
    """Return the counts as JSON, rows by code."""
    return {
        "by": counts.by,
        "as_of": counts.as_of.isoformat(),
        "rows": [_row_json(row) for row in counts.rows],
        "unplaced": _row_json(counts.unplaced),
        "total": _row_json(counts.total),
    }


def _row_json(row: CaseRow) -> dict[str, Any]:
    return {
        "unit": row.unit or None,
        "name": row.name or None,
        "total": row.total,
        "open": row.open,
        "handled": sum(row.of(state=state) for state in HANDLED),
        "counts": [
            {"level": level, "state": state, "category": category or None, "count": count}
            for (level, state, category), count in sorted(row.counts.items())
        ],
    }
