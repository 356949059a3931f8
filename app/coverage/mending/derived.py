"""What is derived of all records of a kind: kept, and mended where a change touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.common import DECLARED, MOVED, REDIVIDED, is_touched
from app.coverage.derive import derived_of
from app.coverage.mending.judged import FEW
from app.coverage.patched import GONE, Gone, Patched
from app.domain.kinds import KINDS, UNIT_KINDS

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.book import Book
    from app.coverage.mending.touched import Touched
    from app.coverage.results import Derived

_SAID: Final = frozenset(
    {"facts", "assessments", "households", "links", "waivers", "lineage", "snapshots"}
)  # say of no place
_OF_COMPOUNDS: Final = frozenset({"compounds", "buildings"})


def all_derived(book: Book, kind: str, day: date) -> Patched[str, Derived]:
    """Return what is derived of each record of a kind."""
    return Patched(derived_of(book, kind, day, list(book.dataset.of(kind))))


def mended_derived(
    earlier: Patched[str, Derived], book: Book, kind: str, day: date, touched: Touched
) -> Patched[str, Derived] | None:
    """Return the same after a change; None where all is to be found anew."""
    records = book.dataset.of(kind)
    codes = [code for code in touched.codes if code in records]
    if not _is_narrow(kind, touched) or len(codes) * 4 > len(earlier) + FEW:
        return None
    found = derived_of(book, kind, day, codes)
    changes: dict[str, Derived | Gone] = {
        code: derived for code, derived in found.items() if derived != earlier.get(code)
    }
    changes |= {code: GONE for code in touched.codes if code not in records and code in earlier}
    return earlier.with_changes(changes)


def _is_narrow(kind: str, touched: Touched) -> bool:
    """Whether a change leaves what is derived of all but the touched records as it was."""
    topics = touched.topics
    if kind in UNIT_KINDS:
        return not is_touched(frozenset({REDIVIDED}), topics)
    if KINDS[kind].is_layer:
        reads = {REDIVIDED} if kind == "compounds" else {*_OF_COMPOUNDS, MOVED}
        return not is_touched(frozenset(reads | ({DECLARED} if touched.rests_on_place else set())), topics)
    if kind == "firms":
        return not is_touched(_OF_COMPOUNDS | {"engagements", "firms", MOVED}, topics)
    return topics <= _SAID or not topics  # stands where others do
