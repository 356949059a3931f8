"""What mending findings does to the map and the figures: areas of units, who changes side, rates; before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.coverage.results import Query
from app.domain.edits import Put, Remove
from app.domain.kinds import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Figures
    from app.domain.dataset import Dataset
    from app.domain.edits import Edit

_A_SPECK: Final = 1e-6  # [m²] what rounding may leave


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitArea:
    """A unit whose ground is another. Areas in m² of the working zone; None = it has no outline, or is not in force."""

    level: str
    unit: str
    name: str
    before: float | None
    after: float | None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the unit with both areas, unrounded."""
        return {
            "level": self.level,
            "unit": self.unit,
            "name": self.name or None,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A compound that lies in another unit of a level than before; None = in none, or not in force."""

    level: str
    code: str
    name: str
    households: int | None
    before: str | None
    after: str | None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the compound with where it lay and lies."""
        return {
            "level": self.level,
            "code": self.code,
            "name": self.name or None,
            "households": self.households,
            "from": self.before,
            "to": self.after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What edits would do. ``figures``: total of a coverage, before and after."""

    areas: tuple[UnitArea, ...]
    sides: tuple[Side, ...]
    measure: str
    before: Figures
    after: Figures

    @property
    def households(self) -> int:
        """How many households change their unit, each counted once."""
        return sum({side.code: side.households or 0 for side in self.sides}.values())

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return areas, sides and figures, unrounded."""
        return {
            "areas": [area.as_json(lang) for area in self.areas],
            "sides": [side.as_json(lang) for side in self.sides],
            "households": self.households,
            "figures": {
                "measure": self.measure,
                "before": self.before.as_json(lang),
                "after": self.after.as_json(lang),
            },
        }


def proof_of(engine: CoverageEngine, edits: Sequence[Edit], day: date, measure: str = "party") -> Proof:
    """Return what edits would do on a day, computed as every figure is; nothing is written."""
    put = [edit.record for edit in edits if isinstance(edit, Put)]
    removed = [edit.record for edit in edits if isinstance(edit, Remove)]
    then = engine.with_dataset(engine.dataset.with_changes(put, removed))
    query = Query(measure=measure, by="street", as_of=day)
    return Proof(
        areas=tuple(_areas(engine, then, day)),
        sides=tuple(_sides(engine, then, day)),
        measure=measure,
        before=engine.coverage(query).total.figures,
        after=then.coverage(query).total.figures,
    )


def _areas(now: CoverageEngine, then: CoverageEngine, day: date) -> list[UnitArea]:
    found = []
    for place, level in enumerate(LEVELS):
        before, after = (_areas_of(engine, place, day) for engine in (now, then))
        for unit in sorted({*before, *after}):
            was, is_ = before.get(unit), after.get(unit)
            if was is None and is_ is None:
                continue
            if was is None or is_ is None or abs(was - is_) > _A_SPECK:
                name = then.name_on(unit, day) or now.name_on(unit, day)
                found.append(UnitArea(level=level, unit=unit, name=name, before=was, after=is_))
    return found


def _areas_of(engine: CoverageEngine, place: int, day: date) -> dict[str, float | None]:
    units = engine.places.units(day).levels[place]
    return {
        code: None if outline is None else float(outline.area)
        for code, outline in zip(units.codes, units.outlines, strict=True)
    }


def _sides(now: CoverageEngine, then: CoverageEngine, day: date) -> list[Side]:
    before, after = (engine.derived_many("compounds", day) for engine in (now, then))
    found = []
    for code in sorted({*before, *after}):
        was, is_ = (
            side.get(code) if _runs(engine.dataset, code, day) else None
            for side, engine in ((before, now), (after, then))
        )
        if was == is_:
            continue
        record = then.dataset.find(code) or now.dataset.find(code)
        number = None if record is None else record.on("households", day)
        for level in LEVELS:
            one, other = getattr(was, level, None), getattr(is_, level, None)
            if one != other:
                found.append(
                    Side(
                        level=level,
                        code=code,
                        name=then.name_on(code, day) or now.name_on(code, day),
                        households=number if isinstance(number, int) else None,
                        before=one,
                        after=other,
                    )
                )
    return found


def _runs(dataset: Dataset, code: str, day: date) -> bool:
    record = dataset.find(code)
    return record is not None and record.is_in_force(day)
