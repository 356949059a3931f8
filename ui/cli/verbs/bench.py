"""The verb that measures the program itself: bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.text import Text
from ui.cli.frame import verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.cli.output import Output


_HEAD: Final = (
    Text("等的是", "waited for"),
    Text("谁", "who"),
    Text("中位数", "median"),
    Text("95%", "p95"),
    Text("次数", "n"),
    Text("我们是它的", "ours by it"),
)


@verb()
@click.argument("suite", required=False)
@click.option(
    "--size", type=click.Choice(["district", "city", "province"]), default="district", show_default=True
)
@click.option("--against", type=click.Path(path_type=Path), help="Another checkout, measured in turns.")
@click.option("--rounds", type=click.IntRange(min=1), help="Rounds, 5 unless told.")
def bench(output: Output, suite: str | None, size: str, against: Path | None, rounds: int | None) -> None:
    """Run the program's own benchmarks, each named by what a user waits for, beside peers that are installed."""
    from ui.cli.bench.suites import ROUNDS, run_benchmarks

    with output.ticket() as ticket:
        found = run_benchmarks(suite, size=size, against=against, rounds=rounds or ROUNDS, ticket=ticket)
    if output.as_json:
        output.document(found)
        return
    for measured in found["suites"]:
        _tell_suite(output, measured)
    _tell_ground(output, found)


def _tell_suite(output: Output, suite: dict[str, Any]) -> None:
    output.table(_HEAD, list(rows_of(suite)), right=(2, 3, 4, 5))
    for who, why in suite["left_out"].items():
        output.note(Text(f"没有测 {who}：{why}", f"Not measured: {who}: {why}"))
    for who, note in suite["notes"].items():
        output.note(Text(f"{who}：{note['zh']}", f"{who}: {note['en']}"))
    if "kernel" in suite:
        output.lines([json.dumps(suite["kernel"], ensure_ascii=False, indent=2)])


def rows_of(suite: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield a line for each mark and party of a suite: seconds, or megabytes where the mark ends in ``_mb``."""
    for mark, parties in suite["measured"].items():
        for who, told in parties.items():
            if who == "ratio_to":
                continue
            unit = "mb" if "median_mb" in told else "s"
            by = parties["ratio_to"].get(who, "")
            yield mark, who, told[f"median_{unit}"], told[f"p95_{unit}"], told["rounds"], by


def _tell_ground(output: Output, found: dict[str, Any]) -> None:
    sides = "; ".join(f"{name} {side['version']} {side['commit']}" for name, side in found["sides"].items())
    loads = [value for suite in found["suites"] for value in suite["load"]]
    load = f"{min(loads)}–{max(loads)}" if None not in loads else "–"
    output.note(
        Text(
            f"{sides}；轮流 {found['rounds']} 轮，种子 {found['seed']}，负载 {load}。耗时请只作比值看：小于 1，我们快。",
            f"{sides}; {found['rounds']} rounds in turns, seed {found['seed']}, load {load}. "
            "Read the times as ratios only: below 1 ours is faster.",
        )
    )
