"""What a paper says, whatever it is written as: one frozen value for page, PDF, workbook and picture.

A paper answers one question: one measure, by one kind of unit, on one day, for one circle of readers. Whoever writes
one asks it for figures, words and colours and computes none itself, so that all outputs say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.leaving.figures import FigureRow
from app.domain.looks import palette, wording
from app.domain.looks.bands import UNKNOWN_FROM, band_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.audience import Audience

_COVERED: Final = Text(
    "{0} 个已覆盖，{1} 个未覆盖，{2} 个还没查清", "{0} covered, {1} not covered, {2} not known yet"
)
_SUMS: Final = Text("已覆盖 {0}，未覆盖 {1}，还没查清 {2}", "covered {0}, not covered {1}, not known yet {2}")
_BETWEEN: Final = Text("查清之后在 {0} 与 {1} 之间", "once settled, between {0} and {1}")


@dataclass(frozen=True, slots=True)
class Look:
    """How a unit is filled: a colour, and whether the hatching of what is not known yet lies over it.

    ``band``: the class of the rate, 0 to 4; None where there is none: nothing to count, all unknown, or withheld.
    """

    band: int | None
    colour: str
    is_hatched: bool


def look_of(row: FigureRow, sequence: str = "seq") -> Look:
    """Return how the unit of a row is filled; ``sequence``: the colours of the bands, by their name in the palette."""
    colours = palette.page()
    if row.is_hidden or not row.total:
        return Look(None, colours["no_data"], is_hatched=False)
    band = band_of(row.rate)
    if band is None:
        return Look(None, colours["paper"], is_hatched=True)
    return Look(band, colours[sequence][band], is_hatched=row.unknown / row.total >= UNKNOWN_FROM)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPart:
    """One part of a change: its id, what it is called, what it adds to each column, and how many subjects it is."""

    part: str
    words: Text
    covered: float
    uncovered: float
    unknown: float
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChange:
    """How a row came from its figures of an earlier day to those it has: a sentence, and the parts it is made of."""

    against: date
    before: FigureRow
    sentence: Text
    parts: tuple[PaperPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One of the things to do first in a unit. ``what``: "cover", "survey" or "nothing".

    ``codes`` and ``names``: whom it is about, alike in length and order.
    """

    what: str
    text: Text
    unit: str
    codes: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFinding:
    """Something about the data that somebody should look at; ``unit``: the code of the paper's unit it lies in, or ""."""

    rule: Text
    severity: str
    severity_words: Text
    message: Text
    unit: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperUnit:
    """One unit: its figures, those of its parts (``below``, () where there are none or readers may not have them), what to do.

    ``below_rest``: what lies in the unit and in none of its parts; Σ below + rest = row.
    """

    row: FigureRow
    below: tuple[FigureRow, ...]
    below_rest: FigureRow
    change: PaperChange | None
    todo: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class UnitShape:
    """A unit's simplified outline in metres (east, north), with a point inside it for its name or number."""

    code: str
    outline: BaseGeometry
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that one question's answer says to its readers. ``unit``: "" for the whole registry.

    ``units`` are in the order of codes; ``low_first`` gives that of tables. ``statuses``: of each subject that is
    drawn, covered, uncovered, unknown or left_out; empty where readers may not have them. ``below_words``: what the
    parts of a unit are called. ``synthetic``: None = real data.
    """

    title: str
    place: str
    unit: str
    lang: str
    audience: Audience
    measure: str
    by: str
    weight: str
    as_of: date
    against: date | None
    measure_words: Text
    by_words: Text
    below_words: Text
    definition: Text
    base: Text
    weight_words: Text
    is_counted: bool
    rule: str | None
    profile: str
    units: tuple[PaperUnit, ...]
    unplaced: FigureRow
    total: FigureRow
    change: PaperChange | None
    todo: tuple[Todo, ...]
    findings: tuple[PaperFinding, ...]
    shapes: tuple[UnitShape, ...]
    statuses: Mapping[str, str]
    notes: tuple[tuple[str, str], ...]
    synthetic: Text | None
    review_number: str

    def say(self, text: Text) -> str:
        """Return the words in the paper's language."""
        return text.in_(self.lang)

    @property
    def headline(self) -> str:
        """The figure that the paper is about: 78.0%, or how many are known where no rate is said."""
        return self.figure(self.total)

    def figure(self, row: FigureRow) -> str:
        """Return the one figure of a row."""
        return self.say(
            wording.WITHHELD if row.is_hidden else wording.rate(row) if row.total else wording.NOTHING
        )

    def fraction(self, row: FigureRow) -> str:
        """Return covered/settled, which is what the rate is of; "" where it is withheld."""
        return "" if row.is_hidden else wording.fraction(row)

    def span(self, row: FigureRow) -> str:
        """Return what the rate can still become, or that all is settled; "" where it is withheld or nothing is counted."""
        return "" if row.is_hidden else self.say(wording.span(row))

    def counts(self, row: FigureRow) -> str:
        """Return the three counts of a row in words."""
        if row.is_hidden:
            return self.say(wording.WITHHELD)
        is_whole = all(float(count).is_integer() for count in (row.covered, row.uncovered))
        said = _COVERED if self.is_counted and is_whole else _SUMS
        return self.say(said.format(*map(wording.amount, (row.covered, row.uncovered, row.unknown))))

    def between(self, row: FigureRow) -> str:
        """Return between what the rate will lie once all is settled."""
        if row.is_hidden or not row.total:
            return ""
        if not row.unknown:
            return self.say(wording.SETTLED)
        return self.say(_BETWEEN.format(wording.percent(row.low), wording.percent(row.high)))


def low_first(rows: Iterable[FigureRow]) -> list[FigureRow]:
    """Return rows as papers list them: from the lowest rate to the highest, no rate before all, nothing to count last.

    What is withheld stands at the end by code: any other order would tell of its figures.
    """
    return sorted(rows, key=_place_in_list)


def _place_in_list(row: FigureRow) -> tuple[bool, float, float, str]:
    if row.is_hidden:
        return True, 0.0, 0.0, row.code
    return not row.total, -1.0 if row.rate is None else row.rate, -row.total, row.code


def units_low_first(units: Iterable[PaperUnit]) -> list[PaperUnit]:
    """Return units in the order of ``low_first``."""
    by_code = {unit.row.code: unit for unit in units}
    return [by_code[row.code] for row in low_first(unit.row for unit in by_code.values())]
