"""Merging records: all end the day before, or all but one that goes on, and what hung on them goes to the one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.period import periods_overlap, today
from app.domain.rules.pairs import pairs_of
from app.errors import InvalidInput, Problem
from app.services.lineage.base import Ground
from app.services.lineage.cutting import joined, must_join
from app.services.lineage.fitting import must_fit, must_lie_together, notes_on
from app.services.lineage.hanging import hanging_from, seen
from app.services.lineage.making import successors_of
from app.services.lineage.numbers import added_fields, counts_added, total_of
from app.services.lineage.plan import Group, Item, Number, Plan, Target
from app.services.registry.lookup import record_called
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record
    from app.services.lineage.hanging import Hanging
    from app.services.registry.registry import Registry

_GOES: Final = Text("归合并后的一条", "goes to the one that they make")
_ALIKE: Final = Text("几条登记的都一样", "registered alike")
_ONE_ALONE: Final = Text("只有这一条登记了，核实后定", "registered of this one alone; verify")
_DIFFER: Final = Text(
    "几条登记的不一样，先取占地大的", "they differ; that of the larger one is taken for now"
)
_ITS_OWN: Final = Text("它自己的接着用", "its own goes on")
_NOT_ALL: Final = Text("不是每一条都成立，合并后不算", "does not hold of each of them, so not of the one")
_TWICE: Final = Text("另一条上已经有同样的，只留一个", "another one has the same; one is kept")
_OLD_GROUND: Final = Text("说的是原来的边界，留在原来那条", "is about the old outline, so it stays with it")
_ASSESSED_BEFORE: Final = Text(
    "评的是原来的，留在原来那条", "it was the old one that was assessed, so it stays with it"
)
_ADDED: Final = Text("加起来", "added up")
_UNKNOWN: Final = Text("有的没有登记，合起来就不知道", "not registered of one of them, so not known of all")


def plan_merge(
    registry: Registry,
    codes: Sequence[str],
    *,
    into: str | None = None,
    since: date | None = None,
    code: str = "",
    name: str = "",
    outline: BaseGeometry | None = None,
    is_torn: bool = False,
) -> Plan:
    """Return what merging records would do. Nothing is written.

    ``into``: the one of them that goes on; without it all end and a new one begins. ``since`` (default today): its
    first day. ``outline`` (degrees): the joint one, where it is known already. ``is_torn``: it is meant that they
    don't border on each other. Raises InvalidInput where they can't be merged, with what to do.
    """
    if into is not None and code.strip():
        said = Text(
            f"{into} 接着用，代码不变。要新的代码就不写接着用哪一条（--into）。",
            f"{into} goes on with its code. For a new code don't say which one goes on (--into).",
        )
        raise InvalidInput(said, (Problem(message=said, code=into, column="code", value=code),))
    ground = Ground.of(registry, since or today())
    sources = list(
        {record.code: record for record in (record_called(ground.dataset, one) for one in codes)}.values()
    )
    goes_on = None if into is None else record_called(ground.dataset, into)
    if goes_on is not None and goes_on.code not in {record.code for record in sources}:
        sources.append(goes_on)
    must_fit(sources)
    shapes = [ground.outline(record) for record in sources]
    must_lie_together(sources)
    order = sorted(
        range(len(sources)),
        key=lambda at: (
            goes_on is None or sources[at].code != goes_on.code,
            -ground.area(shapes[at]),
            sources[at].code,
        ),
    )
    sources, shapes = [sources[at] for at in order], [shapes[at] for at in order]
    if outline is not None:
        must_join(ground.zone, sources[0].code, shapes, outline)
    whole = outline or joined(
        registry, [record.code for record in sources], shapes, ground.day, is_torn=is_torn
    )
    if goes_on is None:
        (record,) = successors_of(ground, sources[0], [whole], codes=[code] if code else [], names=[name])
    else:
        record = goes_on._replace(geometry=whole)
        record = record.with_values(name=name) if name and "name" in KINDS[record.kind].index else record
    hanging = [hanging_from(ground.dataset, record, ground.day) for record in sources]
    asking = _Asking(ground, sources, hanging, goes_on, record, is_named=bool(name))
    area = ground.area(whole)
    return Plan(
        verb="merge",
        day=ground.day,
        ended=tuple(one for one in sources if one is not goes_on),
        into=goes_on,
        targets=(Target(record, area, 1.0),),
        items=tuple(asking.items()),
        numbers=tuple(asking.numbers()),
        notes=tuple(notes_on(whole, shapes)),
        seen=seen(sources, hanging),
    )


class _Asking:
    """Proposes what is taken over, and why."""

    def __init__(
        self,
        ground: Ground,
        sources: Sequence[Record],
        hanging: Sequence[Hanging],
        into: Record | None,
        target: Record,
        *,
        is_named: bool,
    ) -> None:
        self._ground, self._sources, self._hanging = ground, sources, hanging
        self._into, self._target = into, target
        self._codes = [record.code for record in sources]
        self._is_named = is_named  # by the user

    def _goes_on(self, at: int) -> bool:
        """Whether one of the merged goes on as what they become."""
        return self._into is not None and self._codes[at] == self._into.code

    def items(self) -> list[Item]:
        """Return everything but the numbers."""
        return [
            *self._fields(),
            *self._facts(),
            *self._scores(),
            *self._tied(),
            *self._naming(),
            *self._counts(),
            *self._waivers(),
        ]

    def _of(
        self,
        key: str,
        group: Group,
        said: Text,
        of: Sequence[int],
        to: tuple[int, ...],
        reason: Text,
        *,
        is_asked: bool = False,
    ) -> Item:
        """Return a value of which one source's is taken."""
        return Item(
            key=key, group=group, source=self._codes[of[0]], said=said, choices=tuple(self._codes[at] for at in of),
            to=to, reason=reason, is_asked=is_asked, may_stay=group is not Group.FIELD,
        )  # fmt: skip

    def _goes(self, key: str, group: Group, row: Record, field: str, said: Text, source: str) -> Item:
        is_naming = group in (Group.WITHIN, Group.ABOUT)
        return Item(
            key=key, group=group, source=source, said=said, choices=(self._target.code,), to=(0,), reason=_GOES,
            rows=(row,), field=field, may_stay=not is_naming,
        )  # fmt: skip

    def _fields(self) -> list[Item]:
        kind = KINDS[self._sources[0].kind]
        found = []
        for field in kind.fields:
            is_said = field.name == "name" and self._is_named
            if is_said or field.name in (*added_fields(kind.name), *kind.parents, kind.chain):
                continue
            of = [at for at, record in enumerate(self._sources) if record.get(field.name) is not None]
            values = {self._sources[at].get(field.name) for at in of}
            if not of or len(values) < 2:
                continue
            said = [
                "、".join(
                    f"{self._codes[at]} {PeopleWords(self._ground.dataset, self._ground.profile, lang).value(field, self._sources[at].get(field.name))}"
                    for at in of
                )
                for lang in ("zh", "en")
            ]
            words = Text(f"{field.words.zh}：{said[0]}", f"{field.words.en}: {said[1].replace('、', ', ')}")
            is_own = self._into is not None and of[0] == 0
            found.append(
                self._of(
                    field.name,
                    Group.FIELD,
                    words,
                    of,
                    (0,),
                    _ITS_OWN if is_own else _DIFFER,
                    is_asked=not is_own,
                )
            )
        return found

    def _facts(self) -> list[Item]:
        complete = {
            "party_complete",
            "property_complete",
            *(r.complete for r in self._ground.profile.relations.values()),
        }
        is_unit = self._sources[0].kind in UNIT_KINDS
        found = []
        for key in dict.fromkeys(key for one in self._hanging for key in one.facts):
            of = [at for at, one in enumerate(self._hanging) if key in one.facts]
            rows = [self._hanging[at].facts[key][0] for at in of]
            values = {row.get("value") for row in rows}
            to: tuple[int, ...] = (0,)
            is_for_all = len(of) == len(self._sources)
            if self._into is not None and of[0] == 0 and not (is_unit and key in complete):
                reason, is_asked = _ITS_OWN, len(values) > 1
            elif len(values) == 1 and is_for_all:
                reason, is_asked = _ALIKE, False
            elif is_unit and key in complete:
                to, reason, is_asked = (), _NOT_ALL, False
            else:
                reason, is_asked = (_DIFFER if len(values) > 1 else _ONE_ALONE), True
            said = [self._ground.fact(row) for row in rows]
            words = Text(
                "；".join(f"{self._codes[at]} {one.zh}" for at, one in zip(of, said, strict=True)),
                "; ".join(f"{self._codes[at]} {one.en}" for at, one in zip(of, said, strict=True)),
            )
            found.append(self._of(key, Group.FACT, words, of, to, reason, is_asked=is_asked))
        return found

    def _scores(self) -> list[Item]:
        found = []
        for at, one in enumerate(self._hanging):
            if self._goes_on(at):
                continue
            for scheme, rows in one.scores.items():
                is_later = rows[0].text("on") >= self._ground.day.isoformat()
                found.append(
                    Item(
                        key=f"{self._codes[at]}:{scheme}", group=Group.SCORE, source=self._codes[at],
                        said=self._ground.scheme(scheme), choices=(self._target.code,) if is_later else (),
                        to=(0,) if is_later else (), reason=_GOES if is_later else _ASSESSED_BEFORE, rows=tuple(rows),
                        may_stay=not is_later,
                    )
                )  # fmt: skip
        return found

    def _tied(self) -> list[Item]:
        found: list[Item] = []
        kept = [] if self._into is None else list(self._hanging[0].tied)
        for at, one in enumerate(self._hanging):
            if self._goes_on(at):
                continue
            for field, row in one.tied:
                item = self._goes(row.code, Group.TIED, row, field, self._ground.named(row), self._codes[at])
                if any(self._is_twice(row, field, other, its) for its, other in kept):
                    found.append(Item(
                        key=item.key, group=item.group, source=item.source, said=item.said, choices=item.choices,
                        to=(), reason=_TWICE, rows=item.rows, field=field, is_asked=False,
                    ))  # fmt: skip
                    continue
                kept.append((field, row))
                found.append(item)
        return found

    def _is_twice(self, row: Record, field: str, other: Record, its: str) -> bool:
        """Whether two ties could not both stand at the one record at one time."""
        if row.kind != other.kind or field != its:
            return False
        first = self._ground.day
        overlap = periods_overlap(
            max(first, row.valid_from or first),
            row.valid_until,
            max(first, other.valid_from or first),
            other.valid_until,
        )
        here, there = (
            row.with_values(**{field: self._target.code}),
            other.with_values(**{field: self._target.code}),
        )
        return overlap and not pairs_of(here, self._ground.profile).isdisjoint(
            pairs_of(there, self._ground.profile)
        )

    def _naming(self) -> list[Item]:
        return [
            self._goes(
                row.code, Group.WITHIN if KINDS[row.kind].is_layer else Group.ABOUT, row, field, self._ground.named(row),
                self._codes[at],
            )
            for at, one in enumerate(self._hanging)
            if not self._goes_on(at)
            for field, row in one.naming
        ]  # fmt: skip

    def _counts(self) -> list[Item]:
        latest = [one.counts[-1] for one in self._hanging if one.counts]
        if not latest:
            return []
        said = Text("户数统计", "Household counts")
        is_whole = len(latest) == len(self._sources) and any(
            value is not None for value in counts_added(latest).values()
        )
        return [
            Item(
                key="counts", group=Group.COUNT, source=str(latest[0].get("subject")), said=said,
                choices=(self._target.code,) if is_whole else (), to=(0,) if is_whole else (),
                reason=_ADDED if is_whole else _UNKNOWN, rows=tuple(latest),
            )
        ]  # fmt: skip

    def _waivers(self) -> list[Item]:
        rows = {row.id: (at, row) for at, one in enumerate(self._hanging) for row in one.waivers}
        return [
            Item(
                key=row.text("finding"), group=Group.WAIVER, source=self._codes[at],
                said=Text(f"免查 {row.text('rule')}", f"Waiver, {row.text('rule')}"), choices=(), to=(),
                reason=_OLD_GROUND, rows=(row,),
            )
            for at, row in rows.values()
        ]  # fmt: skip

    def numbers(self) -> list[Number]:
        """Return each count of the records themselves, added up."""
        found = []
        for field in added_fields(self._target.kind):
            before = tuple(
                value if isinstance(value := record.get(field), int) else None for record in self._sources
            )
            after = total_of(before)
            is_half = after is None and any(value is not None for value in before)
            found.append(
                Number(
                    key=field,
                    said=KINDS[self._target.kind].by_name[field].words,
                    before=before,
                    after=(after,),
                    reason=_UNKNOWN if after is None else _ADDED,
                    is_asked=is_half,
                )
            )
        return found
