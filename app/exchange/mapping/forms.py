"""The forms of a heading: what a field is about × how people write it, made by rule instead of listed."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.text.initials import initials
from app.exchange.headings import PLACE_FIELDS, fields_of, known_headings, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.domain.kinds import Kind
    from app.domain.profile.profile import Profile

EXACT, LISTED, MADE, SHORT = range(4)  # how sure a heading is of its field, the surest first
_DATUM: Final = re.compile(
    r"(高德|百度|腾讯|火星|天地图|谷歌|国测局)(地图)?|(gcj|bd|wgs|cgcs)\d*|国家2000|2000(国家)?(大地)?(坐标系)?"
)  # of a place's heading: whose coordinates they are
_PARTED: Final = re.compile(r"[/／、|]|或")
_LONGEST: Final = 6  # characters of a heading that is written by its initials
_SHORTEST: Final = 3  # letters from which initials are taken for a heading

_PREFIXES: Final = ("", "所属", "所在", "所在的", "所属的", "归属", "隶属")
_NAME_TAILS: Final = ("", "名", "名称", "全称", "的名称", "名字")
_CODE_TAILS: Final = ("编号", "代码", "编码", "id", "号码", "序码", "code")
_COUNT_TAILS: Final = ("数", "数量", "总数", "个数", "总数量", "合计", "数合计", "数量合计")
_ANSWER_FORMS: Final = (
    "{0}", "有无{0}", "是否有{0}", "是否有无{0}", "有没有{0}", "是否{0}", "是否成立{0}", "是否已成立{0}", "是否建立{0}", "是否组建{0}",
    "是否配备{0}", "是否设置{0}", "是否设有{0}", "是否安装{0}", "是否引入{0}", "{0}情况", "{0}成立情况", "{0}建立情况", "{0}组建情况", "{0}建设情况", "{0}覆盖",
    "{0}覆盖情况", "{0}配备情况", "{0}设置情况", "{0}落实情况", "{0}有无", "{0}是否成立", "{0}是否建立", "{0}值守", "{0}值守情况", "{0}状态", "{0}现状",
    "{0}管理情况", "{0}服务情况", "小区{0}", "小区有无{0}", "小区是否有{0}", "配有{0}", "设有{0}", "{0}名称",
)  # fmt: skip

_UNITS: Final = {  # what people call a level of units
    **{KINDS[name].table: KINDS[name].headings.called for name in UNIT_KINDS},
    "compound": "小区 院落 住宅小区 居民小区",
}


def called(kind: str) -> tuple[str, ...]:
    """Return what people call a record of a kind, its own word first."""
    return tuple(dict.fromkeys([KINDS[kind].words.zh, *KINDS[kind].headings.called.split()]))


_COUNTED: Final = {
    "households": "户 总户 住户 居民户 居民总户 常住户 家庭户 住宅户 居住户 总居民户 小区户 登记户",
    "residents": "人口 人 居民 常住人口 总人口 实有人口 居住人口 居住人 总居住人 常住人 总人 住户人口 常住居民",
    "buildings": "楼栋 栋 幢 楼幢 楼 楼宇 住宅楼 住宅楼栋 建筑 总楼栋 总栋 居民楼",
    "units": "单元 总单元",
    "storeys": "层 楼层 总楼层 地上楼层 总层 建筑层",
    "members": "党员 正式党员 在册党员 党员总",
    "imported": "已导入户 导入户",
    "matched": "已匹配户 匹配户",
    "surveyed": "已调查户 已摸排户",
    "guards": "保安 保安人员 门卫人",
    "cleaners": "保洁 保洁员 保洁人员",
}
_YEARS: Final = {
    "built_year": ("建成", "竣工", "建造", "建设", "交付", "交房", "建成交付", "竣工交付", "建筑")
}
_YEAR_TAILS: Final = ("年份", "年代", "时间", "年", "日期", "年度", "年月")
_TYPE_TAILS: Final = ("类型", "性质", "类别", "属性", "种类", "分类")
_ADDRESSES: Final = (
    "地址", "位置", "坐落", "坐落位置", "坐落地址", "详细地址", "具体地址", "地理位置", "具体位置", "详细位置", "所在地址", "所在位置", "座落", "座落位置",
    "注册地址", "办公地址", "住所", "地点", "门牌地址", "通讯地址", "经营地址", "项目地址", "所处位置",
)  # fmt: skip
_ANSWERED: Final = {  # what else people call what a fact is about
    "property_firm": "物业 物业企业 物业公司 物业服务企业 物业服务公司 物业管理 物业服务 物业管理公司 专业物业 物业管理企业 服务企业",
    "authority": "主管单位 主管部门 产权单位 原产权单位 管理单位 责任单位",
    "managing_body": "管理机构 管理组织",
    "owners_committee": "业委会 业主委员会 业委会组织 业主委员会组织",
    "party_organisation": "党组织 党支部 小区党支部 小区党组织 基层党组织 支部",
    "gate_guard": "门卫 门岗 门卫室 保安 值守门卫 门卫值守 保安门卫",
    "defence_people": "人防 巡逻",
    "defence_hardware": "物防 围墙 围合 封闭围墙",
    "defence_technical": "技防 监控 视频监控 监控设施 监控探头 安防监控 监控设备 技防设施",
    "residents_committee": "居委会覆盖",
    "supervisory_committee": "监委会 业主监督委员会",
    "self_governance": "自治组织",
    "service_platform": "服务平台",
    "residents_convention": "居民公约",
    "grid_head": "网格长",
    "secretary": "书记",
}
_CONTRACTS: Final = {
    "fee_yuan_m2_month": ("物业费", "物业费标准", "物业收费标准", "收费标准", "物业服务费", "物业费单价"),
    "grade": ("信用等级", "等级", "资质等级", "评级", "信用评级", "资质", "企业资质", "企业等级"),
    "surveyed": ("调查日期", "调查时间", "摸排日期", "摸排时间", "核查日期", "核查时间", "填报日期", "更新日期", "采集日期", "登记日期"),
    "lon": ("经度", "经度坐标", "中心点经度", "中心经度", "东经", "x坐标", "坐标x", "横坐标", "x", "经度x", "lng", "longitude", "pointx"),
    "lat": ("纬度", "纬度坐标", "中心点纬度", "中心纬度", "北纬", "y坐标", "坐标y", "纵坐标", "y", "纬度y", "latitude", "pointy"),
}  # fmt: skip
PLACE_PAIR: Final = frozenset(
    normalised(word) for word in ("经纬度", "坐标", "经纬度坐标", "坐标位置", "地理坐标", "中心点坐标", "中心坐标", "位置坐标", "gps", "gps坐标", "lnglat", "lonlat", "coordinates", "location", "点位坐标", "定位")
)  # fmt: skip
NEAR: Final = {  # headings that sound like a field and are not the same thing
    "households": ("户籍户数", "入住户数", "规划户数", "设计户数", "空置户数", "出租户数", "在册户数", "套数", "住宅套数", "房屋套数", "已入住户数", "实际入住户数"),
    "residents": ("户籍人口", "流动人口", "户籍人口数", "流动人口数", "外来人口", "登记人口"),
    "built_year": ("房龄", "楼龄", "改造时间", "改造年份", "开工时间", "开工年份", "入住时间"),
    "address": ("四至范围", "四至", "范围"),
    "property_firm": ("管理方式", "管理模式", "物业管理方式", "物业管理模式", "服务模式", "物业模式"),
    "three_no_listed": ("三无小区", "是否三无", "是否三无小区", "三无", "是否为三无小区", "是否属于三无小区", "三无情况", "是否三无院落"),
    "buildings": ("门栋数", "楼门数"),
}  # fmt: skip


_KEPT: Final[dict[tuple[object, ...], Headings]] = {}
_MOST_KEPT: Final = 32


class Claim(NamedTuple):
    """That a heading means a field, and how sure it is of it: EXACT, LISTED, MADE or SHORT."""

    field: str
    rank: int


def headings_of(kind: str, profile: Profile) -> Headings:
    """Return what the headings of a kind mean under a profile; made once for each."""
    key = (kind, profile.label, tuple(profile.facts))
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[key] = Headings(kind, profile)
    return found


class Headings:
    """What the headings of one kind mean. ``listed``: by field, those that are written down; ``of_field``: all of them."""

    def __init__(self, kind: str, profile: Profile) -> None:
        self.listed = known = known_headings(kind, profile)
        self._claims: dict[str, list[Claim]] = {}
        for field, words in known.items():
            self._add(normalised(field), Claim(field, EXACT))
            for word in words:
                self._add(word, Claim(field, LISTED))
        for spec in profile.facts_of(kind):  # as our own layers call them
            self._add(normalised(f"fact_{spec.key}"), Claim(spec.key, EXACT))
        made = _made(kind, profile)
        for field, forms in made.items():
            for form in forms:
                self._add(form, Claim(field, MADE))
        self.of_field = {name: list(dict.fromkeys((*of, *made.get(name, ())))) for name, of in known.items()}
        for word in PLACE_PAIR if "wkt" in known else ():
            self._add(word, Claim("wkt", MADE))
        for short, field in (("jd", "lon"), ("wd", "lat")):
            if field in known:
                self._add(short, Claim(field, SHORT))

    @cached_property
    def _by_initials(self) -> dict[str, list[Claim]]:
        """The headings by the first letters of their syllables: wgmc for 网格名称."""
        found: dict[str, list[Claim]] = {}
        for form, claims in self._claims.items():
            short = initials(form).lower() if len(form) <= _LONGEST and not form.isascii() else ""
            if len(short) >= _SHORTEST:
                held = found.setdefault(short, [])
                held += [
                    Claim(c.field, SHORT) for c in claims if all(c.field != other.field for other in held)
                ]
        return found

    def claims(self, heading: str) -> list[Claim]:
        """Return the fields that a heading may mean, the surest first."""
        plain = normalised(heading)
        whole = self._claims.get(plain, [])
        if not whole and plain.isascii() and plain.isalpha() and len(plain) <= _LONGEST:
            whole = self._by_initials.get(plain, [])
        if whole:
            return whole
        bare = _DATUM.sub("", plain)
        if bare != plain:
            return [Claim(c.field, MADE) for c in self._claims.get(bare, ()) if c.field in PLACE_FIELDS]
        parts = [p for p in _PARTED.split(unicodedata.normalize("NFKC", heading)) if p.strip()]
        # of headings joined down several rows the lowest says what the column holds: 人口/户数 counts households
        found = [claim for part in reversed(parts) for claim in self._claims.get(normalised(part), ())]
        if len(parts) < 2 or not found:
            return []
        fields = dict.fromkeys(claim.field for claim in found if claim.rank != SHORT)
        return [Claim(field, MADE) for field in fields]

    def _add(self, form: str, claim: Claim) -> None:
        held = self._claims.setdefault(form, [])
        if all(other.field != claim.field for other in held):
            held.append(claim)
            held.sort(key=lambda one: one.rank)


@lru_cache(maxsize=256)
def near_field(heading: str) -> str | None:
    """Return the field that a heading sounds like without being it: to be asked about, never taken in silence."""
    plain = normalised(heading)
    return next((field for field, words in NEAR.items() if plain in [normalised(w) for w in words]), None)


def _made(kind: str, profile: Profile) -> dict[str, list[str]]:
    near = {normalised(word) for words in NEAR.values() for word in words}
    return {
        field: [
            form for form in dict.fromkeys(map(normalised, _forms(kind, field, profile))) if form not in near
        ]
        for field in fields_of(kind, profile)
    }


def _forms(kind: str, field: str, profile: Profile) -> Iterator[str]:
    spec = KINDS[kind]
    own = spec.by_name.get(field)
    if field == "name":
        yield from _joined(_called(spec), _NAME_TAILS)
        yield from (f"{word}name" for word in _in_english(spec))
    elif field == "code":
        stems = (*_called(spec), *spec.headings.coded.split())
        yield from _joined(stems, (*_CODE_TAILS, "号", "编"))
        yield from (f"{word}{tail}" for word in _in_english(spec) for tail in ("id", "code", "no"))
    elif field in _UNITS and own is not None and own.type is FieldType.REFERENCE:
        for prefix in _PREFIXES:
            for tail in (*_NAME_TAILS, *_CODE_TAILS, "号"):
                yield from (f"{prefix}{word}{tail}" for word in _UNITS[field].split())
        yield from (
            f"{word}{tail}" for word in _in_english(KINDS[own.to[0]]) for tail in ("", "name", "id", "code")
        )
    elif field in _COUNTED:
        counted = _COUNTED[field].split()
        yield from _joined(counted, (*_COUNT_TAILS, "口数") if field == "residents" else _COUNT_TAILS)
        yield from (f"总{stem}{tail}" for stem in counted for tail in ("数", "数量"))
        if field == "residents":
            yield from (stem for stem in counted if stem.endswith("人口"))
    elif field in _YEARS:
        yield from (
            f"{front}{stem}{tail}"
            for front in ("", "小区", "房屋")
            for stem in _YEARS[field]
            for tail in _YEAR_TAILS
        )
    elif field == "address":
        fronts = ("", *_called(spec))
        yield from (f"{front}{word}" for front in fronts for word in _ADDRESSES)
    elif field in _CONTRACTS:
        yield from _CONTRACTS[field]
    if field == spec.headings.sort:
        yield from _joined(spec.headings.sorted.split() or _called(spec), _TYPE_TAILS)
    yield from _answer_forms(kind, field, profile)


def _called(spec: Kind) -> list[str]:
    """Return what a record of a kind is called: what its declaration says, else its own word."""
    return spec.headings.called.split() or [spec.words.zh]


def _in_english(spec: Kind) -> tuple[str, ...]:
    return spec.headings.english or (spec.table.replace("_", ""),)


def _answer_forms(kind: str, field: str, profile: Profile) -> Iterator[str]:
    own, spec = KINDS[kind].by_name.get(field), profile.facts.get(field)
    is_answer = (
        own.type is FieldType.ANSWER
        if own is not None
        else spec is not None and spec.type in ("answer", "choice")
    )
    if not is_answer:
        return
    said = (own.words.zh if own is not None else "", spec.words.zh if spec is not None else "")
    stems = dict.fromkeys((*(word for word in said if word), *_ANSWERED.get(field, "").split()))
    for stem in stems:
        yield from (form.format(stem.removeprefix("有").removeprefix("已")) for form in _ANSWER_FORMS)


def _joined(stems: Iterable[str], tails: Iterable[str]) -> Iterator[str]:
    behind = tuple(tails)
    for stem in stems:
        yield from (f"{stem}{tail}" for tail in behind)
