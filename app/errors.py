"""Everything the program refuses or fails at, as the user reads it.

A ``RegistryError`` is the user's matter and carries words in both languages; anything else that is
raised is a bug and goes to the crash report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong, with its place. ``row`` counts as the source shows it; None where it has no meaning.

    ``plain``: the sentence for a window, where ``message`` names an option of a command; None where it names none.
    """

    message: Text
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    code: str | None = None
    value: str | None = None
    plain: Text | None = None

    @property
    def said(self) -> Text:
        """The sentence as a window says it."""
        return self.plain or self.message

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the problem as the contract prints it."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "value": self.value,
            "message": self.message.in_(lang),
        }


@dataclass(eq=False)
class RegistryError(Exception):
    """Base of what a user can act on. ``kind`` and ``exit_status`` are promises of the contract."""

    message: Text
    problems: tuple[Problem, ...] = field(default=())

    kind: ClassVar[str] = "input"
    exit_status: ClassVar[int] = 2

    def __str__(self) -> str:
        return self.message.zh

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{"error": …}`` as the contract prints it."""
        return {
            "error": {
                "kind": self.kind,
                "message": self.message.in_(lang),
                "problems": [problem.as_json(lang) for problem in self.problems],
            }
        }


class InvalidInput(RegistryError):
    """Refused input or usage: nothing was written."""


class OtherGeoPackage(InvalidInput):
    """A sound GeoPackage that is no registry: its data can be imported."""


class NotDueYet(InvalidInput):
    """A verb of the contract that is not built yet."""

    kind = "not_built"


class Conflict(RegistryError):
    """Somebody else's change or a question without an answer stands in the way: nothing was written."""

    kind = "conflict"
    exit_status = 3


class StorageFault(RegistryError):
    """The disk, the lock or the file itself failed."""

    kind = "storage"
    exit_status = 4


class Busy(StorageFault):
    """Somebody else held the file for as long as we had patience; nothing was written, and it may be tried again."""

    kind = "busy"


class IntegrityFault(RegistryError):
    """What the file holds is not what was written into it."""

    kind = "integrity"
    exit_status = 5
