"""Verbs about what is declared: import templates, the registry's profile, a city's own lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.errors import InvalidInput, Problem
from app.text import Text
from ui.cli.city_list import import_list
from ui.cli.frame import opened, verb
from ui.cli.options import FILE, OUT, REGISTRY

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from ui.cli.output import Output

WHAT: Final = {
    "checklist": Text("清单", "checklist"),
    "scheme": Text("评价办法", "scheme"),
    "fact": Text("事实", "facts"),
    "choice": Text("选项", "choices"),
}


_HEADS: Final = (
    Text("什么", "What"),
    Text("代码", "Id"),
    Text("版本", "Version"),
    Text("名称", "Name"),
    Text("项", "Items"),
    Text("待填", "Open"),
    Text("已用", "Used"),
)


@verb()
@REGISTRY
@click.argument("kind")
@OUT
@click.option("--street", metavar="CODE", help="只要一个街道的 · one street's only")
@click.option("--empty", "is_empty", is_flag=True, help="只写列名 · headings only")
@click.option(
    "--unknown",
    "is_unknown",
    is_flag=True,
    help="上门表：只问没查清的 · a visiting sheet: only what is not known",
)
@click.option("--unit", metavar="CODE", help="上门表：哪个社区 · whose compounds are visited")
@click.option("--measure", "measures", multiple=True, help="上门表：为哪些指标 · for which measures")
@click.option("--fact", "facts", multiple=True, help="上门表：问哪些事实 · which facts")
@click.option("--owner", metavar="POST", help="任务单：哪个岗位的 · whose tasks")
def template(output: Output, registry: Path, kind: str, out: Path, **asked: Any) -> None:
    """Write the workbook that a street fills in and `import` reads back.

    KIND is any kind of record, or schemes or words for a city's own lists. `compounds --unknown` is a blank visiting sheet,
    `tasks` the list of what is to be done.
    """
    _must_fit(kind, asked)
    _template(output, registry, kind, out, asked)


@verb()
@REGISTRY
@click.argument("name", metavar="SCHEME")
@click.argument("source", type=FILE)
@click.option("--dry-run", is_flag=True)
@click.option("--why")
def scheme(output: Output, registry: Path, name: str, source: Path, dry_run: bool, why: str | None) -> None:
    """Take a city's own list as a new version of one scheme."""
    import_list(output, registry, source, "schemes", scheme=name, dry_run=dry_run, why=why)


@verb()
@REGISTRY
@click.option("--out", type=FILE, help="写成文件 · write it to a file")
@click.option("--check", metavar="FILE.toml", help="只看换了会怎样 · what replacing it would do")
@click.option("--set", "replacement", metavar="FILE.toml", help="换成它 · put it in place")
@click.option("--why")
def profile(
    output: Output,
    registry: Path,
    out: Path | None,
    check: str | None,
    replacement: str | None,
    why: str | None,
) -> None:
    """Show, write out, check or replace the profile of a registry."""
    given = [name for name, value in (("--out", out), ("--check", check), ("--set", replacement)) if value]
    if len(given) > 1:
        raise InvalidInput(
            Text(f"{'、'.join(given)} 一次只写一个。", f"Give only one of {', '.join(given)}.")
        )
    if out is not None:
        _write_profile(output, registry, out)
    elif check is not None:
        _check_profile(output, registry, check)
    elif replacement is not None:
        _set_profile(output, registry, replacement, why or "")
    else:
        _show_profile(output, registry)


def _write_profile(output: Output, path: Path, out: Path) -> None:
    from app.services.bring_in.profile_change import write_profile

    with opened(output, path) as registry:
        write_profile(registry, out)
        label = registry.profile.label
    if output.as_json:
        output.document({"path": str(out), "profile": label})
    else:
        output.say(Text(f"口径 {label} 写到 {out}", f"Wrote the profile {label} to {out}"))


def _check_profile(output: Output, path: Path, file: str) -> None:
    from app.services.bring_in.profile_change import check_profile
    from app.services.profile.profiles import load_profile

    with opened(output, path) as registry:
        found = check_profile(registry, load_profile(file).text)
        before = registry.profile.label
    if output.as_json:
        sections = [{"section": name, "before": old, "after": new} for name, old, new in found.sections]
        output.document({"profile": found.profile.label, "before": before, "sections": sections})
        return
    for name, old, new in found.sections:
        sign = (
            Text("新增", "new")
            if old is None
            else Text("去掉", "gone")
            if new is None
            else Text("改", "changed")
        )
        output.say(Text(f"{sign.zh} {name}", f"{sign.en} {name}"))
    output.say(
        Text(
            f"可以换：{before} → {found.profile.label}，{len(found.sections)} 处不同。没有写入。",
            f"It can be put in place: {before} → {found.profile.label}, {len(found.sections)} differences. Nothing written.",
        )
    )


