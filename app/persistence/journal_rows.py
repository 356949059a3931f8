"""Rows of the journal as they are written: one for a change, one for each of its details."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.edits import Put
from app.persistence import spelled
from app.persistence.damage import damaged_step
from app.persistence.files.checksum import fits, row_checksum
from app.persistence.info import replace_profile, replace_zone
from app.persistence.journal_values import Detail, ProfileText, ZoneChange, details_of, to_text
from app.persistence.packs.kept import keep
from app.persistence.packs.told import detail_of
from app.text import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.persistence.reading import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """Who changes what, and why. ``undoes``: the change it takes back; ``revives``: the one that a redo brings back.

    ``profile``: the text that takes the place of the registry's profile; ``zone``: the zone that takes the place
    of its working zone. ``details``: what it did that is no edit of a record. ``packs``: records that the
    journal can't tell whole from now on, and that are packed. ``rewrite``: what it does to the journal itself, in
    the same transaction. ``info``: what the registry keeps of itself from this change on without its being part of
    the change; filled while the edits are decided. ``at``: when it was done, where it is written later than that.
    """

    by: str
    verb: str
    why: str | None = None
    is_bulk: bool = False
    undoes: str | None = None
    revives: str | None = None
    profile: ProfileText | None = None
    zone: ZoneChange | None = None
    details: list[Detail] = field(default_factory=list)
    packs: list[Record] = field(default_factory=list)
    rewrite: Callable[[Runs], None] | None = None
    info: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: str | None = None

    @property
    def has_setting(self) -> bool:
        """Whether it changes something that is no record, so that it is a change even without edits."""
        return self.profile is not None or self.zone is not None or bool(self.details)


def write_journal(connection: Runs, edits: Sequence[Edit], change: NewChange, seq: int, now: str) -> None:
    """Write all that the journal keeps of a change, and put its profile and zone in place; inside that change's write.

    Raises Conflict where somebody else replaced the profile or the zone meanwhile.
    """
    write_change(connection, change, seq, now)
    keep(connection, change.packs, seq)
    alone = [edit for edit in edits if not (change.is_bulk and _makes(edit))]
    many = (edit.record for edit in edits if change.is_bulk and _makes(edit))
    details = [detail_of(pack) for pack in keep(connection, many, seq)] + details_of(alone)
    if change.profile is not None:
        details += change.profile.details(replace_profile(connection, change.profile))
    if change.zone is not None:
        details += change.zone.details(replace_zone(connection, change.zone))
    write_details(connection, change.id, [*details, *change.details])


def _makes(edit: Edit) -> bool:
    return isinstance(edit, Put) and edit.before is None


def write_change(connection: Runs, change: NewChange, seq: int, now: str) -> None:
    """Write the row of a change, and mark the one that it takes back or brings back."""
    by, why = readable(change.by), None if change.why is None else readable(change.why)  # may name a file
    head = [change.id, seq, now, by, change.verb, why, change.undoes, None]
    connection.exec_driver_sql(spelled.CHANGE_IN, (*head, row_checksum(head)))
    if change.undoes is not None:
        _mark(connection, change.undoes, change.id)
    if change.revives is not None:
        _mark(connection, change.revives, None)


def write_details(connection: Runs, change_id: str, details: Iterable[Detail]) -> None:
    """Write a row for each detail of a change."""
    rows = []
    for detail in details:
        head = [
            str(uuid.uuid4()),
            change_id,
            detail.kind,
            detail.row_id,
            detail.code,
            detail.field,
            to_text(detail.before),
            to_text(detail.after),
        ]
        rows.append((*head, row_checksum(head)))
    if rows:
        connection.exec_driver_sql(spelled.DETAIL_IN, rows)


def _mark(connection: Runs, change_id: str, undone_by: str | None) -> None:
    row = connection.exec_driver_sql(spelled.CHANGE_CALLED, (change_id, None)).one()
    if not fits(row, 8):  # a new checksum would make the damage good
        raise damaged_step(row[1])
    head = [*row[:7], undone_by]
    connection.exec_driver_sql(spelled.CHANGE_MARKED, (undone_by, row_checksum(head), change_id))
