"""Which figures a public edition may hold: by declaration, closed by default (reference 7, decision 12).

A compound's own answer goes out in the measures that a profile declares ``public = "all"``; those declared
``public = "street"`` go by district and street; what declares nothing stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.measures import parse_measure
from app.domain.audience import Audience
from app.domain.kinds import KINDS, LEVELS
from app.domain.profile.condition import terms_of
from app.domain.profile.declared import SUBJECTS
from app.domain.weights import ONE, WEIGHTS
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.results import Query
    from app.domain.profile.declared import MeasureSpec
    from app.domain.profile.profile import Profile

ABOVE_COMMUNITIES: Final = ("district", "street")
_UNDECLARED: Final = Text(
    '口径没有声明“{}”可以公开，公众版不给。用 --audience street，或在口径里写 public = "street"。',
    "The profile does not declare '{}' public, so it stays. Take --audience street, or write "
    'public = "street" in the profile.',
)
_SMALL: Final = Text(
    "公众版不给社区、网格的“{}”：单位太小，能推出是哪个小区。改按 street 或 district，或用 --audience street。",
    "'{}' by community or grid doesn't go to the public: so small a unit names its compounds. "
    "Take --by street or district, or --audience street.",
)
_WEIGHED: Final = Text(
    "公众版的“{}”只按小区个数给：按面积、户数或金额，各处相加能反推出是哪些小区。",
    "To the public '{}' goes in numbers of compounds alone: areas, households or amounts can be worked back by sums.",
)
_NARROWED: Final = Text(
    "公众版的“{}”只给所有类型、整体计数：按类型拆开或按面积分摊，能推出是哪个小区。不选类型，或用 --audience street。",
    "To the public '{}' goes of all kinds together, counted whole: parts of it would name compounds. "
    "Leave the kind out, or take --audience street.",
)
_OTHER_DAY: Final = Text(
    "公众版的“{}”只给今天一天：两天相减能推出是哪个小区。不写 --as-of，或用 --audience street。",
    "To the public '{}' goes for today alone: two days can be subtracted from each other. "
    "Leave out --as-of, or take --audience street.",
)


def public_levels(profile: Profile, measure: str) -> tuple[str, ...]:
    """Return the levels by which the public may have a measure; () = none."""
    spec = _spec_of(profile, measure)
    if not spec.public:
        return ()
    return LEVELS if _is_open(profile, measure) else ABOVE_COMMUNITIES


def status_may_leave(profile: Profile, measure: str, audience: Audience) -> bool:
    """Whether one compound's status in a measure may leave."""
    return audience is not Audience.PUBLIC or _is_open(profile, measure)


def refuse_for_readers(
    profile: Profile, query: Query, audience: Audience, *, weight: str, today: date
) -> None:
    """Raise InvalidInput for figures that these readers may not have; ``weight``: as the engine settled it."""
    if audience is not Audience.PUBLIC:
        return
    measure, by = query.measure, query.by
    found = parse_measure(profile, measure)
    levels = public_levels(profile, measure)
    if not levels:
        raise InvalidInput(_filled(_UNDECLARED, found.words))
    if by not in levels or (by not in ABOVE_COMMUNITIES and WEIGHTS[weight].is_sensitive):
        raise InvalidInput(_filled(_SMALL, found.words))
    is_open = _is_open(profile, measure)
    is_narrowed = query.kind is not None or query.count != "whole"
    if is_narrowed and (not is_open or WEIGHTS[weight].is_sensitive):
        raise InvalidInput(_filled(_NARROWED, found.words))
    if is_open:
        return
    has_numbers = ONE in found.spec.weights
    is_safety = tells_of_safety(profile, measure)
    if weight != ONE and (has_numbers or is_safety):
        raise InvalidInput(_filled(_WEIGHED, found.words))
    if is_safety and query.as_of != today:
        raise InvalidInput(_filled(_OTHER_DAY, found.words))


def _filled(text: Text, words: Text) -> Text:
    return Text(text.zh.format(words.zh), text.en.format(words.en))


def _spec_of(profile: Profile, measure: str) -> MeasureSpec:
    return parse_measure(profile, measure).spec


def _is_open(profile: Profile, measure: str) -> bool:
    """Whether the public may have a measure of each compound: it and what it rests on so declared, nothing of safety."""
    spec = _spec_of(profile, measure)
    return spec.public == "all" and not tells_of_safety(profile, measure) and _is_said_open(profile, spec)


def _is_said_open(profile: Profile, spec: MeasureSpec) -> bool:
    """Whether each fact and field that a measure asks of one record is said to be the public's: what is not said stays."""
    facts = {*(spec.ratio or ()), *([spec.fraction] if spec.fraction in profile.facts else ())}
    fields = KINDS[SUBJECTS[spec.subject]].by_name
    for condition in (spec.within, spec.covered):
        for term in () if condition is None else terms_of(condition):
            if term.name == "fact":
                facts.add(term.argument)
            elif (term.name == "field" and fields[term.argument].least is not Audience.PUBLIC) or (
                term.name == "checklist" and not _is_said_open(profile, profile.measures[term.argument])
            ):
                return False
    return all(profile.facts[key].public == "all" for key in facts)


def tells_of_safety(profile: Profile, measure: str) -> bool:
    """Whether a measure's figures are drawn from what the public may not have of a compound.

    That is three-no and its parts, guards and defences, the firms' lists and grades, fees and other amounts and
    rates of a compound, and its cases.
    """
    head, _, argument = measure.partition(":")
    if head == "fact":
        return argument.partition(":")[0] in _hidden_facts(profile)
    spec = profile.measures.get(head)
    if spec is None:
        return False
    if spec.subject == "case" or (spec.subject == "compound" and (spec.ratio or spec.fraction)):
        return True
    hidden = _hidden_facts(profile)
    for condition in (spec.within, spec.covered):
        for term in () if condition is None else terms_of(condition):
            if term.name in ("three_no", "ever_three_no", "firm", "scheme"):
                return True
            if term.name == "fact" and (term.argument in hidden or _is_amount(profile, spec, term.argument)):
                return True
            if term.name == "checklist" and tells_of_safety(profile, term.argument):
                return True
    return False


def _is_amount(profile: Profile, spec: MeasureSpec, key: str) -> bool:
    """Whether a fact is an amount or a rate of a compound."""
    fact = profile.facts.get(key)
    return spec.subject == "compound" and fact is not None and fact.type in ("money", "rate")


def _hidden_facts(profile: Profile) -> set[str]:
    guards = {"gate_guard", "defence_people", "defence_hardware", "defence_technical"}
    return {"three_no_listed", *guards, *profile.three_no.fact_keys}
