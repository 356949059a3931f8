"""What stands on the map for a record: itself, or the compound, community or other place it is at work in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.record import Record


def on_map(dataset: Dataset, codes: Iterable[str], day: date) -> list[str]:
    """Return what the map can show of these records, each once; one that stands nowhere is left as it is."""
    found: list[str] = []
    for code in dict.fromkeys(codes):
        record = dataset.find(code)
        found += [code] if record is None else _places(dataset, record, day)
    return list(dict.fromkeys(found))


def _places(dataset: Dataset, record: Record, day: date) -> list[str]:
    if KINDS[record.kind].is_layer:
        return [record.code]
    if record.kind == "firms":
        return [e.text("compound") for e in dataset.engagements_of(record.code) if e.is_in_force(day)]
    if record.kind == "organisations":
        held = [a.text("to") for a in dataset.attachments_of(record.code) if a.is_in_force(day)]
        return on_map(dataset, held, day) or [record.code]
    named = (record.on(field, day) for field in KINDS[record.kind].parents)
    return [next((str(place) for place in named if place), record.code)]
