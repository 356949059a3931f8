"""The measures: who is in the base, and what of each subject is covered, uncovered or unknown (reference 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.coverage.answers import ALL, SCATTERED, both
from app.coverage.stations import judge_reach
from app.domain.answer import Answer
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.coverage.answers import Answers, Verdict
    from app.coverage.book import Book
    from app.domain.declared import MeasureSpec
    from app.domain.profile import Profile
    from app.domain.record import Record

COVERED: Final = "covered"
UNCOVERED: Final = "uncovered"
UNKNOWN: Final = "unknown"
WITH_THREE_NO_RULE: Final = frozenset({"not_three_no", "three_no_served"})


class Piece(NamedTuple):
    """A part of one subject: where it counts, how much of the subject (or how many households), and why."""

    where: str
    amount: float
    reason: str
    because: tuple[str, ...] = ()


@dataclass(slots=True)
class Judgement:
    """All subjects of a measure on a day. ``left_out``: compounds in force and of the kind, but not in the base."""

    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def base_unknown(self) -> int:
        """How many subjects may or may not belong to the base."""
        return sum(reason == "base_unknown" for reason in self.left_out.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure as asked for: ``id`` in full, its declaration and words; radius and kind for stations."""

    id: str
    spec: MeasureSpec
    words: Text
    definition: Text
    station_kind: str = ""
    metres: float = 0.0

    @property
    def default_weight(self) -> str:
        """Compounds, or the only weight there is."""
        return "compounds" if "compounds" in self.spec.weights else self.spec.weights[0]

    @property
    def is_amount(self) -> bool:
        """Whether the measure holds its own numbers of households, not shares of a weight."""
        return self.spec.id in ("platform", "survey")

    @property
    def is_fractional(self) -> bool:
        """Whether a part of a subject may be covered."""
        return self.spec.id == "station"


