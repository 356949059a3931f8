"""A plan written as one change: what ends, what goes on, which came of which, and everything that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.dated import with_outline, with_value_from
from app.domain.edits import Changes, Edit, touched_codes
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY
from app.errors import Conflict, Problem
from app.services.lineage.hanging import facts_from, hanging_from, seen
from app.services.lineage.moving import Mover, lineage_row
from app.services.lineage.numbers import counts_added, counts_shared, total_of
from app.services.lineage.plan import Group, Item, Number, Plan, Target
from app.services.registry.checks import refuse_personal, refuse_problems
from app.text import Text

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.record import Record, Value
    from app.services.registry.registry import Registry

_ESTIMATED: Final = "按面积或楼栋估"  # a source is a text of the registry, which is in Chinese


@dataclass(frozen=True, slots=True)
class Parted:
    """A split or merge that is written: its change, and what it did."""

    changes: Changes
    plan: Plan

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{change, verb, codes, warnings}`` with what went where; an estimate that nobody confirmed is a warning."""
        written = self.changes.as_json(lang)
        warnings = [*written["warnings"], *(problem.as_json(lang) for problem in estimates(self.plan))]
        return {**written, "warnings": warnings, **self.plan.as_json(lang)}


def estimates(plan: Plan) -> tuple[Problem, ...]:
    """Return what is said of each number that no source says, and of those given that don't make up the whole."""
    guessed = [
        Problem(
            message=Text(
                f"{number.said.zh} {number.before[0]} 分成 {_said(number.after)}：{number.reason.zh}",
                f"{number.said.en}: {number.before[0]} became {_said(number.after)}; {number.reason.en}",
            ),
            code=plan.ended[0].code,
            column=number.key,
            value=_said(number.after),
        )
        for number in plan.numbers
        if number.is_estimate
    ]
    return (*guessed, *(_off(plan, number) for number in plan.numbers if _is_off(number)))


def _is_off(number: Number) -> bool:
    before, after = total_of(number.before), total_of(number.after)
    return before is not None and after is not None and before != after


def _off(plan: Plan, number: Number) -> Problem:
    before, after = total_of(number.before), total_of(number.after)
    return Problem(
        message=Text(
            f"{number.said.zh}原来 {before}，现在合计 {after}（{_said(number.after)}）。核对一下。",
            f"{number.said.en} made {before} and make {after} now ({_said(number.after)}). Look whether that is meant.",
        ),
        code=plan.ended[0].code,
        column=number.key,
        value=_said(number.after),
    )


def _said(values: tuple[int | None, ...]) -> str:
    return "/".join("?" if value is None else str(value) for value in values)


def write_plan(registry: Registry, plan: Plan, *, why: str | None = None) -> Parted:
    """Write a split or merge as one change.

    Raises
    ------
    InvalidInput
        With every reason why it is refused.
    Conflict
        If something that it looked at changed since it was planned.

    """
    changes = registry.write(lambda dataset: edits_of(dataset, plan), verb=plan.verb, why=why)
    return Parted(changes, plan)


def rehearsed(registry: Registry, plan: Plan, *, why: str | None = None) -> Parted:
    """Return what writing a plan would give, without change; raise InvalidInput where it would be refused."""
    refuse_personal(why=why)
    edits = edits_of(registry.dataset, plan)
    refuse_problems(registry.dataset, edits, registry.profile)
    return Parted(Changes(None, plan.verb, touched_codes(edits)), plan)


def edits_of(dataset: Dataset, plan: Plan) -> list[Edit]:
    """Return the edits of a plan. Raises Conflict where it no longer fits the data."""
    _must_be_as_seen(dataset, plan)
    mover = Mover(dataset, plan.day)
    for old in plan.ended:
        mover.put(_ended(old, plan), old)
    for place, target in enumerate(plan.targets):
        record = _going_on(plan, place, target)
        mover.put(record, plan.into)
        for old in plan.ended:
            mover.put(lineage_row(old.code, record.code, plan.day))
    for code, outline in plan.neighbours.items():
        beside = dataset.find(code)
        if beside is not None:
            mover.put(with_outline(mover.as_it_is(beside), outline, plan.day), beside)
    for item in plan.items:
        _move(mover, dataset, plan, item)
    return mover.edits()


