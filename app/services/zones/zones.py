"""Zones for one firm each: adjoining compounds bundled to a set number of households, proposed before written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from app.coverage.weights import people
from app.domain.kinds import COUNTED_KINDS
from app.errors import InvalidInput, Problem
from app.jobs import Ticket
from app.services.registry.lookup import record_of
from app.services.zones.describe import Describer
from app.services.zones.ground import ground_of
from app.services.zones.plan import EXISTING, WITHIN, ZonePlan, open_links
from app.text import Text
from geo.bundling import Wish, baseline, bundle, score

if TYPE_CHECKING:
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from app.services.zones.ground import Ground
    from app.services.zones.plan import ZoneRequest

_STAGE: Final = Text("编片区", "Bundling zones")
_NO_OUTLINE: Final = Text("没有轮廓，说不出和谁相邻", "it has no outline, so nobody can say what adjoins it")


def plan_zones(registry: Registry, request: ZoneRequest, ticket: Ticket | None = None) -> ZonePlan:
    """Propose zones: every compound asked for is in exactly one, in a zone left alone, or named as left out.

    Nothing is written. Raises InvalidInput for a size, street, kind or option that makes no sense.
    """
    ticket = ticket or Ticket()
    return Planner(ground_of(registry, _checked(registry, request))).plan(ticket)


def _checked(registry: Registry, request: ZoneRequest) -> ZoneRequest:
    problems = []
    if request.households < 1:
        problems.append(
            _wrong("households", request.households, "户数要大于 0", "households must be above 0")
        )
    if not 0 <= request.tolerance < 1:
        problems.append(
            _wrong("tolerance", request.tolerance, "容差在 0 和 1 之间", "the tolerance is 0 to 1")
        )
    if not 0 <= request.reach <= 1000:
        problems.append(_wrong("reach", request.reach, "距离在 0 和 1000 米之间", "the reach is 0 to 1000 m"))
    for name, value, known in (
        ("within", request.within, WITHIN),
        ("existing", request.existing, EXISTING),
        ("kind", request.kind, (None, *registry.profile.choices["compound_kind"])),
    ):
        if value not in known:
            listed = ", ".join(str(one) for one in known if one is not None)
            problems.append(_wrong(name, value, f"可以写：{listed}", f"known: {listed}"))
    if problems:
        first = problems[0]
        raise InvalidInput(
            Text(f"{first.column}：{first.message.zh}。", f"{first.column}: {first.message.en}."),
            tuple(problems),
        )
    if request.street is None:
        return request
    street = record_of(registry.dataset, request.street, "streets", "street")
    return replace(request, street=street.code)


def _wrong(column: str, value: object, zh: str, en: str) -> Problem:
    return Problem(message=Text(zh, en), column=column, value=str(value))


class Planner:
    """One proposal in the making."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def plan(self, ticket: Ticket) -> ZonePlan:
        """Return the proposal."""
        ground = self._ground
        request = ground.request
        asked = self._asked()
        kept, replaced, taken = self._existing({record.code for record in asked})
        free = [record for record in asked if record.code not in taken]
        with_outline = [record for record in free if record.geometry_on(self._ground.day) is not None]
        left_out = [
            (record.code, _NO_OUTLINE) for record in free if record.geometry_on(self._ground.day) is None
        ]
        degrees = np.full(len(with_outline), None, dtype=object)
        degrees[:] = [record.geometry_on(self._ground.day) for record in with_outline]
        outlines = self._ground.engine.zone.to_metres(degrees)
        counts = [people(self._ground.answers, record.code, "households") for record in with_outline]
        households = np.array([count or 0 for count in counts], dtype=np.int64)
        group = [
            str(getattr(self._ground.placed[record.code], request.within) or "") for record in with_outline
        ]
        wish = Wish(households=request.households, tolerance=request.tolerance)

        def on_step(done: int, total: int) -> None:
            ticket.step(_STAGE, done, max(total, 1))

        found = bundle(outlines, households, wish, reach=request.reach, group=group, on_step=on_step)
        plain = baseline(outlines, households, wish, reach=request.reach, group=group)
        zones = Describer(ground, with_outline, outlines, counts, found, wish).zones()
        return ZonePlan(
            request=request,
            day=self._ground.day,
            zones=zones,
            left_out=tuple(left_out),
            kept=kept,
            replaced=replaced,
            score=score(outlines, households, wish, found.zone),
            baseline=score(outlines, households, wish, plain.zone),
        )

    def _asked(self) -> list[Record]:
        kinds = COUNTED_KINDS if self._ground.request.kind is None else (self._ground.request.kind,)
        found = [
            record
            for record in self._ground.dataset.in_force("compounds", self._ground.day)
            if record.on("kind", self._ground.day) in kinds
        ]
        if self._ground.request.with_scattered:
            found += [
                record
                for record in self._ground.dataset.in_force("buildings", self._ground.day)
                if record.on("compound", self._ground.day) is None
            ]
        street = self._ground.request.street
        return [
            record for record in found if street is None or self._ground.placed[record.code].street == street
        ]

    def _existing(self, asked: set[str]) -> tuple[tuple[str, ...], tuple[str, ...], set[str]]:
        """Return the zones to keep, those to replace, and the compounds that stay where they are."""
        kept, replaced, taken = [], [], set()
        for zone in sorted(self._ground.dataset.of("zones").values(), key=lambda record: record.code):
            members = {link.text("to") for link in open_links(self._ground.dataset, zone, self._ground.day)}
            if not members & asked:
                continue
            if self._ground.request.existing == "replace" and members <= asked:
                replaced.append(zone.code)
            else:
                kept.append(zone.code)
                taken |= members
        return tuple(kept), tuple(replaced), taken
