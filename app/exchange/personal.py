"""Columns about private persons: recognised by heading and by content, left out, and said so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.personal import personal_in

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_personal_content", "is_personal_heading", "personal_in"]

_HEADING: Final = re.compile(
    r"身份证|证件号|公民身份|户主|业主(?=姓名|电话|名单|身份|$)|姓名|联系人|当事人|申请人|联系电话|联系方式|手机|电话|微信|"
    r"出生|生日|性别|民族$|籍贯|婚姻|政治面貌|邮箱|e?mail$|微信号?|qq号?$|车牌|银行卡|银行账号|护照|监护人|家庭成员|紧急联络|"
    r"住户(?=姓名|电话|名单|身份|$)|房主|产权人|租客|租户|承租人|法人代表|法定代表人|idcard|identity(no|number)?$|phone|mobile|^tel|telephone|"
    r"(owner|resident|contact|person|householder)s?name|contact|wechat|birth",
    re.IGNORECASE,
)
_POST: Final = re.compile(
    r"书记|经理|主任|负责人|责任人|法人|代表|委员$|民警|网格员|[组队楼栋片区格班站所院社]长|专员|专干|联络员|联系人|干部|秘书|管家|姓名|包保|"
    r"人员$|manager|director|secretary|officer|leader|head$|name$",
    re.IGNORECASE,
)


def is_post(heading: str) -> bool:
    """Whether a (normalised) heading names a post that a person holds: 网格长, 书记, 物业经理."""
    return _POST.search(heading) is not None


def is_personal_heading(heading: str) -> bool:
    """Whether a (normalised) heading announces data of private persons."""
    return _HEADING.search(heading) is not None


def is_personal_content(cells: Iterable[object]) -> bool:
    """Whether half or more of the filled cells of a column are identity or mobile numbers."""
    filled = [str(cell).strip() for cell in cells if cell is not None and str(cell).strip()]
    hits = sum(1 for cell in filled if personal_in(cell) is not None and len(cell) <= 24)
    return hits > 0 and hits * 2 >= len(filled)
