"""What runs out within some days: services, subsidies, terms, relations, surveys, assessments, and what follows.

The radar looks at what has a last day; consequences are computed for those alone, so that a city of 25,000
compounds takes no longer than what expires there.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from app.coverage.answers import ALL
from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.period import ONE_DAY
from app.domain.rating import assessments_of
from app.errors import InvalidInput, Problem
from app.services.adoption.expiry import OUT_OF_DATE, OWNERS, PAY_ENDS, Expiry, rank_of
from app.services.adoption.expiry_effects import Effects
from app.services.adoption.stages import STAGE_WORDS, SUBSIDY, pieces_of
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.adoption.expiry_effects import Effect

WITHIN: Final = (30, 90, 180)
_LOOKING: Final = Text("找快到期的", "Looking for what expires")


def expiring(
    engine: CoverageEngine, day: date, within: int, street: str = "", ticket: Ticket | None = None
) -> list[Expiry]:
    """Return what has its last day from ``day`` to ``within`` days later, the worst first, then the soonest.

    Raises InvalidInput for a negative number of days, or a street that there isn't.
    """
    if not 0 <= within <= 3660:
        message = Text(f"天数 {within} 不行：写 0 到 3660。", f"{within} days won't do: give 0 to 3660.")
        raise InvalidInput(message, (Problem(message=message, column="within", value=str(within)),))
    if street:
        record = record_called(engine.dataset, street)
        street = record.code
    radar = _Radar(engine, day, day + timedelta(days=within))
    found = []
    for step, look in enumerate(radar.looks):
        if ticket is not None:
            ticket.step(_LOOKING, step, len(radar.looks))
        for place, expiry in enumerate(look()):
            if ticket is not None and place % 200 == 0:
                ticket.step(_LOOKING, step, len(radar.looks))
            if not street or radar.lies_in(expiry, street):
                found.append(expiry)
    return sorted(found, key=lambda e: (e.rank, e.last, e.sort, e.subject, e.code))


class _Radar:
    def __init__(self, engine: CoverageEngine, first: date, end: date) -> None:
        self._engine, self._first, self._end = engine, first, end
        self._dataset: Dataset = engine.dataset
        self._profile: Profile = engine.profile
        self._effects = Effects(engine)
        self.looks: list[Callable[[], Iterator[Expiry]]] = [
            self._engagements,
            self._subsidies,
            self._owners,
            self._attachments,
            self._links,
            self._facts,
            self._surveys,
            self._assessments,
        ]

    def lies_in(self, expiry: Expiry, unit: str) -> bool:
        """Whether something runs out in a unit: for the unit itself, or for what lies in it."""
        answers = self._engine.book.on(self._first)
        for code in (expiry.subject, *expiry.shown):
            if code == unit or unit in answers.units_of(code):
                return True
            record = self._dataset.find(code)
            if record is not None and KINDS[record.kind].is_layer and record.kind != "compounds":
                place = self._engine.derived(code, self._first)
                if unit in (place.grid, place.community, place.street, place.district):
                    return True
        return False

    def _ends(self, kind: str) -> Iterator[tuple[Record, date]]:
        for record in self._dataset.of(kind).values():
            last = record.valid_until
            if last is not None and self._first <= last <= self._end:
                yield record, last

    def _made(
        self,
        sort: str,
        code: str,
        subject: str,
        words: Text,
        last: date,
        effects: Sequence[Effect] = (),
        *,
        shown: Sequence[str] = (),
        rank: int | None = None,
        parts: Sequence[str] = (),
        yuan: float | None = None,
    ) -> Expiry:
        return Expiry(
            sort=sort,
            code=code,
            subject=subject,
            name=_name(self._dataset, subject, last),
            words=words,
            last=last,
            days=(last - self._first).days,
            effects=tuple(effects),
            rank=rank_of(effects) if rank is None else rank,
            parts=tuple(parts),
            shown=tuple(shown) or (subject,),
            yuan=yuan,
        )

    def _engagements(self) -> Iterator[Expiry]:
        for record, last in self._ends("engagements"):
            compound = str(record.on("compound", last))
            stage = STAGE_WORDS.get(str(record.on("stage", last)), Text("服务", "service"))
            firm = _name(self._dataset, str(record.on("firm", last)), last)
            words = Text(f"{firm} {stage.zh}", f"{firm}, {stage.en}")
            effects = self._effects.of_service([compound], last)
            yield self._made("engagements", record.code, compound, words, last, effects)

    def _subsidies(self) -> Iterator[Expiry]:
        for record in self._dataset.of("engagements").values():
            if SUBSIDY not in record.past:
                continue  # an undated subsidy ends with its service
            paid = [
                (last, value)
                for _, last, value in pieces_of(record, SUBSIDY)
                if isinstance(value, int | float) and value > 0
            ]
            if not paid:
                continue
            last, yuan = paid[-1]
            if last is not None and self._first <= last <= self._end and last != record.valid_until:
                words = Text(f"补贴 {yuan:,.0f} 元停止", f"subsidy of {yuan:,.0f} yuan ends")
                compound = str(record.on("compound", last))
                amount = float(yuan) if isinstance(yuan, int | float) else None
                yield self._made("subsidies", record.code, compound, words, last, rank=PAY_ENDS, yuan=amount)

    def _owners(self) -> Iterator[Expiry]:
        for kind in OWNERS:
            for record, last in self._ends(kind):
                concerned = list(self._concerned_by(record, last))
                words = KINDS[kind].words
                yield self._made(
                    kind,
                    record.code,
                    record.code,
                    words,
                    last,
                    self._effects.of_anything([record.code, *concerned], last),
                    shown=[code for code in concerned if self._is_on_map(code)],
                )

    def _concerned_by(self, record: Record, last: date) -> Iterator[str]:
        """Yield whom an owner's relations concern, those too that were to begin later; for what a firm has, also whom it serves.

        A relation has ended with its owner, even where it never ran (reference 3).
        """
        dataset, code = self._dataset, record.code
        targets = [a.text("to") for a in dataset.attachments_of(code) if not _is_over(a, last)]
        targets += [e.text("compound") for e in dataset.engagements_of(code) if not _is_over(e, last)]
        for link in (*dataset.links_of(code), *dataset.links_to(code)):
            if not _is_over(link, last):
                targets.append(link.text("to") if link.text("subject") == code else link.text("subject"))
        for target in dict.fromkeys(targets):
            yield target
            yield from self._served(target, last)

    def _served(self, code: str, day: date) -> Iterator[str]:
        for engagement in self._dataset.engagements_of(code):
            if engagement.is_in_force(day):
                yield engagement.text("compound")

    def _is_on_map(self, code: str) -> bool:
        record = self._dataset.find(code)
        return record is not None and KINDS[record.kind].is_layer

    def _attachments(self) -> Iterator[Expiry]:
        for record, last in self._ends("attachments"):
            to = str(record.on("to", last))
            concerned = [to, *self._served(to, last)]
            name = _name(self._dataset, str(record.on("organisation", last)), last)
            effects = self._effects.of_party(concerned, last)
            shown = [code for code in concerned if self._is_on_map(code)]
            yield self._made("attachments", record.code, to, Text(name, name), last, effects, shown=shown)

    def _links(self) -> Iterator[Expiry]:
        for record, last in self._ends("links"):
            relation = record.text("relation")
            spec = self._profile.relations.get(relation)
            said = Text(relation, relation) if spec is None else spec.words
            ends = [str(record.on(field, last)) for field in ("to", "subject")]
            name = _name(self._dataset, ends[1], last)
            yield self._made(
                "links",
                record.code,
                ends[0],
                Text(f"{said.zh} {name}", f"{said.en}, {name}"),
                last,
                self._effects.of_link(ends, relation, last),
                shown=[code for code in ends if self._is_on_map(code)],
            )

    def _facts(self) -> Iterator[Expiry]:
        for record, last in self._ends("facts"):
            subject, key = record.text("subject"), record.text("key")
            if self._dataset.fact_on(subject, key, last) != record:
                continue  # another one has taken its place before
            effects = self._effects.of_fact(self._fact_subjects(subject, last), key, last)
            words = self._fact_words(record)
            yield self._made("facts", record.code, subject, words, last, effects)

    def _fact_subjects(self, subject: str, last: date) -> list[str]:
        record = self._dataset.find(subject)
        if record is not None and record.kind == "firms":
            return [subject, *self._served(subject, last)]
        if record is not None and record.kind in UNIT_KINDS:  # a register that is no longer complete
            answers = self._engine.book.on(last)
            return [subject, *(code for code in answers.counted(ALL) if subject in answers.units_of(code))]
        return [subject]

    def _fact_words(self, fact: Record) -> Text:
        spec = self._profile.facts.get(fact.text("key"))
        if spec is None:
            return Text(fact.text("key"), fact.text("key"))
        said = self._profile.fact_choices(spec).get(fact.text("value"))
        value = Text(fact.text("value"), fact.text("value")) if said is None else said
        return Text(f"{spec.words.zh}：{value.zh}", f"{spec.words.en}: {value.en}")

    def _surveys(self) -> Iterator[Expiry]:
        """Facts that grow stale, those of one subject and last day together."""
        aging = {k: s.stale_days for k, s in self._profile.facts.items() if s.stale_days is not None}
        old: dict[tuple[str, date], list[Record]] = {}
        begin, end = self._first, self._end
        for fact in self._dataset.of("facts").values():
            days = aging.get(str(fact.values[1]))
            if days is None or fact.valid_from is None or fact.values[2] == "unknown":
                continue
            last = fact.valid_from + timedelta(days=days)
            if not begin <= last <= end:
                continue
            subject = str(fact.values[0])
            if self._dataset.fact_on(subject, str(fact.values[1]), last + ONE_DAY) == fact:
                old.setdefault((subject, last), []).append(fact)
        for (subject, last), facts in old.items():
            specs = [self._profile.facts[fact.text("key")].words for fact in facts]
            words = Text("、".join(w.zh for w in specs), ", ".join(w.en for w in specs))
            yield self._made(
                "surveys",
                subject,
                subject,
                words,
                last,
                rank=OUT_OF_DATE,
                parts=[fact.code for fact in facts],
            )

    def _assessments(self) -> Iterator[Expiry]:
        pairs = dict.fromkeys(
            (row.text("subject"), row.text("scheme")) for row in self._dataset.of("assessments").values()
        )
        for subject, scheme_id in pairs:
            assessed = assessments_of(self._dataset, subject, scheme_id, self._end)
            if assessed is None:
                continue
            scheme = self._profile.scheme(scheme_id, assessed.version)
            if scheme is None or scheme.valid_days is None:
                continue
            last = assessed.on + timedelta(days=scheme.valid_days)
            if self._first <= last <= self._end:
                yield self._made(
                    "assessments",
                    assessed.rows[0].code,
                    subject,
                    scheme.words,
                    last,
                    rank=OUT_OF_DATE,
                    parts=[row.code for row in assessed.rows],
                )


def _is_over(relation: Record, day: date) -> bool:
    return relation.valid_until is not None and relation.valid_until < day


def _name(dataset: Dataset, code: str, day: date) -> str:
    record = dataset.find(code)
    if record is None or "name" not in KINDS[record.kind].index:
        return code
    return str(record.on("name", day) or code)
