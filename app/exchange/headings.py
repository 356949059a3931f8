"""The many headings under which streets and firms keep a field: what a column may be called."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from app.domain.identity.traditional import SIMPLIFIED
from app.domain.kinds import COMMON_FIELDS, KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.kinds import Kind
    from app.domain.profile.profile import Profile

PLACE_FIELDS: Final = ("wkt", "lon", "lat")
SURVEYED: Final = "surveyed"

_BRACKETS: Final = re.compile(r"[(\[【].*?[)\]】]")
_KEY: Final = re.compile(r"^(.+?)\s*\(([^()\s]+)\)$", re.DOTALL)
_CRS: Final = re.compile(r"\(\s*EPSG:(\d{4,6})\s*\)", re.IGNORECASE)
_NOISE_IN_LINE: Final = re.compile(r"(?:[^\S\n]|[_\-*:：·./、，,])+")
_NOISE: Final = re.compile(r"[\s_\-*:：·./、，,]+")

_COMMON: Final = {
    "code": "代码 编码 编号 code12 唯一编码 统一编码",
    "valid_from": "开始日期 起始日期 生效日期 开始时间 起始时间 起 from startdate firstday 进驻日期",
    "valid_until": "结束日期 终止日期 失效日期 截止日期 到期日期 结束时间 止 until enddate lastday",
    "source": "来源 数据来源 资料来源",
    "wkt": "wkt geometry geom 几何 轮廓 边界 坐标串",
    "lon": "lon lng longitude 经度",
    "lat": "lat latitude 纬度",
    SURVEYED: "surveyed surveyedon 调查日期 摸排日期 核查日期 调查时间 摸排时间",
}
_ANY_KIND: Final = {
    "name": "名称 全称",
    "address": "地址 详细地址 坐落 坐落地址 位置 addr",
    "households": "户数 总户数 住户数 居民户数 总户",
    "residents": "人口 人数 居住人口 常住人口 总人口 居民数",
    "buildings": "楼栋数 栋数 楼栋 楼幢数 幢数",
    "built_year": "建成年份 建成年代 竣工年份 建成年 建造年份 建设年代",
    "grid": "网格编码 网格代码 网格编号 gridcode 网格 所属网格 所在网格",
    "community": "社区代码 社区编码 communitycode 社区 所属社区 所在社区 村居 社区村",
    "street": "街道代码 街道编码 streetcode 街道 镇街 乡镇街道 所属街道 所在街道 街道乡镇",
    "district": "区代码 区县代码 districtcode areacode 区 区县 所属区 所在区 县区",
    "compound": "小区代码 小区编码 小区编号 compoundcode 小区 所属小区 小区名称 院落",
    "credit_code": "统一社会信用代码 社会信用代码 信用代码 uscc 统一信用代码",
    "firm": "统一社会信用代码 信用代码 企业代码 企业编码 firmcode 物业企业 物业公司 企业名称 物业服务企业 企业",
    "organisation": "党组织代码 党组织编码 党组织 党组织名称 组织",
    "to": "挂接对象 对象代码 对象编码 挂接到 对象 小区代码 小区",
    "subject": "对象代码 对象编码 小区代码 小区编码 对象 小区",
    "parent": "上级党组织代码 上级党组织 上级组织 上级",
    "founded": "成立日期 成立时间",
    "members": "党员数 党员人数 党员",
    "secretary": "已配书记 书记到位",
    "units": "单元数 单元",
    "storeys": "层数 楼层数 总层数 地上层数 floor floors",
    "grade": "信用等级 等级 评级",
    "list": "红黑榜 榜单 红黑名单",
    "stage": "阶段 服务阶段 合同类型",
    "fee_yuan_m2_month": "物业费 物业费标准 收费标准",
    "subsidy_yuan": "补贴 补贴金额",
    "role": "角色 作用",
    "key": "事实 指标 调查项",
    "value": "值 结果 答案",
    "scheme": "评价办法 办法 评价体系",
    "item": "项目 评价项 评分项",
    "score": "得分 分数 评分",
    "on": "日期 统计日期 评分日期 统计时间",
    "level": "层级 级别 调解层级",
    "category": "类别 纠纷类别 纠纷类型",
    "state": "状态 办理状态",
    "opened": "受理日期 受理时间",
    "closed": "办结日期 办结时间",
    "imported": "已导入户数 导入户数",
    "matched": "已匹配户数 匹配户数",
    "surveyed": "已调查户数 调查户数",
    "kind": "类型 类别 性质",
    "type": "类型 类别 组织类型",
    "post": "联系岗位 联络岗位 岗位",
    "relation": "关系 关系类型",
    "text": "内容 条目 事项",
    "answers": "回应的需求 对应需求",
    "scheme_version": "办法版本 版本",
}


def normalised(heading: object) -> str:
    """Return a heading as it is compared: half width, simplified, lower case, without brackets, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", str(heading)).casefold()
    if not text.isascii():
        text = text.translate(SIMPLIFIED)
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


