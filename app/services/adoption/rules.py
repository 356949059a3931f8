"""What the steps of an adoption stand on: who is there before, and every reason to refuse a step."""

from __future__ import annotations

import math
import uuid
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from app.domain.codes.maker import CodeMaker
from app.domain.days.term import last_of_months
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, periods_overlap
from app.domain.record import NO_PAST, make_record
from app.errors import InvalidInput, Problem
from app.services.adoption.stages import PAID, SERVED, STAGE_WORDS, STEP_WORDS, SUBSIDY, way_of
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.profile.declared import Adoption
    from app.domain.record import Record


class Term(NamedTuple):
    """First and last day of a service; None = open."""

    first: date
    last: date | None


def trial_last(adoption: Adoption, first: date) -> date | None:
    """Return the last day of a trial that begins on ``first``; None where the profile sets no length."""
    step = adoption.step("trial")
    return None if step is None or step.months is None else last_of_months(first, step.months)


def compound_on(dataset: Dataset, code: str, day: date | None) -> Record:
    """Return the compound that is meant; refuse what is none, or is not there on the day."""
    record = record_called(dataset, code)
    if record.kind != "compounds":
        words = KINDS[record.kind].words
        message = Text(
            f"这是{words.zh}，接管的是小区。",
            f"this is one of {words.en}; it is a compound that is adopted.",
        )
        raise refusal(record.code, "compound", message)
    if day is not None and not record.is_in_force(day):
        span = f"{record.valid_from or '…'} – {record.valid_until or '…'}"
        message = Text(
            f"{day} 这天没有小区 {record.code}（{span}）。",
            f"There is no compound {record.code} on {day} ({span}).",
        )
        raise refusal(record.code, "from", message, day)
    return record


def firm_of(dataset: Dataset, code: str, compound: str) -> Record:
    """Return the firm that is meant; refuse what is none."""
    if not code:
        message = Text(
            "这里还没有体验的企业，写是哪一家。",
            "no firm has a trial here; say which firm.",
        )
        raise refusal(compound, "firm", message)
    record = record_called(dataset, code)
    if record.kind != "firms":
        message = Text(
            f"{code} 是{KINDS[record.kind].words.zh}，不是物业企业。", f"{code} is no property firm."
        )
        raise refusal(compound, "firm", message, code)
    return record


def firm_before(dataset: Dataset, compound: str, first: date) -> str:
    """Return the firm whose service runs on the day before ``first`` or later, "" if there is none or several."""
    firms = {e.text("firm") for e in dataset.engagements_with(compound) if runs_into(e, first)}
    return firms.pop() if len(firms) == 1 else ""


def service_before(dataset: Dataset, compound: str, firm: str, first: date) -> Record | None:
    """Return the firm's latest service of the compound that began before ``first``."""
    found = [
        e
        for e in dataset.engagements_with(compound)
        if e.text("firm") == firm and (e.valid_from is None or e.valid_from < first)
    ]
    return max(found, key=lambda e: e.valid_from or date.min, default=None)


def runs_into(engagement: Record, first: date) -> bool:
    """Whether a service that began before ``first`` runs on the day before it."""
    return engagement.is_in_force(first - ONE_DAY)


def served_by(dataset: Dataset, compound: str, day: date | None) -> Record:
    """Return the contract, trusteeship or fallback service in force on ``day``; None = the latest."""
    found = [
        e
        for e in dataset.engagements_with(compound)
        if (e.get("stage") if day is None else e.on("stage", day)) in SERVED
    ]
    in_force = [e for e in found if day is None or e.is_in_force(day)]
    if in_force:
        return max(in_force, key=lambda e: (e.get("stage") in PAID, e.valid_from or date.min, e.code))
    spans = "；".join(f"{e.code} {e.valid_from or '…'} – {e.valid_until or '…'}" for e in found)
    when = Text(f"{day} 这天", f" on {day}") if day is not None else Text("", "")
    message = Text(
        f"{when.zh}没有正式、托管或兜底的服务，补贴没有着落{f'（有 {spans}）' if spans else ''}。先签约。",
        f"there is no contract, trusteeship or fallback service{when.en} that could be subsidised{f' ({spans})' if spans else ''}. Conclude one first.",
    )
    raise refusal(compound, "from", message, day)


# Reasons to refuse


def check_term(compound: str, term: Term) -> None:
    """Refuse a last day before the first."""
    if term.last is not None and term.last < term.first:
        message = Text(
            f"最后一天 {term.last} 在第一天 {term.first} 之前。",
            f"The last day {term.last} is before the first day {term.first}.",
        )
        raise refusal(compound, "until", message, term.last)


