"""Firms, party organisations, departments, alliances: who is at work somewhere, never a person."""

from __future__ import annotations

from typing import Final

from app.domain.kind import Field, FieldType, Headings, Kind
from app.domain.kinds.fields import (
    COMMUNITY,
    DISTRICT,
    GRID,
    NAME_REQUIRED,
    STREET,
    choice,
    count,
    day,
    text,
    to,
)
from app.text import Text

BODIES: Final = (
    Kind(
        "firms",
        "firm",
        Text("物业企业", "Property firms"),
        (
            NAME_REQUIRED,
            Field(  # it has a check of its own: its 18 characters are no identity number
                name="credit_code",
                type=FieldType.TEXT,
                words=Text("统一社会信用代码", "Credit code"),
                is_screened=False,
            ),
            text("address", "地址", "Address"),
            STREET,
            text("grade", "信用等级", "Grade"),
            choice("list", "firm_list", "红黑榜", "List"),
        ),
        letter="F",
        subject="firm",
        headings=Headings(
            names="企业 企业名称 物业企业 物业公司 公司名称 单位名称 物业企业名称",
            codes="企业代码 企业编码 企业编号",
            called="企业 物业企业 物业公司 公司 单位 物业 物业服务企业 物业服务公司 物业管理公司 企业单位 物业管理企业",
            english=("firm", "company"),
        ),
        may_have=("attachments", "facts", "assessments", "links", "relates", "tasks"),
        counted_by=("list",),
    ),
    Kind(
        "organisations",
        "organisation",
        Text("党组织", "Party organisations"),
        (
            NAME_REQUIRED,
            choice("type", "organisation_type", "类型", "Type", required=True),
            to("parent", "organisations", zh="上级党组织", en="Parent"),
            day("founded", "成立日期", "Founded"),
            count("members", "党员数", "Members"),
            Field(name="secretary", type=FieldType.ANSWER, words=Text("已配书记", "Secretary in post")),
        ),
        letter="O",
        chain="parent",
        narrowed_by=("parent", "type"),
        headings=Headings(
            names="党组织 党组织名称 组织名称 支部名称",
            codes="党组织代码 党组织编码 党组织编号",
            called="党组织 组织 支部 党支部 基层党组织 党委 党总支",
            english=("organisation", "organization", "branch"),
            sort="type",
            sorted="组织 党组织 支部",
        ),
        may_have=("facts", "links", "relates", "tasks"),
        counted_by=("type",),
    ),
    Kind(
        "departments",
        "department",
        Text("单位", "Departments"),
        (NAME_REQUIRED, text("post", "联系岗位", "Contact post")),  # a post, never a person
        letter="D",
        headings=Headings(
            names="单位 单位名称 部门 部门名称",
            codes="单位代码 单位编码 单位编号",
            called="单位 部门 机关 联系单位",
        ),
        may_have=("facts", "links", "relates"),
    ),
    Kind(
        "alliances",
        "alliance",
        Text("联盟", "Alliances"),
        (
            NAME_REQUIRED,
            to("organisation", "organisations", zh="联盟党组织", en="Its party organisation"),
            DISTRICT,
            STREET,
            COMMUNITY,
            GRID,
        ),
        letter="L",
        narrowed_by=("organisation",),
        headings=Headings(names="联盟 联盟名称", codes="联盟代码 联盟编码 联盟编号", called="联盟"),
        may_have=("facts", "relates"),
    ),
)
