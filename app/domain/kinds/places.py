"""Compounds, their buildings, service stations: what lies in units."""

from __future__ import annotations

from typing import Final

from app.domain.kind import Headings, Kind, Shape, Where
from app.domain.kinds.fields import (
    COMMUNITY,
    COMPOUND,
    GRID,
    NAME,
    NAME_REQUIRED,
    STREET,
    choice,
    count,
    public,
    text,
    year,
)
from app.text import Text

PLACES: Final = (
    Kind(
        "compounds",
        "compound",
        Text("小区", "Compounds"),
        (
            public(NAME),
            public(choice("kind", "compound_kind", "类型", "Kind")),
            text("address", "地址", "Address"),
            count("households", "户数", "Households"),
            count("residents", "人口", "Residents"),
            count("buildings", "楼栋数", "Buildings"),
            year("built_year", "建成年份", "Built in"),
            public(GRID),
            public(COMMUNITY),
            public(STREET),
        ),
        letter="C",
        shape=Shape.AREA_OR_POINT,
        usual_km2=(0, 0.8),
        subject="compound",
        headings=Headings(
            names="小区 小区名称 小区名 院落 院落名称 楼盘 楼盘名称",
            codes="小区代码 小区编码 小区编号 院落编号",
            called="小区 院落 楼盘 楼院 项目 住宅小区 居民小区 自然小区 物业项目 小区院落 居住小区 住宅项目 庭院 "
            "居民小区院落 物业小区 社区小区",
            english=("compound", "residential", "xiaoqu", "estate"),
            sorts="小区类型 小区性质 小区类别",
            sorted="小区 房屋 住房 住宅 物业 项目 院落 房产",
        ),
        may_have=(
            "attachments",
            "engagements",
            "facts",
            "assessments",
            "links",
            "households",
            "lineage",
            "tasks",
        ),
        counted_by=("kind",),
    ),
    Kind(
        "buildings",
        "building",
        Text("楼栋", "Buildings"),
        (
            NAME,
            COMPOUND,
            GRID,
            COMMUNITY,
            count("units", "单元数", "Units"),
            count("storeys", "层数", "Storeys"),
            count("households", "户数", "Households"),
            count("residents", "人口", "Residents"),
            year("built_year", "建成年份", "Built in"),
        ),
        letter="B",
        shape=Shape.AREA_OR_POINT,
        subject="building",
        is_numbered=True,
        headings=Headings(
            names="楼栋 楼栋名称 楼栋号 楼号 幢号 栋号",
            codes="楼栋代码 楼栋编码 楼栋编号",
            called="楼栋 楼 楼幢 楼号 幢 栋 建筑物 建筑 楼宇 单体楼",
            english=("building",),
        ),
        may_have=("attachments", "engagements", "links", "households", "lineage", "tasks"),
        counted_by=("scattered",),
        absent_from={
            Where.SEARCH: Text("每个小区都有“3栋”", "There is a '3栋' in each compound"),
            Where.TREE: Text(
                "一个城市几万栋，列在所在小区的页上", "Tens of thousands; they stand on their compound's page"
            ),
            Where.DRAWING: Text(
                "没有小区的楼栋按零星楼栋计数，不能随手画成",
                "One without a compound counts as scattered; not to be drawn in passing",
            ),
            Where.PAGE: Text("一个城市几万栋，网页装不下", "Tens of thousands are too many for a page"),
        },
    ),
    Kind(
        "stations",
        "station",
        Text("服务站点", "Service stations"),
        (
            public(NAME_REQUIRED),
            public(choice("kind", "station_kind", "类型", "Kind", required=True)),
            text("address", "地址", "Address"),
            COMPOUND,
            public(GRID),
            public(COMMUNITY),
        ),
        letter="S",
        shape=Shape.AREA_OR_POINT,
        subject="station",
        narrowed_by=("kind",),
        shares_place=True,
        headings=Headings(
            names="站点 站点名称 阵地名称 服务站 服务站点 驿站名称",
            codes="站点代码 站点编码 站点编号",
            called="站点 站 阵地 服务站 服务站点 驿站 党群服务中心 党群服务站 机构 服务点 点位 网点 中心 场所",
            english=("station",),
            sorts="站点类型 阵地类型 服务站类型",
            sorted="站点 阵地 服务站 驿站 机构 场所 点位",
        ),
        may_have=("facts", "assessments", "lineage", "tasks"),
        counted_by=("kind",),
        absent_from={
            Where.TREE: Text("最近的几处列在小区的页上", "The nearest stand on the page of each compound"),
        },
    ),
)
