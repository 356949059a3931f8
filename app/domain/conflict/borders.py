"""Outlines of units that were moved by two: a border belongs to both neighbours, so they are taken or left together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.domain.conflict.cells import GEOMETRY, cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.conflict.cells import Cell
    from app.domain.dataset import Dataset
    from app.domain.record import Record


class Border(NamedTuple):
    """A unit's outline: as one had it, made it, and as it is now in ``current``."""

    current: Record
    mine: Cell
    theirs: Cell
    base: Cell

    @property
    def is_contested(self) -> bool:
        """Whether both moved it, to different places."""
        return self.theirs not in (self.base, self.mine)


class Joined(NamedTuple):
    """Outlines that are one choice, contested ones first."""

    borders: tuple[Border, ...]
    is_contested: bool


def joined(kind: str, borders: Sequence[Border], seen: Dataset, now: Dataset) -> Joined:
    """Return outlines of a kind that were to be moved, and where they are contested the neighbours that go along.

    Those are units that the other moved along with a contested one: they stay where they were if mine holds.
    """
    contested = [border for border in borders if border.is_contested]
    if not contested:
        return Joined(tuple(borders), is_contested=False)
    mine = {border.current.code for border in borders}
    along = []
    for code, old in seen.of(kind).items():
        new = now.of(kind).get(code)
        if code in mine or new is None or new.version == old.version:
            continue
        was, theirs = cell(old, GEOMETRY), cell(new, GEOMETRY)
        if was != theirs and any(_touches(border, was) for border in contested):
            along.append(Border(new, was, theirs, was))
    rest = [border for border in borders if not border.is_contested]
    return Joined((*contested, *rest, *along), is_contested=True)


def _touches(border: Border, other: Cell) -> bool:
    shape = border.base.value
    return shape is not None and other.value is not None and bool(shape.intersects(other.value))
