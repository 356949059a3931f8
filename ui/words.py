"""Words of the window that several rooms use. A word of one panel lives in that panel."""

from __future__ import annotations

from typing import Final

from app.domain import vocabulary
from app.domain.vocabulary import (
    ANSWERS,
    COUNTS,
    HEADINGS,
    PART_HEADINGS,
    REASONS,
    STATUS,
    STATUS_TONE,
    THREE_NO,
    THREE_NO_ALONE,
    THREE_NO_TONE,
    UNNAMED,
)
from app.domain.vocabulary import LEVEL_HEADINGS as LEVELS
from app.text import Text

__all__ = [  # said everywhere, so they stand in the domain
    "ANSWERS",
    "COUNTS",
    "HEADINGS",
    "LEVELS",
    "PART_HEADINGS",
    "REASONS",
    "STATUS",
    "STATUS_TONE",
    "THREE_NO",
    "THREE_NO_ALONE",
    "THREE_NO_TONE",
    "UNNAMED",
]

APP: Final = Text("小区一张图", "Compound Registry")
KNOWN: Final = Text("已知", "known")
DERIVED: Final = Text("自动得出", "derived")
UNPLACED: Final = vocabulary.UNPLACED.heading()
TOTAL: Final = vocabulary.TOTAL.heading()
UNDO: Final = Text("撤销", "Undo")
REDO: Final = Text("重做", "Redo")
CANCEL: Final = Text("放弃", "Cancel")
CLOSE: Final = Text("关闭", "Close")
SAVED: Final = Text("已保存", "Saved")
SYNTHETIC: Final = Text("合成数据", "Synthetic data")
READ_ONLY: Final = Text("只读", "Read only")
