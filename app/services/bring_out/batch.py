"""One file for each street or community, in one or several formats, as one act: read once, all of them there or none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from app.domain.leaving.sheets import WHOLE, sheets_of
from app.domain.vocabulary import LEVELS, UNNAMED
from app.errors import InvalidInput, RegistryError
from app.exchange.formats.audience import audience_of
from app.exchange.formats.safe_file import refuse_those_there, written_together
from app.files import name_must_fit
from app.jobs import Ticket
from app.services.bring_out.earlier import earlier_of_each, whole_of
from app.services.bring_out.export_data import Grounds, write_one
from app.services.bring_out.formats import WRITTEN
from app.text import Text, readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.format import Format, Formats
    from app.services.bring_out.export_data import ExportRequest
    from app.services.registry.registry import Registry

LEVELS_EACH: Final = ("street", "community")
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*\s]+')  # no name on every disk that files are carried on
_MOST_BYTES: Final = 200  # of a name, so that it fits every disk with what is put beside it
_WRITING: Final = Text("{0}（第 {1} 份，共 {2} 份）", "{0} (file {1} of {2})")
_PUTTING: Final = Text("放到文件夹里", "Putting them into the folder")
_NO_FORMAT: Final = Text("要写 --format，可以写几个：{0}。", "Say --format, once or more often: {0}.")
_NO_EACH: Final = Text("只能每个街道或每个社区一份。", "There is one file for each street or each community.")
_NO_UNITS: Final = Text(
    "{0} 没有有效的{1}，没有可导出的。", "No {1} is in force on {0}: there is nothing to export."
)
_WHY: Final = Text(
    "每个{0}一份，共 {1} 份（{2}），给：{3}", "one for each {0}, {1: file|files} ({2}), for: {3}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """One file of a batch: whose, where, how large."""

    unit: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What a batch left: its files by unit and format; ``fields_left`` of them all, read back.

    ``same``: files that would be as they were in the earlier ones, and are not there: unit and ending. ``unjournalled``:
    why the journal does not tell of it; None = it does.
    """

    folder: Path
    files: tuple[BatchFile, ...]
    fields_left: tuple[str, ...]
    same: tuple[tuple[str, str], ...] = ()
    unjournalled: Text | None = None

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{files: [{unit, path, bytes}]}``."""
        return {
            "files": [
                {"unit": file.unit, "path": readable(str(file.path)), "bytes": file.size}
                for file in self.files
            ]
        }


class _Part(Ticket):
    """The ticket of one file of many: its steps are steps of the batch."""

    def __init__(self, whole: Ticket, done: int, total: int) -> None:
        super().__init__()
        self._whole, self._done, self._total = whole, done, total

    @override
    def step(self, stage: Text, done: int, total: int) -> None:
        """Report as a part of the whole, or raise Cancelled."""
        at = (self._done + 1, self._total)
        said = Text(_WRITING.zh.format(stage.zh, *at), _WRITING.en.format(stage.en, *at))
        self._whole.step(said, self._done, self._total)


def export_each(
    registry: Registry,
    folder: Path,
    request: ExportRequest,
    *,
    each: str,
    asked: Sequence[str],
    is_over: bool = False,
    ticket: Ticket | None = None,
    formats: Formats = WRITTEN,
) -> BatchReport:
    """Write ``CODE-NAME.ext`` for each unit of a level and each format asked for by name, all of them or none.

    ``request.unit``: only the units in it. ``is_over``: files of the same names are replaced. One step of the journal
    tells of it all, where this registry can be written.

    Raises
    ------
    InvalidInput
        As ``export`` does; no format, no unit, or files of the same names without ``is_over``.
    StorageFault
        Whatever keeps one of the files from being whole; the folder is then as it was.
    Cancelled
        The user stopped it; the folder is as it was.

    """
    ticket = ticket or Ticket()
    chosen = _formats(formats, asked)
    if each not in LEVELS_EACH:
        raise InvalidInput(_NO_EACH)
    grounds = Grounds(registry, request, chosen, ticket, lowest=each)
    first = grounds.each[0]
    units = first.units(each, request.unit)
    if not units:
        level = LEVELS[each]
        raise InvalidInput(
            Text(_NO_UNITS.zh.format(first.day, level.zh), _NO_UNITS.en.format(first.day, level.en))
        )
    names = file_names({unit: first.name_of(unit) for unit in units}, request.lang)
    pairs = [(unit, format_) for unit in units for format_ in chosen]
    for _, format_ in pairs[: len(chosen)]:
        name_must_fit(folder / max(names.values(), key=lambda name: len(name.encode())), format_.ending)
    refuse_those_there(folder, [names[unit] + f.ending for unit, f in pairs], is_over=is_over)
    earlier = {
        format_.name: None if request.since is None else earlier_of_each(format_, request.since, names)
        for format_ in chosen
    }
    files: list[BatchFile] = []
    same: list[tuple[str, str]] = []
    left: set[str] = set()
    with written_together(folder, is_over=is_over) as drafts:
        for done, (unit, format_) in enumerate(pairs):
            part = _Part(ticket, done, len(pairs))
            leaving = grounds.leaving(unit, format_, part)
            then = earlier[format_.name]
            if then is not None and _is_as_it_was(leaving, unit, then):
                same.append((unit, format_.ending))
                continue
            name = names[unit] + format_.ending
            fields, size = write_one(drafts / name, format_, leaving, part)
            if then is not None and unit in then and _says_again(format_, drafts / name, then[unit]):
                (drafts / name).unlink()
                same.append((unit, format_.ending))
                continue
            left.update(fields)
            files.append(BatchFile(unit=unit, path=folder / name, size=size))
        ticket.step(_PUTTING, len(pairs), len(pairs))
    report = BatchReport(folder=folder, files=tuple(files), fields_left=tuple(sorted(left)), same=tuple(same))
    return report if not files else _journalled(registry, report, request, each, chosen)


def file_names(units: dict[str, str], lang: str) -> dict[str, str]:
    """Return for each unit the name of its files without ending: ``CODE-NAME``, safe on every disk, each another one.

    What no disk takes, what can't be seen and what turns the direction of writing is left out of names.
    """
    taken: set[str] = set()
    found = {}
    for code, name in units.items():
        plain = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
        plain = _UNSAFE.sub("-", plain).strip(" .-") or UNNAMED.in_(lang)
        stem = f"{code}-{plain}".encode()[:_MOST_BYTES].decode("utf-8", "ignore").rstrip(" .-")
        while stem.casefold() in taken:
            stem += "-2"
        taken.add(stem.casefold())
        found[code] = stem
    return found


def _is_as_it_was(leaving: Leaving, unit: str, then: Mapping[str, str]) -> bool:
    """Whether a unit's file says what it said, or what its sheet said in an earlier file of all."""
    now = sheets_of(leaving)
    return unit in then and then[unit] in (now[WHOLE], now.get(unit))


