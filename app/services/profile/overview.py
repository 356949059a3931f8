"""What a registry's profile declares, as a list to look through: checklists, schemes with their versions, what is open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.text import Text

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile

OPEN_WORDS: Final = (
    "待本市填写",
    "to be filled by the city",
)  # in the words of a frame without official wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One thing that the profile declares. ``open_items``: how many of its ``items`` wait for the city's words."""

    what: str  # checklist, scheme, fact, choice
    id: str
    words: Text
    of: Text
    items: int
    open_items: int
    version: int | None = None
    used: int = 0  # records that rest on it
    is_assumed: bool = False  # thresholds are the program's
    source: str = ""

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {
            "what": self.what,
            "id": self.id,
            "version": self.version,
            "words": {"zh": self.words.zh, "en": self.words.en},
            "items": self.items,
            "open_items": self.open_items,
            "used": self.used,
            "thresholds_assumed": self.is_assumed,
            "source": self.source,
        }


def is_open(words: Text) -> bool:
    """Whether words are a frame's own: the source gives none, the city is to fill them in."""
    return OPEN_WORDS[0] in words.zh or OPEN_WORDS[1] in words.en


def overview(dataset: Dataset, profile: Profile) -> tuple[Declared, ...]:
    """Return checklists, every version of every scheme, then sets of facts and choices with open words."""
    found = [
        Declared(
            what="checklist",
            id=checklist.id,
            words=checklist.words,
            of=KINDS[checklist.of].words,
            items=len(checklist.items),
            open_items=sum(is_open(item.words) for item in checklist.items),
            source=checklist.source,
        )
        for checklist in profile.checklists.values()
    ]
    made = Counter(
        (record.text("scheme"), record.get("scheme_version")) for record in dataset.of("assessments").values()
    )
    found += [
        Declared(
            what="scheme",
            id=scheme.id,
            version=scheme.version,
            words=scheme.words,
            of=_kinds(scheme.of),
            items=len(scheme.items),
            open_items=scheme.open_items,
            used=made[scheme.id, scheme.version],
            is_assumed=scheme.bands_assumed,
            source=scheme.source,
        )
        for versions in profile.schemes.values()
        for scheme in versions
    ]
    found += _open_facts(dataset, profile)
    for name, values in profile.choices.items():
        waiting = sum(is_open(words) for words in values.values())
        if waiting:
            found.append(
                Declared(
                    what="choice",
                    id=name,
                    words=Text(name, name),
                    of=Text("", ""),
                    items=len(values),
                    open_items=waiting,
                )
            )
    return tuple(found)


def _open_facts(dataset: Dataset, profile: Profile) -> list[Declared]:
    """Return the groups of facts in which words are open."""
    used = Counter(record.text("key") for record in dataset.of("facts").values())
    found = []
    for group in ("", *profile.groups):
        facts = [fact for fact in profile.facts.values() if fact.group == group]
        waiting = sum(is_open(fact.words) for fact in facts)
        if waiting:
            words = profile.groups[group].words if group else Text("事实", "Facts")
            found.append(
                Declared(
                    what="fact",
                    id=group,
                    words=words,
                    of=_kinds(tuple(dict.fromkeys(kind for fact in facts for kind in fact.of))),
                    items=len(facts),
                    open_items=waiting,
                    used=sum(used[fact.key] for fact in facts),
                    source=facts[0].source,
                )
            )
    return found


def _kinds(names: tuple[str, ...]) -> Text:
    words = [KINDS[name].words for name in names]
    return Text("、".join(w.zh for w in words), ", ".join(w.en for w in words))
