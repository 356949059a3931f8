"""Which records came of which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.record import Record


class Lineage(NamedTuple):
    """The codes that a record came of, and those that came of it; ``since``: the day from which, of each."""

    before: tuple[tuple[str, date | None], ...]
    after: tuple[tuple[str, date | None], ...]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{from, to}``: codes."""
        return {"from": [code for code, _ in self.before], "to": [code for code, _ in self.after]}


def lineage_of(dataset: Dataset, code: str) -> Lineage:
    """Return what a record came of and what came of it, by code as text; a unit's ``successor`` counts as well."""
    before = {row.text("before"): row.valid_from for row in dataset.children("lineage", "after", code)}
    after = {row.text("after"): row.valid_from for row in dataset.children("lineage", "before", code)}
    record = dataset.find(code)
    if record is not None:
        for other in _named_by_chain(dataset, record):
            before.setdefault(other.code, None)
        successor = record.text("successor") if "successor" in _fields(record) else ""
        if successor:
            after.setdefault(successor, None)
    return Lineage(tuple(sorted(before.items())), tuple(sorted(after.items())))


def _named_by_chain(dataset: Dataset, record: Record) -> tuple[Record, ...]:
    return dataset.children(record.kind, "successor", record.code) if "successor" in _fields(record) else ()


def _fields(record: Record) -> dict[str, int]:
    return KINDS[record.kind].index
