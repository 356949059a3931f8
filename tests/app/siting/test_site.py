"""Siting on a town: what is told is what coverage says once the stations really stand there."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from datetime import date
from itertools import combinations

import geopandas
import numpy as np
import pytest
import shapely

from app.coverage.measures import parse_measure
from app.coverage.results import Query
from app.errors import InvalidInput
from app.jobs import Cancelled, Ticket
from app.services.edit.edit import add
from app.services.siting.accept import add_stations, write_places
from app.services.siting.ground import figures_of
from app.services.siting.moving import moving_of
from app.services.siting.request import SiteRequest
from app.services.siting.site import asked_of, plan_of, plan_site, plan_with, station_records, with_stations
from app.services.siting.words import summary_of
from tests.app.town import EAST_M, NORTH_M, SOUTH, WEST, a_town, made

DAY = date(2026, 6, 1)
KIND = "grid_post"
CELLS = {(i, j): 100 + 37 * ((3 * i + 5 * j) % 11) for i in range(0, 20, 2) for j in range(0, 10, 3)}


def at(east, north):
    return shapely.Point(WEST + east * EAST_M, SOUTH + north * NORTH_M)


def station(code, east, north, kind=KIND):
    return made("stations", code, name=code, kind=kind, geometry=at(east, north))


@pytest.fixture
def town(tmp_path):
    rows = [station("S000001", 240, 330), station("S000002", 1000, 500, kind="mediation_room")]
    registry = a_town(tmp_path, *rows, households={**CELLS, (19, 9): None})
    yield registry
    registry.close()


def ask(registry, **more):
    request = {"station_kind": KIND, "radius": 210.0, "count": 3, "as_of": DAY, **more}
    return plan_site(registry, SiteRequest(**request), Ticket())


def figure(registry, radius=210):
    query = Query(measure=f"station:{KIND}:{radius}", by="street", as_of=DAY, weight="households")
    return registry.engine.coverage(query).total.figures


def layer(folder, name, places, geometry="Point"):
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": None if one is None else {"type": geometry, "coordinates": one},
        }
        for one in places
    ]
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return str(path)


def test_that_before_and_after_are_coverage_to_the_digit_once_the_stations_are_added(town):
    plan = ask(town)
    assert plan.status == "optimal"
    assert plan.before.covered == figure(town).covered
    assert [place.gain for place in plan.places] == sorted(
        (place.gain for place in plan.places), reverse=True
    )
    covered = plan.before.covered
    for place in plan.places:
        before = town.engine.status_of(f"station:{KIND}:210", DAY)
        assert set(place.codes) <= set(before)
        add(
            town,
            "stations",
            {"name": "新站", "kind": KIND, "geometry": f"POINT ({place.lon!r} {place.lat!r})"},
        )
        covered += place.gain
        assert covered == pytest.approx(figure(town).covered, abs=1e-9)
    assert plan.after.covered == figure(town).covered
    assert plan.after.total == figure(town).total
    assert plan.bound == plan.after.covered


def test_that_a_town_whose_households_nobody_entered_is_told_what_to_enter_first(tmp_path):
    registry = a_town(tmp_path, households=dict.fromkeys(CELLS))
    with closing(registry):
        plan = ask(registry)
        assert (plan.places, plan.after.total) == ((), 0)
        said = [one.zh for one in summary_of(plan)]
    assert len(said) == 1, "nothing is called proven, and 0 places are not called enough"
    assert "先填上或导入小区的“户数”" in said[0]


def test_that_no_three_of_the_candidates_cover_more_and_stations_of_other_kinds_count_for_nothing(
    town, tmp_path
):
    spots = [(100 + 300 * i, 100 + 350 * j) for i in range(4) for j in range(2)]
    file = layer(tmp_path, "spots.geojson", [list(at(*spot).coords[0]) for spot in spots])
    plan = ask(town, candidates=file, count=2)
    assert len(plan.candidates) == 8
    best = 0.0
    for pair in combinations(plan.candidates.lonlat.tolist(), 2):
        there = with_stations(town.engine, station_records(town.dataset, plan.request, pair))
        best = max(best, figures_of(there, plan.request).covered)
    assert plan.after.covered == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_that_candidates_come_from_any_layer_in_its_own_system_once_and_within_the_units(
    town, tmp_path, ending
):
    spots = [at(300, 300), at(300, 300), at(900, 300), at(9000, 300)]
    frame = geopandas.GeoDataFrame({"n": range(4)}, geometry=spots, crs="EPSG:4490")
    path = tmp_path / f"spots.{ending}"
    (frame if ending == "geojson" else frame.to_crs("EPSG:4548")).to_file(path, engine="pyogrio")
    plan = ask(town, candidates=f"{path}#spots" if ending == "gpkg" else str(path))
    assert plan.candidates.lonlat == pytest.approx(
        np.array([spots[0].coords[0], spots[2].coords[0]]), abs=1e-7
    )
    assert [note.en for note in plan.candidates.notes] == [
        "1 candidates stand where another does; one of them counts.",
        "1 candidates lie outside the units and were left out.",
    ]


def test_that_the_fewest_stations_cover_what_can_be_and_too_few_are_refused_with_the_number(town):
    plan = ask(town, model="set", count=200)
    everything = ask(town, count=200)
    assert plan.after.covered == pytest.approx(everything.after.covered, abs=1e-6)
    assert (plan.status, plan.bound) == ("optimal", len(plan.places))
    with pytest.raises(InvalidInput, match=f"要 {len(plan.places)} 个站"):
        ask(town, model="set", count=len(plan.places) - 1)


def test_that_the_median_shortens_the_mean_way_and_tells_it(town):
    plan = ask(town, model="median", count=2)
    assert plan.status == "optimal"
    before, after = plan.metres
    assert before > after == pytest.approx(plan.bound)
    assert ask(town, model="median", count=2, capacity=10**6).metres[1] == pytest.approx(after)
    assert after < ask(town, model="median", count=2, capacity=50).metres[1] < before


def test_that_a_station_serves_no_more_than_it_can(town):
    plan = ask(town, capacity=150)
    assert [place.gain for place in plan.places] == pytest.approx([150, 150, 150])
    assert ask(town, capacity=10**6).after.covered == pytest.approx(ask(town).after.covered, abs=1e-6)
    with pytest.raises(InvalidInput, match="capacity"):
        ask(town, model="set", count=200, capacity=1)


def test_that_roads_are_gone_along_and_compounds_reached_whole_or_not(town, tmp_path):
    # one road along the southern edge of the first row: what lies further north than the radius is out of reach
    road = layer(
        tmp_path, "roads.geojson", [[list(at(0, -10).coords[0]), list(at(2000, -10).coords[0])]], "LineString"
    )
    spot = layer(tmp_path, "spot.geojson", [list(at(1000, -10).coords[0])])
    plan = ask(town, candidates=spot, roads=road, count=1, radius=230.0)
    # columns of 200 m: the three that stand within 200 m along the road and 10 m off it
    assert sorted(plan.places[0].codes) == ["C000017", "C000021", "C000025"]
    whole = {f"C{n + 1:06d}": households for n, households in enumerate(CELLS.values())}
    assert plan.places[0].gain == sum(whole[code] for code in plan.places[0].codes)
    assert plan.before.covered == 0
    assert plan.as_json("zh")["distance"] == "roads"
    with pytest.raises(InvalidInput, match=r"Point.*LineString"):
        ask(town, roads=spot)


@pytest.mark.parametrize("radius", [230.0, 123.456789, 1_000_000.0])
def test_that_the_metres_of_a_plan_are_those_of_its_measure_to_the_digit(town, radius):
    plan = ask(town, count=1, radius=radius)
    assert float(plan.request.measure.rsplit(":", 1)[1]) == radius
    parse_measure(town.profile, plan.request.measure)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"count": 0}, "count"),
        ({"model": "best"}, "cover, set, median"),
        ({"capacity": 0}, "capacity"),
        ({"budget_ms": 0}, "budget-ms"),
        ({"radius": 0.0}, "--radius"),
        ({"radius": float("nan")}, "--radius"),
        ({"station_kind": "castle"}, "castle"),
        ({"candidates": "nowhere.geojson"}, "没有这个文件"),
    ],
)
def test_that_what_cannot_be_asked_is_refused_with_the_reason(town, more, said):
    with pytest.raises(InvalidInput, match=said):
        ask(town, **more)


def test_that_the_registry_itself_is_no_layer_and_its_own_layers_are_named(town):
    with pytest.raises(InvalidInput, match="compound"):
        ask(town, candidates=str(town.path))
    assert len(ask(town, candidates="compound").candidates) == len(CELLS) + 1


def test_that_a_plan_can_be_stopped_and_without_time_tells_what_is_proven(town):
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        plan_site(town, SiteRequest(station_kind=KIND, radius=210.0, count=3, as_of=DAY), ticket)
    plan = ask(town, budget_ms=1)
    assert plan.bound >= plan.after.covered
    assert (plan.status == "optimal") == (plan.bound == plan.after.covered)


def test_that_stations_written_are_one_change_with_names_of_their_own_and_the_figure_that_was_told(town):
    plan = ask(town)
    changes = add_stations(town, plan, since=date(2026, 5, 1), why="补点")
    assert (changes.verb, changes.kinds, len(changes.codes)) == ("site", frozenset({"stations"}), 3)
    assert figure(town).covered == plan.after.covered
    records = [town.find(code) for code in changes.codes]
    assert {record.valid_from for record in records} == {date(2026, 5, 1)}
    more = add_stations(town, ask(town))
    names = [record.text("name") for record in town.dataset.of("stations").values()]
    assert len(set(names)) == len(names) == 2 + 3 + len(more.codes)
    town.undo()
    town.undo()
    assert figure(town).covered == plan.before.covered


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "csv"])
def test_that_places_leave_as_a_layer_that_says_what_the_plan_says(town, tmp_path, ending):
    plan = ask(town)
    path = write_places(plan, tmp_path / f"places.{ending}", "en")
    if ending == "csv":
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))[:3]
        found = [(float(row["Longitude"]), float(row["Households gained"])) for row in rows]
    else:
        frame = geopandas.read_file(path)
        assert frame.crs.is_geographic
        found = list(zip(frame.geometry.x, frame.gain, strict=True))
    assert found == [(place.lon, place.gain) for place in plan.places]
    with pytest.raises(InvalidInput, match=r"\.gpkg \.geojson \.csv"):
        write_places(plan, tmp_path / "places.xyz", "zh")


@pytest.mark.parametrize("is_along_roads", [False, True])
def test_that_a_place_under_the_hand_tells_what_the_plan_tells_once_it_is_put_there(
    town, tmp_path, is_along_roads
):
    lines = [[list(at(x, -20).coords[0]), list(at(x, 1020).coords[0])] for x in range(-10, 2000, 200)]
    roads = layer(tmp_path, "roads.geojson", lines, "LineString") if is_along_roads else None
    request = SiteRequest(station_kind=KIND, radius=210.0, count=3, as_of=DAY, roads=roads)
    asked = asked_of(town, request, Ticket())
    plan = plan_of(asked, Ticket())
    places = [(place.lon, place.lat) for place in plan.places]
    moving = moving_of(asked.ways, asked.ground, places, 210.0)
    for place, lonlat in enumerate(places):  # where it stands nothing changes
        assert moving.with_place(place, lonlat)[0] == pytest.approx(plan.after.covered, abs=1e-6)
    for place, spot in ((1, at(430, 480)), (1, at(60, 60)), (0, at(990, 700)), (2, at(-5000, 0))):
        there = [*places[:place], spot.coords[0], *places[place + 1 :]]
        moved = plan_with(asked, plan, there, Ticket())
        covered, gain = moving.with_place(place, spot.coords[0])
        assert covered == pytest.approx(moved.after.covered, abs=1e-6)
        last = plan_with(asked, plan, [*there[:place], *there[place + 1 :], there[place]], Ticket())
        assert gain == pytest.approx(last.places[-1].gain, abs=1e-6)
        assert (moved.is_by_hand, moved.status, moved.bound) == (True, "bounded", plan.bound)
