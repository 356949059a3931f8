"""Numbers that belong to private persons: the registry holds counts and posts, never these.

Closed by default: every text and number of every kind is screened unless its declaration says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.domain.kind import Field
    from app.domain.record import Record

# Digits as people part them: 138 0013 8000, 138-0013-8000, (138)00138000, 340102 19900307 731X.
_MANY: Final = re.compile(r"\d(?:\D*\d){10}")  # what most texts don't have, so that they cost next to nothing
_LEAST_LENGTH: Final = 11  # of a text with such a number
LEAST_NUMBER: Final = 10**10  # from which a number may be one
_RUN: Final = re.compile(r"(?<![0-9A-Za-z])\d+(?:[ \-‐-―·.()_/]{1,2}\d+)*[Xx]?(?![0-9A-Za-z])")
_GROUP: Final = re.compile(r"\d+[Xx]?")
_IDENTITY: Final = re.compile(r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[0-9X]")
_GLUED_IDENTITY: Final = re.compile(rf"(?<![0-9A-Za-z]){_IDENTITY.pattern}(?![0-9A-Za-z])", re.IGNORECASE)
_GLUED_MOBILE: Final = re.compile(r"(?<!\d)(?:(?:00)?86)?(1[3-9]\d{9})(?!\d)")
_MOBILE_GROUPS: Final = ((11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5))
_IDENTITY_GROUPS: Final = ((18,), (6, 8, 4), (6, 4, 4, 4), (6, 12), (14, 4))
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SCREENED_TYPES: Final = (FieldType.TEXT, FieldType.COUNT, FieldType.NUMBER)
MASK: Final = "＊＊＊"  # what stands for such a number wherever a text leaves the registry
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
    """Return ``identity`` or ``mobile`` where a text holds such a number, else None.

    Full-width digits and the blanks, hyphens and brackets that people part a number with are looked through.
    """
    if _MANY.search(text) is None:
        return None
    kinds = {kind for kind, _, _ in _numbers(unicodedata.normalize("NFKC", text))}
    return next((kind for kind in ("identity", "mobile") if kind in kinds), None)


def may_be_personal(texts: Iterable[str]) -> list[str]:
    """Return those of many texts that have as many digits as such a number."""
    return [text for text in texts if len(text) >= _LEAST_LENGTH and _MANY.search(text) is not None]


def without_numbers(text: str) -> str:
    """Return a text with ``MASK`` in place of every mobile and identity number; without one, the text as it is."""
    if personal_in(text) is None:
        return text
    plain = unicodedata.normalize("NFKC", text)
    kept, end = [], 0
    for _, start, stop in sorted(_numbers(plain), key=lambda found: (found[1], -found[2])):
        if start >= end:
            kept += [plain[end:start], MASK]
            end = stop
    return "".join([*kept, plain[end:]])


def personal_texts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield (field, ``identity`` or ``mobile``) for each text of a record, past ones too, with such a number.

    A code may look like a mobile number (a street's nine digits and two more begin with 13 to 15 in four
    provinces), so it is asked for identity numbers alone.
    """
    for field, value in _screened_values(record):
        found = personal_in(str(value))
        if found is not None and (field != "code" or found == "identity"):
            yield field, found


def numbers_of(record: Record) -> list[str]:
    """Return each mobile or identity number that a record holds, its digits alone."""
    found: dict[str, None] = {}
    for _, value in _screened_values(record):
        plain = unicodedata.normalize("NFKC", str(value))
        for _, start, stop in _numbers(plain):
            found["".join(letter for letter in plain[start:stop] if letter.isalnum())] = None
    return list(found)


def newly_personal(record: Record, before: Record | None) -> Iterator[tuple[str, Text]]:
    """Yield (field, why not) for what a record would hold and ``before`` did not: other fields may be corrected."""
    held = set() if before is None else {value for _, value in _screened_values(before)}
    told: set[str] = set()
    for field, value in _screened_values(record):
        found = None if value in held or field in told else personal_in(str(value))
        if found is not None and (field != "code" or found == "identity"):
            told.add(field)
            yield field, SENTENCES[found]


def _screened_values(record: Record) -> Iterator[tuple[str, object]]:
    yield "code", record.code if KINDS[record.kind].coded else ""
    if record.source:
        yield "source", record.source
    for name, place in _screened_of(record.kind):
        value = record.values[place]
        if isinstance(value, str) or (isinstance(value, int | float) and value >= LEAST_NUMBER):
            yield name, value
        for _, one in record.past.get(name, ()) if record.past else ():
            if isinstance(one, str) or (isinstance(one, int | float) and one >= LEAST_NUMBER):
                yield name, one


@cache
def _screened_of(kind: str) -> tuple[tuple[str, int], ...]:
    """Return the fields of a kind that are looked through, and their place among a record's values."""
    return tuple((field.name, place) for place, field in enumerate(KINDS[kind].fields) if is_screened(field))


def is_screened(field: Field) -> bool:
    """Whether what a field holds is looked through for personal numbers."""
    return field.is_screened and field.type in _SCREENED_TYPES


def _numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, stop) of every personal number in a text that is normalised already."""
    for found in _GLUED_IDENTITY.finditer(plain):
        if _is_identity(found.group()):
            yield "identity", found.start(), found.end()
    for found in _GLUED_MOBILE.finditer(plain):
        yield "mobile", found.start(), found.end()
    for run in _RUN.finditer(plain):
        groups = [
            (g.group(), run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run.group())
        ]
        for at in range(len(groups)):
            for sizes in (*_IDENTITY_GROUPS, *_MOBILE_GROUPS):
                some = groups[at : at + len(sizes)]
                if tuple(len(text) for text, _, _ in some) != sizes or len(sizes) == 1:
                    continue
                joined = "".join(text for text, _, _ in some)
                kind = _kind_of(joined, sizes)
                if kind is not None:
                    yield kind, some[0][1], some[-1][2]


def _kind_of(joined: str, sizes: tuple[int, ...]) -> str | None:
    if len(joined) == len(_WEIGHTS) + 1:
        return "identity" if _is_identity(joined) else None
    if not re.fullmatch(r"1[3-9]\d{9}", joined):
        return None
    is_like_a_day = sizes == (4, 4, 3) and joined.startswith("19")  # 1990 0307 123: more likely a day
    return None if is_like_a_day else "mobile"


def _is_identity(text: str) -> bool:
    digits = text.upper()
    if not _IDENTITY.fullmatch(digits):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == digits[17]
