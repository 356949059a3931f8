"""What was written here last: it is nobody else's change, though whoever writes next may not have seen it yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.domain.conflict.cells import Cell, cell, changed, with_cells
from app.domain.edits import Put

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.record import Record


class _Own(NamedTuple):
    """A record as it was written here: those of its cells alone that were changed here, each with the version it came with."""

    record: Record
    cells: Mapping[str, tuple[Cell, int]] | None  # None: all of it, as it was made here


class OwnWrites:
    """The records that were written here, by kind and code; None for one that was taken out."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, str], _Own | None] = {}

    def remember(self, edits: Iterable[Edit]) -> None:
        """Keep in mind what was written."""
        for edit in edits:
            key = edit.record.kind, edit.record.code
            self._own[key] = self._with(self._own.get(key), edit) if isinstance(edit, Put) else None

    @staticmethod
    def _with(known: _Own | None, edit: Put) -> _Own:
        record, before = edit.record, edit.before
        if before is None or (known is not None and known.cells is None and known.record == before):
            return _Own(record, None)
        cells = {} if known is None or known.cells is None else known.cells
        kept = {
            name: one for name, one in cells.items() if one[0] == cell(before, name)
        }  # else another's by now
        return _Own(
            record, kept | {name: (cell(record, name), record.version) for name in changed(before, record)}
        )

    def laid_over(self, seen: Dataset) -> Dataset:
        """Return what somebody had seen with what was written here since: not what others had written into the same records."""
        put, removed = [], []
        for (kind, code), own in self._own.items():
            old = seen.of(kind).get(code)
            if own is None:
                removed += [] if old is None else [old]
            elif old is None or old.version < own.record.version:
                put.append(
                    own.record if old is None or own.cells is None else _over(old, own.record, own.cells)
                )
        return seen.with_changes(put, removed) if put or removed else seen


def _over(old: Record, own: Record, cells: Mapping[str, tuple[Cell, int]]) -> Record:
    newer = [(name, one) for name, (one, version) in cells.items() if version > old.version]
    return with_cells(old, newer)._replace(version=own.version)
