"""The verb that lets data leave: export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.errors import InvalidInput
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, OUT, REGISTRY

if TYPE_CHECKING:
    from datetime import date

    from ui.cli.output import Output


_WROTE: Final = Text("写好 {0}（{1:,} 字节）", "Wrote {0} ({1:,} bytes)")
_LEFT: Final = Text("离开台账的字段：{0}", "Fields that left: {0}")
_NO_QT: Final = Text(
    "画图片要用 Qt，它在本机缺系统库（{0}）。make setup 会装上，或说出要装哪些软件包；页面、工作簿和表不受影响。",
    "A picture is drawn by Qt, which lacks a library on this machine ({0}). make setup installs it or names the "
    "packages; pages, workbooks and tables need none of it.",
)


@verb()
@REGISTRY
@OUT
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

    request = ExportRequest(as_of=as_of or today(), lang=output.lang, **given)
    with opened(output, registry) as r, output.ticket() as ticket:
        report = let_out(r, out, request, ticket, draw_png=_draw_png)
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


def _draw_png(*parts: Any, **named: Any) -> None:
    try:
        from ui.map.export.png import draw  # Qt only where a picture is asked for
    except ImportError as missing:
        raise InvalidInput(_NO_QT.format(missing)) from missing
    draw(*parts, **named)
