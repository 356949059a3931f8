"""Verbs about amounts: totals, reach, gaps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain import vocabulary
from app.domain.period import today
from app.domain.vocabulary import SCATTERED
from app.errors import InvalidInput, Problem
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, FILE, REGISTRY
from ui.cli.output import number_words, percent_words

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.totals.answer import Quantity, Sum, Totals, TotalsRow
    from app.domain.profile.profile import Profile
    from ui.cli.output import Output

_UNIT: Final = (
    Text("单位", "unit"),
    Text("名称", "name"),
)
_WITHIN: Final = (
    Text("米", "metres"),
    Text("户数在内", "households within"),
    Text("在外", "beyond"),
    vocabulary.STATUS["unknown"],
    Text("占比", "rate"),
    vocabulary.RANGE,
)
_NEAREST: Final = (
    Text("code", "code"),
    Text("名称", "name"),
    Text("户数", "households"),
    Text("米", "metres"),
    Text("站点", "station"),
)
_SUMS: Final = (
    Text("项", "what"),
    vocabulary.TOTAL,
    Text("单位", "unit"),
    Text("已知", "known"),
    Text("共", "of"),
)
_RECORDS: Final = (
    Text("记录", "records"),
    Text("", ""),
    Text("个数", "count"),
)
_EMPTY: Final = Text("还没有数的：{0}", "No figures yet: {0}")


@verb()
@REGISTRY
@click.option("--by", default="street", show_default=True)
@click.option("--fact", "facts", multiple=True, help="只汇总这些数 · these numbers alone")
@click.option("--kind", help="小区类型 · kind of compound")
@click.option("--stage", help="在期服务的阶段，如 trusteeship · stage of the engagement in force")
@click.option("--as-of", type=DAY)
def totals(
    output: Output,
    registry: Path,
    by: str,
    facts: tuple[str, ...],
    kind: str | None,
    stage: str | None,
    as_of: date | None,
) -> None:
    """Add up counts, money and records by unit, each with how many are known."""
    from app.coverage.totals.answer import Asked
    from app.coverage.totals.totals import totals

    asked = Asked(by=by, as_of=as_of or today(), facts=facts, kind=kind, stage=stage)
    with opened(output, registry) as r:
        found, profile = totals(r.engine, asked), r.profile
    if output.as_json:
        output.document(found.as_json(output.lang))
    elif facts:
        _by_unit(output, found)
    else:
        _in_all(output, found, profile)


@verb()
@REGISTRY
@click.option("--station-kind", required=True)
@click.option("--metres", default="300,500,1000", show_default=True)
@click.option("--kind", help="小区类型 · kind of compound")
@click.option("--as-of", type=DAY)
def reach(
    output: Output,
    registry: Path,
    station_kind: str,
    metres: str,
    kind: str | None,
    as_of: date | None,
) -> None:
    """Measure from every compound to the nearest station; households within distances."""
    from app.coverage.reach_table import reach_of

    with opened(output, registry) as r:
        found = reach_of(r.engine, station_kind, as_of or today(), _metres(metres), kind)
    if output.as_json:
        output.document(found.as_json(output.lang))
        return
    output.table(
        _WITHIN,
        [
            [
                f"{distance:g}",
                *(number_words(n) for n in (f.covered, f.uncovered, f.unknown)),
                percent_words(f.rate),
                f"{percent_words(f.low)}–{percent_words(f.high)}",
            ]
            for distance, f in found.within
        ],
        right=range(6),
    )
    output.table(
        _NEAREST,
        [
            [one.code, one.name, one.households, _or_dash(one.metres), one.station]
            for one in sorted(
                found.compounds,
                key=lambda one: (one.metres is not None, -(one.metres or 0.0), one.code),
            )
        ],
        right=(2, 3),
    )


@verb()
@REGISTRY
@click.option("--measure", required=True)
@click.option("--by", required=True)
@click.option("--target", help="目标，如 0.9 或 90% · such as 0.9 or 90%")
@click.option("--chance", help="一次走访查实为“有”的可能，如 0.6 · that a visit finds yes, such as 0.6")
@click.option("--weight")
@click.option("--count", default="whole", show_default=True)
@click.option("--kind")
@click.option("--as-of", type=DAY)
@click.option("--csv", "csv_file", type=FILE)
def gaps(
    output: Output,
    registry: Path,
    target: str | None,
    chance: str | None,
    csv_file: Path | None,
    **given: Any,
) -> None:
    """Rank units by what is missing; with a target, the least work to reach it."""
    from app.coverage.gaps import gaps as find
    from app.coverage.results import Query
    from app.services.bring_out.gap_lists import acts_by_name, gaps_note, gaps_table, write_gaps_csv

    query = Query(**{**given, "as_of": given["as_of"] or today()})
    with opened(output, registry) as r:
        found = find(r.engine, query, _rate(target), chance=_rate(chance))
        if csv_file is not None:
            write_gaps_csv(r, csv_file, found, output.lang)
        if output.as_json:
            output.document(found.as_json(output.lang))
            return
        headers, rows = gaps_table(r, found, output.lang, by_name=False)
        acts = acts_by_name(r, found, output.lang)
        notes = gaps_note(r, found, output.lang)
    said = [
        [
            *row[:2],
            *("" if n is None else number_words(n) for n in row[2:8] if not isinstance(n, str)),
            *(percent_words(rate) for rate in row[8:11] if not isinstance(rate, str)),
            row[11],
        ]
        for row in rows
    ]
    output.table(headers, said, right=range(2, 11))
    if acts:
        output.lines([*acts, ""])
    for note in notes:
        output.say(Text(note, note))


def _metres(written: str) -> list[float]:
    found = []
    for part in written.replace("，", ",").split(","):
        try:
            found.append(float(part))
        except ValueError as error:
            raise InvalidInput(
                Text(
                    f"距离 {part.strip()!r} 不是米数。写 300,500,1000。",
                    f"{part.strip()!r} is no distance in metres: write 300,500,1000.",
                ),
                (Problem(message=Text("不是数字", "not a number"), column="metres", value=part),),
            ) from error
    return found


def _rate(written: str | None) -> float | None:
    from app.domain.values import read_rate

    return None if written is None else read_rate(written)


def _in_all(output: Output, found: Totals, profile: Profile) -> None:
    """Print what the whole registry adds up to: numbers, then records by kind and choice."""
    from app.coverage.totals.answer import groups_of, sum_of
    from app.domain.kinds import KINDS

    known = [q for q in found.quantities if (cell := found.total.sums.get(q.key)) is not None and cell.known]
    output.table(
        _SUMS,
        [
            [
                quantity.words,
                _amount(found.total.sums.get(quantity.key), quantity),
                quantity.unit,
                *_known(found.total.sums.get(quantity.key)),
            ]
            for quantity in known
        ],
        right=(1, 3, 4),
    )
    for name, keys in groups_of(found).items():
        added = sum_of(found.total, keys)
        if added is not None:
            words = profile.groups[name].words
            output.say(
                Text(
                    f"{words.zh}：{len(keys)} 类，共 {number_words(int(added))}",
                    f"{words.en}: {len(keys)} categories, {number_words(int(added))} in all",
                )
            )
    if empty := [q.words for q in found.quantities if q not in known]:
        output.say(_EMPTY.format(output.joined(empty)))
    rows: list[list[object]] = []
    for kind, fields in found.choices.items():
        tallied = found.total.records[kind]
        rows.append([KINDS[kind].words, "", len(tallied.codes)])
        for values, count in sorted(tallied.each.items()):
            if fields:
                said = " · ".join(
                    _choice(output, profile, kind, name, value)
                    for name, value in zip(fields, values, strict=True)
                )
                rows.append(["", said, count])
    output.table(_RECORDS, rows, right=[2])
    output.say(
        Text(
            f"要看各单位，加 --fact KEY 或 --json。截至 {found.asked.as_of}",
            f"For each unit, add --fact KEY or --json. As of {found.asked.as_of}",
        )
    )


def _choice(output: Output, profile: Profile, kind: str, name: str, value: str) -> str:
    from app.domain.kinds import KINDS

    if name == "scattered":
        return output.words(SCATTERED[value])
    words = profile.choices.get(KINDS[kind].by_name[name].choices, {})
    return output.words(words[value]) if value in words else value or "—"


def _by_unit(output: Output, found: Totals) -> None:
    """Print one line a unit, one column a number."""
    labelled: list[tuple[str, str | Text, TotalsRow]] = [
        *((row.unit, row.name, row) for row in found.rows),
        ("", vocabulary.UNPLACED, found.unplaced),
        ("", vocabulary.TOTAL, found.total),
    ]
    output.table(
        [*_UNIT, *(f"{output.words(q.words)} {q.unit}".strip() for q in found.quantities)],
        [
            [unit, name, *(_with_known(row.sums.get(q.key), q) for q in found.quantities)]
            for unit, name, row in labelled
        ],
        right=range(2, 2 + len(found.quantities)),
    )


def _amount(cell: Sum | None, quantity: Quantity) -> str:
    if cell is None or not cell.known:
        return "—"
    if quantity.type == "rate":
        return percent_words(cell.mean)
    return number_words(int(cell.total) if quantity.type == "count" else cell.total)


def _known(cell: Sum | None) -> tuple[int, int]:
    return (0, 0) if cell is None else (cell.known, cell.of)


def _with_known(cell: Sum | None, quantity: Quantity) -> str:
    known, of = _known(cell)
    return f"{_amount(cell, quantity)} ({known}/{of})"


def _or_dash(metres: float | None) -> str:
    return "—" if metres is None else f"{metres:,.0f}"
