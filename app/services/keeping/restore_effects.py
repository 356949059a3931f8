"""What bringing something back from a backup will do, said before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.rules.rules import problems_of
from app.domain.vocabulary import DERIVED
from app.errors import InvalidInput
from app.services.keeping.restoring import edits_back
from app.services.registry.checks import after
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.services.keeping.restoring import Then
    from app.services.registry.registry import Registry

_ASKED: Final = {name: DERIVED[name] for name in ("three_no", "grid", "community", "area_m2")}
_UNCHANGED: Final = Text("落位、面积和三无判定不变", "place, area and three-no status stay")


def effect_of(registry: Registry, then: Then, code: str, part: str | None, day: date, lang: str) -> str:
    """Return what would be different on a day, or why it can't be brought back."""
    try:
        edits = edits_back(then, registry.dataset, code, part)
    except InvalidInput as error:
        return error.message.in_(lang)
    problems = problems_of(registry.dataset, edits, registry.profile)
    if problems:
        return problems[0][1].said.in_(lang)
    dataset = after(registry.dataset, edits)
    words = PeopleWords(dataset, registry.profile, lang)
    was = registry.engine.derived(code, day)
    will = registry.engine.with_dataset(dataset).derived(code, day)
    said = []
    for name, label in _ASKED.items():
        before, now = (
            words.derived(name, value) if value is not None else "—"
            for value in (getattr(was, name), getattr(will, name))
        )
        if before != now:
            said.append(f"{label.in_(lang)} {before} → {now}")
    joined = "；" if lang == "zh" else "; "
    return joined.join(said) or _UNCHANGED.in_(lang)
