"""Two three-no rules side by side: which compounds flip, and because of which part and fact.

Nothing is written: the other rule is asked of the same records, as if the city had it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.coverage.book import Book
from app.coverage.measures import check_choice, check_kind
from app.domain.answer import Answer
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.domain.profile.declared import THREE_NO_PARTS, ThreeNoRule
from app.domain.vocabulary import ANSWERS, PARTS
from app.errors import InvalidInput, Problem
from app.jobs import Ticket
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.coverage.answers import Answers, Verdict
    from app.coverage.engine import CoverageEngine
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile

STATUSES: Final = (Answer.YES, Answer.NO, Answer.UNKNOWN)  # of three-no
_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "has_firm": ("property_firm",),
    "defence": ("defence_people", "defence_hardware"),
}
_STAGE: Final = Text("对比口径", "Comparing rules")
_STEP: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two rules. ``stages``: those whose engagement counts as property service."""

    words: Text
    rule: ThreeNoRule
    stages: tuple[str, ...]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return what the rule asks."""
        return {
            "words": {"zh": self.words.zh, "en": self.words.en},
            "rule": self.rule.label,
            "parts": list(self.rule.parts),
            "defence": self.rule.defence,
            "stages": list(self.stages),
            "definition": {"zh": self.rule.definition.zh, "en": self.rule.definition.en},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """A part that makes the difference. ``before`` and ``after``: present (yes), absent (no), unknown; "" = not asked.

    ``facts``: key → what it says on the day, "" where nobody said; ``codes``: the records behind both answers.
    """

    part: str
    before: str
    after: str
    facts: tuple[tuple[str, str], ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A compound that the two rules see differently."""

    code: str
    name: str
    before: str
    after: str
    unit: str  # at the level asked for, "" where it is placed in none
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMatrix:
    """How many compounds of a unit have which status by the one rule and by the other."""

    unit: str
    name: str
    counts: Mapping[tuple[str, str], int]

    @property
    def total(self) -> int:
        """All compounds of the unit."""
        return sum(self.counts.values())

    @property
    def flipped(self) -> int:
        """Those that the rules see differently."""
        return sum(count for (before, after), count in self.counts.items() if before != after)

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the unit's counts, by the one status and the other."""
        return {
            "unit": self.unit or None,
            "name": self.name or None,
            "total": self.total,
            "flipped": self.flipped,
            "counts": {
                str(before): {str(after): self.counts.get((before, after), 0) for after in STATUSES}
                for before in STATUSES
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDiff:
    """Σ rows + unplaced = total."""

    as_of: date
    by: str
    before: Side
    after: Side
    flips: tuple[Flip, ...]
    statuses: Mapping[str, tuple[str, str]]  # of every compound that counts
    rows: tuple[UnitMatrix, ...]
    unplaced: UnitMatrix
    total: UnitMatrix

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the comparison as JSON, rows by code."""
        return {
            "as_of": self.as_of.isoformat(),
            "by": self.by,
            "before": self.before.as_json(lang),
            "after": self.after.as_json(lang),
            "count": len(self.flips),
            "flips": [
                {
                    "code": flip.code,
                    "name": flip.name or None,
                    "unit": flip.unit or None,
                    "before": flip.before,
                    "after": flip.after,
                    "because": [
                        {
                            "part": cause.part,
                            "before": cause.before or None,
                            "after": cause.after or None,
                            "facts": [{"key": key, "value": value or None} for key, value in cause.facts],
                            "codes": list(cause.codes),
                        }
                        for cause in flip.because
                    ],
                }
                for flip in self.flips
            ],
            "rows": [row.as_json(lang) for row in self.rows],
            "unplaced": self.unplaced.as_json(lang),
            "total": self.total.as_json(lang),
        }


def side_of(profile: Profile) -> Side:
    """Return a profile's own rule."""
    words = Text(f"{profile.name.zh}口径 v{profile.version}", f"rule of {profile.label}")
    return Side(words=words, rule=profile.three_no, stages=profile.property_stages)


def side_with(side: Side, *, parts: Sequence[str] | None = None, defence: str | None = None) -> Side:
    """Return a rule with other parts, or the other switch, or both; raise InvalidInput for a part there isn't."""
    problems = [
        Problem(
            message=Text(
                f"没有 {part!r} 这一项。有：{'、'.join(THREE_NO_PARTS)}。",
                f"There is no part {part!r}: {', '.join(THREE_NO_PARTS)}.",
            ),
            column="parts",
            value=part,
        )
        for part in parts or ()
        if part not in THREE_NO_PARTS
    ]
    if parts is not None and not parts:
        message = Text("至少要问一项。", "A rule asks for one part at least.")
        problems.append(Problem(message=message, column="parts"))
    if defence not in (None, "any", "all"):
        message = Text('防范只能是 "any" 或 "all"。', 'defence must be "any" or "all".')
        problems.append(Problem(message=message, column="defence", value=defence))
    if problems:
        raise InvalidInput(problems[0].message, tuple(problems))
    chosen = side.rule.parts if parts is None else tuple(dict.fromkeys(parts))
    switch = defence or side.rule.defence
    if chosen == side.rule.parts and switch == side.rule.defence:
        return side
    rule = replace(side.rule, parts=chosen, defence=switch, definition=rule_words(chosen, switch))
    return replace(side, rule=rule, words=Text(f"{side.words.zh}，改过", f"{side.words.en}, edited"))


def rule_words(parts: Sequence[str], defence: str) -> Text:
    """Return a rule as a sentence."""
    switch = {
        "any": Text("（人防物防都无）", " (neither people nor hardware)"),
        "all": Text("（人防物防缺一）", " (people or hardware missing)"),
    }[defence]
    zh = [f"无{PARTS[part].zh}{switch.zh if part == 'defence' else ''}" for part in parts]
    en = [f"no {PARTS[part].en}{switch.en if part == 'defence' else ''}" for part in parts]
    return Text("、".join(zh), ", ".join(en))


def compare_rules(
    engine: CoverageEngine,
    before: Side,
    after: Side,
    day: date,
    *,
    by: str = "street",
    kind: str | None = None,
    ticket: Ticket | None = None,
) -> RuleDiff:
    """Ask both rules of every compound that counts on ``day``.

    Raises InvalidInput for a level or kind that there isn't.
    """
    ticket = ticket or Ticket()
    check_choice("by", by, Text("统计单元", "unit"), list(LEVELS))
    check_kind(engine.profile, kind)
    one, other = _answers(engine, before, day), _answers(engine, after, day)
    codes = list(one.counted(kind))
    placed = {found: engine.derived_many(found, day) for found in ("compounds", "buildings")}
    statuses: dict[str, tuple[str, str]] = {}
    units: dict[str, str] = {}
    flips: list[Flip] = []
    for place, code in enumerate(codes):
        if not place % _STEP:
            ticket.step(_STAGE, place, len(codes))
        status = (str(one.three_no(code).answer), str(other.three_no(code).answer))
        statuses[code] = status
        own = "compounds" if code in placed["compounds"] else "buildings"
        units[code] = str(getattr(placed[own][code], by) or "")
        if status[0] != status[1]:
            flips.append(
                Flip(
                    code=code,
                    name=engine.name_on(code, day),
                    before=status[0],
                    after=status[1],
                    unit=units[code],
                    because=_because(one, other, code),
                )
            )
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for code, status in statuses.items():
        counts.setdefault(units[code], Counter())[status] += 1
    kind_of_unit = UNIT_KINDS[LEVELS.index(by)]
    rows = tuple(
        UnitMatrix(unit=unit.code, name=engine.name_on(unit.code, day), counts=counts.get(unit.code, {}))
        for unit in engine.dataset.in_force(kind_of_unit, day)
    )
    return RuleDiff(
        as_of=day,
        by=by,
        before=before,
        after=after,
        flips=tuple(flips),
        statuses=statuses,
        rows=rows,
        unplaced=UnitMatrix(unit="", name="", counts=counts.get("", {})),
        total=UnitMatrix(unit="", name="", counts=Counter(statuses.values())),
    )


def _answers(engine: CoverageEngine, side: Side, day: date) -> Answers:
    profile = engine.profile
    if side.rule == profile.three_no and side.stages == profile.property_stages:
        return engine.book.on(day)
    asked = replace(profile, three_no=side.rule, property_stages=side.stages)
    return Book(engine.dataset, asked, engine.places).on(day)


def _because(one: Answers, other: Answers, code: str) -> tuple[Because, ...]:
    """Return the parts that decide on either side and are not the same on both."""
    before, after = dict(one.three_no_parts(code)), dict(other.three_no_parts(code))
    deciding = {**_deciding(before), **_deciding(after)}
    found = []
    for part in deciding:
        said = before.get(part), after.get(part)
        if said[0] is not None and said[1] is not None and said[0].answer is said[1].answer:
            continue
        found.append(
            Because(
                part=part,
                before="" if said[0] is None else str(said[0].answer),
                after="" if said[1] is None else str(said[1].answer),
                facts=tuple(
                    (key, "" if (fact := one.fact(code, key)) is None else fact.text("value"))
                    for key in _FACTS.get(part, (part,))
                ),
                codes=tuple(dict.fromkeys(row for verdict in said if verdict for row in verdict.because)),
            )
        )
    return tuple(found)


def _deciding(parts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Return what makes the status: any part present; else those unknown; else all of them, absent."""
    for answer in (Answer.YES, Answer.UNKNOWN):
        found = {part: verdict for part, verdict in parts.items() if verdict.answer is answer}
        if found:
            return found
    return dict(parts)


_SAID: Final[Mapping[str, Text]] = {**ANSWERS, "": Text("不问", "not asked")}


def because_words(flip: Flip, facts: Mapping[str, FactSpec]) -> Text:
    """Return why a compound flips, as a sentence; ``facts``: the profile's, for their words."""
    zh, en = [], []
    for cause in flip.because:
        part = PARTS[cause.part]
        before, after = _SAID[cause.before], _SAID[cause.after]
        said = [(facts[key].words if key in facts else Text(key, key), value) for key, value in cause.facts]
        known = [(words, _SAID.get(value or "unknown", Text(value, value))) for words, value in said]
        zh.append(f"{part.zh}：{before.zh}→{after.zh}（{'，'.join(f'{w.zh} {v.zh}' for w, v in known)}）")
        en.append(f"{part.en}: {before.en} → {after.en} ({', '.join(f'{w.en} {v.en}' for w, v in known)})")
    return Text("；".join(zh), "; ".join(en))
