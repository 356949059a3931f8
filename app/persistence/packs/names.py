"""The names of records that one change made: their codes and ids in the order of the change, for the journal.

A change that made many says in the journal how many of a kind it made and which pack names them; here is what a pack's
names say. Codes are packed, ids stand in 16 bytes each, and one is found without a look at the others.
"""

from __future__ import annotations

import json
import struct
import uuid
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD: Final = struct.Struct(
    "<IIB"
)  # how many, bytes of the packed codes, and whether ids are packed as text
_AN_ID: Final = 16


@dataclass(frozen=True, slots=True)
class Names:
    """The codes and ids of records, told from what a pack says. A record without a code is told by its subject's."""

    count: int
    _text: bytes  # JSON, a list of codes
    _ids: bytes | list[str]

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read what a pack says; raises UnpackableNames where it is damaged."""
        try:
            count, length, is_text = _HEAD.unpack_from(content)
            end = _HEAD.size + length
            text = zlib.decompress(content[_HEAD.size : end])
            kept = content[end:]
            ids = [str(one) for one in json.loads(zlib.decompress(kept))] if is_text else kept
        except (TypeError, ValueError, struct.error, zlib.error) as error:
            raise UnpackableNamesError(str(error)) from error
        return cls(count, text, ids)

    @property
    def codes(self) -> list[str]:
        """The codes, in the order of the change."""
        return [str(code) for code in json.loads(self._text)]

    @property
    def ids(self) -> list[str]:
        """The ids, in the same order."""
        if isinstance(self._ids, list):
            return self._ids
        ids = self._ids
        return [str(uuid.UUID(bytes=ids[at : at + _AN_ID])) for at in range(0, len(ids), _AN_ID)]

    def all(self) -> Iterator[tuple[str, str]]:
        """Give each id with its code."""
        return zip(self.ids, self.codes, strict=True)

    def of_codes(self, codes: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Give those that bear one of some codes."""
        if any(_quoted(code) in self._text for code in codes):
            wanted = frozenset(codes)
            yield from (named for named in self.all() if named[1] in wanted)

    def has_id(self, row_id: str) -> bool:
        """Whether a record of this id is named."""
        if isinstance(self._ids, list):
            return row_id in self._ids
        one = _id_bytes(row_id)
        at = -1 if one is None else self._ids.find(one)
        while at > 0 and at % _AN_ID:  # across two ids
            at = self._ids.find(one or b"", at + 1)
        return at >= 0


class UnpackableNamesError(ValueError):
    """Names that can't be read."""


def names_of(named: Sequence[tuple[str, str]]) -> bytes:
    """Return what a pack says of records: (id, code) each."""
    codes = zlib.compress(json.dumps([code for _, code in named], ensure_ascii=False).encode(), 9)
    ids = [_id_bytes(row_id) for row_id, _ in named]
    kept = b"".join(one for one in ids if one is not None)
    if None in ids:
        kept = zlib.compress(json.dumps([row_id for row_id, _ in named]).encode(), 9)
    return _HEAD.pack(len(named), len(codes), None in ids) + codes + kept


def digest_of_names(content: bytes) -> str:
    """Return 16 hex digits over names, which the journal keeps of them."""
    return blake2b(content, digest_size=8).hexdigest()


def _quoted(code: str) -> bytes:
    return json.dumps(code, ensure_ascii=False).encode()


def _id_bytes(row_id: str) -> bytes | None:
    """Return an id's 16 bytes; None for one that is not written as we write ids."""
    try:
        read = uuid.UUID(row_id)
    except ValueError:
        return None
    return read.bytes if str(read) == row_id else None
