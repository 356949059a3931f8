"""Every word the page says of itself; the words of the data travel with the data."""

from __future__ import annotations

from typing import Final

from app.domain.looks import wording
from app.domain.vocabulary import STATUS, TOTAL, UNNAMED, UNPLACED
from app.text import Text

_WORDS: Final = {
    **STATUS,
    "appName": Text("小区一张图", "Compound Registry"),
    "asOf": Text("截至", "As of"),
    "counts": Text("{0} 覆盖，{1} 未覆盖，{2} 未知", "{0} covered, {1} not covered, {2} unknown"),
    "settled": wording.SETTLED,
    "known": Text(f"{wording.KNOWN.zh} {{0}}/{{1}}", f"{wording.KNOWN.en} {{0}}/{{1}}"),
    "possible": wording.POSSIBLE.format("{0}"),
    "each": Text("各{0}", "By {0}"),
    "lowFirst": Text("从低到高", "lowest first"),
    "rule": Text(
        "深绿是覆盖，橙框是未覆盖，斜纹是还没查清。率只算已查清的。",
        "Teal: covered. Ochre frame: not covered. Hatching: not known yet. The rate counts what is known.",
    ),
    "search": Text("搜小区、社区、地址，或拼音首字母", "Search name, address, code or pinyin initials"),
    "searchNothing": Text("没有叫这个的", "Nothing by that name"),
    "unplaced": UNPLACED.heading(),
    "total": TOTAL.heading(),
    "unnamed": UNNAMED,
    "rateOf": Text("{0}覆盖率", "Rate by {0}"),
    "allUnknown": wording.ALL_UNKNOWN,
    "nothing": wording.NOTHING,
    "hidden": wording.WITHHELD,
    "hiddenWhy": Text("数字太小，未公开", "too small to publish"),
    "compounds": Text("小区", "Compounds"),
    "stations": Text("服务站点", "Stations"),
    "zones": Text("片区", "Zones"),
    "names": Text("名称", "Names"),
    "roads": Text("道路", "Roads"),
    "water": Text("水面", "Water"),
    "fit": Text("看全图", "Whole map"),
    "zoomIn": Text("放大", "Zoom in"),
    "zoomOut": Text("缩小", "Zoom out"),
    "clickMap": Text("点地图或名单，看一个单位或小区", "Click the map or a name to see one unit or compound"),
    "uncoveredOnes": Text("未覆盖的 {0} 个", "{0} not covered"),
    "unknownOnes": Text("未知的 {0} 个", "{0} unknown"),
    "more": Text("还有 {0} 个", "{0} more"),
    "noOutline": Text("没有轮廓，不在地图上", "no outline, not on the map"),
    "review": Text("审图号", "Map review number"),
    "reviewHint": Text("在这里填审图号", "Write the review number here"),
    "offline": Text(
        "此页不联网，可存、可转、可打印。坐标为 WGS 84（与 CGCS2000 在此精度下相同）。",
        "This page asks nothing of the network. Coordinates are WGS 84 (alike CGCS2000 at this precision).",
    ),
    "about": Text("说明", "About this page"),
    "synthetic": Text("合成数据", "Synthetic data"),
    "code": Text("代码", "Code"),
    "oldBrowser": Text(
        "这个浏览器太旧，画不了地图；名单和数字仍可看。用 2021 年以后的浏览器打开。",
        "This browser is too old to draw the map; lists and figures still work. Take one from 2021 or later.",
    ),
    "mapLabel": Text("地图。方向键移动，加减号缩放", "Map. Arrow keys move, plus and minus zoom"),
    "whenNear": Text("{0}（放大后画出）", "{0} (drawn when closer)"),
}


def page_words(lang: str) -> dict[str, str]:
    """Return the page's words in one language."""
    return {key: text.in_(lang) for key, text in _WORDS.items()}
