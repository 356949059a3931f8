"""What people call a declared thing where the registry keeps its id: schemes, their items, relations, facts, posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.exchange.headings import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.profile.profile import Profile
    from app.domain.record import Value
    from app.text import Text

NAMED_FIELDS: Final = frozenset(
    {
        ("facts", "key"),
        ("assessments", "scheme"),
        ("assessments", "item"),
        ("links", "relation"),
        ("links", "role"),
    }
)


def declared_names(
    profile: Profile, kind: str, field: str, values: Mapping[str, Value]
) -> Iterable[tuple[str, Text]]:
    """Return id and words of what a field may name, as far as the row's other ``values`` say it; () for other fields."""
    match kind, field:
        case "facts", "key":
            return [(spec.key, spec.words) for spec in profile.facts.values()]
        case "assessments", "scheme":
            return [(name, versions[-1].words) for name, versions in profile.schemes.items()]
        case "assessments", "item":
            version = values.get("scheme_version")
            scheme = profile.scheme(str(values.get("scheme")), version if isinstance(version, int) else None)
            return [] if scheme is None else [(item.id, item.words) for item in scheme.items]
        case "links", "relation":
            return [(relation.id, relation.words) for relation in profile.relations.values()]
        case "links", "role":
            relation = profile.relations.get(str(values.get("relation")))
            roles = profile.choices.get(relation.roles, {}) if relation is not None else {}
            return list(roles.items())
    return []


def ids_by_name(named: Iterable[tuple[str, Text]]) -> dict[str, str]:
    """Return what each name means, names as ``normalised`` writes them; what means two things means none."""
    named = list(named)
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, words in named:
        for said in {normalised(words.zh), normalised(words.en)}:
            if found.setdefault(said, name) != name:
                twice.add(said)
    found = {said: name for said, name in found.items() if said not in twice}
    return {**found, **{normalised(name): name for name, _ in named}}


def shown_name(named: Iterable[tuple[str, Text]], name: str, lang: str) -> str:
    """Return the words of an id where they are understood again, else the id itself."""
    named = list(named)
    words = next((said for known, said in named if known == name), None)
    if words is None:
        return name
    said = words.in_(lang)
    return (
        said if ids_by_name(named).get(normalised(said)) == name and said.strip() == said and said else name
    )
