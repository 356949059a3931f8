"""Which column is which field: what the user says, then what the headings say; the rest is left and named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.values import is_empty, read_fact
from app.errors import InvalidInput, Problem
from app.exchange.headings import declared_headings, fields_of, known_headings, named_field, normalised
from app.exchange.personal import is_personal_content, is_personal_heading
from app.exchange.template_names import template_kind
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile import Profile
    from app.exchange.reader import Source, SourceRow
    from app.exchange.reading import Cell

_TITLE_ROWS: Final = 20  # within which the header of a sheet is looked for
_SAMPLE: Final = 2000  # rows looked at for what a column holds
_MANY: Final = 10  # rows from which a code that comes again and again is no code
_NAME_LENGTH: Final = 4  # letters from which a word under a fact's heading is a name, not a wrong answer
_NAMED_IN_ROSTERS: Final = (
    "property_firm",
    "party_organisation",
    "owners_committee",
    "authority",
    "managing_body",
)
_TOTALS: Final = ("合计", "总计", "小计", "总数", "total", "sum")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftColumn:
    """A column that isn't taken over: ``unmapped``, or ``personal``."""

    column: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of a source mean. ``of``: field → position; ``rows``: the rows under the header.

    ``header``: the number of the row that the headings stand in, None where the format itself has them.
    """

    names: tuple[str, ...]
    header: int | None
    of: Mapping[str, int]
    rows: tuple[SourceRow, ...]
    left: tuple[LeftColumn, ...]
    notes: tuple[Text, ...]

    def heading(self, field: str | None) -> str | None:
        """Return the source's own heading of a field, or the field's name where no column gives it."""
        if field is None:
            return None
        if field == "geometry":
            field = "wkt" if "wkt" in self.of else "lon"
            return self.names[self.of[field]] if field in self.of else None
        return self.names[self.of[field]] if field in self.of else field


def map_columns(source: Source, kind: str, profile: Profile, mapping: Mapping[str, str]) -> Columns:
    """Return the meaning of a source's columns for a kind.

    Raises
    ------
    InvalidInput
        If ``mapping`` names a field that the kind lacks, or a column that the file lacks.

    """
    known = known_headings(kind, profile)
    names, rows, header = under_header(source, known, mapping)
    of = _said(source, kind, profile, mapping, names)
    for at, name in enumerate(names):
        named = named_field(name, known)
        if named is not None and named not in of and at not in of.values():
            of[named] = at
    notes: list[Text] = []
    declared = declared_headings(kind, profile)
    personal = {
        place
        for place, name in enumerate(names)
        if (is_personal_heading(normalised(name)) and normalised(name) not in declared)
        or (of.get("credit_code") != place and is_personal_content(r.cells[place] for r in rows[:_SAMPLE]))
    }
    of = {field: place for field, place in of.items() if place not in personal}
    by_heading: dict[str, int] = {}
    for at, name in enumerate(names):
        by_heading.setdefault(normalised(name), at)
    taken = set(of.values()) | personal
    exact = {name: by_heading.get(normalised(name)) for name in known}
    for field, headings in known.items():
        if field in of or (source.has_outlines and field in ("wkt", "lon", "lat")):
            continue
        candidates = [exact[field]] if exact[field] is not None else [by_heading.get(h) for h in headings]
        for place in candidates:
            if place is None or place in taken or place in [p for f, p in exact.items() if f != field]:
                continue
            doubt = _doubt(field, profile, [row.cells[place] for row in rows], exact[field] == place)
            if doubt is not None:
                notes.append(
                    Text(
                        f"列“{names[place]}”没有当作 {field}：{doubt.zh}",
                        f"Column {names[place]!r} is not taken as {field}: {doubt.en}",
                    )
                )
                continue
            of[field] = place
            taken.add(place)
            break
    if not KINDS[kind].coded:
        of.pop("code", None)
    used = set(of.values())
    left = tuple(
        LeftColumn(column=name, why="personal" if place in personal else "unmapped")
        for place, name in enumerate(names)
        if place not in used and (name or any(not is_empty(r.cells[place]) for r in rows))
    )
    return Columns(names=names, header=header, of=of, rows=rows, left=left, notes=tuple(notes))


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
    unknown = [left.column for left in columns.left if left.why == "unmapped"]
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
    if not columns.rows and template_kind(source.sheet) is not None:
        return
    listed = "、".join(name for name in columns.names if name)[:200]
    reason = (
        Text("没有一行内容。", "There is no row.")
        if not columns.rows
        else Text(
            f"没有一列认得出：{listed}。用 --map 字段=列 写明。",
            f"No column is understood: {listed}. Say what they are with --map FIELD=COLUMN.",
        )
    )
    name = source.path.name
    raise InvalidInput(
        Text(f"{name}：{reason.zh}", f"{name}: {reason.en}"),
        (Problem(message=reason, file=name, sheet=source.sheet),),
    )


def is_total(row: SourceRow, columns: Columns) -> bool:
    """Whether a row adds up the rows above it instead of being one."""
    code = columns.of.get("code")
    if code is not None and not is_empty(row.cells[code]):
        return False
    first = next((cell for cell in row.cells if not is_empty(cell)), None)
    return isinstance(first, str) and normalised(first) in _TOTALS


def under_header(
    source: Source, known: Mapping[str, list[str]], mapping: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[SourceRow, ...], int | None]:
    """Return the headings of a table, the rows under them, and the number of the headings' row (None: the format's own)."""
    if source.columns is not None:
        return source.columns, source.rows, None
    if not source.rows:
        raise InvalidInput(
            Text(f"{source.path.name}：没有一行内容。", f"{source.path.name}: there is no row."),
            (
                Problem(
                    message=Text("没有一行内容。", "There is no row."),
                    file=source.path.name,
                    sheet=source.sheet,
                ),
            ),
        )
    wanted = {heading for headings in known.values() for heading in headings}
    wanted |= {normalised(column) for column in mapping.values()}
    place, best = 0, -1
    for at, row in enumerate(source.rows[:_TITLE_ROWS]):
        filled = [cell for cell in row.cells if not is_empty(cell)]
        score = sum(1 for cell in filled if isinstance(cell, str) and normalised(cell) in wanted)
        if score > best and filled:
            place, best = at, score
    if best <= 0:
        place = next(at for at, row in enumerate(source.rows) if any(not is_empty(c) for c in row.cells))
    header = source.rows[place]
    names = tuple("" if is_empty(cell) else str(cell).strip() for cell in header.cells)
    first = place + 1 if source.format != "sheet" else 0  # a sheet's rows keep the numbers it shows
    rows = tuple(
        row._replace(number=row.number - first)
        for row in source.rows[place + 1 :]
        if any(not is_empty(cell) for cell in row.cells)
    )
    return names, rows, header.number


def _said(
    source: Source, kind: str, profile: Profile, mapping: Mapping[str, str], names: Sequence[str]
) -> dict[str, int]:
    """Return what the user's own mapping says, or refuse it with every mistake in it."""
    fields = fields_of(kind, profile)
    problems: list[Problem] = []
    of: dict[str, int] = {}
    for field, column in mapping.items():
        target = "wkt" if field == "geometry" and "wkt" in fields else field
        if target not in fields:
            message = Text(
                f"{KINDS[kind].words.zh}没有字段 {field!r}。有：{'、'.join(fields)}。",
                f"{KINDS[kind].words.en} have no field {field!r}. There are: {', '.join(fields)}.",
            )
            problems.append(Problem(message=message, file=source.path.name, column=field))
            continue
        place = next((p for p, n in enumerate(names) if n == column), None)
        if place is None:
            place = next((p for p, n in enumerate(names) if normalised(n) == normalised(column)), None)
        if place is None:
            listed = [name for name in names if name]
            message = Text(
                f"文件里没有列 {column!r}。有：{'、'.join(listed)}。",
                f"The file has no column {column!r}. There are: {', '.join(listed)}.",
            )
            problems.append(
                Problem(message=message, file=source.path.name, sheet=source.sheet, column=column)
            )
            continue
        of[target] = place
    if problems:
        raise InvalidInput(
            Text(
                "列的对应写得不对：" + problems[0].message.zh,
                "The mapping is wrong: " + problems[0].message.en,
            ),
            tuple(problems),
        )
    return of


def _doubt(field: str, profile: Profile, cells: Sequence[Cell], is_exact: bool) -> Text | None:
    """Return why a column can't be what its heading says, or None."""
    filled = [cell for cell in cells[:_SAMPLE] if not is_empty(cell)]
    if field == "code" and len(filled) >= _MANY and len(set(filled)) * 4 < len(filled):
        return Text("同一个值反复出现。", "the same value comes again and again.")
    if is_exact or field not in _NAMED_IN_ROSTERS or not filled:
        return None
    names = 0
    for cell in filled:
        try:
            read_fact(profile.facts[field], cell, profile)
        except InvalidInput:
            names += len(str(cell)) >= _NAME_LENGTH
    if names * 2 > len(filled):
        return Text("里面是名称，不是有 / 无。", "it holds names, not yes or no.")
    return None
