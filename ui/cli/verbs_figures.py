"""Verbs about figures: coverage, explain, measures, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.domain.period import today
from app.text import Text
from ui.cli.frame import DAY, REGISTRY, opened, verb
from ui.cli.output import number_words, percent_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.coverage.results import Figures, Query, Row
    from ui.cli.output import Output


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--against", type=DAY),
        click.option("--as-of", type=DAY),
        click.option("--kind"),
        click.option("--count", default="whole", show_default=True),
        click.option("--weight"),
        click.option("--by", required=True),
        click.option("--measure", required=True),
        REGISTRY,
    ):
        command = option(command)
    return command


def _query(given: dict[str, Any]) -> Query:
    from app.coverage.results import Query

    return Query(**{**given, "as_of": given["as_of"] or today()})


def declare(group: click.Group) -> None:
    """Put these verbs into the group."""

    @verb(group)
    @_asked
    @click.option("--csv", "csv_file", type=click.Path(path_type=Path, readable=False))
    def coverage(output: Output, registry: Path, csv_file: Path | None, **given: Any) -> None:
        """Compute coverage by district, street, community or grid."""
        from app.coverage.as_json import coverage_json

        with opened(registry) as opened_registry, output.ticket() as ticket:
            query = _query(given)
            found = opened_registry.engine.coverage(query, ticket)
            if csv_file is not None:
                from app.services.export_data import write_coverage_csv

                write_coverage_csv(opened_registry, csv_file, found, output.lang)
        if output.as_json:
            output.document(coverage_json(found))
            return
        words = (
            ("单位", "名称", "覆盖", "未覆盖", "未知", "合计", "覆盖率", "可能区间")
            if output.lang == "zh"
            else ("unit", "name", "covered", "uncovered", "unknown", "total", "rate", "range")
        )
        unplaced = Text("未落格", "unplaced").in_(output.lang)
        total = Text("合计", "total").in_(output.lang)
        rows = [
            *(_cells(row.unit, row.name, row) for row in found.rows),
            _cells("", unplaced, found.unplaced),
            _cells("", total, found.total),
        ]
        output.table(words, rows, right=range(2, 8))

    @verb(group)
    @_asked
    @click.option("--unit", required=True)
    def explain(output: Output, registry: Path, unit: str, **given: Any) -> None:
        """Name the compounds behind one figure, each with its reason."""
        from app.coverage.as_json import explanation_json
        from app.services.lookup import find_record

        with opened(registry) as opened_registry:
            known = find_record(opened_registry.dataset, unit)  # also by its padded code
            found = opened_registry.engine.explain(_query(given), unit if known is None else known.code)
        document = explanation_json(found, output.lang)
        if output.as_json:
            output.document(document)
            return
        output.say(found.definition)
        headers = (
            ("", "code", "名称", "数量", "理由", "依据")
            if output.lang == "zh"
            else ("", "code", "name", "amount", "reason", "because")
        )
        words = {
            "covered": Text("覆盖", "covered"),
            "uncovered": Text("未覆盖", "uncovered"),
            "unknown": Text("未知", "unknown"),
            "left_out": Text("不计", "left out"),
        }
        rows = [
            [
                output.words(words[part]),
                entry["code"],
                entry["name"],
                number_words(entry["amount"]),
                entry["reason"],
                " ".join(entry["because"]),
            ]
            for part in words
            for entry in document[part]
        ]
        output.table(headers, rows, right=[3])

    @verb(group)
    @REGISTRY
    def measures(output: Output, registry: Path) -> None:
        """List every measure of the profile with its definition and source."""
        from app.coverage.as_json import measure_list

        with opened(registry) as opened_registry:
            found = measure_list(opened_registry.profile, output.lang)
        if output.as_json:
            output.document(found)
            return
        rows = [
            [
                m["group_words"][output.lang],
                m["id"],
                m["words"][output.lang],
                m["definition"][output.lang],
                m["source"],
            ]
            for m in found["measures"]
        ]
        output.table(
            ("", "id", "指标", "口径", "来源")
            if output.lang == "zh"
            else ("", "id", "measure", "definition", "source"),
            rows,
        )

    @verb(group)
    @REGISTRY
    @click.option("--rule", "rules", multiple=True)
    @click.option("--as-of", type=DAY)
    def check(output: Output, registry: Path, rules: tuple[str, ...], as_of: date | None) -> None:
        """Look for data-quality findings; status 0 whatever it finds."""
        from app.services.check_data import check as look

        with opened(registry) as r:
            findings = look(r.dataset, r.profile, r.engine, r.zone, as_of or today(), rules)
        if output.as_json:
            output.document(
                {"count": len(findings), "findings": [finding.as_json(output.lang) for finding in findings]}
            )
            return
        headers = ("", "规则", "说明", "编号") if output.lang == "zh" else ("", "rule", "message", "id")
        output.table(headers, [[f.severity, f.rule, output.words(f.message), f.id] for f in findings])
        output.say(Text(f"共 {len(findings)} 项", f"{len(findings)} findings"))


def _cells(unit: str, name: str, row: Row) -> list[str]:
    f: Figures = row.figures
    return [
        unit,
        name,
        *(number_words(x) for x in (f.covered, f.uncovered, f.unknown, f.total)),
        percent_words(f.rate),
        f"{percent_words(f.low)}–{percent_words(f.high)}",
    ]