def _set_profile(output: Output, path: Path, file: str, why: str) -> None:
    from app.services.bring_in.profile_change import change_profile
    from app.services.profile.profiles import load_profile

    with opened(output, path) as registry:
        text = load_profile(file).text
        changes = change_profile(registry, text, why=why)
        label = registry.profile.label
    _tell_changes(output, changes, Text(f"口径换成 {label}", f"The profile is now {label}"))


def _tell_changes(output: Output, changes: Changes, done: Text) -> None:
    if output.as_json:
        output.document(changes.as_json(output.lang))
    elif changes.change is None:
        output.say(Text("没有不同，什么也没写。", "Nothing differs; nothing was written."))
    else:
        output.say(done)


def _show_profile(output: Output, path: Path) -> None:
    from app.services.profile.overview import overview

    with opened(output, path) as registry:
        profile = registry.profile
        rows = overview(registry.dataset, profile)
    if output.as_json:
        output.document(
            {
                "profile": profile.label,
                "id": profile.id,
                "version": profile.version,
                "name": {"zh": profile.name.zh, "en": profile.name.en},
                "declared": [row.as_json(output.lang) for row in rows],
            }
        )
        return
    output.say(Text(f"{profile.name.zh}（{profile.label}）", f"{profile.name.en} ({profile.label})"))
    output.table(
        _HEADS,
        (
            (
                WHAT[row.what],
                row.id,
                row.version,
                row.words,
                row.items,
                row.open_items,
                row.used,
            )
            for row in rows
        ),
        right=(2, 4, 5, 6),
    )


def _must_fit(kind: str, asked: dict[str, Any]) -> None:
    """Raise InvalidInput for an option that says nothing of this kind."""
    is_visit = kind == "compounds" and asked["is_unknown"]
    of = {
        "owner": kind == "tasks",
        "is_unknown": kind == "compounds",
        **dict.fromkeys(("unit", "measures", "facts"), is_visit),
        **dict.fromkeys(("street", "is_empty"), not is_visit),
    }
    for name, may in of.items():
        if asked[name] and not may:
            option = {
                "is_unknown": "unknown",
                "is_empty": "empty",
                "measures": "measure",
                "facts": "fact",
            }.get(name, name)
            message = Text(
                f"--{option} 和这里要写的表不合：--unknown 只用于 compounds，--unit、--measure、--fact 要和它一起写，--owner 只用于 tasks。",
                f"--{option} does not fit: --unknown is for compounds, --unit, --measure and --fact go with it, --owner is for tasks.",
            )
            raise InvalidInput(message, (Problem(message=message, column=option),))


def _template(output: Output, path: Path, kind: str, out: Path, asked: dict[str, Any]) -> None:
    from app.services.bring_in.city_lists import LISTS
    from app.services.bring_in.list_templates import write_list_template
    from app.services.bring_in.task_book import write_task_book
    from app.services.bring_in.template_data import write_template
    from app.services.bring_in.visits import write_visit_sheet

    street, lang = asked["street"], output.lang
    with opened(output, path) as registry, output.ticket() as ticket:
        if kind in LISTS:
            report = write_list_template(registry, kind, out, lang=lang, ticket=ticket)
        elif asked["is_unknown"]:
            report = write_visit_sheet(
                registry,
                out,
                unit=asked["unit"],
                measures=asked["measures"],
                facts=asked["facts"],
                lang=lang,
                ticket=ticket,
            )
        elif kind == "tasks" and not asked["is_empty"]:
            report = write_task_book(
                registry, out, street=street, owner=asked["owner"], lang=lang, ticket=ticket
            )
        else:
            report = write_template(
                registry, kind, out, lang=lang, street=street, is_empty=asked["is_empty"], ticket=ticket
            )
    if output.as_json:
        output.document(
            {
                "path": str(report.path),
                "kind": report.kind,
                "rows": report.rows,
                "columns": list(report.columns),
                "left_empty": report.left_empty,
            }
        )
    else:
        output.say(
            Text(
                f"写好模板 {report.path}：{report.rows} 行，{len(report.columns)} 列",
                f"Wrote the template {report.path}: {report.rows} rows, {len(report.columns)} columns",
            )
        )
    if report.left_empty:
        output.note(
            Text(
                f"{report.left_empty} 格里像有个人信息，或太长，空着没有写出去。",
                f"{report.left_empty} cells look like personal data, or are too long; they were left empty.",
            )
        )
