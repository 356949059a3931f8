"""Verbs about the file: new, sample, backup, verify, import, export, bench."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.errors import Conflict, IntegrityFault, InvalidInput, Problem
from app.text import Text
from ui.cli.frame import DAY, REGISTRY, opened, pairs, verb
from ui.cli.verbs.profile import import_list

if TYPE_CHECKING:
    from datetime import date

    from app.domain.profile.profile import Profile
    from app.services.bring_in.import_data import Plan
    from ui.cli.output import Output

_OUT = click.argument("out", type=click.Path(path_type=Path, readable=False))


def declare(group: click.Group) -> None:
    """Put these verbs into the group."""

    @verb(group)
    @_OUT
    @click.option("--profile", required=True)
    @click.option("--name")
    def new(output: Output, out: Path, profile: str, name: str | None) -> None:
        """Write an empty registry with a city profile."""
        from app.services.profile.profiles import load_profile
        from app.services.registry.registry import create_registry

        registry = create_registry(out, load_profile(profile), name=name)
        registry.close()
        tell_file(
            output,
            out,
            {"profile": registry.profile.label, "name": registry.info.name},
            Text("新建了", "Created"),
        )

    @verb(group)
    @_OUT
    @click.option("--profile", default="yaohai", show_default=True)
    @click.option(
        "--size", type=click.Choice(["district", "city", "province"]), default="district", show_default=True
    )
    @click.option("--seed", type=int, default=0, show_default=True)
    def sample(output: Output, out: Path, profile: str, size: str, seed: int) -> None:
        """Write a registry filled with sample data: real outlines and names, everything inside synthetic."""
        from app.sample.write import write_sample

        with output.ticket() as ticket:
            counts = write_sample(out, profile, size=size, seed=seed, ticket=ticket)
        tell_file(
            output,
            out,
            {"profile": profile, "size": size, "seed": seed, "counts": counts},
            Text("写好样例", "Sample written:"),
        )

    @verb(group)
    @REGISTRY
    @_OUT
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
                    f"The backup is kept as it is: {places} places in it are not as this program left them. "
                    "`verify` lists each.",
                )
            )
        tell_file(output, out, {"size": out.stat().st_size}, Text("备份到", "Backed up to"))

    @verb(group)
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
                f"{edits} places were edited by another program, as listed. `foreign` lists each; take it or turn it back.",
            )
            if edits == len(damaged)
            else Text(
                f"{len(damaged)} 处与校验不符，如下。backup 照原样留一份。{back.zh}",
                f"{len(damaged)} places do not fit, as listed. `backup` keeps a copy as it is. {back.en}",
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

    @verb(group, "import")
    @REGISTRY
    @click.argument("source", type=click.Path(path_type=Path, readable=False))
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
        "--only", multiple=True, metavar="COLUMN=VALUE", help="Only the rows that have it; repeated: or."
    )
    @click.option(
        "--answer",
        "answers",
        multiple=True,
        metavar="ROW=new|CODE|leave",
        help="Who a row means; NAME=CODE: who a name means; COLUMN:FORM=VALUE: what an unclear cell means, "
        "COLUMN alone: all unclear cells of it; leave: write nothing.",
    )
    @click.option(
        "--whole-of", metavar="UNIT", help="The file is the whole of this unit: lists what it leaves out."
    )
    @click.option(
        "--drop-bad-cells", is_flag=True, help="A cell that can't be read costs the cell, not the row."
    )
    @click.option("--crs")
    @click.option("--datum")
    @click.option("--encoding")
    @click.option("--read-as", help="EPSG:n, swapped, gcj02 or bd09")
    @click.option(
        "--problems",
        type=click.Path(path_type=Path, readable=False),
        metavar="OUT.xlsx",
        help="Writes the refused rows, as they came, with the reasons.",
    )
    @click.option("--dry-run", is_flag=True)
    @click.option("--partial", is_flag=True)
    @click.option("--on-conflict", type=click.Choice(["ask", "update", "skip"]), default="ask")
    def import_(output: Output, registry: Path, source: Path, dry_run: bool, **given: Any) -> None:
        """Bring in a file: one plan, one change, one undo."""
        _import(output, registry, source, dry_run=dry_run, **given)

    @verb(group)
    @REGISTRY
    @_OUT
    @click.option("--measure", default="party", show_default=True)
    @click.option("--by", default="street", show_default=True)
    @click.option(
        "--audience", type=click.Choice(["public", "street", "internal"]), default="street", show_default=True
    )
    @click.option("--unit")
    @click.option("--as-of", type=DAY)
    def export(
        output: Output,
        registry: Path,
        out: Path,
        measure: str,
        by: str,
        audience: str,
        unit: str | None,
        as_of: date | None,
    ) -> None:
        """Write a page, workbook, table, layer or picture for others; says which fields left."""
        _export(output, registry, out, measure=measure, by=by, audience=audience, unit=unit, as_of=as_of)

    @verb(group)
    @click.argument("suite", required=False)
    @click.option(
        "--size", type=click.Choice(["district", "city", "province"]), default="district", show_default=True
    )
    @click.option("--against", type=click.Path(path_type=Path), help="Another checkout, measured in turns.")
    @click.option("--rounds", type=click.IntRange(min=1), help="Rounds with --against.")
    def bench(output: Output, suite: str | None, size: str, against: Path | None, rounds: int | None) -> None:
        """Run the program's own benchmarks, beside a peer where one is installed."""
        from app.bench.bench import run_benchmarks
        from ui.cli.bench.against import ROUNDS, run_against

        with output.ticket() as ticket:
            if against is None:
                found = run_benchmarks(suite, size=size, ticket=ticket)
            else:
                found = run_against(against, suite, size=size, rounds=rounds or ROUNDS, ticket=ticket)
        if output.as_json:
            output.document(found)
        elif against is None:
            _bench_table(output, found)
        else:
            _tell_sides(output, found)


