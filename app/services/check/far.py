"""Rules of `check` about where the registry lies: records far from it or from their parent, a zone that doesn't fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.place.ground import LAYERS, ground_of, misplaced
from app.services.check.finding import Finding, name_of
from app.services.registry.working_zone import fitting_zone, is_settled
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.record import Record
    from app.services.check.asked import Asked

_MOVE: Final = Text("把它移到该在的地方", "Move it to where it belongs")
_MOVE_OR_JOIN: Final = Text(
    "把它移到该在的地方；位置没有错就改它所属的单位",
    "Move it to where it belongs, or, where the place is right, correct the unit it belongs to",
)


def far_away(asked: Asked) -> Iterator[Finding]:
    """Find what lies where nobody can have meant it: far from its parent or the registry, or outside China."""
    ground = ground_of(asked.dataset)
    for kind in LAYERS:
        for record in asked.dataset.in_force(kind, asked.day):
            there = record._replace(geometry=record.geometry_on(asked.day))
            off = misplaced(there, asked.dataset, ground)
            if off is None:
                continue
            from app.exchange.place_doubts import warning_of  # projections only where something is doubted

            said = warning_of(there, off, ground).said
            mend = _MOVE if off.parent is None else _MOVE_OR_JOIN
            km = {} if off.km is None else {"km": off.km}
            yield Finding(
                rule="far_away",
                severity="warning",
                codes=(record.code, *(() if off.parent is None else (off.parent.code,))),
                message=Text(
                    f"{name_of(record)}：{said.zh}{mend.zh}。",
                    f"{name_of(record, 'en')}: {said.en} {mend.en}.",
                ),
                measure={"lon": off.lon, "lat": off.lat, **km},
            )


def zone_differs(asked: Asked) -> Iterator[Finding]:
    """Find a registry whose areas are taken in another zone than the one that fits where it lies."""
    fitting = fitting_zone(asked.dataset)
    if asked.zone == fitting or not is_settled(asked.dataset):
        return
    kept = asked.zone.meridian
    yield Finding(
        rule="zone_differs",
        severity="notice",
        codes=tuple(record.code for record in _told(asked)),
        message=Text(
            f"面积和距离按中央经线 {kept}° 的坐标带计算，按边界所在的地方 {fitting.meridian}° 的带更合。"
            "先看有没有画错地方的边界；没有再换坐标带：所有面积和距离会一起变，换之前能看到前后的数。",
            f"Areas and distances are taken in the zone of {kept}° E; where the outlines lie, that of {fitting.meridian}° E fits. "
            "Look first for an outline in the wrong place; with none, change the zone: all areas and distances change with it, shown before and after.",
        ),
        measure={"kept": kept, "fitting": fitting.meridian},
    )


def _told(asked: Asked) -> list[Record]:
    """Return the districts with an outline; without one the first record that has one."""
    for kind in LAYERS:
        drawn = [
            r for r in asked.dataset.of(kind).values() if r.geometry is not None and not r.geometry.is_empty
        ]
        if drawn:
            ordered = sorted(drawn, key=lambda record: record.code)
            return ordered if kind == "districts" else ordered[:1]
    return []
