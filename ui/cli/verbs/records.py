"""Verbs about records: list, show, add, set, remove, attach, detach, undo, redo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.text import Text
from ui.cli.frame import DAY, REGISTRY, opened, pairs, verb
from ui.cli.show_text import show_lines

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from app.services.registry.people_words import PeopleWords
    from ui.cli.output import Output

_READ_AS = click.option("--read-as", help="EPSG:n, swapped, gcj02 or bd09: how geometry= is to be read")
_CODE = Text("代码", "code")
_VERBS = {
    "add": Text("已登记", "Added"),
    "set": Text("已改", "Set"),
    "remove": Text("已删除", "Removed"),
    "attach": Text("已挂接", "Attached"),
    "detach": Text("已摘除", "Detached"),
    "undo": Text("已撤销", "Undone"),
    "redo": Text("已重做", "Redone"),
    "import": Text("已导入", "Imported"),
    "zones": Text("片区已改", "Zones"),
    "adopt": Text("接管已记", "Adoption recorded"),
    "assess": Text("已评分", "Assessed"),
    "open": Text("已受理", "Opened"),
    "move": Text("已推进", "Moved"),
    "escalate": Text("已上交", "Handed up"),
    "close": Text("已办结", "Closed"),
    "note": Text("已登记", "Noted"),
    "match": Text("已对接", "Matched"),
    "done": Text("已办结", "Done"),
    "fix": Text("已修正", "Fixed"),
    "waive": Text("已免查", "Waived"),
    "restore": Text("已恢复", "Brought back"),
}


def tell_changes(output: Output, changes: Changes) -> None:
    """Print what a write touched."""
    from app.services.check.describe import changes_json

    if output.as_json:
        output.document(changes_json(changes, output.lang))
        return
    for warning in changes.warnings:
        output.warn(Text(f"{warning.code}：{warning.message.zh}", f"{warning.code}: {warning.message.en}"))
    if changes.change is None:
        output.say(Text("没有要改的：已经是这样。", "Nothing to change: it is so already."))
        return
    shown = " ".join(changes.codes[:12]) + (f" …（{len(changes.codes)}）" if len(changes.codes) > 12 else "")
    words = _VERBS.get(changes.verb, Text(changes.verb, changes.verb))
    output.say(Text(f"{words.zh}：{shown}（{changes.change}）", f"{words.en}: {shown} ({changes.change})"))


def declare(group: click.Group) -> None:
    """Put these verbs into the group."""

    @verb(group, "list")
    @REGISTRY
    @click.argument("kind")
    @click.option("--where", multiple=True, metavar="FIELD=VALUE")
    @click.option("--as-of", type=DAY)
    def list_(output: Output, registry: Path, kind: str, where: tuple[str, ...], as_of: date | None) -> None:
        """List the records of a kind in force on a day."""
        from app.services.check.describe import list_json
        from app.services.registry.people_words import PeopleWords

        with opened(registry) as opened_registry:
            found = list_json(opened_registry, kind, where, as_of)
            if output.as_json:
                output.document(found)
                return
            _list_table(
                output, PeopleWords(opened_registry.dataset, opened_registry.profile, output.lang), found
            )

    @verb(group)
    @REGISTRY
    @click.argument("code")
    @click.option("--as-of", type=DAY)
    def show(output: Output, registry: Path, code: str, as_of: date | None) -> None:
        """Show one record with its attachments, facts, findings and history."""
        from app.services.check.describe import show_json

        with opened(registry) as opened_registry:
            found = show_json(opened_registry, code, as_of, output.lang)
            if output.as_json:
                output.document(found)
            else:
                click.echo("\n".join(show_lines(opened_registry, found, output.lang)))

    @verb(group)
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

        with opened(registry) as opened_registry:
            tell_changes(output, edit.add(opened_registry, kind, pairs(values), why=why, reading=read_as))

    @verb(group, "set")
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

        with opened(registry) as opened_registry:
            changes = edit.set_values(
                opened_registry, [code], pairs(values), since=since, until=until, why=why, reading=read_as
            )
            tell_changes(output, changes)

    @verb(group)
    @REGISTRY
    @click.argument("code")
    @click.option("--why", required=True)
    def remove(output: Output, registry: Path, code: str, why: str) -> None:
        """Take a record out; its code is never used again."""
        from app.services.edit import edit

        with opened(registry) as opened_registry:
            changes = edit.remove(opened_registry, code, why)
        tell_changes(output, changes)
        output.note(
            Text(
                f"日志里还留着它当时的内容，undo 可以撤销。要彻底清除：purge --code {changes.codes[0]} --why …",
                "The journal keeps what was there, and `undo` brings it back. To have that go for good: "
                f"`purge --code {changes.codes[0]} --why …`.",
            )
        )

    @verb(group)
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

        with opened(registry) as opened_registry:
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

    @verb(group)
    @REGISTRY
    @click.argument("attachment")
    @click.option("--on", type=DAY)
    @click.option("--why", required=True)
    def detach(output: Output, registry: Path, attachment: str, on: date | None, why: str) -> None:
        """End an attachment, engagement or relation; --on is the first day without it."""
        from app.services.edit import edit

        with opened(registry) as opened_registry:
            tell_changes(output, edit.detach(opened_registry, attachment, on=on, why=why))

    @verb(group)
    @REGISTRY
    @click.argument("change", required=False)
    def undo(output: Output, registry: Path, change: str | None) -> None:
        """Take back a step, or the latest one."""
        with opened(registry) as opened_registry:
            tell_changes(output, opened_registry.undo(change))

    @verb(group)
    @REGISTRY
    def redo(output: Output, registry: Path) -> None:
        """Bring back the step that was taken back last."""
        with opened(registry) as opened_registry:
            tell_changes(output, opened_registry.redo())


def _list_table(output: Output, people: PeopleWords, found: dict[str, Any]) -> None:
    from app.domain.kinds import KINDS

    fields = KINDS[found["kind"]].fields
    headers = [_CODE.in_(output.lang), *(output.words(field.words) for field in fields)]
    rows = [
        [row["code"], *(people.value(field, row[field.name]) for field in fields)] for row in found["records"]
    ]
    output.table(headers, rows)
    output.say(
        Text(
            f"共 {found['count']} 条，截至 {found['as_of']}",
            f"{found['count']} records as of {found['as_of']}",
        )
    )


def not_due(group: click.Group, name: str) -> None:
    """Declare a verb of the contract whose issue is not done yet: a sentence and status 2, never a stub."""
    from app.errors import NotDueYet

    @verb(group, name)
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def later(_output: Output, **_words: object) -> None:
        raise NotDueYet(
            Text(
                f"{name} 还没有做好，这个版本没有它。",
                f"{name} is not built yet; this version does not have it.",
            )
        )

    later.help = "还没有做好 · not built yet"
    later.short_help = later.help
    later.context_settings = {"ignore_unknown_options": True}
