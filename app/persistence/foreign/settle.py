"""Rows that another program edited, put right again before a change takes or leaves what it did to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from app.domain.kinds import KINDS
from app.persistence.columns import row_names
from app.persistence.foreign.found import ADDED
from app.persistence.journal_values import RECORD, TURNED_BACK, Detail, cells_between, fields_between, whole
from app.persistence.row_codec import to_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.record import Record
    from app.persistence.foreign.found import Foreign
    from app.persistence.reading import Runs
    from app.persistence.row_codec import IdOf


@dataclass(frozen=True, slots=True)
class Settled:
    """A row to be put right: the one with this number goes (None: there is none), ``record`` (if any) comes."""

    kind: str
    fid: int | None
    record: Record | None

    @classmethod
    def of(cls, edit: Foreign) -> Self:
        """Return what puts the row of an edit as our last change left it."""
        return cls(edit.kind, edit.fid, edit.ours)


def put_right(connection: Runs, rows: Iterable[Settled], id_of: IdOf) -> None:
    """Put rows right, all that go before any that come: what is unique may have changed hands."""
    rows = list(rows)
    for row in rows:
        if row.fid is not None:
            connection.exec_driver_sql(f'DELETE FROM "{KINDS[row.kind].table}" WHERE fid = ?', (row.fid,))
    for row in sorted(rows, key=lambda row: row.fid is None):  # new numbers are given last
        if row.record is None:
            continue
        names = ("fid", *row_names(row.kind))
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        (values,) = to_rows(row.kind, [row.record], id_of)
        connection.exec_driver_sql(
            f'INSERT INTO "{KINDS[row.kind].table}" ({columns}) VALUES ({marks})', (row.fid, *values)
        )


def details_back(edit: Foreign, code: str, owned: Iterable[Record] = ()) -> list[Detail]:
    """Return what the journal keeps of an edit that is turned back: theirs before, ours after.

    An added row gets an id of its own, under which an undo brings it in. ``owned``: the rows that would have left
    with a deleted record, so that an undo takes them out with it.
    """
    if edit.theirs is not None and edit.what == ADDED:
        theirs = edit.theirs._replace(version=0)
        if KINDS[edit.kind].coded:
            theirs = theirs._replace(code=code)
        return [_detail(theirs._replace(id=str(uuid.uuid4())), RECORD, before=whole(theirs))]
    ours = edit.ours
    if ours is None:
        raise TypeError(edit)
    if edit.theirs is None:
        return [_detail(record, RECORD, after=whole(record)) for record in (ours, *owned)]
    return [
        _detail(ours, name, before=before, after=after)
        for name, before, after in fields_between(edit.theirs, ours)
    ]


def _detail(record: Record, name: str, *, before: Any = None, after: Any = None) -> Detail:
    subject = record.code if KINDS[record.kind].coded else str(record.values[0])
    return Detail(kind=record.kind, row_id=record.id, code=subject, field=name, before=before, after=after)


def as_kept_only(detail: Detail) -> Detail:
    """Return a detail of something turned back that could not be taken: it is kept to be read, and no undo brings it."""
    return replace(detail, kind=TURNED_BACK)


def gone_unseen(edit: Foreign) -> Detail:
    """Return what the journal keeps of a deleted record that is not known: that it is gone, and its code."""
    before = {"code": edit.code, "fields": {}}
    return Detail(kind=edit.kind, row_id=edit.row_id, code=edit.code, field=RECORD, before=before)


def fields_told(edit: Foreign) -> list[Detail]:
    """Return the fields of a changed record that is not known whole, of those of which the journal tells the value."""
    if edit.theirs is None:
        raise TypeError(edit)
    theirs = edit.theirs._replace(id=edit.row_id)
    return [
        _detail(theirs, name, before=before, after=after)
        for name, before, after in cells_between(None, theirs, edit.told)
        if name in edit.told
    ]
