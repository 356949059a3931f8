"""Splitting a record: the old one ends the day before, its parts begin, and all that hung on it goes to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.period import today
from app.services.edit.typed_values import read_geometry
from app.services.lineage.base import Ground
from app.services.lineage.cutting import cut, must_tile, narrow_parts
from app.services.lineage.ground import shares_in
from app.services.lineage.hanging import hanging_from, seen
from app.services.lineage.making import successors_of
from app.services.lineage.numbers import added_fields, shared_out
from app.services.lineage.plan import Group, Item, Number, Plan, Target
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record
    from app.services.lineage.hanging import Hanging
    from app.services.registry.registry import Registry

_LARGER: Final = Text("归占地大的一份", "to the part with the larger share")
_NOWHERE: Final = Text(
    "看不出在哪一份里，归占地大的一份", "in which part it lies is not known; to the larger one"
)
_INSIDE: Final = Text("在这一份里", "lies in this part")
_PARTLY: Final = Text("{:.0%} 在这一份里", "{:.0%} of it lies there")
_OF_ALL: Final = Text("说的是里面每一条，每一份都成立", "says it of all within, so of each part")
_COUNTED: Final = Text("按各份的户数分", "shared out by the parts' households")
_OLD_GROUND: Final = Text("说的是原来的边界，留在原来那条", "is about the old outline, so it stays with it")
_BY_BUILDINGS: Final = Text("各份里登记的楼栋加起来", "the registered buildings of each part")
_BY_THEIR_SHARE: Final = Text(
    "按各份里楼栋的户数估的，核实后改", "estimated by the households of its buildings; verify"
)
_BY_AREA: Final = Text("按面积估的，核实后改", "estimated by area; verify")
_UNKNOWN: Final = Text("原来没有登记，各份也不知道", "was not registered, so it is not known of the parts")
_CUT: Final = Text(
    "{} 被切开了，归占了 {:.0%} 的那一份。", "{} is cut; it goes to the part with {:.0%} of it."
)
_SLIVER: Final = Text(
    "{} 里有一条不到半米宽的，看看线画得对不对。",
    "{} has a strip narrower than half a metre; look whether the line is right.",
)
_ASSESSED_BEFORE: Final = Text(
    "评的是原来的，留在原来那条", "it was the old one that was assessed, so it stays with it"
)
_COMPLETE: Final = ("party_complete", "property_complete")
_WHOLE: Final = 0.999  # of a thing in one part: it is not cut


def plan_split(
    registry: Registry,
    code: str,
    *,
    by: object = None,
    outlines: Sequence[BaseGeometry] = (),
    since: date | None = None,
    codes: Sequence[str] = (),
    names: Sequence[str] = (),
    neighbours: Mapping[str, BaseGeometry] | None = None,
) -> Plan:
    """Return what splitting a record would do. Nothing is written.

    ``by``: a line (WKT in degrees, ``@FILE`` or a shape) along which it is cut; or ``outlines`` (degrees) of its parts.
    ``since`` (default today): the first day of the parts. ``neighbours``: outlines of records beside that get a
    vertex. The largest part comes first. Raises InvalidInput where it can't be split, with what to do.
    """
    ground = Ground.of(registry, since or today())
    old = record_called(ground.dataset, code)
    whole = ground.outline(old)
    beside = dict(neighbours or {})
    if outlines:
        must_tile(ground.zone, old.code, whole, outlines)
        parts = sorted(outlines, key=lambda part: -ground.area(part))
    else:
        parts, beside = cut(registry, old.code, read_geometry(by), ground.day)
    records = successors_of(ground, old, parts, codes=codes, names=names)
    areas = [ground.area(part) for part in parts]
    targets = [Target(record, area, area / sum(areas)) for record, area in zip(records, areas, strict=True)]
    hanging = hanging_from(ground.dataset, old, ground.day)
    asking = _Asking(ground, old, targets, hanging)
    others = [record for one in beside if (record := ground.dataset.find(one)) is not None]
    return Plan(
        verb="split",
        day=ground.day,
        ended=(old,),
        targets=tuple(targets),
        items=tuple(asking.items()),
        numbers=tuple(asking.numbers()),
        notes=(*asking.notes, *_slivers(ground, whole, targets)),
        neighbours=beside,
        seen=seen([old, *others], [hanging]),
    )


def _slivers(ground: Ground, whole: BaseGeometry, targets: Sequence[Target]) -> list[Text]:
    """Return a note for each record that gets a strip narrower than half a metre, where there was none before."""
    if narrow_parts(ground.zone, [whole]):
        return []
    made = [target.record.geometry for target in targets if target.record.geometry is not None]
    return [
        Text(_SLIVER.zh.format(targets[place].code), _SLIVER.en.format(targets[place].code))
        for place in narrow_parts(ground.zone, made)
    ]


class _Asking:
    """Proposes where each thing goes, and why."""

    def __init__(self, ground: Ground, old: Record, targets: Sequence[Target], hanging: Hanging) -> None:
        self._ground, self._old, self._targets, self._hanging = ground, old, targets, hanging
        self._choices = tuple(target.code for target in targets)
        self._naming = [row for _, row in hanging.naming]
        self._shares = shares_in(
            ground.zone,
            [target.record.geometry for target in targets if target.record.geometry is not None],
            [row.geometry_on(ground.day) for row in self._naming],
        )
        self.notes = self._cut()

    def items(self) -> list[Item]:
        """Return everything but the numbers."""
        return [
            *self._facts(),
            *self._scores(),
            *self._tied(),
            *self._placed(),
            *self._counts(),
            *self._waivers(),
        ]

    def _item(
        self, key: str, group: Group, said: Text, to: tuple[int, ...], reason: Text, **more: object
    ) -> Item:
        return Item(
            key=key, group=group, source=self._old.code, said=said, choices=self._choices, to=to, reason=reason, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def _facts(self) -> list[Item]:
        everywhere = tuple(range(len(self._targets)))
        complete = {*_COMPLETE, *(relation.complete for relation in self._ground.profile.relations.values())}
        found = []
        for key, rows in self._hanging.facts.items():
            is_of_all = self._old.kind in UNIT_KINDS and key in complete
            found.append(
                self._item(
                    key, Group.FACT, self._ground.fact(rows[0]), everywhere if is_of_all else (0,),
                    _OF_ALL if is_of_all else _LARGER, rows=tuple(rows), may_share=True,
                )
            )  # fmt: skip
        return found

    def _scores(self) -> list[Item]:
        return [
            self._item(
                scheme, Group.SCORE, self._ground.scheme(scheme), (0,), _LARGER, rows=tuple(rows), may_stay=False
            )
            if rows[0].text("on") >= self._ground.day.isoformat()
            else Item(
                key=scheme, group=Group.SCORE, source=self._old.code, said=self._ground.scheme(scheme), choices=(),
                to=(), reason=_ASSESSED_BEFORE, rows=tuple(rows),
            )
            for scheme, rows in self._hanging.scores.items()
        ]  # fmt: skip

    def _tied(self) -> list[Item]:
        return [
            self._item(
                row.code, Group.TIED, self._ground.named(row), (0,), _LARGER, rows=(row,), field=field, may_share=True
            )
            for field, row in self._hanging.tied
        ]  # fmt: skip

    def _placed(self) -> list[Item]:
        found = []
        for place, (field, row) in enumerate(self._hanging.naming):
            shares = self._shares[place]
            is_placed = bool(shares.max(initial=0.0) > 0)
            to = int(shares.argmax()) if is_placed else 0
            reason = _LARGER if not KINDS[row.kind].is_layer else _NOWHERE
            if is_placed:
                whole = shares[to] > _WHOLE
                reason = (
                    _INSIDE if whole else Text(_PARTLY.zh.format(shares[to]), _PARTLY.en.format(shares[to]))
                )
            group = Group.WITHIN if KINDS[row.kind].is_layer else Group.ABOUT
            found.append(
                self._item(
                    row.code, group, self._ground.named(row), (to,), reason, rows=(row,), field=field, may_stay=False
                )
            )  # fmt: skip
        return found

    def _cut(self) -> list[Text]:
        """Return a note for each thing that the new border cuts."""
        notes = []
        for place, row in enumerate(self._naming):
            shares = self._shares[place]
            most = float(shares.max(initial=0.0))
            if most > 0 and np.count_nonzero(shares > 1 - _WHOLE) > 1:
                said = self._ground.named(row)
                notes.append(Text(_CUT.zh.format(said.zh, most), _CUT.en.format(said.en, most)))
        return notes

    def _counts(self) -> list[Item]:
        everywhere = tuple(range(len(self._targets)))
        found = []
        for row in self._hanging.counts:
            said = Text(f"户数统计 {row.get('on')}", f"Household counts of {row.get('on')}")
            found.append(
                self._item(
                    row.code, Group.COUNT, said, everywhere, _COUNTED, rows=(row,), may_share=True, is_asked=True
                )
            )  # fmt: skip
        return found

    def _waivers(self) -> list[Item]:
        found = []
        for row in self._hanging.waivers:
            said = Text(f"免查 {row.text('rule')}", f"Waiver, {row.text('rule')}")
            item = self._item(row.text("finding"), Group.WAIVER, said, (), _OLD_GROUND, rows=(row,))
            found.append(item)
        return found

    def numbers(self) -> list[Number]:
        """Return each count of the record itself, shared out."""
        found = []
        for field in added_fields(self._old.kind):
            total = self._old.get(field)
            after, reason, is_estimate = self._shared(field, total if isinstance(total, int) else None)
            found.append(
                Number(
                    key=field,
                    said=KINDS[self._old.kind].by_name[field].words,
                    before=(total if isinstance(total, int) else None,),
                    after=after,
                    reason=reason,
                    is_estimate=is_estimate,
                    is_asked=is_estimate,
                )
            )
        return found

    def _shared(self, field: str, total: int | None) -> tuple[tuple[int | None, ...], Text, bool]:
        areas = [target.area_m2 for target in self._targets]
        if total is None:
            return shared_out(None, areas), _UNKNOWN, False
        weights = self._of_buildings(field)
        if weights is None:
            return shared_out(total, areas), _BY_AREA, total > 0
        if sum(weights) == total:
            return tuple(int(weight) for weight in weights), _BY_BUILDINGS, False
        return shared_out(total, weights), _BY_THEIR_SHARE, True

    def _of_buildings(self, field: str) -> list[float] | None:
        """Return what the buildings that stand in each part make up; None where it is not known of all of them."""
        weights = [0.0] * len(self._targets)
        buildings = [(row, place) for place, row in enumerate(self._naming) if row.kind == "buildings"]
        if self._old.kind != "compounds" or not buildings:
            return None
        for row, place in buildings:
            shares: NDArray[np.float64] = self._shares[place]
            known = 1 if field == "buildings" else row.get(field) if field in KINDS[row.kind].index else None
            if not isinstance(known, int) or not shares.max(initial=0.0) > 0:
                return None
            weights[int(shares.argmax())] += known
        return weights if sum(weights) > 0 else None
