"""Verbs about what is handled step by step: case, cases and mediators, entry and lists (the three lists)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.domain import vocabulary
from app.domain.period import today
from app.errors import InvalidInput, Problem
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY, pairs
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from datetime import date

    from app.domain.profile.profile import Profile
    from app.services.count.unit_counts import CountRow, UnitCounts
    from ui.cli.output import Output

CASE_STEPS = ("open", "move", "escalate", "close")
ENTRY_STEPS = ("note", "match", "done")


@verb()
@REGISTRY
@click.argument("step", type=click.Choice(CASE_STEPS))
@click.argument("words", nargs=-1, metavar="FIELD=VALUE… | CODE [STATE]")
@click.option("--on", type=DAY, help="哪一天 · on which day (default today)")
@click.option("--why")
def case(
    output: Output, registry: Path, step: str, words: tuple[str, ...], on: date | None, why: str | None
) -> None:
    """Open a case (FIELD=VALUE…), or move, escalate or close one (CODE)."""
    from app.services.mediation import cases as service

    with opened(output, registry) as r:
        if step == "open":
            changes = service.open_case(r, _opened(words, on), why=why)
        elif step == "move":
            code, state = _one_or_two(words, "CODE [STATE]")
            changes = service.move_case(r, code, state, on=on, why=why)
        else:
            code = _exactly(words, ("CODE",))[0]
            act = service.escalate_case if step == "escalate" else service.close_case
            changes = act(r, code, on=on, why=why)
        tell_changes(output, changes)


@verb()
@REGISTRY
@click.option("--by", default="street", show_default=True)
@click.option("--as-of", type=DAY)
def cases(output: Output, registry: Path, by: str, as_of: date | None) -> None:
    """Count cases by unit, level, state and category as of a day."""
    from app.services.mediation.case_counts import case_counts

    with opened(output, registry) as r:
        counts, profile = case_counts(r.engine, by, as_of or today()), r.profile
    if output.as_json:
        output.document(counts.as_json(output.lang))
        return
    head = Text("层级、状态、类别", "level, state, category")
    _counts_table(output, counts, ("case_level", "case_state", ""), head, profile)


@verb()
@REGISTRY
@click.option("--unit", help="只看一个单位 · one unit, compound included")
@click.option("--as-of", type=DAY)
def mediators(output: Output, registry: Path, unit: str | None, as_of: date | None) -> None:
    """Sum mediators by category and level as of a day."""
    from app.domain.kinds import KINDS
    from app.services.mediation.mediators import mediator_rows

    day = as_of or today()
    with opened(output, registry) as r:
        rows = mediator_rows(r.engine, day, unit)
    if output.as_json:
        output.document(
            {
                "as_of": day.isoformat(),
                "unit": unit,
                "categories": len(rows),
                "total": sum(row.total or 0 for row in rows),
                "rows": [row.as_json(output.lang) for row in rows],
            }
        )
        return
    kinds = list(dict.fromkeys(kind for row in rows for kind in row.spec.of))
    total = vocabulary.TOTAL
    output.table(
        [
            Text("类别", "category"),
            *(KINDS[kind].words for kind in kinds),
            total,
        ],
        [
            [
                row.spec.words,
                *(row.counts.get(kind, "—") for kind in kinds),
                _dash(row.total),
            ]
            for row in rows
        ],
        right=range(1, len(kinds) + 2),
    )
    people = sum(row.total or 0 for row in rows)
    output.say(Text(f"共 {len(rows)} 类 {people} 人", f"{len(rows)} categories, {people} people"))


@verb()
@REGISTRY
@click.argument("step", type=click.Choice(ENTRY_STEPS))
@click.argument("words", nargs=-1, metavar="FIELD=VALUE… | CODE [NEED]")
@click.option("--on", type=DAY, help="哪一天 · on which day (default today)")
@click.option("--why")
def entry(
    output: Output, registry: Path, step: str, words: tuple[str, ...], on: date | None, why: str | None
) -> None:
    """Note a need, resource or project (FIELD=VALUE…); match one to a need; say it is done."""
    from app.services.mediation import lists as service

    with opened(output, registry) as r:
        if step == "note":
            changes = service.note_entry(r, _opened(words, on), why=why)
        elif step == "match":
            code, need = _exactly(words, ("CODE", "NEED"))
            changes = service.match_entry(r, code, need, on=on, why=why)
        else:
            changes = service.finish_entry(r, _exactly(words, ("CODE",))[0], on=on, why=why)
        tell_changes(output, changes)


@verb()
@REGISTRY
@click.option("--by", default="street", show_default=True)
@click.option("--as-of", type=DAY)
def lists(output: Output, registry: Path, by: str, as_of: date | None) -> None:
    """Count needs, resources and projects by unit and state as of a day."""
    from app.services.mediation.lists import list_counts

    with opened(output, registry) as r:
        counts, profile = list_counts(r.engine, by, as_of or today()), r.profile
    if output.as_json:
        output.document(counts.as_json(output.lang))
        return
    _counts_table(output, counts, ("list_kind", "entry_state"), Text("清单、状态", "list, state"), profile)


def _dash(number: int | None) -> object:
    return "—" if number is None else number


def _exactly(words: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) != len(wanted):
        said = " ".join(wanted)
        message = Text(
            f"要写 {said}，这里是 {' '.join(words)!r}。", f"{said} is wanted, not {' '.join(words)!r}."
        )
        raise InvalidInput(message, (Problem(message=message, column=wanted[0].lower()),))
    return words


def _opened(words: tuple[str, ...], on: date | None) -> dict[str, object]:
    """Return the values of a new record; ``--on`` is its day where it names none."""
    values: dict[str, object] = {**pairs(words)}
    if on is not None:
        values.setdefault("opened", on)
    return values


def _one_or_two(words: tuple[str, ...], wanted: str) -> tuple[str, str | None]:
    if len(words) == 1:
        return words[0], None
    code, state = _exactly(words, tuple(wanted.split()))
    return code, state


def _counts_table(
    output: Output, counts: UnitCounts, choices: tuple[str, ...], head: Text, profile: Profile
) -> None:
    def said(key: tuple[str, ...]) -> str:
        parts: list[Any] = []
        for part, name in zip(key, choices, strict=True):
            words = profile.choices.get(name, {}).get(part)
            parts.append(part if words is None else output.words(words))
        return " · ".join(part or "—" for part in parts)

    headers = (Text("单位", "unit"), Text("名称", "name"), head, Text("件数", "count"))
    unplaced, total = vocabulary.UNPLACED, vocabulary.TOTAL
    table: list[list[object]] = []

    def add(unit: str, name: str | Text, row: CountRow) -> None:
        table.append([unit, name, total, row.total])
        for key, count in sorted(row.counts.items()):
            table.append(["", "", said(key), count])

    for row in counts.rows:
        add(row.unit, row.name, row)
    if counts.unplaced.total:
        add("", unplaced, counts.unplaced)
    add("", total, counts.total)
    output.table(headers, table, right=[3])
