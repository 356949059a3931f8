"""What one term of a condition says of a subject on a day: yes, no or unknown, why, and the records that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.answers import NOT_SURVEYED, Verdict
from app.domain.answer import Answer
from app.domain.kinds import KINDS
from app.domain.profile.condition import Term
from app.domain.profile.declared import NUMBER_TYPES
from app.domain.rating import assessments_of, rate
from app.domain.values import fact_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from app.coverage.answers import Answers
    from app.coverage.relations import Span
    from app.domain.rating import Rating
    from app.domain.record import Record

    Test = Callable[[str], Verdict]

_IN_POST: Final = Term("field", "secretary", "=", ("yes",))
_YES_NO: Final = {"yes": (Answer.YES, "answer_yes"), "no": (Answer.NO, "answer_no")}


def organisation(answers: Answers, code: str, types: Callable[[str], bool], kind: str | None) -> Verdict:
    """Whether an organisation of certain types is attached to the subject itself.

    Another one in force leaves it unknown: it tells nothing of these types.
    """
    right: list[str] = []
    other: list[str] = []
    for span, partner in _attached(answers, code):
        (right if types(str(partner.on("type", answers.day))) else other).append(span.record.code)
    if right:
        return Verdict(Answer.YES, "in_force", tuple(right))
    return answers.party(code, kind) if not other else _unknown_beside(answers, code, other)


def secretary(answers: Answers, code: str, kind: str | None) -> Verdict:
    """Whether an organisation in force, attached to the subject itself, has its secretary in post."""
    found = [
        (span.record.code, field_says(answers, partner, _IN_POST))
        for span, partner in _attached(answers, code)
    ]
    return best_of(found) if found else answers.party(code, kind)


def _attached(answers: Answers, code: str) -> list[tuple[Span, Record]]:
    organisations = answers.dataset.of("organisations")
    return [
        (span, organisations[answers.relations.partner(span, answers.day)])
        for span in answers.relations.attachments_to(code)
        if answers.is_running(span)
    ]


def _unknown_beside(answers: Answers, code: str, other: Sequence[str]) -> Verdict:
    fact = answers.fact(code, "party_organisation")
    reason = {None: "not_surveyed", "yes": "yes_without_record", "unknown": "said_unknown"}.get(
        None if fact is None else str(fact.values[2]), "in_force"
    )
    return Verdict(Answer.UNKNOWN, reason, (*(() if fact is None else (fact.code,)), *other))


def best_of(found: Iterable[tuple[str, Verdict]]) -> Verdict:
    """Return the first yes, else the first unknown, else the first: each with the relation that leads to it."""
    pairs = list(found)
    through, verdict = next(
        (pair for answer in (Answer.YES, Answer.UNKNOWN) for pair in pairs if pair[1].answer is answer),
        pairs[0],
    )
    return verdict._replace(because=(through, *verdict.because))


def firm_party(answers: Answers, code: str, kind: str | None) -> Verdict:
    """Whether a firm that serves the compound has a party organisation; no where none serves it."""
    verdict = answers.property(code)
    if verdict.answer is not Answer.YES:
        return verdict
    return best_of(
        (span.record.code, answers.party(answers.relations.partner(span, answers.day), kind))
        for span in answers.serving(code)
    )


def firm_field(answers: Answers, code: str, term: Term) -> Verdict:
    """Whether a firm that serves the compound has a field of some value; no where none serves it."""
    verdict = answers.property(code)
    if verdict.answer is not Answer.YES:
        return verdict
    firms = answers.dataset.of("firms")
    return best_of(
        (span.record.code, field_says(answers, firms[answers.relations.partner(span, answers.day)], term))
        for span in answers.serving(code)
    )


def engagement(answers: Answers, code: str, stages: Collection[str]) -> Verdict:
    """Whether the compound is served at one of these stages; another stage in force says no."""
    right: list[str] = []
    other: list[str] = []
    spans = answers.relations.engagements_with(code)
    for span in spans:
        if answers.is_running(span):
            stage = str(span.record.on("stage", answers.day))
            (right if not stages or stage in stages else other).append(span.record.code)
    if right:
        return Verdict(Answer.YES, "in_force", tuple(right))
    if other:
        return Verdict(Answer.NO, "in_force", tuple(other))
    return answers.without_record(
        code,
        spans,
        fact_key="property_firm",
        complete_key="property_complete",
        units=lambda: answers.units_of(code),
    )


def link(answers: Answers, code: str, relation: str, roles: Collection[str], kind: str | None) -> Verdict:
    """Whether a relation is in force, both its ends too; ended or declared complete says no."""
    running: list[str] = []
    ended: list[str] = []
    for span in answers.relations.links_with(code):
        if span.record.get("relation") != relation:
            continue
        if roles and span.record.on("role", answers.day) not in roles:
            continue
        if answers.is_running(span):
            running.append(span.record.code)
        elif answers.has_ended(span):
            ended.append(span.record.code)
    if running:
        return Verdict(Answer.YES, "in_force", tuple(running))
    if ended:
        return Verdict(Answer.NO, "ended", tuple(ended))
    spec = answers.profile.relations.get(relation)
    if spec is not None and spec.complete and (complete := answers.complete(spec.complete)):
        declared = [complete[unit] for unit in answers.units_of(code, kind) if unit in complete]
        if declared:
            return Verdict(Answer.NO, "complete", tuple(declared))
    return NOT_SURVEYED


def fact_test(answers: Answers, term: Term) -> Test:
    """Return what a fact says: an answer, one of some choices, or a number at least or below another."""
    spec = answers.profile.facts.get(term.argument)
    key = term.argument
    if spec is not None and spec.type in NUMBER_TYPES:

        def number(code: str) -> Verdict:
            fact = answers.fact(code, key)
            if fact is None:
                return NOT_SURVEYED
            value = float(fact_value(spec, str(fact.values[2])))
            is_so = value < term.number if term.operator == "<" else value >= term.number
            return _said(is_so, fact.code)

        return number
    if not term.operator:
        return lambda code: answers.said(code, key)

    def chosen(code: str) -> Verdict:
        fact = answers.fact(code, key)
        return NOT_SURVEYED if fact is None else _among(str(fact.values[2]), term, fact.code)

    return chosen


def field_says(answers: Answers, record: Record, term: Term) -> Verdict:
    """Return whether a record's field has one of some values on the day."""
    value = record.on(term.argument, answers.day)
    if value is None:
        return Verdict(Answer.UNKNOWN, "not_surveyed", (record.code,))
    return _among(str(value), term, record.code)


