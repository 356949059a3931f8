"""The steps by which a three-no compound is adopted: each is one change with a day of its own, or a refusal.

visit → trial ("try first, buy later") → contract or trusteeship → a subsidy that tapers to zero; where nobody
takes it, a fallback operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.days.term import parted_in_years
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY
from app.domain.values import is_empty, read_field
from app.errors import InvalidInput
from app.services.adoption.rules import (
    Term,
    check_alone,
    check_firm_period,
    check_follows,
    check_no_rise,
    check_order,
    check_taper,
    check_term,
    check_trial_length,
    compound_on,
    ended,
    firm_before,
    firm_of,
    new_engagement,
    no_trial,
    paid,
    reason,
    refusal,
    runs_into,
    served_by,
    service_before,
    trial_last,
)
from app.services.adoption.stages import SERVED, SUBSIDY, VISIT, pieces_of
from app.services.edit import edit
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Value
    from app.services.registry.registry import Registry

VERB: Final = "adopt"


def visit(
    registry: Registry,
    compound: str,
    day: date,
    answers: Mapping[str, object] | None = None,
    *,
    why: str | None = None,
) -> Changes:
    """Record a first visit: the three-no facts answered with the visit's day, as one change."""

    def build(dataset: Dataset) -> list[Edit]:
        record = compound_on(dataset, compound, day)
        known = registry.profile.three_no.fact_keys
        for key in answers or {}:
            if key not in known:
                message = Text(
                    f"走访登记的是三无各项：{'、'.join(known)}，没有 {key!r}。",
                    f"A visit answers the parts of the three-no rule: {', '.join(known)}; not {key!r}.",
                )
                raise refusal(record.code, key, message)
        check_order(dataset, record.code, day)
        said = {VISIT: "yes", **{k: v for k, v in (answers or {}).items() if not is_empty(v)}}
        return [
            made
            for key, value in said.items()
            for made in edit.new_record(
                dataset,
                registry.profile,
                KINDS["facts"],
                {"subject": record.code, "key": key, "value": value, "valid_from": day},
            )
        ]

    return registry.write(build, verb=VERB, why=reason("visit", why))


def begin_trial(
    registry: Registry,
    compound: str,
    firm: str,
    first: date,
    *,
    until: date | None = None,
    why: str | None = None,
) -> Changes:
    """Begin a firm's trial; its last day is filled in from the months that the profile declares."""
    adoption = registry.profile.adoption

    def build(dataset: Dataset) -> list[Edit]:
        record = compound_on(dataset, compound, first)
        partner = firm_of(dataset, firm, record.code)
        last = until or trial_last(adoption, first)
        check_trial_length(adoption, record.code, Term(first, last))
        check_order(dataset, record.code, first)
        before = service_before(dataset, record.code, partner.code, first)
        if before is not None and runs_into(before, first):
            check_follows(adoption, before, "trial", first, record.code)
        check_firm_period(partner, record.code, Term(first, last))
        check_alone(dataset, record.code, Term(first, last), but=None)
        return [new_engagement(dataset, record.code, partner.code, "trial", Term(first, last))]

    return registry.write(build, verb=VERB, why=reason("trial", why))


def conclude(
    registry: Registry,
    compound: str,
    stage: str,
    first: date,
    *,
    firm: str = "",
    until: date | None = None,
    fee: object = None,
    without_trial: bool = False,
    why: str | None = None,
) -> Changes:
    """Conclude a contract, trusteeship or fallback service; what the firm did until now ends the day before.

    ``firm`` "" = the firm of the trial or service that runs. ``without_trial`` says explicitly that no running
    trial, or other stage that the profile lets go before, leads to it.
    """
    adoption = registry.profile.adoption

    def build(dataset: Dataset) -> list[Edit]:
        record = compound_on(dataset, compound, first)
        if stage not in SERVED:
            message = Text(
                f"不能签成 {stage!r}。可以是：{'、'.join(SERVED)}。",
                f"{stage!r} can't be concluded; it is one of {', '.join(SERVED)}.",
            )
            raise refusal(record.code, "stage", message, stage)
        check_order(dataset, record.code, first)
        partner = firm_of(dataset, firm or firm_before(dataset, record.code, first), record.code)
        term = Term(first, until)
        check_term(record.code, term)
        before = service_before(dataset, record.code, partner.code, first)
        edits: list[Edit] = []
        if before is not None and runs_into(before, first):
            if not without_trial:
                check_follows(adoption, before, stage, first, record.code)
            if before.valid_until is None or before.valid_until >= first:
                edits.append(Put(ended(before, first - ONE_DAY), before))
        elif stage not in adoption.first and not without_trial:
            raise no_trial(dataset, record.code, partner, before, stage, first)
        else:
            before = None
        check_firm_period(partner, record.code, term)
        check_alone(dataset, record.code, term, but=before)
        return [
            new_engagement(
                dataset,
                record.code,
                partner.code,
                stage,
                term,
                fee=_read_fee(record.code, fee, registry.profile),
            ),
            *edits,
        ]

    return registry.write(build, verb=VERB, why=reason(stage, why))


