"""The measures that can be asked for: those that a profile declares, and the parametric ones of stations and facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.coverage.answers import ALL, SCATTERED
from app.coverage.conditions import rests_on_three_no
from app.coverage.readable import measure_definition
from app.domain.kinds import COUNTED_KINDS, KINDS
from app.domain.profile.condition import Term
from app.domain.profile.declared import SUBJECTS, MeasureSpec
from app.domain.weights import AMOUNT, ONE, default_weights
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile

STATION: Final = "station"
FACT: Final = "fact"
_SUBJECT_OF: Final = {kind: subject for subject, kind in SUBJECTS.items()}
_COUNTED: Final = frozenset({"platform", "survey", "survey_buildings"})  # hold households themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure as asked for: ``id`` in full, its declaration and words; radius and kind for stations.

    ``kinds``: the kinds of compound that count where none is asked for; ``is_bound``: no others ever count.
    """

    id: str
    spec: MeasureSpec
    words: Text
    definition: Text
    station_kind: str = ""
    metres: float = 0.0
    kinds: tuple[str, ...] = COUNTED_KINDS
    is_bound: bool = False
    has_three_no: bool = False

    @property
    def default_weight(self) -> str:
        """Each once, or the only weight there is."""
        return ONE if ONE in self.spec.weights else self.spec.weights[0]

    @property
    def is_amount(self) -> bool:
        """Whether the measure holds its own numbers, not shares of a weight."""
        return self.spec.id in _COUNTED or self.spec.ratio is not None

    @property
    def is_fractional(self) -> bool:
        """Whether a part of a subject may be covered."""
        return self.spec.id == STATION or bool(self.spec.fraction)

    @property
    def scheme(self) -> str:
        """The scheme whose score it is, "" for any other measure."""
        name = self.spec.fraction
        return name.removeprefix("scheme:") if name.startswith("scheme:") else ""


def parse_measure(profile: Profile, written: str) -> Measure:
    """Return the measure that a user named, such as ``party``, ``station:grid_post:500`` or ``fact:gate_guard``.

    Raises InvalidInput, saying which there are, if the profile has no such measure.
    """
    head, *rest = str(written).split(":")
    if head == FACT:
        return _fact_measure(profile, str(written), rest)
    spec = profile.measures.get(head)
    if spec is None or (head != STATION and rest):
        raise _refused("measure", written, Text("指标", "measure"), measure_names(profile))
    if head == STATION:
        return _station_measure(profile, spec, str(written), rest)
    definition = measure_definition(profile, spec)
    has_three_no = rests_on_three_no(profile, spec.within, spec.covered)
    if has_three_no:
        rule = profile.three_no.definition
        definition = Text(f"{definition.zh}（{rule.zh}）", f"{definition.en} ({rule.en})")
    if spec.ratio is not None:
        spec = replace(spec, weights=(AMOUNT,))
    measure = Measure(id=head, spec=spec, words=spec.words, definition=definition, has_three_no=has_three_no)
    scheme = profile.scheme(measure.scheme) if measure.scheme else None
    if scheme is not None and scheme.kinds and spec.subject == "compound":
        return replace(measure, kinds=scheme.kinds, is_bound=True)
    return measure


def _station_measure(profile: Profile, spec: MeasureSpec, written: str, rest: list[str]) -> Measure:
    kinds = profile.choices["station_kind"]
    if len(rest) != 2 or rest[0] not in kinds:
        raise _refused("measure", written, Text("站点指标", "station measure"), station_names(profile))
    if not re.fullmatch(r"\d+(\.\d+)?", rest[1]) or float(rest[1]) <= 0:
        raise InvalidInput(
            Text(
                f"距离 {rest[1]!r} 不行：写米数，如 station:{rest[0]}:500。",
                f"{rest[1]!r} is no distance: give metres, such as station:{rest[0]}:500.",
            ),
            (Problem(message=Text("要大于 0 的米数", "metres above 0"), column="measure", value=written),),
        )
    kind = kinds[rest[0]]
    return Measure(
        id=written,
        spec=spec,
        words=_filled(spec.words, kind, rest[1]),
        definition=_filled(spec.definition, kind, rest[1]),
        station_kind=rest[0],
        metres=float(rest[1]),
    )


def _filled(template: Text, kind: Text, metres: str) -> Text:
    return Text(
        template.zh.format(kind=kind.zh, metres=metres), template.en.format(kind=kind.en, metres=metres)
    )


