"""What hangs on a record: what would go with it, and what stands in the way of taking it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, today
from app.domain.rules.rules import owned_by, referring
from app.services.edit.edit import set_values
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.domain.record import Record
    from app.services.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows that are only about a record and go with it, and records that use it and must be changed first."""

    goes: tuple[Record, ...]
    users: tuple[Record, ...]

    @property
    def goes_words(self) -> Text:
        """What goes, by kind: 挂接 2、事实 3."""
        return _counted(self.goes)

    @property
    def users_words(self) -> Text:
        """What stands in the way, by kind."""
        return _counted(self.users)


def hanging_on(dataset: Dataset, code: str) -> Hanging:
    """Return what hangs on a record. Raises InvalidInput for no such record."""
    record = record_called(dataset, code)
    goes = owned_by(dataset, record.code)
    ids = {row.id for row in goes}
    users = {row.id: row for row in referring(dataset, record) if row.id not in ids}
    return Hanging(tuple(goes), tuple(users.values()))


def end_record(registry: Registry, code: str, *, on: date | None = None, why: str) -> Changes:
    """Let a record end: ``on`` (default today) is the first day without it; all before that day stays."""
    last = (on or today()) - ONE_DAY
    return set_values(registry, [code], {"valid_until": last.isoformat()}, why=why)


def _counted(rows: Iterable[Record]) -> Text:
    counts = Counter(row.kind for row in rows).most_common()
    return Text(
        "、".join(f"{KINDS[kind].words.zh} {count}" for kind, count in counts),
        ", ".join(f"{KINDS[kind].words.en} {count}" for kind, count in counts),
    )
