"""Records that hold the same to the letter: of those, the younger may end without anything being lost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.domain.mend import End
from app.domain.rules.rules import owned_by, referring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.record import Record


def end_of_younger(dataset: Dataset, records: Sequence[Record]) -> tuple[End, ...]:
    """Return the end of all but the oldest of some records, () unless all of them hold the same.

    The same are fields, outline and what they were in the past, facts, counts, scores, attachments, engagements
    and relations; and nothing else may refer to one that would end. The oldest has the earliest first day; of the
    same day, the one that stands first in the file.
    """
    place = {code: at for at, code in enumerate(dataset.of(records[0].kind))}
    oldest, *younger = sorted(records, key=lambda r: (r.valid_from or date.min, place[r.code]))
    kept = _content(dataset, oldest)
    if all(_content(dataset, record) == kept and not _is_leant_on(dataset, record) for record in younger):
        return tuple(End(record.code, oldest.code) for record in younger)
    return ()


def _content(dataset: Dataset, record: Record) -> tuple[object, ...]:
    rows = [
        (
            row.kind,
            tuple("" if value == record.code else value for value in row.values),
            row.valid_from,
            row.valid_until,
        )
        for row in owned_by(dataset, record.code)
    ]
    shape = None if record.geometry is None else record.geometry.normalize().wkb
    return record.values, record.valid_until, shape, dict(record.past), sorted(rows, key=repr)


def _is_leant_on(dataset: Dataset, record: Record) -> bool:
    own = {row.id for row in owned_by(dataset, record.code)}
    return any(row.id not in own for row in referring(dataset, record))
