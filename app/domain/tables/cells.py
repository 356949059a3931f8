"""Columns: what one field holds in many rows, in as little room as it takes."""

from __future__ import annotations

from binascii import unhexlify
from collections import defaultdict
from itertools import count as counting
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ID_LENGTH: Final = 36  # characters
_DASHES: Final = (8, 13, 18, 23)
_DIGITS: Final = np.array([place for place in range(ID_LENGTH) if place not in _DASHES])


class Cells(Protocol):
    """The values of a field by row."""

    def __getitem__(self, row: int) -> Any:
        """Return the value of a row."""

    def listed(self, start: int, stop: int) -> list[Any]:
        """Return the values of rows from ``start`` to before ``stop``."""


class Same:
    """A field that holds the same in every row."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __getitem__(self, row: int) -> Any:
        """Return the value."""
        return self.value

    def listed(self, start: int, stop: int) -> list[Any]:
        """Return the value so many times."""
        return [self.value] * (stop - start)


class Coded:
    """A field whose values come again: each is there once (``words``), and rows have its number (``numbers``)."""

    __slots__ = ("at", "numbers", "words")

    def __init__(self, numbers: NDArray[Any], words: list[Any]) -> None:
        size = np.uint8 if len(words) <= 1 << 8 else np.uint16 if len(words) <= 1 << 16 else np.int32
        self.numbers = numbers.astype(size)
        self.words = words
        self.at = self.numbers.data  # quicker to ask for one

    def __getitem__(self, row: int) -> Any:
        """Return the value of a row."""
        return self.words[self.at[row]]

    def listed(self, start: int, stop: int) -> list[Any]:
        """Return the values of rows."""
        return list(map(self.words.__getitem__, self.numbers[start:stop].tolist()))


class Texts:
    """A field of texts that hardly come again, one after the other; None where there is none."""

    __slots__ = ("_at", "_ends", "_gaps", "_text")

    def __init__(self, texts: Sequence[str | None]) -> None:
        gaps = [row for row, text in enumerate(texts) if text is None] if None in texts else []
        there = ["" if text is None else text for text in texts] if gaps else texts
        self._text = "".join(there)  # type: ignore[arg-type]  # no None is left
        lengths = np.fromiter(map(len, there), np.int64, len(there))  # type: ignore[arg-type]
        ends = np.concatenate(([0], np.cumsum(lengths)))
        self._ends = ends.astype(np.uint32 if ends[-1] < 1 << 32 else np.int64)
        self._at = self._ends.data
        self._gaps = frozenset(gaps)

    def __getitem__(self, row: int) -> str | None:
        """Return the text of a row."""
        return None if row in self._gaps else self._text[self._at[row] : self._at[row + 1]]

    def listed(self, start: int, stop: int) -> list[str | None]:
        """Return the texts of rows."""
        text, gaps = self._text, self._gaps
        ends = self._ends[start : stop + 1].tolist()
        found: list[str | None] = [text[a:b] for a, b in pairwise(ends)]
        for row in gaps if len(gaps) < stop - start else range(start, stop):
            if start <= row < stop and row in gaps:
                found[row - start] = None
        return found


class Listed:
    """A field of texts that are there as they are: whoever asks gets the same ones."""

    __slots__ = ("_texts",)

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def __getitem__(self, row: int) -> str:
        """Return the text of a row."""
        return self._texts[row]

    def listed(self, start: int, stop: int) -> list[str]:
        """Return the texts of rows."""
        return self._texts[start:stop]


class Ids:
    """Ids as UUIDs are written, sixteen bytes each."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __getitem__(self, row: int) -> str:
        """Return the id of a row."""
        text = self._raw[16 * row : 16 * row + 16].hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def listed(self, start: int, stop: int) -> list[str]:
        """Return the ids of rows."""
        digits = np.frombuffer(self._raw[16 * start : 16 * stop].hex().encode(), dtype=np.uint8)
        written = np.full((stop - start, 36), ord("-"), dtype=np.uint8)
        written[:, _DIGITS] = digits.reshape(-1, 32)
        text = written.tobytes().decode()
        return [text[place : place + 36] for place in range(0, len(text), 36)]


def id_bytes(written: bytes) -> bytes | None:
    """Return the bytes of ids that stand one after the other; None where one is not written as we write them."""
    if len(written) % ID_LENGTH:
        return None
    places = np.frombuffer(written, dtype=np.uint8).reshape(-1, ID_LENGTH)
    if (places[:, _DASHES] != ord("-")).any():
        return None
    digits = places[:, _DIGITS].tobytes()
    try:
        return unhexlify(digits) if digits == digits.lower() else None
    except ValueError:
        return None


def coded(cells: Cells, count: int) -> Coded:
    """Return a column by numbers, whatever it is kept as."""
    if isinstance(cells, Coded):
        return cells
    if isinstance(cells, Same):
        return Coded(np.zeros(count, dtype=np.uint8), [cells.value])
    number: dict[Any, int] = defaultdict(counting().__next__)
    numbers = np.fromiter(map(number.__getitem__, cells.listed(0, count)), np.int32, count)
    return Coded(numbers, list(number))
