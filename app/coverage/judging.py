"""What of each subject is covered, uncovered or unknown on a day, and who is not in the base (reference 5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.bases import candidates, is_candidate
from app.coverage.conditions import test_of
from app.coverage.stations import judge_reach
from app.coverage.terms import score_of
from app.domain.answer import Answer
from app.domain.values import fact_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from app.coverage.answers import Answers, Verdict
    from app.coverage.book import Book
    from app.coverage.measures import Measure
    from app.domain.record import Record

    Pieces = tuple["Piece", ...]

COVERED: Final = "covered"
UNCOVERED: Final = "uncovered"
UNKNOWN: Final = "unknown"
BASE_UNKNOWN: Final = "base_unknown"
_WHERE: Final = {Answer.YES: COVERED, Answer.NO: UNCOVERED, Answer.UNKNOWN: UNKNOWN}


class Piece(NamedTuple):
    """A part of one subject: where it counts, how much of the subject (or its own amount), and why."""

    where: str
    amount: float
    reason: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """All subjects of a measure on a day. ``left_out``: those in force and of the kind, but not in the base."""

    pieces: Mapping[str, Pieces]
    left_out: Mapping[str, str]

    @property
    def base_unknown(self) -> int:
        """How many subjects may or may not belong to the base."""
        return sum(reason == BASE_UNKNOWN for reason in self.left_out.values())


def judge(
    measure: Measure, book: Book, day: date, kind: str | None, codes: Iterable[str] | None = None
) -> Judgement:
    """Return what of each subject is covered, uncovered and unknown on a day; of some codes alone where they are given."""
    answers = book.on(day)
    spec = measure.spec
    left_out: dict[str, str] = {}
    asked = _asked(measure, answers, kind, codes, left_out)
    inside = _in_base(measure, book, answers, kind, asked, left_out)
    if spec.covered is not None:
        test = test_of(spec.covered, book, answers, spec.subject, kind)
        return Judgement({code: _piece(test(code)) for code in inside}, left_out)
    if measure.station_kind:
        return Judgement(_reached(measure, answers, inside), left_out)
    say = _say(measure, answers)
    found: dict[str, Pieces] = {}
    for code in inside:
        pieces = say(code)
        if pieces:
            found[code] = pieces
        else:
            left_out[code] = "not_in_base"
    return Judgement(found, left_out)


def _asked(
    measure: Measure,
    answers: Answers,
    kind: str | None,
    codes: Iterable[str] | None,
    left_out: dict[str, str],
) -> list[str]:
    """Return the candidates; the compounds that no firm serves are left out of measures of firms."""
    subject = measure.spec.subject
    if codes is not None:
        return sorted(code for code in codes if is_candidate(answers, subject, kind, code, measure.kinds))
    found = list(candidates(answers, subject, kind, measure.kinds))
    if subject == "firm":
        served = {code for firm in found for code in answers.served_by_firm(kind)[firm]}
        left_out |= {code: "not_in_base" for code in answers.counted(kind) if code not in served}
    return found


def _in_base(
    measure: Measure,
    book: Book,
    answers: Answers,
    kind: str | None,
    codes: list[str],
    left_out: dict[str, str],
) -> list[str]:
    """Return who of the candidates is in the base; the rest is left out with its reason."""
    spec = measure.spec
    if measure.is_bound:
        compounds = answers.dataset.of("compounds")
        bound = [
            code
            for code in codes
            if code in compounds
            and str(compounds[code].on("kind", answers.day) or "unknown") in measure.kinds
        ]
        left_out |= dict.fromkeys(set(codes).difference(bound), "not_in_base")
        codes = bound
    if spec.within is None:
        return codes
    within = test_of(spec.within, book, answers, spec.subject, kind)
    inside = []
    for code in codes:
        answer = within(code).answer
        if answer is Answer.YES:
            inside.append(code)
        else:
            left_out[code] = "not_in_base" if answer is Answer.NO else BASE_UNKNOWN
    return inside


def _piece(verdict: Verdict) -> Pieces:
    if not verdict.because:
        return _alike(verdict)
    return (Piece(_WHERE[verdict.answer], 1, verdict.reason, verdict.because),)


@cache
def _alike(verdict: Verdict) -> Pieces:
    """Return the piece of all of whom the same is said; most of a city is."""
    return (Piece(_WHERE[verdict.answer], 1, verdict.reason),)


def _say(measure: Measure, answers: Answers) -> Callable[[str], Pieces]:
    """Return what finds the pieces of one subject; none: it is not in the base."""
    spec = measure.spec
    if measure.scheme:
        return lambda code: _scored(answers, code, measure.scheme)
    if spec.ratio is not None:
        part, whole = spec.ratio
        return lambda code: _ratio(answers, code, part, whole)
    if spec.fraction:
        return lambda code: _fraction(answers, code, spec.fraction)
    if spec.id == "platform":
        return lambda code: _platform(answers, code)
    return lambda code: _survey(answers, code)


def _shares(low: float, high: float, reason: str, because: tuple[str, ...]) -> Pieces:
    """Return the parts of a whole subject of which a share from ``low`` to ``high`` is covered."""
    parts = ((COVERED, low, reason), (UNCOVERED, 1 - high, reason), (UNKNOWN, high - low, "items_missing"))
    return tuple(Piece(where, amount, why, because) for where, amount, why in parts if amount > 0)


def _scored(answers: Answers, code: str, scheme: str) -> Pieces:
    rating, because = score_of(answers, code, scheme)
    if rating is None:
        return (Piece(UNKNOWN, 1, "not_surveyed", because),)
    return _shares(rating.low, rating.high, "assessed", because)


def _fraction(answers: Answers, code: str, key: str) -> Pieces:
    fact = answers.fact(code, key)
    if fact is None:
        return (Piece(UNKNOWN, 1, "not_surveyed"),)
    share = float(str(fact.values[2]))
    return _shares(share, share, "counted", (fact.code,))


def _ratio(answers: Answers, code: str, part_key: str, whole_key: str) -> Pieces:
    """Return part and rest of a whole; the whole is unknown while its part is, or where it is less."""
    whole = answers.fact(code, whole_key)
    if whole is None:
        return ()
    all_of_it = _number(answers, whole, whole_key)
    part = answers.fact(code, part_key)
    if part is None:
        return (Piece(UNKNOWN, all_of_it, "not_surveyed", (whole.code,)),)
    some, because = _number(answers, part, part_key), (part.code, whole.code)
    if some > all_of_it:
        return (Piece(UNKNOWN, all_of_it, "contradicts", because),)
    return _parted(some, all_of_it, because)


def _number(answers: Answers, fact: Record, key: str) -> float:
    value = fact_value(answers.profile.facts.get(key), str(fact.values[2]))
    assert isinstance(value, int | float)  # noqa: S101  # narrows the type
    return value


def _parted(some: float, all_of_them: float, because: tuple[str, ...]) -> Pieces:
    pieces = [
        Piece(COVERED, some, "counted", because),
        Piece(UNCOVERED, all_of_them - some, "counted", because),
    ]
    return tuple(piece for piece in pieces if piece.amount) or (pieces[0],)


def _counted(row: Record, whole: str, part: str) -> Pieces:
    all_of_them, some = row.get(whole), row.get(part)
    assert isinstance(all_of_them, int)  # noqa: S101  # narrows the type
    if some is None:
        return (Piece(UNKNOWN, all_of_them, "not_surveyed", (row.code,)),)
    assert isinstance(some, int)  # noqa: S101  # narrows the type
    return _parted(some, all_of_them, (row.code,))


def _platform(answers: Answers, code: str) -> Pieces:
    row = answers.dataset.latest_count(code, "imported", answers.day)
    return () if row is None else _counted(row, "imported", "matched")


def _survey(answers: Answers, code: str) -> Pieces:
    row = answers.dataset.latest_count(code, "households", answers.day)
    if row is not None:
        return _counted(row, "households", "surveyed")
    record = answers.dataset.find(code)
    households = None if record is None else record.on("households", answers.day)
    return (Piece(UNKNOWN, households, "not_surveyed"),) if isinstance(households, int) else ()


def _reached(measure: Measure, answers: Answers, codes: list[str]) -> dict[str, Pieces]:
    found: dict[str, Pieces] = {}
    reached = judge_reach(answers, codes, measure.station_kind, measure.metres)
    for code, (share, nearest) in zip(codes, reached, strict=True):
        if share is None:
            found[code] = (Piece(UNKNOWN, 1, "no_outline"),)
            continue
        pieces = [
            Piece(COVERED, share, "within_reach", () if nearest is None else (nearest,)),
            Piece(UNCOVERED, 1 - share, "out_of_reach"),
        ]
        found[code] = tuple(piece for piece in pieces if piece.amount > 0)
    return found
