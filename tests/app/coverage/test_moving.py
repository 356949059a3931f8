"""What moved is placed again, and nothing else: always equal, to the bit, to all placed anew."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely

from app.coverage.places import reaching
from app.coverage.places.places import COUNTED, Places
from geo.crs import Zone
from geo.reach import reach
from geo.shares import UnitIndex
from tests.app.coverage.builders import (
    DAY,
    ZONE,
    a_box,
    a_community,
    a_compound,
    a_dataset,
    a_point,
    a_station,
    a_street,
)
from tests.app.coverage.moving_town import DAYS, MovingTown

KINDS = (COUNTED, "stations", "buildings")


def same(one, other):
    assert one.dtype == other.dtype
    if one.dtype == object:
        assert shapely.to_wkb(one).tolist() == shapely.to_wkb(other).tolist()
    else:
        np.testing.assert_array_equal(one, other, strict=True)


def same_units(found, fresh, refs):
    for level, other in zip(found.levels, fresh.levels, strict=True):
        assert level.codes == other.codes
        assert dict(level.position) == dict(other.position)
        assert level.has_outline == other.has_outline
        same(level.outlines, other.outlines)
        same(level.ancestors, other.ancestors)
        same(level.filled, other.filled)
    for row in refs:
        assert found.line(row) == fresh.line(row)
    for level in fresh.levels:
        for code in level.codes:
            assert found.line_at(code) == fresh.line_at(code)


def lying(placing, subjects, codes, day):
    """Return all that is said of some records on a day."""
    rows = subjects.rows_of(codes, day)
    return rows, [placing.spread(level).at(rows) for level in range(4)], placing.whole_of(rows)


def same_placing(found, fresh, day):
    subjects, others = found.subjects, fresh.subjects
    assert subjects.codes == others.codes
    codes = others.codes
    rows, spreads, whole = lying(found, subjects, codes, day)
    their_rows, their_spreads, their_whole = lying(fresh, others, codes, day)
    same(rows, subjects.rows_on(day))
    same(subjects.outlines[rows], others.outlines[their_rows])
    same(subjects.areas_of(rows), others.areas[their_rows])
    assert subjects.refs_of(rows) == others.refs_of(their_rows)
    for mine, theirs in zip(spreads, their_spreads, strict=True):
        for name in ("subject", "unit", "share", "counted", "outside", "by_outline"):
            same(getattr(mine, name), getattr(theirs, name))
    for mine, theirs in zip(found.spreads, fresh.spreads, strict=True):
        assert len(mine.subject) == len(theirs.subject)  # nothing is left of who is gone
    same(whole, their_whole)
    same(found.whole[rows], fresh.whole[their_rows])
    for code in codes:
        assert subjects.starts_of(code) == others.starts_of(code)


def same_reach(found, fresh, day, metres):
    codes = fresh.subjects().codes
    said = []
    for places in (found, fresh):
        stations, subjects = places.subjects("stations"), places.subjects()
        outlines = stations.outlines_of(stations.rows_of(stations.codes, day))
        reached = places.reach("grid_post", metres, stations.codes, outlines)
        share, nearest = reached.of(subjects.rows_of(codes, day))
        said.append((share.tolist(), nearest))
    assert repr(said[0]) == repr(said[1])


def said_of(placing, code, day):
    """Return where one record lies, by the codes of units; None where there is none such."""
    subjects, units = placing.subjects, placing.units.levels
    if code not in subjects:
        return None
    _, spreads, whole = lying(placing, subjects, [code], day)
    pairs = [
        [
            (level.codes[unit], share, counted)
            for unit, share, counted in zip(
                s.unit.tolist(), s.share.tolist(), s.counted.tolist(), strict=True
            )
        ]
        for level, s in zip(units, spreads, strict=True)
    ]
    chosen = [
        level.codes[unit] if unit >= 0 else None for level, unit in zip(units, whole[0].tolist(), strict=True)
    ]
    return pairs, [(s.outside.tolist(), s.by_outline.tolist()) for s in spreads], chosen


def same_where_unchanged(later, earlier, day):
    changed = later.changed_from(earlier)
    if changed is None:
        return 0
    known = {*later.subjects.codes, *earlier.subjects.codes}
    for code in known - changed:
        assert repr(said_of(later, code, day)) == repr(said_of(earlier, code, day)), code
    return len(known - changed)


def walk(seed, steps):
    """Change the town step by step, ask at random, and compare; return how often a record was known to lie as it had lain."""
    town = MovingTown(seed)
    dice = town.dice
    places = Places(town.dataset, ZONE)
    past = [(town.dataset, places)]
    spared = 0
    for _ in range(steps):
        if dice.random() < 0.15:  # undo, or a trial that was given up
            town.dataset, places = dice.choice(past)
        names = [town.change() for _ in range(dice.choice([1, 1, 1, 3]))]
        places = places.for_dataset(town.dataset)
        past = [*past[-3:], (town.dataset, places)]
        fresh = Places(town.dataset, ZONE)
        if dice.random() < 0.4:
            same_reach(places, fresh, dice.choice(DAYS), dice.choice((60.0, 150.0)))
        assert places.starts == fresh.starts
        for day in dice.sample(DAYS, dice.choice([0, 1, 1, 3])):
            refs = [(None, None, None, record.code) for record in town.dataset.of("grids").values()]
            refs += [(None, None, record.code, None) for record in town.dataset.of("communities").values()]
            same_units(places.units(day), fresh.units(day), refs)
            for kind in dice.sample(KINDS, dice.choice([1, 1, 3])):
                placing = places.placing(day, kind)
                if dice.random() < 0.2:
                    placing.chosen(dice.randrange(4))  # levels above are asked for, those below are not
                    continue
                same_placing(placing, fresh.placing(day, kind), day)
                spared += sum(
                    same_where_unchanged(placing, before.placing(day, kind), day) for _, before in past
                )
        assert names
    return spared


@pytest.mark.parametrize("seed", range(4))
def test_that_what_moved_is_placed_as_if_all_were_placed_anew(seed):
    assert walk(seed, 50) > 100


@pytest.fixture
def measured(monkeypatch):
    """What is projected, and what is measured among units: the number of outlines each time."""
    asked = {"metres": [], "shares": []}
    metres, shares = Zone.to_metres, UnitIndex.shares
    monkeypatch.setattr(Zone, "to_metres", lambda zone, g: asked["metres"].append(len(g)) or metres(zone, g))
    monkeypatch.setattr(
        UnitIndex, "shares", lambda index, g: asked["shares"].append(len(g)) or shares(index, g)
    )
    return asked


@pytest.fixture
def placed(measured):
    """A town of which all is placed."""
    town = MovingTown(1)
    places = Places(town.dataset, ZONE)
    for kind in KINDS:
        same_placing(places.placing(DAY, kind), places.placing(DAY, kind), DAY)
    measured["metres"].clear()
    measured["shares"].clear()
    return town, places


def test_that_what_moves_nothing_costs_nothing(placed, measured):
    town, before = placed
    town.rename()
    after = before.for_dataset(town.dataset)
    for kind in KINDS:
        assert after.placing(DAY, kind) is before.placing(DAY, kind)
    assert after.placing(DAY).changed_from(before.placing(DAY)) == frozenset()
    assert measured == {"metres": [], "shares": []}


def test_that_one_compound_moved_is_projected_and_placed_alone(placed, measured):
    town, before = placed
    code = next(code for code, record in town.dataset.of("compounds").items() if record.geometry is not None)
    town.put(town.dataset.find(code)._replace(geometry=a_box(120, 120, 180, 180)))
    placing = before.for_dataset(town.dataset).placing(DAY)
    assert placing.changed_from(before.placing(DAY)) == {code}
    assert measured == {"metres": [1], "shares": [1, 1, 1, 1]}


def test_that_a_moved_border_places_again_what_lies_near_it(placed, measured):
    town, before = placed
    here, far = a_box(60, 10, 130, 50), a_box(310, 310, 330, 330)
    town.put(a_compound("C998", geometry=here), a_compound("C999", geometry=far))
    before = before.for_dataset(town.dataset)
    earlier = before.placing(DAY)
    measured["shares"].clear()
    grids = [code for code, (i, j) in town.cells.items() if i < 2 and j == 0]
    town.put(*[town.dataset.find(code)._replace(geometry=None) for code in grids])
    changed = before.for_dataset(town.dataset).placing(DAY).changed_from(earlier)
    assert "C998" in changed
    assert "C999" not in changed
    assert measured["shares"] == [len(changed)]  # at the level of grids


def test_that_units_are_drawn_once_for_days_on_which_nothing_changed(placed, measured):
    town, before = placed
    code = next(iter(town.cells))
    grid = town.dataset.find(code)
    past = {"geometry": ((date(2022, 12, 31), grid.geometry),)}
    town.put(grid._replace(geometry=a_box(0, 0, 50, 50), past=past))
    after = before.for_dataset(town.dataset)
    assert after.placing(date(2022, 12, 31)) is before.placing(DAY)
    town.move_compound()
    after = after.for_dataset(town.dataset)
    assert after.units(date(2022, 12, 31)) is before.units(DAY)
    assert after.units(date(2023, 1, 1)) is not before.units(DAY)


def test_that_who_was_kept_out_by_a_street_is_let_in_when_the_street_ends():
    there = a_box(0, 0, 100, 100)
    mine = a_community("M1", street="T0", geometry=there)
    rows = [a_street("T0", geometry=a_box(500, 0, 600, 9)), a_street("T1", geometry=there), mine]
    dataset = a_dataset(*rows, a_compound("C1", geometry=a_box(10, 10, 20, 20)))
    before = Places(dataset, ZONE)
    assert before.placing(DAY).whole.tolist() == [[-1, 1, -1, -1]]
    ended = dataset.with_changes([rows[0]._replace(valid_until=date(2022, 12, 31))])
    assert before.for_dataset(ended).placing(DAY).whole.tolist() == [[-1, 0, 0, -1]]


def test_that_a_moved_station_is_measured_with_what_lies_within_reach_alone(monkeypatch):
    plots = [a_compound(f"C{n:03}", geometry=a_box(100 * n, 0, 100 * n + 50, 50)) for n in range(40)]
    stations = [a_station(f"S{n}", geometry=a_point(500 * n, 60)) for n in range(8)]
    dataset = a_dataset(*plots, *stations)
    before = Places(dataset, ZONE)
    same_reach(before, Places(dataset, ZONE), DAY, 100.0)
    asked = []
    monkeypatch.setattr(reaching, "reach", lambda s, *more: asked.append(len(s)) or reach(s, *more))
    moved = dataset.with_changes([stations[3]._replace(geometry=a_point(1600, 60))])
    same_reach(before.for_dataset(moved), before.for_dataset(moved), DAY, 100.0)
    assert [number < 10 for number in asked] == [True, True]
    asked.clear()
    same_reach(before.for_dataset(moved), Places(moved, ZONE), DAY, 100.0)
    assert asked[1] == len(plots)