def normalised_of_each(texts: Sequence[str]) -> list[str]:
    """Return ``normalised`` of each text without a line break, made of all in one go; "" for one that stands in brackets."""
    lines = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    if not lines.isascii():
        lines = lines.translate(SIMPLIFIED)
    return _NOISE_IN_LINE.sub("", _BRACKETS.sub("", lines)).split("\n") if texts else []


def fields_of(kind: str, profile: Profile) -> tuple[str, ...]:
    """Return every name that ``--map`` takes for a kind: fields, common fields, place, and facts of its own."""
    names = [*COMMON_FIELDS, *KINDS[kind].by_name]
    if KINDS[kind].is_layer:
        names += PLACE_FIELDS
    facts = [spec.key for spec in profile.facts_of(kind)]
    if facts:
        names += [SURVEYED, *facts]
    return tuple(dict.fromkeys(names))


def known_headings(kind: str, profile: Profile) -> dict[str, list[str]]:
    """Return for each field the headings that mean it, likeliest first, as ``normalised`` writes them."""
    spec = KINDS[kind]
    own, meant = spec.headings, dict(spec.headings.fields)
    found: dict[str, list[str]] = {}
    for name in fields_of(kind, profile):
        words = [name]
        field = KINDS[kind].by_name.get(name)
        if name == "name":
            words += own.names.split() or _own_words(spec, "名称", "name")
        elif name == "code":
            words += own.codes.split() or _own_words(spec, "代码 编码 编号", "code")
        elif name == own.sort:
            words += own.sorts.split()
        if field is None and name in _COMMON:
            words += _COMMON[name].split()
        elif field is not None:
            said = meant.get(name, _ANY_KIND.get(name, ""))
            words += [*said.split(), field.words.zh, field.words.en]
        elif name in profile.facts:
            words += profile.facts[name].words
        found[name] = list(dict.fromkeys(normalised(word) for word in words))
    return found


def _own_words(spec: Kind, zh: str, en: str) -> list[str]:
    """Return how a kind of which nothing else is said is headed: by what it is called itself."""
    return [
        *(f"{spec.words.zh}{tail}" for tail in ("", *zh.split()) if tail or en == "name"),
        f"{spec.table}{en}",
    ]


def declared_headings(kind: str, profile: Profile) -> frozenset[str]:
    """Return the headings that a declaration gives a kind: however they sound, they hold no private person's data."""
    words = [word for field in KINDS[kind].fields for word in field.words]
    words += [word for fact in profile.facts_of(kind) if fact.type != "text" for word in fact.words]
    return frozenset(normalised(word) for word in words)


def named_field(heading: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """Return the field that a heading names in brackets behind one of its words, as templates do: 类型（kind）."""
    match = _KEY.match(unicodedata.normalize("NFKC", heading).strip())
    if match is None or match[2] not in known:
        return None
    return match[2] if normalised(match[1]) in known[match[2]] else None


def crs_of(heading: str) -> str | None:
    """Return the CRS that a heading states: 经度（EPSG:4490）."""
    match = _CRS.search(unicodedata.normalize("NFKC", heading))
    return None if match is None else f"EPSG:{match[1]}"
