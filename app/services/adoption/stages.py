"""How far the adoption of a three-no compound has come on a day: read from its visits and engagements, never typed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.domain.answer import Answer
from app.domain.period import ONE_DAY
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.profile.declared import Adoption
    from app.domain.record import Record
    from app.jobs import Ticket

VISIT: Final = "adoption_visit"  # the fact that a first visit leaves
SUBSIDY: Final = "subsidy_yuan"
SERVED: Final = (
    "contract",
    "trusteeship",
    "fallback",
)  # stages in which somebody is answerable for the place
PAID: Final = ("contract", "trusteeship")  # stages that a subsidy may taper in, towards standing alone
STAGE_WORDS: Final[dict[str, Text]] = {
    "none": Text("未开始", "not begun"),
    "visited": Text("已走访", "visited"),
    "trial": Text("体验", "trial"),
    "contract": Text("正式", "contract"),
    "trusteeship": Text("托管", "trusteeship"),
    "subsidised": Text("补贴中", "subsidised"),
    "independent": Text("自立", "on its own feet"),
    "fallback": Text("兜底", "fallback"),
    "ended": Text("已中断", "broken off"),
}
STEP_WORDS: Final[dict[str, Text]] = {
    "visit": Text("首次走访", "First visit"),
    "trial": Text("开始体验", "Begin the trial"),
    "contract": Text("签正式合同", "Conclude a contract"),
    "trusteeship": Text("接受托管", "Take into trusteeship"),
    "fallback": Text("交兜底单位", "Hand to a fallback operator"),
    "subsidy": Text("定补贴", "Set the subsidy"),
    "end_subsidy": Text("停补贴", "End the subsidy"),
    "end": Text("结束服务", "End the service"),
}
_RANK: Final = {"contract": 3, "trusteeship": 2, "fallback": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One stretch of a compound's way: what, from when to when, by which firm and record."""

    what: str  # visited, trial, contract, trusteeship, fallback, subsidised
    first: date | None
    last: date | None
    code: str
    firm: str = ""
    yuan: float | None = None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the stretch as the verb prints it."""
        return {
            "what": self.what,
            "from": _plain(self.first),
            "until": _plain(self.last),
            "code": self.code,
            "firm": self.firm or None,
            "subsidy_yuan": self.yuan,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a compound stands on a day, and what comes next.

    ``until``: the last day of what runs now, None = open. ``due``: the day by which the next step must be
    taken. ``paying_until``: the last day on which a subsidy is laid down; None with a ``yuan`` = no end to it.
    """

    compound: str
    stage: str
    since: date | None = None
    until: date | None = None
    engagement: str = ""
    firm: str = ""
    yuan: float | None = None
    paying_until: date | None = None
    next: tuple[str, ...] = ()
    due: date | None = None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return a compound's stage as the verb prints it."""
        return {
            "compound": self.compound,
            "stage": self.stage,
            "since": _plain(self.since),
            "until": _plain(self.until),
            "engagement": self.engagement or None,
            "firm": self.firm or None,
            "subsidy_yuan": self.yuan,
            "subsidy_until": _plain(self.paying_until),
            "next": list(self.next),
            "due": _plain(self.due),
        }


def pieces_of(record: Record, field: str) -> list[tuple[date | None, date | None, object]]:
    """Return (first, last, value) of a dated field within the record's own period, in order."""
    found: list[tuple[date | None, date | None, object]] = []
    begin = record.valid_from
    for last, value in (*record.past.get(field, ()), (None, record.get(field))):
        end = (
            record.valid_until if last is None or (record.valid_until and record.valid_until < last) else last
        )
        if begin is None or end is None or begin <= end:
            found.append((begin, end, value))
        if last is not None and (begin is None or begin <= last):
            begin = last + ONE_DAY
    return found


def way_of(dataset: Dataset, compound: str) -> list[Moment]:
    """Return everything that has been, is and is laid down, by first day."""
    found = [
        Moment(what="visited", first=fact.valid_from, last=fact.valid_until, code=fact.code)
        for fact in dataset.facts(compound).get(VISIT, ())
        if fact.text("value") == "yes"
    ]
    for engagement in dataset.engagements_with(compound):
        firm = engagement.text("firm")
        found += [
            Moment(what=str(stage), first=first, last=last, code=engagement.code, firm=firm)
            for first, last, stage in pieces_of(engagement, "stage")
        ]
        found += [
            Moment(what="subsidised", first=first, last=last, code=engagement.code, firm=firm, yuan=yuan)
            for first, last, yuan in pieces_of(engagement, SUBSIDY)
            if isinstance(yuan, int | float) and yuan > 0
        ]
    order = list(STAGE_WORDS)
    return sorted(found, key=lambda m: (m.first or date.min, order.index(m.what) if m.what in order else 0))


def next_after(adoption: Adoption, stage: str, *, has_end: bool = False) -> tuple[str, ...]:
    """Return what a stage leads to, the most sensible first: steps, or the stage that comes by itself.

    ``has_end``: the subsidy that runs has a last day.
    """
    match stage:
        case "none":
            return ("visit", *adoption.first)
        case "visited" | "ended":
            return adoption.first
        case "subsidised":
            return ("independent", "end_subsidy") if has_end else ("subsidy", "end_subsidy")
        case "independent":
            return ()
    declared = adoption.step(stage)
    follows = () if declared is None else declared.next
    return ("subsidy", *follows) if stage in PAID else follows


