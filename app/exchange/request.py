"""What somebody asks of an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.exchange.habits import Habits

ON_CONFLICT: Final = ("ask", "update", "skip")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to bring in and how. ``mapping``: field → column; ``crs``, ``datum``, ``encoding``: the user's word.

    ``leave``: columns that stay out. ``constants``: field → what it is where no cell says otherwise.
    ``only``: (column, value): rows without it stay out; several values of one column are alternatives.
    ``answers``: what is asked → the answer; of a cell ``COLUMN:FORM``, of all of a column's unclear cells ``COLUMN``;
    of a row (``SHEET!ROW`` where there are several sheets) ``new``, a code or ``leave``; of a name referred to a code.
    ``drop_bad_cells``: a cell that can't be read costs the cell, not the row.
    ``whole_of``: code or name of the unit of which the file is the whole.
    ``on_conflict``: what becomes of a row that would change a record: ``ask``, ``update`` or ``skip``.
    ``read_as``: how its coordinates are read otherwise than all that says: EPSG:n, swapped, gcj02 or bd09.
    ``parents``: units that rows name and nobody has registered are made with them.
    ``parts``: row as the sheet counts it → heading, record or apart, see ``app.exchange.sheets.parts``.
    ``joins``: field → COLUMN+COLUMN, what it is joined from; ``splits``: column → FIELD/FIELD, what it is split into.
    ``edits``: ROW:COLUMN → what somebody typed in place of the cell, ROW as in ``answers``.
    ``habits``: what was decided of earlier files; None where nothing is to be taken from them, nor learnt for the next.
    """

    source: Path
    kind: str
    layer: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    datum: str | None = None
    encoding: str | None = None
    partial: bool = False
    on_conflict: str = "ask"
    read_as: str | None = None
    leave: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    only: tuple[tuple[str, str], ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    drop_bad_cells: bool = False
    whole_of: str | None = None
    parents: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    edits: Mapping[str, str] = field(default_factory=dict)
    joins: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)
    habits: Habits | None = None
