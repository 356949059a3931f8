"""Which texts of a column are values as they stand: told of all of them at once, since a long column says each but once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType
from app.domain.personal import may_be_personal, personal_in
from app.exchange.values.outcome import CLEAR_WORDS
from app.exchange.values.plain import words_for_unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_SIGNS: Final = (
    r"0-9A-Za-z一-龥()（）·\-－—,，、.:：/～~&+"  # nothing of it is put right, left out or refused
)
_SAFE: Final = re.compile(rf"[{_SIGNS}\n]*")
_SAFE_TEXT: Final = re.compile(rf"[{_SIGNS}]+")
_SAYS: Final = re.compile(r"[0-9一-龥]")  # without one of which a text may be a mark that says nothing
_SAYS_NOTHING: Final = re.compile(r"^[^0-9一-龥\n]*$", re.MULTILINE)
_NOTHING: Final = "无"
_CODE: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9]{0,31}|[0-9]{1,32})")
_CODES: Final = re.compile(rf"(?:{_CODE.pattern}\n)*")
_COMMUNITY: Final = re.compile(r"[0-9]{12}")


def odd_texts(kind: str, name: str, texts: Collection[str], *, nothing_in: Sequence[str]) -> list[str] | None:
    """Return the filled texts of a field's column that are to be read one by one; None where each has to be.

    The others are values as they are written. ``nothing_in``: fields in which a word may say that nothing is known.
    """
    field = KINDS[kind].by_name.get(name)
    if field is None:
        return _odd_codes(kind, texts) if name == "code" else None
    if field.type is not FieldType.TEXT or field.choices or field.name == "credit_code":
        return None
    lines, odd = "\n".join(texts), []
    if (
        lines.count("\n") >= len(texts)  # a line break within a cell
        or _SAFE.fullmatch(lines) is None
        or _SAYS_NOTHING.search(lines) is not None
    ):
        odd = [text for text in texts if _SAFE_TEXT.fullmatch(text) is None or _SAYS.search(text) is None]
    if not CLEAR_WORDS.isdisjoint(map(str.casefold, texts)):
        odd += [text for text in texts if text.casefold() in CLEAR_WORDS]
    if name in nothing_in:
        odd += [_NOTHING] if _NOTHING in texts else []
        odd += words_for_unknown(texts)
    if field.is_screened:
        odd += [text for text in may_be_personal(texts) if personal_in(text) is not None]
    return odd


def _odd_codes(kind: str, texts: Collection[str]) -> list[str] | None:
    """Return the codes that are to be put right, or refused."""
    if kind in ("districts", "streets"):
        return None
    if kind == "communities":
        return [text for text in texts if _COMMUNITY.fullmatch(text) is None]
    if _CODES.fullmatch("\n".join(texts) + "\n") is not None and "\n" not in "".join(texts):
        return []
    return [text for text in texts if _CODE.fullmatch(text) is None]
