"""Edits under the hand, planned by the services: what the map's tools move, and what that does to everybody."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import shapely

from app.errors import InvalidInput
from app.services.outlines.cutting import SplitGeometry, merge_geometry, split_geometry
from app.services.outlines.desk import OutlineDesk
from app.services.outlines.steps import FieldAfter, joined
from app.text import Text
from geo.arcs.effects import ASKED, Reason
from geo.arcs.judge import PLAIN, Options
from ui.map.editing.work import Act, Changed, Corner, Shared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.services.outlines.plan import OutlinePlan
    from app.services.registry.registry import Registry
    from ui.map.editing.snapping import Point
    from ui.map.editing.work import Work

_NOT_HERE: Final = Text("这个工具在这里不能用", "This tool can't be used here")
_NEAR_M: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What an edit stands on: the registry, the day shown, the language of names."""

    registry: Registry
    day: date
    lang: str


class PlannedWork:
    """An edit as planned: of one record, whatever steps it took. Immutable."""

    def __init__(
        self,
        ground: Ground,
        code: str,
        *,
        options: Options = PLAIN,
        before: PlannedWork | None = None,
        act: Act | None = None,
        plan: OutlinePlan | None = None,
        corners: tuple[Corner, ...] | None = None,
        split: SplitGeometry | None = None,
    ) -> None:
        self.split = split
        self._ground, self._code, self.options = ground, code, options
        self._before, self._act, self.plan = before, act, plan
        self._corners = corners
        if plan is None:
            _ = self.desk  # says at once why it can't be edited

    # who it is

    @cached_property
    def desk(self) -> OutlineDesk:
        """The desk on which the next step is planned."""
        ground, plan = self._ground, self.plan
        field = None
        if plan is not None:
            now = {
                effect.code: effect.effect.after
                for effect in plan.effects
                if effect.effect.after is not None and effect.record is not None
            }
            field = FieldAfter(plan.field, now)
        return OutlineDesk(ground.registry, self._code, day=ground.day, field=field)

    @property
    def code(self) -> str:
        """The code of the record."""
        return self._code

    @cached_property
    def kind(self) -> str:
        """The kind of the record."""
        return self._ground.registry.find(self._code).kind

    @cached_property
    def name(self) -> str:
        """The name of the record."""
        return self._ground.registry.find(self._code).text("name") or self._code

    # what it comes to

    @cached_property
    def before(self) -> BaseGeometry:
        """The outline as registered [m]."""
        return self.desk.gesture.edited.shape if self._before is None else self._before.before

    @cached_property
    def outline(self) -> BaseGeometry:
        """The outline as it would be [m]."""
        if self.plan is not None:
            for effect in self.plan.effects:
                if effect.code == self._code and effect.effect.after is not None:
                    return effect.effect.after
        return self.before if self._before is None else self._before.outline

    @cached_property
    def corners(self) -> tuple[Corner, ...]:
        """The corners of the outline, and where neighbours' borders end on it."""
        if self._corners is not None:
            return self._corners
        net = self.desk.gesture.net
        return tuple(
            Corner(
                (float(net.xy[node][0]), float(net.xy[node][1])),
                number,
                place,
                any(key != self._code for key in net.keys_at(node)),
            )
            for number, ring in enumerate(net.rings_of(self._code))
            for place, node in enumerate(net.walk(ring))
        )

    @cached_property
    def changed(self) -> tuple[Changed, ...]:
        """The other records whose outlines change, those that only get a vertex left out."""
        if self.plan is None:
            return ()
        found = []
        for one in self.plan.effects:
            effect = one.effect
            if one.code == self._code or not one.is_moved or effect.before is None or effect.after is None:
                continue
            name = one.name.in_(self._ground.lang)
            found.append(
                Changed(
                    one.kind, one.code, name, effect.before, effect.after, effect.lost_m2, effect.gained_m2
                )
            )
        return tuple(found)

    @cached_property
    def pieces(self) -> tuple[BaseGeometry, ...]:
        """What a split makes of it [m]."""
        if self.split is None:
            return ()
        return tuple(self._ground.registry.zone.to_metres(list(self.split.pieces)))

    @cached_property
    def shared(self) -> tuple[Shared, ...]:
        """Ground that it would share with others."""
        if self.plan is None:
            return ()
        names = {effect.code: effect.name.in_(self._ground.lang) for effect in self.plan.effects}
        return tuple(
            Shared(one.ground, one.other, names.get(one.other) or self._called(one.other), one.area)
            for one in self.plan.overlaps
        )

    def _called(self, code: str) -> str:
        record = self._ground.registry.dataset.find(code)
        return (record.text("name") if record is not None else "") or code

    @property
    def bare(self) -> float:
        """Ground that no unit of its layer would have [m²]."""
        return 0.0 if self.plan is None else self.plan.uncovered_m2

    @property
    def is_taking(self) -> bool:
        """Whether shared ground becomes its own."""
        return self.options.is_keeper

    @property
    def refusal(self) -> Text | None:
        """Why it can't be written; None where it can."""
        return None if self.plan is None or self.plan.refusal is None else self.plan.refusal.message

    @property
    def asked(self) -> str:
        """What it is refused for that may be meant; empty where there is no such thing."""
        why = None if self.plan is None else self.plan.reason
        return str(why.reason) if why is not None and why.reason in ASKED else ""

    # one more step

    def owned(self, *, is_taking: bool) -> PlannedWork:
        """Return the edit with shared ground given to the other side."""
        return self.meant(replace(self.options, is_keeper=is_taking))

    def alone(self, *, is_alone: bool) -> PlannedWork:
        """Return the edit with neighbours left alone, or moving along."""
        return self.meant(replace(self.options, is_alone=is_alone))

    @property
    def how(self) -> dict[str, Any]:
        """How its last step is meant, as a draft keeps it."""
        options = self.options
        meant = sorted(str(reason) for reason in options.allowed)
        return {"alone": options.is_alone, "taking": options.is_keeper, "meant": meant}

    def going_on(self, how: dict[str, Any]) -> PlannedWork:
        """Return the edit as it is, its next step to be planned as a draft says."""
        alone, taking = bool(how.get("alone")), bool(how.get("taking"))
        if (alone, taking) == (self.options.is_alone, self.options.is_keeper):
            return self
        return self._with(replace(self.options, is_alone=alone, is_keeper=taking))

    def allowing(self, meant: Sequence[str]) -> PlannedWork:
        """Return the edit with its last step planned again, of which some things may come about."""
        return self.meant(replace(self.options, allowed=frozenset(Reason(reason) for reason in meant)))

    def meant(self, options: Options) -> PlannedWork:
        """Return the edit meant otherwise: its last step planned again."""
        base = self._before
        if base is None or self._act is None:
            return PlannedWork(self._ground, self._code, options=options)
        meant = tuple(str(reason) for reason in options.allowed)
        return base._with(options).acted(self._act, meant)  # noqa: SLF001

    def _with(self, options: Options) -> PlannedWork:
        made = PlannedWork(
            self._ground,
            self._code,
            options=options,
            before=self._before,
            act=self._act,
            plan=self.plan,
            corners=self._corners,
        )
        made.__dict__["desk"] = self.desk  # it does not depend on how the edit is meant
        return made

    def acted(self, act: Act, meant: Sequence[str] = ()) -> PlannedWork:
        """Return the edit with one more step; raises InvalidInput where it can't be done at all."""
        if act.name == "split":
            return self._split(act)
        options = replace(self.options, allowed=frozenset(Reason(reason) for reason in meant))
        plan = self._planned(act, options)
        if not plan.effects and plan.refusal is not None:
            raise InvalidInput(plan.refusal.message, (plan.refusal,))
        corners = None
        if act.name == "move":
            corners = tuple(_moved(corner, *act.points) for corner in self.corners)
        return PlannedWork(
            self._ground,
            self._code,
            options=options,
            before=self,
            act=act,
            plan=joined(self.plan, plan),
            corners=corners,
        )

    def _split(self, act: Act) -> PlannedWork:
        ground = self._ground
        cut = split_geometry(ground.registry, self._code, act.points, ground.day)
        return PlannedWork(
            ground, self._code, options=self.options, before=self, act=act, plan=cut.plan, split=cut
        )

    def _planned(self, act: Act, options: Options) -> OutlinePlan:
        desk, points = self.desk, act.points
        if act.name == "move":
            return desk.move([(points[0], points[1])], options)
        if act.name == "add":
            return desk.insert(points[0], points[1], options)
        if act.name == "delete":
            return desk.delete(points, options)
        if act.name == "shift":
            return desk.shift(points[1][0] - points[0][0], points[1][1] - points[0][1], options)
        if act.name == "turn":
            return desk.turn(-act.number, points[0], options)
        if act.name == "hole":
            return desk.cut_hole(shapely.Polygon(points), options)
        if act.name == "simplify":
            return desk.simplify(act.number, options)
        if act.name == "square":
            return desk.right_angles(options)
        raise InvalidInput(_NOT_HERE)


