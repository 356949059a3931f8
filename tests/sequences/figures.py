"""A registry edited at random, whose figures are compared with those found anew after every step.

``python -m tests.sequences.figures 20000`` takes that many steps (with ``--seed N``, others); it ends at the first difference.
"""

from __future__ import annotations

import argparse
import sys
from importlib import resources
from random import Random
from typing import TYPE_CHECKING, Any, Final

from app.coverage.engine import CoverageEngine
from app.coverage.explain import explain
from app.coverage.gaps import gaps
from app.coverage.measures import measure_names, parse_measure
from app.coverage.results import Query
from app.coverage.totals.totals import Asked, totals
from app.domain.dataset import Dataset
from app.domain.kinds import KINDS, LEVELS, OFFERED_KINDS
from app.domain.profile.reader import read_profile
from tests.app.coverage.builders import ZONE, a_profile
from tests.app.coverage.oracle_declared import city_text
from tests.sequences.figures_town import DAYS, Hand, a_town

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_KINDS: Final = (None, None, None, None, None, "old", "commercial", "scattered", "all")
_STEPS_OF_ONE: Final = 25  # steps after which another town is begun
_OTHERS: Final = 5  # questions asked once


def profiles() -> list[Profile]:
    """Return the shipped profiles, and one that declares a measure of every condition."""
    folder = resources.files("resources") / "profiles"
    own = (folder / "yaohai.toml").read_text("utf-8") + city_text()
    common = (folder / "common.toml").read_text("utf-8")
    return [*map(a_profile, ("yaohai", "jinjiang", "quzhou")), read_profile(own, common)]


class FiguresMachine:
    """One town. ``step`` edits it; ``differences`` says what the engine that follows says otherwise than a fresh one."""

    def __init__(self, seed: str, profile: Profile) -> None:
        self.rng = Random(seed)
        self.hand = Hand(self.rng, profile)
        self.dataset = a_town(self.hand, Dataset({}))
        self.engine = CoverageEngine(self.dataset, profile, ZONE)
        self.measures = [*measure_names(profile), "station:grid_post:80"]
        self.queries = [self._query(measure) for measure in self.measures]  # asked after every step
        self.done: list[tuple[list[Record], list[Record]]] = []
        self.undone: list[tuple[list[Record], list[Record]]] = []
        self.told = ""

    def step(self) -> None:
        """Do one thing: an edit, many at once, several in a row of which nobody asks, an undo or a redo."""
        chance = self.rng.random()
        if chance < 0.12 and self.done:
            act = self.done.pop()
            self.undone.append(self._turned(act))
            self._apply(*act, is_undo=True)
            self.told = f"undone: {act}"
        elif chance < 0.18 and self.undone:
            act = self.undone.pop()
            self.done.append(self._turned(act))
            self._apply(*act)
            self.told = f"done again: {act}"
        elif chance < 0.22:
            self._write(*self._many(self.rng.randint(2, 12)))
        elif chance < 0.28:
            for _ in range(self.rng.randint(2, 5)):
                self._write(*self.hand.edit(self.dataset))
        else:
            self._write(*self.hand.edit(self.dataset))

    def _many(self, count: int) -> tuple[list[Record], list[Record]]:
        put: dict[tuple[str, str], Record] = {}
        dataset = self.dataset
        for _ in range(count):
            record = self.hand.fresh(
                dataset, self.rng.choice(("facts", "compounds", "engagements", "links", "buildings"))
            )
            if record is not None:
                put[record.kind, record.code] = record
                dataset = dataset.with_changes([record])
        return list(put.values()), []

    def _write(self, put: list[Record], removed: list[Record]) -> None:
        act = (put, removed)
        self.done.append(self._turned(act))
        self.undone.clear()
        self._apply(put, removed)
        self.told = f"put {put}, removed {removed}"

    def _turned(self, act: tuple[list[Record], list[Record]]) -> tuple[list[Record], list[Record]]:
        """Return what takes an act back."""
        put, removed = act
        olds = [self.dataset.of(record.kind).get(record.code) for record in put]
        back = [*(old for old in olds if old is not None), *removed]
        return back, [record for record, old in zip(put, olds, strict=True) if old is None]

    def _apply(self, put: list[Record], removed: list[Record], *, is_undo: bool = False) -> None:
        self.dataset = self.dataset.with_changes(put, removed, is_undo=is_undo)
        self.engine = self.engine.with_dataset(self.dataset)

    # comparing

    def differences(self) -> Iterator[str]:
        """Say what is otherwise than found anew."""
        fresh = CoverageEngine(
            Dataset({kind: dict(self.dataset.of(kind)) for kind in KINDS}), self.engine.profile, ZONE
        )
        others = [self._query(self.rng.choice(self.measures)) for _ in range(_OTHERS)]
        for query in (*self.queries, *others):
            yield from _unlike(f"coverage of {query}", self.engine.coverage(query), fresh.coverage(query))
            measure, day = query.measure, query.as_of
            yield from _unlike_maps(
                f"status of {measure} on {day}",
                self.engine.status_of(measure, day),
                fresh.status_of(measure, day),
            )
        for place, kind in enumerate(OFFERED_KINDS):
            day = DAYS[place % len(DAYS)]
            yield from _unlike_maps(
                f"derived of {kind} on {day}",
                self.engine.derived_many(kind, day),
                fresh.derived_many(kind, day),
            )
        yield from self._few(fresh)

    def _few(self, fresh: CoverageEngine) -> Iterator[str]:
        """Say the same of what is asked less often."""
        measure, day, kind = self.rng.choice(self.measures), self.rng.choice(DAYS), self.rng.choice(_KINDS)
        query = self._query(measure)
        asked = parse_measure(fresh.profile, measure)
        left_out = [
            engine.left_out(asked, engine.judgement(asked, day, kind), day, kind)
            for engine in (self.engine, fresh)
        ]
        yield from _unlike_maps(f"left out of {measure} on {day}", *left_out)
        unit = self.rng.choice(["total", "unplaced", *(row.unit for row in fresh.coverage(query).rows)])
        yield from _unlike(
            f"behind {unit} of {query}", *(_found(explain, e, query, unit) for e in (self.engine, fresh))
        )
        yield from _unlike(f"gaps of {query}", *(gaps(e, query, 0.8) for e in (self.engine, fresh)))
        wanted = Asked(by=self.rng.choice(LEVELS), as_of=day, kind=kind)
        yield from _unlike(f"totals {wanted}", *(totals(e, wanted) for e in (self.engine, fresh)))
        code = self.hand.one(self.dataset, "compounds")
        if code is not None:
            yield from _unlike(
                f"ever three-no of {code}", *(e.book.ever_three_no(code, day) for e in (self.engine, fresh))
            )

    def _query(self, measure: str) -> Query:
        weights = parse_measure(self.engine.profile, measure).spec.weights
        return Query(
            measure=measure,
            by=self.rng.choice(LEVELS),
            as_of=self.rng.choice(DAYS),
            weight=self.rng.choice((None, *weights)),
            count=self.rng.choice(("whole", "split")),
            kind=self.rng.choice(_KINDS),
            against=self.rng.choice((None, None, None, *DAYS)),
        )


