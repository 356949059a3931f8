"""Verbs about records: list, show, add, set, remove, attach, detach, undo, redo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.domain.kinds import KINDS
from app.text import Text, counted
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY, pairs
from ui.cli.show_text import show_lines
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from datetime import date

    from app.services.registry.people_words import PeopleWords
    from ui.cli.output import Output

_READ_AS = click.option("--read-as", help="EPSG:n, swapped, gcj02 or bd09: how geometry= is to be read")
_CODE = Text("代码", "code")


@verb("list")
@REGISTRY
@click.argument("kind")
@click.option("--where", multiple=True, metavar="FIELD=VALUE")
@click.option("--as-of", type=DAY)
def list_(output: Output, registry: Path, kind: str, where: tuple[str, ...], as_of: date | None) -> None:
    """List the records of a kind in force on a day."""
    from app.services.check.describe import Listed
    from app.services.registry.people_words import PeopleWords

    with opened(output, registry) as opened_registry:
        found = Listed(registry=opened_registry, kind=kind, where=where, as_of=as_of).as_json(output.lang)
        if output.as_json:
            output.document(found)
            return
        _list_table(output, PeopleWords(opened_registry.dataset, opened_registry.profile, output.lang), found)


@verb()
@REGISTRY
@click.argument("code")
@click.option("--as-of", type=DAY)
def show(output: Output, registry: Path, code: str, as_of: date | None) -> None:
    """Show one record with its attachments, facts, findings and history."""
    from app.services.check.describe import Shown

    with opened(output, registry) as opened_registry:
        found = Shown(registry=opened_registry, code=code, as_of=as_of).as_json(output.lang)
        if output.as_json:
            output.document(found)
        else:
            output.lines(show_lines(opened_registry, found, output.lang))


@verb()
@REGISTRY
@click.argument("kind")
@click.argument("values", nargs=-1, metavar="FIELD=VALUE…")
@_READ_AS
@click.option("--why")
def add(
    output: Output,
    registry: Path,
    kind: str,
    values: tuple[str, ...],
    read_as: str | None,
    why: str | None,
) -> None:
    """Add one record."""
    from app.services.edit import edit

    with opened(output, registry) as opened_registry:
        tell_changes(output, edit.add(opened_registry, kind, pairs(values), why=why, reading=read_as))


@verb("set")
@REGISTRY
@click.argument("code")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE…")
@click.option("--from", "since", type=DAY)
@click.option("--until", type=DAY)
@_READ_AS
@click.option("--why")
def set_(
    output: Output,
    registry: Path,
    code: str,
    values: tuple[str, ...],
    since: date | None,
    until: date | None,
    read_as: str | None,
    why: str | None,
) -> None:
    """Set fields and facts: without --from a correction, with it a change on that day."""
    from app.services.edit import edit

    with opened(output, registry) as opened_registry:
        changes = edit.set_values(
            opened_registry, [code], pairs(values), since=since, until=until, why=why, reading=read_as
        )
        tell_changes(output, changes)


@verb()
@REGISTRY
@click.argument("code")
@click.option("--why", required=True)
def remove(output: Output, registry: Path, code: str, why: str) -> None:
    """Take a record out; its code is never used again."""
    from app.services.edit import edit

    with opened(output, registry) as opened_registry:
        changes = edit.remove(opened_registry, code, why)
    tell_changes(output, changes)
    output.note(
        Text(
            f"日志里还留着它当时的内容，undo 可以撤销。要彻底清除：purge --code {changes.codes[0]} --why …",
            "The journal keeps what was there, and `undo` brings it back. To have that go for good: "
            f"`purge --code {changes.codes[0]} --why …`.",
        )
    )


@verb()
@REGISTRY
@click.argument("what")
@click.argument("to")
@click.option("--role")
@click.option("--relation", help="a relation that the profile declares")
@click.option("--from", "since", type=DAY)
@click.option("--until", type=DAY)
@click.option("--why")
def attach(
    output: Output,
    registry: Path,
    what: str,
    to: str,
    role: str | None,
    relation: str | None,
    since: date | None,
    until: date | None,
    why: str | None,
) -> None:
    """Attach a party organisation, engage a firm with a compound, or make a declared relation."""
    from app.services.edit import edit

    with opened(output, registry) as opened_registry:
        changes = edit.attach(
            opened_registry,
            what,
            [to],
            role=role,
            since=since,
            until=until,
            why=why,
            relation=relation,
        )
        tell_changes(output, changes)


@verb()
@REGISTRY
@click.argument("attachment")
@click.option("--on", type=DAY)
@click.option("--why", required=True)
def detach(output: Output, registry: Path, attachment: str, on: date | None, why: str) -> None:
    """End an attachment, engagement or relation; --on is the first day without it."""
    from app.services.edit import edit

    with opened(output, registry) as opened_registry:
        tell_changes(output, edit.detach(opened_registry, attachment, on=on, why=why))


@verb()
@REGISTRY
@click.argument("change", required=False)
def undo(output: Output, registry: Path, change: str | None) -> None:
    """Take back a step, or the latest one."""
    with opened(output, registry) as opened_registry:
        tell_changes(output, opened_registry.undo(change))


@verb()
@REGISTRY
def redo(output: Output, registry: Path) -> None:
    """Bring back the step that was taken back last."""
    with opened(output, registry) as opened_registry:
        tell_changes(output, opened_registry.redo())


def _list_table(output: Output, people: PeopleWords, found: dict[str, Any]) -> None:
    fields = KINDS[found["kind"]].fields
    headers = [_CODE, *(field.words for field in fields)]
    rows = [
        [row["code"], *(people.value(field, row[field.name]) for field in fields)] for row in found["records"]
    ]
    output.table(headers, rows)
    output.say(
        Text(
            f"共 {found['count']} 条，截至 {found['as_of']}",
            f"{counted(found['count'], 'record', 'records')} as of {found['as_of']}",
        )
    )
