"""Cases and the entries of the three lists: what came up somewhere, and where it stands."""

from __future__ import annotations

from typing import Final

from app.domain.kind import Headings, Kind
from app.domain.kinds.fields import COMMUNITY, COMPOUND, choice, day, text, to
from app.text import Text

CASES: Final = (
    Kind(
        "cases",
        "case_file",  # CASE is a word of SQL
        Text("纠纷", "Cases"),
        (
            COMPOUND,
            COMMUNITY,
            choice("level", "case_level", "层级", "Level", required=True),
            text("category", "类别", "Category"),
            choice("state", "case_state", "状态", "State", required=True),
            day("opened", "受理日期", "Opened", required=True),
            day("closed", "办结日期", "Closed"),
        ),
        letter="M",
        subject="case",
        about=("compound", "community"),
        told_on="opened",
        identity=("compound", "community", "level", "category", "opened"),
        counted_by=("level", "state", "category"),
    ),
    Kind(
        "entries",
        "list_entry",
        Text("清单条目", "List entries"),
        (
            COMPOUND,
            COMMUNITY,
            choice("list", "list_kind", "清单", "List", required=True),
            text("text", "内容", "Text", required=True),
            choice("state", "entry_state", "状态", "State", required=True),
            day("opened", "登记日期", "Noted on", required=True),
            day("closed", "办结日期", "Done on"),
            to("answers", "entries", zh="回应的需求", en="Answers"),
        ),
        letter="N",
        subject="entry",
        about=("compound", "community"),
        told_on="opened",
        identity=("compound", "community", "list", "text", "opened"),
        headings=Headings(
            fields=(
                ("list", "清单 清单类型 三张清单"),
                ("opened", "登记日期 提出日期"),
                ("closed", "办结日期 完成日期"),
            )
        ),
        counted_by=("list", "state"),
    ),
)
