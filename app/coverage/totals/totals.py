"""Sums by unit: numbers that facts and fields hold, and records by kind and choice, each with how much is known."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from app.coverage.answers import SCATTERED
from app.coverage.bases import is_building_of
from app.coverage.measures import check_choice, check_kind
from app.coverage.record_places import units_of
from app.coverage.totals.answer import Asked, Quantity, Sum, Tallied, Totals, TotalsRow
from app.coverage.weights import people, unit_weights
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS, Where, kinds_in
from app.domain.profile.declared import NUMBER_TYPES
from app.domain.values import fact_value
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.coverage.answers import Answers
    from app.coverage.engine import CoverageEngine
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

OF_COMPOUNDS: Final = ("compounds", "buildings", "engagements")  # what --kind and --stage choose among
_FIELDS: Final = {  # key → words, unit, (plural kind, field) of what is added up
    "households": (Text("户数", "Households"), "户", ("compounds", "scattered")),
    "residents": (Text("人口", "Residents"), "人", ("compounds", "scattered")),
    "buildings": (Text("楼栋数", "Buildings"), "幢", ("compounds",)),
    "imported": (Text("已导入户数", "Households imported"), "户", ("compounds", "scattered")),
    "matched": (Text("已匹配户数", "Households matched"), "户", ("compounds", "scattered")),
    "surveyed": (Text("已调查户数", "Households surveyed"), "户", ("compounds", "scattered")),
    "building_surveyed": (
        Text("分楼栋已调查户数", "Households surveyed, building by building"),
        "户",
        ("buildings",),
    ),
}
_COUNTS: Final = frozenset(
    {"imported", "matched", "surveyed", "building_surveyed"}
)  # rows of household counts
_CHOICES: Final = {  # records that are counted, and by which of their fields
    kind.name: kind.counted_by for kind in kinds_in(Where.TOTALS)
}


def quantities_of(profile: Profile) -> list[Quantity]:
    """Return everything that can be added up: fields of compounds and buildings, then the declared numbers."""
    fields = [
        Quantity(key=key, words=words, type="count", unit=unit, of=of)
        for key, (words, unit, of) in _FIELDS.items()
    ]
    return fields + [
        Quantity(key=spec.key, words=spec.words, type=spec.type, unit=spec.unit, of=spec.of, group=spec.group)
        for spec in profile.facts.values()
        if spec.type in NUMBER_TYPES
    ]


def totals(engine: CoverageEngine, asked: Asked) -> Totals:
    """Add everything up, or what ``asked.facts`` names.

    Raises InvalidInput for a unit, kind, stage or fact that there isn't.
    """
    profile = engine.profile
    known = {quantity.key: quantity for quantity in quantities_of(profile)}
    check_choice("by", asked.by, Text("统计单元", "unit"), list(LEVELS))
    check_kind(profile, asked.kind)
    if asked.stage is not None:
        check_choice("stage", asked.stage, Text("阶段", "stage"), list(profile.choices["stage"]))
    for key in asked.facts:
        check_choice("fact", key, Text("可汇总的数", "number that can be added up"), list(known))
    wanted = [known[key] for key in dict.fromkeys(asked.facts)] if asked.facts else list(known.values())
    return _Adder(engine, asked).totals(wanted, with_records=not asked.facts)


class _Adder:
    def __init__(self, engine: CoverageEngine, asked: Asked) -> None:
        self._engine, self._asked = engine, asked
        self._answers: Answers = engine.book.on(asked.as_of)
        level = self._answers.places.units(asked.as_of).levels[LEVELS.index(asked.by)]
        self._rows = {code: TotalsRow(code, engine.name_on(code, asked.as_of)) for code in level.codes}
        self._unplaced, self._total = TotalsRow("", ""), TotalsRow("", "")
        self._placed: dict[str, dict[str, TotalsRow]] = {}
        self._sizes: dict[str, Counter[str | None]] = {}
        self._codes: dict[str, list[str]] = {}
        self._is_limited = asked.kind is not None or asked.stage is not None

    def totals(self, wanted: list[Quantity], *, with_records: bool) -> Totals:
        for quantity in wanted:
            if quantity.key in _FIELDS:
                self._add_field(quantity)
            else:
                self._add_fact(self._engine.profile.facts[quantity.key])
        if with_records:
            for kind, fields in _CHOICES.items():
                if not self._is_limited or kind in OF_COMPOUNDS:
                    self._add_records(kind, fields)
        return Totals(
            asked=self._asked,
            profile=self._engine.profile.label,
            quantities=tuple(
                q for q in wanted if not self._is_limited or not {*OF_COMPOUNDS, SCATTERED}.isdisjoint(q.of)
            ),
            choices={kind: _CHOICES[kind] for kind in self._total.records},
            rows=tuple(self._rows.values()),
            unplaced=self._unplaced,
            total=self._total,
        )

    # who is asked

    def _subjects(self, kind: str) -> list[str]:
        """Return the codes of a kind that are in force and asked for."""
        found = self._codes.get(kind)
        if found is None:
            found = self._codes[kind] = [
                record.code
                for record in self._answers.dataset.in_force(
                    "buildings" if kind == "scattered" else kind, self._asked.as_of
                )
                if self._is_asked(kind, record.code)
            ]
        return found

    def _is_asked(self, kind: str, code: str) -> bool:
        answers, asked = self._answers, self._asked
        record = answers.dataset.of("buildings" if kind == "scattered" else kind)[code]
        if kind == "compounds":
            return self._serves(code) and (asked.kind is None or answers.is_of_kind(record, asked.kind))
        if kind in ("scattered", "buildings"):
            owner = record.on("compound", asked.as_of)
            if kind == "scattered" and owner is not None:
                return False
            return self._serves(code if owner is None else str(owner)) and is_building_of(
                answers, record, asked.kind
            )
        if kind == "engagements":
            return self._counts_engagement(code)
        if told_on := KINDS[record.kind].told_on:
            told = record.get(told_on)
            return not isinstance(told, date) or told <= asked.as_of
        return True

    def _serves(self, code: str) -> bool:
        """Whether a compound or building is served at the stage asked for."""
        answers, stage = self._answers, self._asked.stage
        return stage is None or any(
            answers.is_running(span) and span.record.on("stage", answers.day) == stage
            for span in answers.relations.engagements_with(code)
        )

    def _counts_engagement(self, code: str) -> bool:
        answers, asked = self._answers, self._asked
        record = answers.dataset.of("engagements")[code]
        firm = answers.dataset.of("firms").get(str(record.on("firm", asked.as_of)))
        if firm is None or not firm.is_in_force(asked.as_of):
            return False
        if asked.stage is not None and record.on("stage", asked.as_of) != asked.stage:
            return False
        if asked.kind is None:
            return True
        served = answers.dataset.find(str(record.on("compound", asked.as_of)))
        if served is None:
            return False
        if served.kind == "buildings":
            return is_building_of(answers, served, asked.kind)
        return answers.is_of_kind(served, asked.kind)

    # where it goes

    def _rows_of(self, kind: str) -> dict[str, TotalsRow]:
        """Return the row that each subject of a kind counts in."""
        rows = self._placed.get(kind)
        if rows is None:
            codes = self._subjects(kind)
            of = "buildings" if kind == "scattered" else kind
            units = units_of(self._answers, of, codes, self._asked.by)
            rows = self._placed[kind] = {
                code: self._unplaced if unit is None else self._rows[unit]
                for code, unit in zip(codes, units, strict=True)
            }
            self._sizes[kind] = Counter(units)
        return rows

    def _put(
        self,
        key: str,
        kind: str,
        value: Callable[[str], float | None],
        weight: Callable[[str], float | None],
        some: Iterable[str] | None = None,
    ) -> None:
        """Add up one quantity over one kind; a ``weight`` of None keeps a known rate out of the mean.

        ``some``: those that may have a value; all if it is not given.
        """
        rows = self._rows_of(kind)
        if not rows:
            return
        for unit, count in self._sizes[kind].items():
            row = self._unplaced if unit is None else self._rows[unit]
            row.sums.setdefault(key, Sum()).of += count
        whole = self._total.sums.setdefault(key, Sum())
        whole.of += len(rows)
        for code in rows if some is None else some:
            number = value(code) if code in rows else None
            if number is None:
                continue
            heavy = weight(code)
            for cell in (rows[code].sums[key], whole):
                cell.known += 1
                cell.codes.append(code)
                if heavy is not None:
                    cell.total += number * heavy
                    cell.weight += heavy
                    cell.by_kind[kind] = cell.by_kind.get(kind, 0) + number * heavy

    def _add_field(self, quantity: Quantity) -> None:
        answers = self._answers
        name = quantity.key.removeprefix("building_") if quantity.key in _COUNTS else quantity.key

        def value(code: str) -> float | None:
            if quantity.key in _COUNTS:
                row = answers.dataset.latest_count(code, name, answers.day)
                found = None if row is None else row.get(name)
                return found if isinstance(found, int) else None
            return people(answers, code, name)

        for kind in quantity.of:
            self._put(quantity.key, kind, value, lambda _code: 1)

    @cached_property
    def _having(self) -> dict[str, list[str]]:
        """Key of a fact → its subjects by code, whatever the day."""
        found: dict[str, set[str]] = {}
        for fact in self._answers.dataset.of("facts").values():
            found.setdefault(str(fact.values[1]), set()).add(str(fact.values[0]))
        return {key: sorted(codes) for key, codes in found.items()}

    def _add_fact(self, spec: FactSpec) -> None:
        answers = self._answers

        def value(code: str) -> float | None:
            fact = answers.dataset.fact_on(code, spec.key, answers.day)
            if fact is None:
                return None
            number = fact_value(spec, str(fact.values[2]))
            return number if isinstance(number, int | float) else None

        for kind in spec.of:
            if not self._is_limited or kind in OF_COMPOUNDS:
                weight = self._weights(kind) if spec.type == "rate" else lambda _code: 1
                self._put(spec.key, kind, value, weight, self._having.get(spec.key, ()))

    def _weights(self, kind: str) -> Callable[[str], float | None]:
        """Return what a rate of this kind is weighted by: households where there are such, else 1 each."""
        answers = self._answers
        if kind == "compounds":
            return lambda code: people(answers, code, "households")
        if kind == "engagements":
            served = answers.dataset.of("engagements")
            return lambda code: people(answers, str(served[code].on("compound", answers.day)), "households")
        if kind in UNIT_KINDS:
            codes = self._subjects(kind)
            weights = unit_weights(answers, codes, UNIT_KINDS.index(kind), "households", "whole", None)
            found = {
                code: None if np.isnan(weight) else float(weight)
                for code, weight in zip(codes, weights, strict=True)
            }
            return found.get
        return lambda _code: 1

    def _add_records(self, kind: str, fields: Iterable[str]) -> None:
        records = self._answers.dataset.of(kind)
        for code, own in self._rows_of(kind).items():
            values = tuple(self._value(records[code], name) for name in fields)
            for row in (own, self._total):
                tallied = row.records.get(kind)
                if tallied is None:
                    tallied = row.records[kind] = Tallied()
                tallied.codes.append(code)
                tallied.each[values] += 1

    def _value(self, record: Record, name: str) -> str:
        """Return what tells a record apart; a building by whether it stands alone."""
        if name == SCATTERED:
            return "yes" if record.on("compound", self._asked.as_of) is None else "no"
        return str(record.on(name, self._asked.as_of) or "")
