"""What a last day brings about: three-no and the declared measures of whom it concerns, on that day and the next.

Asked of the same conditions as coverage, and only for the subjects of what ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.coverage.conditions import test_of
from app.domain.answer import Answer
from app.domain.period import ONE_DAY
from app.domain.profile.condition import Condition, Term, terms_of
from app.domain.profile.declared import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from app.coverage.answers import Answers, Verdict
    from app.coverage.engine import CoverageEngine
    from app.domain.profile.profile import Profile

    Test = Callable[[str], Verdict]

THREE_NO: Final = "three_no"
_STATUS: Final = {Answer.YES: "covered", Answer.NO: "uncovered", Answer.UNKNOWN: "unknown"}
_SUBJECT_OF: Final = {kind: subject for subject, kind in SUBJECTS.items()} | {"buildings": "compound"}
_SERVICE: Final = frozenset({"property", "has_firm", "engagement", "firm", "firm_party"})
_PARTY: Final = frozenset({"party", "organisation", "firm_party"})
_THREE_NO_TERMS: Final = frozenset({"three_no", "ever_three_no"})


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes for one subject overnight: ``what`` is ``three_no`` (yes, no, unknown) or a measure (its status)."""

    subject: str
    what: str
    before: str
    after: str


class Effects:
    """Looks at subjects on the evening and on the morning; days and tests are made once."""

    def __init__(self, engine: CoverageEngine) -> None:
        self._engine = engine
        self._tests: dict[tuple[str, date], tuple[Test | None, Test]] = {}
        self._touched: dict[tuple[str, ...], dict[str, list[str]]] = {}

    def of_service(self, subjects: Iterable[str], last: date) -> tuple[Effect, ...]:
        """Return what changes where a service ends."""
        return self._of(subjects, last, ("service",))

    def of_party(self, subjects: Iterable[str], last: date) -> tuple[Effect, ...]:
        """Return what changes where a party organisation goes."""
        return self._of(subjects, last, ("party",))

    def of_link(self, subjects: Iterable[str], relation: str, last: date) -> tuple[Effect, ...]:
        """Return what changes where a relation ends."""
        return self._of(subjects, last, ("link", relation))

    def of_fact(self, subjects: Iterable[str], key: str, last: date) -> tuple[Effect, ...]:
        """Return what changes where a fact no longer holds."""
        return self._of(subjects, last, ("fact", key))

    def of_anything(self, subjects: Iterable[str], last: date) -> tuple[Effect, ...]:
        """Return what changes where a firm, an organisation or another owner of relations goes."""
        return self._of(subjects, last, ("any",))

    def _of(self, subjects: Iterable[str], last: date, about: tuple[str, ...]) -> tuple[Effect, ...]:
        touched = self._touched.get(about)
        if touched is None:
            touched = self._touched[about] = touched_measures(self._engine.profile, about)
        morning = last + ONE_DAY
        found = []
        for code in dict.fromkeys(subjects):
            record = self._engine.dataset.find(code)
            subject = None if record is None else _SUBJECT_OF.get(record.kind)
            if record is None or subject is None:
                continue
            if subject == "compound" and THREE_NO in touched:
                before, after = (self._three_no(code, day) for day in (last, morning))
                if before != after:
                    found.append(Effect(code, THREE_NO, before, after))
            for name in touched.get(subject, ()):
                before, after = (self.status(name, code, day) for day in (last, morning))
                if before != after:
                    found.append(Effect(code, name, before, after))
        return tuple(found)

    def _three_no(self, code: str, day: date) -> str:
        answers = self._engine.book.on(day)
        return str(answers.three_no(code).answer) if _is_there(answers, code) else "left_out"

    def status(self, measure: str, code: str, day: date) -> str:
        """Return how a measure counts a subject on a day, as coverage with ``--kind all`` does."""
        answers = self._engine.book.on(day)
        if not _is_there(answers, code):
            return "left_out"
        within, covered = self._test(measure, day)
        if within is not None and within(code).answer is not Answer.YES:
            return "left_out"
        return _STATUS[covered(code).answer]

    def _test(self, measure: str, day: date) -> tuple[Test | None, Test]:
        tests = self._tests.get((measure, day))
        if tests is None:
            spec = self._engine.profile.measures[measure]
            answers = self._engine.book.on(day)
            assert spec.covered is not None  # noqa: S101  # touched_measures takes no other
            made = [
                None if part is None else test_of(part, self._engine.book, answers, spec.subject, None)
                for part in (spec.within, spec.covered)
            ]
            assert made[1] is not None  # noqa: S101  # narrows the type
            tests = self._tests[measure, day] = (made[0], made[1])
        return tests


def _is_there(answers: Answers, code: str) -> bool:
    record = answers.dataset.find(code)
    if record is None or not record.is_in_force(answers.day):
        return False
    if record.kind == "firms":
        return code in answers.served_by_firm(None)
    return record.kind != "buildings" or answers.is_subject(record)


def touched_measures(profile: Profile, about: tuple[str, ...]) -> dict[str, list[str]]:
    """Return subject → measures that what ends may change; the key ``three_no`` is there if the rule may change.

    ``about``: ``("service",)``, ``("party",)``, ``("link", relation)``, ``("fact", key)`` or ``("any",)``.
    """
    is_three_no = about[0] in ("service", "any") or (
        about[0] == "fact" and about[1] in (*profile.three_no.fact_keys, "property_firm", "property_complete")
    )
    found: dict[str, list[str]] = {THREE_NO: []} if is_three_no else {}
    for name, spec in profile.measures.items():
        conditions = [part for part in (spec.within, spec.covered) if part is not None]
        if spec.covered is not None and any(
            _is_touched(profile, term, about, is_three_no=is_three_no)
            for condition in conditions
            for term in _all_terms(profile, condition)
        ):
            found.setdefault(spec.subject, []).append(name)
    return found


def _all_terms(profile: Profile, condition: Condition) -> Iterable[Term]:
    for term in terms_of(condition):
        yield term
        checklist = profile.checklists.get(term.argument) if term.name == "checklist" else None
        for item in () if checklist is None else checklist.items:
            yield from _all_terms(profile, item.when)


def _is_touched(profile: Profile, term: Term, about: tuple[str, ...], *, is_three_no: bool) -> bool:
    if term.name in _THREE_NO_TERMS:
        return is_three_no
    match about[0]:
        case "service":
            return term.name in _SERVICE
        case "party":
            return term.name in _PARTY
        case "link":
            return term.name == "link" and term.argument == about[1]
        case "fact":
            key = about[1]
            if key in ("property_firm", "property_complete"):
                return term.name in _SERVICE or (term.name == "fact" and term.argument == key)
            if key in ("party_organisation", "party_complete"):
                return term.name in _PARTY or (term.name == "fact" and term.argument == key)
            if term.name == "link":
                relation = profile.relations.get(term.argument)
                return relation is not None and relation.complete == key
            return term.name == "fact" and term.argument == key
    return term.name in _SERVICE | _PARTY or term.name == "link"
