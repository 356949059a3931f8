"""What is said of every subject of a measure, and the status that a map shows: kept, and mended where a change touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from app.coverage.bases import left_out_of, why_left_out
from app.coverage.judging import BASE_UNKNOWN, judge
from app.coverage.mending.reads import by_place, is_narrow
from app.coverage.patched import GONE, Gone, Patched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.coverage.answers import Answers
    from app.coverage.book import Book
    from app.coverage.judging import Pieces
    from app.coverage.measures import Measure
    from app.coverage.mending.touched import Touched

FEW: Final = 200  # subjects, of which it is not worth while to ask how many there are
Value = TypeVar("Value")
Status = tuple[
    str, str, tuple[str, ...]
]  # covered, uncovered, unknown or left_out; the reason; codes behind it


class Judged(NamedTuple):
    """A judgement in parts that can be mended."""

    pieces: Patched[str, Pieces]
    left_out: Patched[str, str]
    base_unknown: int


def judged_by(measure: Measure, book: Book, day: date, kind: str | None) -> Judged:
    """Return what is said of everybody."""
    found = judge(measure, book, day, kind)
    return Judged(Patched(dict(found.pieces)), Patched(dict(found.left_out)), found.base_unknown)


def mended_judged(
    earlier: Judged, measure: Measure, book: Book, day: date, kind: str | None, touched: Touched
) -> Judged | None:
    """Return what is said of everybody after a change; None where all is to be found anew."""
    touched_codes = _codes(measure, book.on(day), touched)
    if touched_codes is None:
        return None
    codes = [code for code in touched_codes if _may_be(measure, book, code)]
    if len(codes) * 4 > len(earlier.pieces) + FEW:
        return None
    found = judge(measure, book, day, kind, codes)
    left_out = _changes(codes, earlier.left_out, found.left_out)
    unknown = [earlier.left_out.get(code) == BASE_UNKNOWN for code in left_out]
    return Judged(
        earlier.pieces.with_changes(_changes(codes, earlier.pieces, found.pieces)),
        earlier.left_out.with_changes(left_out),
        earlier.base_unknown - sum(unknown) + sum(reason == BASE_UNKNOWN for reason in left_out.values()),
    )


def statuses_of(
    measure: Measure, answers: Answers, judged: Judged, kind: str | None = None
) -> Patched[str, Status]:
    """Return the status of everybody; a subject of which a part is covered goes where the larger part is."""
    found: dict[str, Status] = {
        code: ("left_out", reason, ())
        for code, reason in left_out_of(
            answers, measure.spec.subject, judged.left_out, kind, measure.kinds
        ).items()
    }
    for code, pieces in judged.pieces.items():
        found[code] = _status(pieces)
    return Patched(found)


def mended_statuses(
    earlier: Patched[str, Status],
    measure: Measure,
    answers: Answers,
    judged: Judged,
    touched: Touched,
    kind: str | None = None,
) -> Patched[str, Status] | None:
    """Return the status of everybody after a change; None where all is to be found anew."""
    codes = _codes(measure, answers, touched)
    if codes is None or len(codes) * 4 > len(earlier) + FEW:
        return None
    changes: dict[str, Status | Gone] = {}
    for code in codes:
        status = _status_of(measure, answers, judged, code, kind)
        if status != earlier.get(code):
            changes[code] = GONE if status is None else status
    return earlier.with_changes(changes)


def _codes(measure: Measure, answers: Answers, touched: Touched) -> frozenset[str] | None:
    """Return of whom a change may make otherwise what a measure says; None where it may be anybody."""
    if not is_narrow(answers.profile, measure, touched):
        return None
    placed = by_place(touched, measure, answers.places, answers.day)
    return None if placed is None else touched.codes | placed


def _status_of(
    measure: Measure, answers: Answers, judged: Judged, code: str, kind: str | None
) -> Status | None:
    pieces = judged.pieces.get(code)
    if pieces is not None:
        return _status(pieces)
    reason = why_left_out(answers, code, measure.spec.subject, judged.left_out, kind, measure.kinds)
    return None if reason is None else ("left_out", reason, ())


def _status(pieces: Pieces) -> Status:
    piece = max(pieces, key=lambda piece: piece.amount)
    return (piece.where, piece.reason, piece.because)


def _may_be(measure: Measure, book: Book, code: str) -> bool:
    """Whether a code may be a subject; what a measure of firms says of compounds hangs on no record of theirs alone."""
    return measure.spec.subject != "firm" or code in book.dataset.of("firms")


def _changes(
    codes: Iterable[str], earlier: Mapping[str, Value], found: Mapping[str, Value]
) -> dict[str, Value | Gone]:
    changes: dict[str, Value | Gone] = {}
    for code in codes:
        value = found.get(code)
        if value != earlier.get(code):
            changes[code] = GONE if value is None else value
    return changes
