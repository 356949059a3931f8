"""One thing that two people changed in different ways, with what it was and what each made of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import shapely

if TYPE_CHECKING:
    from app.text import Text

Choice = Literal["base", "mine", "theirs"]
Side = Literal["mine", "theirs"]

HARD: Final = "hard"  # one field, two values
OUTLINE: Final = "outline"
DELETED: Final = "deleted"  # one took the record out, the other changed it
CODE: Final = "code"  # one code for two records
KINDS_OF: Final = (HARD, OUTLINE, DELETED, CODE)
KEPT, REMOVED = "kept", "removed"  # the sides where somebody took a record out
_DIGITS: Final = 6  # bytes of an id


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What can't stand together. ``mine`` is what was to be written, ``theirs`` what the registry holds by now.

    Attributes
    ----------
    kind
        One of ``KINDS_OF``.
    code, codes
        The record that it is about; of borders, all whose outline hangs on the choice, ``code`` the first.
    record, name
        Plural kind of the record, and what it is called.
    field
        A field of the kind, a fact's key, ``valid_from``, ``valid_until``, ``source`` or ``geometry``; "" for the record as a
        whole.
    since
        The first day of a fact or count, None for what has none of its own.
    base, mine, theirs
        Values as the record has them, outlines as shapes. Of a record that was taken out ``removed`` and ``kept``.
    choices
        What may be chosen. ``reason`` says why a side may not.
    by, at
        Who wrote ``theirs`` and when (UTC), None where nobody can tell.

    """

    kind: str
    code: str
    codes: tuple[str, ...]
    record: str
    name: str
    field: str
    since: date | None = None
    base: Any = None
    mine: Any = None
    theirs: Any = None
    choices: tuple[Choice, ...] = ("mine", "theirs")
    reason: Text | None = None
    by: str | None = None
    at: str | None = None

    @property
    def id(self) -> str:
        """12 hexadecimal digits of what is at issue: another as soon as one side is."""
        sides = [_plain(value) for value in (self.base, self.mine, self.theirs)]
        told = [self.kind, *sorted(self.codes), self.field, _plain(self.since), *sides]
        text = json.dumps(told, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=_DIGITS).hexdigest()

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return it as the reference's ``conflicts`` hold one: outlines as WKT, days as text."""
        return {
            "id": self.id,
            "kind": self.kind,
            "code": self.code,
            "codes": list(self.codes),
            "record": self.record,
            "name": self.name,
            "field": self.field,
            "from": _plain(self.since),
            "base": _plain(self.base),
            "mine": _plain(self.mine),
            "theirs": _plain(self.theirs),
            "by": self.by,
            "at": self.at,
            "reason": None if self.reason is None else self.reason.in_(lang),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return shapely.to_wkt(value, rounding_precision=-1) if isinstance(value, shapely.Geometry) else value
