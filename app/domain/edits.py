"""What a write does, and what it touched: values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from app.domain.record import Record
    from app.errors import Problem


@dataclass(frozen=True, slots=True)
class Put:
    """Put a record in: a new one if ``before`` is None, else in place of ``before`` (same id and code)."""

    record: Record
    before: Record | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a record out. Its code is never used again."""

    record: Record


Edit = Put | Remove


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write touched; ``change`` is the journal's id, None where there was nothing to do.

    ``codes``: new codes first. ``kinds``: plural kinds of the rows written. ``warnings``: what was written as it
    was given and is most likely not meant so. ``others``: what others had written, which came in with it.
    """

    change: str | None
    verb: str
    codes: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = ()
    others: Changes | None = None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{change, verb, codes, warnings}``."""
        return {
            "change": self.change,
            "verb": self.verb,
            "codes": list(self.codes),
            "warnings": [warning.as_json(lang) for warning in self.warnings],
        }


def touched_codes(edits: list[Edit]) -> tuple[str, ...]:
    """Return the codes a list of edits touches, new ones first, each once.

    Rows without a code of their own (facts, household counts, lineage) count as their subject.
    """
    new: dict[str, None] = {}
    old: dict[str, None] = {}
    for edit in edits:
        record = edit.record
        if not KINDS[record.kind].coded:
            old[str(record.values[0])] = None
        elif isinstance(edit, Put) and edit.before is None:
            new[record.code] = None
        else:
            old[record.code] = None
    return tuple(dict.fromkeys([*new, *old]))
