"""Whether the parts of a profile fit each other: every condition names what is declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.profile.condition import terms_of
from app.domain.profile.declared import COMPUTED, NUMBER_TYPES, SUBJECTS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.domain.profile.condition import Term
    from app.domain.profile.profile import Profile

_ID: Final = re.compile(r"[^\s=:()<>!@|]+")  # what commands and conditions can name
# the subjects that a plain word can be asked of
_ASKED_OF: Final = {
    "property": ("compounds",),
    "has_firm": ("compounds",),
    "three_no": ("compounds",),
    "ever_three_no": ("compounds",),
    "firm_party": ("compounds",),
    "engagement": ("compounds",),
    "firm": ("compounds",),
    "party": ("compounds", "firms", *UNIT_KINDS),
    "organisation": ("compounds", "firms", *UNIT_KINDS),
    "secretary": ("compounds", "firms", *UNIT_KINDS),
    "station": ("compounds", *UNIT_KINDS),
}


class Wrong(Protocol):
    """Takes a problem: the declaration, its key, and what is wrong."""

    def __call__(self, spec: object, key: str, message: Text, /) -> None:
        """Note it."""


def check_declarations(profile: Profile, wrong: Wrong) -> None:
    """Tell ``wrong`` of everything that names what isn't there."""
    made = {*profile.checklists, *profile.schemes}  # their measures follow from them
    named: list[tuple[object, str]] = [(m, m.id) for m in profile.measures.values() if m.id not in made]
    named += [(checklist, checklist.id) for checklist in profile.checklists.values()]
    named += [(versions[-1], versions[-1].id) for versions in profile.schemes.values()]
    named += [(relation, relation.id) for relation in profile.relations.values()]
    for declared, name in named:
        if name and not _ID.fullmatch(name):
            refusal = Text(
                f"{name!r} 不能作代码：不用空白和 = : ( ) < > ! @ |",
                f"{name!r} can't be an id: no blanks, none of = : ( ) < > ! @ |",
            )
            wrong(declared, "id", refusal)
    for measure in profile.measures.values():
        if measure.id in made:
            continue
        subject = SUBJECTS[measure.subject]
        for key, condition in (("within", measure.within), ("covered", measure.covered)):
            for term in () if condition is None else terms_of(condition):
                if (message := problem_of(profile, term, subject)) is not None:
                    wrong(measure, key, message)
        _check_numbers(profile, measure.ratio or (), NUMBER_TYPES, subject, measure, "ratio", wrong)
        if measure.fraction and not measure.fraction.startswith("scheme:"):
            _check_numbers(profile, (measure.fraction,), ("rate",), subject, measure, "fraction", wrong)
        ways = [measure.covered is not None, measure.ratio is not None, bool(measure.fraction)]
        if sum(ways) != 1 and not (measure.id in COMPUTED and not any(ways)):
            wrong(
                measure,
                "covered",
                Text(
                    "covered、ratio、fraction 要写一个，只写一个", "give one of covered, ratio and fraction"
                ),
            )
    for checklist in profile.checklists.values():
        for item in checklist.items:
            for term in terms_of(item.when):
                message = problem_of(profile, term, checklist.of)
                if term.name == "checklist":
                    message = Text("清单里不能再套清单", "a checklist can't hold a checklist")
                if message is not None:
                    wrong(checklist, "items", message)
    for versions in profile.schemes.values():
        for scheme in versions:
            rewards = [key for key in (scheme.reward_fact, scheme.firm_reward_fact) if key]
            _check_numbers(profile, rewards, ("money",), scheme.of[0], scheme, "reward_fact", wrong)
            names = {group.id for group in scheme.groups}
            for scored in scheme.items:
                if scored.group and scored.group not in names:
                    wrong(scheme, "items", Text(f"没有方面 {scored.group!r}", f"no group {scored.group!r}"))
    for relation in profile.relations.values():
        spec = profile.facts.get(relation.complete)
        if relation.complete and (spec is None or spec.type != "answer"):
            wrong(relation, "complete", Text("要是一个“有无”事实", "must be a fact of type answer"))