def _says_again(format_: Format, made: Path, then: str) -> bool:
    """Whether the sheets of a finished file are those of an earlier one, where only the file itself tells."""
    return (
        format_.leaves_out_sheets
        and format_.sheets_in is not None
        and whole_of(format_.sheets_in(made)) == then
    )


def _formats(formats: Formats, asked: Sequence[str]) -> list[Format]:
    if not asked:
        raise InvalidInput(_NO_FORMAT.format(" ".join(each.name for each in formats)))
    found = {each.name: each for each in formats}
    for name in asked:
        if name.lower().lstrip(".") not in found:
            raise InvalidInput(
                Text(
                    f"没有格式 {name}。有：{'、'.join(found)}。",
                    f"There is no format {name}; there are {', '.join(found)}.",
                )
            )
    return list(dict.fromkeys(found[name.lower().lstrip(".")] for name in asked))


def _journalled(
    registry: Registry, report: BatchReport, request: ExportRequest, each: str, chosen: Sequence[Format]
) -> BatchReport:
    """Put what left into the journal; where the registry can't be written, the report says why it is not there."""
    queries = request.queries()
    left = {
        "each": each, "unit": request.unit, "audience": request.audience, "files": len(report.files),
        "formats": [format_.name for format_ in chosen], "bytes": report.size,
        "measures": list(dict.fromkeys(query.measure for query in queries)),
        "days": list(dict.fromkeys(query.as_of.isoformat() for query in queries)),
    }  # fmt: skip
    endings = " ".join(format_.ending for format_ in chosen)
    lang, readers = request.lang, audience_of(request.audience).words
    said = (LEVELS[each].in_(lang), len(report.files), endings, readers.in_(lang))
    why = _WHY.format(*said).in_(lang)
    try:
        registry.note_left(left, why=why)
    except RegistryError as error:
        return replace(report, unjournalled=error.message)
    return report
