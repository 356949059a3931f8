"""Findings that are settled: mended where there is one right way (`fix`), or left alone until a day (`waive`)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.mend import End, Write
from app.domain.period import ONE_DAY, today
from app.domain.record import count_code, make_record
from app.domain.rules.rules import owned_by
from app.errors import InvalidInput, Problem
from app.services.check.check import RULES, check
from app.services.check.proof import proof_of
from app.services.edit.edit import edits_for
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.mend import Mend
    from app.services.check.check import Finding
    from app.services.check.proof import Proof
    from app.services.registry.registry import Registry

_NOTHING: Final = Text("空", "empty")
_NO_MEND: Final = Text(
    "这一项没有唯一正确的改法，要人来定：{}",
    "There is not one right mend for this; somebody has to decide: {}",
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What mending a finding will do. ``steps``: a sentence each."""

    finding: Finding
    steps: tuple[Text, ...]


def finding_called(registry: Registry, finding_id: str, day: date | None = None) -> Finding:
    """Return the finding with an id as it stands on a day (default today); raise InvalidInput if there is none."""
    wanted = finding_id.strip()
    rule = wanted.partition(":")[0]
    found = (
        check(registry.dataset, registry.profile, registry.engine, registry.zone, day or today(), [rule])
        if rule in RULES
        else []
    )
    for finding in found:
        if finding.id == wanted:
            return finding
    message = Text(
        f"没有这一项核查结果：{wanted}。可能已经改好了；check 列出现有的。",
        f"There is no finding {wanted}. It may be settled already; check lists those there are.",
    )
    raise InvalidInput(message, (Problem(message=message, column="finding", value=wanted),))


def preview(registry: Registry, finding: Finding) -> Preview:
    """Return what ``fix`` will do; raise InvalidInput, with what to do instead, where there is not one right mend."""
    if not finding.fixable:
        message = _NO_MEND.format(finding.message.zh)
        message = Text(message.zh, _NO_MEND.format(finding.message.en).en)
        problem = Problem(message=message, code=finding.codes[0] if finding.codes else None, value=finding.id)
        raise InvalidInput(message, (problem,))
    return Preview(finding, tuple(_sentence(registry, step) for step in finding.mend))


def proof(registry: Registry, findings: Sequence[Finding], measure: str = "party") -> Proof:
    """Return what mending some findings would do to areas, places and figures today; nothing is written."""
    engine = registry.engine
    return proof_of(engine, _edits(registry, engine.dataset, _steps(findings)), today(), measure)


def fix(registry: Registry, *findings: Finding, why: str | None = None) -> Changes:
    """Mend one or many findings as one change that can be taken back.

    Raises
    ------
    InvalidInput
        If there is not exactly one right mend for each.
    Conflict
        If a record was changed by another process meanwhile.

    """
    for finding in findings:
        preview(registry, finding)

    def build(dataset: Dataset) -> list[Edit]:
        return _edits(registry, dataset, _steps(findings))

    return registry.write(build, verb="fix", why=why)


def _steps(findings: Sequence[Finding]) -> list[Mend]:
    """Return what mends findings, each step once; of what ends nothing else is written."""
    steps = list(dict.fromkeys(step for finding in findings for step in finding.mend))
    ended = {step.code for step in steps if isinstance(step, End)}
    return [step for step in steps if isinstance(step, End) or step.code not in ended]


def waive(registry: Registry, finding: Finding, *, why: str, until: date) -> Changes:
    """Leave a finding alone up to and including a day, as one change that can be taken back.

    A finding that is waived already gets the new day and reason. Raises InvalidInput if ``why`` is empty or holds
    a personal number, or if the day is past.
    """
    if not why.strip():
        message = Text("要写为什么（--why）。", "Say why (--why).")
        raise InvalidInput(message, (Problem(message=message, column="why"),))
    if until < today():
        message = Text(
            f"{until} 已经过了。写今天或以后的一天：到那天为止不再算。",
            f"{until} is past. Give today or a later day: up to it the finding counts no more.",
        )
        raise InvalidInput(message, (Problem(message=message, column="until", value=str(until)),))
    subject = finding.codes[0] if finding.codes else finding.rule
    new = make_record(
        "waivers",
        str(uuid.uuid4()),
        count_code(subject, finding.id),
        valid_from=today(),
        valid_until=until,
        subject=subject,
        finding=finding.id,
        rule=finding.rule,
        codes=" ".join(finding.codes),
        why=why.strip(),
        by=registry.by,
    )

    def build(dataset: Dataset) -> list[Edit]:
        old = dataset.of("waivers").get(new.code)
        if old is None:
            return [Put(new)]
        again = old._replace(values=new.values, valid_until=until, version=old.version + 1)
        if old.valid_until is None or old.valid_until < today():  # the one before has run out
            again = again._replace(valid_from=today())
        return [Put(again, old)]

    return registry.write(build, verb="waive", why=why.strip())


def _edits(registry: Registry, dataset: Dataset, steps: Sequence[Mend]) -> list[Edit]:
    edits: list[Edit] = []
    written: dict[tuple[str, date | None], dict[str, object]] = {}
    for step in steps:
        if isinstance(step, Write):
            written.setdefault((step.code, step.since), {})[step.field] = step.value
        else:
            edits += _end(dataset, step)
    for (code, since), values in written.items():
        record = dataset.find(code)
        if record is not None:
            edits += edits_for(dataset, registry.profile, record, values, since, None)
    return edits


def _end(dataset: Dataset, step: End) -> list[Edit]:
    record, last = dataset.find(step.code), today() - ONE_DAY
    if record is None:
        return []
    if record.valid_from is not None and last < record.valid_from:  # it would end before it began
        return [Remove(record), *(Remove(row) for row in owned_by(dataset, record.code))]
    return [Put(record._replace(valid_until=last, version=record.version + 1), record)]


def _sentence(registry: Registry, step: Mend) -> Text:
    zh, en = (PeopleWords(registry.dataset, registry.profile, lang) for lang in ("zh", "en"))
    if isinstance(step, End):
        return Text(
            f"{zh.named(step.code)} 到昨天为止，内容都在 {zh.named(step.stays)} 里。",
            f"{en.named(step.code)} ends yesterday; all it holds stands in {en.named(step.stays)}.",
        )
    record = registry.find(step.code)
    field = KINDS[record.kind].by_name[step.field]
    before = record.get(step.field)
    was = (zh.value(field, before) or _NOTHING.zh, en.value(field, before) or _NOTHING.en)
    now = (zh.value(field, step.value), en.value(field, step.value))
    from_ = ("", "") if step.since is None else (f"从 {step.since} 起，", f"From {step.since} on, ")
    return Text(
        f"{from_[0]}{zh.named(step.code)} 的{field.words.zh}：{was[0]} → {now[0]}。",
        f"{from_[1]}{en.named(step.code)}, {field.words.en.lower()}: {was[1]} → {now[1]}.",
    )
