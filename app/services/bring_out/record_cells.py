"""What one record puts into each column of an export, as of a day."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.coverage.results import DERIVED
from app.domain.audience import Audience
from app.domain.kinds import KINDS
from app.domain.personal import without_numbers
from app.domain.rating import assessments_of, rate
from app.domain.values import fact_value
from app.exchange.formats.audience import FIGURES, holds_free_text
from app.services.mediation.cases import CLOSED, state_on
from app.services.zones.view import zones_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Derived
    from app.domain.leaving.content import Column
    from app.domain.leaving.figures import FigureRow
    from app.domain.record import Record
    from app.persistence.journal_values import Change
    from app.services.registry.registry import Registry
    from app.services.zones.view import ZoneShown

_ANSWERS: Final = {"covered": "yes", "uncovered": "no", "unknown": "unknown"}
_FIGURES: Final = tuple(column.name for column in FIGURES)


class Cells:
    """Answers for single cells; asks the engine once for each thing. ``measure`` None: no status leaves."""

    def __init__(
        self,
        registry: Registry,
        engine: CoverageEngine,
        day: date,
        *,
        measure: str | None,
        audience: Audience,
        kind: str | None = None,
    ) -> None:
        self.day = day
        self.audience = audience
        self.has_status = measure is not None
        self._registry, self._engine = registry, engine
        self._dataset, self._profile = engine.dataset, engine.profile
        self._status: dict[str, Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
            "party": engine.status_of("party", day),
            "property": engine.status_of("property", day),
        }
        if measure is not None:
            self._status["status"] = engine.status_of(measure, day, kind)
        self._answers = engine.book.on(day)
        self._derived: dict[str, Mapping[str, Derived]] = {}
        self._changes: dict[str, Change] | None = None

    def derived(self, kind: str, code: str) -> Derived | None:
        """Return where a record lies; None for one that lies nowhere."""
        if kind not in self._derived:
            self._derived[kind] = self._engine.derived_many(kind, self.day)
        return self._derived[kind].get(code)

    def row(self, record: Record, columns: Sequence[Column], figures: FigureRow | None) -> tuple[object, ...]:
        """Return one record's cells; a personal number that a file holds already is masked for all readers."""
        engaged: dict[str, object] = {}
        if record.kind == "zones":
            engaged = self._zone_cells(record.code)
        if record.kind == "compounds" and any(column.name == "firm" for column in columns):
            engaged = self._engaged(record.code)
        layer = KINDS[record.kind].table
        cells = ((column.name, self._cell(record, column.name, figures, engaged)) for column in columns)
        return tuple(
            without_numbers(cell) if isinstance(cell, str) and holds_free_text(layer, name) else cell
            for name, cell in cells
        )

    def _cell(
        self, record: Record, name: str, figures: FigureRow | None, engaged: Mapping[str, object]
    ) -> object:
        if name == "code":
            return record.code
        if name in engaged:
            return engaged[name]
        if name in _FIGURES:
            return _figure(name, figures)
        if name in self._status:
            where = self._status[name].get(record.code, ("left_out",))[0]
            return where if name == "status" else _ANSWERS.get(where)
        if name in DERIVED and not (name in KINDS[record.kind].index and not KINDS[record.kind].is_layer):
            derived = self.derived(record.kind, record.code)
            return None if derived is None else getattr(derived, name)
        if name.startswith("fact_"):
            fact = self._dataset.fact_on(record.code, name.removeprefix("fact_"), self.day)
            spec = self._profile.facts.get(name.removeprefix("fact_"))
            return None if fact is None else fact_value(spec, fact.text("value"))
        if name.startswith("changed_"):
            return self._changed(record.code, name)
        if name == "open_cases":
            return self._open_cases(record.code)
        if name in ("valid_from", "valid_until", "source"):
            return _plain(record.said(name))
        head, _, scheme = name.partition("_")
        if head in ("low", "high", "stars", "assessed") and scheme in self._profile.schemes:
            return self._rated(record.code, head, scheme)
        if name.endswith("_name") and name.removesuffix("_name") in KINDS[record.kind].index:
            other = self._dataset.find(str(record.on(name.removesuffix("_name"), self.day) or ""))
            has_name = other is not None and "name" in KINDS[other.kind].index
            return str(other.on("name", self.day) or "") if other is not None and has_name else None
        if name not in KINDS[record.kind].index:
            return None
        return _plain(record.on(name, self.day))

    def outline(self, record: Record) -> BaseGeometry | None:
        """Return the outline that leaves with a record: its own, of a zone the union of its members'."""
        if record.kind == "zones":
            shown = self._zones.get(record.code)
            return None if shown is None else shown.outline
        return record.geometry_on(self.day)

    @cached_property
    def _zones(self) -> dict[str, ZoneShown]:
        return {zone.code: zone for zone in zones_on(self._engine, self.day)}

    def _zone_cells(self, code: str) -> dict[str, object]:
        shown = self._zones.get(code)
        if shown is None:
            return {}
        return {
            "street": shown.street,
            "compounds": len(shown.members),
            "area_m2": shown.area_m2,
            "households_now": shown.households,
            "residents_now": shown.residents,
            "without_households": len(shown.without_households),
            "compactness": shown.compactness,
            "pieces": shown.pieces,
            "members": " ".join(shown.members),
        }

    def _rated(self, code: str, what: str, scheme_id: str) -> object:
        """Return what a subject's latest assessment by a scheme adds up to, under the version it was made by."""
        found = assessments_of(self._dataset, code, scheme_id, self.day)
        scheme = None if found is None else self._profile.scheme(scheme_id, found.version)
        if found is None or scheme is None:
            return None
        rating = rate(scheme, found.scores)
        return {
            "low": rating.low,
            "high": rating.high,
            "stars": rating.stars,
            "assessed": found.on.isoformat(),
        }[what]

    def _engaged(self, code: str) -> dict[str, object]:
        """Return the firms that serve a compound on the day, and on what terms."""
        answers, firms = self._answers, self._dataset.of("firms")
        rows = [  # by code
            (span.record, firms[answers.relations.partner(span, self.day)])
            for span in answers.relations.engagements_with(code)
            if answers.is_running(span)
        ]
        first = rows[0] if rows else None
        joined: Callable[[list[str]], str | None] = lambda texts: "、".join(t for t in texts if t) or None  # noqa: E731
        return {
            "firm": joined([str(firm.on("name", self.day) or "") for _, firm in rows]),
            "stage": None if first is None else first[0].on("stage", self.day),
            "fee_yuan_m2_month": None if first is None else first[0].on("fee_yuan_m2_month", self.day),
            "firm_grade": joined([str(firm.on("grade", self.day) or "") for _, firm in rows]),
            "firm_list": None if first is None else first[1].on("list", self.day),
        }

    def _open_cases(self, code: str) -> int:
        rows = self._dataset.children("cases", "compound", code)
        return sum(state_on(row, self.day) not in ("", CLOSED) for row in rows)

    def _changed(self, code: str, name: str) -> str | None:
        if self._changes is None:
            self._changes = {}
            for change in self._registry.history():
                for touched in change.codes:
                    self._changes.setdefault(touched, change)  # newest first
        latest = self._changes.get(code)
        if latest is None:
            return None
        return {
            "changed_on": latest.at[:10],
            "changed_by": latest.by,
            "changed_verb": latest.verb,
            "changed_why": latest.why,
        }[name]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _figure(name: str, figures: FigureRow | None) -> object:
    if figures is None:
        return None
    if name == "hidden":
        return "yes" if figures.is_hidden else None
    value = figures.cells()[_FIGURES.index(name)]
    if value is None or name in ("rate", "low", "high"):
        return value
    return (
        int(value) if float(value).is_integer() else float(value)
    )  # a count that is whole is a whole number
