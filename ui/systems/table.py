"""The thirty-five systems of the sources: what of each the program holds, by the names it goes by.

Facts, checklists, schemes, relations, stages and measures say themselves which systems they serve (``systems``
in the profiles; ``ui.systems.held`` collects it); the table here adds what no declaration can say: words, kinds
and fields, verbs, topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One row of the domain's list. ``fields``: ``kind`` or ``kind.field``; ``topics``: of the window's tab."""

    number: int
    words: Text
    source: str
    fields: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    widgets: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()  # of ``check``
    published: Text | None = None


SYSTEMS: Final = (
    System(
        number=1,
        words=Text("四级组织体系", "Four-level organisation tree"),
        source="S0",
        topics=("organisations",),
        fields=("organisations.parent", "attachments"),
        verbs=("attach", "tree"),
        widgets=("inspector.organisations", "places.tree"),
        published=Text(
            "777 个老旧、343 个物管小区组织和工作全覆盖", "777 old and 343 managed compounds, all covered"
        ),
    ),
    System(number=2, words=Text("五有院落", "Five-haves courtyard"), source="S0", topics=("checklists",)),
    System(
        number=3,
        words=Text("三个领域的建设标准与服务评价", "Standards for three domains, and service evaluation"),
        source="S0",
        fields=("compounds.kind", "assessments"),
        verbs=("assess", "scheme"),
        published=Text("6 方面 13 条；5 方面 17 条", "13 items in 6 aspects; 17 in 5"),
    ),
    System(
        number=4,
        words=Text("三级矛盾调处", "Mediation on three levels"),
        source="S0 S3",
        fields=("cases",),
        verbs=("case", "cases", "mediators"),
        topics=("mediation",),
        widgets=("inspector.cases",),
        published=Text("16 类 1,674 人；处理 3,221 起", "1,674 people of 16 categories; 3,221 cases handled"),
    ),
    System(
        number=5,
        words=Text("物业企业党组织与党群阵地", "Firms' party organisations; service positions"),
        source="S0 S3",
        topics=("organisations",),
        fields=("organisations.secretary", "attachments", "stations.kind"),
        verbs=("attach", "tree", "list"),
        widgets=("inspector.organisations", "inspector.stations"),
        published=Text("105 家、105 名书记、332 个阵地", "105 firms, 105 secretaries, 332 positions"),
    ),
    System(
        number=6,
        words=Text("三无小区接管", "Adoption of three-no compounds"),
        source="S0 S3",
        topics=("adoption", "radar", "rules"),
        fields=("engagements.stage", "engagements.subsidy_yuan"),
        verbs=("adopt", "expiring", "renew", "compare-rules"),
        widgets=("inspector.three_no", "inspector.firms"),
        published=Text("锦江 96 个全覆盖；瑶海 314 个在册", "Jinjiang 96 of 96; Yaohai 314 listed"),
    ),
    System(
        number=7,
        words=Text("新覆盖小区与变化", "Newly covered compounds over time"),
        source="S0",
        fields=("engagements",),
        verbs=("attach", "detach", "coverage", "expiring"),
        widgets=("coverage.against", "inspector.timeline"),
        published=Text("新覆盖 99 个，85%", "99 newly covered; 85 %"),
    ),
    System(
        number=8,
        words=Text("老旧小区的物业党组织", "Property party organisations of old compounds"),
        source="S0",
        fields=("compounds.kind", "engagements", "attachments"),
        verbs=("coverage", "gaps"),
        widgets=("coverage.kind",),
        published=Text(
            "来源 48.7%；样例 378/777 = 48.6%", "the source 48.7 %; the sample 378 of 777, 48.6 %"
        ),
    ),
    System(
        number=9,
        words=Text("企业与老旧小区结对", "Firms paired with old compounds"),
        source="S0",
        fields=("links",),
        verbs=("attach", "detach"),
    ),
    System(
        number=10, words=Text("时间银行", "Time bank"), source="S0", topics=("totals",), verbs=("totals",)
    ),
    System(
        number=11,
        words=Text("三张清单", "Three lists"),
        source="S0",
        topics=("lists",),
        fields=("entries",),
        verbs=("entry", "lists"),
        widgets=("inspector.cases",),
    ),
    System(
        number=12,
        words=Text("红色物业联盟与网格支部", "Alliances and grid branches"),
        source="S1",
        topics=("alliances",),
        fields=("alliances", "links", "organisations.type"),
        verbs=("attach",),
        widgets=("inspector.organisations",),
        published=Text("衢江 43 个符合条件的小区全部组建", "Qujiang: 43 of 43 eligible compounds"),
    ),
    System(
        number=13,
        words=Text("部门联格", "Departments linked to grids"),
        source="S1",
        fields=("departments", "links"),
        verbs=("attach",),
        published=Text("113 个部门", "113 departments"),
    ),
    System(
        number=14,
        words=Text("三类五星", "Three kinds, five stars"),
        source="S1",
        fields=("assessments",),
        verbs=("assess", "scheme"),
        published=Text("54 项指标；企业不超过奖励的 30%", "54 indicators; at most 30 % to the firm"),
    ),
    System(
        number=15,
        words=Text("红黑榜与信用等级", "Red and black lists, credit grades"),
        source="S1 S3",
        fields=("firms.list", "firms.grade"),
        verbs=("set", "history"),
        widgets=("inspector.credit", "map.canvas"),
    ),
    System(
        number=16,
        words=Text("执法进小区联络岗位", "Liaison posts in compounds"),
        source="S1",
        fields=("links.role",),
        verbs=("attach", "detach"),
    ),
    System(
        number=17,
        words=Text("平台覆盖（邻礼通）", "Platform reach"),
        source="S1",
        fields=("households.imported", "households.matched"),
        verbs=("coverage",),
        published=Text("118,541 / 164,253 = 72.2%", "118,541 of 164,253, 72.2 %"),
    ),
    System(
        number=18,
        words=Text("分楼栋户情排摸", "Household survey by building"),
        source="S1",
        fields=("households.surveyed", "buildings"),
        verbs=("coverage",),
        published=Text("3,300 幢、6.2 万户", "3,300 buildings, 62,000 households"),
    ),
    System(
        number=19,
        words=Text("一张网：边界不切小区", "One net: borders that respect compounds"),
        source="S2 S4",
        topics=("fusion",),
        fields=("grids.geometry", "communities.geometry", "streets.geometry"),
        verbs=("cuts", "fuse", "check"),
        rules=("straddles", "recorded_differs", "outside_unit"),
        widgets=("findings.table", "map.canvas"),
    ),
    System(
        number=20,
        words=Text("街道兜底", "Fallback duties of the street"),
        source="S2",
        topics=("adoption",),
        fields=("engagements.stage",),
        verbs=("adopt",),
    ),
    System(
        number=21,
        words=Text("业委会改革", "Reform of owners' committees"),
        source="S2",
        topics=("checklists",),
    ),
    System(
        number=22,
        words=Text("小区分类底册", "Inventory of compounds by kind"),
        source="S3",
        fields=("compounds.kind", "buildings"),
        verbs=("list", "coverage"),
        widgets=("table.compounds", "coverage.kind", "layers.tree"),
        published=Text("560 = 210 + 36 + 314；另 84 幢零星楼", "560 = 210 + 36 + 314; 84 buildings besides"),
    ),
    System(
        number=23,
        words=Text("试点街道全覆盖", "Pilot street with full coverage"),
        source="S3",
        fields=("attachments", "engagements", "stations.compound"),
        verbs=("coverage", "explain", "gaps"),
        widgets=("inspector.stations",),
        published=Text("和平路街道 48/48、28/28", "Heping Road: 48 of 48, 28 of 28"),
    ),
    System(
        number=24,
        words=Text("网格支部", "Grid branches"),
        source="S3",
        fields=("grids", "attachments"),
        verbs=("attach", "coverage", "gaps"),
        widgets=("inspector.organisations",),
        published=Text("596 个网格建了 474 个", "474 of 596 grids"),
    ),
    System(
        number=25,
        words=Text("一长四员", "One head, four members"),
        source="S3",
        verbs=("set",),
        topics=("checklists",),
    ),
    System(
        number=26,
        words=Text("三防", "Three defences"),
        source="S3",
        verbs=("set", "expiring"),
        topics=("checklists", "radar"),
    ),
    System(
        number=27,
        words=Text("托管力量与受益居民", "Resources of trusteeship, and who benefits"),
        source="S3",
        topics=("totals",),
        fields=("engagements.stage", "compounds.residents"),
        verbs=("totals",),
        published=Text(
            "30 个小区、20 幢楼；保安 92、保洁 34、车 18；2.21 万人",
            "30 compounds, 20 buildings; 92 guards, 34 cleaners, 18 vehicles; 22,100 residents",
        ),
    ),
    System(
        number=28,
        words=Text("片区化管理", "Zoned management"),
        source="S3",
        widgets=("map.canvas",),
        topics=("zones",),
        fields=("zones", "links"),
        verbs=("zones", "zone"),
    ),
    System(
        number=29,
        words=Text("调解分中心", "Mediation sub-centres"),
        source="S3",
        fields=("stations.kind",),
        verbs=("coverage",),
        widgets=("inspector.stations",),
        published=Text("13 个镇街、开发区", "13 streets and zones"),
    ),
    System(
        number=30,
        words=Text("5 个有和 10 个好", "Five haves and ten goods"),
        source="S3",
        fields=("assessments",),
        verbs=("assess", "scheme"),
        published=Text("5 + 10 项", "5 + 10 items"),
    ),
    System(
        number=31,
        words=Text("缴费意愿、收缴与补贴", "Willingness to pay, fees, subsidy"),
        source="S3 S0",
        topics=("totals",),
        fields=("engagements.fee_yuan_m2_month", "engagements.subsidy_yuan"),
        verbs=("totals", "coverage"),
        published=Text("锦江业主满意率 97%", "Jinjiang: 97 % of owners satisfied"),
    ),
    System(
        number=32,
        words=Text("安全感与满意度", "Safety and satisfaction"),
        source="S3",
        widgets=("map.canvas",),
        verbs=("coverage",),
        published=Text("2020 年上半年 97.02%", "97.02 % in the first half of 2020"),
    ),
    System(
        number=33,
        words=Text("三驾马车与交叉任职", "Three carriages and cross-posting"),
        source="S4",
        topics=("checklists",),
    ),
    System(
        number=34,
        words=Text("六有阵地", "Six-haves station"),
        source="S4",
        fields=("stations",),
        topics=("checklists",),
        widgets=("inspector.stations",),
    ),
    System(
        number=35,
        words=Text("驿站、调解室可达", "Posts and rooms within reach"),
        source="S4",
        fields=("stations.geometry",),
        verbs=("reach", "coverage"),
        widgets=("inspector.stations", "map.canvas"),
    ),
)
