"""What things are called: one word for each status, answer, level, reason, verb and rule, wherever it is said.

Window, command line, page, workbook, layer and picture take their words from here; JSON keeps the ids. English words
are small here: who needs a capital takes the ``heading()``. Weights have theirs in ``weights``, bands in ``looks.bands``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

UNNAMED: Final = Text("未命名", "unnamed")
UNPLACED: Final = Text("未落格", "unplaced")  # what lies in no unit
TOTAL: Final = Text("合计", "total")
RATE: Final = Text("覆盖率", "rate")
LOWEST: Final = Text("最低", "lowest")
HIGHEST: Final = Text("最高", "highest")
RANGE: Final = Text("可能区间", "possible range")
STATUS: Final[Mapping[str, Text]] = {
    "covered": Text("覆盖", "covered"),
    "uncovered": Text("未覆盖", "not covered"),
    "unknown": Text("未知", "unknown"),
    "left_out": Text("不计", "left out"),
}
PARTLY: Final = Text("部分覆盖", "partly covered")
HEADINGS: Final[Mapping[str, Text]] = {status: words.heading() for status, words in STATUS.items()}
STATUS_TONE: Final[
    Mapping[str, str]
] = {  # the colour of its chip; on maps: "status" of resources/palette.json
    "covered": "yes",
    "uncovered": "no",
    "unknown": "unknown",
    "left_out": "",
}
TURNS: Final[Mapping[str, Text]] = {  # what a status becomes for a measure, {} its words
    "uncovered": Text("失去{}", "loses {}"),
    "unknown": Text("{}变未知", "{} becomes unknown"),
    "left_out": Text("不再计入{}", "no longer counted in {}"),
    "covered": Text("得到{}", "gains {}"),
}
ANSWERS: Final[Mapping[str, Text]] = {
    "yes": Text("有", "yes"),
    "no": Text("无", "no"),
    "unknown": Text("未知", "unknown"),
}
SECRETARY: Final[Mapping[str, Text]] = {
    "yes": Text("已配", "in post"),
    "no": Text("空缺", "vacant"),
    "unknown": ANSWERS["unknown"],
}
_UNDECIDED: Final = Text("待定", "undecided")
THREE_NO: Final[Mapping[str, Text]] = {  # among others of its like
    "yes": Text("三无", "three-no"),
    "no": Text("非三无", "not three-no"),
    "unknown": _UNDECIDED,
}
THREE_NO_ALONE: Final[Mapping[str, Text]] = {
    **THREE_NO,
    "unknown": Text(f"三无{_UNDECIDED.zh}", f"three-no {_UNDECIDED.en}"),
}
IS_THREE_NO: Final[Mapping[str, Text]] = {  # behind the words three-no
    "yes": Text("是", "yes"),
    "no": Text("不是", "no"),
    "unknown": _UNDECIDED,
}
TURNS_THREE_NO: Final[Mapping[str, Text]] = {
    "yes": Text("变成三无", "becomes three-no"),
    "unknown": Text("是不是三无说不清", "three-no can't be decided any more"),
    "no": Text("不再是三无", "no longer three-no"),
    "left_out": Text("不再计算三无", "three-no no longer counted"),
}
THREE_NO_TONE: Final[Mapping[str, str]] = {"yes": "no", "no": "yes", "unknown": "unknown"}
PARTS: Final[Mapping[str, Text]] = {  # of three-no
    "has_firm": Text("物业企业", "property firm"),
    "authority": Text("主管单位", "responsible authority"),
    "defence": Text("安防", "defence"),
    "gate_guard": Text("门卫", "gate guard"),
    "managing_body": Text("管理机构", "managing body"),
}
PART_HEADINGS: Final[Mapping[str, Text]] = {part: words.heading() for part, words in PARTS.items()}
LEVELS: Final[Mapping[str, Text]] = {
    "district": Text("区", "district"),
    "street": Text("街道", "street"),
    "community": Text("社区", "community"),
    "grid": Text("网格", "grid"),
}
LEVEL_HEADINGS: Final[Mapping[str, Text]] = {level: words.heading() for level, words in LEVELS.items()}
PLACES: Final[Mapping[str, Text]] = {**LEVELS, "compound": Text("小区", "compound")}
SCATTERED: Final[Mapping[str, Text]] = {
    "yes": Text("零星楼栋", "scattered"),
    "no": Text("小区里的", "in a compound"),
}
KINDS_ASKED: Final[Mapping[str, Text]] = {  # besides those of the profile; "" = none was asked for
    "": Text("计入的类型", "counted kinds"),
    "scattered": Text("零星楼栋", "scattered buildings"),
    "all": Text("全部", "all"),
}
COUNTS: Final[Mapping[str, Text]] = {
    "whole": Text("整归", "whole"),
    "split": Text("按面积分摊", "split by area"),
}
REASONS: Final[Mapping[str, Text]] = {
    "in_force": Text("在期", "in force"),
    "answer_yes": Text("登记为有", "recorded as yes"),
    "answer_no": Text("登记为无", "recorded as no"),
    "ended": Text("已到期", "has ended"),
    "complete": Text("所在单位登记齐全", "the unit's register is complete"),
    "not_surveyed": Text("未调查", "not surveyed"),
    "said_unknown": Text("登记为未知", "recorded as unknown"),
    "yes_without_record": Text("说有，但没有登记", "said yes, but no record"),
    "no_outline": Text("没有边界", "no outline"),
    "within_reach": Text("在范围内", "within reach"),
    "out_of_reach": Text("在范围外", "out of reach"),
    "counted": Text("按数计", "counted"),
    "not_in_base": Text("不在口径内", "not in the base"),
    "base_unknown": Text("是否在口径内未知", "base unknown"),
    "other_kind": Text("不计的类型", "another kind"),
    "not_in_force": Text("当日不在期", "not in force"),
    "no_weight": Text("没有权数", "no weight"),
    "none_there": Text("这里没有", "none there"),
    "assessed": Text("按评分", "by its score"),
    "items_missing": Text("还有项目没评", "items not assessed"),
    "no_stars": Text("没有定星级门槛", "no thresholds for stars"),
    "contradicts": Text("部分大于全部", "part above the whole"),
}
CHANGE_PARTS: Final[
    Mapping[str, Text]
] = {  # of a change between two days, in their order; the first two stand beside a kept table alone
    "corrected": Text("事后更正", "corrected since"),
    "definition": Text("口径变了", "counted otherwise"),
    "new": Text("新进范围", "came into the base"),
    "removed": Text("移出范围", "left the base"),
    "moved": Text("自身换了单元", "moved itself"),
    "redrawn": Text("单元改了界", "units redrawn"),
    "weight": Text("数量变化", "grew or shrank"),
    "attached": Text("新建立", "attached"),
    "ended": Text("到期或终止", "ended"),
    "settled_yes": Text("查清为有", "found to be yes"),
    "settled_no": Text("查清为无", "found to be no"),
    "unsettled": Text("变为未知", "known no more"),
    "other": Text("其他", "other"),
}
NEVER_UNDONE: Final = (  # taking back a sample would leave nothing, and what left has left
    "undo",
    "redo",
    "sample",
    "purge",
    "export",
)
VERBS: Final[Mapping[str, Text]] = {
    "add": Text("登记", "added"),
    "set": Text("修改", "set"),
    "remove": Text("删除", "removed"),
    "attach": Text("挂接", "attached"),
    "detach": Text("摘除", "detached"),
    "import": Text("导入", "imported"),
    "sample": Text("示例数据", "sample data"),
    "undo": Text("撤销", "undone"),
    "redo": Text("重做", "redone"),
    "split": Text("拆分", "split"),
    "merge": Text("合并", "merged"),
    "fix": Text("修正", "fixed"),
    "waive": Text("免查", "waived"),
    "snapshot": Text("存表", "table kept"),
    "restore": Text("从备份恢复", "brought back from a backup"),
    "crs": Text("换坐标带", "working zone changed"),
    "fuse": Text("改界", "borders moved"),
    "reshape": Text("改形", "reshaped"),
    "adopt": Text("接管", "adoption"),
    "assess": Text("评分", "assessed"),
    "open": Text("受理", "opened"),
    "move": Text("推进", "moved"),
    "escalate": Text("上交", "handed up"),
    "close": Text("办结", "closed"),
    "note": Text("登记", "noted"),
    "zones": Text("编片区", "zones"),
    "match": Text("对接", "matched"),
    "done": Text("办结", "done"),
    "assign": Text("派任务", "assigned"),
    "report": Text("任务已报", "reported"),
    "verify": Text("任务已核", "verified"),
    "return": Text("退回任务", "returned"),
    "ask": Text("申请够不着", "asked to count as out of reach"),
    "grant": Text("准许够不着", "granted as out of reach"),
    "profile": Text("换口径", "profile replaced"),
    "list": Text("本市清单", "the city's own list"),
    "purge": Text("彻底清除", "removed for good"),
    "foreign": Text("别处的改动", "edits from elsewhere"),
    "export": Text("导出", "exported"),
}
RULES: Final[Mapping[str, Text]] = {
    "grid_gap": Text("网格有缝", "gap between grids"),
    "grid_overlap": Text("网格重叠", "grids overlap"),
    "compound_overlap": Text("小区重叠", "compounds overlap"),
    "outside_unit": Text("大半在界外", "mostly outside"),
    "straddles": Text("跨格", "straddles a border"),
    "no_outline": Text("没有边界", "no outline"),
    "recorded_differs": Text("登记与落位不同", "recorded unit differs"),
    "duplicate": Text("疑似重复", "likely duplicate"),
    "unnamed": UNNAMED,
    "grid_without_community": Text("网格没有社区", "grid without community"),
    "grid_size": Text("网格过大或过小", "grid size"),
    "firm_code": Text("企业代码", "firm's code"),
    "no_parent_organisation": Text("没有上级党组织", "no parent organisation"),
    "three_no_contradiction": Text("三无矛盾", "three-no contradiction"),
    "yes_without_record": Text("说有而无登记", "yes without record"),
    "missing_households": Text("缺户数", "no households"),
    "stale_fact": Text("调查过期", "stale survey"),
    "datum_shift": Text("坐标偏移", "datum shift"),
    "far_away": Text("离得太远", "far away"),
    "zone_differs": Text("坐标带不合", "another zone fits"),
    "personal_number": Text("个人号码", "personal number"),
}
SEVERITIES: Final[Mapping[str, Text]] = {
    "error": Text("错误", "error"),
    "warning": Text("警告", "warning"),
    "notice": Text("提示", "notice"),
}
DERIVED: Final[Mapping[str, Text]] = {
    "three_no": THREE_NO["yes"].heading(),
    **LEVEL_HEADINGS,
    "area_m2": Text("面积", "Area"),
    "lon": Text("经度", "Longitude"),
    "lat": Text("纬度", "Latitude"),
}


def word_of(words: Mapping[str, Text], name: str) -> Text:
    """Return the word for an id; the id itself only where a later version wrote one that there isn't."""
    return words.get(name, Text(name, name))
