"""Words of the window that several rooms use. A word of one panel lives in that panel."""

from __future__ import annotations

from typing import Final

from app.text import Text

APP: Final = Text("小区一张图", "Compound Registry")
KNOWN: Final = Text("已知", "known")
DERIVED: Final = Text("自动得出", "derived")
UNNAMED: Final = Text("未命名", "unnamed")
UNPLACED: Final = Text("未落格", "Unplaced")
TOTAL: Final = Text("合计", "Total")
UNDO: Final = Text("撤销", "Undo")
REDO: Final = Text("重做", "Redo")
CANCEL: Final = Text("放弃", "Cancel")
CLOSE: Final = Text("关闭", "Close")
SAVED: Final = Text("已保存", "Saved")
SYNTHETIC: Final = Text("合成数据", "Synthetic data")
READ_ONLY: Final = Text("只读", "Read only")

STATUS: Final[dict[str, Text]] = {
    "covered": Text("覆盖", "covered"),
    "uncovered": Text("未覆盖", "not covered"),
    "unknown": Text("未知", "unknown"),
    "left_out": Text("不计", "left out"),
}
STATUS_TONE: Final = {"covered": "yes", "uncovered": "no", "unknown": "unknown", "left_out": ""}

THREE_NO: Final[dict[str, Text]] = {
    "yes": Text("三无", "three-no"),
    "no": Text("不是三无", "not three-no"),
    "unknown": Text("三无待定", "three-no undecided"),
}
THREE_NO_TONE: Final = {"yes": "no", "no": "yes", "unknown": "unknown"}

PARTS: Final[dict[str, Text]] = {
    "has_firm": Text("物业企业", "Property firm"),
    "authority": Text("主管单位", "Responsible authority"),
    "defence": Text("人防物防", "Guards and defences"),
    "gate_guard": Text("门卫", "Gate guard"),
    "managing_body": Text("管理机构", "Managing body"),
}

LEVELS: Final[dict[str, Text]] = {
    "district": Text("区", "District"),
    "street": Text("街道", "Street"),
    "community": Text("社区", "Community"),
    "grid": Text("网格", "Grid"),
}
WEIGHTS: Final[dict[str, Text]] = {
    "compounds": Text("按个数", "by compounds"),
    "households": Text("按户数", "by households"),
    "residents": Text("按人口", "by residents"),
    "area": Text("按面积", "by area"),
    "amount": Text("按金额或数量", "by amount"),
}
COUNTS: Final[dict[str, Text]] = {
    "whole": Text("整归", "whole"),
    "split": Text("按面积分摊", "split by area"),
}
REASONS: Final[dict[str, Text]] = {
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
