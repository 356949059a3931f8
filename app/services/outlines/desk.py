"""Editing outlines: one gesture is begun on an outline, each step of it is a plan, and a plan is written.

All places are in metres of the registry's working zone, as the map shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.domain.period import today
from app.services.outlines.field import field_of, group_of
from app.services.outlines.plan import OutlinePlan, plan_of
from app.services.outlines.words import editable
from app.services.registry.lookup import record_called
from geo.arcs import drawing
from geo.arcs.gesture import Gesture, Vertex, touching
from geo.arcs.ground import reshape
from geo.arcs.judge import PLAIN, Options
from geo.arcs.shaping import right_angles, simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.services.outlines.field import Field
    from app.services.registry.registry import Registry
    from geo.arcs.effects import Result
    from geo.arcs.net import Box, Outline, Xy


class OutlineDesk:
    """One outline being edited; what lies around it is derived once, when the desk is set.

    ``follow``: the kinds whose borders move along where they are the same line; by default those of its group: all units,
    or compounds among themselves. ``field``: the outlines as they are taken to be, by default as they are registered.
    """

    def __init__(
        self,
        registry: Registry,
        code: str,
        *,
        day: date | None = None,
        follow: Iterable[str] | None = None,
        box: Box | None = None,
        field: Field | None = None,
    ) -> None:
        self.registry, self.day = registry, day or today()
        self.field = field or field_of(registry, self.day)
        self.record = record_called(self.field.dataset, code)
        self.kinds = tuple(dict.fromkeys([*(follow or ()), *group_of(self.record.kind)]))
        self.edited = editable(self.field, self.record)
        near = self.field.near(self.edited.shape.bounds, self.kinds)
        self.followers = touching(self.edited.shape, near)
        self.gesture = Gesture(self.edited, self.followers, self._around, box)

    def _around(self, box: Box, layer: str | None = None) -> Sequence[Outline]:
        return self.field.near(box, self.kinds if layer is None else (layer,))

    def vertices(self) -> list[Vertex]:
        """Return its vertices, and whose each is besides."""
        return self.gesture.vertices()

    def move(self, moves: Iterable[tuple[Xy, Xy]], options: Options = PLAIN) -> OutlinePlan:
        """Plan to move vertices, each from a place to a place."""
        return self._plan(self.gesture.move(moves, options))

    def insert(self, at: Xy, to: Xy | None = None, options: Options = PLAIN) -> OutlinePlan:
        """Plan to insert a vertex into the edge at a place; at once moved ``to`` another."""
        return self._plan(self.gesture.insert(at, to, options))

    def delete(self, places: Iterable[Xy], options: Options = PLAIN) -> OutlinePlan:
        """Plan to delete vertices."""
        return self._plan(self.gesture.delete(places, options))

    def move_edge(self, at: Xy, by: Xy, options: Options = PLAIN) -> OutlinePlan:
        """Plan to move the edge at a place by so much east and north."""
        return self._plan(self.gesture.move_edge(at, by, options))

    def transform(
        self, change: Callable[[NDArray[np.float64]], NDArray[np.float64]], options: Options = PLAIN
    ) -> OutlinePlan:
        """Plan to move, turn or scale all of it."""
        return self._plan(self.gesture.transform(change, options))

    def reshape(self, line: Sequence[Xy], options: Options = PLAIN) -> OutlinePlan:
        """Plan to lead its border along a line, from the first meeting with it to the last."""
        points = np.asarray(line, dtype=np.float64).reshape(-1, 2)
        return self._plan(reshape(self.edited, points, self.followers, self._around, options))

    def add_part(self, shape: BaseGeometry, options: Options = PLAIN) -> OutlinePlan:
        """Plan to add ground, a polygon in metres: a part of its own, or joined to it where they touch."""
        return self._plan(drawing.add_part(self.edited, shape, self._around, options))

    def drop_part(self, at: Xy, options: Options = PLAIN) -> OutlinePlan:
        """Plan to drop the part at a place."""
        return self._plan(drawing.drop_part(self.edited, at, self._around, options))

    def cut_hole(self, shape: BaseGeometry, options: Options = PLAIN) -> OutlinePlan:
        """Plan to cut a hole, a polygon in metres."""
        return self._plan(drawing.cut_hole(self.edited, shape, self._around, options))

    def fill_hole(self, at: Xy, options: Options = PLAIN) -> OutlinePlan:
        """Plan to fill the hole at a place."""
        return self._plan(drawing.fill_hole(self.edited, at, self._around, options))

    def simplify(self, tolerance: float, options: Options = PLAIN) -> OutlinePlan:
        """Plan to drop vertices that lie within a tolerance [m] of the line without them."""
        return self._plan(simplify(self.gesture, tolerance, options))

    def right_angles(self, options: Options = PLAIN) -> OutlinePlan:
        """Plan to turn its edges into its two main directions."""
        return self._plan(right_angles(self.gesture, options))

    def shift(self, east: float, north: float, options: Options = PLAIN) -> OutlinePlan:
        """Plan to move all of it by so many metres."""
        return self.transform(lambda points: points + np.array([east, north]), options)

    def turn(self, degrees: float, about: Xy | None = None, options: Options = PLAIN) -> OutlinePlan:
        """Plan to turn it to the left by so many degrees, about its middle or another place."""
        angle = np.radians(degrees)
        matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        middle = self._middle(about)
        return self.transform(lambda points: middle + (points - middle) @ matrix, options)

    def scale(self, factor: float, about: Xy | None = None, options: Options = PLAIN) -> OutlinePlan:
        """Plan to make it larger or smaller, from its middle or another place."""
        middle = self._middle(about)
        return self.transform(lambda points: middle + (points - middle) * factor, options)

    def _middle(self, about: Xy | None) -> NDArray[np.float64]:
        middle = self.edited.shape.centroid
        return np.array([middle.x, middle.y] if about is None else about)

    def _plan(self, result: Result) -> OutlinePlan:
        return plan_of(self.registry, self.field, result)


def plan_move(
    registry: Registry,
    code: str,
    moves: Iterable[tuple[Xy, Xy]],
    *,
    day: date | None = None,
    options: Options = PLAIN,
) -> OutlinePlan:
    """Plan to move vertices of one outline; see ``OutlineDesk``, which a gesture of many steps begins once."""
    return OutlineDesk(registry, code, day=day).move(moves, options)
