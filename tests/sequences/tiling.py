"""A hand that edits outlines in an order nobody planned, in a tiled town of four levels with compounds that share walls.

``python -m tests.sequences.tiling 50000`` tries that many steps without a file, each time others, and tells what became
of them.
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.coverage.engine import CoverageEngine
from app.domain.dataset import Dataset
from app.domain.edits import Changes, Put, Remove
from app.domain.kinds import UNIT_KINDS
from app.domain.period import today
from app.errors import RegistryError
from app.services.outlines.cutting import merge_geometry, split_geometry
from app.services.outlines.desk import OutlineDesk
from app.services.outlines.drawn import plan_new, write_new
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry
from geo.arcs.effects import Reason
from geo.arcs.judge import Options
from tests.app.outlines.tiles import ZONE, a_tiled_registry, made, metres, records, untiled

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = (*UNIT_KINDS, "compounds")
STEPS = [-120, -45, -20, -7, -3, -1, 1, 2, 5, 11, 30, 80, 150]  # [m]
OPTIONS = [
    Options(),
    Options(is_keeper=True),
    Options(allowed=frozenset({Reason.PARTS, Reason.HOLES, Reason.SLIVERS})),
    Options(is_alone=True),
]
step = st.sampled_from(STEPS)
place = st.integers(0, 1000)
layer = st.sampled_from((*LAYERS, "grids", "grids", "compounds", "compounds"))
option = st.sampled_from(OPTIONS)


class Memory:
    """As much of a registry as plans ask for, without a file."""

    def __init__(self) -> None:
        rows: dict[str, dict[str, Any]] = {}
        for record in records():
            rows.setdefault(record.kind, {})[record.code] = record
        self.zone, self.profile = ZONE, load_profile("yaohai")
        self.engine = CoverageEngine(Dataset(rows), self.profile, self.zone)
        self._before: list[Dataset] = []

    @property
    def dataset(self) -> Dataset:
        return self.engine.dataset

    def find(self, code: str) -> Any:
        return self.dataset.find(code)

    def write(self, build: Callable[[Dataset], Any], *, verb: str, why: str | None = None) -> Changes:
        edits = build(self.dataset)
        self._before.append(self.dataset)
        put = [edit.record for edit in edits if isinstance(edit, Put)]
        gone = [edit.record for edit in edits if isinstance(edit, Remove)]
        self.engine = self.engine.with_dataset(self.dataset.with_changes(put, gone))
        return Changes("1", verb, tuple(record.code for record in put))

    def undo(self) -> None:
        self.engine = self.engine.with_dataset(self._before.pop())

    def close(self) -> None:
        self._before.clear()


@cache
def template() -> Path:
    """Return the town's file, written once."""
    folder = Path(mkdtemp(prefix="tiling-"))
    a_tiled_registry(folder).close()
    return folder / "tiles.gpkg"


