"""Columns made of others by the user's word: several joined into a field, one split into several fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.domain.values import is_empty
from app.errors import InvalidInput, Problem
from app.exchange.headings import fields_of
from app.exchange.mapping.labels import place_of
from app.exchange.picture import Lost, Unsplit
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from app.domain.profile.profile import Profile
    from app.exchange.picture import Cell
    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow
    from app.exchange.request import ImportRequest

_USUAL: Final = re.compile(r"\s*[/／、，,;；|｜\n\t]\s*|\s+[-–—]+\s+|\s+")  # what parts the parts of a cell
_FIELD: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Made:
    """The columns that were made. ``of``: field → position; ``sources``: position → those of the columns it is made of.

    ``split``: columns that are nothing else any more.
    """

    names: tuple[str, ...]
    rows: Sequence[SourceRow]
    of: dict[str, int] = field(default_factory=dict)
    sources: dict[int, tuple[int, ...]] = field(default_factory=dict)
    split: frozenset[int] = frozenset()

    @property
    def used(self) -> set[int]:
        """The positions of all columns that another is made of."""
        return {place for places in self.sources.values() for place in places}

    def made_of(self, places: Collection[int]) -> set[int]:
        """Return the positions of the columns that are made of one of some columns."""
        return {made for made, of in self.sources.items() if not set(of).isdisjoint(places)}


def pieces_of(joins: Mapping[str, str]) -> list[str]:
    """Return the names of the columns that are joined."""
    return [piece.strip() for said in joins.values() for piece in said.split("+")]


def with_made_columns(
    source: Source,
    profile: Profile,
    request: ImportRequest,
    names: tuple[str, ...],
    rows: Sequence[SourceRow],
    labels: Sequence[str],
) -> Made:
    """Return the columns and rows of a table with what the request joins and splits; ``labels``: what its columns are called.

    Parts are joined as they stand, with a blank between letters or digits that would run into one. A cell that does not
    have as many parts as there are fields is split into nothing: it is a problem of its row.

    Raises
    ------
    InvalidInput
        If a field or column is not there, a field is given twice, or there is nothing to join or split, with every such mistake.

    """
    if not request.joins and not request.splits:
        return Made(names, rows)
    return _Maker(source, profile, request, labels).made(names, rows)


class _Maker:
    def __init__(
        self, source: Source, profile: Profile, request: ImportRequest, labels: Sequence[str]
    ) -> None:
        self._source, self._request, self._labels = source, request, labels
        self._fields = fields_of(request.kind, profile)
        self._problems: list[Problem] = []
        self._taken = set(request.mapping)

    def made(self, names: tuple[str, ...], rows: Sequence[SourceRow]) -> Made:
        joins = [(self._field(name), said, self._columns(said)) for name, said in self._request.joins.items()]
        splits = [self._parts(column, said) for column, said in self._request.splits.items()]
        if self._problems:
            first = self._problems[0].message
            raise InvalidInput(
                Text("列的对应写得不对：" + first.zh, "The mapping is wrong: " + first.en),
                tuple(self._problems),
            )
        made_names, of, more = list(names), {}, []
        sources: dict[int, tuple[int, ...]] = {}
        for name, said, places in joins:
            of[name] = len(made_names)
            sources[len(made_names)] = tuple(places)
            made_names.append(said)
            more.append([_joined([row.cells[place] for place in places]) for row in rows])
        for place, fields, parting in splits:
            parts = [_split(row.cells[place], len(fields), parting) for row in rows]
            for at, name in enumerate(fields):
                of[name] = len(made_names)
                sources[len(made_names)] = (place,)
                made_names.append(f"{self._labels[place]}/{at + 1}")
                more.append([each[at] for each in parts])
        return Made(
            tuple(made_names),
            tuple(
                row._replace(cells=[*row.cells, *(cells[at] for cells in more)])
                for at, row in enumerate(rows)
            ),
            of,
            sources,
            frozenset(place for place, _, _ in splits),
        )

    def _refuse(self, message: Text, column: str) -> None:
        self._problems.append(
            Problem(message=message, file=self._source.path.name, sheet=self._source.sheet, column=column)
        )

    def _field(self, said: str) -> str:
        if said not in self._fields or said in ("wkt", "geometry"):
            self._refuse(
                Text(
                    f"没有字段 {said!r}，或它不能这样拼。有：{'、'.join(self._fields)}。",
                    f"There is no field {said!r}, or it can't be made like this. There are: {', '.join(self._fields)}.",
                ),
                said,
            )
        elif said in self._taken:
            self._refuse(
                Text(f"字段 {said} 写了两次。", f"The field {said} is given twice."),
                said,
            )
        self._taken.add(said)
        return said

    def _column(self, said: str) -> int:
        place = place_of(self._labels, said, self._source.cut)
        if place is None:
            listed = [label for label in self._labels if label]
            self._refuse(
                Text(
                    f"文件里没有列 {said!r}。有：{'、'.join(listed)}。",
                    f"The file has no column {said!r}. There are: {', '.join(listed)}.",
                ),
                said,
            )
        return -1 if place is None else place

    def _columns(self, said: str) -> list[int]:
        """Return the columns that are joined: A+B; a heading may hold a plus itself."""
        places: list[int] = []
        pieces = [piece.strip() for piece in said.split("+")]
        while pieces:
            many = next(
                (
                    count
                    for count in range(len(pieces), 0, -1)
                    if place_of(self._labels, "+".join(pieces[:count]), self._source.cut) is not None
                ),
                1,
            )
            places.append(self._column("+".join(pieces[:many])))
            pieces = pieces[many:]
        if len(places) < 2 and -1 not in places:
            self._refuse(
                Text(
                    f"拼成一项要写两列以上：列+列，这里是 {said!r}。",
                    f"Joining takes two columns or more, COLUMN+COLUMN, not {said!r}.",
                ),
                said,
            )
        return places

    def _parts(self, column: str, said: str) -> tuple[int, list[str], re.Pattern[str]]:
        """Return the column that is split, its fields, and what parts them: any usual mark for ``/``, else what is written."""
        place, fields = self._column(column), _FIELD.findall(said)
        between = [piece for piece in _FIELD.split(said)[1:-1] if piece] or ["/"]
        if len(fields) < 2 or len(set(between)) > 1 or _FIELD.split(said)[0] or _FIELD.split(said)[-1]:
            self._refuse(
                Text(
                    f"拆开一列要写两个以上的字段：字段/字段，或字段之间写上隔开它们的符号，这里是 {said!r}。",
                    f"Splitting takes two fields or more, FIELD/FIELD, or what parts them in place of the slash, not {said!r}.",
                ),
                column,
            )
        for name in fields:
            self._field(name)
        mark = between[0]
        return (
            place,
            fields,
            _USUAL if mark == "/" else re.compile(rf"\s*{re.escape(mark.strip() or mark)}\s*"),
        )


def _joined(cells: Sequence[Cell]) -> Cell:
    """Return what several cells say together; what one of them can't say, all can't."""
    lost = next((cell for cell in cells if isinstance(cell, Lost)), None)
    if lost is not None:
        return lost
    text = ""
    for part in _texts(cells):
        runs_on = bool(text) and text[-1].isascii() and part[0].isascii()
        text += f" {part}" if runs_on and text[-1].isalnum() and part[0].isalnum() else part
    return text or None


def _texts(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells:
        if not is_empty(cell):
            yield str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _split(cell: Cell, count: int, parting: re.Pattern[str]) -> list[Cell]:
    """Return the parts of a cell; a cell with more or fewer than there are fields keeps its question in the first."""
    if is_empty(cell):
        return [None] * count
    if isinstance(cell, Lost):
        return [cell, *[None] * (count - 1)]
    parts = parting.split(str(cell).strip())
    if len(parts) != count:
        return [Unsplit(str(cell), len(parts), count), *[None] * (count - 1)]
    return [part or None for part in parts]