def _read_fee(compound: str, fee: object, profile: Profile) -> Value:
    try:
        return read_field(KINDS["engagements"].by_name["fee_yuan_m2_month"], fee, profile)
    except InvalidInput as error:
        raise refusal(compound, "fee", error.message, fee) from error


def set_subsidy(
    registry: Registry,
    compound: str,
    yuan: Sequence[float],
    *,
    first: date | None = None,
    why: str | None = None,
) -> Changes:
    """Lay down the subsidy year by year, then zero: dated values of the engagement in force on ``first``.

    ``first`` None = the first day of the service that runs or comes last.
    """

    def build(dataset: Dataset) -> list[Edit]:
        record = compound_on(dataset, compound, first)
        engagement = served_by(dataset, record.code, first)
        begin = first or engagement.valid_from
        if begin is None:
            message = Text(
                f"{engagement.code} 没有第一天，写补贴从哪天起。",
                f"{engagement.code} has no first day; say from when the subsidy is paid.",
            )
            raise refusal(record.code, "from", message)
        check_taper(record.code, yuan)
        years = parted_in_years(begin, len(yuan))
        last = engagement.valid_until
        if last is not None and years[-1][1] > last:
            message = Text(
                f"补贴排到 {years[-1][1]}，超出 {engagement.code} 的最后一天 {last}。减少年数，或先延长服务。",
                f"The subsidy runs to {years[-1][1]}, past the last day of {engagement.code}, {last}. Plan fewer years, or extend the service first.",
            )
            raise refusal(record.code, "subsidy", message, years[-1][1])
        check_no_rise(dataset, engagement, record.code, begin, yuan[0])
        planned: list[tuple[date | None, object]] = [
            (end, float(amount)) for (_, end), amount in zip(years, yuan, strict=True)
        ]
        return [Put(paid(engagement, begin, [*planned, (None, 0.0)]), engagement)]

    return registry.write(build, verb=VERB, why=reason("subsidy", why))


def end_subsidy(registry: Registry, compound: str, day: date, *, why: str | None = None) -> Changes:
    """Pay no subsidy from ``day`` on."""

    def build(dataset: Dataset) -> list[Edit]:
        record = compound_on(dataset, compound, day)
        engagement = served_by(dataset, record.code, day)
        amounts = [
            value
            for _, last, value in pieces_of(engagement, SUBSIDY)
            if (last is None or last >= day) and isinstance(value, int | float)
        ]
        if not any(amounts):
            message = Text(
                f"{engagement.code} 从 {day} 起本来就没有补贴。",
                f"{engagement.code} has no subsidy from {day} on already.",
            )
            raise refusal(record.code, "from", message, day)
        return [Put(paid(engagement, day, [(None, 0.0)]), engagement)]

    return registry.write(build, verb=VERB, why=reason("end_subsidy", why))


def end(registry: Registry, compound: str, day: date, *, why: str | None = None) -> Changes:
    """End the service in force: ``day`` is the first day without it."""

    def build(dataset: Dataset) -> list[Edit]:
        record = compound_on(dataset, compound, None)
        running = [e for e in dataset.engagements_with(record.code) if e.is_in_force(day - ONE_DAY)]
        begun = [e for e in dataset.engagements_with(record.code) if e.valid_from == day]
        if not running and not begun:
            message = Text(
                f"{day - ONE_DAY} 没有在期的服务，没有可结束的。",
                f"there is no service on {day - ONE_DAY}; there is nothing to end.",
            )
            raise refusal(record.code, "on", message, day)
        if not running:
            return [Remove(row) for row in begun]
        return [Put(ended(row, day - ONE_DAY), row) for row in running]

    return registry.write(build, verb=VERB, why=reason("end", why))


def proposed_taper(first_year: float, years: int) -> list[float]:
    """Return a subsidy that falls evenly to zero: 30,000 over three years → 30,000, 20,000, 10,000."""
    return [float(round(first_year * (years - n) / years)) for n in range(years)]
