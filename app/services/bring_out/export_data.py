"""Lets data leave: cut to its readers, written whole or not at all, read back before it is called done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.coverage.results import Query
from app.domain.audience import Audience
from app.domain.leaving.sheets import is_as_it_was, sheets_of
from app.domain.period import today
from app.errors import InvalidInput, StorageFault
from app.exchange.formats.audience import FIGURES, audience_of, check_left
from app.exchange.formats.safe_file import written_aside
from app.files import name_must_fit
from app.jobs import Ticket
from app.services.bring_out.coverage_csv import write_coverage_csv
from app.services.bring_out.earlier import earlier_sheets
from app.services.bring_out.formats import WRITTEN
from app.services.bring_out.what_leaves import Ground
from app.services.papers.paper import Asked, paper_of
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.format import Format, Formats
    from app.domain.leaving.paper import Paper
    from app.services.registry.registry import Registry


__all__ = ["ExportReport", "ExportRequest", "Grounds", "export", "write_coverage_csv", "write_one"]

_WRITING: Final = Text("写文件", "Writing the file")
_ONE_ONLY: Final = Text(
    "{0} 文件只答一个问题，这里有 {1} 个。只写一个 --measure 和一个 --as-of；要几个，导出成网页、图册或工作簿。",
    "A {0} file answers one question, and {1} are asked. Give one --measure and one --as-of; a page, atlas or workbook "
    "takes several.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is to leave, for whom. ``format`` None: by the file's ending; ``as_of`` None: today.

    ``measures``, ``days``: what is asked besides ``measure`` and ``as_of`` in the same file, each measure on each day.
    ``since``: a file made before: what would be as it was there stays away.
    ``ledgers``: whether a workbook also holds the records, one sheet for each kind.
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
    count: str = "whole"
    kind: str | None = None
    measures: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    since: Path | None = None
    ledgers: bool = False

    @classmethod
    def asking(cls, measures: Sequence[str], days: Sequence[date], **given: object) -> ExportRequest:
        """Return the request of several measures on several days, the first of each first; none: the usual one."""
        said: dict[str, object] = dict(given)
        if measures:
            said |= {"measure": measures[0], "measures": tuple(measures[1:])}
        if days:
            said |= {"as_of": days[0], "days": tuple(days[1:])}
        return cls(**said)  # type: ignore[arg-type]  # each is a field's, by name

    def queries(self) -> list[Query]:
        """Return the questions, each once: every measure on every day, the days of the first measure first."""
        day = self.as_of or today()
        found = [
            Query(measure=measure, by=self.by, as_of=on, weight=weight, count=self.count, kind=self.kind)
            for measure, weight in ((self.measure, self.weight), *((name, None) for name in self.measures))
            for on in (day, *self.days)
        ]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What left: ``fields_left`` as ``layer.field``, read back from the finished file; records by layer; bytes.

    ``size`` 0: nothing was written, because the file would be as the earlier one that was named.
    """

    path: Path
    fields_left: tuple[str, ...]
    counts: dict[str, int]
    size: int


class Grounds:
    """What the files of one request stand on: one ground for each of its questions."""

    def __init__(
        self,
        registry: Registry,
        request: ExportRequest,
        formats: Sequence[Format],
        ticket: Ticket,
        *,
        lowest: str = "district",
    ) -> None:
        """Read what the formats need; ``lowest``: the highest level of the units that are to be cut out.

        Raises InvalidInput for what is unknown, for figures that may not go to these readers, and for several
        questions to a format that answers one.
        """
        queries = request.queries()
        for format_ in formats:
            if len(queries) > 1 and not format_.takes_several:
                raise InvalidInput(_ONE_ONLY.format(format_.ending, len(queries)))
        layers = tuple(
            dict.fromkeys(
                name for format_ in formats for name in format_.layers_asked(ledgers=request.ledgers)
            )
        )
        self._registry, self._against, self._ledgers = registry, request.against, request.ledgers
        self.audience = audience_of(request.audience)
        self.each = [
            Ground(
                registry, query, audience=self.audience, lang=request.lang, layers=layers,
                lowest=lowest, ticket=ticket,
            )
            for query in queries
        ]  # fmt: skip

    def leaving(
        self,
        unit: str | None,
        format_: Format,
        ticket: Ticket,
        earlier: Mapping[str, str] | None = None,
    ) -> Leaving:
        """Return the content of one file; ``earlier``: what the sheets of a file made before said."""
        found = [ground.leaving(unit, format_.layers_asked(ledgers=self._ledgers)) for ground in self.each]
        if format_.is_paper:
            found = [
                replace(leaving, papers=(self._paper(leaving, format_, ticket, is_first=place == 0),))
                for place, leaving in enumerate(found)
            ]
        papers = tuple(paper for leaving in found for paper in leaving.papers)
        return replace(found[0], papers=papers, further=tuple(found[1:]), earlier=earlier)

    def _paper(self, leaving: Leaving, format_: Format, ticket: Ticket, *, is_first: bool) -> Paper:
        """Return what a paper says of one question: findings once, a day beside the one before it."""
        days = {ground.day for ground in self.each}
        before = max((day for day in days if day < leaving.as_of), default=None)
        asked = Asked(
            unit=leaving.unit or "",
            level=leaving.level or "",
            against=self._against or before,
            has_findings=format_.has_findings and is_first,
        )
        return paper_of(self._registry, leaving, asked, ticket)


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
        Unknown format, measure, unit, weight or audience; figures that may not go to these readers; several questions
        to a format that answers one; an earlier file that tells nothing of what it said.
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
    earlier = None if request.since is None else earlier_sheets(format_, request.since)
    grounds = Grounds(registry, request, [format_], ticket)
    leaving = grounds.leaving(request.unit, format_, ticket, earlier)
    if earlier is not None and is_as_it_was(sheets_of(leaving), earlier):
        return ExportReport(path=path, fields_left=(), counts={}, size=0)
    with written_aside(path) as draft:
        fields, size = write_one(draft, format_, leaving, ticket)
        ticket.step(_WRITING, 1, 1)
    return ExportReport(path=path, fields_left=fields, counts=format_.count(leaving), size=size)


def write_one(draft: Path, format_: Format, leaving: Leaving, ticket: Ticket) -> tuple[tuple[str, ...], int]:
    """Write one file and read it back; return the fields that are in it, and its size in bytes."""
    format_.write(draft, leaving, ticket)
    fields = check_left(format_.fields_in(draft, leaving), _allowed(leaving, leaving.audience))
    return fields, draft.stat().st_size


def _allowed(leaving: Leaving, audience: Audience) -> set[str]:
    """Return every field that these readers may have of what was gathered."""
    allowed: set[str] = set()
    for asked in (leaving, *leaving.further):
        for layer in asked.layers.values():
            allowed |= {
                f"{layer.name}.{column.name}" for column in layer.columns if audience.may_read(column.least)
            }
        for name in asked.levels:
            allowed |= {
                f"{name}.{column}" for column in ("code", "name", *(figure.name for figure in FIGURES))
            }
    return allowed


def _refuse_registry_itself(registry: Registry, path: Path) -> None:
    name_must_fit(path, "")
    try:
        is_same = not registry.is_shared and path.exists() and path.samefile(registry.path)
    except OSError as error:
        raise StorageFault(
            Text(
                f"看不到 {path.name}：{words_of(error).zh}。",
                f"{path.name} can't be looked at: {words_of(error).en}.",
            )
        ) from error
    if is_same:
        raise InvalidInput(
            Text(
                "不能导出到台账自己。换一个文件名。",
                "A registry can't be exported onto itself; give another name.",
            )
        )
