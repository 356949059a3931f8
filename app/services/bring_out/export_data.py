"""Lets data leave: cut to its readers, written whole or not at all, read back before it is called done."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.period import today
from app.errors import InvalidInput, NotDueYet, StorageFault
from app.exchange.formats.audience import (
    FIGURES,
    LAYER_NAMES,
    OUTLINED,
    SHEET_NAMES,
    Audience,
    audience_of,
    check_left,
)
from app.exchange.formats.csv_table import fields_in_csv, write_csv
from app.exchange.formats.geojson import fields_in_geojson, write_geojson
from app.exchange.formats.geopackage import fields_in_geopackage, write_geopackage
from app.exchange.formats.html_map import fields_in_html, write_html
from app.exchange.formats.safe_file import written_aside
from app.exchange.formats.workbook import fields_in_workbook, write_workbook
from app.files import name_must_fit
from app.jobs import Ticket
from app.services.bring_out.coverage_csv import write_coverage_csv
from app.services.bring_out.what_leaves import gather
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.exchange.formats.leaving import Leaving
    from app.services.registry.registry import Registry

    DrawPng = Callable[[Registry, Path, "ExportRequest", Leaving], None]

__all__ = ["FORMATS", "ExportReport", "ExportRequest", "export", "format_of", "write_coverage_csv"]

FORMATS: Final = ("html", "xlsx", "csv", "gpkg", "geojson", "png")
_LATER: Final = ("pdf", "shp.zip")
_PAGE_LAYERS: Final = ("district", "street", "community", "grid", "compound", "station", "zone")
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is to leave, for whom. ``format`` None: by the file's ending; ``as_of`` None: today."""

    measure: str = "party"
    by: str = "street"
    audience: str = "street"
    unit: str | None = None
    as_of: date | None = None
    lang: str = "zh"
    format: str | None = None
    weight: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What left: ``fields_left`` as ``layer.field``, read back from the finished file; records by layer; bytes."""

    path: Path
    fields_left: tuple[str, ...]
    counts: dict[str, int]
    size: int


def export(
    registry: Registry,
    path: Path,
    request: ExportRequest | None = None,
    ticket: Ticket | None = None,
    draw_png: DrawPng | None = None,
) -> ExportReport:
    """Write one file and say which fields are in it.

    ``draw_png`` draws the map to a path, from what a ``Leaving`` holds; the canvas lends it, because nothing
    below the window can paint.

    Raises
    ------
    InvalidInput
        Unknown format, measure, unit, weight or audience; figures that may not go to these readers.
    StorageFault
        Whatever keeps the file from being whole; the target is then as it was.
    Cancelled
        The user stopped it; the target is as it was.

    """
    request = request or ExportRequest()
    ticket = ticket or Ticket()
    path = Path(path)
    format_ = format_of(path, request.format)
    _refuse_registry_itself(registry, path)
    audience = audience_of(request.audience)
    if format_ == "png" and draw_png is None:
        raise InvalidInput(
            Text("这里画不了 PNG：要用窗口的地图。", "No PNG can be drawn here: it takes the window's map.")
        )
    leaving = gather(
        registry,
        measure=request.measure,
        by=request.by,
        audience=audience,
        unit=request.unit,
        as_of=request.as_of or today(),
        lang=request.lang,
        layers=_layers_of(format_),
        weight=request.weight,
        ticket=ticket,
    )
    with written_aside(path) as draft:
        if format_ == "png" and draw_png is not None:
            draw_png(registry, draft, request, leaving)
        else:
            _write(format_, draft, leaving, ticket)
        found = _read_back(format_, draft, leaving)
        fields = check_left(found, _allowed(leaving, audience))
        size = draft.stat().st_size
        ticket.step(Text("写文件", "Writing the file"), 1, 1)
    return ExportReport(path=path, fields_left=fields, counts=_counts(format_, leaving), size=size)


def format_of(path: Path, asked: str | None) -> str:
    """Return the format that a file's ending, or ``asked``, names; InvalidInput for one we can't write."""
    name = (f".{asked}" if asked else path.name).lower()
    for format_ in _LATER:
        if name.endswith(f".{format_}"):
            raise NotDueYet(
                Text(
                    f"还不能导出 {format_}。现在可以：{'、'.join(FORMATS)}。",
                    f"{format_} can't be exported yet. There are: {', '.join(FORMATS)}.",
                )
            )
    for format_ in FORMATS:
        if name.endswith(f".{format_}"):
            return format_
    raise InvalidInput(
        Text(
            f"看不出 {path.name} 要什么格式。文件名要以 {'、'.join('.' + f for f in FORMATS)} 之一结尾。",
            f"{path.name} names no format: end it in one of {', '.join('.' + f for f in FORMATS)}.",
        )
    )


def _layers_of(format_: str) -> tuple[str, ...]:
    if format_ == "html":
        return _PAGE_LAYERS
    if format_ == "xlsx":
        return SHEET_NAMES
    if format_ in ("gpkg", "geojson"):
        return OUTLINED
    return LAYER_NAMES if format_ == "png" else ()


def _write(format_: str, draft: Path, leaving: Leaving, ticket: Ticket) -> None:
    match format_:
        case "html":
            write_html(draft, leaving, ticket)
        case "xlsx":
            write_workbook(draft, leaving, ticket)
        case "csv":
            write_csv(draft, leaving)
        case "gpkg":
            write_geopackage(draft, leaving, ticket)
        case _:
            write_geojson(draft, leaving, ticket)


def _read_back(format_: str, draft: Path, leaving: Leaving) -> set[str]:
    """Return what the finished draft holds; OSError where it is not whole."""
    match format_:
        case "html":
            return fields_in_html(draft)
        case "xlsx":
            return fields_in_workbook(draft, leaving)
        case "csv":
            return fields_in_csv(draft, leaving)
        case "gpkg":
            return fields_in_geopackage(draft)
        case "geojson":
            return fields_in_geojson(draft)
    if draft.read_bytes()[:8] != _PNG_SIGNATURE:
        raise OSError(errno.EIO, "no picture arrived")
    # a picture can't be read back: what its painter was given to write beside the outlines
    drawn = {f"{name}.name" for name, layer in leaving.layers.items() if layer.rows}
    if leaving.has_status and "compound" in leaving.layers:
        drawn.add("compound.status")
    return drawn | {f"{leaving.by}.rate"}


def _allowed(leaving: Leaving, audience: Audience) -> set[str]:
    """Return every field that these readers may have of what was gathered."""
    allowed: set[str] = set()
    for layer in leaving.layers.values():
        allowed |= {
            f"{layer.name}.{column.name}" for column in layer.columns if audience.may_read(column.least)
        }
    for name in leaving.levels:
        allowed |= {f"{name}.{column}" for column in ("code", "name", *(figure.name for figure in FIGURES))}
    return allowed


def _counts(format_: str, leaving: Leaving) -> dict[str, int]:
    if format_ in ("xlsx", "csv"):
        names = leaving.levels if format_ == "xlsx" else [leaving.by]
        layers = {layer.name: len(layer.rows) for layer in leaving.layers.values()}
        return layers | {name: len(leaving.levels[name].rows) for name in names}
    return {layer.name: len(layer.rows) for layer in leaving.layers.values()}


def _refuse_registry_itself(registry: Registry, path: Path) -> None:
    name_must_fit(path, "")
    try:
        is_same = path.exists() and path.samefile(registry.path)
    except OSError as error:
        raise StorageFault(
            Text(
                f"看不到 {path.name}：{error.strerror}。",
                f"{path.name} can't be looked at: {error.strerror}.",
            )
        ) from error
    if is_same:
        raise InvalidInput(
            Text(
                "不能导出到台账自己。换一个文件名。",
                "A registry can't be exported onto itself; give another name.",
            )
        )
