"""Coverage of one dataset by one profile: the figures, the subjects behind them, and what is derived."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from app.coverage import derive
from app.coverage.assignment import Assignment, assign
from app.coverage.bases import left_out_of
from app.coverage.book import Book
from app.coverage.judging import COVERED, UNCOVERED, UNKNOWN, Judgement, judge
from app.coverage.measures import Measure, check_choice, check_kind, parse_measure
from app.coverage.places.places import Places
from app.coverage.results import Coverage, Derived, Figures, Query, Row, ThreeNo
from app.coverage.weights import weights_of
from app.domain.kinds import KINDS, LEVELS
from app.domain.vocabulary import COUNTS
from app.domain.weights import WEIGHTS
from app.jobs import Ticket
from app.text import Text
from geo.shares import SLIVER

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from geo.crs import Zone

    Floats = NDArray[np.float64]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_PLACING: Final = Text("落位", "Placing")
_JUDGING: Final = Text("判定", "Judging")
_ADDING: Final = Text("汇总", "Adding up")
_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Tally:
    """One measure on one day: its subjects, what each adds to each column, and where."""

    codes: list[str]
    judgement: Judgement
    amounts: dict[str, Floats]  # column → amount by subject; 0 without weight
    weights: Floats  # 0 without weight
    without_weight: NDArray[np.bool_]
    assignment: Assignment
    is_whole_numbers: bool


class CoverageEngine:
    """Answers about one dataset. Cheap to make; fills its caches when asked; any thread may ask."""

    def __init__(
        self, dataset: Dataset, profile: Profile, zone: Zone, *, _places: Places | None = None
    ) -> None:
        self.dataset = dataset
        self.profile = profile
        self.zone = zone
        self.places = Places(dataset, zone) if _places is None else _places
        self.book = Book(dataset, profile, self.places)
        self._lock = threading.RLock()
        self._derived: dict[tuple[str, date], dict[str, Derived]] = {}
        self._judgements: dict[tuple[str, date, str | None], Judgement] = {}

    def with_dataset(self, dataset: Dataset) -> CoverageEngine:
        """Return the engine of another dataset; placings are kept where nothing moved."""
        return CoverageEngine(dataset, self.profile, self.zone, _places=self.places.for_dataset(dataset))

    def coverage(self, query: Query, ticket: Ticket | None = None) -> Coverage:
        """Return the coverage table.

        Raises InvalidInput if the query names a measure, unit, weight, count or kind that there isn't, or a
        weight that the measure doesn't take. A ticket is reported to, and may stop the work.
        """
        ticket = ticket or Ticket()
        measure, weight = self.check(query)
        now = self._figures(query, measure, weight, query.as_of, ticket)
        before = None
        if query.against is not None:
            before = self._figures(query, measure, weight, query.against, ticket)
        tally, figures, unplaced, total = now
        codes = sorted(figures if before is None else {*figures, *before[1]})
        rows = tuple(
            Row(
                unit=code,
                name=self.unit_name(query, code, has_now=code in figures),
                figures=figures.get(code, _nothing(tally)),
                before=None if before is None else before[1].get(code, _nothing(before[0])),
            )
            for code in codes
        )
        outside = tally.assignment.outside >= SLIVER
        return Coverage(
            query=query,
            weight=weight,
            subject=measure.spec.subject,
            profile=self.profile.label,
            crs=self.zone.epsg,
            rule=self.rule_of(measure),
            base_unknown=tally.judgement.base_unknown,
            rows=rows,
            unplaced=Row(unit="", name="", figures=unplaced, before=None if before is None else before[2]),
            unplaced_codes=tuple(
                sorted(code for code, is_out in zip(tally.codes, outside, strict=True) if is_out)
            ),
            total=Row(unit="", name="", figures=total, before=None if before is None else before[3]),
        )

    def derived(self, code: str, day: date) -> Derived:
        """Return where a record lies on a day and what follows from its facts."""
        record = self.dataset.find(code)
        return Derived() if record is None else derive.derived_of(self.book, record.kind, day, [code])[code]

    def derived_many(self, kind: str, day: date) -> dict[str, Derived]:
        """Return the same for all records of a plural kind, by code."""
        with self._lock:
            found = self._derived.get((kind, day))
        if found is None:
            found = derive.derived_of(self.book, kind, day, list(self.dataset.of(kind)))
            with self._lock:
                _keep(self._derived, (kind, day), found)
        return dict(found)

    def three_no(self, code: str, day: date) -> ThreeNo:
        """Return a compound's derived status on a day, with each part of the rule."""
        return derive.three_no_of(self.book, code, day)

    def status_of(self, measure: str, day: date) -> dict[str, tuple[str, str, tuple[str, ...]]]:
        """Return for every subject: covered, uncovered, unknown or left_out, the reason, and codes behind it.

        A subject of which a part is covered goes where the larger part is.
        """
        asked = parse_measure(self.profile, measure)
        found = self.judgement(asked, day, None)
        status: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        for code, reason in self.left_out(asked, found, day, None).items():
            status[code] = ("left_out", reason, ())
        for code, pieces in found.pieces.items():
            piece = max(pieces, key=lambda piece: piece.amount)
            status[code] = (piece.where, piece.reason, piece.because)
        return status

    def left_out(self, measure: Measure, judgement: Judgement, day: date, kind: str | None) -> dict[str, str]:
        """Return everybody who is not in the base of a measure, with the first reason that holds."""
        answers = self.book.on(day)
        return left_out_of(answers, measure.spec.subject, judgement.left_out, kind, measure.kinds)

    # What explain and the figures share

    def check(self, query: Query) -> tuple[Measure, str]:
        """Return the measure and weight that a query means; InvalidInput where it means none."""
        measure = parse_measure(self.profile, query.measure)
        check_choice("by", query.by, Text("统计单元", "unit"), list(LEVELS))
        check_choice("count", query.count, Text("计数方式", "way of counting"), list(COUNTS))
        check_kind(self.profile, query.kind)
        weight = query.weight or measure.default_weight
        words = Text(f"指标“{measure.words.zh}”的计量", f"weight of {measure.id}")
        check_choice("weight", weight, words, list(measure.spec.weights))
        return measure, weight

    def rule_of(self, measure: Measure) -> str | None:
        """Return the rule and version that a measure rests on."""
        return self.profile.three_no.label if measure.has_three_no else None

    def judgement(self, measure: Measure, day: date, kind: str | None) -> Judgement:
        """Return a measure's judgement of each subject; found once for a day and kind."""
        key = (measure.id, day, kind)
        with self._lock:
            found = self._judgements.get(key)
        if found is None:  # found outside the lock: a window that asks for little never waits for much
            found = judge(measure, self.book, day, kind)
            with self._lock:
                _keep(self._judgements, key, found)
        return found

    def tally(self, query: Query, measure: Measure, weight: str, day: date) -> Tally:
        """Return what each subject adds on a day, and where."""
        answers = self.book.on(day)
        judgement = self.judgement(measure, day, query.kind)
        codes = list(judgement.pieces)
        subject = measure.spec.subject
        assignment = assign(answers, subject, codes, query.by, query.count, query.kind)
        weights = (
            np.ones(len(codes))
            if measure.is_amount
            else weights_of(answers, subject, codes, weight, query.count, query.kind)
        )
        without = np.isnan(weights)
        weights = np.where(without, 0.0, weights)
        amounts = {column: np.zeros(len(codes)) for column in (COVERED, UNCOVERED, UNKNOWN)}
        for place, pieces in enumerate(judgement.pieces.values()):
            for piece in pieces:
                amounts[piece.where][place] += piece.amount
        for column in amounts:
            amounts[column] *= weights
        is_whole_numbers = (
            query.count == "whole"
            and WEIGHTS[weight].is_whole
            and not measure.is_fractional
            and not self._has_broken_numbers(measure)
        )
        return Tally(codes, judgement, amounts, weights, without, assignment, is_whole_numbers)

    def _has_broken_numbers(self, measure: Measure) -> bool:
        """Whether a ratio is of money or rates."""
        return any(self.profile.facts[key].type != "count" for key in measure.spec.ratio or ())

    def unit_name(self, query: Query, code: str, *, has_now: bool) -> str:
        """Return a unit's name on the day on which it is in force."""
        return self.name_on(code, query.as_of if has_now or query.against is None else query.against)

    def name_on(self, code: str, day: date) -> str:
        """Return what a record is called on a day, an entry by its text; "" where it has no name."""
        record = self.dataset.find(code)
        if record is None:
            return ""
        field = next((name for name in ("name", "text") if name in KINDS[record.kind].index), None)
        return "" if field is None else str(record.on(field, day) or "")

    def _figures(
        self, query: Query, measure: Measure, weight: str, day: date, ticket: Ticket
    ) -> tuple[Tally, dict[str, Figures], Figures, Figures]:
        ticket.step(_PLACING, 0, 3)
        self.places.placing(day)
        ticket.step(_JUDGING, 1, 3)
        tally = self.tally(query, measure, weight, day)
        ticket.step(_ADDING, 2, 3)
        units = self.places.units(day).levels[LEVELS.index(query.by)]
        held = tally.assignment
        columns = (
            tally.amounts[COVERED],
            tally.amounts[UNCOVERED],
            tally.amounts[UNKNOWN],
            tally.without_weight.astype(np.float64),
        )
        by_unit = [
            np.bincount(
                held.unit, weights=column[held.subject] * held.counted, minlength=len(units.codes)
            ).tolist()
            for column in columns
        ]
        rows = {
            code: figures_of(values, tally.is_whole_numbers, query.count)
            for code, values in zip(units.codes, zip(*by_unit, strict=True), strict=True)
        }
        unplaced = [float(np.sum(column * held.outside)) for column in columns]
        total = [float(np.sum(column)) for column in columns]
        ticket.step(_ADDING, 3, 3)
        return (
            tally,
            rows,
            figures_of(unplaced, tally.is_whole_numbers, query.count),
            figures_of(total, tally.is_whole_numbers, query.count),
        )


def _keep(cache: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Remember a value, and forget the oldest of too many."""
    while len(cache) >= _KEPT:
        del cache[next(iter(cache))]
    cache[key] = value


def figures_of(values: tuple[float, ...] | list[float], is_whole_numbers: bool, count: str) -> Figures:
    """Return the figures of covered, uncovered, unknown and without weight; whole numbers where they are."""
    covered, uncovered, unknown, without = values
    if is_whole_numbers:
        covered, uncovered, unknown = round(covered), round(uncovered), round(unknown)
    if count == "whole":
        without = round(without)
    return Figures(covered=covered, uncovered=uncovered, unknown=unknown, without_weight=without)


def _nothing(tally: Tally) -> Figures:
    return (
        Figures(covered=0, uncovered=0, unknown=0)
        if tally.is_whole_numbers
        else Figures(covered=0.0, uncovered=0.0, unknown=0.0)
    )
