"""Points placed one after another, and the way back from each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.map.editing.snapping import Point


class Trail:
    """What a gesture has placed. Each act can be taken back by itself; a point moved step by step is one act."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._earlier: list[tuple[Point, ...]] = []
        self._is_moving = False

    @property
    def last(self) -> Point | None:
        """The point placed last."""
        return self.points[-1] if self.points else None

    @property
    def before(self) -> Point | None:
        """The point before the last."""
        return self.points[-2] if len(self.points) > 1 else None

    @property
    def can_undo(self) -> bool:
        """Whether an act is there to be taken back."""
        return bool(self._earlier)

    def put(self, points: Sequence[Point]) -> None:
        """Begin with these, as one who takes up a draft."""
        self.points, self._earlier, self._is_moving = list(points), [], False

    def add(self, *points: Point) -> None:
        """Place points, as one act."""
        self._keep()
        self.points.extend(points)

    def replace(self, points: Sequence[Point]) -> None:
        """Have these instead of what was placed, as one act."""
        self._keep()
        self.points = list(points)

    def drop_last(self) -> None:
        """Take away the point placed last."""
        if self.points:
            self._keep()
            self.points.pop()

    def move_last(self, by: Point) -> None:
        """Move the point placed last [m]."""
        if not self.points:
            return
        if not self._is_moving:
            self._keep()
            self._is_moving = True
        x, y = self.points[-1]
        self.points[-1] = (x + by[0], y + by[1])

    def undo(self) -> None:
        """Take back the last act."""
        if self._earlier:
            self.points = list(self._earlier.pop())
            self._is_moving = False

    def _keep(self) -> None:
        self._earlier.append(tuple(self.points))
        self._is_moving = False
