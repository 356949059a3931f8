"""Verbs about figures: coverage, rollup, explain, measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain import vocabulary
from app.domain.period import today
from app.domain.vocabulary import STATUS
from app.errors import InvalidInput, Problem
from app.services.bring_out.level_figures import TOTAL_WORDS, UNPLACED_WORDS
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, FILE, REGISTRY, Unless
from ui.cli.output import number_words, percent_words, range_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.results import Coverage, Figures, Query, Row
    from app.services.registry.registry import Registry
    from app.services.snapshots.snapshots import Snapshot
    from ui.cli.output import Output


_UNIT: Final = Text("代码", "code")
_NAME: Final = Text("名称", "name")
_FIGURES: Final = (
    STATUS["covered"],
    STATUS["uncovered"],
    STATUS["unknown"],
    vocabulary.TOTAL,
    vocabulary.RATE,
    vocabulary.RANGE,
)
_BEFORE: Final = Text("此前{0}", "{0} before")
_DIFFERENCES: Final = (
    Text("覆盖增减", "covered ±"),
    Text("未覆盖增减", "not covered ±"),
    Text("未知增减", "unknown ±"),
    Text("覆盖率增减（百分点）", "rate ± (points)"),
    Text("最低增减（百分点）", "lowest ± (points)"),
)
_MEASURES: Final = (
    Text("", ""),
    Text("id", "id"),
    Text("指标", "measure"),
    Text("口径", "definition"),
    Text("来源", "source"),
)
_SNAPSHOT: Final = "against_snapshot"
_ADDED: Final = Text("以上是 {0} 个台账之和。", "The sum of {0: registry|registries}.")
_KEPT: Final = Text(
    "其中 {0} 个取自分区，没有再算。", "{0} of them come from partitions and were not computed again."
)
_COMPARED: Final = Text("截至 {0}，与 {1} 比。", "As of {0}, against {1}.")


_QUESTION: Final = (
    click.option("--against", type=DAY),
    click.option("--as-of", type=DAY),
    click.option("--kind"),
    click.option("--count", show_default="whole"),
    click.option("--weight"),
)


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--against-snapshot"),
        *_QUESTION,
        click.option("--by", cls=Unless, unless=_SNAPSHOT),
        click.option("--measure", cls=Unless, unless=_SNAPSHOT),
        REGISTRY,
    ):
        command = option(command)
    return command


def _asked_of_many(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        *_QUESTION,
        click.option("--by", required=True),
        click.option("--measure", required=True),
        click.argument("sources", nargs=-1, metavar="SOURCE…"),
    ):
        command = option(command)
    return command


def _query(given: dict[str, Any]) -> Query:
    from app.coverage.results import Query

    asked = {name: value for name, value in given.items() if name != _SNAPSHOT}
    return Query(**{**asked, "as_of": given["as_of"] or today(), "count": given["count"] or "whole"})


def _kept(registry: Registry, given: dict[str, Any]) -> Snapshot | None:
    """Return the kept table that is compared with, None for none; refuse what it asks for itself."""
    if given[_SNAPSHOT] is None:
        return None
    from app.services.snapshots.snapshots import snapshot_called

    kept = snapshot_called(registry, given[_SNAPSHOT])
    for name in ("measure", "by", "weight", "count", "kind", "against"):
        if given[name] is not None and (name == "against" or given[name] != getattr(kept.query, name)):
            own = kept.query.as_of if name == "against" else getattr(kept.query, name)
            message = Text(
                f"--{name} 由存的表 {kept.code} 定（{own}），不用再写。",
                f"The kept table {kept.code} says --{name} itself ({own}); leave it out.",
            )
            raise InvalidInput(message, (Problem(message=message, column=name, value=str(given[name])),))
    return kept


@verb()
@_asked
@click.option("--csv", "csv_file", type=FILE)
def coverage(output: Output, registry: Path, csv_file: Path | None, **given: Any) -> None:
    """Compute coverage by district, street, community or grid."""
    from app.coverage.change.rows import coverage_apart
    from app.services.snapshots.comparing import coverage_against

    with opened(output, registry) as opened_registry, output.ticket() as ticket:
        kept = _kept(opened_registry, given)
        if kept is None:
            found = coverage_apart(opened_registry.engine, _query(given), ticket)
        else:
            found = coverage_against(opened_registry, kept, given["as_of"] or today(), ticket)
        remarks = [said for said in (opened_registry.why_in_part,) if said is not None]
        for remark in remarks:
            output.warn(remark)
        if csv_file is not None:
            from app.services.bring_out.export_data import write_coverage_csv

            r = opened_registry
            write_coverage_csv(csv_file, found, r.profile, r.info, output.lang, remarks=remarks)
    if output.as_json:
        output.document(found.as_json(output.lang))
        return
    _tell(output, found, kept)


@verb()
@_asked_of_many
@click.option("--csv", "csv_file", type=FILE)
@click.option("--scheduler", metavar="ADDRESS")
@click.option("--crs")
@click.option("--partial", "is_partial", is_flag=True)
@click.option("--partitions", type=FILE, metavar="FOLDER")
def rollup(
    output: Output,
    sources: tuple[str, ...],
    csv_file: Path | None,
    scheduler: str | None,
    crs: str | None,
    partitions: Path | None,
    *,
    is_partial: bool,
    **given: Any,
) -> None:
    """Compute one coverage over many registries: files, folders, addresses, or partitions of them."""
    from app.services.bring_out.coverage_csv import write_coverage_csv
    from app.services.rollup.rollup import rolled_up

    with output.ticket() as ticket:
        found = rolled_up(
            sources,
            _query(given),
            crs=crs,
            scheduler=scheduler,
            is_partial=is_partial,
            partitions=partitions,
            ticket=ticket,
        )
    for note in found.notes:
        output.warn(note)
    if csv_file is not None:
        write_coverage_csv(
            csv_file, found.coverage, found.profile, found.info, output.lang, remarks=found.notes
        )
    if output.as_json:
        output.document(found.as_json(output.lang))
        return
    _tell(output, found.coverage, None)
    output.say(_ADDED.format(sum(one.error is None for one in found.registries)))
    if found.kept:
        output.say(_KEPT.format(found.kept))


@verb()
@_asked
@click.option("--unit", required=True)
@click.option("--csv", "csv_file", type=FILE)
def explain(output: Output, registry: Path, unit: str, csv_file: Path | None, **given: Any) -> None:
    """Name the compounds behind one figure, each with its reason."""
    from app.coverage.change.rows import explain_apart
    from app.coverage.change.said import sentence
    from app.services.bring_out.figure_lists import changed_table, explanation_table, write_explanation_csv
    from app.services.registry.lookup import find_record
    from app.services.registry.people_words import PeopleWords
    from app.services.snapshots.comparing import explain_against

    with opened(output, registry) as r:
        known = find_record(r.dataset, unit)  # also by its padded code
        code, kept = unit if known is None else known.code, _kept(r, given)
        if kept is None:
            found = explain_apart(r.engine, _query(given), code)
        else:
            found = explain_against(r, kept, code, given["as_of"] or today())
        people = PeopleWords(r.dataset, r.profile, output.lang)
        headers, rows = explanation_table(found, people, output.lang)
        if csv_file is not None:
            write_explanation_csv(r, csv_file, found, output.lang)
    if output.as_json:
        output.document(found.as_json(output.lang))
        return
    output.say(found.definition)
    said = [[*row[:3], number_words(row[3]), *row[4:]] for row in rows]
    output.table(headers, said, right=[3])
    if found.changed is not None:
        output.say(_compared(found.query, kept))
        output.say(sentence(found.row, found.row.parts or ()))
        output.table(*changed_table(found, output.lang), right=[3, 4, 5])


@verb()
@REGISTRY
def measures(output: Output, registry: Path) -> None:
    """List every measure of the profile with its definition and source."""
    from app.coverage.measures import measure_list

    with opened(output, registry) as opened_registry:
        found = measure_list(opened_registry.profile, output.lang)
    if output.as_json:
        output.document(found)
        return
    rows = [
        [
            Text(**m["group_words"]),
            m["id"],
            Text(**m["words"]),
            Text(**m["definition"]),
            m["source"],
        ]
        for m in found["measures"]
    ]
    output.table(_MEASURES, rows)


def _compared(query: Query, kept: Snapshot | None) -> Text:
    if kept is None:
        return _COMPARED.format(query.as_of, query.against)
    return Text(
        f"截至 {query.as_of}，与存的表 {kept.code} {kept.name}（{query.against}）比。",
        f"As of {query.as_of}, against the kept table {kept.code} {kept.name} ({query.against}).",
    )


def _cells(unit: str, name: str | Text, row: Row) -> list[object]:
    return [
        unit,
        name,
        *_said(row.figures),
        *(() if row.before is None else _against(row.figures, row.before)),
    ]


def _said(f: Figures) -> list[str]:
    return [
        *(number_words(x) for x in (f.covered, f.uncovered, f.unknown, f.total)),
        percent_words(f.rate),
        range_words(f.low, f.high),
    ]


def _against(now: Figures, before: Figures) -> list[str]:
    pairs = ((now.covered, before.covered), (now.uncovered, before.uncovered), (now.unknown, before.unknown))
    rates = ((now.rate, before.rate), (now.low, before.low))
    return [
        *_said(before),
        *(f"{'+' if a > b else ''}{number_words(a - b)}" for a, b in pairs),
        *("—" if a is None or b is None else f"{(a - b) * 100:+.1f}" for a, b in rates),
    ]


def _tell(output: Output, found: Coverage, kept: Snapshot | None) -> None:
    """Print a table, and below it what changed in one sentence, where two days were asked for."""
    from app.coverage.change.said import sentence

    query = found.query
    headers = [_UNIT, _NAME, *_FIGURES]
    if query.against is not None:
        headers += [
            *(Text(_BEFORE.zh.format(w.zh), _BEFORE.en.format(w.en)) for w in _FIGURES),
            *_DIFFERENCES,
        ]
    rows = [
        *(_cells(row.unit, row.name, row) for row in found.rows),
        _cells("", UNPLACED_WORDS, found.unplaced),
        _cells("", TOTAL_WORDS, found.total),
    ]
    output.table(headers, rows, right=range(2, len(headers)))
    if query.against is not None:
        output.say(_compared(query, kept))
        output.say(sentence(found.total, found.total.parts or ()))