def tell_file(output: Output, path: Path, more: dict[str, Any], done: Text) -> None:
    """Print where a file was written."""
    if output.as_json:
        output.document({"path": str(path), **more})
    else:
        output.say(Text(f"{done.zh} {path}", f"{done.en} {path}"))


def _import(output: Output, path: Path, source: Path, *, dry_run: bool, **given: Any) -> None:
    import sys

    from app.errors import RegistryError
    from app.services.bring_in.city_lists import LISTS
    from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import

    if given["kind"] in LISTS:
        for name, value in given.items():
            if value and name not in ("kind", "on_conflict"):
                option = {"mapping": "map", "constants": "value", "answers": "answer"}.get(
                    name, name.replace("_", "-")
                )
                raise InvalidInput(
                    Text(
                        f"本市清单（--as {given['kind']}）不用 --{option}。",
                        f"A city's own list (--as {given['kind']}) takes no --{option}.",
                    )
                )
        import_list(output, path, source, given["kind"], dry_run=dry_run)
        return
    conflict, problems = given.pop("on_conflict"), given.pop("problems")
    said: dict[str, Any] = {
        "mapping": pairs(given.pop("mapping")),
        "constants": pairs(given.pop("constants")),
        "answers": pairs(given.pop("answers")),
        "only": tuple(_halves(text) for text in given.pop("only")),
    }
    request = ImportRequest(source=source, on_conflict=conflict, **said, **given)
    with opened(path) as registry, output.ticket() as ticket:
        plan, profile = plan_import(registry, request, ticket), registry.profile
        if problems is not None:
            from app.services.bring_in.problems import save_problems

            count = save_problems(profile, plan, problems, output.lang, ticket)
            output.note(
                Text(f"{count} 行问题写到 {problems}。", f"{count} rows with their problems: {problems}.")
            )
        document = plan.as_json(output.lang)
        try:
            if (
                not dry_run
                and conflict == "ask"
                and plan.counts["change"]
                and sys.stdin.isatty()
                and not output.as_json
            ):
                _ask(output, plan.counts)
                plan = plan_import(registry, _with_update(request), ticket)
            if dry_run:
                plan.refuse_if_needed()
            else:
                changes = commit_import(registry, plan, ticket=ticket)
                document = {
                    **plan.as_json(output.lang),
                    "committed": changes.change is not None,
                    "change": changes.change,
                }
        except RegistryError as error:
            if output.as_json:
                output.document({**document, **error.as_json(output.lang)})
            else:
                _tell_notes(output, plan, profile)
            raise
    if output.as_json:
        output.document(document)
        return
    counts = document["counts"]
    output.say(
        Text(
            f"{source.name}：新增 {counts['create']}，改 {counts['change']}，相同 {counts['same']}，"
            f"跳过 {counts['skip']}，拒绝 {counts['refuse']}" + ("（预览，没有写入）" if dry_run else ""),
            f"{source.name}: create {counts['create']}, change {counts['change']}, same {counts['same']}, "
            f"skip {counts['skip']}, refuse {counts['refuse']}"
            + (" (preview, nothing written)" if dry_run else ""),
        )
    )
    _tell_notes(output, plan, profile)
    for told in plan.place_notes():
        output.note(told)