def check_trial_length(adoption: Adoption, compound: str, term: Term) -> None:
    """Refuse a trial that ends before it begins, or runs longer than the profile declares."""
    check_term(compound, term)
    longest = trial_last(adoption, term.first)
    if longest is not None and (term.last is None or term.last > longest):
        step = adoption.step("trial")
        months = None if step is None else step.months
        message = Text(
            f"体验期最长 {months} 个月，从 {term.first} 起到 {longest} 为止，{term.last or '不写最后一天'} 太晚。",
            f"A trial lasts {months} months at most: from {term.first} until {longest}; {term.last or 'no end'} is too late.",
        )
        raise refusal(compound, "until", message, term.last)


def check_order(dataset: Dataset, compound: str, day: date) -> None:
    """Refuse a step dated before one that is recorded already."""
    steps: dict[str, tuple[date, str]] = {}
    for moment in way_of(dataset, compound):
        if moment.first is not None:
            steps.setdefault(f"{moment.code} {moment.what}", (moment.first, moment.what))
    latest = max(steps.values(), default=None)
    if latest is not None and day < latest[0]:
        words = STAGE_WORDS[latest[1]]
        message = Text(
            f"{day} 早于上一步“{words.zh}”（{latest[0]}）。写 {latest[0]} 或以后，或先撤销上一步。",
            f"{day} is before the step recorded last, '{words.en}' ({latest[0]}). Give {latest[0]} or later, or undo that step first.",
        )
        raise refusal(compound, "from", message, day)


def check_follows(adoption: Adoption, before: Record, stage: str, first: date, compound: str) -> None:
    """Refuse a stage that the profile does not let follow the one in force."""
    now = str(before.on("stage", first - ONE_DAY))
    step = adoption.step(now)
    allowed = () if step is None else step.next
    if stage not in allowed:
        then = [STAGE_WORDS[name] for name in allowed if name in STAGE_WORDS]
        message = Text(
            f"{before.code} 是“{STAGE_WORDS[now].zh}”，口径规定它之后是{'、'.join(w.zh for w in then) or '结束'}，不是{STAGE_WORDS[stage].zh}。",
            f"{before.code} is a {STAGE_WORDS[now].en}; the profile lets it lead to {' or '.join(w.en for w in then) or 'its end'}, not to {STAGE_WORDS[stage].en}.",
        )
        raise refusal(compound, "stage", message, stage)


def check_firm_period(firm: Record, compound: str, term: Term) -> None:
    """Refuse days on which the firm itself is not in force."""
    is_late = firm.valid_until is not None and (term.last is None or term.last > firm.valid_until)
    if firm.is_in_force(term.first) and not is_late:
        return
    span = f"{firm.valid_from or '…'} – {firm.valid_until or '…'}"
    asked = f"{term.first} – {term.last or '…'}"
    message = Text(
        f"企业 {firm.text('name')}（{firm.code}）的期限是 {span}，{asked} 超出了。",
        f"The firm {firm.text('name')} ({firm.code}) runs {span}; {asked} lies outside.",
    )
    is_early = not firm.is_in_force(term.first)
    raise refusal(compound, "from" if is_early else "until", message, term.first if is_early else term.last)


def check_alone(dataset: Dataset, compound: str, term: Term, *, but: Record | None) -> None:
    """Refuse a service beside another one that runs, whoever's it is; ``but`` is the one that it takes over."""
    for other in dataset.engagements_with(compound):
        if but is not None and other.code == but.code:
            continue
        firm = dataset.find(other.text("firm"))
        ends = [day for day in (other.valid_until, firm and firm.valid_until) if isinstance(day, date)]
        last = min(ends, default=None)
        if periods_overlap(other.valid_from, last, term.first, term.last):
            name = other.text("firm") if firm is None else firm.text("name")
            stage = STAGE_WORDS.get(other.text("stage"), Text(other.text("stage"), other.text("stage")))
            span = f"{other.valid_from or '…'} – {last or '…'}"
            message = Text(
                f"日期重叠：{name} 的{stage.zh} {other.code}（{span}）。先结束它，或改日期。",
                f"The days overlap with {name}'s {stage.en} {other.code} ({span}). End it first, or change the days.",
            )
            raise refusal(compound, "from", message, term.first)


def no_trial(
    dataset: Dataset, compound: str, firm: Record, before: Record | None, stage: str, first: date
) -> InvalidInput:
    """Return the refusal of a stage that no running trial leads to."""
    name, words = firm.text("name"), STAGE_WORDS[stage]
    if before is not None:
        span = f"{before.valid_from or '…'} – {before.valid_until or '…'}"
        now = STAGE_WORDS.get(before.text("stage"), Text(before.text("stage"), before.text("stage")))
        said = Text(
            f"{first} 不在 {name} 的{now.zh}期内，也不紧接着它（{before.code} {span}）。",
            f"{first} is neither in nor right after the {now.en} of {name} ({before.code} {span}).",
        )
    else:
        trials = [e.code for e in dataset.engagements_with(compound) if e.text("stage") == "trial"]
        other = f"（有 {'、'.join(trials)}）" if trials else ""
        said = Text(
            f"{name} 在 {first} 之前没有在这里体验过{other}。",
            f"{name} has had no trial here before {first}.",
        )
    message = Text(
        f"{said.zh}要不经体验就转为{words.zh}，请明说“不经体验”（--without-trial）。",
        f"{said.en} To conclude a {words.en} all the same, say so: --without-trial.",
    )
    return refusal(compound, "from" if before is not None else "without_trial", message, first)


