"""Every word the page says of itself; the words of the data travel with the data."""

from __future__ import annotations

from typing import Final

from app.domain.looks import wording
from app.domain.vocabulary import LOWEST, RATE, STATUS, TOTAL, UNNAMED, UNPLACED
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
    "metres": Text("{0} 米", "{0} m"),
    "kilometres": Text("{0} 公里", "{0} km"),
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
        "这个浏览器太旧，这一页不能点；数字和图都在下面。用 2022 年以后的浏览器打开，可点街道看名单。",
        "This browser is too old for a page that answers; figures and map stand below. One from 2022 or later lists names.",
    ),
    "mapLabel": Text("地图。方向键移动，加减号缩放", "Map. Arrow keys move, plus and minus zoom"),
    "path": Text("在哪里", "Where this is"),
    "measures": Text("指标", "Measures"),
    "days": Text("日期", "Days"),
    "levels": Text("按哪一级", "By which units"),
    "todo": Text("先做这几件", "To do first"),
    "twoFingers": Text("两指移动和放大地图", "Two fingers move and zoom the map"),
    "unfold": Text("点开看名单", "open one to see its names"),
    "since": Text("和 {0} 比", "Since {0}"),
    "points": Text("{0} 个百分点", "{0} points"),
    "low": LOWEST.heading(),
    "rate": RATE.heading(),
    "part": Text("变化", "Change"),
    "andOthers": Text("{0}，另有 {1} 个，名单在网页里", "{0} and {1} more, listed in the page"),
    "whenNear": Text("{0}（放大后画出）", "{0} (drawn when closer)"),
}

STILL: Final = {  # what the page says where no script runs
    "synthetic": _WORDS["synthetic"],
    "rateOf": Text("各{0}覆盖率", "Rate by {0}"),
    "asOf": Text("截至 {0}", "as of {0}"),
    "counted": Text("覆盖 {0} / 已查清 {1}，未知 {2}", "{0} covered of {1} known, {2} unknown"),
    "all": Text("共 {0}", "{0} in all"),
    "since": Text("和 {0} 比", "Since {0}"),
    "todo": _WORDS["todo"],
    "toFill": Text("待填", "to be filled in"),
    "numbers": Text("号码见下表", "numbers as in the table"),
    "someNumbers": Text("号码见下表，太小的不写", "numbers as in the table, where there is room"),
    "map": Text("{0}的{1}地图，{2} 个{1}按覆盖率着色", "Map of {0}: {2} units ({1}) coloured by rate"),
    "ends": Text("；最低 {0} {1}，最高 {2} {3}", "; lowest {0} {1}, highest {2} {3}"),
    "ranked": Text(
        "{0} 个{1}，从低到高；条长 = 总数", "{0} units ({1}), lowest first; bars as long as their totals"
    ),
    "fraction": Text("覆盖/查清", "Covered/known"),
    "rate": RATE.heading(),
    "possible": Text("可能", "Possible"),
    "total": Text("共 {0}", "{0} in all"),
    "totalUnknown": Text("共 {0}，未知 {1}", "{0} in all, {1} unknown"),
    "above": Text(
        "{1}太多，这里按{0}列；各{1}的数字用浏览器打开看。",
        "Too many units ({1}) for one table: here by {0}; a browser shows each of them.",
    ),
    "still": Text(
        "这里是不动的页面，数字和图都全。保存后用浏览器打开，可点街道看名单、换指标。",
        "This page stands still; its figures and map are whole. Saved and opened in a browser it lists names and switches.",
    ),
}


def page_words(lang: str) -> dict[str, str]:
    """Return the page's words in one language."""
    return {key: text.in_(lang) for key, text in _WORDS.items()}
