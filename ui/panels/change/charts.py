"""The charts of the change: parts as a waterfall, units as dumbbells, half-years as a line, units side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from app.domain.looks import wording
from app.domain.vocabulary import HEADINGS
from ui import theme
from ui.panels.change.chart import ROW, Chart, ChartRow
from ui.panels.change.ladder import COLUMNS, Rung, points, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.coverage.results import Coverage, Figures, Row

_LABEL: Final = 148  # [px] words at the left of a waterfall
_NAME: Final = 118  # [px] a unit's name
_END: Final = 46  # [px] a number at the right
_HEAD: Final = 22  # [px] above the rows
_TINY: Final = 1e-9


class Waterfall(Chart):
    """From the figures of before to those of now, a column each for covered, uncovered and unknown.

    An axis that does not begin at 0 ends in dots, never in bars.
    """

    def __init__(self, name: str, said: str, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(name, said, parent)
        self._lang = lang
        self.rungs: list[Rung] = []

    def show_rungs(self, rungs: Sequence[Rung]) -> None:
        """Show another change; the key of a day is ""."""
        self.rungs = list(rungs)
        self.show_rows([ChartRow(rung.part, rung.told(self._lang)) for rung in rungs])

    @override
    def needed_height(self, width: int) -> float:
        return _HEAD + len(self.rows) * ROW

    @override
    def row_at(self, x: float, y: float) -> int:
        return int((y - _HEAD) // ROW)

    @override
    def draw(self, canvas: Any, width: float) -> None:
        t = theme.current()
        column = (width - _LABEL) / len(COLUMNS)
        for place, rung in enumerate(self.rungs):
            y = _HEAD + (place + 0.5) * ROW
            if self.is_lit(place):
                canvas.bar(0, width, y, ROW - 2, "accent_ground")
            said = rung.words.in_(self._lang)
            if rung.part:
                count = f"{len(rung.codes):,}"
                canvas.words(6, y, said, t.t1, room=_LABEL - 50)
                canvas.words(_LABEL - 8, y, count, t.accent, align="right")
            else:
                canvas.words(6, y, said, t.t1, bold=True, room=_LABEL - 14)
        for n, name in enumerate(COLUMNS):
            left = _LABEL + n * column
            canvas.words(left + 4, _HEAD / 2, HEADINGS[name].in_(self._lang), t.t2)
            self._draw_column(canvas, n, name, left + 10, left + column - 58)

    def _draw_column(self, canvas: Any, n: int, name: str, left: float, right: float) -> None:
        t = theme.current()
        held = [each for rung in self.rungs for each in (rung.starts[n], rung.ends[n])]
        low, high = min(held), max(held)

        def spot(amount: float) -> float:
            return (
                (left + right) / 2
                if high - low <= _TINY
                else left + (amount - low) / (high - low) * (right - left)
            )

        for place, rung in enumerate(self.rungs):
            y = _HEAD + (place + 0.5) * ROW
            start, end = spot(rung.starts[n]), spot(rung.ends[n])
            if place + 1 < len(self.rungs):
                canvas.line([end, end], [y, y + ROW], t.ctl, dashed=True)
            if not rung.part:
                canvas.dots([start], [y], t.t1)
                canvas.words(start + 9, y, wording.amount(rung.starts[n]), t.t1, bold=True)
            elif abs(rung.moves[n]) > _TINY:
                canvas.bar(min(start, end), max(start, end), y, 14, name)
                canvas.words(max(start, end) + 6, y, signed(rung.moves[n]), t.t1)


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit with its figures of both days."""

    unit: str
    name: str
    before: Figures
    now: Figures

    @property
    def moved(self) -> float:
        """How far the rate moved; 0 where one of the days has none."""
        return (self.now.rate or 0) - (self.before.rate or 0)


