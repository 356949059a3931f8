"""What moved is placed again, and nothing else: always equal, to the bit, to all placed anew."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from app.coverage.places.places import COUNTED, Places
from tests.app.coverage.builders import ZONE
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
    same(whole, their_whole)
    same(found.whole[rows], fresh.whole[their_rows])
    for code in codes:
        assert subjects.starts_of(code) == others.starts_of(code)


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
