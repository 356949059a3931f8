"""Verbs about what is declared: import templates, the registry's profile, a city's own lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.text import Text
from ui.cli.frame import REGISTRY, opened, verb

if TYPE_CHECKING:
    from ui.cli.output import Output

_OUT = click.argument("out", type=click.Path(path_type=Path, readable=False))


def declare(group: click.Group) -> None:
    """Put these verbs into the group."""

    @verb(group)
    @REGISTRY
    @click.argument("kind")
    @_OUT
    @click.option("--street", metavar="CODE", help="只要一个街道的 · one street's only")
    @click.option("--empty", "is_empty", is_flag=True, help="只写列名 · headings only")
    def template(
        output: Output, registry: Path, kind: str, out: Path, street: str | None, is_empty: bool
    ) -> None:
        """Write the workbook that a street fills in and `import` reads back; KIND is any kind of record."""
        _template(output, registry, kind, out, street=street, is_empty=is_empty)


def _template(
    output: Output, path: Path, kind: str, out: Path, *, street: str | None, is_empty: bool
) -> None:
    from app.services.template_data import write_template

    with opened(path) as registry, output.ticket() as ticket:
        report = write_template(
            registry, kind, out, lang=output.lang, street=street, is_empty=is_empty, ticket=ticket
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
