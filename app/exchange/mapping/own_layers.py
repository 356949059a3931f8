"""Our own GeoJSON: one layer of all kinds, each feature with the layer that it belongs to. A kind takes its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.exchange.sheets.layout import SetAside
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange.reading import SourceRow

OWN_LAYER: Final = "layer"
_BY_TABLE: Final = {kind.table: kind for kind in KINDS.values()}


def rows_of_kind(
    kind: str, rows: Sequence[SourceRow], place: int
) -> tuple[Sequence[SourceRow], tuple[SetAside, ...]]:
    """Return the rows of a kind and those of others, with why; all of them where the column names no layers of ours."""
    own = KINDS[kind]
    tables = {str(row.cells[place]) for row in rows}
    if not tables <= set(_BY_TABLE) or own.table not in tables:
        return rows, ()
    kept, aside = [], []
    for row in rows:
        other = _BY_TABLE[str(row.cells[place])]
        if other is own:
            kept.append(row)
        else:
            why = Text(f"是{other.words.zh}，不是{own.words.zh}", f"one of the {other.words.en.lower()}")
            aside.append(SetAside(row.number, why, row.sheet))
    return tuple(kept), tuple(aside)
