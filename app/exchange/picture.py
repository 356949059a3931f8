"""A sheet as it was found, before anybody asks what it means: plain values that a child process can hand over."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, overload

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LETTERS = 26
_ERRORS: Final = frozenset(
    ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
     "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#BUSY!", "#NV")
)  # fmt: skip


DITTO: Final = frozenset(
    ("同上", "同 上", "〃", "″", "”", '"', "″″", "''", "〞", "同前", "同上行", "同上格", "ditto", "Ditto")
)  # what stands above


class Lost(NamedTuple):
    """A cell whose content can't be had: a formula that nobody has calculated, or an error value."""

    text: str
    is_formula: bool = False

    def __str__(self) -> str:
        return self.text


class Shared(NamedTuple):
    """A count or a sum that merged cells give several records together: no one's own."""

    text: str
    label: str

    def __str__(self) -> str:
        return f"{self.text}（{self.label.replace(':', '–')}）"  # a colon parts column and form in an answer


class Below(NamedTuple):
    """An empty cell below the one cell that speaks for its group: what stands there, the group's rows, how many in all.

    It says nothing itself, so that one answer is about all of a column's.
    """

    text: str
    rows: str
    total: int

    def __str__(self) -> str:
        return ""


class Unsplit(NamedTuple):
    """A cell that does not part into as many fields as somebody said: what it holds, its parts, the fields."""

    text: str
    parts: int
    fields: int

    def __str__(self) -> str:
        return self.text


def is_error(text: str) -> bool:
    """Whether a text is the error value that a spreadsheet writes where it has none: #N/A, #DIV/0!."""
    return text.upper() in _ERRORS


def lost_words(lost: Lost) -> Text:
    """Return what is wrong with a cell whose content is lost, and what to do."""
    if lost.is_formula:
        return Text(
            f"公式 {lost.text} 没有算过，没有值。用 Excel 或 WPS 打开，存一次再导入。",
            f"The formula {lost.text} was never calculated and has no value. Open and save the file once in a spreadsheet program.",
        )
    return Text(
        f"单元格里是错误值 {lost.text}，不是空的。改好这一格，或清空它。",
        f"The cell holds the error {lost.text}, which is not the same as being empty. Correct the cell, or clear it.",
    )


Cell = str | int | float | bool | Lost | Shared | Below | Unsplit | None


def column_letters(column: int) -> str:
    """Return how a sheet names a column that is counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number, from 0, of a column that a sheet names by letters."""
    number = 0
    for letter in letters:
        number = number * LETTERS + ord(letter) - ord("A") + 1
    return number - 1


class Block(NamedTuple):
    """A range of merged cells: rows as the sheet numbers them, columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def label(self) -> str:
        """The range as a sheet writes it: A2:A4."""
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


class Grid:
    """Rows of cells by column: a table of 60,000 rows is a few lists, and a row is made where somebody looks at one.

    Row 1 comes first. ``columns``: the cells of each column from row 1 on; one may end before the last row. ``height``:
    how many rows there are. ``widths``: how many cells each row has, where that is more than it is filled, or None.
    """

    def __init__(
        self, columns: Iterable[list[Cell]], height: int, widths: Sequence[int] | None = None
    ) -> None:
        self.columns = list(columns)
        self._height, self.widths = height, None if widths is None else list(widths)

    @classmethod
    def of(cls, rows: list[list[Cell]] | Grid) -> Grid:
        """Return rows as a grid: themselves, if they are one."""
        if isinstance(rows, Grid):
            return rows
        columns = [list(column) for column in zip_longest(*rows)]
        return cls(columns, len(rows), [len(row) for row in rows])

    @property
    def width(self) -> int:
        """How many cells the widest row has."""
        return len(self.columns) if self.widths is None else max(self.widths, default=0)

    def width_of(self, row: int) -> int:
        """Return how many cells the row at a position, from 0, has."""
        return len(self._row(row)) if self.widths is None else self.widths[row]

    def at(self, row: int, place: int) -> Cell:
        """Return what stands in the cell at a position, both from 0."""
        cells = self.columns[place]
        return cells[row] if row < len(cells) else None

    def column(self, place: int) -> list[Cell]:
        """Return the cells of a column, one a row; all empty for one beyond the last."""
        cells = self.columns[place] if place < len(self.columns) else []
        return cells if len(cells) == self._height else [*cells, *[None] * (self._height - len(cells))]

    def put(self, row: int, place: int, value: Cell) -> None:
        """Put a value into the cell at a position, both from 0; the grid grows where it has to."""
        self._height = max(self._height, row + 1)
        if self.widths is not None:
            self.widths.extend([0] * (self._height - len(self.widths)))
            self.widths[row] = max(self.widths[row], place + 1)
        self.columns.extend([] for _ in range(len(self.columns), place + 1))
        cells = self.columns[place]
        cells.extend([None] * (row + 1 - len(cells)))
        cells[row] = value

    def _row(self, row: int) -> list[Cell]:
        cells = [column[row] if row < len(column) else None for column in self.columns]
        if self.widths is not None:
            return cells[: self.widths[row]] + [None] * (self.widths[row] - len(cells))
        while cells and cells[-1] is None:
            cells.pop()
        return cells

    def __len__(self) -> int:
        return self._height

    @overload
    def __getitem__(self, at: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[Cell]]: ...
    def __getitem__(self, at: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(at, slice):
            return [self._row(row) for row in range(*at.indices(self._height))]
        return self._row(range(self._height)[at])

    def __iter__(self) -> Iterator[list[Cell]]:
        return map(self._row, range(self._height))


@dataclass(slots=True)
class Sheet:
    """One sheet, or the whole of a text table. ``rows``: row 1 first, each as wide as it is filled.

    ``lost`` has row, column, text and whether it is a formula; the cells of ``rows`` are None there until
    ``with_lost``. ``is_open``: a text whose last line has no end. ``swallowed``: rows of which a cell holds
    line breaks and what parts the cells.
    """

    name: str | None
    rows: list[list[Cell]] | Grid
    merged: list[Block] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    lost: list[tuple[int, int, str, bool]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    is_open: bool = False
    swallowed: list[int] = field(default_factory=list)

    def with_lost(self) -> Sheet:
        """Put what is lost into its cells, and return the sheet."""
        grid = Grid.of(self.rows)
        for row, column, text, is_formula in self.lost:
            grid.put(row - 1, column, Lost(text, is_formula))
        self.rows = grid
        return self
