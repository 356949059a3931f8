"""Rows of records that another program changed, added or deleted: what stands there, and what our last change left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.record import Record
    from app.text import Text

CHANGED: Final = "changed"
ADDED: Final = "added"
DELETED: Final = "deleted"


@dataclass(frozen=True, slots=True)
class Foreign:
    """One edit of another program.

    ``ours``: the record as our last change left it; None of an added row, and of one that is not known exactly
    (``is_known``). ``theirs``: as the row stands now; None of a deleted one. ``fid``: the number of the row.
    ``row_id``: of a record of ours. ``told``: of a record that is not known, the fields of which the journal tells the last value, as JSON values.
    """

    kind: str
    what: Literal["changed", "added", "deleted"]
    code: str
    message: Text
    ours: Record | None
    theirs: Record | None
    fid: int | None
    told: Mapping[str, Any] = field(default_factory=dict)
    row_id: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it is known exactly what there was before."""
        return self.what == ADDED or self.ours is not None
