"""The same acts in an order nobody planned, on a file and on a server: every answer is the same, and so is what is told at the end.

``COMPOUND_REGISTRY_SEQUENCES=200`` tries that many sequences, each time others; without it, the same few.
"""

from __future__ import annotations

import os
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.domain.kinds import KINDS
from app.errors import RegistryError
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.edit import edit
from app.services.lineage.merge import plan_merge
from app.services.lineage.split import plan_split
from app.services.lineage.write import write_plan
from app.services.registry.registry import Registry
from app.services.tasks.acts import Gap, add_tasks
from app.services.zones.edits import make_zone
from scripts.verbs_story import Heard
from tests.app.bring_in.tables import a_csv
from tests.app.builders import LAT, LON, a_small_registry, square
from tests.app.shared.misplaced import misplaced
from tests.app.shared.test_every_verb import as_told
from tests.servers import TESTER
from ui.cli.run import verb_called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.domain.record import Record
    from scripts.trial_server import Server

LONG = int(os.environ.get("COMPOUND_REGISTRY_SEQUENCES", "0"))
GRID, OTHER_GRID, OTHER_STREET = "340102001001001", "340102001001002", "340102002"
DAY = date(2026, 6, 1)
COMPOUNDS = st.sampled_from(("C1", "C2", "C3", "C9"))
DAYS = st.sampled_from((date(2024, 1, 1), date(2025, 3, 1), date(2026, 1, 1), None))
FACTS = ("property_firm", "authority", "gate_guard", "owners_committee")
PLACES = (
    (0.002, 0.002),
    (0.0097, 0.004),
    (0.013, 0.006),
    (0.0297, 0.03),
)  # in a grid, across two, the other, none
QUESTIONS = (
    {"measure": "party", "by": "grid", "count": "split", "weight": "households"},
    {"measure": "not_three_no", "by": "community", "count": "whole", "against": date(2025, 1, 1)},
    {"measure": "property", "by": "street", "count": "split", "weight": "area"},
)


def rows_of(registry: Registry) -> dict[str, dict[str, Record]]:
    """Return every record that is held, by kind and code."""
    return {kind: dict(registry.dataset.of(kind)) for kind in KINDS}


class Desk(NamedTuple):
    """One place where the acts are done: by a first person, and by another with a desk of his own."""

    registry: Registry
    other: Registry


