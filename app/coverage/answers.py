"""What is known of a subject on one day: yes, no or unknown, with the reason and the records behind it.

Reference 3, clause by clause: a running relation says yes; else a fact, an ended relation or a register that is
declared complete says no, the first that holds; else nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.common import COMPLETE, COUNTED, FIRM_LINES, SERVED
from app.coverage.places.units import NOWHERE
from app.domain.answer import Answer, all_of, any_of, negated
from app.domain.kinds import COUNTED_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from app.coverage.common import Common
    from app.coverage.places.places import Places
    from app.coverage.places.units import Line
    from app.coverage.relations import Relations, Span
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

SCATTERED: Final = "scattered"
ALL: Final = "all"


class Verdict(NamedTuple):
    """An answer, why, and the codes of the records that say so."""

    answer: Answer
    reason: str
    because: tuple[str, ...] = ()


NOT_SURVEYED: Final = Verdict(Answer.UNKNOWN, "not_surveyed")


def first_that_decides(whole: Answer, parts: Iterable[Verdict], *, by: Answer) -> Verdict:
    """Return ``whole`` with the reason of the first part whose answer is ``by``."""
    part = next(part for part in parts if part.answer is by)
    return Verdict(whole, part.reason, part.because)


def both(parts: Sequence[Verdict]) -> Verdict:
    """AND, with the reason of the first part that decides."""
    answer = all_of(part.answer for part in parts)
    return first_that_decides(answer, parts, by=answer)


def either(parts: Sequence[Verdict]) -> Verdict:
    """OR, with the reason of the first part that decides."""
    answer = any_of(part.answer for part in parts)
    return first_that_decides(answer, parts, by=answer)


class Answers:
    """All answers on one day. Values are found when asked and kept; two threads may find the same one twice."""

    def __init__(
        self,
        dataset: Dataset,
        profile: Profile,
        places: Places,
        relations: Relations,
        day: date,
        common: Common,
    ) -> None:
        self.dataset = dataset
        self.profile = profile
        self.places = places
        self.relations = relations
        self.day = day
        self.common = common
        self._buildings = dataset.of("buildings")
        self._parties: dict[str, Verdict] = {}
        self._properties: dict[str, Verdict] = {}
        self._three_nos: dict[str, Verdict] = {}

    # Who counts (reference 4.1)

    def is_subject(self, record: Record) -> bool:
        """Whether a record is a compound, or a building that belongs to none on this day."""
        return record.kind == "compounds" or record.on("compound", self.day) is None

    def is_of_kind(self, record: Record, kind: str | None, kinds: tuple[str, ...] = COUNTED_KINDS) -> bool:
        """Whether ``--kind`` counts this compound or scattered building; None: those of ``kinds``."""
        if kind == ALL:
            return True
        if record.kind == "buildings":
            return kind == SCATTERED
        own = str(record.on("kind", self.day) or "unknown")
        return own in kinds if kind is None else own == kind

    def counted(self, kind: str | None, kinds: tuple[str, ...] = COUNTED_KINDS) -> tuple[str, ...]:
        """Return the codes of the compounds and scattered buildings that count on this day, by code as text."""

        def find() -> tuple[str, ...]:
            return tuple([code for code, record in self.subjects() if self._is_counted(record, kind, kinds)])

        found: tuple[str, ...] = self.common.of(COUNTED, (self.day, kind, kinds), find)
        return found

    def counts(self, code: str, kind: str | None, kinds: tuple[str, ...] = COUNTED_KINDS) -> bool:
        """Whether this is one of ``counted``."""
        record = self.subject(code)
        return record is not None and self._is_counted(record, kind, kinds)

    def _is_counted(self, record: Record, kind: str | None, kinds: tuple[str, ...]) -> bool:
        return record.is_in_force(self.day) and self.is_of_kind(record, kind, kinds)

    def subject(self, code: str) -> Record | None:
        """Return the compound, or building that is scattered on this day, of this code."""
        record = self.dataset.of("compounds").get(code) or self._buildings.get(code)
        return record if record is not None and self.is_subject(record) else None

    def subjects(self) -> Iterator[tuple[str, Record]]:
        """Give every compound and every building that is scattered on this day, in force or not, by code as text."""
        compounds = self.dataset.of("compounds")
        for code in self.places.subjects().codes:
            record = compounds.get(code) or self._buildings[code]
            if self.is_subject(record):
                yield code, record

    # Facts

    def fact(self, code: str, key: str) -> Record | None:
        """Return the fact in force; a building takes none."""
        return None if code in self._buildings else self.dataset.fact_on(code, key, self.day)

    def said(self, code: str, key: str) -> Verdict:
        """Return what a fact of type answer says."""
        fact = self.fact(code, key)
        if fact is None:
            return NOT_SURVEYED
        value = fact.values[2]
        if value == "unknown":
            return Verdict(Answer.UNKNOWN, "said_unknown", (fact.code,))
        yes = value == "yes"
        return Verdict(Answer.YES if yes else Answer.NO, "answer_yes" if yes else "answer_no", (fact.code,))

    # Party and property

    def party(self, code: str, firm_kind: str | None = None) -> Verdict:
        """Whether a party organisation in force is attached to the subject itself.

        ``firm_kind``: for a firm, the kind of compounds that place it (``--kind``).
        """
        key = code if firm_kind is None else f"{code} {firm_kind}"
        verdict = self._parties.get(key)
        if verdict is None:
            spans = self.relations.attachments_to(code)
            verdict = self._parties[key] = self._by_record(
                code,
                spans,
                running=[span for span in spans if self.is_running(span)],
                fact_key="party_organisation",
                complete_key="party_complete",
                units=lambda: self.units_of(code, firm_kind),
            )
        return verdict

    def property(self, code: str) -> Verdict:
        """Whether an engagement in force serves the compound."""
        verdict = self._properties.get(code)
        if verdict is None:
            verdict = self._properties[code] = self._by_record(
                code,
                self.relations.engagements_with(code),
                running=self.serving(code),
                fact_key="property_firm",
                complete_key="property_complete",
                units=lambda: self.units_of(code),
            )
        return verdict

    def _by_record(
        self,
        code: str,
        spans: Sequence[Span],
        *,
        running: Sequence[Span],
        fact_key: str,
        complete_key: str,
        units: Callable[[], list[str]],
    ) -> Verdict:
        if running:
            return Verdict(Answer.YES, "in_force", tuple(span.record.code for span in running))
        return self.without_record(code, spans, fact_key=fact_key, complete_key=complete_key, units=units)

    def without_record(
        self,
        code: str,
        spans: Sequence[Span],
        *,
        fact_key: str,
        complete_key: str,
        units: Callable[[], list[str]],
    ) -> Verdict:
        """Return no, by the first of the three ways that holds, else unknown."""
        fact = self.fact(code, fact_key)
        if fact is not None:
            value = fact.values[2]
            if value == "no":
                return Verdict(Answer.NO, "answer_no", (fact.code,))
            reason = "yes_without_record" if value == "yes" else "said_unknown"
            return Verdict(Answer.UNKNOWN, reason, (fact.code,))
        if ended := [span.record.code for span in spans if self.has_ended(span)]:
            return Verdict(Answer.NO, "ended", tuple(ended))
        if complete := self.complete(complete_key):
            declared = [complete[unit] for unit in units() if unit in complete]
            if declared:
                return Verdict(Answer.NO, "complete", tuple(declared))
        return NOT_SURVEYED

    def is_running(self, span: Span) -> bool:
        """Whether a relation and its organisation or firm are both in force."""
        return span.first <= self.day.toordinal() <= span.last and self.relations.partner_runs(span, self.day)

    def has_ended(self, span: Span) -> bool:
        """Whether the earlier of the two last days is past."""
        return min(span.last, self.relations.partner_last(span, self.day)) < self.day.toordinal()

    def serving(self, code: str) -> list[Span]:
        """Return the engagements in force, of a stage that the profile counts."""
        stages = self.profile.property_stages
        return [
            span
            for span in self.relations.engagements_with(code)
            if self.is_running(span) and span.record.on("stage", self.day) in stages
        ]

    def has_firm(self, code: str) -> Verdict:
        """As ``property``, but a fact "yes" turns unknown into yes."""
        verdict = self.property(code)
        if verdict.answer is Answer.UNKNOWN:
            said = self.said(code, "property_firm")
            if said.answer is Answer.YES:
                return said
        return verdict

    # Three-no

    def three_no_parts(self, code: str) -> list[tuple[str, Verdict]]:
        """Return what the profile's rule asks for, in its order: yes = present."""
        return [(part, self._part(code, part)) for part in self.profile.three_no.parts]

    def _part(self, code: str, part: str) -> Verdict:
        if part == "has_firm":
            return self.has_firm(code)
        if part == "defence":
            said = [self.said(code, "defence_people"), self.said(code, "defence_hardware")]
            return either(said) if self.profile.three_no.defence == "any" else both(said)
        return self.said(code, part)

    def three_no(self, code: str) -> Verdict:
        """Return whether every part is absent, with the reason of the first part that decides."""
        verdict = self._three_nos.get(code)
        if verdict is None:
            parts = [verdict for _, verdict in self.three_no_parts(code)]
            present = any_of(part.answer for part in parts)
            verdict = self._three_nos[code] = first_that_decides(negated(present), parts, by=present)
        return verdict

    # Where

    def line_of(self, code: str) -> Line:
        """Return the position of the unit at each level that ``whole`` chooses for a subject."""
        subjects = self.places.subjects()
        row = subjects.rows_of([code], self.day)
        line = self.places.placing(self.day).whole_of(row)[0].tolist()
        return (line[0], line[1], line[2], line[3])

    def units_of(self, code: str, firm_kind: str | None = None) -> list[str]:
        """Return the codes of the units that a subject is placed in, from the district down; a unit in itself."""
        units = self.places.units(self.day)
        own = units.line_at(code)
        if own is not None:
            line = own
        elif code in self.dataset.of("firms"):
            line = self.firm_line(code, firm_kind)
        elif code in self.places.subjects():
            line = self.line_of(code)
        else:
            return []
        return [
            level.codes[place] for level, place in zip(units.levels, line, strict=True) if place != NOWHERE
        ]

    def served_by_firm(self, kind: str | None) -> dict[str, list[str]]:
        """Return for each firm in force the counted compounds that it serves."""
        found: dict[str, list[str]] = self.common.of(SERVED, (self.day, kind), lambda: self._served(kind))
        return found

    def _served(self, kind: str | None) -> dict[str, list[str]]:
        served: dict[str, list[str]] = {}
        for code in self.counted(kind):
            for firm in dict.fromkeys(self.relations.partner(span, self.day) for span in self.serving(code)):
                served.setdefault(firm, []).append(code)
        return dict(sorted(served.items()))

    def firm_line(self, firm: str, kind: str | None) -> Line:
        """Return the unit at each level that holds most of a firm's counted compounds."""
        lines: dict[str, Line] = self.common.of(FIRM_LINES, (self.day, kind), dict)
        line = lines.get(firm)
        if line is None:
            line = lines[firm] = self._find_firm_line(firm, kind)
        return line

    def _find_firm_line(self, firm: str, kind: str | None) -> Line:
        rows = [self.line_of(code) for code in self.served_by_firm(kind).get(firm, ())]
        chosen = [NOWHERE] * 4
        units = self.places.units(self.day)
        for level in range(4):
            count: dict[int, int] = {}
            for row in rows:
                if row[level] != NOWHERE and units.may_lie_in(row[level], chosen, level):
                    count[row[level]] = count.get(row[level], 0) + 1
            if count:
                most = max(count.values())
                chosen[level] = min(unit for unit, number in count.items() if number == most)
        return (chosen[0], chosen[1], chosen[2], chosen[3])

    def complete(self, key: str) -> Mapping[str, str]:
        """Return the units whose register is declared complete on this day: unit → code of the fact."""
        found: dict[str, str] = self.common.of(COMPLETE, (self.day, key), lambda: self._find_complete(key))
        return found

    def _find_complete(self, key: str) -> dict[str, str]:
        found = {}
        for unit in self.relations.units_with(key):
            fact = self.dataset.fact_on(unit, key, self.day)
            if fact is not None and fact.values[2] == "yes":
                found[unit] = fact.code
        return found