def _tell_notes(output: Output, plan: Plan, profile: Profile) -> None:
    """Say what each column was taken for, which were left and why, and what was noticed."""
    from app.services.bring_in.words import told_of_columns

    for told in (*told_of_columns(plan, profile), *plan.notes):
        output.note(told)


def _halves(text: str) -> tuple[str, str]:
    """Return COLUMN=VALUE as two; a column's name may hold an equals sign where the value holds none."""
    column, equals, value = text.rpartition("=")
    if not equals or not column.strip():
        message = Text(f"要写 列=值，这里是 {text!r}。", f"COLUMN=VALUE is wanted, not {text!r}.")
        raise InvalidInput(message, (Problem(message=message, column="only", value=text),))
    return column.strip(), value


def _ask(output: Output, counts: Any) -> None:
    question = Text(
        f"有 {counts['change']} 条要改已有的值，改吗？",
        f"{counts['change']} rows change what is registered. Go on?",
    )
    if not click.confirm(output.words(question), default=False, err=True):
        raise Conflict(Text("没有写入。", "Nothing was written."))


def _with_update(request: Any) -> Any:
    from dataclasses import replace

    return replace(request, on_conflict="update")


def _export(output: Output, path: Path, out: Path, **given: Any) -> None:
    from app.domain.period import today
    from app.services.bring_out.export_data import ExportRequest, export

    as_of = given.pop("as_of") or today()
    request = ExportRequest(as_of=as_of, lang=output.lang, **given)

    def draw_png(*parts: Any, **named: Any) -> None:
        try:
            from ui.map.export.png import draw  # Qt only where a picture is asked for
        except ImportError as missing:
            raise InvalidInput(
                Text(
                    f"画图片要用 Qt，它在本机缺系统库（{missing}）。make setup 会装上，或说出要装哪些软件包；"
                    "页面、工作簿和表不受影响。",
                    f"A picture is drawn by Qt, which lacks a library on this machine ({missing}). make setup installs "
                    "it or names the packages; pages, workbooks and tables need none of it.",
                )
            ) from missing

        draw(*parts, **named)

    with opened(path) as registry, output.ticket() as ticket:
        report = export(registry, out, request, ticket, draw_png=draw_png)
    if output.as_json:
        output.document(
            {
                "path": str(report.path),
                "fields_left": list(report.fields_left),
                "counts": dict(report.counts),
                "size": report.size,
            }
        )
    else:
        output.say(
            Text(
                f"写好 {report.path}（{report.size:,} 字节）", f"Wrote {report.path} ({report.size:,} bytes)"
            )
        )
    if report.fields_left:
        left = ", ".join(report.fields_left)
        output.note(Text(f"离开台账的字段：{left}", f"Fields that left: {left}"))


def _tell_sides(output: Output, found: dict[str, Any]) -> None:
    headers = {
        "zh": ["测速项", "我们（秒）", "对方（秒）", "比"],
        "en": ["measured", "ours (s)", "theirs (s)", "ratio"],
    }[output.lang]
    for suite in found["suites"]:
        rows = [
            (
                mark,
                *(figures[side]["median_s"] if side in figures else "—" for side in ("ours", "theirs")),
                figures.get("ratio", "—"),
            )
            for mark, figures in suite["measured"].items()
        ]
        output.table(headers, rows, right=(1, 2, 3))
        for name, why in suite["left_out"].items():
            output.note(Text(f"没有测 {name}：{why}", f"Not measured: {name}: {why}"))
    ours, theirs = (f"{found[side]['version']} {found[side]['commit']}" for side in ("ours", "theirs"))
    load = " → ".join(str(value) for value in found["machine"]["load"])
    output.note(
        Text(
            f"我们 {ours}，对方 {theirs}；轮流 {found['rounds']} 轮，取中位数；种子 {found['seed']}，负载 {load}。小于 1：我们快。",
            f"Ours {ours}, theirs {theirs}; {found['rounds']} rounds in turns, medians; seed {found['seed']}, load {load}. "
            "Below 1 ours is faster.",
        )
    )


def _bench_table(output: Output, found: dict[str, Any]) -> None:
    import json

    for suite in found.get("suites", []):
        click.echo(json.dumps(suite, ensure_ascii=False, indent=2))
    output.note(Text("耗时请只作比值看。", "Read the times as ratios only."))
