"""One record, as ``show`` tells it to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.domain.vocabulary import DERIVED, VERBS, word_of
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.registry.registry import Registry

_COMMON: Final = {
    "code": Text("代码", "Code"),
    "valid_from": Text("第一天", "First day"),
    "valid_until": Text("最后一天", "Last day"),
    "source": Text("来源", "Source"),
}
_POINTS: Final = Text("{:g}/{:g} 分", "{:g} of {:g point|points}")
_STARS: Final = Text("{} 星", "{: star|stars}")
_SHOWN: Final = 10  # changes


def show_lines(registry: Registry, found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield the lines that tell the document of ``Shown``: every id in words, codes behind their names."""
    people = PeopleWords(registry.dataset, registry.profile, lang)
    kind = KINDS[found["kind"]]
    yield f"{kind.words.in_(lang)} {people.named(found['code'])}"
    yield from _fields(people, found["kind"], found["record"], lang)
    for name, value in found["derived"].items():
        if value is not None:
            yield f"  = {word_of(DERIVED, name).in_(lang)}: {people.derived(name, value)}"
    for fact in found["facts"]:
        name, said = people.fact(fact["key"], fact["value"])
        yield f"  {name}: {said}  {fact['valid_from']} – {fact['valid_until'] or '…'}"
    for rows, of in (("attachments", "attachments"), ("engagements", "engagements"), ("links", "links")):
        for row in found[rows]:
            yield f"  ↔ {_joined(people, registry, of, row, found['code'], lang)}"
    for rating in found["ratings"]:
        scheme = registry.profile.scheme(rating["scheme"], rating["version"])
        words = rating["scheme"] if scheme is None else scheme.words.in_(lang)
        stars = f" {_STARS.format(rating['stars']).in_(lang)}" if rating["stars"] else ""
        yield f"  ★ {words} {rating['on']}: {_POINTS.format(rating['points'], rating['full']).in_(lang)}{stars}"
    yield from (f"  ! {finding['message']}" for finding in found["findings"])
    for change in found["history"][:_SHOWN]:
        why = change["why"] or ""
        said = word_of(VERBS, why).in_(lang) if change["verb"] in ("undo", "redo") else why
        yield f"  {change['at'][:10]} {change['by']} {word_of(VERBS, change['verb']).in_(lang)} {said}".rstrip()


def _fields(people: PeopleWords, kind: str, record: dict[str, Any], lang: str) -> Iterator[str]:
    fields = KINDS[kind].by_name
    for name, value in record.items():
        if value is None:
            continue
        words = _COMMON[name] if name not in fields else fields[name].words
        yield f"  {words.in_(lang)}: {value if name in _COMMON else people.field(kind, name, value)}"


def _joined(
    people: PeopleWords, registry: Registry, kind: str, row: dict[str, Any], own: str, lang: str
) -> str:
    parts = []
    for name, field in KINDS[kind].by_name.items():
        value = row[name]
        if value is None or value == own:
            continue
        if name == "relation":
            relation = registry.profile.relations.get(str(value))
            parts.append(str(value) if relation is None else relation.words.in_(lang))
        else:
            parts.append(f"{field.words.in_(lang)} {people.value(field, value)}")
    period = f"{row['valid_from'] or '…'} – {row['valid_until'] or '…'}"
    return " · ".join([*parts, period, row["code"]])
