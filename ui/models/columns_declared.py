"""Columns that the profile's declarations give the attribute table: facts, checklists, stars, serving firms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain import vocabulary
from app.domain.rating import assessments_of, rate
from app.domain.values import fact_value
from app.text import Text
from ui.models.column import Column, number_column, text_column, word_of
from ui.models.named import unit_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile

CHECKLIST: Final = "checklist:"
SCHEME: Final = "scheme:"
FIRMS: Final = "firms"
_FORMS: Final = {"rate": "{:.1%}", "count": "{:,.0f}", "money": "{:,.2f}"}
_FIRM_LIST: Final = "firm_list"


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that can be chosen: its id, its words, and under which heading it is offered."""

    id: str
    words: Text
    heading: Text


def declared_choices(profile: Profile) -> list[Choice]:
    """Return the columns that a profile declares, in its order: headings of facts, checklists, schemes, firms."""
    headings = {group.id: group.words for group in profile.groups.values()}
    order = {name: place for place, name in enumerate(headings)}
    facts = sorted(profile.facts_of("compounds"), key=lambda spec: order.get(spec.group, len(order)))
    other = Text("其他", "Other")
    found = [Choice(spec.key, spec.words, headings.get(spec.group, other)) for spec in facts]
    lists, schemes = Text("清单", "Checklists"), Text("评分", "Assessments")
    found += [Choice(CHECKLIST + c.id, c.words, lists) for c in profile.checklists_of("compounds")]
    for versions in profile.schemes.values():
        if "compounds" in versions[-1].of:
            found.append(Choice(SCHEME + versions[-1].id, versions[-1].words, schemes))
    served = Text("物业", "Property service")
    return [
        *found,
        Choice(FIRMS, Text("物业企业", "Firms"), served),
        Choice(_FIRM_LIST, Text("红黑榜", "Firm's list"), served),
    ]


def declared_column(
    name: str,
    dataset: Dataset,
    profile: Profile,
    engine: CoverageEngine,
    codes: Sequence[str],
    day: date,
    lang: str,
) -> Column | None:
    """Return a column by its id; None where the profile declares no such."""
    if name.startswith(CHECKLIST):
        return _checklist_column(name, profile, engine, codes, day)
    if name.startswith(SCHEME):
        return _scheme_column(name, dataset, profile, codes, day)
    if name in (FIRMS, _FIRM_LIST):
        return _firm_column(name, dataset, profile, codes, day, lang)
    spec = profile.facts.get(name)
    return None if spec is None else fact_column(dataset, profile, spec, codes, day, lang)


def fact_column(
    dataset: Dataset, profile: Profile, spec: FactSpec, codes: Sequence[str], day: date, lang: str
) -> Column:
    """Return what is recorded of one fact."""
    choices = profile.fact_choices(spec)
    found = [
        None if (fact := dataset.fact_on(code, spec.key, day)) is None else fact.text("value")
        for code in codes
    ]
    if choices:
        values = [value or "unknown" for value in found]
        tones = [value if value in {"yes", "no", "unknown"} else "" for value in values]
        unknown = vocabulary.STATUS["unknown"]
        said = [word_of({"unknown": unknown, **choices}, value, lang) for value in values]
        return text_column(spec.key, spec.words, said, 84, tones)
    if spec.type not in _FORMS:
        return text_column(spec.key, spec.words, [value or "—" for value in found], 120)
    numbers = [None if value is None else float(fact_value(spec, value)) for value in found]
    words = spec.words
    if spec.unit and spec.type != "rate":
        units = (unit_words(spec.unit, "zh"), unit_words(spec.unit, "en"))
        words = Text(f"{words.zh} {units[0]}", f"{words.en} {units[1]}")
    return number_column(spec.key, words, numbers, _FORMS[spec.type], 96)


def _checklist_column(
    name: str, profile: Profile, engine: CoverageEngine, codes: Sequence[str], day: date
) -> Column | None:
    from app.coverage.conditions import test_of

    checklist = profile.checklists.get(name.removeprefix(CHECKLIST))
    if checklist is None:
        return None
    answers = engine.book.on(day)
    tests = [test_of(item.when, engine.book, answers, "compound", None) for item in checklist.items]
    texts, tones, ranks = [], [], np.empty(len(codes), dtype=np.float64)
    whole = len(tests)
    for place, code in enumerate(codes):
        said = [test(code).answer.value for test in tests]
        have, lack = said.count("yes"), said.count("no")
        texts.append(f"{have}/{whole}")
        tones.append("no" if lack else "yes" if have == whole else "unknown")
        ranks[place] = have * (whole + 1) - lack
    return Column(name, checklist.words, texts, ranks, is_number=True, tones=tones, width=90)


def _scheme_column(
    name: str, dataset: Dataset, profile: Profile, codes: Sequence[str], day: date
) -> Column | None:
    """Return stars, or their range while items are missing; the share where the scheme has no bands."""
    scheme = profile.scheme(name.removeprefix(SCHEME))
    if scheme is None:
        return None
    texts: list[str] = []
    ranks = np.full(len(codes), np.nan)
    for place, code in enumerate(codes):
        assessed = assessments_of(dataset, code, scheme.id, day)
        by = None if assessed is None else profile.scheme(scheme.id, assessed.version)
        if assessed is None or by is None:
            texts.append("—")
            continue
        rating = rate(by, assessed.scores)
        ranks[place] = rating.low
        if rating.stars_low is None:
            texts.append(f"{rating.low:.1%}")
        elif rating.stars is not None:
            texts.append(f"{rating.stars}★")
        else:
            texts.append(f"{rating.stars_low}–{rating.stars_high}★")
    return Column(name, scheme.words, texts, ranks, is_number=True, width=90)


def _firm_column(
    name: str, dataset: Dataset, profile: Profile, codes: Sequence[str], day: date, lang: str
) -> Column:
    firms = dataset.of("firms")
    serving = [
        [
            firms[e.text("firm")]
            for e in dataset.engagements_with(code)
            if e.is_in_force(day) and e.text("firm") in firms
        ]
        for code in codes
    ]
    if name == FIRMS:
        joined = ["、".join(dict.fromkeys(f.text("name") for f in found)) or "—" for found in serving]
        return text_column(name, Text("物业企业", "Firms"), joined, 160)
    lists = profile.choices["firm_list"]
    values = [_worst([str(f.on("list", day) or "") for f in found]) for found in serving]
    tones = [{"red": "yes", "black": "no"}.get(value, "") for value in values]
    said = [word_of(lists, value, lang) if value else "—" for value in values]
    return text_column(name, Text("红黑榜", "Firm's list"), said, 84, tones)


def _worst(lists: Sequence[str]) -> str:
    """Return the list that a compound is judged by, where several firms serve it."""
    return next((name for name in ("black", "red") if name in lists), "")
