"""Verbs about what runs out: expiring, renew, confirm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.domain.period import today
from app.services.registry.lookup import street_called
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.services.adoption.expiry import Expiry
    from app.services.registry.registry import Registry
    from ui.cli.output import Output

_HEADS: Final = (
    Text("最后一天", "last day"),
    Text("还剩（天）", "days left"),
    Text("对象", "subject"),
    Text("名称", "name"),
    Text("什么", "what"),
    Text("", ""),
    Text("后果", "consequence"),
    Text("记录", "record"),
)


@verb()
@REGISTRY
@click.argument("code")
@click.option("--until", type=DAY, required=True, help="新的最后一天 · the new last day")
@click.option("--why")
def renew(output: Output, registry: Path, code: str, until: date, why: str | None) -> None:
    """Let a record that has a last day run on to a later one."""
    from app.services.adoption.renew import renew as service

    with opened(output, registry) as r:
        tell_changes(output, service(r, code, until, why=why))


@verb()
@REGISTRY
@click.argument("subject")
@click.argument("keys", nargs=-1)
@click.option("--on", type=DAY, help="复核的日期 · day of the survey (default today)")
@click.option("--why")
def confirm(
    output: Output, registry: Path, subject: str, keys: tuple[str, ...], on: date | None, why: str | None
) -> None:
    """Record that facts were surveyed again and stand as they were: all that grow stale, or some."""
    from app.services.adoption.renew import confirm as service
    from app.services.adoption.renew import facts_in_force

    with opened(output, registry) as r:
        day = on or today()
        tell_changes(output, service(r, facts_in_force(r, subject, keys, day), day, why=why))


@verb()
@REGISTRY
@click.option("--within", type=int, default=90, show_default=True, help="几天内 · within how many days")
@click.option("--as-of", type=DAY)
@click.option("--street")
def expiring(output: Output, registry: Path, within: int, as_of: date | None, street: str | None) -> None:
    """List what runs out within some days, the worst consequence first."""
    from app.services.adoption.expiring import expiring as look

    day = as_of or today()
    with opened(output, registry) as r, output.ticket() as ticket:
        found = look(r.engine, day, within, street or "", ticket)
        if output.as_json:
            output.document(
                {
                    "as_of": day.isoformat(),
                    "within": within,
                    "street": street_called(r.dataset, street) or None,
                    "profile": r.profile.label,
                    "count": len(found),
                    "expiring": [expiry.as_json(output.lang) for expiry in found],
                }
            )
            return
        _radar_table(output, r, found)


def _radar_table(output: Output, r: Registry, found: Sequence[Expiry]) -> None:
    from app.services.adoption.expiry import SORT_WORDS, consequence

    output.table(
        _HEADS,
        [
            [
                expiry.last,
                expiry.days,
                expiry.subject,
                expiry.name,
                SORT_WORDS[expiry.sort],
                expiry.words,
                consequence(expiry, r.profile),
                expiry.code,
            ]
            for expiry in found
        ],
        right=[1],
    )
    output.say(Text(f"共 {len(found)} 项", f"{len(found)} items"))
