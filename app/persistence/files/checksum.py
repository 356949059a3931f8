"""A checksum of a row's content: SQLite itself would not notice a flipped bit."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN = "\x1f"  # the unit separator; no text of a record holds control characters


def row_checksum(values: Sequence[object], shape: bytes | None = None) -> str:
    """Return 16 hex digits over a row's stored values, in column order, and its geometry blob.

    Text stands for itself, all else as Python writes it behind a ``#``: this is done for every row at every
    start, and takes a quarter of the time of JSON.
    """
    text = _BETWEEN.join([value if type(value) is str else f"#{value!r}" for value in values])
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    if shape is not None:
        digest.update(shape)
    return digest.hexdigest()


def fits(row: Sequence[Any], check: int) -> bool:
    """Whether a row fits its checksum, which stands at ``check``; what follows it is the row's outline."""
    shape = row[check + 1] if len(row) > check + 1 else None
    try:
        return bool(row_checksum(row[:check], shape) == row[check])
    except TypeError:  # an outline that is no bytes
        return False
