"""Lets data leave: cut to its readers, written whole or not at all, read back before it is called done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.audience import Audience
from app.domain.period import today
from app.errors import InvalidInput, StorageFault
from app.exchange.formats.audience import FIGURES, audience_of, check_left
from app.exchange.formats.safe_file import written_aside
from app.files import name_must_fit
from app.jobs import Ticket
from app.services.bring_out.coverage_csv import write_coverage_csv
from app.services.bring_out.formats import WRITTEN
from app.services.bring_out.what_leaves import Papers, gather
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.format import Formats
    from app.services.registry.registry import Registry


__all__ = ["ExportReport", "ExportRequest", "export", "write_coverage_csv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is to leave, for whom. ``format`` None: by the file's ending; ``as_of`` None: today.

    ``against``: the day that papers compare with; None: the last day of the half year before.
    """

    measure: str = "party"
    by: str = "street"
    audience: str = "street"
    unit: str | None = None
    as_of: date | None = None
    lang: str = "zh"
    format: str | None = None
    weight: str | None = None
    against: date | None = None


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
    formats: Formats = WRITTEN,
) -> ExportReport:
    """Write one file and say which fields are in it.

    ``formats``: those that there are; painted ones are lent by ``ui.map.export``, because nothing below it can paint.

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
    format_ = formats.of(path, request.format)
    _refuse_registry_itself(registry, path)
    audience = audience_of(request.audience)
    leaving = gather(
        registry,
        measure=request.measure,
        by=request.by,
        audience=audience,
        unit=request.unit,
        as_of=request.as_of or today(),
        lang=request.lang,
        layers=format_.layers,
        weight=request.weight,
        papers=Papers(against=request.against, has_findings=format_.has_findings)
        if format_.is_paper
        else None,
        ticket=ticket,
    )
    with written_aside(path) as draft:
        format_.write(draft, leaving, ticket)
        fields = check_left(format_.fields_in(draft, leaving), _allowed(leaving, audience))
        size = draft.stat().st_size
        ticket.step(Text("写文件", "Writing the file"), 1, 1)
    return ExportReport(path=path, fields_left=fields, counts=format_.count(leaving), size=size)


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