class TwoStores(RuleBasedStateMachine):
    """Does each act on both and compares what comes of it."""

    on_server: ClassVar[Callable[[Path], Path]]
    server: ClassVar[Server]

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.folder = Path(self._folder.name)
        with closing(a_small_registry(self.folder)) as registry:
            self.places = (registry.path, type(self).on_server(registry.path))
        self.keeper = type(self).server.connect(self.places[1].name, "keeper")
        self.desks = [Desk(Registry.open(p, by=TESTER), Registry.open(p, by=TESTER)) for p in self.places]

    @initialize()
    def begin(self) -> None:
        """Have a street beside the first one."""
        values = {
            "code": OTHER_STREET,
            "name": "东街道",
            "district": "340102",
            "geometry": square(0.02, 0, 0.02),
        }
        self.both(lambda r: edit.add(r, "streets", values))

    def both(self, act: Callable[[Registry], Any], *, by_other: bool = False) -> None:
        """Do it on both, and insist on the same answer: what was changed, or why it is refused."""
        answers = []
        for desk in self.desks:
            registry = desk.other if by_other else desk.registry
            try:
                done = act(registry)
                answers.append(None if done is None else (done.verb, done.codes, sorted(done.kinds)))
            except RegistryError as error:
                answers.append(as_told((type(error).__name__, error.as_json("zh")), registry.path))
        assert answers[0] == answers[1]

    @rule(
        code=COMPOUNDS,
        key=st.sampled_from(FACTS),
        value=st.sampled_from(("yes", "no", "unknown")),
        since=DAYS,
        by_other=st.booleans(),
    )
    def say(self, code: str, key: str, value: str, since: date | None, *, by_other: bool) -> None:
        """Answer a question, from a day or as a correction."""
        self.both(lambda r: edit.set_values(r, [code], {key: value}, since=since), by_other=by_other)

    @rule(code=COMPOUNDS, households=st.sampled_from(("0", "350", "unknown", "many")), by_other=st.booleans())
    def count(self, code: str, households: str, *, by_other: bool) -> None:
        """Correct a number, in one of several ways that are none."""
        self.both(lambda r: edit.set_values(r, [code], {"households": households}), by_other=by_other)

    @rule(code=COMPOUNDS, place=st.sampled_from(PLACES), since=DAYS)
    def draw(self, code: str, place: tuple[float, float], since: date | None) -> None:
        """Draw a compound elsewhere."""
        self.both(lambda r: edit.set_values(r, [code], {"geometry": square(*place).wkt}, since=since))

    @rule(east=st.sampled_from((0.0001, 0.005, 0.01, 0.015)))
    def move_the_border(self, east: float) -> None:
        """Give a grid another border, so that others lie in it."""
        outline = f"POLYGON (({LON} {LAT}, {LON + east} {LAT}, {LON + east} {LAT + 0.02}, {LON} {LAT + 0.02}, {LON} {LAT}))"
        self.both(lambda r: edit.set_values(r, [GRID], {"geometry": outline}))

    @rule(place=st.sampled_from(PLACES), name=st.sampled_from(("新苑", "东苑")), by_other=st.booleans())
    def add(self, place: tuple[float, float], name: str, *, by_other: bool) -> None:
        """Register another compound."""
        values = {"name": name, "kind": "old", "geometry": square(*place)}
        self.both(lambda r: edit.add(r, "compounds", values), by_other=by_other)

    @rule(code=COMPOUNDS)
    def remove(self, code: str) -> None:
        """Take one out."""
        self.both(lambda r: edit.remove(r, code, "登记错了"))

    @rule(
        what=st.sampled_from(("O1", "F1")),
        to=COMPOUNDS,
        since=DAYS,
        role=st.sampled_from((None, "trial", "contract")),
    )
    def attach(self, what: str, to: str, since: date | None, role: str | None) -> None:
        """Attach an organisation, or engage a firm in one of its stages."""
        self.both(lambda r: edit.attach(r, what, [to], since=since, role=role))

    @rule(tie=st.sampled_from(("A000001", "A000002", "E000001", "E000002")), on=DAYS)
    def detach(self, tie: str, on: date | None) -> None:
        """End one of them."""
        self.both(lambda r: edit.detach(r, tie, on=on, why="换届"))

    @rule(back=st.integers(0, 3))
    def undo(self, back: int) -> None:
        """Take back one of the latest steps, whose ever it is."""
        self.both(lambda r: r.undo(r.history(limit=back + 1, details=0)[-1].change))

    @rule()
    def redo(self) -> None:
        """Bring back what was taken back last."""
        self.both(lambda r: r.redo())

    @rule(street=st.sampled_from((GRID[:9], OTHER_STREET)))
    def move_the_community(self, street: str) -> None:
        """Give a community to another street, with all that lies in it."""
        self.both(lambda r: edit.set_values(r, [GRID[:12]], {"street": street}))

    @rule(code=COMPOUNDS, grid=st.sampled_from((GRID, OTHER_GRID, "")))
    def name_the_grid(self, code: str, grid: str) -> None:
        """Say which grid a compound belongs to, wherever it lies, or no more."""
        self.both(lambda r: edit.set_values(r, [code], {"grid": grid}))

    @rule(grid=st.sampled_from((GRID, OTHER_GRID)), last=st.sampled_from(("2025-12-31", "")))
    def end_a_grid(self, grid: str, last: str) -> None:
        """Let a grid have had its last day, or none."""
        self.both(lambda r: edit.set_values(r, [grid], {"valid_until": last}))

    @rule()
    def merge_the_grids(self) -> None:
        """Let one grid take the other in."""
        self.both(lambda r: write_plan(r, plan_merge(r, [GRID, OTHER_GRID], into=GRID, since=DAY)).changes)

    @rule(code=st.sampled_from(("C1", "C2")), east=st.sampled_from((0.0025, 0.0125)))
    def split(self, code: str, east: float) -> None:
        """Cut a compound in two."""
        line = f"LINESTRING ({LON + east} {LAT}, {LON + east} {LAT + 0.02})"
        self.both(lambda r: write_plan(r, plan_split(r, code, by=line, since=DAY)).changes)

    @rule(one=COMPOUNDS, other=COMPOUNDS)
    def make_a_zone(self, one: str, other: str) -> None:
        """Put two into a zone, which is made with them."""
        self.both(lambda r: make_zone(r, [one, other], name="片区", on=DAY))

    @rule(compound=COMPOUNDS, is_drawn=st.booleans())
    def add_a_building(self, compound: str, *, is_drawn: bool) -> None:
        """Register a building of a compound, where that lies or further east."""
        outline = {"geometry": square(0.013, 0.006, 0.0002)} if is_drawn else {}
        self.both(lambda r: edit.add(r, "buildings", {"name": "1栋", "compound": compound, **outline}))

    @rule(code=COMPOUNDS)
    def give_a_task(self, code: str) -> None:
        """Make a task of a gap."""
        self.both(lambda r: add_tasks(r, [code], Gap(measure="party", why="缺口", owner="网格员")))

    @rule(count=st.sampled_from(("12", "没数")), is_partial=st.booleans())
    def bring_in(self, count: str, *, is_partial: bool) -> None:
        """Bring in a table that changes one and adds one."""
        table = a_csv(
            self.folder / "t.csv", ("代码", "名称", "户数"), ("C1", "东苑", "7"), ("", "来苑", count)
        )
        request = ImportRequest(source=table, kind="compounds", on_conflict="update", partial=is_partial)
        self.both(lambda r: commit_import(r, plan_import(r, request)))

    @rule()
    def the_other_looks(self) -> None:
        """Take in what was written meanwhile, or go on without it."""
        self.both(lambda r: r.refresh() and None, by_other=True)

    @invariant()
    def nothing_stands_under_a_unit_that_it_left(self) -> None:
        """Whoever has a grid sees what lies in it now, with all that is known of it, and nothing else."""
        assert misplaced(self.keeper) == []

    def told(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is asked of both at the end."""
        for kind in ("compounds", "facts", "attachments", "engagements", "tasks", "grids"):
            yield "list", {"kind": kind}
        for code in sorted(self.desks[0].registry.dataset.of("compounds")):
            yield "show", {"code": code, "as_of": DAY}
        yield "history", {}
        for question in QUESTIONS:
            yield "coverage", {"as_of": DAY, **question}
        yield "explain", {"as_of": DAY, "measure": "party", "by": "grid", "unit": GRID}
        yield "check", {"as_of": DAY}

    def teardown(self) -> None:
        try:
            for verb, given in self.told():
                heard = [Heard(as_json=True) for _ in self.places]
                for place, output in zip(self.places, heard, strict=True):
                    verb_called(verb)(output, registry=place, **given)
                one, other = (as_told(h.documents, p) for h, p in zip(heard, self.places, strict=True))
                assert one == other, (verb, given)
            for desk in self.desks:  # what was taken on step by step is what is read anew
                desk.registry.refresh()
                with closing(Registry.open(desk.registry.path)) as anew:
                    assert rows_of(anew) == rows_of(desk.registry)
        finally:
            for desk in self.desks:
                desk.registry.close()
                desk.other.close()
            self.keeper.close()
            self._folder.cleanup()


def test_that_a_server_answers_as_a_file_after_any_sequence(on_server, server, monkeypatch):
    monkeypatch.setenv("COMPOUND_REGISTRY_USER", TESTER)
    TwoStores.server = server
    TwoStores.on_server = staticmethod(on_server)
    run_state_machine_as_test(
        TwoStores,
        settings=settings(
            max_examples=LONG or 3,
            stateful_step_count=40 if LONG else 20,
            derandomize=not LONG,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
