"""Verbs about backups: backups, restore."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.errors import InvalidInput, Problem
from app.text import Text
from ui.cli.frame import REGISTRY, opened, verb
from ui.cli.verbs.file import tell_file
from ui.cli.verbs.records import tell_changes

if TYPE_CHECKING:
    from app.services.keeping.backups import Backup, Kept
    from ui.cli.output import Output

_HEADS: Final = {
    "zh": ["编号", "时间", "为什么", "日志步", "大小", "核对"],
    "en": ["number", "time", "why", "step", "size", "read back"],
}
_BESIDE: Final = "beside"
_MEGABYTE: Final = 1 << 20


def declare(group: click.Group) -> None:
    """Put these verbs into the group."""

    @verb(group)
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
            output.document(_as_json(found))
        else:
            _tell(output, found)

    @verb(group)
    @click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path, readable=False))
    @click.argument("out", metavar="[OUT]", type=click.Path(path_type=Path, readable=False), required=False)
    @click.option("--into", type=click.Path(path_type=Path, readable=False), metavar="REGISTRY")
    @click.option("--code")
    @click.option(
        "--field", metavar="F", help="A field, geometry, a fact, or a kind of rows that belong to it."
    )
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
        with opened(into) as registry:
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


def _as_json(found: Kept) -> dict[str, Any]:
    rules = found.rules
    return {
        "folder": str(found.folder),
        "count": len(found.backups),
        "size": found.size,
        "kept": {
            "on": rules.is_on,
            "openings": rules.openings,
            "days": rules.days,
            "months": rules.months,
            "size": rules.most_bytes,
        },
        "failure": None if found.failure is None else found.failure._asdict(),
        "backups": [_backup_json(one) for one in found.backups],
    }


def _backup_json(one: Backup) -> dict[str, Any]:
    known = one.known
    return {
        "number": one.number,
        "path": str(one.path),
        "at": one.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "age_s": round((datetime.now(UTC) - one.at).total_seconds()),
        "why": one.why,
        "seq": one.seq,
        "records": None if known is None else known.records,
        "size": one.size,
        "verified": one.is_verified,
        "damaged": one.is_damaged or known is None,
    }


def _tell(output: Output, found: Kept) -> None:
    from app.services.keeping.backups import state_of, why_words

    rows = [
        (
            one.number,
            f"{one.at.astimezone():%Y-%m-%d %H:%M}",
            output.words(why_words(one.why)),
            "—" if one.seq is None else one.seq,
            f"{one.size / _MEGABYTE:.1f} MB",
            output.words(state_of(one)),
        )
        for one in found.backups
    ]
    if rows:
        output.table(_HEADS[output.lang], rows, right=(0, 3, 4))
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
