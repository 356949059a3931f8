"""Columns of answers in which people name who it is instead: the firm that serves, the branch that is attached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.values import is_empty
from app.errors import InvalidInput
from app.exchange.values.answers import read_answer
from app.exchange.values.plain import folded, squeezed

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED_KIND: Final = {
    "property_firm": "firms",
    "party_organisation": "organisations",
}  # fact → what its names name
_FORMS: Final = {
    "property_firm": re.compile(
        r".{2,}(公司|物业|企业|集团|管理处|服务中心|物管|房产|置业|物业部)([(（].*[)）])?"
    ),
    "party_organisation": re.compile(
        r".{2,}(支部|党委|党总支|总支|党组织|党小组|委员会|联盟)([(（].*[)）])?"
    ),
}
_NOT: Final = re.compile(
    r"(无|没有|未|暂无|自管|自治|代管|托管|拟|待).*|.*(待定|招聘中|更换中|撤出|退出|已撤|筹建|筹备|组建中)"
)
_LONGEST: Final = 60


def name_in(field: str, raw: object) -> str | None:
    """Return the name that a cell gives where an answer is wanted; None where it gives an answer, or nothing clear."""
    if is_empty(raw) or not isinstance(raw, str):
        return None
    text = folded(raw).strip()
    plain = squeezed(text)
    try:
        read_answer(raw)
    except InvalidInput:
        is_name = len(plain) <= _LONGEST and _FORMS[field].fullmatch(plain) and not _NOT.fullmatch(plain)
        return text if is_name else None
    return None


def holds_names(field: str, cells: Sequence[object]) -> bool:
    """Whether what fills a column of answers is names and answers, and at least one of it a name."""
    if field not in NAMED_KIND:
        return False
    filled = [cell for cell in cells if not is_empty(cell)]
    named = sum(1 for cell in filled if name_in(field, cell) is not None)
    clear = named + sum(1 for cell in filled if _is_answer(cell))
    return named > 0 and clear * 4 >= len(filled) * 3


def _is_answer(raw: object) -> bool:
    try:
        read_answer(raw)
    except InvalidInput:
        return False
    return True