def _found(ask: Any, *asked: Any) -> Any:
    return ask(*asked)


def _unlike(what: str, ours: object, fresh: object) -> Iterator[str]:
    if repr(ours) != repr(fresh):  # which has every digit, and tells 1 from 1.0
        yield f"{what}:\n  {ours!r}\nfresh:\n  {fresh!r}"


def _unlike_maps(what: str, ours: Any, fresh: Any) -> Iterator[str]:
    if len(ours) != len(fresh) or dict(ours) != dict(fresh):
        keys = sorted(key for key in {*ours, *fresh} if ours.get(key) != fresh.get(key))
        yield f"{what}: " + "; ".join(f"{key}: {ours.get(key)}, fresh {fresh.get(key)}" for key in keys)


def run(
    steps: int, seed: int = 0, of_one: int = _STEPS_OF_ONE, kinds: Sequence[Profile] | None = None
) -> list[str]:
    """Take so many steps, in one town after the other; return what is otherwise after the first that went wrong."""
    kinds = kinds or profiles()
    machine = None
    for number in range(steps):
        if number % of_one == 0:
            town = number // of_one
            machine = FiguresMachine(f"{seed}.{town}", kinds[town % len(kinds)])
            assert not list(machine.differences())
        assert machine is not None
        machine.step()
        found = list(machine.differences())
        if found:
            return [f"seed {seed}, step {number}: {machine.told}", *found]
        if number % 500 == 499:
            sys.stdout.write(f"{number + 1} steps\n")
            sys.stdout.flush()
    return []


def main() -> int:
    """Take as many steps as are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found = run(given.steps, given.seed)
    sys.stdout.write("\n".join(found) or f"{given.steps} steps, no difference")
    sys.stdout.write("\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
