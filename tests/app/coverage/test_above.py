"""What the grids tell of the levels above is what each level would say itself, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from app.coverage.places.above import told_by_grids
from app.coverage.places.placing import spread_of
from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_community,
    a_compound,
    a_district,
    a_grid,
    a_street,
    an_engine,
    on_earth,
)

SIDE, CELL = 8, 100


def cells(west, south, wide):
    return [
        shapely.box(CELL * n, CELL * m, CELL * (n + 1), CELL * (m + 1))
        for n in range(west, west + wide)
        for m in range(south, south + wide)
    ]


def joined(west, south, wide):
    return shapely.coverage_union_all(cells(west, south, wide))


def the_units(kind):
    """Eight by eight grids; communities of two by two, streets of four by four, a district around them."""
    district = a_district(geometry=on_earth(joined(0, 0, SIDE)))
    records = [district]
    for n in (0, 4):
        for m in (0, 4):
            outline = joined(n, m, 4)
            if kind == "a street's border lies elsewhere" and (n, m) == (4, 4):
                outline = outline.union(shapely.box(350, 450, 400, 600))
            records.append(a_street(f"34010200{n}{m}", district=district.code, geometry=on_earth(outline)))
    for n in (0, 2, 4, 6):
        for m in (0, 2, 4, 6):
            outline = None if kind == "communities without outlines" else on_earth(joined(n, m, 2))
            street = f"34010200{n // 4 * 4}{m // 4 * 4}"
            records.append(a_community(f"34010200100{n}{m}", street=street, geometry=outline))
    for place, cell in enumerate(cells(0, 0, SIDE)):
        n, m = divmod(place, SIDE)
        if kind == "a grid is missing" and place == 10:
            continue
        drawn = cell
        if kind == "a grid reaches into the next" and place == 18:
            drawn = cell.union(shapely.box(200, 240, 330, 260))
        community = f"34010200100{n // 2 * 2}{m // 2 * 2}"
        records.append(a_grid(f"G{n}{m}", geometry=on_earth(drawn), community=community))
    return records


KINDS = (
    "everything tiles",
    "a street's border lies elsewhere",
    "a grid is missing",
    "a grid reaches into the next",
    "communities without outlines",
)


def the_compounds():
    dice = np.random.default_rng(11)
    found = []
    for number in range(90):
        west, south = dice.uniform(-20, SIDE * CELL, 2)
        wide, high = dice.uniform(2, 60, 2)
        found.append(a_compound(f"C{number:03}", geometry=a_box(west, south, west + wide, south + high)))
    found.append(a_compound("C90", grid="G00"))  # by record
    found.append(a_compound("C91", geometry=on_earth(shapely.Point(110, 120))))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_that_the_grids_tell_each_level_what_it_would_say_itself(kind):
    engine = an_engine(*the_units(kind), *the_compounds())
    placing, units = engine.places.placing(DAY), engine.places.units(DAY)
    every = np.arange(len(placing.subjects))
    for level in (0, 1, 2, 3):
        told, itself = placing.spread(level).whole, spread_of(placing.subjects, units, level, every)
        for name in ("subject", "unit", "share", "counted", "outside", "by_outline"):
            np.testing.assert_array_equal(getattr(told, name), getattr(itself, name))


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        ("everything tiles", 40, 92),
        ("a street's border lies elsewhere", 10, 40),
        ("communities without outlines", 40, 92),
    ],
)
def test_that_most_is_told_by_grids_and_nothing_near_a_border_that_is_not_theirs(kind, least, most):
    engine = an_engine(*the_units(kind), *the_compounds())
    placing, units = engine.places.placing(DAY), engine.places.units(DAY)
    homes = units.levels[3].index.shares(placing.subjects.outlines).home
    told, rest = told_by_grids(placing.subjects, units, 1, homes)
    assert least <= len(told.subject) <= most
    assert sorted([*told.subject.tolist(), *rest.tolist()]) == list(range(len(placing.subjects)))
