"""What units lack and the least work to a target, as tables for people and as CSV."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from app.coverage.measures import parse_measure
from app.coverage.work.told import costs_note, headline, hope, plan_rows, steps
from app.domain.vocabulary import HIGHEST, LOWEST, RATE, STATUS, TOTAL, UNNAMED
from app.domain.weights import ONE
from app.exchange.formats.csv_table import write_table
from app.exchange.formats.safe_file import written_aside
from app.services.bring_out.figure_lists import notes_of
from app.services.bring_out.level_figures import TOTAL_WORDS, UNPLACED_WORDS
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.coverage.gaps import Gap, Gaps
    from app.coverage.results import Figures
    from app.services.registry.registry import Registry

_HEADERS: Final = (
    Text("代码", "code"),
    Text("名称", "name"),
    Text("还差", "missing"),
    Text("最少步数", "least steps"),
    STATUS["covered"],
    STATUS["uncovered"],
    STATUS["unknown"],
    TOTAL,
    RATE,
    LOWEST,
    HIGHEST,
    Text("最省的做法", "least work"),
)
_LINE: Final = Text("{name} {code}：{doing}（{steps}）", "{name} {code}: {doing} ({steps})")
_UNIT: Final = Text("{unit}（{steps}）：", "{unit} ({steps}):")
_HOPE: Final = Text("{0}：{1}。", "{0}: {1}.")
_NEXT: Final = Text("先从{unit}做起：{line}。", "Begin with {unit}: {line}.")

Cell = str | float | None


def gaps_table(
    registry: Registry, found: Gaps, lang: str, *, by_name: bool = True
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Return headers and rows of what each unit lacks, the largest gap first, then what lies in none, then all.

    Whole subjects are counted whole: 19.1 compounds to go are 20. ``Gaps.as_json`` keeps the number as defined.
    The last cell names every act; not ``by_name``, it says how many of which, and `acts_by_name` lists them.
    """

    def done_by(gap: Gap) -> str:
        if by_name:
            return "；".join(_lines(registry, found, gap, lang))
        return headline(gap.plan, has_stations=_has_stations(registry, found)).in_(lang)

    rows = [(gap.row.unit, gap.row.name, *_lacking(found, gap), done_by(gap)) for gap in found.rows]
    unplaced = ("", UNPLACED_WORDS.in_(lang), None, None, *_figures(found.coverage.unplaced.figures), "")
    said = headline(found.total.plan, has_stations=_has_stations(registry, found)).in_(lang)
    total = ("", TOTAL_WORDS.in_(lang), *_lacking(found, found.total), said)
    return [words.in_(lang) for words in _HEADERS], [*rows, unplaced, total]


def acts_by_name(registry: Registry, found: Gaps, lang: str) -> list[str]:
    """Return the acts of every unit that lacks something, a line for each below the unit's name; the rows' order."""
    said: list[str] = []
    for gap in found.rows:
        if gap.plan is not None and gap.plan.acts:
            unit = _UNIT.in_(lang).format(
                unit=" ".join(part for part in (gap.row.name, gap.row.unit) if part),
                steps=steps(gap.plan.cost).in_(lang),
            )
            said += [unit, *(f"  {line}" for line in _lines(registry, found, gap, lang))]
    return said


def _lacking(found: Gaps, gap: Gap) -> tuple[Cell, ...]:
    is_whole = found.coverage.weight == ONE and found.coverage.query.count == "whole"
    missing = math.ceil(gap.missing - 1e-9) if is_whole else round(gap.missing, 2)
    return missing, None if gap.plan is None else gap.plan.cost, *_figures(gap.row.figures)


def _lines(registry: Registry, found: Gaps, gap: Gap, lang: str) -> list[str]:
    """Return the acts of a unit's plan, each by name and code; or why there is none."""
    if gap.plan is None or not gap.plan.acts:
        return [headline(gap.plan, has_stations=_has_stations(registry, found)).in_(lang)]
    day = found.coverage.query.as_of
    return [
        _LINE.in_(lang).format(
            name=row.name or UNNAMED.in_(lang),
            code=row.code,
            doing=row.doing.in_(lang),
            steps=steps(row.cost).in_(lang),
        )
        for row in plan_rows(gap.plan.acts, lambda code: registry.engine.name_on(code, day))
    ]


def _has_stations(registry: Registry, found: Gaps) -> bool:
    return bool(parse_measure(registry.profile, found.coverage.query.measure).station_kind)


def gaps_note(registry: Registry, found: Gaps, lang: str) -> list[str]:
    """Return what is to be done next, what visits alone might do, and what an act takes by the profile."""
    said = []
    first = next((gap for gap in found.rows if gap.plan is not None and gap.plan.acts), None)
    if first is not None:
        unit = first.row.name or first.row.unit
        said.append(_NEXT.in_(lang).format(unit=unit, line=_lines(registry, found, first, lang)[0]))
    for gap in (*found.rows, found.total):
        may = hope(gap.plan)
        if may is not None:
            unit = TOTAL_WORDS.in_(lang) if gap is found.total else gap.row.name or gap.row.unit
            said.append(_HOPE.in_(lang).format(unit, may.in_(lang)))
    if first is not None:
        said.append(costs_note(registry.profile.work).in_(lang))
    return said


def write_gaps_csv(registry: Registry, path: Path, found: Gaps, lang: str = "zh") -> None:
    """Write what each unit lacks, every subject by name and code; raises StorageFault where it can't."""
    headers, rows = gaps_table(registry, found, lang)
    notes = notes_of(registry, found.coverage.query, lang)
    if found.target is not None:
        notes.append((Text("目标", "Target").in_(lang), f"{found.target:.1%}"))
    notes += [(Text("说明", "Note").in_(lang), note) for note in gaps_note(registry, found, lang)]
    with written_aside(path) as draft:
        write_table(draft, headers, rows, notes)


def _figures(figures: Figures) -> tuple[Cell, ...]:
    return (
        figures.covered, figures.uncovered, figures.unknown, figures.total,
        figures.rate, figures.low, figures.high,
    )  # fmt: skip
