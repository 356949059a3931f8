"""What the headings between a table's rows say of the rows under them: the unit they lie in, where they are units' names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.values import is_empty
from app.exchange.sheets.sections import SECTION
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

_LEVELS: Final = (
    ("grid", re.compile(r".+网格")),
    ("community", re.compile(r".+(社区|居委会|居民委员会|村委会|村)")),
    ("street", re.compile(r".+(街道|街道办事处|办事处|镇|乡)")),
    ("district", re.compile(r".+(区|县|市)")),
)
_SHOWN: Final = 3


def field_of_sections(
    kind: str, names: Sequence[str], cells: Callable[[int], Sequence[object]], taken: Collection[str]
) -> tuple[str, int, Text] | None:
    """Return the unit that the column of headings names, with its place and what is said; None where it is none.

    ``taken``: fields that have a column already.
    """
    if SECTION not in names:
        return None
    place = names.index(SECTION)
    said = list(dict.fromkeys(str(cell) for cell in cells(place) if not is_empty(cell)))
    for field, form in _LEVELS:
        if field in KINDS[kind].by_name and said and all(form.fullmatch(text) for text in said):
            if field in taken:
                return None
            words = KINDS[kind].by_name[field].words
            shown = "、".join(said[:_SHOWN]) + ("…" if len(said) > _SHOWN else "")
            told = Text(
                f"每行的{words.zh}按它上面的分段标题读：{shown}。",
                f"The {words.en.lower()} of each row is read from the heading above it: {shown}.",
            )
            return field, place, told
    return None