def parse_measure(profile: Profile, written: str) -> Measure:
    """Return the measure that a user named, such as ``party`` or ``station:grid_post:500``.

    Raises InvalidInput, saying which there are, if the profile has no such measure.
    """
    head, *rest = str(written).split(":")
    spec = profile.measures.get(head)
    if spec is None or (head != "station" and rest) or head not in _JUDGES:
        raise _refused("measure", written, Text("指标", "measure"), measure_names(profile))
    if head != "station":
        definition = spec.definition
        if head in WITH_THREE_NO_RULE:
            rule = profile.three_no.definition
            definition = Text(f"{definition.zh}（{rule.zh}）", f"{definition.en} ({rule.en})")
        return Measure(id=head, spec=spec, words=spec.words, definition=definition)
    kinds = profile.choices["station_kind"]
    if len(rest) != 2 or rest[0] not in kinds:
        raise _refused("measure", written, Text("站点指标", "station measure"), _station_names(profile))
    if not re.fullmatch(r"\d+(\.\d+)?", rest[1]) or float(rest[1]) <= 0:
        raise InvalidInput(
            Text(
                f"距离 {rest[1]!r} 不行：写米数，如 station:{rest[0]}:500。",
                f"{rest[1]!r} is no distance: give metres, such as station:{rest[0]}:500.",
            ),
            (
                Problem(
                    message=Text("要大于 0 的米数", "metres above 0"), column="measure", value=str(written)
                ),
            ),
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


def _station_names(profile: Profile) -> list[str]:
    return [f"station:{kind}:500" for kind in profile.choices["station_kind"]]


def measure_names(profile: Profile) -> list[str]:
    """Return every measure that can be asked for; stations once for each kind."""
    plain = [name for name in profile.measures if name in _JUDGES and name != "station"]
    return plain + (_station_names(profile) if "station" in profile.measures else [])


def measure_list(profile: Profile, lang: str) -> dict[str, Any]:
    """Return what the verb ``measures`` prints."""
    rows = []
    for name in measure_names(profile):
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


def judge(measure: Measure, book: Book, day: date, kind: str | None) -> Judgement:
    """Return what of each subject is covered, uncovered and unknown on a day."""
    return _JUDGES[measure.spec.id](measure, book, book.on(day), kind)


def _piece(verdict: Verdict) -> tuple[Piece, ...]:
    where = {Answer.YES: COVERED, Answer.NO: UNCOVERED, Answer.UNKNOWN: UNKNOWN}[verdict.answer]
    return (Piece(where, 1, verdict.reason, verdict.because),)


def _each(
    say: Callable[[Answers, str], Verdict],
) -> Callable[[Measure, Book, Answers, str | None], Judgement]:
    """Return the judge of a measure whose base is every counted compound."""

    def judge_all(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
        return Judgement({code: _piece(say(answers, code)) for code in answers.counted(kind)})

    return judge_all


def _not_three_no(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    where = {Answer.NO: COVERED, Answer.YES: UNCOVERED, Answer.UNKNOWN: UNKNOWN}
    found = Judgement()
    for code in answers.counted(kind):
        verdict = answers.three_no(code)
        found.pieces[code] = (Piece(where[verdict.answer], 1, verdict.reason, verdict.because),)
    return found


def _three_no_served(_measure: Measure, book: Book, answers: Answers, kind: str | None) -> Judgement:
    found = Judgement()
    for code in answers.counted(kind):
        ever = book.ever_three_no(code, answers.day)
        if ever is Answer.YES:
            found.pieces[code] = _piece(answers.property(code))
        else:
            found.left_out[code] = "not_in_base" if ever is Answer.NO else "base_unknown"
    return found


def _three_carriages(answers: Answers, code: str) -> Verdict:
    return both([answers.said(code, "residents_committee"), answers.property(code), answers.committee(code)])


def _five_haves(answers: Answers, code: str) -> Verdict:
    keys = ("self_governance", "service_platform", "residents_convention", "activities")
    return both([answers.party(code), *(answers.said(code, key) for key in keys)])


def _firm_party(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    found = Judgement()
    for code in answers.counted(kind):
        verdict = answers.property(code)
        if verdict.answer is Answer.YES:
            firms = [
                (span.record.code, answers.party(answers.relations.partner(span, answers.day), kind))
                for span in answers.serving(code)
            ]
            engagement, verdict = next(
                (
                    pair
                    for answer in (Answer.YES, Answer.UNKNOWN)
                    for pair in firms
                    if pair[1].answer is answer
                ),
                firms[0],  # every firm has none
            )
            verdict = verdict._replace(because=(engagement, *verdict.because))
        found.pieces[code] = _piece(verdict)
    return found


def _firms_with_party(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    served = answers.served_by_firm(kind)
    in_base = {code for codes in served.values() for code in codes}
    return Judgement(
        {firm: _piece(answers.party(firm, kind)) for firm in served},
        {code: "not_in_base" for code in answers.counted(kind) if code not in in_base},
    )


def _with_organisation(answers: Answers, code: str, counts: Callable[[str], bool]) -> tuple[Piece, ...]:
    """Covered by an organisation of certain types alone; another one in force leaves it unknown."""
    running = [span for span in answers.relations.attachments_to(code) if answers.is_running(span)]
    organisations = answers.dataset.of("organisations")
    right: list[str] = []
    other: list[str] = []
    for span in running:
        partner = organisations[answers.relations.partner(span, answers.day)]
        (right if counts(str(partner.on("type", answers.day))) else other).append(span.record.code)
    if right:
        return (Piece(COVERED, 1, "in_force", tuple(right)),)
    if not other:
        return _piece(answers.party(code))
    fact = answers.fact(code, "party_organisation")
    reason = {None: "not_surveyed", "yes": "yes_without_record", "unknown": "said_unknown"}.get(
        None if fact is None else str(fact.values[2]), "in_force"
    )
    return (Piece(UNKNOWN, 1, reason, (*(() if fact is None else (fact.code,)), *other)),)


def _grid_branch(_measure: Measure, _book: Book, answers: Answers, _kind: str | None) -> Judgement:
    grids = answers.places.units(answers.day).levels[3].codes
    return Judgement(
        {code: _with_organisation(answers, code, lambda t: t not in ("group", "alliance")) for code in grids}
    )


def _functional_branch(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    found = Judgement()
    for code in answers.counted(kind):
        eligible = answers.said(code, "branch_eligible").answer
        if eligible is Answer.YES:
            found.pieces[code] = _with_organisation(answers, code, lambda t: t == "functional_branch")
        else:
            found.left_out[code] = "not_in_base" if eligible is Answer.NO else "base_unknown"
    return found


def _counted(row: Record, whole: str, part: str) -> tuple[Piece, ...]:
    all_of_them, some = row.get(whole), row.get(part)
    assert isinstance(all_of_them, int)
    if some is None:
        return (Piece(UNKNOWN, all_of_them, "not_surveyed", (row.code,)),)
    assert isinstance(some, int)
    pieces = [
        Piece(COVERED, some, "counted", (row.code,)),
        Piece(UNCOVERED, all_of_them - some, "counted", (row.code,)),
    ]
    return tuple(piece for piece in pieces if piece.amount) or (pieces[0],)


def _platform(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    found = Judgement()
    for code in answers.counted(kind):
        row = answers.dataset.latest_count(code, "imported", answers.day)
        if row is None:
            found.left_out[code] = "not_in_base"
        else:
            found.pieces[code] = _counted(row, "imported", "matched")
    return found


def _survey(_measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    found = Judgement()
    for code, record in answers.counted(kind).items():
        row = answers.dataset.latest_count(code, "households", answers.day)
        field_value = record.on("households", answers.day)
        if row is not None:
            found.pieces[code] = _counted(row, "households", "surveyed")
        elif isinstance(field_value, int):
            found.pieces[code] = (Piece(UNKNOWN, field_value, "not_surveyed"),)
        else:
            found.left_out[code] = "not_in_base"
    return found


def _station(measure: Measure, _book: Book, answers: Answers, kind: str | None) -> Judgement:
    codes = list(answers.counted(kind))
    found = Judgement()
    reached = judge_reach(answers, codes, measure.station_kind, measure.metres)
    for code, (share, nearest) in zip(codes, reached, strict=True):
        if share is None:
            found.pieces[code] = (Piece(UNKNOWN, 1, "no_outline"),)
            continue
        pieces = [
            Piece(COVERED, share, "within_reach", () if nearest is None else (nearest,)),
            Piece(UNCOVERED, 1 - share, "out_of_reach"),
        ]
        found.pieces[code] = tuple(piece for piece in pieces if piece.amount > 0)
    return found


_JUDGES: Final[dict[str, Callable[[Measure, Book, Answers, str | None], Judgement]]] = {
    "party": _each(lambda answers, code: answers.party(code)),
    "property": _each(lambda answers, code: answers.property(code)),
    "firm_party": _firm_party,
    "firms_with_party": _firms_with_party,
    "not_three_no": _not_three_no,
    "three_no_served": _three_no_served,
    "committee": _each(lambda answers, code: answers.committee(code)),
    "three_carriages": _each(_three_carriages),
    "five_haves": _each(_five_haves),
    "grid_branch": _grid_branch,
    "platform": _platform,
    "survey": _survey,
    "station": _station,
    "functional_branch": _functional_branch,
}
