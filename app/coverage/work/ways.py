"""How a subject comes to be covered: conditions made into acts, each part that doesn't hold asked once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.coverage.conditions import test_of
from app.coverage.work.acts import ATTACH, ENGAGE, EXTEND, FOUND, SETTLE, Step, Way
from app.coverage.work.nearby import any_type
from app.domain.answer import Answer
from app.domain.kinds import KINDS
from app.domain.profile.condition import Joined, Term
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.answers import Answers
    from app.coverage.book import Book
    from app.coverage.work.nearby import Fits, Nearby
    from app.domain.profile.condition import Condition
    from app.domain.profile.profile import Profile

    Told = tuple[Answer, Way | None]  # None: nothing that one could do
    Asked = Callable[[str], Told]

DONE: Final = Way((), 0, 0, needs_visit=False)
_OF_ORGANISATIONS: Final = frozenset({"party", "organisation"})
_OF_SERVICE: Final = frozenset({"property", "has_firm", "engagement"})
_OF_NOBODY: Final = frozenset(
    {"station", "three_no", "ever_three_no"}
)  # sites, and what can't be brought about
_COMMITTEE: Final = "owners_committee"
PARTY: Final = Text("党组织", "party organisation")
SERVICE: Final = Text("物业服务", "property service")
_ABOUT: Final = {"secretary": Text("书记", "secretary"), "party": PARTY, "organisation": PARTY}


def ways_of(
    condition: Condition, book: Book, answers: Answers, subject: str, kind: str | None, nearby: Nearby
) -> Asked:
    """Return what answers of one subject: does the condition hold, and what would make it hold."""
    return _Maker(book, answers, subject, kind, nearby).make(condition, is_turned=False)


class _Maker:
    def __init__(self, book: Book, answers: Answers, subject: str, kind: str | None, nearby: Nearby) -> None:
        self._asked = book, answers, subject, kind
        self._profile: Profile = answers.profile
        self._subject = subject
        self._nearby = nearby
        self._costs = answers.profile.work

    def make(self, condition: Condition, *, is_turned: bool) -> Asked:
        turned = is_turned != condition.negated
        if isinstance(condition, Joined):
            return self._joined(condition.parts, turned, is_all=(condition.how == "all") != turned)
        if condition.name == "checklist":
            items = tuple(item.when for item in self._profile.checklists[condition.argument].items)
            return self._joined(items, turned, is_all=not turned)
        if condition.name == "three_no" and turned:  # not three-no = any part is there
            return self._joined(
                tuple(self._part(part) for part in self._profile.three_no.parts), False, is_all=False
            )
        return self._leaf(replace(condition, negated=turned))

    def _part(self, part: str) -> Condition:
        if part == "has_firm":
            return Term("has_firm")
        if part == "defence":
            facts = Term("fact", "defence_people"), Term("fact", "defence_hardware")
            return Joined(self._profile.three_no.defence, facts)
        return Term("fact", part)

    def _joined(self, parts: tuple[Condition, ...], turned: bool, *, is_all: bool) -> Asked:
        asked = [self.make(part, is_turned=turned) for part in parts]
        if is_all:
            return lambda code: _all_of([ask(code) for ask in asked])
        visit = self._costs.visit
        return lambda code: _any_of([ask(code) for ask in asked], visit)

    def _leaf(self, term: Term) -> Asked:
        test = test_of(term, *self._asked)
        step_for = self._step_for(term)

        def ask(code: str) -> Told:
            answer = test(code).answer
            if answer is Answer.YES:
                return answer, DONE
            found = step_for(code)
            if found is None:
                return answer, None
            steps, cost = found
            is_unknown = answer is Answer.UNKNOWN
            return answer, Way(steps, cost, 0 if is_unknown else cost, needs_visit=is_unknown)

        return ask

    def _step_for(self, term: Term) -> Callable[[str], tuple[tuple[Step, ...], int] | None]:
        """Return what finds the act that makes a term hold of a subject, and what it costs."""
        costs = self._costs
        if term.name in _OF_NOBODY:
            return lambda _: None
        if not term.negated:
            if term.name in _OF_ORGANISATIONS:
                return lambda code: self._organisation(code, self._fits(term))
            if term.name in _OF_SERVICE:
                return self._service
            if term.name == "firm_party":
                return self._firm_party
        cost = costs.committee if term.argument == _COMMITTEE and term.name == "fact" else costs.settle
        step = Step(SETTLE, self._about(term))
        return lambda _: ((step,), cost)

    def _fits(self, term: Term) -> Fits:
        if not term.values:
            return any_type
        types = frozenset(term.values)
        if term.operator == "!=":
            return _Among(types, is_among=False)
        return _Among(types, is_among=True)

    def _organisation(self, code: str, fits: Fits) -> tuple[tuple[Step, ...], int]:
        found = None
        if self._subject == "compound":
            found = self._nearby.organisation_for(code, fits)
        elif self._subject == "grid":
            found = self._nearby.organisation_in(code, fits)
        if found is not None:
            return (Step(ATTACH, PARTY, found),), self._costs.attach
        return (Step(FOUND, PARTY),), self._costs.found

    def _service(self, code: str) -> tuple[tuple[Step, ...], int]:
        firm = self._nearby.firm_for(code)
        if firm is not None:
            return (Step(EXTEND, SERVICE, firm),), self._costs.extend
        return (Step(ENGAGE, SERVICE),), self._costs.engage

    def _firm_party(self, code: str) -> tuple[tuple[Step, ...], int] | None:
        """Return the cheaper of engaging a firm that has an organisation and of founding one at a serving firm."""
        found: list[tuple[tuple[Step, ...], int]] = []
        firm = self._nearby.firm_with_party()
        if firm is not None:
            found.append(((Step(ENGAGE, SERVICE, firm),), self._costs.engage))
        serving = self._nearby.firms_without_party(code)
        if serving:
            found.append(((Step(FOUND, PARTY, serving[0]),), self._costs.found))
        return min(found, key=lambda pair: pair[1], default=None)

    def _about(self, term: Term) -> Text:
        """Return in words what a term asks for."""
        profile = self._profile
        fact = profile.facts.get(term.argument) if term.name == "fact" else None
        if fact is not None:
            return fact.words
        relation = profile.relations.get(term.argument) if term.name == "link" else None
        if relation is not None:
            return relation.words
        scheme = profile.scheme(term.argument) if term.name == "scheme" else None
        if scheme is not None:
            return scheme.words
        kinds = [
            kind
            for kind in KINDS.values()
            if kind.subject == ("firm" if term.name == "firm" else self._subject)
        ]
        for kind in kinds:
            if term.name in ("field", "firm") and term.argument in kind.by_name:
                return kind.by_name[term.argument].words
        return _ABOUT.get(term.name, SERVICE)


class _Among:
    """Whether a type of organisation is among some, or none of them."""

    def __init__(self, types: frozenset[str], *, is_among: bool) -> None:
        self._types, self._is_among = types, is_among

    def __call__(self, type_: str) -> bool:
        return (type_ in self._types) is self._is_among

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Among) and (self._types, self._is_among) == (other._types, other._is_among)

    def __hash__(self) -> int:
        return hash((self._types, self._is_among))


def _all_of(told: list[Told]) -> Told:
    """AND: the acts of all parts that aren't yes, as one; one visit, whatever number of them is unknown."""
    answers = [answer for answer, _ in told]
    whole = (
        Answer.NO
        if any(answer is Answer.NO for answer in answers)
        else Answer.UNKNOWN
        if any(answer is Answer.UNKNOWN for answer in answers)
        else Answer.YES
    )
    steps: list[Step] = []
    cost = if_yes = 0
    needs_visit = False
    for answer, way in told:
        if answer is Answer.YES:
            continue
        if way is None:
            return whole, None
        steps += way.steps
        cost += way.cost
        if_yes += way.if_yes
        needs_visit |= way.needs_visit
    return whole, Way(tuple(steps), cost, if_yes, needs_visit)


def _any_of(told: list[Told], visit: int) -> Told:
    """OR: the acts of the cheapest part, of several the first; a visit wherever the answer itself is unknown."""
    if any(answer is Answer.YES for answer, _ in told):
        return Answer.YES, DONE
    is_unknown = any(answer is Answer.UNKNOWN for answer, _ in told)
    whole = Answer.UNKNOWN if is_unknown else Answer.NO
    possible = [way for _, way in told if way is not None]
    if not possible:
        return whole, None
    if is_unknown:  # each would need one
        best = min(possible, key=lambda way: way.cost)
        return whole, Way(best.steps, best.cost, 0, needs_visit=True)
    return whole, min(possible, key=lambda way: way.cost + visit * way.needs_visit)
