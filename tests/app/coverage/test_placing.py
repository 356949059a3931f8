"""Reference 2 and 4: where subjects lie, case by case."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_building,
    a_city,
    a_community,
    a_compound,
    a_district,
    a_grid,
    a_point,
    a_query,
    a_station,
    a_street,
    an_engine,
    on_earth,
)


def totals(engine, by="grid", **options):
    found = engine.coverage(a_query("party", by, **options))
    rows = {row.unit: row.figures.total for row in found.rows if row.figures.total}
    return rows | ({"-": found.unplaced.figures.total} if found.unplaced.figures.total else {})


def test_that_a_compound_within_a_grid_counts_there_and_in_everything_above():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(10, 10, 40, 40)))
    place = engine.derived("C1", DAY)
    assert (place.district, place.street, place.community, place.grid) == (
        "340102",
        "340102001",
        "340102001001",
        "G11",
    )


def test_that_a_straddling_compound_counts_whole_where_most_of_it_lies():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(90, 10, 120, 40)))
    assert totals(engine) == {"G21": 1}


def test_that_split_divides_a_straddling_compound_by_area():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(90, 10, 120, 40)))
    assert totals(engine, count="split") == pytest.approx({"G11": 1 / 3, "G21": 2 / 3})


def test_that_equal_shares_go_to_the_lowest_code():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(80, 10, 120, 40)))
    assert totals(engine) == {"G11": 1}


def test_that_shares_within_a_billionth_are_equal():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(80, 10, 120 + 1e-8, 40)))
    assert totals(engine) == {"G11": 1}
    clearly = an_engine(*a_city(), a_compound(geometry=a_box(80, 10, 120 + 1e-6, 40)))
    assert totals(clearly) == {"G21": 1}


def test_that_whole_keeps_to_the_street_it_has_chosen():
    # Most of the compound lies in the left street, but the largest single grid share is on the right.
    compound = a_compound(
        geometry=on_earth(shapely.box(40, 80, 160, 120).difference(shapely.box(150, 100, 160, 120)))
    )
    left = a_compound("C2", geometry=a_box(44, 82, 155, 118))
    engine = an_engine(*a_city(), compound, left)
    place = engine.derived("C2", DAY)
    assert place.street == "340102001"
    assert place.grid.startswith("G1")
    place = engine.derived("C1", DAY)
    assert (place.street, place.grid[:2]) == ("340102001", "G1")


def test_that_a_street_equals_its_grids_and_its_compounds_in_no_grid():
    rows = [row for row in a_city() if row.code != "G11"]
    engine = an_engine(*rows, a_compound(geometry=a_box(50, 10, 130, 40)))
    assert totals(engine, "street") == {"340102001": 1}
    assert totals(engine, "grid") == {"-": 1}  # G21 holds a part, but belongs to the other street
    assert totals(engine, "grid", count="split") == pytest.approx({"G21": 3 / 8, "-": 5 / 8})


def test_that_what_lies_outside_is_unplaced_in_split_and_nothing_in_whole():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(-30, 10, 10, 40)))
    assert totals(engine) == {"G11": 1}
    assert totals(engine, count="split") == pytest.approx({"G11": 0.25, "-": 0.75})
    found = engine.coverage(a_query("party", "grid", count="split"))
    assert found.unplaced_codes == ("C1",)


def test_that_overlapping_grids_share_what_they_hold_in_common():
    grids = [a_grid("G1", geometry=a_box(0, 0, 100, 100)), a_grid("G2", geometry=a_box(50, 0, 150, 100))]
    engine = an_engine(*grids, a_compound(geometry=a_box(0, 0, 100, 100)))
    # s = 1 and 0.5, c = 1
    assert totals(engine, count="split") == pytest.approx({"G1": 2 / 3, "G2": 1 / 3})


def test_that_twice_the_same_grid_over_half_a_compound_counts_that_half_once():
    grids = [a_grid(code, geometry=a_box(0, 0, 50, 100)) for code in ("G1", "G2")]
    engine = an_engine(*grids, a_compound(geometry=a_box(0, 0, 100, 100)))
    assert totals(engine, count="split") == pytest.approx({"G1": 0.25, "G2": 0.25, "-": 0.5})


def test_that_overlap_is_noticed_where_one_of_two_layers_of_grids_is_whole():
    layers = [
        a_grid(
            f"{layer}{n}{m}", geometry=a_box(100 * n + shift, 100 * m, 100 * n + shift + 100, 100 * m + 100)
        )
        for layer, shift in (("A", 0), ("B", 30))
        for n in range(5)
        for m in range(3)
    ]
    engine = an_engine(*layers, a_compound(geometry=a_box(190, 110, 210, 190)))
    assert totals(engine, count="split") == pytest.approx({"A11": 0.25, "A21": 0.25, "B11": 0.5})


def test_that_a_point_lies_in_every_grid_that_bounds_it():
    engine = an_engine(*a_city(), a_compound(geometry=a_point(100, 100)))
    assert totals(engine) == {"G11": 1}
    assert totals(engine, count="split") == dict.fromkeys(["G11", "G12", "G21", "G22"], 0.25)
    area = engine.coverage(a_query(weight="area")).total.figures
    assert (area.total, area.without_weight) == (0, 1)


def test_that_a_touching_neighbour_holds_no_share():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(60, 10, 100, 40)))
    assert totals(engine, count="split") == {"G11": 1}


def test_that_a_unit_without_outline_is_the_union_of_those_that_record_it():
    rows = [row._replace(geometry=None) if row.kind != "grids" else row for row in a_city()]
    engine = an_engine(
        *rows, a_compound(geometry=a_box(10, 10, 40, 40)), a_compound("C2", geometry=a_box(500, 0, 510, 9))
    )
    assert totals(engine, "district") == {"340102": 1, "-": 1}
    assert engine.derived("340102", DAY).area_m2 == pytest.approx(40_000, rel=1e-6)


def test_that_a_filled_parent_makes_no_outline_but_an_ancestor():
    rows = [
        a_street("340102001", geometry=a_box(0, 0, 100, 100)),
        a_community("340102001001", street="340102001"),
        a_grid("G1", geometry=a_box(0, 0, 50, 50)),
    ]
    engine = an_engine(*rows, a_compound(geometry=a_box(0, 0, 10, 10)))
    assert engine.derived("340102001001", DAY).area_m2 is None
    assert engine.derived("G1", DAY).street == "340102001"
    assert engine.derived("G1", DAY).community is None  # it has no outline to hold the grid
    found = engine.coverage(a_query("grid_branch", "street"))
    assert found.rows[0].figures.total == 1


def test_that_a_filled_parent_does_not_contradict_a_recorded_one():
    rows = a_city()
    rows = [row.with_values(community=None, street="340102002") if row.code == "G11" else row for row in rows]
    engine = an_engine(*rows)
    assert engine.derived("G11", DAY).community is None  # the one that holds it lies in another street
    assert engine.derived("G11", DAY).street == "340102002"


def test_that_a_compound_without_outline_counts_by_its_lowest_record():
    engine = an_engine(*a_city(), a_compound(grid="G21", street="340102001"))
    assert totals(engine) == {"G21": 1}
    assert totals(engine, "street") == {"340102002": 1}
    assert totals(engine, "street", count="split") == {"340102002": 1}


def test_that_a_higher_record_counts_where_the_lowest_does_not_reach():
    engine = an_engine(a_street(), a_grid(), a_compound(grid="G1", street="340102001"))
    assert totals(engine, "street") == {"340102001": 1}
    assert totals(engine, "grid") == {"G1": 1}


def test_that_a_higher_record_counts_even_where_it_contradicts_the_chain():
    rows = [a_district("340101"), a_district("340102"), a_street("340102001", district="340102")]
    rows += [a_grid("G1", district="340101"), a_compound(grid="G1", street="340102001")]
    engine = an_engine(*rows)
    assert totals(engine, "district") == {"340101": 1}
    assert totals(engine, "street") == {"340102001": 1}


def test_that_an_outline_is_placed_by_outline_alone_even_where_that_leaves_it_unplaced():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(900, 0, 950, 50), grid="G11"))
    assert totals(engine) == {"-": 1}


def test_that_a_record_counts_at_a_level_where_no_unit_has_an_outline():
    rows = [
        a_street("340102001", geometry=a_box(0, 0, 100, 100)),
        a_street("340102002", geometry=a_box(100, 0, 200, 100)),
    ]
    rows += [a_grid("G1", street="340102001"), a_grid("G2", street="340102002")]
    right = a_compound("C1", geometry=a_box(10, 10, 20, 20), grid="G1")
    wrong = a_compound("C2", geometry=a_box(10, 10, 20, 20), grid="G2")
    # the streets' outlines are drawn, so no grid has one
    engine = an_engine(*rows, right, wrong)
    assert totals(engine, "street") == {"340102001": 2}
    assert totals(engine, "grid") == {"G1": 1, "-": 1}
    assert totals(engine, "grid", count="split") == {"G1": 1, "G2": 1}


def test_that_a_record_of_an_ended_street_stands_for_its_successor():
    gone = {"valid_until": date(2022, 12, 31)}
    rows = [
        a_street("340102001", successor="340102002", **gone),
        a_street("340102002", successor="340102003", **gone),
        a_street("340102003"),
        a_compound(street="340102001"),
    ]
    engine = an_engine(*rows)
    assert totals(engine, "street") == {"340102003": 1}
    assert totals(engine, "street", as_of=date(2022, 1, 1)) == {"340102001": 1}


def test_that_an_ended_community_without_successor_still_hands_on_its_street():
    gone = a_community(street="340102001", valid_until=date(2022, 12, 31))
    engine = an_engine(a_street(), gone, a_compound(community=gone.code))
    assert totals(engine, "community") == {"-": 1}
    assert totals(engine, "street") == {"340102001": 1}


def test_that_successors_in_a_circle_end():
    gone = {"valid_until": date(2022, 12, 31)}
    rows = [
        a_street("340102001", successor="340102002", **gone),
        a_street("340102002", successor="340102001", **gone),
    ]
    assert totals(an_engine(*rows, a_compound(street="340102001")), "street") == {"-": 1}


def test_that_a_compound_with_neither_outline_nor_record_is_unplaced():
    assert totals(an_engine(*a_city(), a_compound()), "district") == {"-": 1}


def test_that_outlines_and_parents_are_those_of_the_day():
    until = date(2022, 12, 31)
    moved = a_compound(geometry=a_box(10, 10, 40, 40), past={"geometry": ((until, a_box(110, 10, 140, 40)),)})
    renamed = a_compound("C2", grid="G12", past={"grid": ((until, "G22"),)})
    engine = an_engine(*a_city(), moved, renamed)
    assert totals(engine) == {"G11": 1, "G12": 1}
    assert totals(engine, as_of=until) == {"G21": 1, "G22": 1}


def test_that_against_shows_the_units_of_either_day():
    old = a_grid("G8", geometry=a_box(0, 0, 99, 99), valid_until=date(2022, 12, 31))
    new = a_grid("G9", geometry=a_box(0, 0, 99, 99), valid_from=date(2023, 1, 1))
    engine = an_engine(old, new, a_compound(geometry=a_box(1, 1, 5, 5)))
    found = engine.coverage(a_query(against=date(2022, 1, 1)))
    assert [(row.unit, row.figures.total, row.before.total) for row in found.rows] == [
        ("G8", 0, 1),
        ("G9", 1, 0),
    ]
    assert (found.total.before.total, found.unplaced.before.total) == (1, 0)


def test_that_only_counted_kinds_count_unless_asked_for():
    rows = [
        a_compound(f"C{n}", kind=kind) for n, kind in enumerate(["old", None, "office", "park", "commercial"])
    ]
    rows += [a_building("B1"), a_building("B2", compound="C0")]
    engine = an_engine(*rows)
    expected = {None: 3, "old": 1, "unknown": 1, "office": 1, "scattered": 1, "all": 6}
    for kind, number in expected.items():
        assert engine.coverage(a_query(kind=kind)).total.figures.total == number, kind


def test_that_a_station_lies_where_its_point_is_and_a_building_with_its_compound():
    engine = an_engine(
        *a_city(),
        a_compound(geometry=a_box(10, 110, 40, 140)),
        a_building("B1", compound="C1"),
        a_station(geometry=a_point(150, 150)),
    )
    assert engine.derived("S1", DAY).grid == "G22"
    assert engine.derived("B1", DAY).grid == "G12"
    assert engine.derived("B1", DAY).three_no is None
    assert set(engine.derived_many("compounds", DAY)) == {"C1"}


def test_that_areas_agree_with_the_shoelace_and_within_a_thousandth_with_the_ellipsoid():
    from pyproj import Geod

    compound = a_compound(geometry=on_earth(shapely.Polygon([(0, 0), (80, 10), (90, 70), (30, 95)])))
    engine = an_engine(*a_city(), compound)
    found = engine.coverage(a_query(weight="area")).total.figures.total
    xy = shapely.get_coordinates(engine.zone.to_metres([compound.geometry])[0])
    x, y = xy[:-1].T
    x2, y2 = xy[1:].T
    assert found == pytest.approx(abs((x * y2 - x2 * y).sum()) / 2, rel=1e-6)
    geodesic = abs(Geod(ellps="GRS80").geometry_area_perimeter(compound.geometry)[0])
    assert found == pytest.approx(geodesic, rel=1e-3)
    assert engine.coverage(a_query()).crs == "EPSG:4548"


def test_that_an_outline_that_crosses_itself_is_still_placed():
    bow = on_earth(shapely.Polygon([(10, 10), (150, 40), (150, 10), (10, 45)]))
    found = an_engine(*a_city(), a_compound(geometry=bow)).coverage(a_query(count="split"))
    assert sum(row.figures.total for row in found.rows) == pytest.approx(1)


def test_that_placings_are_kept_for_a_fact_and_made_anew_for_a_moved_compound():
    rows = [
        *a_city(),
        a_compound(geometry=a_box(10, 10, 40, 40)),
        a_compound("C2", geometry=a_box(90, 10, 120, 40)),
    ]
    engine = an_engine(*rows)
    assert totals(engine, count="split") == pytest.approx({"G11": 4 / 3, "G21": 2 / 3})
    renamed = engine.with_dataset(engine.dataset.with_changes([rows[-1].with_values(name="新名")]))
    assert renamed.places.placing(DAY) is engine.places.placing(DAY)
    moved = engine.dataset.with_changes([rows[-2]._replace(geometry=a_box(110, 110, 140, 140))])
    after = engine.with_dataset(moved)
    assert after.places.placing(DAY) is not engine.places.placing(DAY)
    assert totals(after, count="split") == pytest.approx({"G11": 1 / 3, "G21": 2 / 3, "G22": 1})
    assert totals(engine, count="split") == pytest.approx({"G11": 4 / 3, "G21": 2 / 3})
    first = engine.with_dataset(
        engine.dataset.with_changes([a_compound("C0", geometry=a_box(10, 110, 20, 120))])
    )
    assert totals(first, count="split") == pytest.approx({"G11": 4 / 3, "G21": 2 / 3, "G12": 1})
    gone = after.with_dataset(moved.with_changes([], [moved.find("G11")]))
    assert totals(gone, count="split") == pytest.approx({"-": 1 / 3, "G21": 2 / 3, "G22": 1})
