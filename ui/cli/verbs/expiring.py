"""Verbs about what runs out: expiring, renew, confirm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.domain.period import today
from app.text import Text
from ui.cli.frame import DAY, REGISTRY, opened, verb
from ui.cli.verbs.records import tell_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.services.adoption.expiry import Expiry
    from app.services.registry.registry import Registry
    from ui.cli.output import Output


def declare(group: click.Group) -> None:
    """Put these verbs into the group."""
    _declare_expiring(group)

    @verb(group)
    @REGISTRY
    @click.argument("code")
    @click.option("--until", type=DAY, required=True, help="新的最后一天 · the new last day")
    @click.option("--why")
    def renew(output: Output, registry: Path, code: str, until: date, why: str | None) -> None:
        """Let a record that has a last day run on to a later one."""
        from app.services.adoption.renew import renew as service

        with opened(registry) as r:
            tell_changes(output, service(r, code, until, why=why))

    @verb(group)
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

        with opened(registry) as r:
            day = on or today()
            tell_changes(output, service(r, facts_in_force(r, subject, keys, day), day, why=why))


def street_code(r: Registry, written: str | None) -> str:
    """Return the code of a street as it is written; "" for none; refuse one that there isn't."""
    from app.services.registry.lookup import record_called

    return record_called(r.dataset, written).code if written else ""


def _declare_expiring(group: click.Group) -> None:
    @verb(group)
    @REGISTRY
    @click.option("--within", type=int, default=90, show_default=True, help="几天内 · within how many days")
    @click.option("--as-of", type=DAY)
    @click.option("--street")
    def expiring(output: Output, registry: Path, within: int, as_of: date | None, street: str | None) -> None:
        """List what runs out within some days, the worst consequence first."""
        from app.services.adoption.expiring import expiring as look
        from app.services.adoption.expiry import expiry_json

        day = as_of or today()
        with opened(registry) as r, output.ticket() as ticket:
            found = look(r.engine, day, within, street or "", ticket)
            if output.as_json:
                output.document(
                    {
                        "as_of": day.isoformat(),
                        "within": within,
                        "street": street_code(r, street) or None,
                        "profile": r.profile.label,
                        "count": len(found),
                        "expiring": [expiry_json(expiry, output.lang) for expiry in found],
                    }
                )
                return
            _radar_table(output, r, found)


def _radar_table(output: Output, r: Registry, found: Sequence[Expiry]) -> None:
    from app.services.adoption.expiry import SORT_WORDS, consequence

    headers = (
        ("最后一天", "还剩（天）", "对象", "名称", "什么", "", "后果", "记录")
        if output.lang == "zh"
        else ("last day", "days left", "subject", "name", "what", "", "consequence", "record")
    )
    say: Callable[[Text], str] = output.words
    output.table(
        headers,
        [
            [
                expiry.last,
                expiry.days,
                expiry.subject,
                expiry.name,
                say(SORT_WORDS[expiry.sort]),
                say(expiry.words),
                say(consequence(expiry, r.profile)),
                expiry.code,
            ]
            for expiry in found
        ],
        right=[1],
    )
    output.say(Text(f"共 {len(found)} 项", f"{len(found)} items"))
