"""Where in the tree of units a record says it stands, and whether two places can be one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely

from app.domain.kinds import KINDS, LADDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.record import Record

LEVELS: Final = tuple(reversed(LADDER))  # from the district down
_KIND_OF: Final = {kind.table: kind.name for kind in KINDS.values() if kind.table in LADDER}


class Dispute(NamedTuple):
    """Two levels of one row that contradict each other: ``field`` says ``said``, but ``below`` lies in ``found``."""

    field: str
    said: str
    below: str
    found: str


class Tree:
    """Follows recorded parents upwards; remembers what it found."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._known: dict[tuple[object, ...], tuple[dict[str, str], Dispute | None]] = {}

    def chain(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return level → code of the units that these values name, and of those that contain them."""
        return self._followed(values)[0]

    def dispute(self, values: Mapping[str, object]) -> Dispute | None:
        """Return how the units that these values name contradict each other; None where they don't."""
        return self._followed(values)[1]

    def of_record(self, record: Record) -> dict[str, str]:
        """Return level → code of the units that a record names or lies in by its parents."""
        index = KINDS[record.kind].index
        return self.chain({level: record.values[index[level]] for level in LEVELS if level in index})

    def seen(self, record: Record) -> dict[str, str]:
        """Return what ``of_record`` does, and the community that the middle of the record's outline lies in, where none is named."""
        named = self.of_record(record)
        if record.geometry is None or "community" in named or record.kind == "communities":
            return named
        tree, codes = self._ground
        found = [
            codes[at] for at in tree.query(record.geometry.representative_point(), predicate="intersects")
        ]
        return {**self.chain({"community": found[0]}), **named} if len(found) == 1 else named

    @cached_property
    def _ground(self) -> tuple[shapely.STRtree, list[str]]:
        drawn = [
            (r.geometry, code)
            for code, r in self._dataset.of("communities").items()
            if r.geometry is not None
        ]
        return shapely.STRtree([shape for shape, _ in drawn]), [code for _, code in drawn]

    def _followed(self, values: Mapping[str, object]) -> tuple[dict[str, str], Dispute | None]:
        key = tuple(map(values.get, LEVELS))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._follow({n: v for n, v in zip(LEVELS, key, strict=True) if v})
        return known

    def _follow(self, said: Mapping[str, object]) -> tuple[dict[str, str], Dispute | None]:
        found = {level: str(code) for level, code in said.items()}
        by: dict[str, str] = {}
        dispute = None
        for level in reversed(LEVELS):
            record = self._dataset.of(_KIND_OF[level]).get(found.get(level, ""))
            if record is None:
                continue
            index = KINDS[record.kind].index
            for above in LEVELS[: LEVELS.index(level)]:
                parent = record.values[index[above]] if above in index else None
                if parent is None:
                    continue
                is_other = found.setdefault(above, str(parent)) != parent
                if (
                    is_other and dispute is None and level != "compound"
                ):  # a compound may lie in several grids
                    dispute = Dispute(above, found[above], by.get(level, level), str(parent))
                by.setdefault(above, by.get(level, level))
        return found, dispute


def are_apart(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two chains name different units of one level."""
    return any(level in other and other[level] != code for level, code in one.items())


def lowest_shared(one: Mapping[str, str], other: Mapping[str, str]) -> str | None:
    """Return the lowest level at which two chains name the same unit; None where they share none."""
    shared = [level for level in LEVELS if level in one and one[level] == other.get(level)]
    return shared[-1] if shared else None
