"""The verb that measures the program itself: bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.text import Text
from ui.cli.frame import verb

if TYPE_CHECKING:
    from ui.cli.output import Output


_SIDES: Final = (
    Text("测速项", "measured"),
    Text("我们（秒）", "ours (s)"),
    Text("对方（秒）", "theirs (s)"),
    Text("比", "ratio"),
)


@verb()
@click.argument("suite", required=False)
@click.option(
    "--size", type=click.Choice(["district", "city", "province"]), default="district", show_default=True
)
@click.option("--against", type=click.Path(path_type=Path), help="Another checkout, measured in turns.")
@click.option("--rounds", type=click.IntRange(min=1), help="Rounds with --against.")
def bench(output: Output, suite: str | None, size: str, against: Path | None, rounds: int | None) -> None:
    """Run the program's own benchmarks, beside a peer where one is installed."""
    from ui.cli.bench.against import ROUNDS, run_against
    from ui.cli.bench.suites import run_benchmarks

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


def _tell_sides(output: Output, found: dict[str, Any]) -> None:
    for suite in found["suites"]:
        rows = [
            (
                mark,
                *(figures[side]["median_s"] if side in figures else "—" for side in ("ours", "theirs")),
                figures.get("ratio", "—"),
            )
            for mark, figures in suite["measured"].items()
        ]
        output.table(_SIDES, rows, right=(1, 2, 3))
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
    output.lines(json.dumps(suite, ensure_ascii=False, indent=2) for suite in found["suites"])
    output.note(Text("耗时请只作比值看。", "Read the times as ratios only."))
