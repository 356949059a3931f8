"""Compounds that a line cuts, and borders led along them: ranked, proposed, accepted and taken back as one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely

from app.coverage.results import Query
from app.domain.period import today
from app.errors import Conflict, InvalidInput
from app.jobs import Cancelled, Ticket
from app.services.check.check import check
from app.services.edit import edit
from app.services.fusion.cuts import OUTSIDE, cut_of, find_cuts
from app.services.fusion.fuse import accept, propose
from tests.app.persistence.cut_registry import LEFT, RIGHT, STREET, a_cut_registry, grid, ground

pytestmark = pytest.mark.system(19)

DAY = today()


@pytest.fixture
def registry(tmp_path):
    registry = a_cut_registry(tmp_path)
    yield registry
    registry.close()


def outlines(registry, kind, day=DAY):
    return {r.code: r.geometry_on(day) for r in registry.dataset.of(kind).values()}


def tiles(registry, kind, day=DAY):
    """Return whether the units of a kind tile, and the area of their union [m²]."""
    shapes = registry.zone.to_metres([o for o in outlines(registry, kind, day).values() if o is not None])
    return bool(shapely.coverage_is_valid(shapes)), shapely.union_all(shapes).area


def findings(registry, rule, day=DAY):
    return check(registry.dataset, registry.profile, registry.engine, registry.zone, day, [rule])


def test_that_cuts_name_each_side_and_come_by_households_on_the_smaller_side_then_by_area(registry):
    found = find_cuts(registry.engine, DAY)
    assert [cut.code for cut in found] == ["C1", "C2"]  # no point, nothing undrawn, nothing whole
    first, second = found
    assert first.affected == pytest.approx(400 * 0.3, rel=1e-4)
    assert list(first.sides) == ["grid", "community"]
    assert dict(first.sides["community"]) == pytest.approx({LEFT: 0.7, RIGHT: 0.3}, rel=1e-4)
    assert first.units["grid"] == grid(LEFT, 1)
    assert (second.affected, list(second.sides)) == (None, ["grid"])
    assert second.affected_m2 == pytest.approx(second.area_m2 * 0.2, rel=1e-3)


def test_that_cuts_can_be_asked_for_one_level_and_one_street(registry):
    assert [cut.code for cut in find_cuts(registry.engine, DAY, level="community")] == ["C1"]
    assert find_cuts(registry.engine, DAY, level="street") == []
    assert len(find_cuts(registry.engine, DAY, street=STREET)) == 2
    edit.add(registry, "streets", {"code": "340102009", "name": "别处街道", "district": "340102"})
    assert find_cuts(registry.engine, DAY, street="340102009") == []
    for wrong in ({"level": "district"}, {"street": "340102888"}, {"street": LEFT}):
        with pytest.raises(InvalidInput):
            find_cuts(registry.engine, DAY, **wrong)


def test_that_a_part_outside_everything_is_a_side_but_ranks_last_beside_what_a_border_can_settle(registry):
    edit.add(
        registry,
        "compounds",
        {"code": "C6", "name": "边苑", "households": 100, "geometry": ground(1.9, 1.9, 2.05, 2)},
    )
    cut = cut_of(registry.engine, DAY, "C6")
    assert [side for side, _ in cut.sides["grid"]] == [grid(RIGHT, 2), OUTSIDE]
    assert cut.smaller == pytest.approx(1 / 3, rel=1e-3)


def test_that_a_long_search_can_be_stopped(registry):
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        find_cuts(registry.engine, DAY, ticket=ticket)
    with pytest.raises(Cancelled):
        propose(registry.engine, "C1", DAY, ticket=ticket)


def test_that_a_fusion_moves_grid_and_community_together_and_leaves_every_other_line(registry):
    before = {kind: (outlines(registry, kind), tiles(registry, kind)[1]) for kind in ("grids", "communities")}
    proposal = propose(registry.engine, "C1", DAY)
    assert proposal.to == {
        "district": "340102",
        "street": STREET,
        "community": LEFT,
        "grid": grid(LEFT, 1),
    }
    moved = {move.record.code: move.gained_m2 for move in proposal.moves}
    piece = cut_of(registry.engine, DAY, "C1").area_m2 * 0.3
    assert moved == pytest.approx(
        {LEFT: piece, RIGHT: -piece, grid(LEFT, 1): piece, grid(RIGHT, 1): -piece}, rel=1e-4
    )
    assert proposal.after is None
    assert registry.zone.to_metres([proposal.ground])[0].area == pytest.approx(piece, rel=1e-4)
    changes = accept(registry, proposal, why="院墙为界")
    assert (changes.verb, set(changes.codes)) == ("fuse", set(moved))
    assert cut_of(registry.engine, DAY, "C1") is None
    assert [f.codes[0] for f in findings(registry, "straddles")] == ["C2"]
    for kind, (old, area) in before.items():
        is_valid, union = tiles(registry, kind)
        assert is_valid
        assert union == pytest.approx(area, abs=1e-4)
        now = outlines(registry, kind)
        assert {code for code in old if now[code] is not old[code]} == set(moved) & set(old)
    assert findings(registry, "grid_gap") == findings(registry, "grid_overlap") == []
    left = outlines(registry, "communities")[LEFT]
    parts = shapely.union_all([outlines(registry, "grids")[grid(LEFT, n)] for n in (1, 2)])
    assert shapely.equals(left, parts)  # to the last digit: the very same vertices


def test_that_one_undo_takes_all_of_it_back_and_redo_brings_it_again(registry):
    was = {kind: outlines(registry, kind) for kind in ("grids", "communities")}
    changes = accept(registry, propose(registry.engine, "C1", DAY))
    registry.undo(changes.change)
    for kind, old in was.items():
        assert all(shapely.equals_exact(shape, old[code]) for code, shape in outlines(registry, kind).items())
    registry.redo()
    assert cut_of(registry.engine, DAY, "C1") is None


def test_that_by_default_the_old_border_stays_true_of_the_days_before(registry):
    accept(registry, propose(registry.engine, "C1", DAY))
    yesterday = DAY - timedelta(days=1)
    assert cut_of(registry.engine, DAY, "C1") is None
    assert cut_of(registry.engine, yesterday, "C1") is not None
    assert tiles(registry, "grids", yesterday)[0]


def test_that_a_correction_holds_on_every_day_on_which_the_old_outline_stood(registry):
    accept(registry, propose(registry.engine, "C1", DAY, is_correction=True))
    assert cut_of(registry.engine, DAY - timedelta(days=900), "C1") is None
    assert registry.dataset.find(LEFT).past == {}


def test_that_a_correction_of_an_earlier_day_leaves_the_outline_of_today(registry):
    accept(registry, propose(registry.engine, "C1", DAY))
    now = registry.dataset.find(LEFT).geometry
    yesterday = DAY - timedelta(days=1)
    accept(registry, propose(registry.engine, "C2", yesterday, is_correction=True))
    assert registry.dataset.find(LEFT).geometry is now
    assert cut_of(registry.engine, yesterday, "C2") is None
    assert cut_of(registry.engine, yesterday, "C1") is not None


def test_that_a_parent_without_outline_follows_its_children(tmp_path):
    registry = a_cut_registry(tmp_path, is_street_drawn=False)
    for community in (LEFT, RIGHT):
        edit.set_values(registry, [community], {"geometry": ""})
    assert list(cut_of(registry.engine, DAY, "C1").sides) == ["grid", "community"]
    proposal = propose(registry.engine, "C1", DAY)
    assert [move.record.code for move in proposal.moves] == [grid(LEFT, 1), grid(RIGHT, 1)]
    assert {row.unit for row in proposal.figures} == {STREET, LEFT, RIGHT, grid(LEFT, 1), grid(RIGHT, 1)}
    accept(registry, proposal)
    assert registry.dataset.find(LEFT).geometry is None
    assert cut_of(registry.engine, DAY, "C1") is None
    registry.close()


def test_that_another_unit_may_take_it_and_its_ancestors_with_it(registry):
    for to in (RIGHT, grid(RIGHT, 1)):
        proposal = propose(registry.engine, "C1", DAY, to=to)
        assert (proposal.to["community"], proposal.to["grid"]) == (RIGHT, grid(RIGHT, 1))
        assert {m.record.code: m.gained_m2 > 0 for m in proposal.moves}[RIGHT]
        assert proposal.after is None
    street = propose(registry.engine, "C1", DAY, to=STREET)
    assert street.to == propose(registry.engine, "C1", DAY).to


@pytest.mark.parametrize("to", ["340102001002002", "340102", "O1", "C3", "no-such"])
def test_that_a_unit_that_holds_no_part_or_is_none_is_refused(registry, to):
    with pytest.raises(InvalidInput) as refused:
        propose(registry.engine, "C1", DAY, to=to)
    assert refused.value.problems[0].code == to


@pytest.mark.parametrize("code", ["C4", "C5", "O1", "no-such"])
def test_that_what_has_no_area_or_is_no_compound_is_refused(registry, code):
    with pytest.raises(InvalidInput):
        propose(registry.engine, code, DAY)


def test_that_a_compound_not_in_force_is_refused(registry):
    edit.set_values(registry, ["C1"], {"valid_until": "2020-12-31"})
    with pytest.raises(InvalidInput, match="不在册"):
        propose(registry.engine, "C1", DAY)


def test_that_a_whole_compound_has_nothing_to_move_and_nothing_is_written(registry):
    proposal = propose(registry.engine, "C3", DAY)
    assert (proposal.moves, proposal.figures, proposal.before) == ((), (), None)
    assert accept(registry, proposal).change is None


def test_that_coverage_before_and_after_is_told_for_the_units_concerned(registry):
    edit.attach(registry, "O1", ["C1"])
    query = Query(measure="party", by="street", as_of=DAY, count="split")
    proposal = propose(registry.engine, "C1", DAY, query=query)
    told = {row.unit: (row.before.covered, row.after.covered) for row in proposal.figures}
    assert told.keys() == {STREET, LEFT, RIGHT, grid(LEFT, 1), grid(RIGHT, 1)}
    assert told[LEFT] == pytest.approx((0.7, 1.0), rel=1e-4)
    assert told[RIGHT] == pytest.approx((0.3, 0.0), abs=1e-4)
    was = {row.unit: row.figures.covered for row in registry.engine.coverage(query).rows}
    assert told[STREET] == pytest.approx((1.0, 1.0))
    accept(registry, proposal)
    for level in ("street", "community", "grid"):
        rows = registry.engine.coverage(Query(measure="party", by=level, as_of=DAY, count="split")).rows
        for row in rows:
            if row.unit in told:
                assert row.figures.covered == pytest.approx(told[row.unit][1], abs=1e-9)
    assert was[STREET] == pytest.approx(told[STREET][0])


def test_that_other_compounds_which_the_new_border_cuts_or_frees_are_named(registry):
    beside = ground(1.02, 0.2, 1.06, 0.3)  # overlaps C1: drawn twice
    edit.add(registry, "compounds", {"code": "C7", "name": "邻苑", "geometry": beside})
    within = ground(0.99, 0.22, 1.01, 0.24)
    edit.add(registry, "compounds", {"code": "C8", "name": "院中院", "geometry": within})
    proposal = propose(registry.engine, "C1", DAY)
    assert [cut.code for cut in proposal.newly_cut] == ["C7"]
    assert dict(proposal.newly_cut[0].sides["grid"]) == pytest.approx(
        {grid(RIGHT, 1): 0.75, grid(LEFT, 1): 0.25}, rel=1e-3
    )
    assert proposal.released == ("C8",)
    accept(registry, proposal)
    assert {cut.code for cut in find_cuts(registry.engine, DAY)} == {"C2", "C7"}


def test_that_a_unit_swallowed_whole_is_refused_by_name(registry):
    edit.add(
        registry,
        "grids",
        {"code": "340102001001009", "community": LEFT, "geometry": ground(0.31, 0.97, 0.33, 1.01)},
    )
    proposal = propose(registry.engine, "C2", DAY)
    assert proposal.emptied == ("340102001001009",)
    with pytest.raises(InvalidInput) as refused:
        accept(registry, proposal, allow_torn=True)
    assert [problem.code for problem in refused.value.problems] == ["340102001001009"]


def test_that_a_torn_unit_needs_leave(registry):
    edit.set_values(registry, ["C1"], {"geometry": ground(0.9, -0.1, 1.9, 0.5)})
    edit.set_values(registry, ["C1"], {"geometry": ground(0.4, 0.9, 1.3, 1.05)})
    edit.set_values(registry, [grid(LEFT, 1)], {"geometry": ground(0, 0, 1, 0.95)})
    edit.add(
        registry, "grids", {"code": "340102001001008", "community": LEFT, "geometry": ground(0, 0.95, 1, 1)}
    )
    proposal = propose(registry.engine, "C1", DAY, to=grid(LEFT, 2))
    assert proposal.torn == ()
    edit.set_values(registry, ["C1"], {"geometry": ground(0.4, 0.9, 0.9, 1.05)})
    proposal = propose(registry.engine, "C1", DAY, to=grid(LEFT, 2))
    assert proposal.torn == ("340102001001008",)
    before = registry.dataset
    with pytest.raises(InvalidInput, match="断成几块"):
        accept(registry, proposal)
    assert registry.dataset is before
    assert accept(registry, proposal, allow_torn=True).change is not None


def test_that_a_proposal_that_no_longer_fits_is_a_conflict(registry):
    proposal = propose(registry.engine, "C1", DAY)
    edit.set_values(registry, [RIGHT], {"name": "改名社区"})
    with pytest.raises(Conflict) as refused:
        accept(registry, proposal)
    assert refused.value.problems[0].code == RIGHT
    assert cut_of(registry.engine, DAY, "C1") is not None


def test_that_the_district_keeps_its_line_and_what_lies_beyond_it(registry):
    edit.add(registry, "compounds", {"code": "C6", "name": "边苑", "geometry": ground(1.9, 0.95, 2.05, 1.1)})
    proposal = propose(registry.engine, "C6", DAY)
    assert {move.level for move in proposal.moves if move.is_moved} == {"grid"}
    assert [side for side, _ in proposal.after.sides["grid"]] == [grid(RIGHT, 2), OUTSIDE]
    accept(registry, proposal)
    assert tiles(registry, "grids")[0]
    whole = registry.zone.to_metres([outlines(registry, "districts")["340102"]])[0].area
    assert tiles(registry, "grids")[1] == pytest.approx(whole, rel=1e-9)
