"""The verb that takes a text, or what was kept of a record, out for good: purge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.errors import Busy
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import REGISTRY

if TYPE_CHECKING:
    from app.services.keeping.purging.doing import Purged
    from ui.cli.output import Output


@verb()
@REGISTRY
@click.option("--code", help="日志里关于这条记录的一切 · all that the journal keeps of this record")
@click.option("--text", help="一段文字，不论在哪里 · a text, wherever it stands")
@click.option("--why", required=True, help="为什么 · the reason")
@click.option("--dry-run", is_flag=True, help="只看会清除什么 · only look what would go")
def purge(
    output: Output, registry: Path, code: str | None, text: str | None, why: str, dry_run: bool
) -> None:
    """Take something out for good: records, journal, backups within reach; it can't be undone."""
    from app.services.keeping.purging.asked import Asked
    from app.services.keeping.purging.doing import look
    from app.services.keeping.purging.doing import purge as purge_for_good
    from app.services.keeping.purging.words import HELD

    asked = Asked(code=code, text=text)
    with opened(output, registry) as opened_registry, output.ticket() as ticket:
        if dry_run:
            found = look(opened_registry, asked, ticket)
        else:
            found = purge_for_good(opened_registry, asked, why, ticket)
    if found.is_held:
        raise Busy(HELD)
    if output.as_json:
        output.document(found.as_json(output.lang))
    else:
        _tell(output, found, is_dry=dry_run)


def _tell(output: Output, found: Purged, *, is_dry: bool) -> None:
    from app.services.keeping.purging.words import said_of

    for sentence in said_of(found, is_dry=is_dry):
        output.say(sentence)
    if found.unreached:
        headers = [Text("够不着的备份", "backups out of reach"), Text("为什么", "why")]
        rows = [[one.path, one.problem] for one in found.unreached]
        output.table([output.words(header) for header in headers], rows)
