"""Conditions as people read them: what a measure or an item asks for, made from the declaration itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.profile.condition import Term
from app.domain.profile.declared import SUBJECTS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.profile.condition import Condition
    from app.domain.profile.declared import MeasureSpec
    from app.domain.profile.profile import Profile

_PLAIN: Final = {
    "party": Text("有在期党组织", "a party organisation in force"),
    "property": Text("有在期物业服务", "property service in force"),
    "has_firm": Text("有物业企业（登记或调查）", "a property firm, by record or survey"),
    "three_no": Text("是三无", "three-no"),
    "ever_three_no": Text("曾经三无", "ever three-no"),
    "firm_party": Text("服务的物业企业有党组织", "the serving firm has a party organisation"),
    "organisation": Text("有在期党组织", "a party organisation in force"),
    "secretary": Text("在期党组织已配书记", "a party organisation in force with its secretary in post"),
    "engagement": Text("有在期物业服务", "property service in force"),
    "station": Text("有服务站点", "a service station"),
}
_ONE_OF: Final = {
    "organisation": (Text("有在期的{}", "a {} in force"), "organisation_type"),
    "engagement": (Text("在期服务是{}", "served by {}"), "stage"),
    "station": (Text("有{}", "a {}"), "station_kind"),
}


def measure_definition(profile: Profile, spec: MeasureSpec) -> Text:
    """Return what a declared measure counts: its own definition, else its condition in words."""
    if any(spec.definition) and spec.definition != spec.words:
        return spec.definition
    if spec.ratio is not None:
        part, whole = (profile.facts[key].words for key in spec.ratio)
        return Text(f"{part.zh}占{whole.zh}", f"{part.en}, of {whole.en}")
    if spec.fraction in profile.facts:
        return profile.facts[spec.fraction].words
    if spec.covered is None:
        return spec.definition
    return condition_words(profile, spec.covered, SUBJECTS[spec.subject])


def condition_words(profile: Profile, condition: Condition, kind: str) -> Text:
    """Return a condition in words, of records of a plural kind."""
    if isinstance(condition, Term):
        said = _term(profile, condition, kind)
    else:
        parts = [condition_words(profile, part, kind) for part in condition.parts]
        is_all = condition.how == "all"
        said = Text(
            ("，且" if is_all else "，或").join(part.zh for part in parts),
            (" and " if is_all else " or ").join(part.en for part in parts),
        )
        if condition.negated:
            said = Text(f"（{said.zh}）", f"({said.en})")
    return Text(f"并非{said.zh}", f"not {said.en}") if condition.negated else said


def _term(profile: Profile, term: Term, kind: str) -> Text:
    match term.name:
        case "organisation" | "engagement" | "station" if term.values:
            pattern, choices = _ONE_OF[term.name]
            listed = _listed(profile.choices[choices], term.values)
            said = Text(pattern.zh.format(listed.zh), pattern.en.format(listed.en))
            other = Text(
                pattern.zh.format(f"{listed.zh}以外的"), pattern.en.format(f"kind other than {listed.en}")
            )
            return other if term.operator == "!=" else said
        case "link":
            return _link(profile, term)
        case "scheme":
            scheme = profile.scheme(term.argument)
            words = Text(term.argument, term.argument) if scheme is None else scheme.words
            if not term.operator:
                return Text(f"做过“{words.zh}”评价", f"assessed by '{words.en}'")
            stars, below = f"{term.number:g}", term.operator == "<"
            return Text(
                f"“{words.zh}”{'不到' if below else '达到'} {stars} 星",
                f"{'below' if below else 'at least'} {stars} stars in '{words.en}'",
            )
        case "checklist":
            words = profile.checklists[term.argument].words
            return Text(f"“{words.zh}”齐全", f"all of '{words.en}'")
        case "field":
            return _field(profile, term, kind)
        case "firm":
            named = _field(profile, term, "firms")
            return Text(f"服务企业的{named.zh}", f"the serving firm's {named.en}")
        case "fact":
            return _fact(profile, term)
    return _PLAIN[term.name]


def _link(profile: Profile, term: Term) -> Text:
    relation = profile.relations.get(term.argument)
    words = Text(term.argument, term.argument) if relation is None else relation.words
    if not term.values:
        return Text(f"有在期的“{words.zh}”", f"'{words.en}' in force")
    choices = {} if relation is None else profile.choices.get(relation.roles, {})
    listed = _listed(choices, term.values)
    return Text(f"“{words.zh}”有{listed.zh}", f"'{words.en}' with {listed.en}")


def _fact(profile: Profile, term: Term) -> Text:
    spec = profile.facts.get(term.argument)
    if spec is None:
        return Text(term.argument, term.argument)
    if not term.operator:
        return Text(f"有{spec.words.zh}", spec.words.en)
    if term.operator in (">=", "<"):
        unit = f" {spec.unit}" if spec.unit else ""
        return Text(
            f"{spec.words.zh}{'少于' if term.operator == '<' else '至少'} {term.number:g}{unit}",
            f"{spec.words.en} {'below' if term.operator == '<' else 'at least'} {term.number:g}{unit}",
        )
    return _is(spec.words, _listed(profile.fact_choices(spec), term.values), term.operator)


def _field(profile: Profile, term: Term, kind: str) -> Text:
    field = KINDS[kind].by_name.get(term.argument)
    if field is None:
        return Text(term.argument, term.argument)
    return _is(field.words, _listed(profile.choices.get(field.choices, {}), term.values), term.operator)


def _is(words: Text, listed: Text, operator: str) -> Text:
    no = operator == "!="
    return Text(
        f"{words.zh}{'不是' if no else '是'}{listed.zh}", f"{words.en} {'is not' if no else 'is'} {listed.en}"
    )


def _listed(choices: Mapping[str, Text], values: Iterable[str]) -> Text:
    words = [choices.get(value, Text(value, value)) for value in values]
    return Text("或".join(word.zh for word in words), " or ".join(word.en for word in words))
