"""Coverage of one dataset by one profile: the figures, the subjects behind them, and what is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage import derive
from app.coverage.bases import left_out_of
from app.coverage.book import Book
from app.coverage.judging import Judgement
from app.coverage.measures import Measure, check_choice, check_kind, parse_measure
from app.coverage.mending.amounts import Amounts, Weighing, amounts_of, mended_amounts
from app.coverage.mending.derived import all_derived, mended_derived
from app.coverage.mending.judged import (
    Judged,
    Status,
    judged_by,
    mended_judged,
    mended_statuses,
    statuses_of,
)
from app.coverage.mending.kept import Kept
from app.coverage.mending.seats import seats_of
from app.coverage.mending.sums import (
    Adding,
    Slices,
    Sums,
    added,
    beside,
    figures_of,
    mended_beside,
    mended_sums,
    slices_of,
)
from app.coverage.mending.touched import topics_of
from app.coverage.places.places import Places
from app.coverage.results import Coverage, Derived, Query, Row, ThreeNo
from app.coverage.tally import Tally, tally_of
from app.domain.kinds import KINDS, LEVELS
from app.domain.vocabulary import COUNTS
from app.domain.weights import WEIGHTS
from app.jobs import Ticket
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from app.coverage.mending.seats import Seats
    from app.coverage.patched import Patched
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from geo.crs import Zone

    Floats = NDArray[np.float64]

_PLACING: Final = Text("落位", "Placing")
_JUDGING: Final = Text("判定", "Judging")
_ADDING: Final = Text("汇总", "Adding up")
_NAMED_BY: Final = {
    kind.name: next((field for field in ("name", "text") if field in kind.index), None)
    for kind in KINDS.values()
}


class CoverageEngine:
    """Answers about one dataset. Cheap to make; fills its caches when asked; any thread may ask."""

    def __init__(
        self,
        dataset: Dataset,
        profile: Profile,
        zone: Zone,
        *,
        _book: Book | None = None,
        _kept: Kept | None = None,
    ) -> None:
        self.dataset = dataset
        self.profile = profile
        self.zone = zone
        self.book = Book(dataset, profile, Places(dataset, zone)) if _book is None else _book
        self.places = self.book.places
        self._kept = Kept(self.book, _kept)

    def with_dataset(self, dataset: Dataset) -> CoverageEngine:
        """Return the engine of another dataset: whatever a change does not touch is kept, and the rest mended when asked for.

        Where it is not known what changed, placings alone are kept, of what did not move.
        """
        places = self.places.for_dataset(dataset)
        pairs = dataset.since(self.dataset)
        if pairs is None:
            return CoverageEngine(dataset, self.profile, self.zone, _book=Book(dataset, self.profile, places))
        has_moved = not places.is_like(self.places)
        topics = topics_of(pairs, self.profile, self.dataset, dataset, has_moved=has_moved)
        book = self.book.for_dataset(dataset, places, pairs, topics)
        return CoverageEngine(dataset, self.profile, self.zone, _book=book, _kept=self._kept)

    def coverage(self, query: Query, ticket: Ticket | None = None) -> Coverage:
        """Return the coverage table.

        Raises InvalidInput if the query names a measure, unit, weight, count or kind that there isn't, or a
        weight that the measure doesn't take. A ticket is reported to, and may stop the work.
        """
        ticket = ticket or Ticket()
        measure, weight = self.check(query)
        ticket.step(_PLACING, 0, 3)
        self.places.placing(query.as_of)
        ticket.step(_JUDGING, 1, 3)
        now = self._sums(query, measure, weight, query.as_of)
        before = None
        if query.against is not None:
            before = self._sums(query, measure, weight, query.against)
        ticket.step(_ADDING, 2, 3)
        how = self._adding(query, measure, weight, query.as_of)
        rows = now.rows if before is None else self._beside(query, now, before, how)
        unplaced, total = (
            Row(
                unit="",
                name="",
                figures=figures_of(values, how),
                before=None if earlier is None else figures_of(earlier, how),
            )
            for values, earlier in (
                (now.unplaced, None if before is None else before.unplaced),
                (now.total, None if before is None else before.total),
            )
        )
        ticket.step(_ADDING, 3, 3)
        return Coverage(
            query=query,
            weight=weight,
            subject=measure.spec.subject,
            profile=self.profile.label,
            crs=self.zone.epsg,
            rule=self.rule_of(measure),
            base_unknown=self._judged(measure, query.as_of, query.kind).base_unknown,
            rows=rows,
            unplaced=unplaced,
            unplaced_codes=now.unplaced_codes,
            total=total,
        )

    def slices(self, query: Query) -> tuple[Slices, Slices | None]:
        """Return the sums of a query on its day, and on the day compared with, to be added to those of other registries.

        Raises InvalidInput as ``coverage`` does.
        """
        measure, weight = self.check(query)
        found = []
        for day in (query.as_of, query.against):
            if day is None:
                continue
            columns = self._amounts(Weighing(measure, weight, query.count, query.kind), day).columns
            seats = seats_of(self.book.on(day), measure.spec.subject, query.by, query.count, query.kind)
            found.append(slices_of(columns, seats, self._adding(query, measure, weight, day)))
        return found[0], found[1] if len(found) > 1 else None

    def _beside(self, query: Query, now: Sums, before: Sums, how: Adding) -> tuple[Row, ...]:
        """Return the rows of two days side by side."""

        def name_then(code: str) -> str:
            return self.name_on(code, query.against or query.as_of)

        return self._kept.of(
            ("beside", query),
            lambda: beside(now, before, how, name_then),
            lambda earlier, _: mended_beside(earlier, now, before, how, name_then),
        ).rows

    def derived(self, code: str, day: date) -> Derived:
        """Return where a record lies on a day and what follows from its facts."""
        record = self.dataset.find(code)
        return Derived() if record is None else derive.derived_of(self.book, record.kind, day, [code])[code]

    def derived_many(self, kind: str, day: date) -> Patched[str, Derived]:
        """Return the same for all records of a plural kind, by code."""
        return self._kept.of(
            ("derived", kind, day),
            lambda: all_derived(self.book, kind, day),
            lambda earlier, touched: mended_derived(earlier, self.book, kind, day, touched),
        )

    def three_no(self, code: str, day: date) -> ThreeNo:
        """Return a compound's derived status on a day, with each part of the rule."""
        return derive.three_no_of(self.book, code, day)

    def status_of(self, measure: str, day: date, kind: str | None = None) -> Patched[str, Status]:
        """Return for every subject: covered, uncovered, unknown or left_out, the reason, and codes behind it.

        A subject of which a part is covered goes where the larger part is.
        """
        asked = parse_measure(self.profile, measure)
        answers, judged = self.book.on(day), self._judged(asked, day, kind)
        return self._kept.of(
            ("statuses", asked.id, day, kind),
            lambda: statuses_of(asked, answers, judged, kind),
            lambda earlier, touched: mended_statuses(earlier, asked, answers, judged, touched, kind),
        )

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
        judged = self._judged(measure, day, kind)
        return Judgement(judged.pieces, judged.left_out)

    def _judged(self, measure: Measure, day: date, kind: str | None) -> Judged:
        return self._kept.of(
            ("judged", measure.id, day, kind),
            lambda: judged_by(measure, self.book, day, kind),
            lambda earlier, touched: mended_judged(earlier, measure, self.book, day, kind, touched),
        )

    def tally(self, query: Query, measure: Measure, weight: str, day: date) -> Tally:
        """Return who is in the base of a measure on a day, with weight and place."""
        pieces = self._judged(measure, day, query.kind).pieces
        return tally_of(self.book.on(day), pieces, query, measure, weight)

    def amounts_and_seats(self, query: Query, measure: Measure, weight: str) -> tuple[Floats, Seats]:
        """Return what everybody adds to the columns, (5, n): covered, uncovered, unknown, …; and where each counts."""
        how = Weighing(measure, weight, query.count, query.kind)
        answers = self.book.on(query.as_of)
        seats = seats_of(answers, measure.spec.subject, query.by, query.count, query.kind)
        return self._amounts(how, query.as_of).columns.whole, seats

    def is_in_whole_numbers(self, query: Query, measure: Measure, weight: str) -> bool:
        """Whether the figures of a query are whole numbers."""
        return (
            query.count == "whole"
            and WEIGHTS[weight].is_whole
            and not measure.is_fractional
            and not self._has_broken_numbers(measure)
        )

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
        field = _NAMED_BY[record.kind]
        return "" if field is None else str(record.on(field, day) or "")

    def _adding(self, query: Query, measure: Measure, weight: str, day: date) -> Adding:
        is_whole = self.is_in_whole_numbers(query, measure, weight)
        return Adding(is_whole, query.count, lambda code: self.name_on(code, day))

    def _sums(self, query: Query, measure: Measure, weight: str, day: date) -> Sums:
        answers, kind = self.book.on(day), query.kind
        columns = self._amounts(Weighing(measure, weight, query.count, kind), day).columns
        seats = seats_of(answers, measure.spec.subject, query.by, query.count, kind)
        how = self._adding(query, measure, weight, day)
        return self._kept.of(
            ("sums", measure.id, weight, kind, day, query.by, query.count),
            lambda: added(columns, seats, how),
            lambda earlier, touched: mended_sums(earlier, columns, seats, how, touched.records),
        )

    def _amounts(self, how: Weighing, day: date) -> Amounts:
        answers = self.book.on(day)
        pieces = self._judged(how.measure, day, how.kind).pieces
        return self._kept.of(
            ("amounts", *how.key, day),
            lambda: amounts_of(answers, pieces, how),
            lambda earlier, touched: mended_amounts(answers, earlier, pieces, how, touched),
        )
