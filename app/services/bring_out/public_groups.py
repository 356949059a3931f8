"""Whom a figure could be about, as a reader of the public edition sees it.

The public edition names each compound's party organisation and property service. A figure is therefore about
those compounds alone whose published answers allow it: three-no compounds are among those without a firm. Where
a figure takes in all or most of such a group, it names them, however it is called.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.conditions import rests_on_three_no
from app.domain.answer import Answer, negated
from app.domain.profile.condition import Term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.measures import Measure
    from app.domain.profile.condition import Condition
    from app.domain.profile.profile import Profile

_ALL: Final = frozenset((Answer.YES, Answer.NO, Answer.UNKNOWN))
_NOT_YES: Final = frozenset((Answer.NO, Answer.UNKNOWN))
_PUBLISHED: Final = ("party", "property")
_ANSWERS: Final = {"covered": Answer.YES, "uncovered": Answer.NO, "unknown": Answer.UNKNOWN}
_THREE_NO: Final = ("three_no", "ever_three_no")

Known = dict[str, frozenset[Answer]]


class Possible(NamedTuple):
    """How many compounds each figure of a unit could be about: covered, not covered, unknown, in the base."""

    covered: int = 0
    uncovered: int = 0
    unknown: int = 0
    base: int = 0


def telling_of_three_no(profile: Profile, measure: Measure) -> tuple[bool, bool]:
    """Return whether a compound that is three-no today could be in ``covered``, and in ``uncovered``.

    Only of measures that rest on three-no: elsewhere such a compound's figure says nothing of it.
    """
    within, covered = measure.spec.within, measure.spec.covered
    if not rests_on_three_no(profile, within, covered):
        return False, False
    known: Known = {name: frozenset((Answer.YES,)) for name in _THREE_NO}
    if "has_firm" in profile.three_no.parts:
        known |= {"property": frozenset((Answer.NO,))}
    found = _possible(profile, covered, known)
    return Answer.YES in found, Answer.NO in found


def possible_in_units(
    engine: CoverageEngine, measure: Measure, day: date, levels: Sequence[str]
) -> Mapping[str, Mapping[str, Possible]]:
    """Return for each level: unit → whom its figures could be about; "" = in no unit of the level."""
    profile = engine.profile
    published = {name: engine.status_of(name, day) for name in _PUBLISHED}
    places = engine.derived_many("compounds", day)
    counted: dict[str, Counter[tuple[str, tuple[Answer | None, ...]]]] = {name: Counter() for name in levels}
    for compound in engine.dataset.in_force("compounds", day):
        if compound.on("kind", day) not in measure.kinds:
            continue
        said = tuple(_ANSWERS.get(published[name].get(compound.code, ("",))[0]) for name in _PUBLISHED)
        place = places.get(compound.code)
        for name in levels:
            unit = None if place is None else getattr(place, name)
            counted[name][(unit or "", said)] += 1
    groups = {said: _group(profile, measure, said) for many in counted.values() for _, said in many}
    found: dict[str, dict[str, Possible]] = {name: {} for name in levels}
    for name, many in counted.items():
        for (unit, said), count in many.items():
            before = found[name].get(unit, Possible())
            found[name][unit] = Possible(
                *(had + count * may for had, may in zip(before, groups[said], strict=True))
            )
    return found


def _group(profile: Profile, measure: Measure, said: tuple[Answer | None, ...]) -> tuple[bool, ...]:
    """Return which figures a compound with these published answers could be in."""
    known: Known = {
        name: _ALL if answer is None else frozenset((answer,))
        for name, answer in zip(_PUBLISHED, said, strict=True)
    }
    is_base = Answer.YES in _possible(profile, measure.spec.within, known)
    answers = _possible(profile, measure.spec.covered, known)
    return (*(is_base and answer in answers for answer in _ANSWERS.values()), is_base)


def _possible(profile: Profile, condition: Condition | None, known: Known) -> frozenset[Answer]:
    """Return the answers that a condition can have, given the answers that terms are known to have."""
    if condition is None:
        return _ALL
    if isinstance(condition, Term):
        found = _term(profile, condition, known)
    else:
        parts = [_possible(profile, part, known) for part in condition.parts]
        found = frozenset(_joined(condition.how, answers) for answers in product(*parts))
    return frozenset(negated(answer) for answer in found) if condition.negated else found


def _joined(how: str, answers: tuple[Answer, ...]) -> Answer:
    decides = Answer.NO if how == "all" else Answer.YES
    if decides in answers:
        return decides
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else negated(decides)


def _term(profile: Profile, term: Term, known: Known) -> frozenset[Answer]:
    if term.name in known and not term.operator:
        return known[term.name]
    property_ = known.get("property", _ALL)
    party = known.get("party", _ALL)
    match term.name:
        case "has_firm":
            return property_ | {Answer.YES} if Answer.UNKNOWN in property_ else property_
        case "three_no" if "has_firm" in profile.three_no.parts:
            has_firm = _term(profile, Term("has_firm"), known)
            return frozenset(_joined("all", (negated(firm), rest)) for firm, rest in product(has_firm, _ALL))
        case "engagement" if set(term.values) <= set(profile.property_stages):
            return property_  # other stages are rare: a reader would take one for the other
        case "firm_party":
            return _ALL if Answer.YES in property_ else property_
        case "organisation":
            return _ALL if Answer.YES in party else _NOT_YES
        case "checklist":
            items = profile.checklists[term.argument].items
            return frozenset(
                _joined("all", answers)
                for answers in product(*(_possible(profile, item.when, known) for item in items))
            )
    return _ALL
