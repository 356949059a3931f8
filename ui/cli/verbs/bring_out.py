"""The verb that lets data leave: export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from typing_extensions import override

from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, FILE, REGISTRY

if TYPE_CHECKING:
    from datetime import date

    from ui.cli.output import Output


_WROTE: Final = Text("写好 {0}（{1:,} 字节）", "Wrote {0} ({1:,} bytes)")
_LEFT: Final = Text("离开台账的字段：{0}", "Fields that left: {0}")


class OutFile(click.Argument):
    """The file to write; help names the endings that there are, which the list of formats knows."""

    def told(self) -> str:
        """Return how it is typed."""
        from ui.map.export import FORMATS

        return f"OUT({'|'.join(each.ending for each in FORMATS)})"

    @override
    def make_metavar(self, ctx: click.Context) -> str:
        """Return how help names it."""
        return self.told()


@verb()
@REGISTRY
@click.argument("out", cls=OutFile, type=FILE)
@click.option("--measure", default="party", show_default=True)
@click.option("--by", default="street", show_default=True)
@click.option(
    "--audience", type=click.Choice(["public", "street", "internal"]), default="street", show_default=True
)
@click.option("--unit")
@click.option("--as-of", type=DAY)
def export(output: Output, registry: Path, out: Path, *, as_of: date | None, **given: Any) -> None:
    """Write a page, workbook, table, layer or picture for others; says which fields left."""
    from app.domain.period import today
    from app.services.bring_out.export_data import ExportRequest
    from app.services.bring_out.export_data import export as let_out
    from ui.map.export import FORMATS

    request = ExportRequest(as_of=as_of or today(), lang=output.lang, **given)
    with opened(output, registry) as r, output.ticket() as ticket:
        report = let_out(r, out, request, ticket, FORMATS)
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
        output.say(_WROTE.format(report.path, report.size))
    if report.fields_left:
        output.note(_LEFT.format(", ".join(report.fields_left)))