def check_taper(compound: str, yuan: Sequence[float]) -> None:
    """Refuse a plan that is empty, negative, or rises."""
    if not yuan or not any(yuan):
        message = Text(
            "写每年的补贴，如 30000 20000 10000；不再补就停补贴。",
            "Give the subsidy of each year, such as 30000 20000 10000; to pay none, end it.",
        )
        raise refusal(compound, "subsidy", message)
    for place, amount in enumerate(yuan):
        if not math.isfinite(amount) or amount < 0:
            message = Text(f"补贴不能是 {amount}。", f"A subsidy can't be {amount}.")
            raise refusal(compound, "subsidy", message, amount)
        if place and amount > yuan[place - 1]:
            message = Text(
                f"补贴要逐年退出：第 {place + 1} 年 {amount:,.0f} 元多于第 {place} 年 {yuan[place - 1]:,.0f} 元。",
                f"A subsidy tapers: {amount:,.0f} yuan in year {place + 1} is more than {yuan[place - 1]:,.0f} in year {place}.",
            )
            raise refusal(compound, "subsidy", message, amount)


def check_no_rise(dataset: Dataset, engagement: Record, compound: str, first: date, amount: float) -> None:
    """Refuse a plan that begins with more than the firm was paid here before it."""
    firm = engagement.text("firm")
    own = [m for m in way_of(dataset, compound) if m.what == "subsidised" and m.firm == firm]
    before = [m for m in own if (m.first or date.min) < first]
    if not before:
        return
    last_one = before[-1]
    is_paid = last_one.last is None or last_one.last >= first - ONE_DAY
    most = last_one.yuan or 0.0 if is_paid else 0.0
    if amount > most:
        message = Text(
            f"补贴只降不升：{first} 前一天是 {most:,.0f} 元，不能变成 {amount:,.0f} 元。",
            f"A subsidy does not rise: it is {most:,.0f} yuan the day before {first} and can't become {amount:,.0f}.",
        )
        raise refusal(compound, "subsidy", message, amount)


# What is written


def new_engagement(
    dataset: Dataset, compound: str, firm: str, stage: str, term: Term, *, fee: object = None
) -> Put:
    """Return the edit that begins a service."""
    return Put(
        make_record(
            "engagements",
            str(uuid.uuid4()),
            CodeMaker(dataset).make("engagements"),
            valid_from=term.first,
            valid_until=term.last,
            firm=firm,
            compound=compound,
            stage=stage,
            fee_yuan_m2_month=fee,  # type: ignore[arg-type]  # read by read_field
        )
    )


def ended(engagement: Record, last: date) -> Record:
    """Return a service that ends on ``last``."""
    return engagement._replace(valid_until=last, version=engagement.version + 1)


def paid(engagement: Record, first: date, plan: Sequence[tuple[date | None, object]]) -> Record:
    """Return a service whose subsidy follows ``plan`` from ``first`` on: (last day, yuan), the last one open."""
    steps: list[tuple[date | None, object]] = []
    begin = engagement.valid_from
    for last, value in (*engagement.past.get(SUBSIDY, ()), (None, engagement.get(SUBSIDY))):
        if begin is None or begin < first:
            steps.append((first - ONE_DAY if last is None or last >= first else last, value))
        begin = None if last is None else last + ONE_DAY
        if last is None or last >= first - ONE_DAY:
            break
    merged: list[tuple[date | None, object]] = []
    for last, value in (*steps, *plan):
        if merged and merged[-1][1] == value:
            merged[-1] = (last, value)
        else:
            merged.append((last, value))
    past = {name: dated for name, dated in engagement.past.items() if name != SUBSIDY}
    dated = tuple((last, value) for last, value in merged[:-1] if last is not None)
    if dated:
        past[SUBSIDY] = dated
    latest = merged[-1][1]
    changed = engagement.with_values(**{SUBSIDY: latest})  # type: ignore[arg-type]  # a number or None
    return changed._replace(past=past or NO_PAST, version=engagement.version + 1)


def refusal(compound: str, column: str, message: Text, value: object = None) -> InvalidInput:
    """Return a refusal with its place."""
    shown = None if value is None else str(value)
    said = Text(f"{compound}：{message.zh}", f"{compound}: {message.en}")
    return InvalidInput(said, (Problem(message=message, code=compound, column=column, value=shown),))


def reason(step: str, why: str | None) -> str:
    """Return what the journal says of a step: its name, and what the user adds."""
    words = STEP_WORDS[step].zh
    return f"{words}：{why.strip()}" if why and why.strip() else words
