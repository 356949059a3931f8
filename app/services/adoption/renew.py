"""What runs out goes on: a later last day, or the same answers surveyed again. Each is one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY
from app.errors import InvalidInput, Problem
from app.services.adoption.rules import Term, check_alone, check_firm_period, check_trial_length
from app.services.edit import edit
from app.services.registry.lookup import no_such, record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.registry.registry import Registry


def renew(registry: Registry, code: str, until: date, *, why: str | None = None) -> Changes:
    """Let a record that has a last day run on to a later one.

    Raises InvalidInput for a day that is not later, a trial longer than the profile declares, a service beside
    another one, or days outside the firm's own period.
    """

    def build(dataset: Dataset) -> list[Edit]:
        record = dataset.find(code)
        if record is None:
            raise no_such(code)
        last = record.valid_until
        if last is None or until <= last:
            message = (
                Text(
                    f"{code} 没有最后一天，不用续期。",
                    f"{code} has no last day; it needs no renewal.",
                )
                if last is None
                else Text(
                    f"{until} 不晚于 {code} 现在的最后一天 {last}。写更晚的一天。",
                    f"{until} is not later than the last day of {code}, {last}. Give a later day.",
                )
            )
            raise InvalidInput(
                message, (Problem(message=message, code=code, column="until", value=str(until)),)
            )
        if record.kind == "engagements":
            _check_service(registry, dataset, record, last, until)
        return [Put(record._replace(valid_until=until, version=record.version + 1), record)]

    return registry.write(build, verb="set", why=why)


def _check_service(registry: Registry, dataset: Dataset, record: Record, last: date, until: date) -> None:
    compound = record.text("compound")
    if record.get("stage") == "trial":
        term = Term(record.valid_from or last, until)
        check_trial_length(registry.profile.adoption, compound, term)
    added = Term(last + ONE_DAY, until)
    firm = dataset.find(record.text("firm"))
    if firm is not None:
        check_firm_period(firm, compound, added)
    check_alone(dataset, compound, added, but=record)


def facts_in_force(registry: Registry, subject: str, keys: Sequence[str], day: date) -> list[str]:
    """Return the facts of a subject that hold on a day: those of some keys, or all that grow stale.

    Raises InvalidInput for a key without a fact.
    """
    dataset = registry.dataset  # of one moment, while others write
    record = record_called(dataset, subject)
    aging = [key for key, spec in registry.profile.facts.items() if spec.stale_days is not None]
    held = {key: dataset.fact_on(record.code, key, day) for key in keys or aging}
    missing = [key for key, fact in held.items() if fact is None]
    if keys and missing:
        message = Text(
            f"{record.code} 在 {day} 没有 {'、'.join(missing)} 可复核。先登记。",
            f"{record.code} has no {', '.join(missing)} on {day} to confirm. Record it first.",
        )
        raise InvalidInput(message, (Problem(message=message, code=record.code, column=missing[0]),))
    return [fact.code for fact in held.values() if fact is not None and fact.get("value") != "unknown"]


def confirm(registry: Registry, facts: Sequence[str], day: date, *, why: str | None = None) -> Changes:
    """Record that facts were surveyed again on ``day`` and stand as they were, until the last day that they have.

    Raises InvalidInput for a day before a fact was recorded, or on which it no longer holds.
    """

    def build(dataset: Dataset) -> list[Edit]:
        edits: list[Edit] = []
        for code in facts:
            fact = dataset.of("facts").get(code)
            if fact is None:
                raise no_such(code)
            if fact.valid_from is not None and day < fact.valid_from:
                message = Text(
                    f"{day} 早于 {code} 登记的那天。",
                    f"{day} is before the day on which {code} was recorded.",
                )
                raise InvalidInput(
                    message, (Problem(message=message, code=code, column="from", value=str(day)),)
                )
            values = {name: fact.text(name) for name in ("subject", "key", "value")}
            if dataset.fact_on(values["subject"], values["key"], day) != fact:
                message = Text(
                    f"{code} 在 {day} 已不算数：过了最后一天，或已有新的一条。看新的那条。",
                    f"{code} no longer holds on {day}: its last day is past, or a newer one stands. Look at that one.",
                )
                raise InvalidInput(
                    message, (Problem(message=message, code=code, column="from", value=str(day)),)
                )
            days = {"valid_from": day, "valid_until": fact.valid_until}
            edits += edit.new_record(dataset, registry.profile, KINDS["facts"], {**values, **days})
        return edits

    return registry.write(build, verb="set", why=why)
