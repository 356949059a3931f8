"""The verb that brings in a file: import."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.errors import Conflict, InvalidInput, Problem, RegistryError, StorageFault
from app.text import Text
from ui.cli.city_list import import_list
from ui.cli.frame import opened, verb
from ui.cli.options import FILE, REGISTRY, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.profile.profile import Profile
    from app.jobs import Ticket
    from app.services.bring_in.import_data import ImportRequest, Plan
    from app.services.registry.registry import Registry
    from ui.cli.output import Output


_OPTIONS: Final = {
    "mapping": "map",
    "constants": "value",
    "answers": "answer",
    "parts": "part",
    "edits": "cell",
    "joins": "join",
    "splits": "split",
}
_PROBLEMS: Final = Text("{0} 行问题写到 {1}。", "{0: row|rows} with their problems: {1}.")
_FORGOTTEN: Final = Text(
    "导入这样列名的表时定下的，已经忘掉。", "What was decided of files with these headings is forgotten."
)
_NOTHING_KEPT: Final = Text("没有记着怎么读这样列名的表。", "Nothing was kept of files with these headings.")
_CHANGES: Final = Text(
    "有 {0} 条要改已有的值，改吗？", "{0: row changes|rows change} what is registered. Go on?"
)


@verb("import")
@REGISTRY
@click.argument("source", type=FILE)
@click.option("--as", "kind", required=True)
@click.option("--layer")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN")
@click.option("--leave", multiple=True, metavar="COLUMN", help="A column that stays out.")
@click.option(
    "--value",
    "constants",
    multiple=True,
    metavar="FIELD=VALUE",
    help="What a field is where no cell says otherwise.",
)
@click.option(
    "--join",
    "joins",
    multiple=True,
    metavar="FIELD=COLUMN+COLUMN",
    help="What a field is joined from.",
)
@click.option(
    "--split",
    "splits",
    multiple=True,
    metavar="COLUMN=FIELD/FIELD",
    help="What a column is split into, at any usual mark; another one in place of the slash: at that.",
)
@click.option(
    "--only", multiple=True, metavar="COLUMN=VALUE", help="Only the rows that have it; repeated: or."
)
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="ROW=new|CODE|leave",
    help="Who a row means; NAME=CODE: who a name means; COLUMN:FORM=VALUE: what an unclear cell means, "
    "COLUMN alone: all unclear cells of it; COLUMN=carry: its empty cells say what stands above; leave: write nothing.",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="ROW=heading|record|apart",
    help="What a row of the sheet is, counted as the sheet counts; SHEET!ROW where there are several.",
)
@click.option(
    "--cell",
    "edits",
    multiple=True,
    metavar="ROW:COLUMN=VALUE",
    help="What a cell is to say in place of what the file says; ROW as the plan counts.",
)
@click.option(
    "--whole-of", metavar="UNIT", help="The file is the whole of this unit: lists what it leaves out."
)
@click.option(
    "--parents", is_flag=True, help="Units that rows name and nobody has registered are made with them."
)
@click.option("--drop-bad-cells", is_flag=True, help="A cell that can't be read costs the cell, not the row.")
@click.option(
    "--no-habits",
    is_flag=True,
    help="Takes nothing from what was decided of files with the same headings, and keeps nothing for the next.",
)
@click.option(
    "--forget-habits",
    is_flag=True,
    help="Forgets first what was decided of files with the same headings.",
)
@click.option("--crs")
@click.option("--datum")
@click.option("--encoding")
@click.option("--read-as", help="EPSG:n, swapped, gcj02 or bd09")
@click.option(
    "--problems",
    type=FILE,
    metavar="OUT.xlsx",
    help="Writes the refused rows, as they came, with the reasons.",
)
@click.option("--dry-run", is_flag=True)
@click.option("--partial", is_flag=True)
@click.option("--on-conflict", type=click.Choice(["ask", "update", "skip"]), default="ask")
def import_(
    output: Output,
    registry: Path,
    source: Path,
    *,
    kind: str,
    problems: Path | None,
    dry_run: bool,
    **given: Any,
) -> None:
    """Bring in a file: one plan, one change, one undo."""
    from app.services.bring_in.city_lists import LISTS

    if kind in LISTS:
        _refuse_for_lists(kind, {**given, "problems": problems})
        import_list(output, registry, source, kind, dry_run=dry_run)
        return
    forgets = given.pop("forget_habits")
    request = _asked(source, {"kind": kind, **given})
    _import(output, registry, request, problems=problems, dry_run=dry_run, forgets=forgets)


def _asked(source: Path, given: dict[str, Any]) -> ImportRequest:
    """Return what is asked for; ``given``: what the options say, all of it."""
    from app.services.bring_in.habits import kept_habits
    from app.services.bring_in.import_data import ImportRequest

    if not given.pop("no_habits"):
        given["habits"] = kept_habits()
    said: dict[str, Any] = {
        "mapping": pairs(given.pop("mapping")),
        "constants": pairs(given.pop("constants")),
        "answers": pairs(given.pop("answers")),
        "parts": pairs(given.pop("parts")),
        "edits": pairs(given.pop("edits")),
        "joins": pairs(given.pop("joins")),
        "splits": dict(_halves(text) for text in given.pop("splits")),
        "only": tuple(_halves(text) for text in given.pop("only")),
    }
    return ImportRequest(source=source, **said, **given)


def _import(
    output: Output,
    path: Path,
    request: ImportRequest,
    *,
    problems: Path | None,
    dry_run: bool,
    forgets: bool,
) -> None:
    from app.services.bring_in.habits import Habits, forget_source
    from app.services.bring_in.import_data import plan_import

    with opened(output, path) as registry, output.ticket() as ticket:
        if forgets:
            output.note(_FORGOTTEN if forget_source(registry, request, ticket) else _NOTHING_KEPT)
            request = replace(request, habits=None if request.habits is None else Habits())
        plan, profile = plan_import(registry, request, ticket), registry.profile
        if problems is not None:
            from app.services.bring_in.problems import save_problems

            count = save_problems(profile, plan, problems, output.lang, ticket)
            output.note(_PROBLEMS.format(count, problems))
        document = plan.as_json(output.lang) if output.as_json else {}
        try:
            if dry_run:
                plan.refuse_if_needed()
            else:
                plan, document = _write(output, registry, plan, ticket)
        except RegistryError as error:
            if output.as_json:
                output.document({**document, **error.as_json(output.lang)})
            else:
                _tell_notes(output, plan, profile)
            raise
    if output.as_json:
        output.document(document)
        return
    output.say(_told(plan, dry_run=dry_run))
    _tell_notes(output, plan, profile)
    for told in plan.place_notes():
        output.note(told)


def _write(output: Output, registry: Registry, plan: Plan, ticket: Ticket) -> tuple[Plan, dict[str, Any]]:
    """Write a plan, once somebody at a terminal agreed to what it changes; return it as written, and its document, where one is asked for."""
    from app.services.bring_in.habits import learn
    from app.services.bring_in.import_data import as_written, commit_import, plan_import

    if (
        plan.request.on_conflict == "ask"
        and plan.counts["change"]
        and sys.stdin.isatty()
        and not output.as_json
    ):
        if not output.agree(_CHANGES.format(plan.counts["change"])):
            raise Conflict(Text("没有写入。", "Nothing was written."))
        plan = plan_import(registry, replace(plan.request, on_conflict="update"), ticket)
    changes = commit_import(registry, plan, ticket=ticket)
    plan = as_written(plan, changes)
    try:
        learn(plan, changes)
    except StorageFault as error:  # what was brought in stays
        output.note(error.message)
    if not output.as_json:
        return plan, {}
    said = {"committed": changes.change is not None, "change": changes.change}
    return plan, {**plan.as_json(output.lang), **said}


def _told(plan: Plan, *, dry_run: bool) -> Text:
    """Return how many rows do what, as a sentence."""
    name, counts = plan.request.source.name, plan.counts
    return Text(
        f"{name}：新增 {counts['create']}，改 {counts['change']}，相同 {counts['same']}，"
        f"跳过 {counts['skip']}，拒绝 {counts['refuse']}" + ("（预览，没有写入）" if dry_run else ""),
        f"{name}: create {counts['create']}, change {counts['change']}, same {counts['same']}, "
        f"skip {counts['skip']}, refuse {counts['refuse']}"
        + (" (preview, nothing written)" if dry_run else ""),
    )


def _refuse_for_lists(kind: str, given: Mapping[str, Any]) -> None:
    """Raise InvalidInput where a city's own list is given an option that it does not take."""
    for name, value in given.items():
        if value and name != "on_conflict":
            option = _OPTIONS.get(name, name.replace("_", "-"))
            raise InvalidInput(
                Text(
                    f"本市清单（--as {kind}）不用 --{option}。",
                    f"A city's own list (--as {kind}) takes no --{option}.",
                )
            )


def _tell_notes(output: Output, plan: Plan, profile: Profile) -> None:
    """Say what each column was taken for, which were left and why, and what was noticed."""
    from app.services.bring_in.words import told_first, told_of_columns

    for told in (*told_first(plan), *told_of_columns(plan, profile), *plan.notes):
        output.note(told)


def _halves(text: str) -> tuple[str, str]:
    """Return COLUMN=VALUE as two; a column's name may hold an equals sign where the value holds none."""
    column, equals, value = text.rpartition("=")
    if not equals or not column.strip():
        message = Text(f"要写 列=值，这里是 {text!r}。", f"COLUMN=VALUE is wanted, not {text!r}.")
        raise InvalidInput(message, (Problem(message=message, column="only", value=text),))
    return column.strip(), value
