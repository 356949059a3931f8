"""The figures of all four levels of one export, with what must be withheld from the public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import LEVELS
from app.domain.leaving.figures import FigureRow, Level
from app.domain.personal import without_numbers
from app.domain.vocabulary import LEVEL_HEADINGS, TOTAL, UNPLACED
from app.exchange.formats.suppression import LEAST, is_small, withheld

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.coverage.results import Coverage, Derived, Figures

    Behind = Mapping[str, Mapping[str, Sequence[float]]]

UNPLACED_WORDS: Final = UNPLACED.heading()
TOTAL_WORDS: Final = TOTAL.heading()


class LevelFigures:
    """Coverage at every level, and which rows of it stay."""

    def __init__(self, found: Mapping[str, Coverage], units: Mapping[str, Mapping[str, Derived]]) -> None:
        self._found = found
        self._units = units
        self._hidden: frozenset[str] = frozenset()

    def withhold(
        self,
        levels: Sequence[str],
        tells: Callable[[Sequence[float]], bool] = is_small,
        behind: Behind | None = None,
    ) -> None:
        """Withhold the rows that tell too much, and those that would give them away.

        ``levels``: those that these readers are given at all, from the district down. ``behind``: for each
        level and unit ("" = in none) more numbers that ``tells`` looks at; they add up as the counts do.
        """
        more: Behind = behind or {name: {} for name in levels}
        none = (0.0,) * max((len(cells) for units in more.values() for cells in units.values()), default=0)

        def cells_of(figures: Figures, name: str, unit: str) -> tuple[float, ...]:
            return (*_counts(figures), *more[name].get(unit, none))

        whole_of_all = [sum(cells) for cells in zip(none, *more[levels[0]].values(), strict=True)]
        counts: dict[str, Sequence[float]] = {
            "total": (*_counts(self._found["district"].total.figures), *whole_of_all)
        }
        sums: list[tuple[str, Sequence[str]]] = []
        above = {"": "total"}  # code of a unit one level up → its name in the system
        for name in levels:
            coverage = self._found[name]
            parts: dict[str, list[str]] = {whole: [] for whole in above.values()}
            for row in coverage.rows:
                counts[f"{name}:{row.unit}"] = cells_of(row.figures, name, row.unit)
                parts[self._parent(name, row.unit, above)].append(f"{name}:{row.unit}")
            rests = []
            for whole, children in parts.items():
                rest = [
                    _clean(all_ - sum(counts[child][place] for child in children))
                    for place, all_ in enumerate(counts[whole])
                ]
                if any(rest):  # what lies in the unit but in none of its children
                    rests.append(f"{name}:rest of {whole}")
                    counts[rests[-1]] = rest
                    children.append(rests[-1])
                if children:
                    sums.append((whole, children))
            counts[f"{name}:unplaced"] = cells_of(coverage.unplaced.figures, name, "")
            sums.append((f"{name}:unplaced", rests))
            sums.append(("total", [*(f"{name}:{row.unit}" for row in coverage.rows), f"{name}:unplaced"]))
            above = {"": f"{name}:unplaced", **{row.unit: f"{name}:{row.unit}" for row in coverage.rows}}
        self._hidden = withheld(counts, sums, tells)

    def level(self, name: str, lang: str) -> Level:
        """Return a whole level."""
        coverage = self._found[name]
        return Level(
            name=name,
            words=LEVEL_HEADINGS[name],
            rows=tuple(self._row(name, row.unit, row.name, row.figures) for row in coverage.rows),
            unplaced=_end(
                UNPLACED_WORDS.in_(lang), _counts(coverage.unplaced.figures), self._is(name, "unplaced")
            ),
            total=_end(TOTAL_WORDS.in_(lang), _counts(coverage.total.figures), "total" in self._hidden),
        )

    def level_in(self, name: str, within: str, code: str, lang: str) -> Level:
        """Return the part of a level that lies in one unit; its sum is that unit's own row."""
        units = self._units[name]
        rows = [
            row
            for row in self._found[name].rows
            if row.unit in units and getattr(units[row.unit], within) == code
        ]
        own = next(row.figures for row in self._found[within].rows if row.unit == code)
        whole = _counts(own)
        rest = [_clean(all_ - sum(_counts(row.figures)[at] for row in rows)) for at, all_ in enumerate(whole)]
        is_hidden = self._is(within, code)
        return Level(
            name=name,
            words=LEVEL_HEADINGS[name],
            rows=tuple(self._row(name, row.unit, row.name, row.figures) for row in rows),
            unplaced=_end(
                UNPLACED_WORDS.in_(lang),
                rest,
                is_hidden or (bool(self._hidden) and any(0 < cell < LEAST for cell in (*rest, sum(rest)))),
            ),
            total=_end(TOTAL_WORDS.in_(lang), whole, is_hidden),
        )

    def _parent(self, name: str, code: str, above: Mapping[str, str]) -> str:
        """Return the row one level up that a unit lies in; what lies in none is part of the unplaced."""
        place = LEVELS.index(name)
        if place == 0:
            return "total"
        derived = self._units[name].get(code)
        parent = None if derived is None else getattr(derived, LEVELS[place - 1])
        return above.get(parent or "", above[""])

    def _is(self, name: str, code: str) -> bool:
        return f"{name}:{code}" in self._hidden

    def _row(self, level: str, code: str, name: str, figures: Figures) -> FigureRow:
        covered, uncovered, unknown = _counts(figures)
        return FigureRow(
            code=code, name=without_numbers(name), covered=covered, uncovered=uncovered, unknown=unknown,
            is_hidden=self._is(level, code),
        )  # fmt: skip


def _counts(figures: Figures) -> tuple[float, float, float]:
    return figures.covered, figures.uncovered, figures.unknown


def _clean(rest: float) -> float:
    return 0 if abs(rest) < 1e-6 else rest


def _end(name: str, counts: Sequence[float], is_hidden: bool) -> FigureRow:
    covered, uncovered, unknown = counts
    return FigureRow(
        code="", name=name, covered=covered, uncovered=uncovered, unknown=unknown, is_hidden=is_hidden
    )
