"""Verbs about the care of the file: backup, verify, backups, restore, and copy to a server and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.errors import IntegrityFault, InvalidInput, Problem
from app.text import Text, counted
from ui.cli.frame import opened, verb
from ui.cli.options import FILE, OUT, PLACE, REGISTRY
from ui.cli.told import tell_changes, tell_file

if TYPE_CHECKING:
    from app.services.keeping.backups import Kept
    from ui.cli.output import Output

_HEADS: Final = (
    Text("编号", "number"),
    Text("时间", "time"),
    Text("为什么", "why"),
    Text("日志步", "step"),
    Text("大小", "size"),
    Text("核对", "read back"),
)
_BESIDE: Final = "beside"
_MEGABYTE: Final = 1 << 20


@verb()
@REGISTRY
@click.option("--now", "is_now", is_flag=True, help="Make one now.")
@click.option("--verify", "is_read_again", is_flag=True, help="Read each of them back.")
@click.option("--folder", help="From now on in this folder; beside: beside the registry.")
@click.option("--most-mb", type=click.IntRange(min=1), help="How much all of a registry's may take.")
@click.option("--on/--off", "is_on", default=None, help="Whether they are made by themselves.")
def backups(
    output: Output,
    registry: Path,
    is_now: bool,
    is_read_again: bool,
    folder: str | None,
    most_mb: int | None,
    is_on: bool | None,
) -> None:
    """List the automatic backups of a registry, newest first; make one, read them back, or say how they are kept."""
    from app.services.keeping.backups import make, settled, verify_backup
    from app.services.registry.info import must_be_file

    must_be_file(registry)
    _keep_rules(folder, most_mb, is_on)
    if is_now:
        with output.ticket() as ticket:
            make(registry, ticket=ticket)
    found = settled(registry)
    if not found.backups and not registry.exists():
        message = Text(f"没有这个文件：{registry}。", f"There is no file {registry}.")
        raise InvalidInput(message, (Problem(message=message, file=str(registry)),))
    if is_read_again:
        for one in found.backups:
            verify_backup(one)
        found = settled(registry)
    if output.as_json:
        output.document(found.as_json(output.lang))
    else:
        _tell(output, found)


@verb()
@click.argument("source", metavar="BACKUP", type=FILE)
@click.argument("out", metavar="[OUT]", type=FILE, required=False)
@click.option("--into", type=PLACE, metavar="REGISTRY")
@click.option("--code")
@click.option("--field", metavar="F", help="A field, geometry, a fact, or a kind of rows that belong to it.")
@click.option("--why")
def restore(
    output: Output,
    source: Path,
    out: Path | None,
    into: Path | None,
    code: str | None,
    field: str | None,
    why: str | None,
) -> None:
    """Bring a backup back as a registry of its own, verified first; or one record of it into a registry."""
    if into is None:
        if out is None or code or field or why:
            raise _usage()
        _whole(output, source, out)
        return
    if out is not None or not code:
        raise _usage()
    from app.services.keeping.restoring import bring_back, then_in

    then = then_in(source)
    with opened(output, into) as registry:
        tell_changes(output, bring_back(registry, then, code, field, why=why))


def _whole(output: Output, source: Path, out: Path) -> None:
    from app.services.keeping.care import restore as bring_back

    bring_back(source, out)
    tell_file(output, out, {"size": out.stat().st_size}, Text("恢复到", "Restored to"))


def _usage() -> InvalidInput:
    return InvalidInput(
        Text(
            "整份写成新文件：restore 备份 新文件。一条：restore 备份 --into 台账 --code 代码 [--field 字段]。",
            "As a new file: restore BACKUP OUT. One record: restore BACKUP --into REGISTRY --code CODE [--field F].",
        )
    )


def _keep_rules(folder: str | None, most_mb: int | None, is_on: bool | None) -> None:
    from dataclasses import replace

    from app.services.keeping.backups import keep_rules, rules_kept

    rules = asked = rules_kept()
    if folder is not None:
        place = None if folder == _BESIDE else Path(folder).absolute()
        if place is not None and not place.is_dir():
            message = Text(f"没有文件夹 {place}。", f"There is no folder {place}.")
            raise InvalidInput(message, (Problem(message=message, file=str(place)),))
        asked = replace(asked, folder=place)
    if most_mb is not None:
        asked = replace(asked, most_bytes=most_mb * _MEGABYTE)
    if is_on is not None:
        asked = replace(asked, is_on=is_on)
    if asked != rules:
        keep_rules(asked)


def _tell(output: Output, found: Kept) -> None:
    from app.services.keeping.backups import state_of, why_words

    rows = [
        (
            one.number,
            f"{one.at.astimezone():%Y-%m-%d %H:%M}",
            why_words(one.why),
            "—" if one.seq is None else one.seq,
            f"{one.size / _MEGABYTE:.1f} MB",
            state_of(one),
        )
        for one in found.backups
    ]
    if rows:
        output.table(_HEADS, rows, right=(0, 3, 4))
    if found.failure is not None:
        output.warn(found.failure)
    rules, total = found.rules, f"{found.size / _MEGABYTE:.1f} MB"
    on = Text("", "") if rules.is_on else Text("自动备份已关。", "They are switched off. ")
    output.note(
        Text(
            f"{len(rows)} 份，共 {total}。{on.zh}留：最近 {rules.openings} 次打开，每天 {rules.days}、每月 {rules.months}，"
            f"至多 {rules.most_bytes // _MEGABYTE} MB；在 {found.folder}",
            f"{len(rows)} in all, {total}. {on.en}Kept: of the last {rules.openings} openings, {rules.days} days, "
            f"{rules.months} months, at most {rules.most_bytes // _MEGABYTE} MB; in {found.folder}",
        )
    )


@verb()
@REGISTRY
@OUT
def backup(output: Output, registry: Path, out: Path) -> None:
    """Copy a registry, open or not, into one closed file."""
    from app.services.keeping.care import backup as copy
    from app.services.keeping.care import unsound

    copy(registry, out)
    places = unsound(out)
    if places:
        output.warn(
            Text(
                f"备份照原样留着：里面有 {places} 处不是本程序留下的样子。verify 逐处列出。",
                f"The backup is kept as it is: {counted(places, 'place in it is', 'places in it are')} not as this program left them. "
                "`verify` lists each.",
            )
        )
    tell_file(output, out, {"size": out.stat().st_size}, Text("备份到", "Backed up to"))


@verb()
@REGISTRY
def verify(output: Output, registry: Path) -> None:
    """Compare every row with its checksum; status 5 if anything is damaged."""
    from app.services.keeping.backups import way_back
    from app.services.keeping.care import misfit
    from app.services.keeping.care import verify as verify_registry

    damaged = verify_registry(registry)
    back = way_back(registry) if damaged else Text("", "")
    switched = misfit(registry)
    if switched is not None:
        output.note(switched)
    edits = sum(place.is_edit for place in damaged)
    fault = IntegrityFault(
        Text(
            f"{edits} 处是别的程序改的，如下。foreign 逐处列出，收下或退回。",
            f"{counted(edits, 'place was', 'places were')} edited by another program, as listed. `foreign` lists each; take it or turn it back.",
        )
        if edits == len(damaged)
        else Text(
            f"{len(damaged)} 处与校验不符，如下。backup 照原样留一份。{back.zh}",
            f"{counted(len(damaged), 'place does', 'places do')} not fit, as listed. `backup` keeps a copy as it is. {back.en}",
        ),
        tuple(Problem(message=d.message, file=str(registry), code=d.code or None) for d in damaged),
    )
    if output.as_json:
        rows = [{"table": d.table, "code": d.code, "message": output.words(d.message)} for d in damaged]
        said = fault.as_json(output.lang) if damaged else {}
        output.document({"ok": not damaged, "damaged": rows, **said})
    if damaged:
        raise fault
    if not output.as_json:
        output.say(Text("每一条都与校验相符。", "Every row fits its checksum."))


@verb()
@click.argument("source", metavar="FROM", type=PLACE)
@click.argument("target", metavar="TO", type=PLACE)
def copy(output: Output, source: Path, target: Path) -> None:
    """Copy a registry from a file to a server (postgresql://HOST/DB), or from there into a new file."""
    from app.services.keeping.copying import copy_registry

    with output.ticket() as ticket:
        copied = copy_registry(source, target, ticket)
    if output.as_json:
        output.document(copied.as_json(output.lang))
        return
    done = Text(
        f"{copied.name} 已复制到 {copied.target}：{copied.records} 条记录，{copied.steps} 步日志，已读回核对。",
        f"{copied.name} was copied to {copied.target}: {counted(copied.records, 'record', 'records')}, {counted(copied.steps, 'step', 'steps')} of the journal, "
        "read back.",
    )
    output.say(done)
