"""What a table or chart calls a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.coverage.results import Row
    from app.domain.dataset import Dataset


def unit_name(dataset: Dataset, row: Row) -> str:
    """Return how a table calls a unit: a grid with its community, unless its own name says it already."""
    name = row.name or row.unit
    record = dataset.find(row.unit)
    community = (
        dataset.find(record.text("community")) if record is not None and record.kind == "grids" else None
    )
    if community is None or name.startswith(community.text("name").removesuffix("居委会")):
        return name
    return f"{community.text('name').removesuffix('居委会')}{name}"
