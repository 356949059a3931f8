"""Engagements, attachments, relations, zones: who works for whom, and since when."""

from __future__ import annotations

from typing import Final

from app.domain.kind import Headings, Kind, Where
from app.domain.kinds.fields import (
    NAME_REQUIRED,
    STREET,
    choice,
    count,
    key,
    number,
    public,
    text,
    to,
    to_those_with,
)
from app.text import Text

_ROW: Final = {
    Where.TOTALS: Text("是别的记录的一行，按那一条算", "A row about another record, counted with that one")
}

WORK: Final = (
    Kind(
        "engagements",
        "engagement",
        Text("物业服务", "Engagements"),
        (
            to("firm", "firms", zh="物业企业", en="Firm", required=True),
            to_those_with("engagements", "compound", "小区", "Compound"),
            choice("stage", "stage", "阶段", "Stage", required=True),
            number("fee_yuan_m2_month", "物业费（元/平方米·月）", "Fee (yuan per m² and month)"),
            number("subsidy_yuan", "补贴（元）", "Subsidy (yuan)"),
        ),
        letter="E",
        leaves_with=("firm", "compound"),
        about=("compound",),
        identity=("firm", "compound"),
        is_once=True,
        may_have=("facts",),
        counted_by=("stage",),
    ),
    Kind(
        "attachments",
        "attachment",
        Text("挂接", "Attachments"),
        (
            to("organisation", "organisations", zh="党组织", en="Organisation", required=True),
            to_those_with("attachments", "to", "挂接到", "Attached to"),
            text("role", "角色", "Role"),
        ),
        letter="A",
        leaves_with=("organisation", "to"),
        about=("to",),
        identity=("organisation", "to", "role"),
        is_once=True,
        absent_from=_ROW,
    ),
    Kind(
        "links",
        "link",
        Text("关系", "Relations"),
        (
            key("relation", "关系", "Relation"),
            to_those_with("relates", "subject", "主体", "Subject"),
            to_those_with("links", "to", "对象", "To"),
            text("role", "岗位", "Post"),
        ),
        letter="K",
        leaves_with=("subject", "to"),
        about=("to",),
        identity=("subject", "to", "relation", "role"),
        is_once=True,
        headings=Headings(
            fields=(
                ("subject", "主体 主体代码 单位 单位代码 企业 物业企业 联盟 片区 党组织"),
                ("to", "对象 对象代码 结对小区 小区 小区代码 网格 社区 报到社区 下沉网格"),
                ("role", "岗位 职务 角色"),
            )
        ),
        absent_from=_ROW,
    ),
    Kind(
        "zones",
        "zone",
        Text("片区", "Zones"),
        (
            public(NAME_REQUIRED),
            to("firm", "firms", zh="物业企业", en="Firm"),
            public(STREET),
            count("households", "目标户数", "Households aimed at"),
        ),
        letter="Z",
        borrows_outline=True,
        narrowed_by=("firm",),
        headings=Headings(
            names="片区 片区名称",
            codes="片区代码 片区编码 片区编号",
            called="片区 服务片区",
            fields=(("households", "目标户数 计划户数"),),
        ),
        may_have=("facts", "relates"),
        absent_from={
            Where.PICTURE: Text(
                "图片只画登记的轮廓，片区的是算出来的",
                "A picture draws recorded outlines; a zone's is computed",
            ),
        },
    ),
)
