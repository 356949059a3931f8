"""The fourteen hard cases, each with every tool in which it can occur; the table in docs/editing.md is made of the same."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely

from app.domain.edits import Put
from app.domain.kinds import UNIT_KINDS
from app.domain.period import today
from app.errors import RegistryError
from app.services.outlines.cutting import merge_geometry, split_geometry
from app.services.outlines.desk import OutlineDesk
from app.services.outlines.drawn import plan_new, write_new
from geo.arcs.effects import ASKED, Reason
from geo.arcs.judge import Options
from geo.crs import Zone
from tests.app.outlines.cases import (
    BORDER,
    CASES,
    LETTER,
    OCCURS,
    PAGE,
    TOOLS,
    TRANSFORMS,
    WHY_NOT,
    home_act,
    page,
    polygon,
    unit_act,
)
from tests.app.outlines.tiles import (
    COMMUNITIES,
    GRIDS,
    STREETS,
    ZONE,
    at,
    cell,
    degrees,
    made,
    metres,
    records,
    untiled,
)
from tests.sequences.tiling import Memory

LAYERS = (*UNIT_KINDS, "compounds")


def with_a_hole_and_a_part() -> shapely.MultiPolygon:
    """Return C000002 with a hole and a second part."""
    around = shapely.Polygon([(80, 20), (150, 20), (150.3, 70), (150, 120), (80, 120)])
    body = around.difference(shapely.box(120, 100, 130, 110))
    return degrees(shapely.MultiPolygon([body, shapely.box(160, 190, 190, 220)]))


def a_town() -> Memory:
    """Return the town with vertices on two borders that can be made simpler and right-angled."""
    town = Memory()
    for x, off in ((200, 0.3), (100, -0.3)):
        OutlineDesk(town, GRIDS[0]).insert(at(x, 200), at(x, 200 + off)).write()
    OutlineDesk(town, "C000002").insert(at(150, 70), at(150.3, 70)).write()
    return town


@pytest.fixture
def town():
    return a_town()


@pytest.fixture
def many():
    """Return a town whose C000002 has a hole and a second part."""
    town = a_town()
    record = town.find("C000002")
    town.write(lambda _: [Put(record._replace(geometry=with_a_hole_and_a_part()), record)], verb="set")
    return town


def outlines(town):
    return {code: record.geometry for kind in LAYERS for code, record in town.dataset.of(kind).items()}


def vertices(shape) -> set[tuple[float, float]]:
    return {(x, y) for x, y in shapely.get_coordinates(shape).tolist()}


def walls_are_whole(town) -> None:
    """See that compounds have no ground in common, and that what touches does so to the digit."""
    shapes = [metres(record.geometry) for record in town.dataset.of("compounds").values()]
    assert sum(shape.area for shape in shapes) - shapely.union_all(shapes).area < 1e-4


def take(town, plan, tool="") -> None:
    """Write a plan as its tool does, as far as neighbours are concerned."""
    assert plan.refusal is None, plan.refusal.message.zh
    if tool == "draw":
        write_new(plan, {"name": "新苑", "kind": "old"})
    elif tool not in ("split", "merge"):
        plan.write()


def occurring(case: int):
    return pytest.mark.parametrize("tool", OCCURS[case])


@occurring(1)
def test_case_1_a_vertex_on_a_shared_edge_is_everybodys(town, tool):
    plan = unit_act(tool, town)
    if tool == "part":
        assert plan.reason.reason is Reason.OVERLAPS  # a grid gets ground by its border alone
    elif plan is not None:
        take(town, plan, tool)
        assert untiled(town.dataset) == []
    take(town, home_act(tool, town), tool)
    walls_are_whole(town)


@occurring(2)
def test_case_2_a_junction_stays_one_vertex_of_all_who_meet_there(town, tool):
    plan = unit_act(tool, town)
    if tool == "delete":
        assert OutlineDesk(town, GRIDS[1]).delete([at(140, 200)]).reason.reason is Reason.JUNCTION
    take(town, plan, tool)
    assert untiled(town.dataset) == []
    if tool == "move":
        to = {tuple(np.round(xy, 6)) for xy in shapely.get_coordinates(metres(town.find(GRIDS[0]).geometry))}
        assert (150, 220) in to
        common = set.intersection(*(vertices(town.find(code).geometry) for code in GRIDS[:3]))
        assert len(common) == 1


@occurring(3)
def test_case_3_where_a_border_comes_to_end_the_neighbour_gets_its_vertex_in_every_layer(town, tool):
    if tool in ("part", "draw"):
        take(town, home_act(tool, town), tool)
        assert len(vertices(town.find("C000002").geometry)) > 4 or tool == "part"
        walls_are_whole(town)
        return
    if tool == "split":
        plan = split_geometry(town, GRIDS[1], [at(60, 150), at(60, 450)], today()).plan
    elif tool == "insert":
        plan = OutlineDesk(town, GRIDS[1]).insert(at(60, 400))
    else:
        plan = OutlineDesk(town, GRIDS[1]).reshape([at(60, 390), at(60, 430), at(100, 430), at(100, 390)])
    told = {effect.code for effect in plan.effects}
    assert {GRIDS[5], COMMUNITIES[0], COMMUNITIES[2], *STREETS} <= told
    after = plan.outlines()
    foot = (60, 400)
    for code in (COMMUNITIES[0], COMMUNITIES[2], *STREETS):
        assert foot in {tuple(np.round(xy, 6)) for xy in shapely.get_coordinates(metres(after[code]))}


@occurring(4)
def test_case_4_what_was_just_drawn_is_edited_like_what_was_there(many, tool):
    old = home_act(tool, many)
    shape = many.find("C000002").geometry
    fresh = a_town()
    gone = fresh.find("C000002")
    fresh.write(lambda _: [], verb="set")
    fresh.engine = fresh.engine.with_dataset(fresh.dataset.with_changes([], [gone]))
    new = made("compounds", "C000009", name="新苑", kind="old", geometry=shape)
    fresh.write(lambda _: [Put(new)], verb="add")
    again = home_act(tool, fresh, code="C000009")
    assert (old.refusal is None, again.refusal is None) == (True, True)

    def told(plan):
        named = [("C000002" if e.code == "C000009" else e.code, e.effect) for e in plan.effects]
        return sorted((code, round(e.gained_m2, 6), round(e.lost_m2, 6), e.inserted) for code, e in named)

    assert told(again) == told(old)


@occurring(5)
def test_case_5_the_other_part_of_a_multipart_keeps_its_bytes(many, tool):
    before = shapely.get_parts(many.find("C000002").geometry)
    plan = home_act(tool, many)
    assert plan.refusal is None, plan.refusal.message.zh
    after = plan.outlines().get("C000002", many.find("C000002").geometry)
    parts = [part.wkb for part in shapely.get_parts(after)]
    if tool == "drop":
        assert parts == [before[0].wkb]
    elif tool not in (*TRANSFORMS, "square"):  # those are of all its parts
        pieces = split_geometry(many, "C000002", [at(60, 60), at(170, 60)], today()).pieces
        whole = (
            parts if tool != "split" else [part.wkb for piece in pieces for part in shapely.get_parts(piece)]
        )
        assert any(
            shapely.equals_exact(shapely.from_wkb(part), before[1], 0, normalize=True) for part in whole
        )


def on_a_grid_of(decimals: int) -> Memory:
    town = a_town()
    rough = [
        record._replace(geometry=shapely.transform(record.geometry, lambda xy: np.round(xy, decimals)))
        for kind in LAYERS
        for record in town.dataset.of(kind).values()
    ]
    town.engine = town.engine.with_dataset(town.dataset.with_changes(rough))
    return town


def common(town, kinds) -> float:
    shapes = [metres(record.geometry) for kind in kinds for record in town.dataset.of(kind).values()]
    return float(sum(shape.area for shape in shapes) - shapely.union_all(shapes).area)


@occurring(6)
def test_case_6_coordinates_cut_to_seven_decimals_make_no_overlap_and_no_refusal(tool):
    town = on_a_grid_of(7)
    many = town.find("C000002")
    if tool in ("fill", "drop"):
        town.write(lambda _: [Put(many._replace(geometry=with_a_hole_and_a_part()), many)], verb="set")
    before = common(town, ("grids",)), common(town, ("compounds",))
    plan = None if tool in ("part", "hole") else unit_act(tool, town)
    if plan is not None:
        take(town, plan, tool)
    take(town, home_act(tool, town), tool)
    after = common(town, ("grids",)), common(town, ("compounds",))
    assert after[0] <= before[0] + 1.0  # what borders drawn a centimetre apart had in common
    assert after[1] <= before[1] + 1.0


@occurring(7)
def test_case_7_every_layer_follows_whatever_is_shown(many, tool):
    rim = OutlineDesk(many, GRIDS[0])
    plans = {
        "move": lambda: rim.move([(at(0, 0), at(-5, -5))]),
        "insert": lambda: rim.insert(at(100, 0), at(100, -5)),
        "edge": lambda: rim.move_edge(at(100, 0), (0, -5)),
        "reshape": lambda: rim.reshape([at(50, 5), at(50, -20), at(90, -20), at(90, 5)]),
        "shift": lambda: rim.shift(2, 2),
        "turn": lambda: rim.turn(1),
        "scale": lambda: rim.scale(1.01),
        "split": lambda: split_geometry(many, GRIDS[0], [at(100, -10), at(100, 250)], today()).plan,
    }
    layers = ["communities", "districts", "grids", "streets"]
    if tool in plans:
        plan = plans[tool]()
        assert plan.refusal is None, plan.refusal.message.zh
        kinds = {effect.kind for effect in plan.effects} | ({"grids"} if tool == "split" else set())
        assert sorted(kinds) == layers
    elif tool in ("delete", "simplify", "square"):
        rim.insert(at(100, 0), at(100, -0.4)).write()
        rim = OutlineDesk(many, GRIDS[0])
        again = {
            "delete": lambda: rim.delete([at(100, -0.4)]),
            "simplify": lambda: rim.simplify(1.0),
            "square": rim.right_angles,
        }
        assert sorted({effect.kind for effect in again[tool]().effects}) == layers
    else:  # of compounds, whose layer is one
        plan = home_act(tool, many)
        assert {effect.kind for effect in plan.effects} == {"compounds"}


@occurring(8)
def test_case_8_in_another_zone_the_same_lines_are_shared_and_the_rest_keeps_its_digits(many, tool):
    other = Zone(120)
    many.zone = other
    many.engine = type(many.engine)(many.dataset, many.profile, other)

    def place(x, y):
        lonlat = ZONE.lonlat(np.array([at(x, y)]))
        east, north = other.xy(lonlat)[0].tolist()
        return east, north

    before = outlines(many)
    plan = None if tool in ("part", "hole") else unit_act(tool, many, place=place)
    if plan is not None:
        take(many, plan, tool)
    take(many, home_act(tool, many, place=place), tool)
    changed = {code for code, shape in outlines(many).items() if before.get(code) is not shape}
    assert changed <= {
        *GRIDS,
        *COMMUNITIES,
        *STREETS,
        "340102",
        *(c for c in outlines(many) if c.startswith("C0")),
    }
    for kind in UNIT_KINDS:  # tiled to what straight edges differ by in two zones
        shapes = [metres(record.geometry) for record in many.dataset.of(kind).values()]
        assert sum(s.area for s in shapes) == pytest.approx(shapely.union_all(shapes).area, rel=1e-5)


@occurring(9)
def test_case_9_other_layers_gain_no_vertex(many, tool):
    station = made("stations", "S000001", name="驿站", kind="grid_post", geometry=shapely.Point(117.3, 31.86))
    building = made("buildings", "B000001", compound="C000002", geometry=cell(80, 20, 100, 40))
    many.engine = many.engine.with_dataset(many.dataset.with_changes([station, building]))
    before = outlines(many)
    if tool not in ("part", "hole"):
        plan = unit_act(tool, many)
        if plan is not None:
            take(many, plan, tool)
            assert all(
                outlines(many)[code] is shape for code, shape in before.items() if code.startswith("C0")
            )
    before = outlines(many)
    take(many, home_act(tool, many), tool)
    assert all(outlines(many)[code] is shape for code, shape in before.items() if not code.startswith("C0"))
    assert (many.find("S000001"), many.find("B000001")) == (station, building)


@occurring(10)
def test_case_10_clipping_that_would_make_a_multipart_is_refused_until_it_is_meant(town, tool):
    bar = made("compounds", "C000008", name="长条苑", kind="old", geometry=cell(430, 40, 440, 110))
    town.engine = town.engine.with_dataset(town.dataset.with_changes([bar]))
    desk = OutlineDesk(town, "C000005")  # 320 to 420, 20 to 120: the bar stands east of it
    allowed = Options(allowed=frozenset({Reason.PARTS, Reason.HOLES, Reason.SLIVERS}))
    over = polygon(at, (415, 30), (460, 30), (460, 115), (415, 115))
    acts = {
        "move": lambda how: desk.move([(at(420, 20), at(480, 70)), (at(420, 120), at(480, 80))], how),
        "insert": lambda how: desk.insert(at(420, 75), at(520, 75), how),
        "edge": lambda how: desk.move_edge(at(420, 75), (60, 0), how),
        "reshape": lambda how: desk.reshape([at(410, 60), at(470, 60), at(470, 90), at(410, 90)], how),
        "shift": lambda how: desk.shift(60, 0, how),
        "turn": lambda how: desk.turn(90, at(470, 70), how),
        "scale": lambda how: desk.scale(1.6, at(330, 75), how),
        "part": lambda how: desk.add_part(over, how),
        "draw": lambda how: plan_new(
            town, "compounds", polygon(at, (425, 60), (460, 60), (460, 80), (425, 80)), options=how
        ),
    }
    if tool == "turn":  # about a place beyond the bar, so that it comes to lie across it
        acts[tool] = lambda how: OutlineDesk(town, "C000008").turn(90, None, how)
        crossed = made("compounds", "C000007", name="竖条苑", kind="old", geometry=cell(433, 20, 437, 39))
        town.engine = town.engine.with_dataset(town.dataset.with_changes([crossed]))
        acts[tool] = lambda how: OutlineDesk(town, "C000008").turn(90, at(435, 40), how)
        plan = acts[tool](Options())
        assert plan.reason is None or plan.reason.reason in ASKED | {Reason.VANISHES}
        assert all(effect.effect.parts[1] <= 1 for effect in plan.effects) or plan.refusal is not None
        return
    plan = acts[tool](Options())
    meant = acts[tool](allowed)
    if tool in ("edge", "shift", "scale", "part", "draw", "reshape", "insert"):
        assert plan.reason is not None
    assert plan.refusal is not None or all(effect.effect.parts[1] == 1 for effect in plan.effects)
    assert meant.refusal is None, meant.refusal.message.zh


@occurring(11)
def test_case_11_a_split_keeps_the_part_that_the_line_does_not_touch(many, tool):
    before = metres(many.find("C000002").geometry)
    cut = split_geometry(many, "C000002", [at(60, 60), at(170, 60)], today())
    assert cut.plan.refusal is None, tool
    assert sum(cut.areas) == pytest.approx(before.area, rel=1e-10)
    assert sorted(len(shapely.get_parts(piece)) for piece in cut.pieces) == [1, 2]


@occurring(12)
def test_case_12_a_feature_moved_whole_tears_no_tiling_and_takes_no_ground_unsaid(town, tool):
    take(town, unit_act(tool, town))
    assert untiled(town.dataset) == []
    take(town, home_act(tool, town))
    walls_are_whole(town)
    desk = OutlineDesk(town, "C000004")
    far = {"shift": desk.shift(120, -40), "turn": desk.turn(180, at(300, 80)), "scale": desk.scale(3.0)}[tool]
    assert far.overlaps or far.refusal is not None


@occurring(13)
def test_case_13_this_one_only_changes_this_one_or_says_why_not(town, tool):
    alone = Options(is_alone=True)
    plan = unit_act(tool, town, alone)
    assert [effect.code for effect in plan.effects] in ([GRIDS[0]], [])
    assert plan.reason.reason in {Reason.GAP, Reason.OVERLAPS, Reason.BEYOND, Reason.BARE}
    assert plan.reason.at is not None
    with pytest.raises(RegistryError):
        plan.write()
    before = outlines(town)
    home = home_act(tool, town, alone)
    if home.refusal is None:
        home.write()
    changed = {code for code, shape in outlines(town).items() if before[code] is not shape}
    assert changed <= {"C000002"} or all(not e.is_moved for e in home.effects if e.code != "C000002")


@occurring(14)
def test_case_14_a_merge_that_is_impossible_says_why(town, tool):
    apart = made("compounds", "C000008", name="角苑", kind="old", geometry=cell(150, 120, 180, 150))
    town.engine = town.engine.with_dataset(town.dataset.with_changes([apart]))
    for codes, reason in (
        ((GRIDS[1], GRIDS[4]), Reason.APART),
        (("C000002", "C000008"), Reason.POINT),
        ((GRIDS[1], "C000001"), Reason.LAYERS),
    ):
        plan = merge_geometry(town, codes, today()).plan
        assert plan.reason.reason is reason, tool
        assert plan.refusal.message.zh
    parents = merge_geometry(town, (GRIDS[0], GRIDS[3]), today())
    assert (parents.outline, parents.plan.refusal.column) == (None, "community")


def test_that_every_cell_is_a_test_or_says_why_it_is_empty():
    assert set(CASES) == set(OCCURS)
    for case, tools in OCCURS.items():
        assert set(tools) <= set(TOOLS)
        if set(tools) != set(TOOLS):
            assert WHY_NOT[LETTER[case]]
        assert f"test_case_{case}_" in " ".join(globals())
    assert set(BORDER) <= set(TOOLS)


def test_that_the_page_has_the_table_as_it_is_tested():
    assert page() == PAGE.read_text("utf-8")


def test_that_records_of_the_town_are_what_the_cases_rest_on():
    assert {record.kind for record in records()} == set(LAYERS)
    assert today() >= date(2026, 1, 1)
