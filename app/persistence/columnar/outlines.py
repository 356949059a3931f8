"""Outlines out of the blobs of a GeoPackage, compared with the form they must have but not made."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.outlines import Outlines
from app.persistence.columnar.errors import NotAsWrittenError
from app.persistence.geometry_blob import start_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# what stands before the number of corners: byte order, type, how many rings; around it, for one part of several,
# byte order, type, how many parts
_POLYGON: Final = struct.pack("<BII", 1, 3, 1)
_FORMS: Final = (_POLYGON, struct.pack("<BII", 1, 6, 1) + _POLYGON)
_CORNER: Final = 16  # bytes
_LEAST: Final = 4  # corners of a ring, the first again at its end


class OutlineMaker:
    """The outlines of rows as they come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._lengths: list[NDArray[np.int64]] = []

    def add(self, blobs: list[bytes | None]) -> None:
        """Take the blobs of more rows; raises NotAsWrittenError where one is no outline."""
        try:
            heads = {blob[:4] for blob in blobs if blob is not None}
            starts = {start_of(head) for head in heads}
            start = starts.pop() if len(starts) == 1 else None  # nearly always all alike
            if start is None:
                shapes = [b"" if blob is None else blob[start_of(blob) :] for blob in blobs]
            else:
                shapes = [b"" if blob is None else blob[start:] for blob in blobs]
        except (IndexError, TypeError) as error:
            raise NotAsWrittenError from error
        part = b"".join(shapes)
        lengths = np.fromiter(map(len, shapes), np.int64, len(shapes))
        if np.count_nonzero(lengths) != len(blobs) - blobs.count(None):
            raise NotAsWrittenError
        others = [shapes[row] for row in np.flatnonzero((lengths > 0) & ~_plain(part, lengths)).tolist()]
        if others:
            try:
                shapely.from_wkb(others)
            except shapely.errors.GEOSException as error:
                raise NotAsWrittenError from error
        self._parts.append(part)
        self._lengths.append(lengths)

    def made(self) -> Outlines:
        """Return the outlines of all rows."""
        ends = np.concatenate(([0], np.cumsum(np.concatenate(self._lengths))))
        return Outlines(b"".join(self._parts), ends)


def _plain(part: bytes, lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which outlines are one closed ring, alone or as the only part: nearly all, and nothing can be wrong with them."""
    raw = np.frombuffer(part, dtype=np.uint8)
    starts = np.cumsum(lengths) - lengths
    found = np.zeros(len(lengths), dtype=np.bool_)
    for form in _FORMS:
        size = len(form) + 4  # and how many corners
        rows = np.flatnonzero(lengths >= size + _LEAST * _CORNER)
        if not len(rows):
            continue
        begin = starts[rows]
        is_form = (raw[begin[:, None] + np.arange(len(form))] == np.frombuffer(form, dtype=np.uint8)).all(
            axis=1
        )
        counts = raw[begin[:, None] + np.arange(len(form), size)].copy().view("<u4")[:, 0].astype(np.int64)
        is_whole = is_form & (lengths[rows] == size + _CORNER * counts)
        rows, begin = rows[is_whole], begin[is_whole]
        corner = np.arange(_CORNER)
        first = raw[(begin + size)[:, None] + corner]
        last = raw[(begin + lengths[rows] - _CORNER)[:, None] + corner]
        # what is no number is not even itself
        is_number = (
            ~np.isnan(first.copy().view("<f8")).any(axis=1) if len(rows) else np.zeros(0, dtype=np.bool_)
        )
        found[rows] = (first == last).all(axis=1) & is_number
    return found
