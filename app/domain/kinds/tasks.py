"""Tasks: a gap or a finding as work, with the post that does it, a day, and how far it has come."""

from __future__ import annotations

from typing import Final

from app.domain.kind import Field, FieldType, Headings, Kind, Where
from app.domain.kinds.fields import choice, day, text, to_those_with
from app.text import Text


def _id(name: str, zh: str, en: str) -> Field:
    """Return the id of something that is declared or found: it says what a task is about, and is no free text."""
    return Field(name=name, type=FieldType.TEXT, words=Text(zh, en), is_screened=False, is_structure=True)


TASKS: Final = (
    Kind(
        "tasks",
        "task",
        Text("任务", "Tasks"),
        (
            to_those_with("tasks", "subject", "对象", "Subject"),
            _id("measure", "指标", "Measure"),
            _id("finding", "核查结果", "Finding"),
            text("owner", "岗位", "Owner post"),  # a post, never a person
            day("due", "到期", "Due"),
            choice("state", "task_state", "状态", "State"),
            day("since", "状态起始日", "In this state since"),
            text("why", "为什么派", "Why"),
            text("granted_by", "准许岗位", "Granted by"),
            Field(name="result", type=FieldType.ANSWER, words=Text("结果", "Result")),
            text("note", "说明", "Note"),
            text("request", "申请理由", "Why out of reach"),
        ),
        letter="T",
        leaves_with=("subject",),
        about=("subject",),
        told_on="since",
        identity=("subject", "measure", "finding", "why"),
        headings=Headings(
            codes="任务代码 任务编号 任务号",
            called="任务 工单",
            english=("task",),
            sort="state",
            sorts="状态 任务状态 办理状态",
            fields=(
                ("subject", "对象 对象代码 小区代码 主体"),
                ("owner", "岗位 承办岗位 责任岗位"),
                ("due", "到期 到期日 限期 办结期限"),
                ("why", "为什么派 事由"),
                ("note", "说明 备注 退回理由"),
                ("request", "申请理由 够不着的理由"),
                ("result", "结果 查到的结果"),
            ),
        ),
        counted_by=("state",),
        absent_from={
            Where.TOTALS: Text(
                "按岗位和街道在任务里数，够不着的另列一行",
                "Counted among tasks by post and street, those out of reach in a row of their own",
            )
        },
    ),
)
