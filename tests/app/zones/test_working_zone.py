"""The zone of a registry: chosen by its districts, kept, changed only by `crs`; no record moves another's area."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from app.domain.period import today
from app.errors import InvalidInput
from app.persistence.care import verify_file
from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry
from app.services.registry.working_zone import fitting_zone, zone_of_code
from app.services.registry.zone_change import asked_zone, change_zone, in_zone
from tests.app.town import a_town, made


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zone")
    registry = a_town(folder, households={(i, 0): 100 for i in range(3)})
    yield registry
    registry.close()


def copy_whole(path, other):
    """Copy an open registry with what lies in its log: the file alone may hold half of an act and its undo."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(other)) as target:
        source.backup(target)


def areas(registry):
    derived = registry.engine.derived_many("compounds", today())
    return {code: found.area_m2 for code, found in derived.items()}


def figures(registry):
    found = in_zone(registry, registry.zone)
    return [(m, w, f.as_json("zh")) for m, w, f in found.figures]


PLACES = st.tuples(
    st.floats(-179, 179).map(lambda x: round(x, 4)), st.floats(-89, 89).map(lambda y: round(y, 4))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=PLACES, kind=st.sampled_from(["stations", "compounds", "grids", "buildings"]))
def test_that_adding_any_record_moves_no_other_records_area(town, place, kind):
    lon, lat = place
    shape = Point(lon, lat) if kind in ("stations", "compounds") else box(lon, lat, lon + 0.001, lat + 0.001)
    before, zone = areas(town), town.zone
    values = {"name": "甲", "geometry": shape.wkt}
    if kind == "stations":
        values["kind"] = "grid_post"
    change = edit.add(town, kind, values)
    assert town.zone == zone
    after = areas(town)
    assert {code: after[code] for code in before} == before
    town.undo(change.change)


def test_that_a_wrong_coordinate_leaves_the_sample_as_it_was(yaohai_sample, tmp_path):
    path = tmp_path / "y.gpkg"
    shutil.copy(yaohai_sample, path)
    registry = Registry.open(path, by="tester")
    try:
        before, told = areas(registry), figures(registry)
        edit.add(
            registry, "stations", {"name": "驿站甲", "kind": "grid_post", "geometry": "POINT(17.30 31.85)"}
        )
        edit.add(registry, "grids", {"name": "远", "geometry": box(127.3, 31.8, 127.31, 31.81).wkt})
        assert registry.zone.epsg == "EPSG:4548"
        assert areas(registry) == before
        assert figures(registry) == told
    finally:
        registry.close()


def drawn(number, lon):
    return made("compounds", f"C{number:06d}", name="甲", geometry=box(lon, 31, lon + 0.001, 31.001))


def test_that_the_zone_is_worked_out_anew_until_twenty_outlines_are_in_and_then_kept(tmp_path):
    registry = create_registry(tmp_path / "n.gpkg", load_profile("yaohai"), by="tester")
    try:
        assert not registry.is_zone_kept
        registry.commit([edit_put(drawn(1, 104.0))], verb="add")
        assert (registry.zone.epsg, registry.is_zone_kept) == ("EPSG:4544", False)
        registry.commit([edit_put(drawn(n, 117.0)) for n in range(2, 20)], verb="add")
        assert (registry.zone.epsg, registry.is_zone_kept) == ("EPSG:4548", False)  # the median, not the box
        registry.commit([edit_put(drawn(20, 117.0))], verb="add")
        assert registry.is_zone_kept
        registry.commit([edit_put(drawn(n, 90.0)) for n in range(30, 90)], verb="add")
        assert registry.zone.epsg == "EPSG:4548"
        assert fitting_zone(registry.dataset).epsg == "EPSG:4539"
    finally:
        registry.close()
    again = Registry.open(tmp_path / "n.gpkg")
    assert again.zone.epsg == "EPSG:4548"
    again.close()


def edit_put(record):
    from app.domain.edits import Put

    return Put(record)


def test_that_a_file_of_an_older_version_keeps_the_zone_it_has(town, tmp_path):
    path = tmp_path / "old.gpkg"
    copy_whole(town.path, path)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("DELETE FROM registry_info WHERE key = 'zone'")
    old = Registry.open(path, by="tester")
    try:
        zone = old.zone
        assert not old.is_zone_kept
        edit.add(old, "stations", {"name": "远", "kind": "grid_post", "geometry": "POINT(90 31)"})
        assert (old.zone, old.is_zone_kept) == (zone, True)
    finally:
        old.close()
    again = Registry.open(path)
    assert (again.zone, again.is_zone_kept) == (zone, True)
    again.close()


def test_that_crs_changes_it_as_one_change_and_undo_takes_it_back(town, tmp_path):
    path = tmp_path / "c.gpkg"
    copy_whole(town.path, path)
    registry, other = Registry.open(path, by="a"), Registry.open(path, by="b")
    try:
        before = areas(registry)
        with pytest.raises(InvalidInput, match="为什么"):
            change_zone(registry, zone_of_code("EPSG:4545"), why=" ")
        changes = change_zone(registry, asked_zone(registry, "EPSG:4545"), why="试")
        assert changes.kinds == {"crs"}
        assert registry.zone.epsg == "EPSG:4545"
        assert all(areas(registry)[code] > area * 1.01 for code, area in before.items())
        assert "crs" in other.refresh().kinds
        assert other.zone.epsg == "EPSG:4545"
        edit.set_values(other, ["C000001"], {"name": "新"})
        registry.refresh()
        registry.undo(changes.change)
        assert areas(registry) == before
        registry.redo()
        assert registry.zone.epsg == "EPSG:4545"
        assert change_zone(registry, asked_zone(registry, "auto"), why="回").change
        assert np.isclose(sum(areas(registry).values()), sum(before.values()))
        assert change_zone(registry, asked_zone(registry, "auto"), why="回").change is None
        assert verify_file(path) == []
    finally:
        registry.close()
        other.close()


@pytest.mark.parametrize("written", ["EPSG:4513", "4490", "EPSG:3857", "EPSG:4555", "", "东"])
def test_that_only_a_working_zone_is_taken(town, written):
    with pytest.raises(InvalidInput, match="4534"):
        asked_zone(town, written)
