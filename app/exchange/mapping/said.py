"""What the user says of the columns: field from column, a column left out, one value for all rows, only some rows.

The user's word is final: nothing is proposed for a column that was named here, nor for a field that has one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.exchange.headings import fields_of
from app.exchange.mapping.labels import place_of
from app.exchange.sheets.layout import SetAside
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.profile.profile import Profile
    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow
    from app.exchange.request import ImportRequest


@dataclass(frozen=True, slots=True)
class Said:
    """The user's word on one table. ``of``: field → position; ``left``: positions; ``constants``: field → words."""

    of: dict[str, int]
    left: frozenset[int]
    constants: dict[str, str]
    only: dict[int, frozenset[str]]


def what_is_said(source: Source, profile: Profile, request: ImportRequest, labels: Sequence[str]) -> Said:
    """Return the user's word on a table whose columns are called ``labels``.

    Raises
    ------
    InvalidInput
        If it names a field that the kind lacks or a column that the file lacks, or says two things of one:
        with every such mistake in it.

    """
    reader = _Reader(source, profile, request, labels)
    of = {field: place for field, place in map(reader.column_for, *_pairs(request.mapping)) if field}
    left = frozenset(place for place in map(reader.column, request.leave) if place is not None)
    constants = {field: value for field, value in map(reader.constant, *_pairs(request.constants)) if field}
    only: dict[int, frozenset[str]] = {}
    for column, value in request.only:
        place = reader.column(column)
        if place is not None:
            only[place] = only.get(place, frozenset()) | {comparable(value)}
    for field, place in of.items():
        if place in left:
            reader.refuse(
                Text(
                    f"列“{labels[place]}”既要当作{field}，又要不导入。只写一样。",
                    f"Column {labels[place]!r} is to be {field} and to be left out. Say one of them.",
                ),
                labels[place],
            )
    reader.raise_if_wrong()
    return Said({field: place for field, place in of.items() if place is not None}, left, constants, only)


def rows_wanted(
    rows: Sequence[SourceRow], only: dict[int, frozenset[str]], labels: Sequence[str]
) -> tuple[Sequence[SourceRow], tuple[SetAside, ...]]:
    """Return the rows that have one of the wanted values in each column of ``only``, and those left out, with why."""
    if not only:
        return rows, ()
    wanted, aside = [], []
    for row in rows:
        other = next((p for p, values in only.items() if comparable(row.cells[p]) not in values), None)
        if other is None:
            wanted.append(row)
        else:
            told = "" if row.cells[other] is None else str(row.cells[other])[:40]
            why = Text(
                f"按你写的只要一部分：{labels[other]} 是 {told!r}。",
                f"Not among the rows that you asked for: {labels[other]} is {told!r}.",
            )
            aside.append(SetAside(row.number, why, row.sheet))
    return tuple(wanted), tuple(aside)


def comparable(value: object) -> str:
    """Return a cell or a word as rows are chosen by it: width, case and blanks around don't count; 1.0 is 1."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()


def _pairs(given: object) -> tuple[list[str], list[str]]:
    pairs = dict(given)  # type: ignore[call-overload]
    return list(pairs), list(pairs.values())


class _Reader:
    """Reads one option after another and gathers what is wrong."""

    def __init__(
        self, source: Source, profile: Profile, request: ImportRequest, labels: Sequence[str]
    ) -> None:
        self._source, self._labels = source, labels
        self._kind = KINDS[request.kind]
        self._fields = fields_of(request.kind, profile)
        self._problems: list[Problem] = []

    def refuse(self, message: Text, column: str) -> None:
        self._problems.append(
            Problem(message=message, file=self._source.path.name, sheet=self._source.sheet, column=column)
        )

    def raise_if_wrong(self) -> None:
        if self._problems:
            first = self._problems[0].message
            raise InvalidInput(
                Text("列的对应写得不对：" + first.zh, "The mapping is wrong: " + first.en),
                tuple(self._problems),
            )

    def column(self, said: str) -> int | None:
        place = place_of(self._labels, said, self._source.cut)
        if place is None:
            listed = [label for label in self._labels if label]
            self.refuse(
                Text(
                    f"文件里没有列 {said!r}。有：{'、'.join(listed)}。",
                    f"The file has no column {said!r}. There are: {', '.join(listed)}.",
                ),
                said,
            )
        return place

    def field(self, said: str) -> str | None:
        target = "wkt" if said == "geometry" and "wkt" in self._fields else said
        if target in self._fields:
            return target
        words = self._kind.words
        self.refuse(
            Text(
                f"{words.zh}没有字段 {said!r}。有：{'、'.join(self._fields)}。",
                f"{words.en} have no field {said!r}. There are: {', '.join(self._fields)}.",
            ),
            said,
        )
        return None

    def column_for(self, field: str, column: str) -> tuple[str | None, int | None]:
        target = self.field(field)
        return target, None if target is None else self.column(column)

    def constant(self, field: str, value: str) -> tuple[str | None, str]:
        target = self.field(field)
        if target in ("code", "wkt", "lon", "lat"):
            self.refuse(
                Text(
                    f"{field} 每一行都不同，不能用一个值。",
                    f"{field} is another for every row; it can't be one value.",
                ),
                field,
            )
        return target, value
