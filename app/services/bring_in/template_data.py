"""The workbook that a street fills in: made from the declaration, filled with what the registry holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.period import today
from app.errors import InvalidInput, Problem
from app.exchange.formats.safe_file import written_aside
from app.exchange.templates.book import TemplateContent, write_template_book
from app.exchange.templates.cells import TemplateCells
from app.exchange.templates.columns import template_columns
from app.exchange.who.unclear import label_of
from app.jobs import Ticket
from app.services.bring_in.in_street import codes_in_street, street_named
from app.services.registry.lookup import kind_named
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.kinds import Kind
    from app.domain.record import Record
    from app.exchange.templates.cells import Cell
    from app.exchange.templates.columns import TemplateColumn
    from app.services.registry.registry import Registry

_LONGEST_LIST: Final = 3000  # codes that one drop-down list offers
_READING: Final = Text("取出登记的内容", "Taking what is registered")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReport:
    """A template that was written: what of, how many rows, and how many cells were left empty on purpose."""

    path: Path
    kind: str
    rows: int
    columns: tuple[str, ...]  # headings
    left_empty: int


def write_template(
    registry: Registry,
    kind: str,
    out: Path,
    *,
    lang: str = "zh",
    street: str | None = None,
    is_empty: bool = False,
    ticket: Ticket | None = None,
) -> TemplateReport:
    """Write the template of a kind with the records it has now (not yet ended), or with none.

    ``street`` leaves the records of one street only. Raises InvalidInput for an unknown kind, street or ending.
    """
    spec = kind_named(kind)
    must_be_workbook(out)
    ticket = ticket or Ticket()
    day = today()
    dataset, profile = registry.dataset, registry.profile
    columns = template_columns(profile, kind, lang)
    ticket.step(_READING, 0, 2)
    within: Collection[str] | None = None
    if street is not None:
        street = street_named(registry, street).code
        within = codes_in_street(registry, street, day)
    cells = TemplateCells(dataset, profile, columns, lang, day)
    records = [] if is_empty else present(dataset, kind, day)
    rows = [cells.row(record) for record in records if within is None or record.code in within]
    ticket.step(_READING, 1, 2)
    lists = _lists(dataset, columns, day, lang, within)
    content = TemplateContent(
        kind=spec,
        columns=_with_examples(columns, rows, lists),
        rows=rows,
        lists=lists,
        notes=_notes(registry, spec, lang, day, street, len(rows)),
        lang=lang,
        day=day,
        title=_title(spec).in_(lang),
    )
    with written_aside(out) as draft:
        write_template_book(draft, content, ticket)
    return TemplateReport(
        path=out,
        kind=kind,
        rows=len(rows),
        columns=tuple(column.heading for column in columns),
        left_empty=cells.left_empty,
    )


def must_be_workbook(out: Path) -> None:
    """Raise InvalidInput unless a path ends as a workbook does."""
    if out.suffix.lower() != ".xlsx":
        message = Text(
            f"模板是 .xlsx 文件，这里是 {out.name}。", f"A template is an .xlsx file, not {out.name}."
        )
        raise InvalidInput(message, (Problem(message=message, file=str(out)),))


def present(dataset: Dataset, kind: str, day: date) -> list[Record]:
    """Return the records of a kind that have not ended, by code; of facts, those that hold or are to come."""
    found = [r for r in dataset.of(kind).values() if r.valid_until is None or r.valid_until >= day]
    if kind == "facts":
        found = [r for r in found if _holds(dataset, r, day)]
    return sorted(found, key=lambda r: r.code)


def _holds(dataset: Dataset, fact: Record, day: date) -> bool:
    if fact.valid_from is not None and fact.valid_from > day:
        return True
    return dataset.fact_on(fact.text("subject"), fact.text("key"), day) == fact


def _lists(
    dataset: Dataset,
    columns: Sequence[TemplateColumn],
    day: date,
    lang: str,
    within: Collection[str] | None,
) -> dict[tuple[str, ...], tuple[str, list[str]]]:
    """Return what may be chosen in the columns that take codes; nothing where that is too long to choose from."""
    found: dict[tuple[str, ...], tuple[str, list[str]]] = {}
    for kinds in dict.fromkeys(column.to for column in columns if column.to):
        records = [r for kind in kinds for r in present(dataset, kind, day)]
        if within is not None:
            records = [r for r in records if not KINDS[r.kind].is_layer or r.code in within]
        if 0 < len(records) <= _LONGEST_LIST:
            heading = " / ".join(KINDS[kind].words.in_(lang) for kind in kinds)
            found[kinds] = (heading, [label_of(record) for record in records])
    return found


def _with_examples(
    columns: Sequence[TemplateColumn],
    rows: Sequence[Sequence[Cell]],
    lists: Mapping[tuple[str, ...], tuple[str, Sequence[str]]],
) -> tuple[TemplateColumn, ...]:
    """Return the columns, those without an example with one that the registry has."""
    found = []
    for place, column in enumerate(columns):
        if not column.example:
            of_rows = (str(row[place]) for row in rows if row[place] is not None)
            of_list = lists[column.to][1][0] if column.to in lists else ""
            column = replace(column, example=next(of_rows, of_list)[:40])
        found.append(column)
    return tuple(found)


def _title(spec: Kind) -> Text:
    return Text(f"{spec.words.zh}：导入模板", f"{spec.words.en}: import template")


def _notes(
    registry: Registry, spec: Kind, lang: str, day: date, street: str | None, rows: int
) -> list[tuple[str, str]]:
    """Return what the sheet that explains says first."""
    info, profile = registry.info, registry.profile
    said = [
        (Text("台账", "Registry"), Text(f"{info.name}（{profile.label}）", f"{info.name} ({profile.label})")),
        (Text("写于", "Written on"), Text(day.isoformat(), day.isoformat())),
        (
            Text("内容", "Content"),
            Text(
                f"已登记的 {rows} 条{spec.words.zh}" + (f"，只有街道 {street}" if street else ""),
                f"{rows} registered {spec.words.en.lower()}" + (f" of street {street}" if street else ""),
            ),
        ),
        (
            Text("怎样填", "How to fill it in"),
            Text(
                "改格子，或在下面接着写新的行；不要改列名，不要动已有的代码。空着的格子什么也不改。一整行删掉不等于删除记录。",
                "Change cells, or go on below with new rows; leave headings and existing codes alone. An empty cell changes nothing, and a row taken out removes no record.",
            ),
        ),
        (
            Text("怎样导入", "How to bring it in"),
            Text(
                f"窗口里“导入…”，或命令 import 台账 本文件 --as {spec.name}。先看计划，再写入。没有改过的文件导入，一条也不变。",
                f"'Import…' in the window, or `import REGISTRY THIS --as {spec.name}`. The plan is shown first; a file that nobody changed changes nothing.",
            ),
        ),
        (
            Text("个人信息", "Personal data"),
            Text(
                "不写姓名、身份证号和私人电话；这样的列和格子不收。",
                "No names, identity numbers or private telephone numbers; such columns and cells are not taken.",
            ),
        ),
    ]
    if info.is_synthetic:
        said.append((Text("合成数据", "Synthetic data"), info.note))
    return [(label.in_(lang), text.in_(lang)) for label, text in said]
