"""Which records belong to one street: what lies in it, what refers to that, and what serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, OFFERED_KINDS, FieldType
from app.services.registry.lookup import record_of

if TYPE_CHECKING:
    from datetime import date

    from app.domain.record import Record
    from app.services.registry.registry import Registry

# rows between a place and who works there: the end that lies in the street, and the others
_ENDS: Final = {
    kind.name: (kind.about[0], tuple(end for end in kind.leaves_with if end not in kind.about))
    for kind in OFFERED_KINDS.values()
    if len(kind.leaves_with) > 1 and kind.about
}
_WORKERS: Final = tuple(kind.name for kind in OFFERED_KINDS.values() if kind.has_name and not kind.is_layer)
_REST: Final = tuple(
    kind.name for kind in OFFERED_KINDS.values() if not kind.is_layer and kind.name not in (*_ENDS, *_WORKERS)
)


def street_named(registry: Registry, code: str) -> Record:
    """Return the street with a code; raise InvalidInput for any other code."""
    return record_of(registry.dataset, code, "streets", "street")


def codes_in_street(registry: Registry, street: str, day: date) -> frozenset[str]:
    """Return the codes of every record that belongs to a street on a day.

    Layers by where they lie; relations by their place; firms, organisations, departments, alliances and zones by
    what they record and what they serve; all else by its subject. A district belongs to each of its streets.
    """
    engine, found = registry.engine, {street}
    dataset = engine.dataset  # of one moment, while others write
    for kind in KINDS.values():
        if kind.is_layer and kind.name not in ("districts", "streets"):
            places = engine.derived_many(kind.name, day)
            found |= {code for code, place in places.items() if place.street == street}
    placed = engine.derived(street, day)
    if placed.district is not None:
        found.add(placed.district)
    for kind_name, (place, workers) in _ENDS.items():
        for record in dataset.of(kind_name).values():
            if record.text(place) in found:
                found.add(record.code)
                found |= {record.text(worker) for worker in workers}
    for kind_name in _WORKERS:
        found |= {r.code for r in dataset.of(kind_name).values() if _refers(r, found)}
    for kind_name in _REST:
        found |= {r.code for r in dataset.of(kind_name).values() if _refers(r, found)}
    return frozenset(found)


def _refers(record: Record, codes: set[str]) -> bool:
    """Whether a record names one of some codes as its place or subject; a district or a parent says too little."""
    return any(
        field.type is FieldType.REFERENCE
        and field.name not in ("district", "parent", "answers")
        and record.text(field.name) in codes
        for field in KINDS[record.kind].fields
    )
