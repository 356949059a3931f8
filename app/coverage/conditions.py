"""Declared conditions, made into tests of one day: each is looked at once, then asked of thousands of subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage import terms
from app.coverage.answers import Verdict, both, either
from app.domain.answer import Answer, negated
from app.domain.profile.condition import Term, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.answers import Answers
    from app.coverage.book import Book
    from app.domain.profile.condition import Condition
    from app.domain.profile.profile import Profile

    Test = Callable[[str], Verdict]

_THREE_NO: Final = frozenset({"three_no", "ever_three_no"})
_EVER: Final = {
    Answer.YES: Verdict(Answer.YES, "answer_yes"),
    Answer.NO: Verdict(Answer.NO, "answer_no"),
    Answer.UNKNOWN: Verdict(Answer.UNKNOWN, "not_surveyed"),
}


def rests_on_three_no(profile: Profile, *conditions: Condition | None) -> bool:
    """Whether a condition asks for three-no, itself or through a checklist."""
    for condition in conditions:
        for term in () if condition is None else terms_of(condition):
            if term.name in _THREE_NO:
                return True
            checklist = profile.checklists.get(term.argument) if term.name == "checklist" else None
            if checklist is not None and rests_on_three_no(profile, *(i.when for i in checklist.items)):
                return True
    return False


def test_of(condition: Condition, book: Book, answers: Answers, subject: str, kind: str | None) -> Test:
    """Return the test that a condition is, of subjects of one sort on one day.

    ``subject`` as measures name it; ``kind``: the compounds that place a firm (``--kind``).
    """
    firm_kind = kind if subject == "firm" else None
    return _Maker(book, answers, firm_kind, kind).make(condition)


class _Maker:
    def __init__(self, book: Book, answers: Answers, own_kind: str | None, kind: str | None) -> None:
        self._book, self._answers = book, answers
        self._own_kind = own_kind  # of a firm as the subject itself
        self._kind = kind

    def make(self, condition: Condition) -> Test:
        test = self._term(condition) if isinstance(condition, Term) else self._joined(condition)
        return _mirrored(test) if condition.negated else test

    def _joined(self, condition: Condition) -> Test:
        assert not isinstance(condition, Term)  # noqa: S101  # narrows the type
        tests = [self.make(part) for part in condition.parts]
        join = both if condition.how == "all" else either
        return lambda code: join([test(code) for test in tests])

    def _term(self, term: Term) -> Test:
        """Return the test of one term, as if it were not negated."""
        answers, own, kind = self._answers, self._own_kind, self._kind
        match term.name:
            case "party":
                return answers.party if own is None else lambda code: answers.party(code, own)
            case "property":
                return answers.property
            case "has_firm":
                return answers.has_firm
            case "three_no":
                return answers.three_no
            case "ever_three_no":
                return lambda code: _EVER[self._book.ever_three_no(code, answers.day)]
            case "firm_party":
                return lambda code: terms.firm_party(answers, code, kind)
            case "organisation":
                return self._organisation(term)
            case "secretary":
                return lambda code: terms.secretary(answers, code, own)
            case "engagement":
                return lambda code: terms.engagement(answers, code, term.values)
            case "link":
                return lambda code: terms.link(answers, code, term.argument, term.values, own)
            case "station":
                return lambda code: self._book.station_at(code, term.values, answers.day)
            case "scheme":
                return terms.scheme_test(answers, term)
            case "checklist":
                items = [self.make(item.when) for item in answers.profile.checklists[term.argument].items]
                return lambda code: both([test(code) for test in items])
            case "field":
                return terms.field_test(answers, term)
            case "firm":
                return lambda code: terms.firm_field(answers, code, term)
        return terms.fact_test(answers, term)

    def _organisation(self, term: Term) -> Test:
        answers, own = self._answers, self._own_kind
        types = frozenset(term.values)
        if not types:
            return answers.party if own is None else lambda code: answers.party(code, own)
        if term.operator == "!=":
            return lambda code: terms.organisation(answers, code, lambda t: t not in types, own)
        return lambda code: terms.organisation(answers, code, lambda t: t in types, own)


def _mirrored(test: Test) -> Test:
    def mirrored(code: str) -> Verdict:
        verdict = test(code)
        return verdict._replace(answer=negated(verdict.answer))

    return mirrored
