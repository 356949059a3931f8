"""Search by name, pinyin initials, code or address: built in a worker, asked in the GUI thread within 50 ms."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.domain.kinds import KINDS, LEVELS, Where, kinds_in
from app.domain.text.initials import all_letters, has_syllable, line_start, sound_pattern, spell_all
from app.domain.text.readings import fold, fold_all
from app.jobs import Cancelled, Ticket
from ui.models.column import text_ranks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.domain.dataset import Dataset

SEARCHED: Final = (  # compounds are what most people look for
    "compounds",
    *(k.name for k in kinds_in(Where.SEARCH) if k.name != "compounds"),
)
_LIMIT: Final = 50


class Hit(NamedTuple):
    """A record found. ``where`` places it for the reader (a grid's name, an address)."""

    code: str
    kind: str
    name: str
    where: str


@dataclass(frozen=True)
class _Field:
    """One text of every record, joined, so that one search in C answers."""

    joined: str
    starts: list[int]

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Field:
        """Join texts."""
        return cls("\n" + "\n".join(texts), list(accumulate((len(t) + 1 for t in texts), initial=1)))

    def rows(self, wanted: str, limit: int, *, only_at_start: bool) -> Iterable[int]:
        """Return the rows whose text begins with, or holds, what is wanted."""
        matches = re.finditer(re.escape(("\n" if only_at_start else "") + wanted), self.joined)
        for match in islice(matches, limit * 4):
            yield bisect_right(self.starts, match.start() + only_at_start) - 1

    def rows_like(self, pattern: re.Pattern[str], limit: int) -> Iterable[int]:
        """Return the rows that a pattern is found in, those that begin so first."""
        found = list(islice(pattern.finditer(self.joined), limit * 4))
        found.sort(key=lambda match: match.start() > line_start(match) + 1)
        for match in found:
            yield bisect_right(self.starts, match.start()) - 1


class SearchIndex:
    """What can be found in a registry on a day."""

    def __init__(
        self,
        hits: Sequence[Hit],
        addresses: Sequence[str],
        letters: Sequence[str],
        spelled: Sequence[str] | None = None,
    ) -> None:
        self._hits = hits
        self._names = _Field.of(fold_all(hit.name for hit in hits))
        self._codes = _Field.of([hit.code.lower() for hit in hits])
        self._letters = _Field.of(letters)
        self._spelled = _Field.of(spell_all(hit.name for hit in hits) if spelled is None else spelled)
        self._addresses = _Field.of(fold_all(addresses))

    def find(self, typed: str, limit: int = _LIMIT) -> list[Hit]:
        """Return the best hits: beginnings before middles, names before initials, codes and addresses."""
        wanted = fold(typed).strip()
        if not wanted:
            return []
        rows: dict[int, None] = {}
        for field, only_at_start in (
            (self._names, True),
            (self._letters, True),
            (self._codes, True),
            (self._names, False),
            (self._letters, False),
            (self._addresses, False),
            (self._codes, False),
        ):
            for row in field.rows(wanted, limit, only_at_start=only_at_start):
                rows[row] = None
            if len(rows) >= limit:
                break
        if len(rows) < limit and has_syllable(wanted):
            for row in self._spelled.rows_like(sound_pattern(wanted), limit):
                rows[row] = None
        return [self._hits[row] for row in list(rows)[:limit]]


def build_search(dataset: Dataset, day: date, ticket: Ticket | None = None) -> SearchIndex:
    """Return the index of everything with a name that is in force on ``day``."""
    hits: list[Hit] = []
    addresses: list[str] = []
    for kind in SEARCHED:
        parents = [f for f in KINDS[kind].parents if f in LEVELS]
        for record in dataset.in_force(kind, day):
            name = record.text("name")
            if ticket is not None and ticket.is_cancelled:
                return SearchIndex([], [], [])
            address = record.text("address") if _has(kind, "address") else ""
            where = address
            for parent in parents:
                above = dataset.find(record.text(parent)) if record.text(parent) else None
                if above is not None:
                    where = above.text("name") or above.code
                    break
            hits.append(Hit(record.code, kind, name, where))
            addresses.append(address)
    return _in_order(hits, addresses, ticket or Ticket())


def _in_order(hits: list[Hit], addresses: list[str], ticket: Ticket) -> SearchIndex:
    """Return the index of hits in the order of names, kind by kind; made in pieces, so that it can be stopped."""
    ranks = text_ranks([hit.name for hit in hits])
    kinds = np.array([SEARCHED.index(hit.kind) for hit in hits], dtype=np.intp)
    order = np.lexsort((ranks, kinds)).tolist()
    hits, addresses = [hits[place] for place in order], [addresses[place] for place in order]

    def pause() -> None:
        if ticket.is_cancelled:
            raise Cancelled

    spelled = spell_all((hit.name for hit in hits), pause)
    return SearchIndex(hits, addresses, all_letters(spelled), spelled)


def _has(kind: str, field: str) -> bool:
    return field in KINDS[kind].index