class TilingMachine(RuleBasedStateMachine):
    """Edits one town. ``told``: what became of the steps of all machines."""

    with_file: ClassVar[bool] = True
    told: ClassVar[Counter[str]] = Counter()

    @initialize()
    def open(self) -> None:
        if self.with_file:
            self.folder = Path(mkdtemp(prefix="tiling-"))
            self.registry: Any = Registry.open(Path(shutil.copy(template(), self.folder)), by="tester")
        else:
            self.registry = Memory()
        self.is_fresh = False

    def teardown(self) -> None:
        self.registry.close()
        if self.with_file:
            shutil.rmtree(self.folder)

    # what must hold

    def bytes_of(self) -> dict[str, bytes]:
        dataset = self.registry.dataset
        return {
            code: shapely.to_wkb(record.geometry)
            for kind in LAYERS
            for code, record in dataset.of(kind).items()
        }

    def totals(self) -> dict[str, float]:
        dataset = self.registry.dataset
        return {kind: sum(metres(r.geometry).area for r in dataset.of(kind).values()) for kind in LAYERS}

    def common(self) -> float:
        """Return the ground that compounds have in common [m²]."""
        shapes = [metres(record.geometry) for record in self.registry.dataset.of("compounds").values()]
        return float(sum(shape.area for shape in shapes) - shapely.union_all(shapes).area)

    @invariant()
    def the_town_is_tiled(self) -> None:
        if getattr(self, "is_fresh", False):
            self.is_fresh = False
            wrong = untiled(self.registry.dataset)
            assert not wrong, wrong
            for record in self.registry.dataset.of("compounds").values():
                assert record.geometry.is_valid, record.code
            assert self.common() < 1e-3, self.common()

    def take(self, name: str, plan: Any, write: Callable[[], Any] | None = None) -> None:
        """Write a plan, if it may be, and look at what it said it would do."""
        if plan.refusal is not None:
            self.told[f"{name}: {plan.reason.reason if plan.reason else 'refused'}"] += 1
            assert plan.refusal.message.zh
            assert plan.refusal.message.en
            try:
                plan.write()
            except RegistryError:
                return
            raise AssertionError("a refused plan was written")
        before, totals = self.bytes_of(), self.totals()
        (write or plan.write)()
        after = self.bytes_of()
        effects = {effect.code: effect for effect in plan.effects}
        differs = {code for code in before if after.get(code) != before[code]}
        assert differs <= set(effects), "an outline changed of which the plan said nothing"
        for code in set(effects) - differs - {""}:
            assert not effects[code].is_moved, f"{code} was said to move and did not"
        for kind, total in self.totals().items():
            said = sum(e.effect.gained_m2 - e.effect.lost_m2 for e in plan.effects if e.kind == kind)
            assert abs(total - totals[kind] - said) < 1e-9 * max(total, 1e6), f"{kind}: areas do not add up"
        self.last = before
        self.is_fresh = True
        self.told[f"{name}: written"] += 1

    # what a hand does

    def desk(self, kind: str, which: int) -> OutlineDesk | None:
        codes = sorted(self.registry.dataset.of(kind))
        return OutlineDesk(self.registry, codes[which % len(codes)]) if codes else None

    def vertex(self, desk: OutlineDesk, which: int) -> tuple[float, float]:
        vertices = desk.vertices()
        return vertices[which % len(vertices)].xy

    def middle(self, desk: OutlineDesk, which: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the middle of an edge and its direction."""
        ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(desk.edited.shape))[0])
        start, end = ring[which % (len(ring) - 1)], ring[which % (len(ring) - 1) + 1]
        return (start + end) / 2, (end - start) / np.hypot(*(end - start))

    @rule(kind=layer, code=place, which=place, east=step, north=step, how=option)
    def move(self, kind: str, code: int, which: int, east: int, north: int, how: Options) -> None:
        if desk := self.desk(kind, code):
            at = self.vertex(desk, which)
            self.take("move", desk.move([(at, (at[0] + east, at[1] + north))], how))

    @rule(kind=layer, code=place, which=place, east=step, north=step)
    def insert(self, kind: str, code: int, which: int, east: int, north: int) -> None:
        if desk := self.desk(kind, code):
            at, _ = self.middle(desk, which)
            to = (float(at[0] + east), float(at[1] + north))
            self.take("insert", desk.insert((float(at[0]), float(at[1])), to if east > 2 else None))

    @rule(kind=layer, code=place, which=place)
    def delete(self, kind: str, code: int, which: int) -> None:
        if desk := self.desk(kind, code):
            self.take("delete", desk.delete([self.vertex(desk, which)]))

    @rule(kind=layer, code=place, which=place, east=step, north=step)
    def move_edge(self, kind: str, code: int, which: int, east: int, north: int) -> None:
        if desk := self.desk(kind, code):
            at, _ = self.middle(desk, which)
            self.take("move edge", desk.move_edge((float(at[0]), float(at[1])), (east, north)))

    @rule(kind=layer, code=place, which=place, wide=step, deep=step, how=option)
    def reshape(self, kind: str, code: int, which: int, wide: int, deep: int, how: Options) -> None:
        if desk := self.desk(kind, code):
            line = self.bulge(desk, which, wide, deep)
            self.take("reshape", desk.reshape(line, how))

    def bulge(self, desk: OutlineDesk, which: int, wide: int, deep: int) -> list[tuple[float, float]]:
        at, way = self.middle(desk, which)
        out = np.array([way[1], -way[0]]) * deep
        half = way * abs(wide) / 2
        back = -out / abs(deep)
        points = (at - half + back, at - half + out, at + half + out * 0.8, at + half + back)
        return [(float(x), float(y)) for x, y in points]

    @rule(kind=layer, code=place, east=step, north=step, how=option)
    def shift(self, kind: str, code: int, east: int, north: int, how: Options) -> None:
        if desk := self.desk(kind, code):
            self.take("shift", desk.shift(east / 2, north / 2, how))

    @rule(kind=layer, code=place, angle=step, factor=st.sampled_from((0.8, 0.97, 1.0, 1.04)), how=option)
    def turn(self, kind: str, code: int, angle: int, factor: float, how: Options) -> None:
        if desk := self.desk(kind, code):
            self.take(
                "turn", desk.turn(angle / 5, None, how) if factor == 1.0 else desk.scale(factor, None, how)
            )

    @rule(kind=layer, code=place, tolerance=st.sampled_from((0.5, 3.0, 12.0)))
    def simplify(self, kind: str, code: int, tolerance: float) -> None:
        if desk := self.desk(kind, code):
            self.take("simplify", desk.simplify(tolerance))

    @rule(kind=layer, code=place)
    def right_angles(self, kind: str, code: int) -> None:
        if desk := self.desk(kind, code):
            self.take("right angles", desk.right_angles())

    @rule(kind=layer, code=place, size=step, how=option)
    def hole(self, kind: str, code: int, size: int, how: Options) -> None:
        if desk := self.desk(kind, code):
            middle = desk.edited.shape.representative_point()
            if size < 0:
                self.take("fill", desk.fill_hole((middle.x, middle.y), how))
            else:
                self.take("hole", desk.cut_hole(middle.buffer(size, quad_segs=2), how))

    @rule(kind=layer, code=place, which=place, size=step, how=option)
    def part(self, kind: str, code: int, which: int, size: int, how: Options) -> None:
        if desk := self.desk(kind, code):
            x, y = self.vertex(desk, which)
            ground = shapely.box(x + size / 3, y + size / 4, x + size / 3 + 30, y + size / 4 + 20)
            self.take("part", desk.add_part(ground, how))

    @rule(code=place, which=place, wide=step, high=step, how=option)
    def draw(self, code: int, which: int, wide: int, high: int, how: Options) -> None:
        desk = self.desk("compounds", code)
        if desk is None or len(self.registry.dataset.of("compounds")) > 9:
            return
        x, y = self.vertex(desk, which)
        ground = shapely.Polygon([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
        plan = plan_new(self.registry, "compounds", ground, options=how)
        self.take("draw", plan, lambda: write_new(plan, {"name": "新苑", "kind": "old"}))

    @rule(code=place, which=place, turn=st.integers(0, 6))
    def split(self, code: int, which: int, turn: int) -> None:
        """Cut a grid in two through its middle; a town of many grids is not cut further."""
        desk = self.desk("grids", code)
        if desk is None or len(self.registry.dataset.of("grids")) > 12:
            return
        middle = desk.edited.shape.representative_point()
        way = np.array([np.cos(turn), np.sin(turn)]) * 2000
        line = [(middle.x - way[0], middle.y - way[1]), (middle.x + way[0], middle.y + way[1])]
        cut = split_geometry(self.registry, desk.record.code, line, today())
        if cut.plan.refusal is not None or len(cut.pieces) != 2:
            self.told["split: refused"] += 1
            return
        record = desk.record
        new = [
            made(
                "grids",
                self.free(record.code[:12]),
                name="新网格",
                community=record.get("community"),
                geometry=piece,
            )
            for piece in cut.pieces[1:]
        ]
        kept = record._replace(geometry=cut.pieces[0], version=record.version + 1)

        def build(dataset: Dataset) -> list[Any]:
            return [*(Put(one) for one in new), Put(kept, record), *cut.plan.edits(dataset)]

        self.write("split", build)

    @rule(code=place, other=place)
    def merge(self, code: int, other: int) -> None:
        grids = sorted(self.registry.dataset.of("grids"))
        one, two = grids[code % len(grids)], grids[other % len(grids)]
        if one == two or len(grids) < 6:
            return
        merged = merge_geometry(self.registry, [one, two], today())
        if merged.outline is None:
            self.told[f"merge: {merged.plan.reason.reason if merged.plan.reason else 'parents'}"] += 1
            return
        record, gone = self.registry.find(one), self.registry.find(two)
        kept = record._replace(geometry=merged.outline, version=record.version + 1)
        self.write("merge", lambda _: [Put(kept, record), Remove(gone)])

    def free(self, prefix: str) -> str:
        dataset = self.registry.dataset
        taken = dataset.used_codes
        return next(code for n in range(1, 1000) if (code := f"{prefix}{n:03d}") not in taken)

    def write(self, name: str, build: Callable[[Dataset], Any]) -> None:
        self.last = self.bytes_of()
        self.registry.write(build, verb=name)
        self.is_fresh = True
        self.told[f"{name}: written"] += 1

    @precondition(lambda self: getattr(self, "last", None) is not None)
    @rule()
    def undo(self) -> None:
        self.registry.undo()
        assert self.bytes_of() == self.last
        self.last = None
        self.told["undo: written"] += 1


def run(steps: int, *, with_file: bool, is_long: bool) -> Counter[str]:
    """Try so many steps; return what became of them."""
    TilingMachine.with_file, TilingMachine.told = with_file, Counter()
    each = min(50, steps)
    run_state_machine_as_test(
        TilingMachine,
        settings=settings(
            max_examples=max(1, steps // each),
            stateful_step_count=each,
            derandomize=not is_long,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if is_long else [Phase.generate],
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return TilingMachine.told


if __name__ == "__main__":
    made_of = run(int(sys.argv[1]), with_file="--file" in sys.argv, is_long=True)
    sys.stdout.write("".join(f"{name:28}{count}\n" for name, count in sorted(made_of.items())))
    sys.stdout.write(f"steps {sum(made_of.values())}\n")
