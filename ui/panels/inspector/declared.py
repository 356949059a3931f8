"""What the profile's declarations say of one record on one day: values only, no Qt, found off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.domain.rating import assessments_of, rate
from app.domain.values import fact_value
from ui.models.named import SERVED, display_name, own_kind, role_words
from ui.panels.inspector.dossier import ONE_DAY, Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.profile.declared import Checklist, FactSpec, Scheme
    from app.domain.profile.profile import Profile
    from app.domain.rating import Assessed, Rating
    from app.domain.record import Record

LISTED: Final = ("red", "black")
_SINGULAR: Final = {kind.name: kind.table for kind in KINDS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A checklist of a record: the answer to each of its items, in its order."""

    checklist: Checklist
    answers: tuple[str, ...]

    @property
    def have(self) -> int:
        """How many items are there."""
        return self.answers.count("yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A scheme that a record may be assessed by, and its latest assessment, if there is one.

    ``by``: the version under which it was made; None where the profile does not hold it any more.
    """

    scheme: Scheme
    assessed: Assessed | None = None
    by: Scheme | None = None
    rating: Rating | None = None
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A firm's list and grade as they stand: since when, and why it was put so."""

    firm: str
    name: str
    listed: str  # a code of firm_list, "" or "none" where it is on no list
    grade: str
    since: date | None = None
    why: str = ""


def met_by(engine: CoverageEngine, profile: Profile, record: Record, day: date) -> list[Met]:
    """Return every checklist of the record's kind with the answers to its items."""
    from app.coverage.conditions import test_of

    answers = engine.book.on(day)
    found = []
    for checklist in profile.checklists_of(record.kind):
        tests = [
            test_of(item.when, engine.book, answers, _SINGULAR[record.kind], None) for item in checklist.items
        ]
        found.append(
            Met(checklist=checklist, answers=tuple(str(test(record.code).answer.value) for test in tests))
        )
    return found


def graded_by(dataset: Dataset, profile: Profile, record: Record, day: date) -> list[Graded]:
    """Return every scheme for the record with its latest assessment on or before ``day``."""
    found = []
    for scheme in profile.schemes_for(record.kind, own_kind(record)):
        assessed = assessments_of(dataset, record.code, scheme.id, day)
        if assessed is None:
            found.append(Graded(scheme=scheme))
            continue
        by = profile.scheme(scheme.id, assessed.version)
        found.append(
            Graded(
                scheme=scheme,
                assessed=assessed,
                by=by,
                rating=None if by is None else rate(by, assessed.scores),
                is_stale=scheme.valid_days is not None
                and assessed.on + timedelta(days=scheme.valid_days) < day,
            )
        )
    return found


def relations_of(dataset: Dataset, profile: Profile, code: str, day: date, lang: str) -> list[Link]:
    """Return the record's relations, to it and from it, the running ones first; ``detail`` is the relation."""
    rows = [(row, row.text("subject")) for row in dataset.links_to(code)]
    rows += [(row, row.text("to")) for row in dataset.links_of(code)]
    found = []
    for row, other_code in rows:
        other = dataset.find(other_code)
        ends = [end for end in (row, other) if end is not None]
        first = max((end.valid_from for end in ends if end.valid_from is not None), default=None)
        last = min((end.valid_until for end in ends if end.valid_until is not None), default=None)
        found.append(
            Link(
                code=row.code,
                other=other_code,
                name=other_code if other is None else display_name(other, lang),
                detail=row.text("relation"),
                role=role_words(profile, row.text("relation"), row.text("role")).in_(lang),
                first=first,
                last=last,
                is_running=(first is None or first <= day) and (last is None or day <= last),
            )
        )
    return sorted(
        found, key=lambda k: (not k.is_running, k.detail, -(k.first or date.min).toordinal(), k.name, k.code)
    )


def may_relate(profile: Profile, kind: str) -> bool:
    """Whether any relation is declared that a record of this kind may have."""
    return any(kind in r.to or kind in r.of for r in profile.relations.values())


def credit_of(dataset: Dataset, firm: str, day: date, lang: str) -> Credit:
    """Return a firm's list and grade on a day, and since when where that is known."""
    record = dataset.find(firm)
    if record is None:
        return Credit(firm=firm, name=firm, listed="", grade="")
    ended = [last for field in ("list", "grade") for last, _ in record.past.get(field, ()) if last < day]
    return Credit(
        firm=firm,
        name=display_name(record, lang),
        listed=str(record.on("list", day) or ""),
        grade=str(record.on("grade", day) or ""),
        since=max(ended) + ONE_DAY if ended else record.valid_from,
    )


def reason_of_credit(changes: Sequence[Any], firm: str) -> str:
    """Return why the newest change of a firm's list or grade was made; "" where it does not say."""
    for change in changes:
        if change.undone_by is None and any(
            detail.code == firm and detail.field in ("list", "grade") for detail in change.details
        ):
            return str(change.why or "")
    return ""


def firms_serving(dataset: Dataset, record: Record, day: date) -> list[str]:
    """Return the firms whose credit concerns the record: itself, or those that serve it on the day."""
    if record.kind == "firms":
        return [record.code]
    if record.kind not in SERVED:
        return []
    running = [e.text("firm") for e in dataset.engagements_with(record.code) if e.is_in_force(day)]
    return list(dict.fromkeys(running))


def shown_fact(spec: FactSpec, value: str) -> str:
    """Return a kept fact as a box shows it: 1,200 · 85 % · 12,000.5."""
    if not value:
        return ""
    try:
        number = fact_value(spec, value)
    except ValueError:
        return value
    if spec.type == "rate":
        return f"{float(number) * 100:.10g}%"
    if spec.type == "count":
        return f"{int(number):,}"
    if spec.type == "money":
        return f"{float(number):,.2f}".rstrip("0").rstrip(".")
    return value


def is_stale(spec: FactSpec, since: date | None, day: date) -> bool:
    """Whether a survey is older than the profile lets it be."""
    return since is not None and spec.stale_days is not None and since + timedelta(days=spec.stale_days) < day
