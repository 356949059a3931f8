"""The verb adopt: steps and lists of the adoption of three-no compounds, and who needs a fallback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain import vocabulary
from app.domain.period import today
from app.errors import InvalidInput, Problem
from app.services.registry.lookup import street_called
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY, pairs
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.edits import Changes
    from app.services.adoption.stages import StageRow
    from app.services.registry.registry import Registry
    from ui.cli.output import Output

STEPS = (
    "visit",
    "trial",
    "conclude",
    "contract",
    "trusteeship",
    "fallback",
    "subsidy",
    "end-subsidy",
    "end",
    "take-over",
)


_WAY: Final = (
    Text("阶段", "stage"),
    Text("从", "from"),
    Text("到", "until"),
    Text("企业", "firm"),
    Text("补贴（元）", "subsidy (yuan)"),
    Text("记录", "record"),
)
_STANDING: Final = (
    Text("code", "code"),
    Text("名称", "name"),
    Text("阶段", "stage"),
    Text("从", "since"),
    Text("截止", "due"),
    Text("企业", "firm"),
    Text("补贴（元）", "subsidy (yuan)"),
    Text("接下来", "next"),
)
_NEEDED: Final = (
    Text("code", "code"),
    Text("名称", "name"),
    Text("缺什么", "missing"),
    Text("已接手", "taken over"),
    Text("还要", "still to do"),
)
_STREET: Final = (
    vocabulary.LEVELS["street"],
    Text("名称", "name"),
)


@verb()
@REGISTRY
@click.argument("compound", required=False)
@click.argument("step", required=False, type=click.Choice(STEPS))
@click.argument("values", nargs=-1, metavar="[FACT=VALUE… | YUAN… | DUTY]")
@click.option("--list", "is_list", is_flag=True, help="曾经三无的小区 · every compound ever three-no")
@click.option("--needs", is_flag=True, help="需兜底的小区 · compounds that need a fallback")
@click.option("--street")
@click.option("--as-of", type=DAY)
@click.option("--from", "--on", "since", type=DAY, help="这一步的日期 · day of the step (default today)")
@click.option("--until", type=DAY)
@click.option("--firm")
@click.option("--stage", default="contract", show_default=True, help="conclude: contract …")
@click.option("--fee")
@click.option("--taper", is_flag=True, help="从第一年起逐年递减 · taper evenly from the first year")
@click.option("--without-trial", is_flag=True, help="不经体验 · no trial leads to it")
@click.option("--why")
def adopt(output: Output, registry: Path, compound: str | None, step: str | None, **given: Any) -> None:
    """Adopt a three-no compound step by step; without a step, show where it stands."""
    if given["is_list"] or given["needs"]:
        if compound is not None:
            raise _usage("--list 和 --needs 不带小区。", "--list and --needs take no compound.", "compound")
    elif compound is None:
        raise _usage("写小区代码，或 --list。", "Give a compound, or --list.", "compound")
    with opened(output, registry) as r:
        if given["needs"]:
            _needs(output, r, given["street"], given["as_of"] or today())
        elif compound is None:
            _list(output, r, given["street"], given["as_of"] or today())
        elif step is None:
            _way(output, r, compound, given["as_of"] or today())
        else:
            tell_changes(output, _step(r, compound, step, given))


def _step(registry: Registry, compound: str, step: str, given: dict[str, Any]) -> Changes:
    """Do one step; what it does not take is refused, not ignored."""
    from app.services.adoption import adoption as service
    from app.services.adoption import fallback

    day, values, why = given["since"] or today(), given["values"], given["why"]
    takes = {
        "visit": {"values"},
        "trial": {"firm", "until"},
        "subsidy": {"values", "taper"},
        "take-over": {"values", "until"},
        "end": set[str](),
        "end-subsidy": set[str](),
    }.get(step, {"firm", "until", "fee", "without_trial"})
    for name in ("values", "firm", "until", "fee", "taper", "without_trial"):
        if given[name] and name not in takes:
            raise _usage(f"{step} 不要 {name}。", f"{step} takes no {name}.", name)
    match step:
        case "visit":
            return service.visit(registry, compound, day, pairs(values), why=why)
        case "trial":
            return service.begin_trial(
                registry, compound, given["firm"] or "", day, until=given["until"], why=why
            )
        case "subsidy":
            yuan = [_amount(value) for value in values]
            if given["taper"] and len(yuan) == 1:
                yuan = service.proposed_taper(yuan[0], registry.profile.adoption.taper_years)
            return service.set_subsidy(registry, compound, yuan, first=given["since"], why=why)
        case "end-subsidy":
            return service.end_subsidy(registry, compound, day, why=why)
        case "end":
            return service.end(registry, compound, day, why=why)
        case "take-over":
            if len(values) != 1:
                known = ", ".join(fallback.DUTY_WORDS)
                raise _usage(f"take-over 后面写一项：{known}。", f"take-over wants one of {known}.", "duty")
            return fallback.take_over(registry, compound, values[0], since=day, until=given["until"], why=why)
    return service.conclude(
        registry,
        compound,
        given["stage"] if step == "conclude" else step,
        day,
        firm=given["firm"] or "",
        until=given["until"],
        fee=given["fee"],
        without_trial=given["without_trial"],
        why=why,
    )


def _amount(text: str) -> float:
    try:
        return float(text.replace(",", "").replace("，", ""))
    except ValueError as error:
        raise _usage(
            f"{text!r} 不是补贴金额。写数字，如 30000 20000 10000。",
            f"{text!r} is no amount. Write numbers, such as 30000 20000 10000.",
            "subsidy",
            text,
        ) from error


def _usage(zh: str, en: str, column: str, value: str | None = None) -> InvalidInput:
    message = Text(zh, en)
    return InvalidInput(message, (Problem(message=message, column=column, value=value),))


def _way(output: Output, r: Registry, compound: str, day: date) -> None:
    from app.services.adoption.rules import compound_on
    from app.services.adoption.stages import STAGE_WORDS, stage_of, way_of

    code = compound_on(r.dataset, compound, None).code
    stage = stage_of(r.engine, r.profile.adoption, code, day)
    way = [moment.as_json(output.lang) for moment in way_of(r.dataset, code)]
    if output.as_json:
        output.document({"as_of": day.isoformat(), **stage.as_json(output.lang), "way": way})
        return
    rows = [
        [
            STAGE_WORDS.get(m["what"], Text(m["what"], m["what"])),
            m["from"],
            m["until"],
            r.engine.name_on(m["firm"], day) if m["firm"] else "",
            m["subsidy_yuan"],
            m["code"],
        ]
        for m in way
    ]
    output.table(_WAY, rows, right=[4])
    said = _next_words(output, stage.next)
    due = "" if stage.due is None else stage.due.isoformat()
    output.say(
        Text(
            f"{code} 在 {day}：{STAGE_WORDS[stage.stage].zh}{f'，到 {due}' if due else ''}{f'；接下来：{said}' if said else ''}",
            f"{code} on {day}: {STAGE_WORDS[stage.stage].en}{f', until {due}' if due else ''}{f'; next: {said}' if said else ''}",
        )
    )


def _next_words(output: Output, steps: Sequence[str]) -> str:
    from app.services.adoption.stages import STAGE_WORDS, STEP_WORDS

    return output.joined(STEP_WORDS.get(step) or STAGE_WORDS[step] for step in steps)


def _list(output: Output, r: Registry, street: str | None, day: date) -> None:
    from app.services.adoption.stages import STAGE_WORDS, adoption_list, counts_of

    with output.ticket() as ticket:
        rows = adoption_list(r.engine, r.profile.adoption, day, street_called(r.dataset, street), ticket)
    counts = counts_of(rows)
    total = {name: sum(of[name] for of in counts.values()) for name in STAGE_WORDS}
    if output.as_json:
        output.document(
            {
                "as_of": day.isoformat(),
                "profile": r.profile.label,
                "rule": r.profile.three_no.label,
                "count": len(rows),
                "counts": [
                    {"street": code or None, "name": r.engine.name_on(code, day), **of}
                    for code, of in counts.items()
                ],
                "total": total,
                "compounds": [
                    {
                        **row.stage.as_json(output.lang),
                        "name": row.name,
                        "street": row.street or None,
                        "community": row.community or None,
                    }
                    for row in rows
                ],
            }
        )
        return
    _compounds_table(output, r.engine, rows, day)
    unplaced, total_words = vocabulary.UNPLACED, vocabulary.TOTAL
    lines: list[list[object]] = [
        [code, r.engine.name_on(code, day) or unplaced, *of.values(), sum(of.values())]
        for code, of in counts.items()
    ]
    lines.append(["", total_words, *total.values(), len(rows)])
    output.table((*_STREET, *STAGE_WORDS.values(), total_words), lines, right=range(2, 12))


def _compounds_table(output: Output, engine: CoverageEngine, rows: Sequence[StageRow], day: date) -> None:
    from app.services.adoption.stages import STAGE_WORDS

    output.table(
        _STANDING,
        [
            [
                row.stage.compound,
                row.name,
                STAGE_WORDS[row.stage.stage],
                row.stage.since,
                row.stage.due,
                engine.name_on(row.stage.firm, day) if row.stage.firm else "",
                "" if not row.stage.yuan else f"{row.stage.yuan:,.0f}",
                _next_words(output, row.stage.next[:1]),
            ]
            for row in rows
        ],
        right=[6],
    )


def _needs(output: Output, r: Registry, street: str | None, day: date) -> None:
    from app.services.adoption.fallback import DUTY_WORDS, MISSING_WORDS, needs_of

    needs = needs_of(r.engine, day, street_called(r.dataset, street))
    if output.as_json:
        output.document(
            {
                "as_of": day.isoformat(),
                "profile": r.profile.label,
                "count": len(needs),
                "compounds": [need.as_json(output.lang) for need in needs],
            }
        )
        return

    output.table(
        _NEEDED,
        [
            [
                need.code,
                need.name,
                output.joined(MISSING_WORDS[name] for name in need.missing),
                output.joined(DUTY_WORDS[name] for name in need.taken),
                output.joined(DUTY_WORDS[name] for name in need.next),
            ]
            for need in needs
        ],
    )
    output.say(Text(f"共 {len(needs)} 个", f"{len(needs)} compounds"))