def _fact_measure(profile: Profile, written: str, rest: list[str]) -> Measure:
    fact = profile.facts.get(rest[0]) if rest else None
    subjects = [] if fact is None else fact_subjects(fact)
    if fact is None or not subjects or len(rest) > 2 or (len(rest) == 2 and rest[1] not in subjects):
        raise _refused("measure", written, Text("事实指标", "fact measure"), fact_names(profile))
    subject = rest[1] if len(rest) == 2 else subjects[0]
    of = KINDS[SUBJECTS[subject]].words
    words = (
        fact.words
        if len(subjects) == 1
        else Text(f"{fact.words.zh}（{of.zh}）", f"{fact.words.en} ({of.en})")
    )
    definition = Text(f"{of.zh}调查为“有”：{fact.words.zh}", f"{of.en} surveyed as yes: {fact.words.en}")
    spec = MeasureSpec(
        id=FACT,
        subject=subject,
        words=words,
        definition=definition,
        base=of,
        weights=default_weights(subject),
        source=fact.source,
        covered=Term(FACT, fact.key),
        systems=fact.systems,
    )
    return Measure(id=written, spec=spec, words=words, definition=definition)


def fact_subjects(fact: FactSpec) -> list[str]:
    """Return the subjects that a fact makes a measure of, the first as ``fact:KEY``; none unless yes or no."""
    return [_SUBJECT_OF[kind] for kind in fact.of if kind in _SUBJECT_OF] if fact.type == "answer" else []


def fact_names(profile: Profile) -> list[str]:
    """Return the measures that answers make: ``fact:KEY``, and ``fact:KEY:SUBJECT`` of further subjects."""
    return [
        f"{FACT}:{fact.key}" + (f":{subject}" if place else "")
        for fact in profile.facts.values()
        for place, subject in enumerate(fact_subjects(fact))
    ]


def station_names(profile: Profile) -> list[str]:
    """Return the measures of stations, each kind once."""
    if STATION not in profile.measures:
        return []
    return [f"{STATION}:{kind}:500" for kind in profile.choices["station_kind"]]


def measure_names(profile: Profile) -> list[str]:
    """Return every measure that can be asked for; stations once for each kind."""
    plain = [name for name in profile.measures if name != STATION]
    return plain + station_names(profile) + fact_names(profile)


def is_measure(profile: Profile, measure: str) -> bool:
    """Whether the profile has this measure."""
    try:
        parse_measure(profile, measure)
    except InvalidInput:
        return False
    return True


def measure_words(profile: Profile, measure: str) -> Text:
    """Return the words of a measure's id, whatever the distance of its stations; the id of one that there isn't."""
    return parse_measure(profile, measure).words if is_measure(profile, measure) else Text(measure, measure)


def measure_groups(profile: Profile) -> list[tuple[str, Text, list[str]]]:
    """Return the measures by what makes them: (id, words, measures) of each group that has any."""
    made = (*profile.checklists, *profile.schemes)
    groups = [
        ("common", Text("常用", "Common"), [n for n in profile.measures if n != STATION and n not in made]),
        ("checklists", Text("清单", "Checklists"), [n for n in profile.checklists if n in profile.measures]),
        ("schemes", Text("评价", "Schemes"), [n for n in profile.schemes if n in profile.measures]),
        ("stations", Text("站点覆盖", "Stations"), station_names(profile)),
        ("facts", Text("调查事实", "Surveyed facts"), fact_names(profile)),
    ]
    return [group for group in groups if group[2]]


def measure_list(profile: Profile, lang: str) -> dict[str, Any]:
    """Return what the verb ``measures`` prints."""
    rows = []
    for group, words, names in measure_groups(profile):
        for name in names:
            measure = parse_measure(profile, name)
            rows.append(
                {
                    "id": measure.id,
                    "words": measure.words._asdict(),
                    "definition": measure.definition._asdict(),
                    "subject": measure.spec.subject,
                    "base": measure.spec.base.in_(lang),
                    "weights": list(measure.spec.weights),
                    "source": measure.spec.source or None,
                    "group": group,
                    "group_words": words._asdict(),
                    "systems": list(measure.spec.systems),
                }
            )
    return {"profile": profile.label, "measures": rows}


def check_choice(column: str, value: str, words: Text, choices: list[str]) -> None:
    """Raise InvalidInput, naming what there is, unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise _refused(column, value, words, choices)


def check_kind(profile: Profile, kind: str | None) -> None:
    """Raise InvalidInput unless ``--kind`` is a kind of compound, ``scattered`` or ``all``."""
    if kind is not None:
        known = [*profile.choices["compound_kind"], SCATTERED, ALL]
        check_choice("kind", kind, Text("小区类型", "kind of compound"), known)


def _refused(column: str, value: str, words: Text, choices: list[str]) -> InvalidInput:
    return InvalidInput(
        Text(
            f"没有{words.zh} {value!r}。可用：{'、'.join(choices)}。",
            f"There is no {words.en} {value!r}. There are: {', '.join(choices)}.",
        ),
        (
            Problem(
                message=Text(f"可用：{'、'.join(choices)}", f"one of {', '.join(choices)}"),
                column=column,
                value=str(value),
            ),
        ),
    )
