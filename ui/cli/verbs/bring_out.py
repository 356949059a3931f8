"""The verb that lets data leave: export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from typing_extensions import override

from app.errors import InvalidInput
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, FILE, REGISTRY

if TYPE_CHECKING:
    from datetime import date

    from app.domain.profile.profile import Profile
    from app.services.bring_out.export_data import ExportRequest
    from ui.cli.output import Output


_WROTE: Final = Text("写好 {0}（{1:,} 字节）", "Wrote {0} ({1:, byte|bytes})")
_WROTE_ALL: Final = Text(
    "写好 {0} 份，在 {1}（{2:,} 字节）", "Wrote {0: file|files} in {1} ({2:, byte|bytes})"
)
_LEFT: Final = Text("离开台账的字段：", "Fields that left:")
_COMMA: Final = Text("、", ", ")
_LAYER: Final = Text("  {0}：{1}", "  {0}: {1}")
_SAME: Final = Text("和 {0} 一样，没有再写。", "It would be as {0}, so nothing was written.")
_SAME_ALL: Final = Text(
    "和上次一样、没有再写的 {0} 份：{1}", "As they were, so not written, {0: file|files}: {1}"
)
_NOT_TOLD: Final = Text("日志里没有记这次导出：{0}", "The journal does not tell of this export: {0}")
_ONE_FORMAT: Final = Text(
    "--format 和 --replace 要和 --each 一起写；一个文件的格式看它的扩展名。",
    "--format and --replace go with --each; the format of one file is told by its ending.",
)


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
@click.option("--measure", "measures", multiple=True, help="[default: party]")
@click.option("--by", default="street", show_default=True)
@click.option(
    "--audience", type=click.Choice(["public", "street", "internal"]), default="street", show_default=True
)
@click.option("--unit")
@click.option("--as-of", "days", type=DAY, multiple=True)
@click.option("--weight")
@click.option("--count", type=click.Choice(["whole", "split"]), default="whole", show_default=True)
@click.option("--kind")
@click.option("--against", type=DAY)
@click.option("--changed-since", "since", type=FILE)
@click.option("--ledgers", is_flag=True)
@click.option("--each", type=click.Choice(["street", "community"]))
@click.option("--format", "formats", multiple=True)
@click.option("--replace", is_flag=True)
def export(
    output: Output,
    registry: Path,
    out: Path,
    *,
    measures: tuple[str, ...],
    days: tuple[date, ...],
    each: str | None,
    formats: tuple[str, ...],
    replace: bool,
    **given: Any,
) -> None:
    """Write a page, workbook, table, layer or picture for others; says which fields left.

    With --each, one file for each street or community in the folder OUT, in every --format, all of them or none.
    """
    from app.domain.period import today
    from app.services.bring_out.export_data import ExportRequest

    request = ExportRequest.asking(measures, days or (today(),), lang=output.lang, **given)
    if each is not None:
        _export_each(output, registry, out, request, each, formats, is_over=replace)
        return
    if formats or replace:
        raise InvalidInput(_ONE_FORMAT)
    from app.services.bring_out.export_data import export as let_out
    from ui.map.export import FORMATS

    with opened(output, registry) as r, output.ticket() as ticket:
        report = let_out(r, out, request, ticket, FORMATS)
        profile = r.profile
    if output.as_json:
        output.document(
            {
                "path": str(report.path),
                "fields_left": list(report.fields_left),
                "counts": dict(report.counts),
                "size": report.size,
            }
        )
    elif report.size:
        output.say(_WROTE.format(report.path, report.size))
    if not report.size and request.since is not None:
        output.note(_SAME.format(request.since))
    _tell_fields(output, profile, report.fields_left)


def _export_each(
    output: Output,
    registry: Path,
    folder: Path,
    request: ExportRequest,
    each: str,
    formats: tuple[str, ...],
    *,
    is_over: bool,
) -> None:
    from app.services.bring_out.batch import export_each
    from ui.map.export import FORMATS

    with opened(output, registry) as r, output.ticket() as ticket:
        report = export_each(
            r, folder, request, each=each, asked=formats, is_over=is_over, ticket=ticket, formats=FORMATS
        )
        profile = r.profile
    if output.as_json:
        output.document(report.as_json(output.lang))
    else:
        output.say(_WROTE_ALL.format(len(report.files), report.folder, report.size))
    if report.same:
        units = dict.fromkeys(unit for unit, _ in report.same)
        output.note(_SAME_ALL.format(len(report.same), " ".join(units)))
    if report.unjournalled is not None:
        output.note(
            Text(_NOT_TOLD.zh.format(report.unjournalled.zh), _NOT_TOLD.en.format(report.unjournalled.en))
        )
    _tell_fields(output, profile, report.fields_left)


def _tell_fields(output: Output, profile: Profile, fields: tuple[str, ...]) -> None:
    """Say which columns of which layer the file holds, in the words of its own headings, a layer a line."""
    from app.services.bring_out.readers import fields_in_words

    if not fields:
        return
    output.note(_LEFT)
    for layer, columns in fields_in_words(profile, fields, output.lang):
        output.note(_LAYER.format(layer, output.words(_COMMA).join(columns)))
