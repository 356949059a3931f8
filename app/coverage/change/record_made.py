"""Whether a record in force made a subject covered, or only what a survey says of it (spec of change, 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.coverage.conditions import test_of
from app.domain.answer import Answer, negated
from app.domain.profile.condition import Joined, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.coverage.answers import Answers, Verdict
    from app.coverage.book import Book
    from app.domain.profile.condition import Condition

_BY_RECORD = "in_force"


class Side:
    """The conditions of a measure as tests of one day."""

    def __init__(self, book: Book, answers: Answers, subject: str, kind: str | None) -> None:
        self.answers = answers
        self._asked = book, answers, subject, kind
        self._tests: dict[Condition, Callable[[str], Verdict]] = {}

    def verdict(self, condition: Condition, code: str) -> Verdict:
        """Return what a condition says of a subject."""
        test = self._tests.get(condition)
        if test is None:
            test = self._tests[condition] = test_of(condition, *self._asked)
        return test(code)

    def answer(self, condition: Condition, code: str, *, is_turned: bool) -> Answer:
        """Return the answer of a condition, turned round where it stands under NOT."""
        answer = self.verdict(condition, code).answer
        return negated(answer) if is_turned else answer


def is_made_by_record(condition: Condition, code: str, covered: Side, other: Side) -> bool:
    """Whether the leaf that decides says so by a record in force on the day on which the subject is covered.

    ``other``: the day on which it is not covered; of AND its first part that then had the value of the whole decides.
    """
    return _descend(condition, code, covered, other, is_turned=False)


def _descend(condition: Condition, code: str, covered: Side, other: Side, *, is_turned: bool) -> bool:
    if isinstance(condition, Joined):
        turned = is_turned != condition.negated
        is_and = (condition.how == "all") != turned
        part = _deciding(condition.parts, code, covered, other, is_and=is_and, is_turned=turned)
        return _descend(part, code, covered, other, is_turned=turned)
    turned = is_turned != condition.negated
    if condition.name == "checklist":
        items = [item.when for item in covered.answers.profile.checklists[condition.argument].items]
        part = _deciding(items, code, covered, other, is_and=not turned, is_turned=turned)
        return _descend(part, code, covered, other, is_turned=turned)
    if condition.name == "three_no":  # NOT of the OR of what is there
        return turned and _three_no_part(code, covered)
    if turned:
        return False  # a record in force then says no
    return condition.name == "firm_party" or covered.verdict(_plain(condition), code).reason == _BY_RECORD


def _deciding(
    parts: Sequence[Condition], code: str, covered: Side, other: Side, *, is_and: bool, is_turned: bool
) -> Condition:
    if not is_and:
        return next(p for p in parts if covered.answer(p, code, is_turned=is_turned) is Answer.YES)
    said = [(part, other.answer(part, code, is_turned=is_turned)) for part in parts]
    for value in (Answer.NO, Answer.UNKNOWN):
        for part, answer in said:
            if answer is value:
                return part
    return parts[0]


def _three_no_part(code: str, covered: Side) -> bool:
    """Whether the first part that is there, on the day on which a compound is not three-no, is there by a record."""
    verdicts = (verdict for _, verdict in covered.answers.three_no_parts(code))
    return next(verdict for verdict in verdicts if verdict.answer is Answer.YES).reason == _BY_RECORD


def _plain(term: Term) -> Term:
    return Term(term.name, term.argument, term.operator, term.values)
