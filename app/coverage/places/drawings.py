"""Outlines by row that are kept in as little room as they take, and made when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.domain.outlines import Outlines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]


class Drawings:
    """Outlines in metres by row, None without; packed as well-known binary, or as they are."""

    __slots__ = ("_made", "_packed")

    def __init__(self, made: Geometries | None = None, packed: Outlines | None = None) -> None:
        self._made = np.empty(0, dtype=object) if made is None else made
        self._packed = packed

    @classmethod
    def packed(cls, pieces: Iterable[Geometries]) -> Drawings:
        """Return outlines packed, of which only one piece need be there at a time."""
        parts: list[bytes] = []
        sizes: list[NDArray[np.int64]] = [np.zeros(1, dtype=np.int64)]
        for piece in pieces:
            written = [wkb or b"" for wkb in shapely.to_wkb(piece).tolist()]
            sizes.append(np.fromiter(map(len, written), dtype=np.int64, count=len(written)))
            parts.append(b"".join(written))
        return cls(packed=Outlines(b"".join(parts), np.cumsum(np.concatenate(sizes))))

    def __len__(self) -> int:
        return len(self._made) if self._packed is None else len(self._packed)

    @property
    def array(self) -> Geometries:
        """All of them; made anew each time where they are packed."""
        return self._made if self._packed is None else self._packed.many()

    def at(self, rows: Ints) -> Drawings:
        """Return those of some rows, as they are."""
        return Drawings(self._made[rows] if self._packed is None else self._packed.many(rows))

    def overlaid(self, rows: Ints, other: Drawings, count: int) -> Drawings:
        """Return ``count`` rows: those of ``other`` at ``rows``, and these everywhere else."""
        array = np.empty(count, dtype=object)
        array[: len(self)] = self.array
        array[rows] = other.array
        return Drawings(array) if self._packed is None else Drawings.packed([array])