def stage_of(engine: CoverageEngine, adoption: Adoption, compound: str, day: date) -> Stage:
    """Return where a compound stands on a day."""
    answers = engine.book.on(day)
    running = [span for span in answers.relations.engagements_with(compound) if answers.is_running(span)]
    if running:
        span = max(
            running,
            key=lambda s: (_RANK.get(str(s.record.on("stage", day)), 0), s.first, s.record.code),
        )
        last = min(span.last, answers.relations.partner_last(span, day))
        return _running(
            engine.dataset,
            adoption,
            compound,
            span.record,
            day,
            until=None if last > date.max.toordinal() else date.fromordinal(last),
        )
    before = [m for m in way_of(engine.dataset, compound) if m.first is None or m.first <= day]
    ended = [m for m in before if m.what in (*SERVED, "trial")]
    visited = [m for m in before if m.what == "visited" and (m.last is None or day <= m.last)]
    if ended and not (visited and (visited[-1].first or date.min) > max(m.last or day for m in ended)):
        last_one = max(ended, key=lambda m: m.last or day)
        since = None if last_one.last is None else last_one.last + ONE_DAY
        return Stage(
            compound=compound,
            stage="ended",
            since=since,
            engagement=last_one.code,
            firm=last_one.firm,
            next=next_after(adoption, "ended"),
        )
    if visited:
        return Stage(
            compound=compound,
            stage="visited",
            since=visited[-1].first,
            until=visited[-1].last,
            next=next_after(adoption, "visited"),
        )
    return Stage(compound=compound, stage="none", next=next_after(adoption, "none"))


def _running(
    dataset: Dataset, adoption: Adoption, compound: str, record: Record, day: date, *, until: date | None
) -> Stage:
    stage = str(record.on("stage", day))
    pieces = [p for p in pieces_of(record, "stage") if p[0] is None or p[0] <= day]
    since = pieces[-1][0] if pieces else record.valid_from
    paid = record.on(SUBSIDY, day)
    yuan = float(paid) if isinstance(paid, int | float) else None
    subsidies = [m for m in way_of(dataset, compound) if m.what == "subsidised"]
    own = [m for m in subsidies if m.code == record.code]
    earlier = [m for m in subsidies if (m.first or date.min) < day]
    paying_until = own[-1].last if yuan else None
    if stage in PAID and yuan:
        stage, since = "subsidised", own[0].first
    elif stage in PAID and earlier:
        stage, paid_until = "independent", earlier[-1].last
        since = max(paid_until + ONE_DAY, since or date.min) if paid_until is not None else since
    due = (paying_until or until) if stage == "subsidised" else until
    return Stage(
        compound=compound,
        stage=stage,
        since=since,
        until=until,
        engagement=record.code,
        firm=str(record.on("firm", day)),
        yuan=yuan,
        paying_until=paying_until,
        next=next_after(adoption, stage, has_end=paying_until is not None),
        due=due,
    )


def base_of(engine: CoverageEngine, day: date, ticket: Ticket | None = None) -> list[str]:
    """Return the counted compounds that were three-no, derived or listed, on some day up to ``day``."""
    found = []
    answers = engine.book.on(day)
    for place, code in enumerate(answers.counted(None)):
        if ticket is not None and place % 500 == 0:
            ticket.step(Text("找曾经三无的小区", "Looking for compounds ever three-no"), place, place + 1)
        if engine.book.ever_three_no(code, day) is Answer.YES:
            found.append(code)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """A compound in the list: where it lies, and where it stands."""

    stage: Stage
    name: str
    street: str
    community: str


def adoption_list(
    engine: CoverageEngine, adoption: Adoption, day: date, street: str = "", ticket: Ticket | None = None
) -> list[StageRow]:
    """Return every compound that ever was three-no, what is due first on top, then by stage and code."""
    units = engine.places.units(day)
    answers = engine.book.on(day)
    rows = []
    for code in base_of(engine, day, ticket):
        line = answers.line_of(code)
        at = [level.codes[n] if n >= 0 else "" for level, n in zip(units.levels, line, strict=True)]
        if street and street not in at:
            continue
        rows.append(
            StageRow(
                stage=stage_of(engine, adoption, code, day),
                name=engine.name_on(code, day),
                street=at[1],
                community=at[2],
            )
        )
    order = list(STAGE_WORDS)
    return sorted(
        rows,
        key=lambda row: (row.stage.due or date.max, order.index(row.stage.stage), row.stage.compound),
    )


def counts_of(rows: list[StageRow]) -> dict[str, dict[str, int]]:
    """Return street → stage → how many; "" = in no street. Every row is counted once."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = found.setdefault(row.street, dict.fromkeys(STAGE_WORDS, 0))
        counts[row.stage.stage] += 1
    return dict(sorted(found.items()))


def _plain(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
