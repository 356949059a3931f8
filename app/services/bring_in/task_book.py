"""Tasks as a workbook to print and to fill in: a post's or a street's, what is to be done first; it comes back by ``import``.

States move by the rules of every task: a rung that is skipped is a problem of its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.period import today
from app.exchange.formats.safe_file import written_aside
from app.exchange.templates.book import TemplateContent, write_template_book
from app.exchange.templates.cells import TemplateCells
from app.exchange.templates.columns import template_columns
from app.jobs import Ticket
from app.services.bring_in.in_street import street_named
from app.services.bring_in.sheet_notes import SheetNotes
from app.services.bring_in.template_data import TemplateReport, must_be_workbook
from app.services.tasks.listed import tasks_of
from app.text import Text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.services.registry.registry import Registry

KIND: Final = "tasks"
_COLUMNS: Final = (
    "code",
    "subject",
    "measure",
    "why",
    "owner",
    "due",
    "state",
    "result",
    "note",
    "request",
    "granted_by",
)
_TITLE: Final = Text("任务单：{}", "Tasks: {}")
_EVERYBODY: Final = Text("全部岗位", "every post")


def write_task_book(
    registry: Registry,
    out: Path,
    *,
    street: str | None = None,
    owner: str | None = None,
    lang: str = "zh",
    ticket: Ticket | None = None,
) -> TemplateReport:
    """Write the tasks that are not settled, overdue ones first, then by the due day; of one street or post where it is named.

    Raises InvalidInput for an unknown street or another ending than .xlsx.
    """
    must_be_workbook(out)
    ticket, day = ticket or Ticket(), today()
    place = None if not street else street_named(registry, street)
    chosen = [
        task
        for task in tasks_of(registry, day=day).tasks
        if not task.is_settled
        and (place is None or task.units.get("street") == place.code)
        and (not owner or task.owner == owner.strip())
    ]
    chosen.sort(key=lambda task: (not task.overdue, task.due is None, task.due, task.code))
    declared = {column.field: column for column in template_columns(registry.profile, KIND, lang)}
    columns = tuple(declared[name] for name in _COLUMNS)
    cells = TemplateCells(registry.dataset, registry.profile, columns, lang, day)
    held = registry.dataset.of(KIND)
    called = owner or (_EVERYBODY.in_(lang) if place is None else place.text("name") or place.code)
    content = TemplateContent(
        kind=KINDS[KIND],
        columns=columns,
        rows=[cells.row(held[task.code]) for task in chosen],
        lists={},
        notes=_notes(registry, called, lang, day, len(chosen), sum(task.overdue for task in chosen)),
        lang=lang,
        day=day,
        title=_TITLE.in_(lang).format(called),
    )
    with written_aside(out) as draft:
        write_template_book(draft, content, ticket)
    return TemplateReport(
        path=out,
        kind=KIND,
        rows=len(chosen),
        columns=tuple(column.heading for column in columns),
        left_empty=cells.left_empty,
    )


def _notes(
    registry: Registry, called: str, lang: str, day: date, rows: int, overdue: int
) -> list[tuple[str, str]]:
    notes = SheetNotes(
        content=Text(
            f"{called}没结的任务 {rows} 件，逾期 {overdue} 件；逾期的在前，再按到期日。",
            f"{rows} tasks not settled, {called}, {overdue} overdue; overdue first, then by the due day.",
        ),
        filling=Text(
            "办完的把“状态”改成“已报”，“结果”选 有 / 无 / 未知，“说明”写一句；退回要写“说明”，够不着要写“申请理由”。别的列不动。",
            "Set 'State' of what is done to 'reported', choose what was found under 'Result', and say a word under 'Note'. A return needs a note, out of reach its reason. Leave other columns alone.",
        ),
        bringing=Text(
            "窗口里“导入…”，或命令 import 台账 本文件 --as tasks。跳级的改动会逐行说明，不写入。",
            "'Import…' in the window, or `import REGISTRY THIS --as tasks`. A step that is skipped is told row by row and not written.",
        ),
        personal=Text("岗位写职务，不写姓名和电话。", "Posts, no names and no telephone numbers."),
    )
    return notes.lines(registry, day, lang)
