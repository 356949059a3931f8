"""Columns cut out of one text that holds many rows, without an object for each value."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.tables.cells import ID_LENGTH, id_bytes
from app.persistence.columnar.errors import NotAsWrittenError

if TYPE_CHECKING:
    from numpy.typing import NDArray

BETWEEN, NEXT = b"\x1f", b"\x1e"  # values, rows; no text of a record holds control characters
NOTHING: Final = b"#None"  # as ``row_checksum`` reads a value that is not there
_WORD: Final = 8  # bytes that are compared at once
_LONGEST: Final = 2 * _WORD  # bytes of a value that its keys tell whole
_LEAST_ALIKE: Final = 16  # values of the same length, on average, that are read together
# of a word, the bytes that belong to a value of so many of them
_MASKS: Final = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], dtype=np.uint64)


class Cut:
    """A text of rows, and where each value begins and ends: arrays of (rows, columns)."""

    def __init__(self, text: bytes, width: int) -> None:
        """Find the values; raises NotAsWrittenError where not each row has ``width`` of them."""
        self.text = text
        raw = np.frombuffer(text, dtype=np.uint8)
        marks = np.flatnonzero((raw | 1) == BETWEEN[0])
        if (len(marks) + 1) % width or b"\0" in text:
            raise NotAsWrittenError
        ends = np.append(marks, len(text)).reshape(-1, width)
        self.count = len(ends)
        if text.count(NEXT) != self.count - 1 or (raw[ends[:-1, -1]] != NEXT[0]).any():
            raise NotAsWrittenError
        starts = np.empty_like(ends)
        starts.flat[0] = 0
        starts.flat[1:] = marks + 1
        self._starts, self._ends = starts.T.copy(), ends.T.copy()
        self._padded = text + bytes(ID_LENGTH)  # whatever begins in the text may be read on from there

    def column(self, place: int) -> CutColumn:
        """Return the values of one column."""
        return CutColumn(self.text, self._padded, self._starts[place], self._ends[place])


class CutColumn:
    """The values of one column in some rows, as bytes of UTF-8."""

    def __init__(
        self, text: bytes, padded: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> None:
        self._text = text
        self._padded = padded
        self._starts = starts
        self._ends = ends
        self._lengths = ends - starts
        self.count = len(starts)

    def taken(self, rows: NDArray[np.intp]) -> CutColumn:
        """Return the values of some rows."""
        return CutColumn(self._text, self._padded, self._starts[rows], self._ends[rows])

    def one(self, row: int) -> bytes:
        """Return the value of a row."""
        return self._text[self._starts[row] : self._ends[row]]

    def all(self) -> list[bytes]:
        """Return the values of all rows."""
        text = self._text
        return [text[a:b] for a, b in zip(self._starts.tolist(), self._ends.tolist(), strict=True)]

    def texts(self) -> list[str]:
        """Return the values of all rows as texts; raises ValueError where one is none."""
        marks = np.flatnonzero(self._lengths[1:] != self._lengths[:-1]) + 1
        if len(marks) * _LEAST_ALIKE > self.count:
            return [value.decode() for value in self.all()]
        found: list[str] = []
        for start, stop in pairwise([0, *marks.tolist(), self.count]):
            found += self._texts_alike(start, stop)
        return found

    def _texts_alike(self, start: int, stop: int) -> list[str]:
        """Return the values of rows that have as many bytes."""
        size = int(self._lengths[start])
        written = self._gathered(self._starts[start:stop], size).tobytes() if 0 < size <= ID_LENGTH else b""
        if not written or not written.isascii():
            return [self.one(row).decode() for row in range(start, stop)]
        text = written.decode()
        return [text[place : place + size] for place in range(0, len(text), size)]

    def keys(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]] | None:
        """Return two numbers for each value, the same where values are the same and only there; None if one is too long."""
        longest = self._lengths.max()
        if longest > _LONGEST:
            return None
        low = self._gathered(self._starts, _WORD).view("<u8") & _MASKS[np.minimum(self._lengths, _WORD)]
        if longest <= _WORD:
            return low, np.zeros_like(low)
        sizes = np.maximum(self._lengths - _WORD, 0)
        return low, self._gathered(self._starts + _WORD, _WORD).view("<u8") & _MASKS[sizes]

    def are_nothing(self) -> NDArray[np.bool_]:
        """Return which rows hold no value."""
        is_so: NDArray[np.bool_] = self._lengths == len(NOTHING)
        if is_so.any():
            low = self._gathered(self._starts, _WORD).view("<u8") & _MASKS[len(NOTHING)]
            np.logical_and(is_so, low == np.uint64(int.from_bytes(NOTHING, "little")), out=is_so)
        return is_so

    def ids(self) -> bytes:
        """Return the ids of all rows, sixteen bytes each; raises NotAsWrittenError where one is not written as we write ids."""
        is_long = (self._lengths == ID_LENGTH).all()
        raw = id_bytes(self._gathered(self._starts, ID_LENGTH).tobytes()) if is_long else None
        if raw is None:
            raise NotAsWrittenError
        return raw

    def _gathered(self, starts: NDArray[np.int64], size: int) -> NDArray[np.void]:
        """Return so many bytes from each start."""
        windows = np.ndarray(
            (len(self._padded) - size + 1,), dtype=f"V{size}", buffer=self._padded, strides=(1,)
        )
        return windows[starts]
