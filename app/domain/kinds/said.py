"""Facts, scores, counts of households, waivers, lineage, kept tables: what was found out, and on which day."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.domain.kind import Kind, Where
from app.domain.kinds.fields import NAME_REQUIRED, count, day, key, number, text, to_those_with
from app.text import Text

_ROW: Final = {
    Where.TOTALS: Text("是别的记录的一行，按那一条算", "A row about another record, counted with that one")
}

SAID: Final = (
    Kind(
        "facts",
        "fact",
        Text("事实", "Facts"),
        (
            to_those_with("facts", "subject", "对象", "Subject"),
            key("key", "事实", "Key"),
            text("value", "值", "Value", required=True),
        ),
        coded=False,
        leaves_with=("subject",),
        absent_from={
            **_ROW,
            Where.WORKBOOK: Text("写在对象那张表的列里", "They stand in columns of what they are about"),
        },
    ),
    Kind(
        "assessments",
        "assessment",
        Text("评分", "Assessments"),
        (
            to_those_with("assessments", "subject", "对象", "Subject"),
            key("scheme", "评价办法", "Scheme"),
            key("item", "项目", "Item"),
            number("score", "得分", "Score"),
            day("on", "日期", "Day", required=True),
            count("scheme_version", "办法版本", "Scheme version"),
        ),
        letter="V",
        leaves_with=("subject",),
        about=("subject",),
        told_on="on",
        identity=("subject", "scheme", "item", "on"),
        is_once=True,
        version="scheme_version",
        absent_from=_ROW,
    ),
    Kind(
        "households",
        "household_count",
        Text("户数统计", "Household counts"),
        (
            to_those_with("households", "subject", "对象", "Subject"),
            day("on", "日期", "Day", required=True),
            count("households", "户数", "Households"),
            count("imported", "已导入户数", "Imported"),
            count("matched", "已匹配户数", "Matched"),
            count("surveyed", "已调查户数", "Surveyed"),
        ),
        coded=False,
        leaves_with=("subject",),
        about=("subject",),
        told_on="on",
        absent_from=_ROW,
    ),
    Kind(
        "waivers",
        "waiver",
        Text("免查", "Waivers"),
        (
            key("subject", "对象", "Subject"),
            key("finding", "核查结果", "Finding"),
            key("rule", "规则", "Rule"),
            key("codes", "涉及", "Records"),
            text("why", "为什么", "Why", required=True),
            text("by", "谁", "Who", required=True),
        ),
        coded=False,
        is_internal=True,
    ),
    Kind(
        "lineage",
        "lineage",
        Text("沿革", "Lineage"),
        (
            to_those_with("lineage", "before", "前身", "Before"),
            to_those_with("lineage", "after", "后继", "After"),
        ),
        coded=False,
        is_internal=True,
        leaves_with=("before", "after"),
    ),
    Kind(
        "snapshots",
        "snapshot",
        Text("存表", "Kept tables"),
        (
            NAME_REQUIRED,
            key("measure", "指标", "Measure"),
            key("by", "统计单元", "Unit"),
            key("weight", "计量", "Weight"),
            key("count", "计数方式", "Counting"),
            replace(key("kind", "类型", "Kind"), required=False),
            day("as_of", "截至", "As of", required=True),
            key("stamp", "依据", "What it was counted from"),
            key("figures", "数字", "Figures"),
            key("states", "对象的状态", "What each subject was"),
            text("by_whom", "谁", "Who", required=True),
        ),
        letter="P",
        is_internal=True,
    ),
)