def _check_numbers(
    profile: Profile,
    keys: Collection[str],
    types: Collection[str],
    subject: str,
    spec: object,
    where: str,
    wrong: Wrong,
) -> None:
    for key in keys:
        fact = profile.facts.get(key)
        if fact is None or fact.type not in types or subject not in fact.of:
            said = "、".join(types)
            wrong(
                spec,
                where,
                Text(
                    f"{key!r} 要是 {subject} 的事实，类型 {said}",
                    f"{key!r} must be a fact of {subject}, type {said}",
                ),
            )


def problem_of(profile: Profile, term: Term, subject: str) -> Text | None:
    """Return why a term can't be asked of records of a plural kind, None if it can."""
    asked_of = _ASKED_OF.get(term.name)
    if asked_of is not None and subject not in asked_of:
        return Text(f"{term.name} 不能问 {subject}", f"{term.name} can't be asked of {subject}")
    match term.name:
        case "fact":
            return _problem_of_fact(profile, term, subject)
        case "organisation":
            return _not_among(term.values, profile.choices["organisation_type"])
        case "engagement":
            return _not_among(term.values, profile.choices["stage"])
        case "station":
            return _not_among(term.values, profile.choices["station_kind"])
        case "link":
            relation = profile.relations.get(term.argument)
            if relation is None or subject not in (*relation.of, *relation.to):
                return Text(
                    f"{subject} 没有关系 {term.argument!r}", f"{subject} have no relation {term.argument!r}"
                )
            return _not_among(term.values, profile.choices[relation.roles]) if relation.roles else None
        case "checklist":
            checklist = profile.checklists.get(term.argument)
            if checklist is None or checklist.of != subject:
                return Text(
                    f"{subject} 没有清单 {term.argument!r}", f"{subject} have no checklist {term.argument!r}"
                )
        case "scheme":
            scheme = profile.scheme(term.argument)
            if scheme is None or subject not in scheme.of:
                return Text(
                    f"{subject} 没有评价办法 {term.argument!r}", f"{subject} have no scheme {term.argument!r}"
                )
            if term.operator not in ("", ">=", "<"):
                return Text("星级只能写 >= 或 <", "stars take >= or < alone")
        case "field" | "firm":
            return _problem_of_field(profile, term, "firms" if term.name == "firm" else subject)
    return None


def _problem_of_fact(profile: Profile, term: Term, subject: str) -> Text | None:
    spec = profile.facts.get(term.argument)
    if spec is None or subject not in spec.of:
        return Text(f"{subject} 没有事实 {term.argument!r}", f"{subject} have no fact {term.argument!r}")
    is_number = spec.type in NUMBER_TYPES
    if (term.operator in (">=", "<")) != is_number or (not term.operator and spec.type != "answer"):
        return Text(
            f"事实 {spec.key}（{spec.type}）要写{' >= 或 <' if is_number else ' = 或 !='}",
            f"the fact {spec.key} ({spec.type}) takes {'>= or <' if is_number else '= or !='}",
        )
    return None if is_number else _not_among(term.values, profile.fact_choices(spec) or term.values)


def _problem_of_field(profile: Profile, term: Term, kind: str) -> Text | None:
    field = KINDS[kind].by_name.get(term.argument)
    if field is None or term.operator not in ("=", "!="):
        return Text(
            f"{kind} 没有字段 {term.argument!r}，或没写 = 的值",
            f"{kind} have no field {term.argument!r}, or = is missing",
        )
    return _not_among(term.values, profile.choices[field.choices]) if field.type is FieldType.CHOICE else None


def _not_among(values: Collection[str], known: Collection[str]) -> Text | None:
    wrong = [value for value in values if value not in known]
    if not wrong:
        return None
    listed = ", ".join(known)
    return Text(f"没有 {wrong[0]!r}；可用：{listed}", f"no {wrong[0]!r}; there are: {listed}")
