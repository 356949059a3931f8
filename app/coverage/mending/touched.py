"""Of whom a change may make otherwise what is said: the subjects, and the topics that many answers stand on.

Closed by default: after a change of a kind of record that is not named here everything is found anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.coverage.common import DECLARED, EVERYTHING, MOVED, REDIVIDED
from app.coverage.relations import are_other_units, ever
from app.domain.kinds import UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.coverage.places.places import Places
    from app.coverage.relations import Relations
    from app.domain.dataset import Dataset
    from app.domain.dataset_steps import Pair
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_ENDS: Final[Mapping[str, tuple[str, ...]]] = {  # kind of record → whose it is or was, beside itself
    "facts": ("subject",),
    "assessments": ("subject",),
    "households": ("subject",),
    "attachments": ("to",),
    "engagements": ("compound", "firm"),
    "links": ("subject", "to"),
    "organisations": (),
    "firms": (),
    "compounds": (),
    "buildings": (),
    "stations": (),
    "cases": (),
    "entries": (),
    "tasks": (),
    "departments": (),
    "alliances": (),
    "zones": (),
    "waivers": (),
    "lineage": (),
    "snapshots": (),
    **dict.fromkeys(UNIT_KINDS, ()),
}
_COMPLETE: Final = ("party_complete", "property_complete")


@dataclass(frozen=True, slots=True)
class Touched:
    """``codes``: the subjects of whom anything may be said otherwise, and perhaps some more; ``records``: whose own record changed.

    ``declared``: the units of which a register is declared complete, or no longer is; ``places``: where everything lay before.
    ``rests_on_place``: some unit's register is or was declared complete, so that an answer may follow from where
    a subject lies.
    """

    codes: frozenset[str]
    records: frozenset[str]
    topics: frozenset[str]
    declared: frozenset[str]
    places: Places
    rests_on_place: bool


def complete_keys(profile: Profile) -> frozenset[str]:
    """Return the keys of facts by which a unit's register is declared complete."""
    return frozenset({*_COMPLETE, *(spec.complete for spec in profile.relations.values() if spec.complete)})


def topics_of(
    pairs: Sequence[Pair], profile: Profile, old: Dataset, new: Dataset, *, has_moved: bool
) -> frozenset[str]:
    """Return the topics of a change: the kinds of records, and what ``app.coverage.common`` names."""
    topics = {record.kind for record in _records(pairs)}
    if not topics <= _ENDS.keys():
        topics.add(EVERYTHING)
    if has_moved:
        topics.add(MOVED)
        if not topics.isdisjoint(UNIT_KINDS):
            topics.add(REDIVIDED)
    units = [dataset.of(kind) for dataset in (old, new) for kind in UNIT_KINDS]
    is_declared = any(code in rows for code in _declared(pairs, profile) for rows in units)
    if is_declared or any(are_other_units(*pair) for pair in pairs):
        topics.add(DECLARED)
    return frozenset(topics)


def _declared(pairs: Sequence[Pair], profile: Profile) -> frozenset[str]:
    keys = complete_keys(profile)
    facts = (record for record in _records(pairs) if record.kind == "facts")
    return frozenset(str(fact.values[0]) for fact in facts if str(fact.values[1]) in keys)


def touched_by(
    pairs: Sequence[Pair],
    topics: frozenset[str],
    profile: Profile,
    places: Places,
    before: tuple[Dataset, Relations],
    after: tuple[Dataset, Relations],
) -> Touched:
    """Return whom a change touches."""
    codes: set[str] = set()
    for record in _records(pairs):
        codes.add(record.code)
        for field in _ENDS.get(record.kind, ()):
            codes |= ever(record, field)
    for dataset, relations in (before, after):
        for record in _records(pairs):
            codes |= _through(record, relations)
        for code in codes & dataset.of("firms").keys():
            codes |= relations.served_ever(code)
    return Touched(
        codes=frozenset(codes),
        records=frozenset(record.code for record in _records(pairs)),
        topics=topics,
        declared=_declared(pairs, profile),
        places=places,
        rests_on_place=any(
            relations.units_with(key) for _, relations in (before, after) for key in complete_keys(profile)
        ),
    )


def _through(record: Record, relations: Relations) -> set[str]:
    """Return those with whom a record is or was related, so that their answers may hang on it."""
    found = relations.linked_ever(record.code)
    if record.kind == "organisations":
        found |= relations.attached_ever(record.code)
    return found


def _records(pairs: Iterable[Pair]) -> Iterable[Record]:
    return (record for pair in pairs for record in pair if record is not None)