def field_test(answers: Answers, term: Term) -> Test:
    """Return whether the subject's own field has one of some values; a kind without it is unknown."""

    def test(code: str) -> Verdict:
        record = answers.dataset.find(code)
        if record is None or term.argument not in KINDS[record.kind].index:
            return NOT_SURVEYED
        return field_says(answers, record, term)

    return test


def _among(value: str, term: Term, because: str) -> Verdict:
    if value in term.values:
        return _said(term.operator != "!=", because)
    if value == "unknown":
        return Verdict(Answer.UNKNOWN, "said_unknown", (because,))
    return _said(term.operator == "!=", because)


def _said(is_so: bool, because: str) -> Verdict:  # it is the answer
    answer, reason = _YES_NO["yes" if is_so else "no"]
    return Verdict(answer, reason, (because,))


def score_of(answers: Answers, code: str, scheme_id: str) -> tuple[Rating | None, tuple[str, ...]]:
    """Return the rating of the latest assessment, by the version under which it was made, and its records.

    None where there is no assessment, or only one under a version that the profile doesn't hold.
    """
    assessed = assessments_of(answers.dataset, code, scheme_id, answers.day)
    if assessed is None:
        return None, ()
    because = tuple(row.code for row in assessed.rows)
    scheme = answers.profile.scheme(scheme_id, assessed.version)
    return (None if scheme is None else rate(scheme, assessed.scores)), because


def scheme_test(answers: Answers, term: Term) -> Test:
    """Return whether the stars reach a number, whatever the missing items; without number, whether assessed."""

    def test(code: str) -> Verdict:
        rating, because = score_of(answers, code, term.argument)
        if rating is None:
            return Verdict(Answer.UNKNOWN, "not_surveyed", because)
        if not term.operator:
            return Verdict(Answer.YES, "assessed", because)
        low, high = rating.stars_low, rating.stars_high
        if low is None or high is None:
            return Verdict(Answer.UNKNOWN, "no_stars", because)
        is_below = term.operator == "<"
        if low >= term.number:
            return Verdict(Answer.NO if is_below else Answer.YES, "assessed", because)
        if high < term.number:
            return Verdict(Answer.YES if is_below else Answer.NO, "assessed", because)
        return Verdict(Answer.UNKNOWN, "items_missing", because)

    return test
