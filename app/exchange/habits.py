"""What is kept of tables that were brought in: how those with some headings are read, without a cell of a record."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.text import Text

Key = tuple[str, tuple[str, ...]]  # kind, headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What was decided of tables with some headings. Columns are called as ``labels_of`` calls those of ``headings``.

    ``columns``: column → field, "" for left out; ``constants``: field → word; ``answers``: column → form → word,
    the form "" for all unclear cells of the column.
    """

    kind: str
    headings: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What the habit is found by."""
        return self.kind, self.headings

    def with_lesson(self, new: Habit) -> Habit:
        """Return the habit once something newer was decided: of a column or a field the newer word holds."""
        taken = {name for name in new.columns.values() if name}
        columns = {c: of for c, of in self.columns.items() if c not in new.columns and of not in taken}
        gone = {c for c, of in new.columns.items() if self.columns.get(c, of) != of}
        answers = {c: dict(of) for c, of in self.answers.items() if c not in gone}
        for column, forms in new.answers.items():
            answers[column] = {**({} if "" in forms else answers.get(column, {})), **forms}
        return Habit(
            kind=self.kind,
            headings=self.headings,
            columns={**columns, **new.columns},
            constants={**self.constants, **new.constants},
            answers=answers,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The habits that are kept, by source. ``note``: what has to be said of how they are kept."""

    of: Mapping[Key, Habit] = field(default_factory=dict)
    note: Text | None = None


class ByHabit(NamedTuple):
    """One thing that was taken by habit: a column for a field, or left out (no field); a form for a value; a value for all rows."""

    column: str | None
    field: str | None
    form: str | None = None
    value: str | None = None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return it as results print it."""
        return self._asdict()


def shape_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the headings by which tables are of one source: widths, cases, blanks and empty columns at the end don't count."""
    plain = ["".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names]
    while plain and not plain[-1]:
        plain.pop()
    return tuple(plain)
