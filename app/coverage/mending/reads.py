"""What a measure reads beside the records of each subject and of those related to it: topics of a change that leave none of its answers sure.

Closed by default: a condition, a subject or a way of computing that is not named here is found anew after every change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from app.coverage.common import DECLARED, EVERYTHING, MOVED, REDIVIDED, is_touched
from app.domain.kinds import LEVELS
from app.domain.profile.condition import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from app.coverage.measures import Measure
    from app.coverage.mending.touched import Touched
    from app.coverage.places.places import Places
    from app.domain.profile.condition import Condition, Term
    from app.domain.profile.profile import Profile

    Topics = frozenset[str]

_NOTHING: Final[Topics] = frozenset()
_ANYTHING: Final[Topics] = frozenset({EVERYTHING})
_COMPOUNDS: Final[Topics] = frozenset({"compounds", "buildings"})

_OF_TERMS: Final[Mapping[str, Topics]] = {  # whatever follows from place is in _BY_PLACE
    "party": _NOTHING,
    "property": _NOTHING,
    "has_firm": _NOTHING,
    "three_no": _NOTHING,
    "ever_three_no": _NOTHING,
    "firm_party": _NOTHING,
    "organisation": _NOTHING,
    "secretary": _NOTHING,
    "engagement": _NOTHING,
    "link": _NOTHING,
    "firm": _NOTHING,
    "fact": _NOTHING,
    "field": _NOTHING,
    "scheme": _NOTHING,
    "checklist": _NOTHING,  # its items are looked at each
    "station": _COMPOUNDS | {"stations", MOVED},
}
_DIVISION: Final[Topics] = frozenset({DECLARED, REDIVIDED})
_BY_PLACE: Final[Mapping[str, Topics]] = {  # where some register is declared complete
    **dict.fromkeys(_OF_TERMS, _DIVISION),
    "firm_party": _DIVISION | _COMPOUNDS | {"engagements", MOVED},
    "fact": _NOTHING,
    "field": _NOTHING,
    "scheme": _NOTHING,
    "checklist": _NOTHING,
    "station": _NOTHING,
}
_FOLLOWED: Final = frozenset(  # of compounds it is known who lies otherwise, see ``by_place``
    {"party", "property", "has_firm", "three_no", "organisation", "secretary", "engagement", "link", "firm"}
)
_OF_SUBJECTS: Final[Mapping[str, Topics]] = {  # who is in the base
    "compound": _NOTHING,
    "firm": _COMPOUNDS | {"engagements", "firms"},
    "building": _COMPOUNDS,
    "station": _NOTHING,
    "case": _NOTHING,
    "entry": _NOTHING,
    **dict.fromkeys(LEVELS, frozenset({REDIVIDED})),
}
_OF_COMPUTED: Final[Mapping[str, Topics]] = {
    "platform": _NOTHING,
    "survey": _NOTHING,
    "survey_buildings": _NOTHING,
    "station": frozenset({"stations"}),
}


def is_narrow(profile: Profile, measure: Measure, touched: Touched) -> bool:
    """Whether a change leaves what a measure says of all but the touched subjects as it was."""
    spec = measure.spec
    topics = touched.topics
    if is_touched(_OF_SUBJECTS.get(spec.subject, _ANYTHING), topics):
        return False
    is_computed = spec.covered is None and spec.ratio is None and not spec.fraction
    if is_computed and is_touched(_OF_COMPUTED.get(spec.id, _ANYTHING), topics):
        return False
    return not any(
        is_touched(_reads_of(spec.subject, term, touched), topics)
        for condition in (spec.within, spec.covered)
        if condition is not None
        for term in _all_terms(profile, condition)
    )


def _reads_of(subject: str, term: Term, touched: Touched) -> Topics:
    reads = _OF_TERMS.get(term.name, _ANYTHING)
    if not touched.rests_on_place or (subject == "compound" and term.name in _FOLLOWED):
        return reads
    return reads | _BY_PLACE.get(term.name, _ANYTHING)


def _all_terms(profile: Profile, condition: Condition) -> Iterator[Term]:
    """Return every term of a condition, with those of the checklists that it asks for."""
    for term in terms_of(condition):
        yield term
        checklist = profile.checklists.get(term.argument) if term.name == "checklist" else None
        for item in () if checklist is None else checklist.items:
            yield from _all_terms(profile, item.when)


def by_place(touched: Touched, measure: Measure, places: Places, day: date) -> frozenset[str] | None:
    """Return the compounds that lie otherwise, or in a unit whose register was declared complete or no longer is.

    None where that is not known; nobody where no answer follows from place.
    """
    if measure.spec.subject != "compound" or not touched.rests_on_place:
        return frozenset()
    placing, subjects = places.placing(day), places.subjects()
    changed = placing.changed_from(touched.places.placing(day)) if MOVED in touched.topics else frozenset()
    if changed is None:
        return None
    rows = subjects.rows_on(day)
    inside: set[str] = set()
    for level, units in enumerate(places.units(day).levels):
        for unit in touched.declared:
            if unit in units.position:
                here = placing.chosen(level).at(rows).array == units.position[unit]
                inside.update(subjects.codes[place] for place in np.flatnonzero(here).tolist())
    return changed | inside
