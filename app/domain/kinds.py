"""The kinds of record a registry holds, and the fields of each: declared once.

Tables, commands, imports, templates, the inspector and the journal are all made from ``KINDS``. What a city
adds is never a field here but a fact of its profile.
"""

from __future__ import annotations

from typing import Final

from app.domain.kind import LADDER, Field, FieldType, Kind, Shape
from app.text import Text

__all__ = [
    "COMMON_FIELDS",
    "COUNTED_KINDS",
    "KINDS",
    "LADDER",
    "LEVELS",
    "OFFERED_KINDS",
    "UNIT_KINDS",
    "Field",
    "FieldType",
    "Kind",
    "Shape",
]


def _text(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.TEXT, words=Text(zh, en), required=required)


def _key(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    """Return a text from a list of its own, which says what a row is about."""
    return Field(
        name=name,
        type=FieldType.TEXT,
        words=Text(zh, en),
        required=required,
        is_screened=False,
        is_structure=True,
    )


def _count(name: str, zh: str, en: str) -> Field:
    return Field(name=name, type=FieldType.COUNT, words=Text(zh, en))


def _number(name: str, zh: str, en: str) -> Field:
    return Field(name=name, type=FieldType.NUMBER, words=Text(zh, en))


def _year(name: str, zh: str, en: str) -> Field:
    return Field(name=name, type=FieldType.YEAR, words=Text(zh, en))


def _day(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.DAY, words=Text(zh, en), required=required)


def _choice(name: str, choices: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.CHOICE, words=Text(zh, en), required=required, choices=choices)


def _to(name: str, *to: str, zh: str, en: str, required: bool = False) -> Field:
    return Field(
        name=name,
        type=FieldType.REFERENCE,
        words=Text(zh, en),
        required=required,
        to=to,
        is_structure=True,
    )


_DISTRICT: Final = _to("district", "districts", zh="区", en="District")
_STREET: Final = _to("street", "streets", zh="街道", en="Street")
_COMMUNITY: Final = _to("community", "communities", zh="社区", en="Community")
_GRID: Final = _to("grid", "grids", zh="网格", en="Grid")
_COMPOUND: Final = _to("compound", "compounds", zh="小区", en="Compound")
_NAME: Final = _text("name", "名称", "Name")
_NAME_REQUIRED: Final = _text("name", "名称", "Name", required=True)

UNIT_KINDS: Final = ("districts", "streets", "communities", "grids")  # from the top down

_KINDS: Final = (
    Kind("districts", "district", Text("区", "Districts"), (_NAME,), shape=Shape.AREA, subject="district"),
    Kind(
        "streets",
        "street",
        Text("街道", "Streets"),
        (_NAME_REQUIRED, _DISTRICT, _to("successor", "streets", zh="后继街道", en="Successor")),
        shape=Shape.AREA,
        subject="street",
        chain="successor",
    ),
    Kind(
        "communities",
        "community",
        Text("社区", "Communities"),
        (_NAME_REQUIRED, _STREET, _to("successor", "communities", zh="后继社区", en="Successor")),
        shape=Shape.AREA,
        subject="community",
        chain="successor",
    ),
    Kind(
        "grids",
        "grid",
        Text("网格", "Grids"),
        (_NAME, _COMMUNITY, _STREET, _DISTRICT),
        shape=Shape.AREA,
        subject="grid",
    ),
    Kind(
        "compounds",
        "compound",
        Text("小区", "Compounds"),
        (
            _NAME,
            _choice("kind", "compound_kind", "类型", "Kind"),
            _text("address", "地址", "Address"),
            _count("households", "户数", "Households"),
            _count("residents", "人口", "Residents"),
            _count("buildings", "楼栋数", "Buildings"),
            _year("built_year", "建成年份", "Built in"),
            _GRID,
            _COMMUNITY,
            _STREET,
        ),
        letter="C",
        shape=Shape.AREA_OR_POINT,
        subject="compound",
        counted_by=("kind",),
    ),
    Kind(
        "buildings",
        "building",
        Text("楼栋", "Buildings"),
        (
            _NAME,
            _COMPOUND,
            _GRID,
            _COMMUNITY,
            _count("units", "单元数", "Units"),
            _count("storeys", "层数", "Storeys"),
            _count("households", "户数", "Households"),
            _count("residents", "人口", "Residents"),
            _year("built_year", "建成年份", "Built in"),
        ),
        letter="B",
        shape=Shape.AREA_OR_POINT,
        subject="building",
        counted_by=("scattered",),
        is_searched=False,  # "3栋" stands in each compound
    ),
    Kind(
        "stations",
        "station",
        Text("服务站点", "Service stations"),
        (
            _NAME_REQUIRED,
            _choice("kind", "station_kind", "类型", "Kind", required=True),
            _text("address", "地址", "Address"),
            _COMPOUND,
            _GRID,
            _COMMUNITY,
        ),
        letter="S",
        shape=Shape.AREA_OR_POINT,
        subject="station",
        counted_by=("kind",),
    ),
    Kind(
        "firms",
        "firm",
        Text("物业企业", "Property firms"),
        (
            _NAME_REQUIRED,
            Field(  # it has a check of its own: its 18 characters are no identity number
                name="credit_code",
                type=FieldType.TEXT,
                words=Text("统一社会信用代码", "Credit code"),
                is_screened=False,
            ),
            _text("address", "地址", "Address"),
            _STREET,
            _text("grade", "信用等级", "Grade"),
            _choice("list", "firm_list", "红黑榜", "List"),
        ),
        letter="F",
        subject="firm",
        counted_by=("list",),
    ),
    Kind(
        "organisations",
        "organisation",
        Text("党组织", "Party organisations"),
        (
            _NAME_REQUIRED,
            _choice("type", "organisation_type", "类型", "Type", required=True),
            _to("parent", "organisations", zh="上级党组织", en="Parent"),
            _day("founded", "成立日期", "Founded"),
            _count("members", "党员数", "Members"),
            Field(name="secretary", type=FieldType.ANSWER, words=Text("已配书记", "Secretary in post")),
        ),
        letter="O",
        chain="parent",
        counted_by=("type",),
    ),
    Kind(
        "engagements",
        "engagement",
        Text("物业服务", "Engagements"),
        (
            _to("firm", "firms", zh="物业企业", en="Firm", required=True),
            _to("compound", "compounds", "buildings", zh="小区", en="Compound", required=True),
            _choice("stage", "stage", "阶段", "Stage", required=True),
            _number("fee_yuan_m2_month", "物业费（元/平方米·月）", "Fee (yuan per m² and month)"),
            _number("subsidy_yuan", "补贴（元）", "Subsidy (yuan)"),
        ),
        letter="E",
        leaves_with=("firm", "compound"),
        about=("compound",),
        counted_by=("stage",),
    ),
    Kind(
        "attachments",
        "attachment",
        Text("挂接", "Attachments"),
        (
            _to("organisation", "organisations", zh="党组织", en="Organisation", required=True),
            _to(
                "to",
                "compounds",
                "grids",
                "communities",
                "streets",
                "districts",
                "firms",
                "buildings",
                zh="挂接到",
                en="Attached to",
                required=True,
            ),
            _text("role", "角色", "Role"),
        ),
        letter="A",
        leaves_with=("organisation", "to"),
        about=("to",),
    ),
    Kind(
        "facts",
        "fact",
        Text("事实", "Facts"),
        (
            _to(
                "subject",
                "compounds",
                "grids",
                "firms",
                "stations",
                "districts",
                "streets",
                "communities",
                "engagements",
                "departments",
                "alliances",
                "zones",
                "organisations",
                zh="对象",
                en="Subject",
                required=True,
            ),
            _key("key", "事实", "Key", required=True),
            _text("value", "值", "Value", required=True),
        ),
        coded=False,
        leaves_with=("subject",),
    ),
    Kind(
        "assessments",
        "assessment",
        Text("评分", "Assessments"),
        (
            _to("subject", "compounds", "stations", "firms", zh="对象", en="Subject", required=True),
            _key("scheme", "评价办法", "Scheme", required=True),
            _key("item", "项目", "Item", required=True),
            _number("score", "得分", "Score"),
            _day("on", "日期", "Day", required=True),
            _count("scheme_version", "办法版本", "Scheme version"),
        ),
        letter="V",
        leaves_with=("subject",),
        about=("subject",),
        told_on="on",
    ),
    Kind(
        "cases",
        "case_file",  # CASE is a word of SQL
        Text("纠纷", "Cases"),
        (
            _COMPOUND,
            _COMMUNITY,
            _choice("level", "case_level", "层级", "Level", required=True),
            _text("category", "类别", "Category"),
            _choice("state", "case_state", "状态", "State", required=True),
            _day("opened", "受理日期", "Opened", required=True),
            _day("closed", "办结日期", "Closed"),
        ),
        letter="M",
        subject="case",
        about=("compound", "community"),
        told_on="opened",
        counted_by=("level", "state", "category"),
    ),
    Kind(
        "households",
        "household_count",
        Text("户数统计", "Household counts"),
        (
            _to("subject", "compounds", "buildings", zh="对象", en="Subject", required=True),
            _day("on", "日期", "Day", required=True),
            _count("households", "户数", "Households"),
            _count("imported", "已导入户数", "Imported"),
            _count("matched", "已匹配户数", "Matched"),
            _count("surveyed", "已调查户数", "Surveyed"),
        ),
        coded=False,
        leaves_with=("subject",),
        about=("subject",),
        told_on="on",
    ),
    Kind(
        "departments",
        "department",
        Text("单位", "Departments"),
        (_NAME_REQUIRED, _text("post", "联系岗位", "Contact post")),  # a post, never a person
        letter="D",
        counted_by=(),
    ),
    Kind(
        "alliances",
        "alliance",
        Text("联盟", "Alliances"),
        (
            _NAME_REQUIRED,
            _to("organisation", "organisations", zh="联盟党组织", en="Its party organisation"),
            _DISTRICT,
            _STREET,
            _COMMUNITY,
            _GRID,
        ),
        letter="L",
        counted_by=(),
    ),
    Kind(
        "zones",
        "zone",
        Text("片区", "Zones"),
        (
            _NAME_REQUIRED,
            _to("firm", "firms", zh="物业企业", en="Firm"),
            _STREET,
            _count("households", "目标户数", "Households aimed at"),
        ),
        letter="Z",
        counted_by=(),
    ),
    Kind(
        "links",
        "link",
        Text("关系", "Relations"),
        (
            _key("relation", "关系", "Relation", required=True),
            _to(
                "subject",
                "firms",
                "departments",
                "alliances",
                "zones",
                "organisations",
                zh="主体",
                en="Subject",
                required=True,
            ),
            _to(
                "to",
                "compounds",
                "buildings",
                "grids",
                "communities",
                "streets",
                "firms",
                "organisations",
                "departments",
                zh="对象",
                en="To",
                required=True,
            ),
            _text("role", "岗位", "Post"),
        ),
        letter="K",
        leaves_with=("subject", "to"),
        about=("to",),
    ),
    Kind(
        "entries",
        "list_entry",
        Text("清单条目", "List entries"),
        (
            _COMPOUND,
            _COMMUNITY,
            _choice("list", "list_kind", "清单", "List", required=True),
            _text("text", "内容", "Text", required=True),
            _choice("state", "entry_state", "状态", "State", required=True),
            _day("opened", "登记日期", "Noted on", required=True),
            _day("closed", "办结日期", "Done on"),
            _to("answers", "entries", zh="回应的需求", en="Answers"),
        ),
        letter="N",
        subject="entry",
        about=("compound", "community"),
        told_on="opened",
        counted_by=("list", "state"),
    ),
    Kind(
        "waivers",
        "waiver",
        Text("免查", "Waivers"),
        (
            _key("subject", "对象", "Subject", required=True),
            _key("finding", "核查结果", "Finding", required=True),
            _key("rule", "规则", "Rule", required=True),
            _key("codes", "涉及", "Records", required=True),
            _text("why", "为什么", "Why", required=True),
            _text("by", "谁", "Who", required=True),
        ),
        coded=False,
        is_internal=True,
    ),
)

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _KINDS}
OFFERED_KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _KINDS if not kind.is_internal}
LEVELS: Final = tuple(KINDS[name].table for name in UNIT_KINDS)  # as coverage names them
COMMON_FIELDS: Final = ("code", "valid_from", "valid_until", "source")  # every kind has them

COUNTED_KINDS: Final = ("commercial", "old", "resettlement", "unknown")  # reference 4.1
