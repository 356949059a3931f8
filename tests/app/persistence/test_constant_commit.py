"""What a change costs does not grow with what the registry holds: neither in its file nor in memory."""

from __future__ import annotations

import sys

import pytest
from shapely.affinity import translate

from app.domain.edits import Put, Remove
from app.persistence import connection, reading
from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.app.town import COMMUNITIES, WEST, compounds, made, the_ground

FEW, MANY = 60, 900


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """Give a small and a large town, each with a fact and an engagement to every compound."""
    opened = [_town(tmp_path_factory.mktemp(str(count)), count) for count in (FEW, MANY)]
    yield opened
    for registry in opened:
        registry.close()


def _town(folder, count):
    rows = [made("firms", "F000001", name="物业")]
    cells = [(place % 20, place // 20) for place in range(count)]
    homes = [row.with_values(community=COMMUNITIES[0]) for row in compounds(cells, [100] * count)]
    for place, home in enumerate(homes, 1):
        fact = {"subject": home.code, "key": "party_organisation", "value": "no"}
        rows.append(made("facts", f"{home.code}:party_organisation:None", **fact))
        rows.append(made("engagements", f"E{place:06d}", firm="F000001", compound=home.code))
    path = folder / "town.gpkg"
    return create_registry(path, load_profile("yaohai"), records=[*the_ground(), *homes, *rows], by="tester")


def steps_of(registry, work, monkeypatch):
    """Return how many statements a change runs and how many steps SQLite's machine takes for them."""
    told = {"statements": 0, "steps": 0}

    def watched(path, **how):
        opened = reading.connect(path, **how)

        def step():
            told["steps"] += 1

        opened.set_progress_handler(step, 1)
        opened.set_trace_callback(lambda _: told.update(statements=told["statements"] + 1))
        return opened

    registry._store._pen.close()  # the next change makes its connection anew, watched
    with monkeypatch.context() as patch:
        patch.setattr(connection, "connect", watched)
        patch.setattr(connection, "QUIET", 3600.0)  # folding the log is no part of it
        work(registry)  # what a connection asks once
        told.update(statements=0, steps=0)
        work(registry)
    registry._store._pen.close()
    return told


def lines_of(registry, work):
    """Return how many lines of Python a change runs; a loop over all there is runs one for each."""
    count = 0

    def ran(_frame, event, _what):
        nonlocal count
        count += event == "line"
        return ran

    before = sys.gettrace()
    sys.settrace(ran)
    try:
        work(registry)
    finally:
        sys.settrace(before)
    return count


def _number(registry):
    now = registry.dataset.of("compounds")["C000007"].get("households")
    edit.set_values(registry, ["C000007"], {"households": now + 1})


def _outline(registry):
    shape = registry.dataset.of("compounds")["C000007"].geometry
    east = 1e-6 if shape.bounds[0] < WEST + 1e-3 else -1e-6
    edit.set_values(registry, ["C000007"], {"geometry": translate(shape, east).wkt})


def _fact(registry):
    now = registry.dataset.facts("C000007")["party_organisation"][-1].get("value")
    edit.set_values(registry, ["C000007"], {"party_organisation": "yes" if now == "no" else "no"})


def _removed(registry):
    firm = made("firms", f"F1{registry.last_step:05d}", name="乙")
    registry.commit([Put(firm)], verb="add")
    registry.commit([Remove(firm)], verb="remove")


def _undone(registry):
    _number(registry)
    registry.undo()


WORK = {"number": _number, "outline": _outline, "fact": _fact, "removed": _removed, "undone": _undone}


@pytest.mark.parametrize("what", WORK)
def test_that_a_change_runs_the_same_statements_whatever_the_registry_holds(towns, what, monkeypatch):
    small, large = (steps_of(registry, WORK[what], monkeypatch) for registry in towns)
    assert small["statements"] == large["statements"]
    assert (
        abs(small["steps"] - large["steps"]) < 50
    )  # of a thousand and more: a page more is split here and there


@pytest.mark.parametrize("what", WORK)
def test_that_a_change_looks_at_no_record_that_it_leaves_alone(towns, what):
    # the least of three: one of them looks up what is looked up once
    small, large = (min(lines_of(registry, WORK[what]) for _ in range(3)) for registry in towns)
    assert abs(large - small) < 300  # of some thousand


def test_that_an_undrawn_registry_is_not_searched_for_outlines_at_each_change(tmp_path):
    counts = []
    for count in (FEW, MANY):
        rows = [
            made("compounds", f"C{place + 1:06d}", name=f"小区{place}", households=1)
            for place in range(count)
        ]
        path = tmp_path / f"{count}.gpkg"
        registry = create_registry(path, load_profile("yaohai"), records=rows, by="tester")
        assert not registry.is_zone_kept
        counts.append(min(lines_of(registry, _number) for _ in range(3)))
        registry.close()
    assert abs(counts[1] - counts[0]) < 20