class Dumbbells(Chart):
    """Each unit's rate before (hollow) and now (filled), each on the line from lowest to highest."""

    def __init__(self, name: str, said: str, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(name, said, parent)
        self._lang = lang
        self.units: list[UnitChange] = []
        self._target = 1.0

    def show_units(self, units: Sequence[UnitChange], target: float) -> None:
        """Show other units, in their order."""
        self.units, self._target = list(units), target
        self.show_rows([ChartRow(each.unit, self._told(each)) for each in units])

    def _told(self, each: UnitChange) -> str:
        before, now = (wording.whole(figures).in_(self._lang) for figures in (each.before, each.now))
        return f"{each.name}: {before} → {now}, {points(each.before.rate, each.now.rate)}"

    @override
    def needed_height(self, width: int) -> float:
        return _HEAD + len(self.rows) * ROW

    @override
    def row_at(self, x: float, y: float) -> int:
        return int((y - _HEAD) // ROW)

    @override
    def draw(self, canvas: Any, width: float) -> None:
        t = theme.current()
        left, right = _NAME + 8.0, width - _END - 10

        def spot(rate: float) -> float:
            return left + rate * (right - left)

        bottom = _HEAD + len(self.units) * ROW
        for place in range(len(self.units)):
            if self.is_lit(place):
                canvas.bar(0, width, _HEAD + (place + 0.5) * ROW, ROW - 2, "accent_ground")
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            canvas.line([spot(tick)] * 2, [_HEAD, bottom], t.line)
            if tick in {0.0, 0.5, 1.0}:
                canvas.words(spot(tick), _HEAD / 2, f"{tick:.0%}", t.t2, align="middle", size=11)
        canvas.line([spot(self._target)] * 2, [_HEAD, bottom], t.accent, 1.4, dashed=True)
        for place, each in enumerate(self.units):
            y = _HEAD + (place + 0.5) * ROW
            canvas.words(6, y, each.name, t.t1, room=_NAME - 8, bold=self.is_lit(place))
            for figures, up in ((each.before, -5), (each.now, 5)):
                if figures.low is not None and figures.high is not None:
                    canvas.line([spot(figures.low), spot(figures.high)], [y + up] * 2, t.unknown, 1.5)
            before, now = each.before.rate, each.now.rate
            moved = "" if before is None or now is None else points(before, now)
            colour = t.yes if moved.startswith("+") else t.no if moved.startswith("−") else t.t2
            if before is not None and now is not None:
                canvas.line([spot(before), spot(now)], [y, y], colour, 3)
            if before is not None:
                canvas.dots([spot(before)], [y], t.t2, hollow=True)
            if now is not None:
                canvas.dots([spot(now)], [y], colour)
            canvas.words(width - 6, y, moved or wording.NO_RATE, colour, align="right", bold=True)


class Course(Chart):
    """The rate at the ends of half-years, what it could be at the least and at the most hatched around it."""

    HEIGHT: Final = 150

    def __init__(self, name: str, said: str, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(name, said, parent)
        self._lang = lang
        self.days: list[tuple[str, Figures]] = []
        self._target = 1.0

    def show_days(self, days: Sequence[tuple[str, Figures]], target: float) -> None:
        """Show other days, the earliest first."""
        self.days, self._target = list(days), target
        self.show_rows([ChartRow(day, f"{day}: {wording.whole(f).in_(self._lang)}") for day, f in days])

    @override
    def needed_height(self, width: int) -> float:
        return self.HEIGHT if self.rows else 0

    def _spots(self, width: float) -> list[float]:
        left, right = 64.0, width - 62
        many = max(1, len(self.days) - 1)
        return [left + place / many * (right - left) for place in range(len(self.days))]

    @override
    def row_at(self, x: float, y: float) -> int:
        spots = self._spots(self.width())
        return min(range(len(spots)), key=lambda n: abs(spots[n] - x)) if spots else -1

    @override
    def draw(self, canvas: Any, width: float) -> None:
        t = theme.current()
        top, bottom = 14.0, self.HEIGHT - 28.0
        spots = self._spots(width)

        def level(rate: float) -> float:
            return bottom - rate * (bottom - top)

        for place, x in enumerate(spots):
            if self.is_lit(place):
                canvas.bar(x - 22, x + 22, self.HEIGHT / 2, self.HEIGHT - 4, "accent_ground")
        for tick in (0.0, 0.5, 1.0):
            canvas.line([40, width - 56], [level(tick)] * 2, t.line)
            canvas.words(36, level(tick), f"{tick:.0%}", t.t2, align="right", size=11)
        canvas.line([40, width - 56], [level(self._target)] * 2, t.accent, 1.4, dashed=True)
        draw_course(canvas, spots, [f for _, f in self.days], level)
        for place, (day, figures) in enumerate(self.days):
            is_told = place == self.current or place in {0, len(self.days) - 1}
            canvas.words(
                spots[place], bottom + 14, day[2:7], t.t1 if is_told else t.t2, align="middle", size=11
            )
            if figures.rate is not None and is_told:
                canvas.words(
                    spots[place],
                    level(figures.rate) - 11,
                    wording.percent(figures.rate),
                    t.t1,
                    align="middle",
                    bold=True,
                )
        last = self.days[-1][1]
        if last.low is not None:
            canvas.words(spots[-1] + 10, level(last.low), wording.percent(last.low), t.t2, size=11)


class Multiples(Chart):
    """The same course for each unit, side by side, all on one scale."""

    CELL: Final = (150, 62)

    def __init__(self, name: str, said: str, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(name, said, parent)
        self._lang = lang
        self.units: list[tuple[str, str, list[Figures]]] = []

    def show_units(self, units: Sequence[tuple[str, str, list[Figures]]]) -> None:
        """Show other units: code, name, and the figures of each day."""
        self.units = list(units)
        self.show_rows(
            [
                ChartRow(unit, f"{name}: {' → '.join(wording.rate(f).in_(self._lang) for f in days)}")
                for unit, name, days in units
            ]
        )

    def _across(self, width: float) -> int:
        return max(1, int(width // self.CELL[0]))

    @override
    def needed_height(self, width: int) -> float:
        return -(-len(self.rows) // self._across(width)) * self.CELL[1]

    @override
    def row_at(self, x: float, y: float) -> int:
        across = self._across(self.width())
        column = min(across - 1, int(x // (self.width() / across)))
        return int(y // self.CELL[1]) * across + column

    @override
    def draw(self, canvas: Any, width: float) -> None:
        t = theme.current()
        across = self._across(width)
        cell, height = width / across, self.CELL[1]
        for place, (_, name, days) in enumerate(self.units):
            left, top = place % across * cell, place // across * height
            if self.is_lit(place):
                canvas.bar(left, left + cell - 4, top + height / 2, height - 4, "accent_ground")
            canvas.words(left + 6, top + 11, name, t.t1, room=cell - 62)
            canvas.words(
                left + cell - 10, top + 11, wording.percent(days[-1].rate), t.t1, align="right", bold=True
            )
            many = max(1, len(days) - 1)
            spots = [left + 8 + n / many * (cell - 22) for n in range(len(days))]

            def level(rate: float, top: float = top) -> float:
                return top + height - 8 - rate * (height - 32)

            canvas.line([left + 8, left + cell - 14], [level(0)] * 2, t.line)
            draw_course(canvas, spots, days, level, size=4)


def draw_course(
    canvas: Any, spots: Sequence[float], days: Sequence[Figures], level: Any, *, size: int = 7
) -> None:
    """Draw rates as a line with dots, and hatch what each could be."""
    t = theme.current()
    known = [
        (x, f.low, f.high)
        for x, f in zip(spots, days, strict=True)
        if f.low is not None and f.high is not None
    ]
    if len(known) > 1:
        xs = [x for x, _, _ in known]
        lows, highs = [level(low) for _, low, _ in known], [level(high) for _, _, high in known]
        canvas.between(xs, lows, highs)
        canvas.line(xs, lows, t.covered_fill, 1.5, dashed=True)
    rated = [(x, level(f.rate)) for x, f in zip(spots, days, strict=True) if f.rate is not None]
    if rated:
        canvas.line([x for x, _ in rated], [y for _, y in rated], t.t1, 1.6)
        canvas.dots([x for x, _ in rated], [y for _, y in rated], t.t1, size=size)


def changes_of(change: Coverage, names: dict[str, str]) -> list[UnitChange]:
    """Return the units that have figures on either day, the largest fall of the rate first."""

    def of(row: Row) -> UnitChange | None:
        if row.before is None or not (row.before.total or row.figures.total):
            return None
        return UnitChange(row.unit, names.get(row.unit, row.name or row.unit), row.before, row.figures)

    found = [each for row in change.rows if (each := of(row)) is not None]
    return sorted(found, key=lambda each: (each.moved, each.unit))
