"""Districts, streets, communities, grids: what everything else lies in, from the top down."""

from __future__ import annotations

from typing import Final

from app.domain.kind import Headings, Kind, Shape, Where
from app.domain.kinds.fields import COMMUNITY, DISTRICT, NAME, NAME_REQUIRED, STREET, public, to
from app.text import Text

_KEPT_OUT: Final = {
    Where.DRAWING: Text(
        "界线按公布的导入，再改、再拆", "Borders are imported as they were published, then reshaped"
    ),
    Where.TOTALS: Text(
        "合计按它们分行，它们自己不算在里面", "Totals are told by them; they are no part of them"
    ),
}

UNITS: Final = (
    Kind(
        "districts",
        "district",
        Text("区", "Districts"),
        (public(NAME),),
        digits=6,
        shape=Shape.AREA,
        usual_km2=(15, 20_000),
        subject="district",
        headings=Headings(
            names="区名 区县 区县名称 行政区",
            codes="adcode 行政区划代码 区划代码 admincode 区县代码 区代码",
            called="区 区县 县区 市区 县市区 行政区",
            coded="行政区划 区划",
            english=("district", "county"),
        ),
        may_have=("attachments", "facts", "lineage", "tasks"),
        absent_from=_KEPT_OUT,
    ),
    Kind(
        "streets",
        "street",
        Text("街道", "Streets"),
        (
            public(NAME_REQUIRED),
            public(DISTRICT),
            to("successor", "streets", zh="后继街道", en="Successor"),
        ),
        digits=9,
        shape=Shape.AREA,
        usual_km2=(1, 400),
        subject="street",
        chain="successor",
        headings=Headings(
            names="街道 街道名称 镇街 镇街名称 乡镇街道",
            codes="街道代码 街道编码 streetcode 区划代码 统计用区划代码",
            called="街道 镇街 街镇 乡镇 乡镇街道 街道乡镇 镇 镇街道 街办 街道办 街道办事处 办事处 街乡 乡街道",
            coded="区划 统计用区划 行政区划",
            english=("street", "town", "subdistrict", "township"),
        ),
        may_have=("attachments", "facts", "links", "lineage", "tasks"),
        absent_from=_KEPT_OUT,
    ),
    Kind(
        "communities",
        "community",
        Text("社区", "Communities"),
        (
            public(NAME_REQUIRED),
            public(STREET),
            to("successor", "communities", zh="后继社区", en="Successor"),
        ),
        digits=12,
        shape=Shape.AREA,
        usual_km2=(0.15, 40),
        subject="community",
        chain="successor",
        headings=Headings(
            names="社区 社区名称 村居 村居名称",
            codes="社区代码 社区编码 区划代码 统计用区划代码 communitycode",
            called="社区 村 村社区 社区村 村居 居委会 社区居委会 居民委员会 村委会 行政村 社区居民委员会 村居委会",
            coded="区划 统计用区划 行政区划",
            english=("community", "village"),
        ),
        may_have=("attachments", "facts", "links", "lineage", "tasks"),
        absent_from=_KEPT_OUT,
    ),
    Kind(
        "grids",
        "grid",
        Text("网格", "Grids"),
        (public(NAME), public(COMMUNITY), public(STREET), public(DISTRICT)),
        shape=Shape.AREA,
        usual_km2=(0.01, 5),
        subject="grid",
        is_numbered=True,
        headings=Headings(
            names="网格 网格名称",
            codes="网格编码 网格代码 网格编号 gridcode gridid",
            called="网格 基础网格 责任网格 综合网格 社区网格",
            english=("grid",),
        ),
        may_have=("attachments", "facts", "links", "lineage", "tasks"),
        absent_from=_KEPT_OUT,
    ),
)
