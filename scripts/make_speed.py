"""Make ``docs/speed.md`` and its growth plot from ``docs/speed.json``, the documents that `bench --json` printed.

``python scripts/make_speed.py`` makes the page; ``… add DOCUMENT.json …`` first takes the suites of documents in, in place of the same
suites of the same size; ``… grow SIZE REGISTRY`` measures a registry of that many compounds for the plot.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "speed.json"
PAGE = ROOT / "docs" / "speed.md"
PLOT = ROOT / "docs" / "speed-growth.svg"
ROLL_PLOT = ROOT / "docs" / "speed-rollup.svg"
ROLLED: Final = (1, 10, 25, 50, 100)
ROLL_ROUNDS: Final = 3

HEAD: Final = """# Speed

Made by `.venv/bin/python scripts/make_speed.py` from `docs/speed.json`, the documents of `bench --json`; a test compares. How it is measured: decision
[96](decisions/0096-a-benchmark-is-named-by-the-wait.md). All parties took turns in one run; figures of two machines can not be compared, ratios of one run can. `_s` seconds by the clock, `_cpu` processor seconds of all
threads, `_mb` megabytes. `theirs` is version 0.2.0 (commit 5f3583b). District: 560 compounds × 596 grids; city: 25,000 × 15,000; province: 300,000 × 100,000.
"""


class Bar(NamedTuple):
    """What was asked: ``ours`` by ``other`` (party and mark of the same suite), at most ``most``."""

    words: str
    size: str
    suite: str
    ours: str
    other: tuple[str, str]
    most: float


BARS: Final = (
    Bar("one fact ticked → all four levels, city", "city", "edit", "fact_cpu", ("theirs", "full_cpu"), 1 / 300),
    Bar("the same by its own full way", "city", "edit", "fact_cpu", ("ours", "full_cpu"), 1 / 100),
    Bar("one outline moved, city", "city", "edit", "outline_cpu", ("theirs", "full_cpu"), 1 / 100),
    Bar("one grid border moved, city", "city", "edit", "border_cpu", ("theirs", "full_cpu"), 1 / 20),
    Bar("commit of one fact, district", "district", "save", "fact_s", ("ours", "one_page_synced_s"), 12),
    Bar("commit of one number, district", "district", "save", "number_s", ("ours", "one_page_synced_s"), 12),
    Bar("commit of one fact, city", "city", "save", "fact_s", ("ours", "one_page_synced_s"), 12),
    Bar("commit of one number, city", "city", "save", "number_s", ("ours", "one_page_synced_s"), 12),
    Bar("first coverage by grid, city", "city", "figure", "first_by_grid_cpu", ("geopandas.overlay", "first_by_grid_cpu"), 1),
    Bar("first coverage by grid, province", "province", "figure", "first_by_grid_cpu", ("geopandas.overlay", "first_by_grid_cpu"), 1 / 3),
    Bar("services' memory, city", "city", "open", "with_figures_mb", ("theirs", "with_figures_mb"), 1 / 2),
    Bar("opening, city", "city", "open", "open_cpu", ("theirs", "open_cpu"), 1 / 3),
    Bar("services' memory, province", "province", "open", "with_figures_mb", ("theirs", "with_figures_mb"), 1 / 2),
    Bar("opening, province", "province", "open", "open_cpu", ("theirs", "open_cpu"), 1 / 3),
)  # fmt: skip
GROWN: Final = {
    "open": ("open_cpu", "with_figures_mb"),
    "figure": ("first_by_grid_cpu",),
    "edit": ("fact_cpu", "outline_cpu", "border_cpu"),
    "save": ("fact_s",),
}
SHOWN: Final = {
    "open_cpu": "opening",
    "first_by_grid_cpu": "first coverage by grid",
    "border_cpu": "one border moved",
    "outline_cpu": "one outline moved",
    "fact_cpu": "one fact ticked",
    "fact_s": "commit of a fact",
}
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _FOOT = 860, 470, 70, 20, 200, 50
_TONES: Final = ("#1b6ca8", "#b2452c", "#3d8b40", "#8a5a9e", "#8c6d1f", "#39777a")


def main(arguments: list[str]) -> int:
    """Take documents in or measure, as asked; then make the page and the plot."""
    sys.path.insert(0, str(ROOT))
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {"runs": [], "growth": []}
    if arguments[:1] == ["add"]:
        for document in arguments[1:]:
            take(kept, json.loads(Path(document).read_text("utf-8")))
    elif arguments[:1] == ["grow"]:
        grow(kept, int(arguments[1]), Path(arguments[2]))
    elif arguments[:1] == ["rollup"]:
        kept["rollup"] = add_up_more(Path(arguments[1]))
    elif arguments[:1] == ["million"]:
        write_million(Path(arguments[1]))
        return 0
    KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for path, made in pages(kept).items():
        path.write_text(made, "utf-8")
    return 0


def take(kept: dict[str, Any], document: dict[str, Any]) -> None:
    """Keep each suite of a document by itself, with what it was measured on."""
    about = {key: value for key, value in document.items() if key != "suites"}
    for suite in document["suites"]:
        kept["runs"] = [
            run
            for run in kept["runs"]
            if (run["about"]["size"], run["suite"]["suite"]) != (about["size"], suite["suite"])
        ]
        kept["runs"].append({"about": about, "suite": suite})
    order = ("district", "city", "province")
    kept["runs"].sort(key=lambda run: (order.index(run["about"]["size"]), run["suite"]["suite"]))


def write_million(path: Path) -> None:
    """Write a registry as the sample of a province is made, with 324 districts in place of 100."""
    from dataclasses import replace

    import numpy as np

    from app.jobs import Ticket
    from app.sample.big import NOTE, PLANS, fill_big
    from app.sample.rows import Dice, Rows
    from app.services.profile.profiles import load_profile
    from app.services.registry.registry import create_registry

    PLANS["million"] = replace(PLANS["province"], side=18)
    rows = Rows("yaohai/million/0")
    dice = Dice(np.random.default_rng(0))
    drawn = fill_big("million", (117.3, 31.87), "合肥", "340100", rows, dice, Ticket())
    roads = [road for district in drawn for road in district]
    create_registry(
        path, load_profile("yaohai"), records=rows.records, backdrop=roads, synthetic_note=NOTE
    ).close()


def grow(kept: dict[str, Any], compounds: int, registry: Path) -> None:
    """Measure what grows, or does not, on a copy of a registry with so many compounds."""
    import shutil

    from ui.cli.bench.sides import our_side

    row: dict[str, Any] = {"compounds": compounds}
    with tempfile.TemporaryDirectory(dir=registry.parent) as folder:
        side = our_side(Path(folder))
        for what, marks in GROWN.items():
            copied = shutil.copyfile(registry, Path(folder) / "grown.gpkg")
            found = side.hands(what, copied, 5)
            row |= {mark: round(statistics.median(found[mark]), 6) for mark in marks}
            for beside in Path(folder).glob("grown.gpkg*"):
                beside.unlink()
    kept["growth"] = sorted(
        [*(known for known in kept["growth"] if known["compounds"] != compounds), row],
        key=lambda known: known["compounds"],
    )


def add_up_more(folder: Path) -> list[dict[str, Any]]:
    """Return what adding up takes, by one worker and by two in turns: the whole call, with the start of the workers.

    Garbage is not looked for meanwhile, as in a process of the verb's own.
    """
    import gc

    from app.coverage.results import Query
    from app.services.rollup.rollup import rolled_up

    files = [str(path) for path in sorted(folder.glob("*.gpkg"))]
    for file in files:
        Path(file).read_bytes()  # no round pays for the disk
    query = Query(measure="party", by="grid", as_of=date(2026, 11, 30))
    rolled_up(files[:1], query, at_most=1)  # what is imported once
    rows = []
    for number in (n for n in ROLLED if n <= len(files)):
        took: dict[str, list[float]] = {"one_s": [], "two_s": []}
        compounds = 0.0
        for turn in range(ROLL_ROUNDS):
            for mark, most in (("one_s", 1), ("two_s", 2))[:: -1 if turn % 2 else 1]:
                gc.collect()
                gc.disable()
                began = time.perf_counter()
                found = rolled_up(files[:number], query, at_most=most)
                took[mark].append(round(time.perf_counter() - began, 3))
                gc.enable()
                compounds = found.coverage.total.figures.total
        medians = {mark: round(statistics.median(seconds), 3) for mark, seconds in took.items()}
        ratios = [one / two for one, two in zip(took["one_s"], took["two_s"], strict=True)]
        ratio = round(statistics.median(ratios), 2)
        rows.append({"registries": number, "compounds": compounds, **medians, "ratio": ratio, "rounds": took})
    return rows


def _rolled(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    head = f"`rollup` of the first N districts of `sample --size province --each district`, by grid, medians of {ROLL_ROUNDS} rounds (least and most beside them), one worker and two in turns on a machine with two cores; the whole call, the start of the workers in it. The last column is the median of the rounds' own ratios."

    def told(row: dict[str, Any], mark: str) -> str:
        return f"{row[mark]:.1f} s ({min(row['rounds'][mark]):.1f}–{max(row['rounds'][mark]):.1f})"

    return [
        "",
        "## Adding up",
        "",
        head,
        "",
        "| registries | compounds | one worker | two workers | one by two |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {row['registries']} | {row['compounds']:,} | {told(row, 'one_s')} | {told(row, 'two_s')} | {row['ratio']:.2f} |"
            for row in rows
        ),
        "",
        "![Adding up](speed-rollup.svg)",
    ]


def pages(kept: dict[str, Any]) -> dict[Path, str]:
    """Return the page and the plot, as they must be."""
    lines = [HEAD, "## What was asked, and what was seen", "", "| wait | ours | beside | ratio | asked |", "| --- | --- | --- | --- | --- |"]  # fmt: skip
    lines += [line for bar in BARS if (line := _bar(kept["runs"], bar))]
    lines += ["", "## Growth", "", "![Growth](speed-growth.svg)", "", *_growth_table(kept["growth"])]
    rolled = kept.get("rollup", [])
    lines += _rolled(rolled)
    for run in kept["runs"]:
        lines += ["", *_run(run)]
    return {PAGE: "\n".join(lines) + "\n", PLOT: plot(kept["growth"]), ROLL_PLOT: roll_plot(rolled)}


def _bar(runs: list[dict[str, Any]], bar: Bar) -> str:
    for run in runs:
        if (run["about"]["size"], run["suite"]["suite"]) == (bar.size, bar.suite):
            measured = run["suite"]["measured"]
            ours, other = (_median(measured, who, mark) for who, mark in (("ours", bar.ours), bar.other))
            if ours is None or not other:
                return ""
            who, mark = bar.other
            unit = "MB" if bar.ours.endswith("_mb") else "s"
            return f"| {bar.words} | {ours:g} {unit} | {who} `{mark}` {other:g} {unit} | {_part(ours / other)} | ≤ {_part(bar.most)} |"
    return ""


def _median(measured: dict[str, Any], who: str, mark: str) -> float | None:
    told = measured.get(mark, {}).get(who)
    if told is None:
        return None
    return float(told["median_mb" if "median_mb" in told else "median_s"])


def _part(ratio: float) -> str:
    return f"1/{1 / ratio:.1f}" if ratio < 0.5 else f"{ratio:.2f}"


def _growth_table(growth: list[dict[str, Any]]) -> list[str]:
    marks = list(dict.fromkeys(mark for row in growth for mark in row if mark != "compounds"))
    head = [
        "| compounds | " + " | ".join(f"`{mark}`" for mark in marks) + " |",
        "| --- |" + " --- |" * len(marks),
    ]
    return head + [
        f"| {row['compounds']:,} | " + " | ".join(f"{row.get(mark, '–'):g}" for mark in marks) + " |"
        for row in growth
    ]


def _run(run: dict[str, Any]) -> list[str]:
    from ui.cli.verbs.bench import rows_of

    about, suite = run["about"], run["suite"]
    sides = ", ".join(f"{name} {side['version']} ({side['commit']})" for name, side in about["sides"].items())
    lines = [
        f"## {suite['suite']} · {about['size']}",
        "",
        f"{sides} · {about['rounds']} rounds · seed {about['seed']} · load {suite['load'][0]} → {suite['load'][1]} · Python {about['versions'].get('python', about['machine']['python'])}, "
        + ", ".join(f"{name} {number}" for name, number in about["versions"].items() if number and name != "compound-registry"),
        "",
        "| mark | who | median | p95 | n | ours by it |",
        "| --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        "| " + " | ".join(str(cell) for cell in (f"`{row[0]}`", *row[1:])) + " |" for row in rows_of(suite)
    ]
    lines += [f"\n{who}: {note['en']}." for who, note in suite["notes"].items()]
    lines += [f"\nNot measured: {who}: {why}" for who, why in suite["left_out"].items()]
    if "kernel" in suite:
        lines += ["", "The kernel alone:", "", "```json", json.dumps(suite["kernel"], ensure_ascii=False, indent=1), "```"]  # fmt: skip
    return lines


def plot(growth: list[dict[str, Any]]) -> str:
    """Return seconds by compounds as an SVG, both axes in powers of ten."""
    marks = [mark for mark in SHOWN if any(mark in row for row in growth)]
    values = [row[mark] for row in growth for mark in marks if row.get(mark)]
    if not values:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n'
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x(compounds: float) -> float:
        return round(_LEFT + (math.log10(compounds) - 2) / 4 * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(seconds: float) -> float:
        return round(_TOP + (high - math.log10(seconds)) / (high - low) * (_HEIGHT - _TOP - _FOOT), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at}" y2="{at}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{10.0**power:g} s</text>')
    for row in growth:
        at, words = x(row["compounds"]), f"{row['compounds']:,}"
        parts.append(f'<text x="{at}" y="{_HEIGHT - _FOOT + 20}" text-anchor="middle">{words}</text>')
    ends: list[float] = []
    for mark, tone in zip(marks, _TONES, strict=False):
        points = [(x(row["compounds"]), y(row[mark])) for row in growth if row.get(mark)]
        line = " ".join(f"{a},{b}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{tone}" stroke-width="2"/>')
        parts += [f'<circle cx="{a}" cy="{b}" r="3" fill="{tone}"/>' for a, b in points]
        end = points[-1][1]
        while any(abs(end - other) < 14 for other in ends):
            end += 14
        ends.append(end)
        parts.append(f'<text x="{points[-1][0] + 10}" y="{end + 4}" fill="{tone}">{SHOWN[mark]}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 8}">compounds (both axes in powers of ten)</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def roll_plot(rows: list[dict[str, Any]]) -> str:
    """Return seconds by registries as an SVG, for one worker and for two, both axes even."""
    top = max((row["one_s"] for row in rows), default=1.0)
    most = max((row["registries"] for row in rows), default=1)
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<path d="M{_LEFT} {_TOP}V{_TOP + high}H{_LEFT + wide}" fill="none" stroke="#888888"/>',
        f'<text x="{_LEFT - 8}" y="{_TOP + 10}" text-anchor="end">{top:.0f} s</text>',
        f'<text x="{_LEFT + wide}" y="{_HEIGHT - 8}" text-anchor="end">registries (3,000 compounds each)</text>',
    ]
    for mark, words, tone in (("one_s", "one worker", _TONES[0]), ("two_s", "two workers", _TONES[1])):
        points = [
            (round(_LEFT + row["registries"] / most * wide, 1), round(_TOP + (1 - row[mark] / top) * high, 1))
            for row in rows
        ]
        line = " ".join(f"{a},{b}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{tone}" stroke-width="2"/>')
        parts += [f'<circle cx="{a}" cy="{b}" r="3" fill="{tone}"/>' for a, b in points]
        if points:
            parts.append(
                f'<text x="{points[-1][0] + 10}" y="{points[-1][1] + 4}" fill="{tone}">{words}</text>'
            )
    for row in rows:
        at = round(_LEFT + row["registries"] / most * wide, 1)
        parts.append(f'<text x="{at}" y="{_TOP + high + 20}" text-anchor="middle">{row["registries"]}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
