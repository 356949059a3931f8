"""Words of the window that several rooms use. A word of one panel lives in that panel."""

from __future__ import annotations

from typing import Final

from app.domain.kinds import LEVEL_WORDS as LEVELS
from app.domain.vocabulary import COUNTS, REASONS, STATUS, WEIGHTS
from app.text import Text

__all__ = ["COUNTS", "LEVELS", "REASONS", "STATUS", "WEIGHTS"]  # said everywhere, so they stand in the domain

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