def _must_be_as_seen(dataset: Dataset, plan: Plan) -> None:
    now = [dataset.find(code) for code in sources_of(plan)]
    there = [record for record in now if record is not None]
    beside = [record for code in plan.neighbours if (record := dataset.find(code)) is not None]
    hanging = [hanging_from(dataset, record, plan.day) for record in there]
    is_taken = plan.into is None and any(target.code in dataset.used_codes for target in plan.targets)
    if is_taken or seen([*there, *beside], hanging) != plan.seen:
        code = plan.ended[0].code
        message = Text(
            f"{code} 或挂在它上面的东西，在看过之后改过。没有写入，重新看一遍。",
            f"{code}, or something that hangs on it, was changed since you looked. Nothing was written; look again.",
        )
        raise Conflict(message, (Problem(message=message, code=code),))


def _ended(old: Record, plan: Plan) -> Record:
    ended = old._replace(valid_until=plan.day - ONE_DAY)
    if "successor" in KINDS[old.kind].index:
        ended = ended.with_values(successor=plan.targets[0].code)
    return ended


def _going_on(plan: Plan, place: int, target: Target) -> Record:
    """Return the record that goes on, with its numbers and the values that were chosen."""
    values: dict[str, Value] = {number.key: number.after[place] for number in plan.numbers}
    for item in plan.items:
        if item.group is Group.FIELD:
            values[item.key] = sources_of(plan)[item.choices[item.to[0]]].get(item.key)
    if plan.into is None:
        made = target.record.with_values(**values)
        estimated = [number.said.zh for number in plan.numbers if number.is_estimate]
        if estimated:
            source = f"{'、'.join(estimated)}{_ESTIMATED}"
            made = made._replace(source=f"{made.source}；{source}" if made.source else source)
        return made
    goes_on = with_outline(plan.into, target.record.geometry, plan.day)
    if "name" in KINDS[goes_on.kind].index:
        values.setdefault("name", target.record.get("name"))
    for name, value in values.items():
        if goes_on.get(name) != value:
            goes_on = with_value_from(goes_on, name, value, plan.day)
    return goes_on


def _move(mover: Mover, dataset: Dataset, plan: Plan, item: Item) -> None:
    codes = [target.code for target in plan.targets]
    to = [item.choices[place] for place in item.to]
    match item.group:
        case Group.TIED:
            for row in item.rows:
                mover.end_and_begin(row, item.field, to)
        case Group.WITHIN | Group.ABOUT:
            for row in item.rows:
                mover.rename(row, item.field, item.source, to[0])
        case Group.FACT if plan.verb == "split":
            for code in to:
                mover.copy_facts(item.rows, code)
        case Group.FACT:
            not_before = None if plan.into is None else plan.day
            for code in to:
                if plan.into is None or code != plan.into.code:
                    mover.copy_facts(facts_from(dataset, code, item.key, plan.day), codes[0], not_before)
        case Group.SCORE if to:
            mover.hand_over(item.rows, to[0])
        case Group.COUNT if to and plan.verb == "split":
            weights = _weights(plan, item.to)
            for row in item.rows:
                for code, counts in zip(to, counts_shared(row, weights), strict=True):
                    mover.count(row, code, row.get("on"), counts)
        case Group.COUNT if to:
            latest = max(item.rows, key=lambda row: row.text("on"))
            on = (
                latest.get("on") if plan.into is None else plan.day
            )  # a day before it would change what was known then
            mover.count(latest, codes[0], on, counts_added(item.rows))


def sources_of(plan: Plan) -> dict[str, Record]:
    """Return the records that are split or merged, by code."""
    return {record.code: record for record in (*plan.ended, *([] if plan.into is None else [plan.into]))}


def _weights(plan: Plan, places: tuple[int, ...]) -> list[float]:
    """Return how counts are shared: by the parts' households, else by their areas."""
    households = next((number.after for number in plan.numbers if number.key == "households"), ())
    known = [
        float(households[place] or 0) for place in places if households and households[place] is not None
    ]
    if len(known) == len(places) and sum(known) > 0:
        return known
    return [plan.targets[place].area_m2 for place in places]
