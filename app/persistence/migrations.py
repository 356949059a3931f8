"""Numbered steps of the file's schema, a sentence each. A file remembers which it has taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number and what it did, for whoever opens the file in ten years.

    ``tables``: those it added. ``columns``: table → the columns it added to it. ``digest``: of the whole schema after it,
    said for the newest step alone; a test makes it anew from the tables.
    """

    number: int
    sentence: str
    tables: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digest: str = ""


STEPS: Final = (
    Step(
        1,
        "Seven layers, eight attribute tables made from the declared kinds, the journal and the registry's own facts.",
    ),
    Step(
        2,
        "Departments, alliances, zones, relations and list entries; an assessment keeps the version of its scheme.",
        tables=("department", "alliance", "zone", "link", "list_entry"),
        columns={"assessment": ("scheme_version",)},
    ),
    Step(3, "Waivers: findings that need no mending until a day, and why.", tables=("waiver",)),
    Step(
        4,
        "Records as they were when many were written at once, packed a second time; what is unique in a layer is said by an index.",
        tables=("kept",),
    ),
    Step(
        5,
        "Lineage: which records came of which when one was split or several were merged, and on which day.",
        tables=("lineage",),
    ),
    Step(
        6,
        "A lean journal: of records that were made many at once it says which pack names them; no index that nobody asks.",
        columns={"kept": ("names",)},
    ),
    Step(
        7,
        "Tasks: a gap or a finding as work, with the post that does it, a day, and how far it has come.",
        tables=("task",),
    ),
    Step(
        8,
        "Kept tables: figures as they were published, with what they were counted from.",
        tables=("snapshot",),
        digest="f0ed3db7088bdfa8de252fff195a8f19",
    ),
)
NEWEST: Final = STEPS[-1].number
LAST_STRICT: Final = 3  # the last step whose tables say themselves what is unique and what must be filled
LAST_UNNAMED: Final = (
    5  # the last step whose journal has a row for every record of many, and whose references are foreign keys
)


def tables_since(step: int) -> frozenset[str]:
    """Return the tables that a file of ``step`` does not have yet."""
    return frozenset(table for later in STEPS if later.number > step for table in later.tables)


def columns_since(step: int, table: str) -> frozenset[str]:
    """Return the columns that a table in a file of ``step`` does not have yet."""
    later = (s.columns.get(table, ()) for s in STEPS if s.number > step)
    return frozenset(name for names in later for name in names)
