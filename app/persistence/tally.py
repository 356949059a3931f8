"""How many records a registry holds, and the sum of their checksums: what opening compares instead of the journal.

The journal knows every record, but asking it takes longer with every change. The tally is kept with each change,
under the checksum of its own row; where it does not fit, the journal is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.persistence import spelled
from app.persistence.files.checksum import row_checksum
from app.persistence.migrations import NEWEST, tables_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.persistence.reading import Runs

TALLY: Final = "tally"  # of what a registry keeps of itself
_SUMS: Final = 1 << 64


@dataclass(slots=True)
class Tally:
    """A count and a sum over the rows of every kind, and over the codes whose record is gone."""

    count: int = 0
    total: int = 0

    def add(self, checksums: Iterable[object]) -> None:
        """Count rows in, each by its checksum."""
        numbers = [_number(checksum) for checksum in checksums]
        self.count += len(numbers)
        self.total = (self.total + sum(numbers)) % _SUMS

    def add_sum(self, count: int, total: int) -> None:
        """Count so many rows in, by the sum of their checksums."""
        self.count += count
        self.total = (self.total + total) % _SUMS

    def drop(self, checksums: Iterable[object]) -> None:
        """Count rows out."""
        numbers = [_number(checksum) for checksum in checksums]
        self.count -= len(numbers)
        self.total = (self.total - sum(numbers)) % _SUMS

    @property
    def text(self) -> str:
        """The tally as the registry keeps it."""
        return f"{self.count}:{self.total:016x}"


def tally_of(text: str) -> Tally:
    """Return a tally that a registry keeps."""
    count, total = text.split(":")
    return Tally(int(count), int(total, 16))


def counted(connection: Runs, step: int = NEWEST) -> Tally:
    """Return the tally of all that a file holds, told by its rows."""
    found = Tally()
    there: set[object] = set()
    for spec in KINDS.values():
        if spec.table not in tables_since(step):
            rows = connection.exec_driver_sql(f'SELECT id, checksum FROM "{spec.table}"').all()
            found.add(row[1] for row in rows)
            there.update(row[0] for row in rows)
    entries = connection.exec_driver_sql(spelled.ENTITIES)
    found.add(entry_checksum(entry) for entry in entries if entry[0] not in there)
    return found


def entry_checksum(entry: Sequence[object]) -> str:
    """Return what stands in the tally for a code whose record is gone: (id, code, kind)."""
    return row_checksum(entry)


def _number(checksum: object) -> int:
    try:
        return int(str(checksum), 16)
    except ValueError:  # damaged: nothing fits then, and the journal is asked
        return 0
