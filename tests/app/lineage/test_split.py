"""A record that is split: its parts, what goes where, and that nothing is lost, made up or moved before the day."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from app.coverage.results import Query
from app.errors import Conflict, InvalidInput
from app.services.edit import edit
from app.services.edit.assess import assess
from app.services.keeping import care
from app.services.lineage.split import plan_split
from app.services.lineage.told import lineage_of
from app.services.lineage.write import write_plan
from app.services.registry.registry import Registry
from tests.app.lineage.lived_in import ACROSS_A, BEFORE, DAY, GRIDS, SINCE, A, a_quarter, line
from tests.app.town import ground


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    registry = a_quarter(tmp_path_factory.mktemp("quarter"))
    registry.close()
    return registry.path.read_bytes()


@pytest.fixture
def registry(kept, tmp_path, carried):
    path = tmp_path / "a.gpkg"
    path.write_bytes(kept)
    registry = carried(Registry.open(path, by="tester"))
    yield registry
    registry.close()


def everything(registry):
    """Return all records as they are, by kind and id, versions left out."""
    return {
        (kind, row.id): row._replace(version=0)
        for kind in ("compounds", "buildings", "stations", "attachments", "engagements", "facts", "households", "cases", "lineage", "grids", "communities")
        for row in registry.dataset.of(kind).values()
    }  # fmt: skip


def corners(shape):
    return set(map(tuple, shapely.get_coordinates(shape).tolist()))


def split(registry, code=A, by=ACROSS_A, choices=None, **more):
    plan = plan_split(registry, code, by=by, since=DAY, **more)
    return write_plan(registry, plan.with_words(choices or {}), why="围墙隔开了")


def test_that_the_old_one_ends_the_day_before_and_its_parts_begin(registry):
    parted = split(registry)
    first, second = parted.changes.codes[:2]
    old = registry.find(A)
    assert (old.valid_from, old.valid_until) == (SINCE, BEFORE)
    west, east = registry.find(first), registry.find(second)
    assert (west.valid_from, east.valid_from) == (DAY, DAY)
    assert [west.get("name"), east.get("name")] == ["和平苑（1）", "和平苑（2）"]
    assert west.get("kind") == east.get("kind") == "old"
    assert west.get("built_year") == 1998
    zone = registry.zone
    whole, one, two = zone.to_metres([old.geometry, west.geometry, east.geometry])
    assert one.area + two.area == pytest.approx(whole.area, rel=1e-9)
    assert one.area == pytest.approx(2 * two.area, rel=1e-3)
    assert shapely.area(shapely.intersection(one, two)) == pytest.approx(0, abs=1e-9)
    assert parted.changes.verb == "split"


def test_that_lineage_is_told_of_both_sides(registry):
    codes = split(registry).changes.codes[:2]
    assert lineage_of(registry.dataset, A).as_json("zh") == {"from": [], "to": sorted(codes)}
    assert lineage_of(registry.dataset, codes[1]).as_json("zh") == {"from": [A], "to": []}


def test_that_vertices_that_stay_keep_their_degrees_to_the_bit(registry):
    old = corners(registry.find(A).geometry)
    parts = [registry.find(code).geometry for code in split(registry).changes.codes[:2]]
    now = {point for part in parts for point in corners(part)}
    assert old <= now
    assert len(now - old) == 2


@pytest.mark.both_stores
def test_that_facts_and_ties_go_to_the_larger_part_and_what_was_before_stays(registry):
    first, second = split(registry).changes.codes[:2]
    dataset = registry.dataset
    assert dataset.fact_on(first, "gate_guard", DAY).text("value") == "yes"
    assert dataset.fact_on(first, "gate_guard", DAY).valid_from == SINCE  # found out then
    assert dataset.facts(second) == {}
    assert [fact.text("value") for fact in dataset.facts(A)["gate_guard"]] == ["no", "yes"]
    (moved,) = dataset.attachments_to(first)
    assert (moved.text("organisation"), moved.text("role"), moved.valid_from) == ("O000001", "lead", DAY)
    assert moved.code != "A000001"
    assert registry.find("A000001").valid_until == BEFORE
    assert registry.find("A000002").valid_until == date(2021, 1, 1)
    assert [row.valid_from for row in dataset.engagements_with(first)] == [DAY]
    assert dataset.attachments_to(second) == ()


def test_that_what_lies_within_goes_by_place_and_keeps_its_past(registry):
    first, second = split(registry).changes.codes[:2]
    where = {
        code: registry.find(code).on("compound", DAY) for code in ("B000001", "B000002", "B000003", "S000001")
    }
    assert where == {"B000001": first, "B000002": first, "B000003": second, "S000001": second}
    assert {registry.find(code).on("compound", BEFORE) for code in where} == {A}


def test_that_open_cases_go_on_and_closed_ones_stay(registry):
    first, _ = split(registry).changes.codes[:2]
    assert registry.find("M000001").on("compound", DAY) == first
    assert registry.find("M000001").on("compound", BEFORE) == A
    assert registry.find("M000002").get("compound") == A


def test_that_numbers_are_shared_by_buildings_where_they_make_up_the_whole(registry):
    plan = plan_split(registry, A, by=ACROSS_A, since=DAY)
    numbers = {number.key: number for number in plan.numbers}
    assert (numbers["households"].after, numbers["households"].is_estimate) == ((200, 100), False)
    assert (numbers["buildings"].after, numbers["buildings"].is_estimate) == ((2, 1), False)
    residents = numbers["residents"]
    assert (residents.after, residents.is_estimate, residents.is_asked) == ((601, 300), True, True)


def test_that_an_estimate_is_marked_and_warned_of(registry):
    parted = split(registry)
    said = parted.as_json("zh")
    assert [(one["column"], one["value"]) for one in said["warnings"]] == [("residents", "601/300")]
    assert "人口按面积" in registry.find(parted.changes.codes[0]).source


def test_that_a_number_that_was_told_is_none_and_unknown_stays_unknown(registry):
    edit.set_values(registry, [A], {"residents": ""})
    parted = split(registry, choices={"households": "180/?"})
    assert [registry.find(code).get("households") for code in parted.changes.codes[:2]] == [180, None]
    assert [registry.find(code).get("residents") for code in parted.changes.codes[:2]] == [None, None]
    assert parted.as_json("zh")["warnings"] == []
    assert registry.find(parted.changes.codes[0]).source is None


def test_that_household_counts_are_shared_and_no_part_matches_more_than_it_has(registry):
    codes = split(registry).changes.codes[:2]
    rows = [registry.dataset.household_counts(code)[0] for code in codes]
    for name, total in (("households", 300), ("imported", 299), ("matched", 299), ("surveyed", 7)):
        assert sum(row.get(name) for row in rows) == total
    assert all(row.get("matched") <= row.get("imported") for row in rows)
    assert {row.text("on") for row in rows} == {"2025-01-01"}


def test_that_every_thing_can_go_elsewhere(registry):
    parted = split(
        registry,
        choices={"A000001": "2", "E000001": "all", "gate_guard": "all", "M000001": "2", "B000001": "2", f"{A}:2025-01-01": "1"},
    )  # fmt: skip
    first, second = parted.changes.codes[:2]
    dataset = registry.dataset
    assert dataset.attachments_to(first) == ()
    assert [row.text("organisation") for row in dataset.attachments_to(second)] == ["O000001"]
    assert [len(dataset.engagements_with(code)) for code in (first, second)] == [1, 1]
    assert [dataset.fact_on(code, "gate_guard", DAY).text("value") for code in (first, second)] == ["yes"] * 2
    assert registry.find("M000001").get("compound") == second
    assert registry.find("B000001").get("compound") == second
    assert [len(dataset.household_counts(code)) for code in (first, second)] == [1, 0]
    assert dataset.household_counts(first)[0].get("households") == 300


def test_that_what_stays_ends_with_the_old_one_and_is_still_there(registry):
    first, second = split(registry, choices={"A000001": "none", "gate_guard": "none"}).changes.codes[:2]
    assert registry.find("A000001").valid_until == BEFORE
    assert registry.dataset.attachments_to(first) == registry.dataset.attachments_to(second) == ()
    assert len(registry.dataset.facts(A)["gate_guard"]) == 2


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"A000009": "1"}, "没有 'A000009'"),
        ({"A000001": "3"}, "能归的是"),
        ({"B000001": "all"}, "只能归一份"),
        ({"B000001": "none"}, "要归到一份里"),
        ({"households": "300"}, "要写 2 个"),
        ({"households": "a/b"}, "看不懂"),
    ],
)
def test_that_a_choice_that_cannot_be_is_refused_with_what_can(registry, choice, said):
    before = everything(registry)
    with pytest.raises(InvalidInput) as refused:
        split(registry, choices=choice)
    assert said in refused.value.message.zh
    assert everything(registry) == before


@pytest.mark.both_stores
def test_that_undo_brings_back_exactly_what_was(registry):
    before = everything(registry)
    codes = split(registry).changes.codes[:2]
    registry.undo()
    assert everything(registry) == before
    again = split(registry).changes.codes[:2]
    assert set(codes).isdisjoint(again)  # codes are never used again
    registry.undo()
    assert everything(registry) == before


def test_that_figures_of_older_days_stay_and_sums_stay_where_nothing_was_chosen(registry):
    def figures(day, weight="households", by="grid"):
        found = registry.engine.coverage(Query(measure="party", by=by, weight=weight, as_of=day))
        rows = {row.unit: row.figures for row in found.rows}
        return rows, found.total.figures

    before, now = figures(BEFORE), figures(DAY)
    area_then = figures(DAY, "area")
    split(registry)
    assert figures(BEFORE) == before
    assert figures(DAY)[1].total == now[1].total
    assert figures(DAY, "area")[1].total == pytest.approx(area_then[1].total, rel=1e-9)


def test_that_a_grid_s_split_leaves_every_figure_of_the_community_as_it_was(registry):
    def figures():
        found = registry.engine.coverage(Query(measure="party", by="community", as_of=DAY))
        return [row.figures for row in found.rows], found.total.figures

    before = figures()
    codes = split(registry, GRIDS[0], line((90, -30), (90, 190))).changes.codes[:2]
    assert figures() == before
    assert all(code.startswith("340102001001") for code in codes)
    assert [registry.dataset.fact_on(c, "party_complete", DAY).text("value") for c in codes] == ["yes"] * 2
    placed = {registry.find(c).on("grid", DAY) for c in (A, "C000002")}
    assert placed == set(codes)
    assert registry.find(A).on("grid", BEFORE) == GRIDS[0]


def test_that_a_community_gets_provisional_codes_and_its_grids_go_by_place(registry):
    parted = split(registry, "340102001001", line((200, -100), (200, 1200)))
    first, second = parted.changes.codes[:2]
    assert {first, second} == {"340102001900", "340102001901"}
    assert registry.find("340102001001").get("successor") == first
    assert {registry.find(code).on("community", DAY) for code in GRIDS} == {first, second}


def test_that_parts_record_the_unit_in_which_they_lie(registry):
    edit.set_values(registry, ["C000002"], {"geometry": ground(150, 0, 100, 100)})
    codes = split(registry, "C000002", line((200, -10), (200, 110))).changes.codes[:2]
    assert {registry.find(code).get("grid") for code in codes} == set(GRIDS)


def test_that_outlines_may_be_given_and_must_make_up_the_whole(registry):
    parts = [ground(0, 0, 30, 100), ground(30, 0, 60, 100)]
    plan = plan_split(registry, A, outlines=parts, since=DAY)
    assert [round(target.share, 3) for target in plan.targets] == [0.667, 0.333]
    with pytest.raises(InvalidInput, match="差 1000"):
        plan_split(registry, A, outlines=[parts[0], ground(40, 0, 50, 100)], since=DAY)
    with pytest.raises(InvalidInput, match="重叠"):
        plan_split(registry, A, outlines=[ground(0, 0, 40, 100), parts[1]], since=DAY)


def test_that_a_piece_that_the_line_does_not_touch_is_not_lost(registry):
    both = shapely.union_all([ground(0, 0, 50, 50), ground(0, 60, 50, 50)])
    edit.set_values(registry, [A], {"geometry": both})
    plan = plan_split(registry, A, by=line((20, -10), (20, 55)), since=DAY)
    areas = [target.area_m2 for target in plan.targets]
    assert sum(areas) == pytest.approx(registry.zone.to_metres([both])[0].area, rel=1e-9)
    assert len(areas) == 2


@pytest.mark.parametrize(
    ("code", "by", "since", "said"),
    [
        (A, line((10, 10), (20, 20)), DAY, "穿过和平苑的边界两次"),
        (A, line((500, 0), (500, 100)), DAY, "穿过和平苑的边界两次"),
        ("O000001", ACROSS_A, DAY, "没有边界"),
        (A, ACROSS_A, date(2019, 1, 1), "不在册"),
        (A, ACROSS_A, SINCE, "前一天没有可以结束的"),
        ("S000001", ACROSS_A, DAY, "没有画出边界"),
        ("340102", line((1000, -100), (1000, 1200)), DAY, "--code"),
    ],
)
def test_that_what_cannot_be_split_says_why(registry, code, by, since, said):
    before = everything(registry)
    with pytest.raises(InvalidInput) as refused:
        plan_split(registry, code, by=by, since=since)
    assert said in refused.value.message.zh
    assert everything(registry) == before


def test_that_a_later_change_is_not_lost_but_named(registry):
    edit.set_values(registry, [A], {"households": 310}, since=date(2026, 7, 1))
    with pytest.raises(InvalidInput) as refused:
        plan_split(registry, A, by=ACROSS_A, since=DAY)
    assert "2026-07-01" in refused.value.message.zh


def test_that_a_plan_that_no_longer_fits_is_not_written(registry):
    plan = plan_split(registry, A, by=ACROSS_A, since=DAY)
    edit.attach(registry, "O000002", [A], since=DAY)
    before = everything(registry)
    with pytest.raises(Conflict):
        write_plan(registry, plan)
    assert everything(registry) == before


def test_that_a_tie_that_begins_later_goes_over_as_it_is(registry):
    edit.attach(registry, "O000002", [A], since=date(2026, 8, 1))
    (later,) = [row for row in registry.dataset.attachments_to(A) if row.valid_from == date(2026, 8, 1)]
    first, _ = split(registry).changes.codes[:2]
    assert registry.find(later.code).get("to") == first
    assert registry.find(later.code).valid_from == date(2026, 8, 1)


def test_that_neighbours_get_their_vertex_from_the_day(registry):
    old = registry.find("C000002").geometry
    first, second = split(registry, by=line((-10, 40), (120, 40))).changes.codes[:2]
    new = registry.find("C000002").geometry_on(DAY)
    (corner,) = corners(new) - corners(old)
    for code in (first, second):
        assert corner in corners(registry.find(code).geometry)
    assert registry.find("C000002").geometry_on(BEFORE).equals_exact(old, 0)
    assert registry.zone.to_metres([new])[0].area == pytest.approx(
        registry.zone.to_metres([old])[0].area, rel=1e-9
    )


def test_that_parts_that_were_drawn_bring_their_neighbours_along(registry):
    old = registry.find("C000002").geometry
    new = shapely.segmentize(old, 0.0008)
    parts = [ground(0, 0, 30, 100), ground(30, 0, 60, 100)]
    write_plan(registry, plan_split(registry, A, outlines=parts, since=DAY, neighbours={"C000002": new}))
    assert registry.find("C000002").geometry_on(DAY).equals_exact(new, 0)
    assert registry.find("C000002").geometry_on(BEFORE).equals_exact(old, 0)


def test_that_an_assessment_stays_with_what_was_assessed_and_a_later_one_goes_over(registry):
    scheme = "five_haves_ten_goods"
    assess(registry, A, scheme, {"haves1": 1}, on=date(2025, 3, 1))
    plan = plan_split(registry, A, by=ACROSS_A, since=DAY)
    assert next(item for item in plan.items if item.key == scheme).to == ()
    write_plan(registry, plan)
    assert {row.get("subject") for row in registry.dataset.of("assessments").values()} == {A}
    registry.undo()
    assess(registry, A, scheme, {"haves1": 0}, on=date(2026, 7, 1))
    first, _ = split(registry).changes.codes[:2]
    said = {row.get("on"): row.get("subject") for row in registry.dataset.of("assessments").values()}
    assert said == {date(2025, 3, 1): A, date(2026, 7, 1): first}


def test_that_redo_brings_the_same_again_and_the_file_holds_it(registry):
    parted = split(registry)
    after = everything(registry)
    registry.undo()
    registry.redo()
    assert everything(registry) == after
    path, code = registry.path, parted.changes.codes[0]
    registry.close()
    assert care.verify(path) == []
    again = Registry.open(path, by="tester")
    assert lineage_of(again.dataset, A).as_json("zh")["to"] == sorted(parted.changes.codes[:2])
    assert everything(again) == after
    assert again.find(code).geometry is not None
    again.close()


def test_that_lineage_leaves_with_either_end_and_comes_back_with_it(registry):
    first, second = split(registry, "C000003", line((340, -10), (340, 110))).changes.codes[:2]
    edit.remove(registry, second, "画错了")
    assert lineage_of(registry.dataset, "C000003").as_json("zh")["to"] == [first]
    registry.undo()
    assert lineage_of(registry.dataset, "C000003").as_json("zh")["to"] == sorted([first, second])


@pytest.mark.parametrize(
    "third",
    [
        shapely.Polygon(),
        shapely.Point(117.3, 31.8),
        shapely.Polygon([(117.3, 31.8), (117.4, 31.9), (117.4, 31.8), (117.3, 31.9)]),
    ],
)
def test_that_a_part_that_is_no_area_or_crosses_itself_is_refused(registry, third):
    parts = [ground(0, 0, 60, 100), ground(60, 0, 30, 100)]
    with pytest.raises(InvalidInput, match="3"):
        plan_split(registry, A, outlines=[*parts, third], since=DAY)