def _moved(corner: Corner, at: Point, to: Point) -> Corner:
    return corner._replace(at=to) if math.dist(corner.at, at) < _NEAR_M else corner


class JoinedWork(PlannedWork):
    """Several outlines as one."""

    def __init__(self, ground: Ground, codes: Sequence[str]) -> None:
        self.joined = merge_geometry(ground.registry, codes, ground.day)
        self.codes = tuple(codes)
        super().__init__(ground, codes[0], plan=self.joined.plan)

    @cached_property
    def name(self) -> str:
        """The names of all."""
        return "、".join(self._called(code) for code in self.codes)

    @cached_property
    def before(self) -> BaseGeometry:
        """The outlines as registered [m]."""
        registry, day = self._ground.registry, self._ground.day
        shapes = [registry.find(code).geometry_on(day) for code in self.codes]
        whole: BaseGeometry = shapely.union_all(registry.zone.to_metres(shapes))
        return whole

    @cached_property
    def members(self) -> tuple[tuple[str, float], ...]:
        """Name and area [m²] of each outline that becomes part of it."""
        registry, day = self._ground.registry, self._ground.day
        shapes = registry.zone.to_metres([registry.find(code).geometry_on(day) for code in self.codes])
        return tuple(
            (self._called(code), float(shape.area)) for code, shape in zip(self.codes, shapes, strict=True)
        )

    @cached_property
    def outline(self) -> BaseGeometry:
        """The outline of all as one [m]."""
        found = self.joined.outline
        return self.before if found is None else self._ground.registry.zone.to_metres([found])[0]

    @cached_property
    def changed(self) -> tuple[Changed, ...]:
        """Nobody else loses ground or gets any."""
        return ()


def works_on(ground: Ground, codes: Sequence[str]) -> Work:
    """Return an edit of a record's outline, or several made one; raises InvalidInput where they can't be changed."""
    return PlannedWork(ground, codes[0]) if len(codes) == 1 else JoinedWork(ground, codes)
