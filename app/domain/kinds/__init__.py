"""The kinds of record a registry holds: each stands among its like, in the tuple of its module, and is said there once.

Tables, commands, imports, templates, exports, the map, the inspector and the journal are all made from ``KINDS``. What a
city adds is never a field here but a fact of its profile. A new kind is a line in a tuple and a step of the file's schema.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.domain.kind import LADDER, Field, FieldType, Headings, Kind, Shape, Where
from app.domain.kinds.bodies import BODIES
from app.domain.kinds.cases import CASES
from app.domain.kinds.places import PLACES
from app.domain.kinds.said import SAID
from app.domain.kinds.tasks import TASKS
from app.domain.kinds.units import UNITS
from app.domain.kinds.work import WORK

__all__ = [
    "COMMON_FIELDS",
    "COUNTED_KINDS",
    "KINDS",
    "LADDER",
    "LEVELS",
    "OFFERED_KINDS",
    "UNIT_KINDS",
    "Field",
    "FieldType",
    "Headings",
    "Kind",
    "Shape",
    "Where",
    "kinds_in",
    "tables_in",
]


def _joined() -> tuple[Kind, ...]:
    """Return all kinds, each reference to "those that may have it" with the kinds that say so."""
    declared = (*UNITS, *PLACES, *BODIES, *WORK, *CASES, *TASKS, *SAID)
    climbing = sorted(
        declared, key=lambda kind: LADDER.index(kind.table) if kind.table in LADDER else len(LADDER)
    )

    def filled(field: Field) -> Field:
        if not field.to_those_with:
            return field
        return replace(
            field, to=tuple(kind.name for kind in climbing if field.to_those_with in kind.may_have)
        )

    return tuple(replace(kind, fields=tuple(map(filled, kind.fields))) for kind in declared)


KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _joined()}
OFFERED_KINDS: Final[dict[str, Kind]] = {name: kind for name, kind in KINDS.items() if not kind.is_internal}
UNIT_KINDS: Final = tuple(kind.name for kind in UNITS)  # from the top down
LEVELS: Final = tuple(kind.table for kind in UNITS)  # as coverage names them
COMMON_FIELDS: Final = ("code", "valid_from", "valid_until", "source")  # every kind has them

COUNTED_KINDS: Final = ("commercial", "old", "resettlement", "unknown")  # reference 4.1


def kinds_in(where: Where) -> tuple[Kind, ...]:
    """Return the kinds that are shown, counted or written somewhere: all whose shape allows it and that no word keeps out."""
    return tuple(kind for kind in KINDS.values() if kind.is_in(where))


def tables_in(where: Where) -> tuple[str, ...]:
    """Return the same kinds by their names in files."""
    return tuple(kind.table for kind in kinds_in(where))
