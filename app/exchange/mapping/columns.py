"""The table of a source: its headings, the rows under them, and what each column was taken for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.exchange.headings import PLACE_FIELDS
from app.exchange.mapping.labels import labels_of
from app.exchange.sheets.header import REACH
from app.exchange.template_names import template_kind
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.exchange.habits import Habit
    from app.exchange.mapping.by_hand import EditedCell
    from app.exchange.mapping.choosing import AskedField
    from app.exchange.mapping.habits import Recalled
    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow
    from app.exchange.sheets.layout import SetAside


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftColumn:
    """A column that isn't taken over: ``unmapped``, or ``personal``."""

    column: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMeaning:
    """Which field a column became. ``by``: ``user``, ``heading``, ``habit`` or ``content``."""

    column: str
    field: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a source mean. ``of``: field → position; ``rows``: the records under the header.

    ``header``: the number of the row that the headings end in, None where the format itself has them.
    ``by``: whose word gave a field its column. ``constants``: what a field is where no cell says otherwise.
    ``set_aside``: rows of the layout, and those that the user left out. ``edited``: cells that say what the user typed.
    ``names_of``: fact → position of the column in which its answer is the name of who it is.
    ``beside``: unit → position of the column that names the units whose codes are in the unit's own column.
    ``recalled``: what was taken by habit; ``lesson``: what the user decided that the next such table may be read by;
    ``shape``: the headings by which it is known.
    """

    names: tuple[str, ...]
    header: int | None
    of: Mapping[str, int]
    rows: Sequence[SourceRow]
    left: tuple[LeftColumn, ...]
    notes: tuple[Text, ...]
    by: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    asked: tuple[AskedField, ...] = ()
    edited: tuple[EditedCell, ...] = ()
    beside: Mapping[str, int] = field(default_factory=dict)
    names_of: Mapping[str, int] = field(default_factory=dict)
    recalled: Recalled | None = None
    lesson: Habit | None = None
    shape: tuple[str, ...] = ()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each column is called where it must be told from its like."""
        return labels_of(self.names)

    def heading(self, field: str | None) -> str | None:
        """Return the source's own heading of a field, or the field's name where no column gives it."""
        if field is None:
            return None
        if field == "geometry":
            field = "wkt" if "wkt" in self.of else "lon"
            return self.labels[self.of[field]] if field in self.of else None
        return self.labels[self.of[field]] if field in self.of else field

    @property
    def meanings(self) -> tuple[ColumnMeaning, ...]:
        """Which column became which field, and by whose word, in the order of the columns."""
        found = sorted((place, name) for name, place in self.of.items())
        return tuple(
            ColumnMeaning(column=self.labels[place], field=name, by=self.by.get(name, "heading"))
            for place, name in found
        )


def naming_fields(kind: str) -> tuple[str, ...]:
    """Return the fields without all of which a row of a kind is no record: what names it, or places it."""
    own = KINDS[kind].by_name
    names: list[str] = [name for name in ("name", "address", "credit_code") if name in own]
    if "name" not in own:
        names += [field.name for field in own.values() if field.required]
    return ("code", *names, *(PLACE_FIELDS if KINDS[kind].is_layer else ()))


def must_be_this_template(source: Source, kind: str, columns: Columns) -> None:
    """Refuse a template of another kind, and one with a column that the kind has not: it was filled in for something else."""
    made_for = template_kind(source.sheet)
    if made_for is None:
        return
    if made_for != kind:
        was, asked = KINDS[made_for].words, KINDS[kind].words
        message = Text(
            f"这张表是“{was.zh}”的模板，不是“{asked.zh}”的。按 {made_for} 导入，或换一个文件。",
            f"This sheet is the template of {made_for}, not of {kind}. Import it as {made_for}, or choose another file.",
        )
        raise _refused(
            source, message, (Problem(message=message, file=source.path.name, sheet=source.sheet),)
        )
    unknown = [
        columns.names[columns.labels.index(left.column)] for left in columns.left if left.why == "unmapped"
    ]
    if unknown:
        problems = tuple(
            Problem(
                message=Text(
                    f"模板里没有“{name}”这一列。删掉它，或照模板改回列名。"
                    if name
                    else "有内容的列没有列名。写上列名，或删掉它。",
                    f"The template has no column {name!r}. Delete it, or give it back its heading."
                    if name
                    else "A column with content has no heading. Give it one, or delete it.",
                ),
                file=source.path.name,
                sheet=source.sheet,
                row=columns.header,
                column=name or None,
            )
            for name in unknown
        )
        raise _refused(source, problems[0].message, problems)


def _refused(source: Source, message: Text, problems: tuple[Problem, ...]) -> InvalidInput:
    name = source.path.name
    return InvalidInput(Text(f"{name}：{message.zh}", f"{name}: {message.en}"), problems)


def must_say_something(source: Source, columns: Columns) -> None:
    """Refuse a file without rows, unless it is our template of a kind without records, and a table of which no column is understood."""
    if columns.rows and (columns.of or source.has_outlines):
        return
    if not columns.rows and ((columns.set_aside and columns.of) or template_kind(source.sheet) is not None):
        return
    listed = "、".join(name for name in columns.names if name)[:200]
    where = Text("", "")
    if columns.header is not None:
        where = Text(
            f"列名在前 {REACH} 行里找过，像是在第 {columns.header} 行。",
            f" Headings were looked for in the first {REACH} rows; they seem to stand in row {columns.header}.",
        )
    reason = (
        Text("没有一行内容。", "There is no row.")
        if not columns.rows and not columns.set_aside
        else Text(
            f"没有一列认得出：{listed}。用 --map 字段=列 写明。{where.zh}",
            f"No column is understood: {listed}. Say what they are with --map FIELD=COLUMN.{where.en}",
        )
    )
    name = source.path.name
    raise InvalidInput(
        Text(f"{name}：{reason.zh}", f"{name}: {reason.en}"),
        (Problem(message=reason, file=name, sheet=source.sheet),),
    )
