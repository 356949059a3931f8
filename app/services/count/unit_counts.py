"""Records of a kind that belong to compounds or communities, counted by unit and by a key of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import LEVELS, UNIT_KINDS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.record import Record

Key = tuple[str, ...]
PLACES: Final = {"compounds": "compound", "communities": "community"}  # kind → field that names it


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """The records of one unit: how many of each key, and which."""

    unit: str
    name: str
    counts: Mapping[Key, int]
    codes: tuple[str, ...]

    @property
    def total(self) -> int:
        """All records of the unit."""
        return sum(self.counts.values())

    def of(self, *wanted: str | None) -> int:
        """Return how many have these parts of the key; None stands for any."""
        return sum(
            count
            for key, count in self.counts.items()
            if all(want is None or want == has for want, has in zip(wanted, key, strict=False))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCounts:
    """Σ rows + unplaced = total. ``parts``: what the parts of a key are called; ``sums``: more numbers of a row, by name."""

    parts: tuple[str, ...]
    by: str
    as_of: date
    rows: tuple[CountRow, ...]
    unplaced: CountRow
    total: CountRow
    sums: Mapping[str, Callable[[CountRow], int]] = field(default_factory=dict)

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the counts, rows by code."""
        return {
            "by": self.by,
            "as_of": self.as_of.isoformat(),
            "rows": [self._row(row) for row in self.rows],
            "unplaced": self._row(self.unplaced),
            "total": self._row(self.total),
        }

    def _row(self, row: CountRow) -> dict[str, Any]:
        return {
            "unit": row.unit or None,
            "name": row.name or None,
            "total": row.total,
            **{name: count(row) for name, count in self.sums.items()},
            "counts": [
                {**{name: part or None for name, part in zip(self.parts, key, strict=True)}, "count": count}
                for key, count in sorted(row.counts.items())
            ],
        }


def count_by_unit(
    engine: CoverageEngine,
    kind: str,
    by: str,
    day: date,
    key_of: Callable[[Record], Key | None],
    *,
    parts: tuple[str, ...],
    sums: Mapping[str, Callable[[CountRow], int]] | None = None,
) -> UnitCounts:
    """Count the records of a kind in each unit of a level; ``key_of`` returns None for one that doesn't count.

    A record counts where its compound is placed, or its community. Raises InvalidInput for a level that there isn't.
    """
    from app.coverage.measures import check_choice  # the window starts without it

    check_choice("by", by, Text("统计单元", "unit"), list(LEVELS))
    unit_of = units_of_records(engine, kind, day)
    dataset = engine.dataset
    counts: dict[str, Counter[Key]] = {}
    codes: dict[str, list[str]] = {}
    whole: Counter[Key] = Counter()
    everywhere: list[str] = []
    for record in sorted(dataset.of(kind).values(), key=lambda record: record.code):
        key = key_of(record)
        if key is None:
            continue
        unit = unit_of[record.code].get(by, "")
        counts.setdefault(unit, Counter())[key] += 1
        codes.setdefault(unit, []).append(record.code)
        whole[key] += 1
        everywhere.append(record.code)

    def row(unit: str, name: str) -> CountRow:
        return CountRow(
            unit=unit, name=name, counts=counts.get(unit, Counter()), codes=tuple(codes.get(unit, ()))
        )

    units = dataset.in_force(UNIT_KINDS[LEVELS.index(by)], day)
    return UnitCounts(
        parts=parts,
        sums=sums or {},
        by=by,
        as_of=day,
        rows=tuple(row(unit.code, engine.name_on(unit.code, day)) for unit in units),
        unplaced=row("", ""),
        total=CountRow(unit="", name="", counts=whole, codes=tuple(everywhere)),
    )


def units_of_records(engine: CoverageEngine, kind: str, day: date) -> dict[str, dict[str, str]]:
    """Return for every record of a kind the unit of each level that its compound or community lies in."""
    places = {**engine.derived_many("compounds", day), **engine.derived_many("communities", day)}
    found: dict[str, dict[str, str]] = {}
    for record in engine.dataset.of(kind).values():
        owner = owner_on(record, day)
        place = places.get(owner)
        units = {} if place is None else {level: getattr(place, level) for level in LEVELS}
        found[record.code] = {level: unit for level, unit in units.items() if unit}
    return found


def owner_on(record: Record, day: date) -> str:
    """Return the compound or community that a case or a list entry belongs to on a day."""
    return str(record.on("compound", day) or record.on("community", day) or "")
