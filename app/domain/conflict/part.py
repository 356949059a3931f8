"""The part of a dataset that edits rest on: enough to tell later what others have changed of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from app.domain.conflict.cells import cell, changed, with_cells
from app.domain.dataset import Dataset
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.rules.rules import owned_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.domain.edits import Edit
    from app.domain.record import Record


def part_of(seen: Dataset, edits: Iterable[Edit]) -> Dataset:
    """Return the records of ``seen`` that ``merge`` asks for when it merges ``edits``."""
    found: dict[tuple[str, str], Record] = {}
    for edit in edits:
        for record in _of_edit(seen, edit):
            found[record.kind, record.code] = record
    return Dataset({}).with_changes(found.values())


def restated(edits: Iterable[Edit], seen: Dataset) -> Iterator[Edit]:
    """Give edits as if they had been decided on ``seen``, so that they rest on nothing that came later."""
    for edit in edits:
        record, old = edit.record, seen.of(edit.record.kind).get(edit.record.code)
        if isinstance(edit, Remove):
            yield Remove(old or record)
        elif (
            edit.before is None
            or (old is None and KINDS[record.kind].coded)
            or (old is not None and edit.before.version <= old.version)
        ):
            yield edit
        elif old is None:
            yield Put(record._replace(id=str(uuid.uuid4()), version=1))
        else:
            cells = [(name, cell(record, name)) for name in changed(edit.before, record)]
            yield Put(with_cells(old, cells)._replace(version=old.version + 1), old)


def _of_edit(seen: Dataset, edit: Edit) -> Iterator[Record]:
    record = edit.record
    there = seen.of(record.kind).get(record.code)
    if there is not None:
        yield there
        yield from owned_by(seen, record.code)
    if record.kind == "facts":
        yield from seen.facts(record.text("subject")).get(record.text("key"), ())
    for field in KINDS[record.kind].fields:
        other = seen.find(record.text(field.name)) if field.to and record.text(field.name) else None
        if other is not None:
            yield other
            if KINDS[record.kind].leaves_with:
                yield from owned_by(seen, other.code)
    if isinstance(edit, Put) and there is not None and record.kind in UNIT_KINDS:
        shape = there.geometry
        if shape is not None and record.geometry != shape:
            yield from (
                unit
                for unit in seen.of(record.kind).values()
                if (outline := unit.geometry) is not None and shape.intersects(outline)
            )
