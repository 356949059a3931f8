"""Search by name, pinyin initials, code or address: built in a worker, asked in the GUI thread within 50 ms."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.initials import initials
from app.domain.kinds import KINDS as ALL_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.jobs import Ticket

KINDS: Final = (
    "compounds",
    "districts",
    "streets",
    "communities",
    "grids",
    "stations",
    "organisations",
    "firms",
    "departments",
    "alliances",
    "zones",
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


class SearchIndex:
    """What can be found in a registry on a day."""

    def __init__(self, hits: Sequence[Hit], addresses: Sequence[str], letters: Sequence[str]) -> None:
        self._hits = hits
        self._names = _Field.of([hit.name.lower() for hit in hits])
        self._codes = _Field.of([hit.code.lower() for hit in hits])
        self._letters = _Field.of(letters)
        self._addresses = _Field.of([address.lower() for address in addresses])

    def find(self, typed: str, limit: int = _LIMIT) -> list[Hit]:
        """Return the best hits: beginnings before middles, names before initials, codes and addresses."""
        wanted = typed.strip().lower()
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
        return [self._hits[row] for row in list(rows)[:limit]]


def build_search(dataset: Dataset, day: date, ticket: Ticket | None = None) -> SearchIndex:
    """Return the index of everything with a name that is in force on ``day``."""
    hits: list[Hit] = []
    addresses: list[str] = []
    for kind in KINDS:
        parents = [f for f in ("grid", "community", "street", "district") if _has(kind, f)]
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
    return SearchIndex(hits, addresses, [initials(hit.name) for hit in hits])


def _has(kind: str, field: str) -> bool:
    return field in ALL_KINDS[kind].index
