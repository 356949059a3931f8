"""A checksum of a row's content: SQLite itself would not notice a flipped bit."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_encode = json.JSONEncoder(separators=(",", ":")).encode


def row_checksum(values: Sequence[object], shape: bytes | None = None) -> str:
    """Return 16 hex digits over a row's stored values, in column order, and its geometry blob."""
    digest = blake2b(_encode(values).encode(), digest_size=8)
    if shape is not None:
        digest.update(shape)
    return digest.hexdigest()
