"""A file that says of itself that it is whole: a checksum over all its bytes, the place of the checksum itself left blank.

Looked at before anything decodes the file, so that what was cut, or has another bit, is never taken for figures.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

_HEAD: Final = b"blake2b:"
_DIGITS: Final = 64
BLANK: Final = (_HEAD + b"0" * _DIGITS).decode()  # what a writer puts where the checksum belongs, once
_SEAL: Final = re.compile(re.escape(_HEAD) + rb"([0-9a-f]{%d})" % _DIGITS)


def sealed(content: bytes) -> bytes:
    """Return a file with its checksum in the place that was left blank for it."""
    blank = BLANK.encode()
    if content.count(blank) != 1:
        raise ValueError("a file to be sealed has one place for its checksum")
    return content.replace(blank, _HEAD + _digest(content))


def is_whole(content: bytes) -> bool | None:
    """Whether a sealed file is as it was written; None for a file without a checksum: another one, or the rest of one."""
    seals = _SEAL.findall(content)
    if not seals:
        return None
    return len(seals) == 1 and _digest(_SEAL.sub(BLANK.encode(), content)) == seals[0]


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGITS // 2).hexdigest().encode()
