"""What is proved by signs agrees with GEOS, and what tiles is told from what only nearly does."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.borders import Strays, twins
from geo.plain import are_stars, keep_clear, points_within
from geo.rings import Corners, Rings
from geo.shares import UnitIndex

HERE = np.array([512_345.678, 3_456_789.012])  # where a city lies in its zone


def shapes(*outlines):
    return np.array(outlines, dtype=object)


def placed(shape, size):
    return shapely.transform(shape, lambda points: points * size + HERE)


@st.composite
def tilings(draw):
    """A square of cells with bent borders: shared vertex by vertex, or with a border straightened here and there."""
    side = draw(st.integers(2, 4))
    dice = np.random.default_rng(draw(st.integers(0, 10_000)))
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), axis=-1) * 1.0
    corners += dice.uniform(-0.3, 0.3, corners.shape)
    across = corners[:-1] + (corners[1:] - corners[:-1]) / 2 + dice.uniform(-0.1, 0.1, corners[:-1].shape)
    up = (
        corners[:, :-1]
        + (corners[:, 1:] - corners[:, :-1]) / 2
        + dice.uniform(-0.1, 0.1, corners[:, :-1].shape)
    )
    left_out = draw(st.sets(st.integers(0, side * side * 4 - 1), max_size=3))
    cells = []
    for n in range(side):
        for m in range(side):
            ring = [
                *(corners[n, m], across[n, m], corners[n + 1, m], up[n + 1, m]),
                *(corners[n + 1, m + 1], across[n, m + 1], corners[n, m + 1], up[n, m]),
            ]
            place = 4 * (n * side + m)
            kept = [p for k, p in enumerate(ring) if k % 2 == 0 or place + k // 2 not in left_out]
            cells.append(shapely.Polygon(kept))
    return [cell if draw(st.booleans()) else shapely.reverse(cell) for cell in cells]


@st.composite
def subjects_of(draw, cells):
    """Outlines that hide in a cell, cross borders, touch them, are cells, hold cells, or have holes around some."""
    cell = draw(st.sampled_from(cells))
    how = draw(
        st.sampled_from(["star", "cell", "half", "touching", "around", "tiny", "huge", "two", "outside"])
    )
    spot = cell.representative_point()
    turn, reach = draw(st.floats(0, 6)), draw(st.floats(0.02, 0.8))
    angles = np.arange(draw(st.integers(3, 9)))
    angles = turn + 2 * np.pi * angles / len(angles)
    star = shapely.Polygon(
        np.column_stack([spot.x + reach * np.cos(angles), spot.y + reach * np.sin(angles)])
    )
    match how:
        case "cell":
            return cell
        case "half":
            return shapely.box(*cell.bounds[:2], spot.x, cell.bounds[3]).intersection(cell).buffer(0)
        case "touching":
            (x, y), (far_x, far_y) = cell.exterior.coords[:2]
            return shapely.Polygon([(x, y), (far_x, far_y), (spot.x, spot.y)])
        case "around":
            return cell.buffer(0.5).difference(cell.buffer(0.1))
        case "tiny":
            return spot.buffer(1e-4, quad_segs=2)
        case "huge":
            return shapely.box(-3, -3, 9, 9)
        case "two":
            return shapely.MultiPolygon([star, shapely.affinity.translate(star, 20, 0)])
        case "outside":
            return shapely.affinity.translate(star, 30, 30)
    return star


@st.composite
def grounds(draw):
    cells = draw(tilings())
    subjects = draw(st.lists(subjects_of(cells), min_size=1, max_size=5))
    units = list(cells)
    match draw(st.sampled_from(["whole", "gap", "twice", "layers", "holed", "crossing"])):
        case "gap":
            units.pop(draw(st.integers(0, len(units) - 1)))
        case "twice":
            units.append(draw(st.sampled_from(cells)))
        case "layers":
            units += [shapely.affinity.translate(cell, 0.4, 0.2) for cell in cells]
        case "holed":
            hole = cells[0].representative_point().buffer(0.05, quad_segs=1)
            units[0] = cells[0].difference(hole)
            units += [hole] if draw(st.booleans()) else []
        case "crossing":
            units.append(shapely.Polygon([(0.1, 0.1), (1.9, 0.9), (1.9, 0.1), (0.1, 0.8)]))
    return units, [s for s in subjects if s.area > 0]


def by_geos(subjects, units):
    share, outside = {}, []
    for row, subject in enumerate(subjects):
        held = [unit.intersection(subject).area / subject.area for unit in units]
        share |= {(row, place): part for place, part in enumerate(held) if part >= 1e-9}
        outside.append(1 - shapely.union_all(units).intersection(subject).area / subject.area)
    return share, outside


@settings(max_examples=120, deadline=None)
@given(grounds(), st.sampled_from([0.05, 1.0, 300.0, 40_000.0]))
def test_that_shares_are_those_of_geos_on_whatever_ground(ground, size):
    units = [placed(shapely.make_valid(unit), size) for unit in ground[0]]
    raw = [placed(unit, size) for unit in ground[0]]
    subjects = [placed(subject, size) for subject in ground[1]]
    if not subjects:
        return
    expected, outside = by_geos(subjects, units)
    found = UnitIndex(shapes(*raw)).shares(shapes(*subjects))
    least = min(np.sqrt(subject.area) for subject in subjects)
    digits = 1e-9 + 1e-8 / least + 1e-17 * max(s.length for s in subjects) / least**2 * 1e7
    pairs = dict(zip(zip(found.subject.tolist(), found.unit.tolist(), strict=True), found.share, strict=True))
    for pair in {*pairs, *expected}:
        assert pairs.get(pair, 0.0) == pytest.approx(expected.get(pair, 0.0), abs=digits)
    assert found.outside == pytest.approx(outside, abs=digits)
    for row in range(len(subjects)):
        mine = found.subject == row
        assert found.counted[mine].sum() == pytest.approx(1 - found.outside[row], abs=1e-12)


def is_ring(shape):
    return shape.geom_type == "Polygon" and not shape.interiors


@settings(max_examples=60, deadline=None)
@given(tilings(), st.data())
def test_that_what_is_said_to_lie_within_does(cells, data):
    subjects = [data.draw(subjects_of(cells)) for _ in range(4)]
    subjects = shapes(*(placed(s, 200.0) for s in subjects if s.area > 0 and is_ring(s)))
    units = shapes(*(placed(cell, 200.0) for cell in cells))
    row, unit = np.divmod(np.arange(len(subjects) * len(units)), max(len(units), 1))
    corners, rings = Corners.of(subjects), Rings.of(units)
    inside, in_doubt = points_within(
        corners.x[corners.first[row]], corners.y[corners.first[row]], rings, unit
    )
    clear, crossed = keep_clear(corners, shapely.bounds(subjects), rings, row, unit)
    sure = inside & ~in_doubt & clear
    held = shapely.contains_properly(units[unit], subjects[row])
    assert not (sure & ~held).any()
    assert not (crossed & held).any()
    assert not (held & ~sure).any()  # nothing here lies so near a border that signs would be in doubt


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=9))
def test_that_a_star_is_valid(points):
    ring = shapes(shapely.Polygon(points))
    if ring[0].area > 0:
        assert not are_stars(Rings.of(ring))[0] or shapely.is_valid(ring[0])


def test_that_a_cell_of_a_tiling_is_a_star_and_what_runs_twice_around_is_not():
    angles = 2 * np.pi * np.arange(6) / 6
    once = np.column_stack([np.cos(angles), np.sin(angles)])
    twice = np.vstack([once, once * 0.5])
    ring = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 3, 3))
    many = shapes(shapely.Polygon(once), shapely.Polygon(twice), ring, shapely.box(0, 0, 1, 1))
    assert are_stars(Rings.of(many)).tolist() == [True, False, False, True]


def test_that_edges_run_as_geos_would_turn_them_whatever_way_they_were_drawn():
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(1, 1, 3, 3)).difference(shapely.box(5, 5, 6, 6))
    many = shapes(ring, shapely.box(0, 0, 1, 1), shapely.MultiPolygon([ring, shapely.box(20, 0, 30, 5)]))
    for drawn in (many, shapely.reverse(many), many[1:2], shapely.reverse(many[1:2])):
        found, turned = Rings.of(drawn), shapely.orient_polygons(drawn)
        expected = [
            edge
            for part in shapely.get_parts(turned)
            for r in shapely.get_rings(part)
            for edge in zip(r.coords[:-1], r.coords[1:], strict=True)
        ]
        edges = zip(zip(found.x1, found.y1, strict=True), zip(found.x2, found.y2, strict=True), strict=True)
        assert list(edges) == expected
        twice = np.bincount(found.owner, found.x1 * found.y2 - found.x2 * found.y1)
        assert (twice / 2).tolist() == shapely.area(drawn).tolist()


def near(units, *boxes):
    row, unit = np.divmod(np.arange(len(boxes) * len(units)), len(units))
    rings = Rings.of(shapes(*units))
    return Strays(rings, twins(rings)).are_near(np.array(boxes, dtype=float), row, unit).tolist()


def test_that_an_edge_is_stray_unless_exactly_one_neighbour_has_it_the_other_way():
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    border, rim = (0.9, 0.4, 1.1, 0.6), (-0.1, 0.4, 0.1, 0.6)
    assert near([left, right], border, rim) == [False, True]
    assert near([left, shapely.reverse(right)], border) == [False]
    assert near([left], border) == [True]
    assert near([left, right, right], border) == [True]  # twice the same neighbour
    assert near([left, left], border) == [True]  # the same way round
    higher = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.5)])  # a vertex that the neighbour lacks
    assert near([left, higher], border) == [True]
    zero = shapely.Polygon([(0.0, -0.0), (-1, 0), (-1, 1), (-0.0, 1)])
    assert near([left, zero], (-0.1, 0.4, 0.1, 0.6)) == [False]  # 0 and -0 are one place


@settings(max_examples=60, deadline=None)
@given(tilings(), st.integers(1, 3), st.data())
def test_that_a_parent_is_made_of_its_children_only_where_it_is_their_union_edge_by_edge(cells, many, data):
    parent = np.array([data.draw(st.integers(-1, many - 1)) for _ in cells])
    children = shapes(*cells)
    parents = np.empty(many, dtype=object)
    for place in range(many):
        mine = children[parent == place]
        parents[place] = shapely.union_all(mine) if len(mine) else None
    found = UnitIndex(parents).are_made_of(UnitIndex(children), parent)
    for place in range(many):
        mine = children[parent == place]
        if found[place]:
            assert shapely.area(shapely.symmetric_difference(parents[place], shapely.union_all(mine))) < 1e-12
    taken = np.where(np.arange(len(cells)) == 0, -1, parent)
    fewer = UnitIndex(parents).are_made_of(UnitIndex(children), taken)
    assert not fewer[parent[0]] or parent[0] == -1  # one of its children is another's


def test_that_a_block_is_made_of_its_cells_and_not_of_fewer_more_or_others():
    cells = shapes(*(shapely.box(n, m, n + 1, m + 1) for n in range(4) for m in range(4)))
    blocks = shapes(*(shapely.coverage_union_all(cells[[n, n + 1, n + 4, n + 5]]) for n in (0, 2, 8, 10)))
    parent = np.array([n // 8 * 2 + n % 4 // 2 for n in range(16)])

    def made(outlines, above):
        return UnitIndex(outlines).are_made_of(UnitIndex(cells), above).tolist()

    assert made(blocks, parent) == [True] * 4
    assert made(shapely.reverse(blocks), parent) == [True] * 4
    assert made(blocks, np.where(np.arange(16) == 0, -1, parent)) == [False, True, True, True]
    assert made(blocks, np.where(np.arange(16) == 0, 3, parent)) == [False, True, True, False]
    assert made(shapes(None, *blocks[1:]), parent) == [False, True, True, True]
    plain = shapes(shapely.box(0, 0, 2, 2), *blocks[1:])  # the same ground without the vertices between
    assert made(plain, parent) == [False, True, True, True]
