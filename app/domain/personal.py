"""Numbers that belong to private persons: the registry holds counts and posts, never these."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.kinds import FieldType
from app.text import Text

if TYPE_CHECKING:
    from app.domain.kinds import Field
    from app.domain.record import Record

_IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SCREENED: Final = (
    "entries",
    "departments",
    "links",
    "alliances",
    "zones",
    "cases",
)  # kinds whose texts are free
SENTENCES: Final = {
    "identity": Text(
        "这段文字里有身份证号。台账只记事和数目，不记个人：删去再登记。",
        "This text holds an identity number. The registry keeps matters and counts, not persons: take it out.",
    ),
    "mobile": Text(
        "这段文字里有手机号。台账不记私人电话：删去，或写岗位。",
        "This text holds a mobile number. Private telephone numbers are not kept: take it out, or name the post.",
    ),
}


def personal_in(text: str) -> str | None:
    """Return ``identity`` or ``mobile`` where a text holds such a number, else None."""
    for match in _IDENTITY.finditer(text):
        digits = match.group()
        total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
        if "10X98765432"[total % 11] == digits[17].upper():
            return "identity"
    return "mobile" if _MOBILE.search(text) else None


def screened(record: Record, field: Field, value: object) -> Text | None:
    """Return why a text may not be kept in a field, or None."""
    if record.kind not in SCREENED or field.type is not FieldType.TEXT or not isinstance(value, str):
        return None
    found = personal_in(value)
    return None if found is None else SENTENCES[found]
