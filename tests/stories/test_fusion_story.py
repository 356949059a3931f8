"""One net (rows 19; S2, S4): borders that respect compounds, on the sample, in the window and on real compounds."""

from __future__ import annotations

import shutil
import uuid

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QWidget

from app.coverage.results import Query
from app.domain.edits import Put
from app.domain.period import today
from app.domain.record import make_record
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.check.check import check
from app.services.edit import edit
from app.services.fusion.cuts import OUTSIDE, cut_of, find_cuts
from app.services.fusion.fuse import accept, propose
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry
from tests.app.persistence.cut_registry import LEFT, RIGHT, a_cut_registry, grid, ground
from tests.ui.robots.find import the
from tests.ui.robots.story_robot import StoryRobot
from ui.bridge.settings_store import SettingsStore
from ui.main_window import open_window

pytestmark = [pytest.mark.story, pytest.mark.system(19)]

DAY = today()
UNITS = ("streets", "communities", "grids")


def tiling(registry, kind):
    """Return the units of a kind in metres, and whether they tile to the last digit."""
    shapes = registry.zone.to_metres([r.geometry_on(DAY) for r in registry.dataset.in_force(kind, DAY)])
    return shapes, bool(shapely.coverage_is_valid(shapes))


def overlap_and_gap(registry, kind):
    """Return the area that units share, and that of their union [m²]."""
    shapes, _ = tiling(registry, kind)
    union = shapely.union_all(shapes).area
    return shapely.area(shapes).sum() - union, union


def test_that_every_cut_of_the_sample_can_be_fused_one_after_another_and_taken_back(yaohai_sample, tmp_path):
    path = tmp_path / "yaohai.gpkg"
    shutil.copy(yaohai_sample, path)
    registry = Registry.open(path, by="tester")
    asked = Query(measure="party", by="street", as_of=DAY)
    was = {kind: overlap_and_gap(registry, kind) for kind in UNITS}
    outlines = {r.code: r.geometry for kind in UNITS for r in registry.dataset.of(kind).values()}
    total = registry.engine.coverage(asked).total.figures
    found = find_cuts(registry.engine, DAY)
    assert len(found) > 10
    assert {level for cut in found for level in cut.sides} == {"grid", "community", "street"}
    changes = [accept(registry, propose(registry.engine, cut.code, DAY)).change for cut in found]
    assert find_cuts(registry.engine, DAY) == []
    for kind in UNITS:
        assert overlap_and_gap(registry, kind) == pytest.approx(was[kind], abs=1e-3)
        assert tiling(registry, kind)[1]  # edge by edge, to the last digit
    rules = ["grid_gap", "grid_overlap", "straddles"]
    assert check(registry.dataset, registry.profile, registry.engine, registry.zone, DAY, rules) == []
    assert registry.engine.coverage(asked).total.figures == total
    split = registry.engine.coverage(Query(measure="party", by="grid", as_of=DAY, count="split"))
    whole = registry.engine.coverage(Query(measure="party", by="grid", as_of=DAY))
    for row, other in zip(split.rows, whole.rows, strict=True):
        assert row.figures.total == pytest.approx(
            other.figures.total, abs=1e-6
        )  # nobody counts in parts any more
    for change in reversed(changes):
        registry.undo(change)
    for code, outline in outlines.items():
        assert shapely.equals_exact(registry.dataset.find(code).geometry, outline)
    registry.close()


@pytest.fixture
def robot(qtbot, tmp_path):
    a_cut_registry(tmp_path, name="cut.gpkg").close()
    window = open_window(tmp_path / "cut.gpkg", settings=SettingsStore(tmp_path / "settings.ini"))
    qtbot.addWidget(window)
    window.resize(1366, 698)
    robot = FusionRobot(window, qtbot)
    robot.wait(lambda: window.context.registry is not None and window.context.is_map_shown)
    robot.wait(lambda: robot.rows("table.compounds") == 5)
    robot.open()
    yield robot
    window.close()


class FusionRobot(StoryRobot):
    """What a street's officer does with the topic."""

    def open(self):
        self.trigger("topics.fusion")
        self.wait_for_proposal()

    def wait_for_proposal(self):
        self.wait(lambda: not self.topic.is_asking and not self.window.tasks.is_busy)
        QApplication.processEvents()

    @property
    def topic(self):
        return the(QWidget, "fusion", inside=self.window)

    @property
    def registry(self):
        return self.window.context.registry

    def sketches(self):
        return self.widget(QWidget, "map.canvas").style_now.sketches

    def figures(self):
        model = self.widget(QTableView, "fusion.figures").model()
        return {
            model.index(row, 0).data(): [model.index(row, column).data() for column in (1, 2, 3)]
            for row in range(model.rowCount())
        }

    def can_accept(self):
        return self.widget(QPushButton, "fusion.accept").isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_an_officer_fuses_one_compound_after_another_with_the_keyboard_alone(robot):
    assert robot.codes("fusion.table") == ["C1", "C2"]
    assert "2 个小区" in robot.says("fusion.summary")
    assert QApplication.focusWidget().objectName() == "fusion.table"
    (sketch,) = robot.sketches()
    assert sketch.is_proposed
    assert "第1网格 +" in sketch.names[0]
    outline = robot.registry.zone.to_metres([robot.registry.dataset.find("C1").geometry])[0]
    assert shapely.difference(outline, sketch.shapes[0]).area < 1e-3
    assert set(robot.figures()) == {"明光路街道", "临泉路社区", "凤阳路社区", "第1网格"}
    assert "没有缝隙，也不重叠" in robot.says("fusion.words")
    steps = len(robot.registry.history())
    robot.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    robot.wait(lambda: len(robot.registry.history()) == steps + 1)
    robot.wait(lambda: robot.codes("fusion.table") == ["C2"])
    robot.wait_for_proposal()
    assert cut_of(robot.registry.engine, DAY, "C1") is None
    newest = robot.registry.history()[0]
    assert (newest.verb, set(newest.codes)) == ("fuse", {LEFT, RIGHT, grid(LEFT, 1), grid(RIGHT, 1)})
    assert "第" in robot.sketches()[0].names[0]  # the next one's border is there already
    robot.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    robot.wait(lambda: robot.rows("fusion.table") == 0)
    robot.wait_for_proposal()
    assert robot.says("fusion.summary") == "没有小区被界线切开"
    assert robot.sketches() == ()
    robot.trigger("edit.undo")
    robot.wait(lambda: robot.codes("fusion.table") == ["C2"])


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_figures_before_and_after_follow_the_measure_and_the_way_of_counting(robot):
    context = robot.window.context
    context.edit(lambda _t: edit.attach(robot.registry, "O1", ["C1"]), context.measure_words())
    context.ask(measure="party", count="split")
    robot.wait(lambda: robot.figures().get("凤阳路社区", ["", "", ""])[1].startswith("已知 0.3"))
    assert robot.figures()["凤阳路社区"][2].startswith("已知 0/")
    assert robot.figures()["临泉路社区"][0].startswith("+")
    before = robot.widget(QWidget, "fusion.measure").text()
    context.ask(measure="property")
    robot.wait(lambda: robot.widget(QWidget, "fusion.measure").text() != before)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_next_level_taker_and_day_are_chosen_in_the_bar_and_a_correction_has_no_day(robot):
    robot.click("fusion.next")
    robot.wait(lambda: robot.topic.current.code == "C2")
    robot.choose("fusion.level", "community")
    robot.wait(lambda: robot.codes("fusion.table") == ["C1"])
    robot.wait_for_proposal()
    robot.choose("fusion.to", RIGHT)
    robot.wait_for_proposal()
    assert robot.figures()["凤阳路社区"][0].startswith("+")
    robot.choose("fusion.how", "correct")
    robot.wait_for_proposal()
    assert not robot.widget(QWidget, "fusion.from").isEnabled()
    robot.click("fusion.accept")
    robot.wait(lambda: robot.rows("fusion.table") == 0)
    assert robot.registry.dataset.find(RIGHT).past == {}
    assert cut_of(robot.registry.engine, DAY.replace(year=2000), "C1") is None


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_what_would_tear_a_unit_needs_a_tick_and_leaving_the_page_takes_the_border_off_the_map(robot):
    def strip():
        edit.set_values(robot.registry, [grid(LEFT, 1)], {"geometry": ground(0, 0, 1, 0.93)})
        edit.set_values(robot.registry, [grid(LEFT, 2)], {"geometry": ground(0, 0.95, 1, 2)})
        between = {"code": f"{LEFT}008", "community": LEFT, "geometry": ground(0, 0.93, 1, 0.95)}
        return edit.add(robot.registry, "grids", between)

    context = robot.window.context
    context.edit(lambda _t: strip(), context.measure_words())
    robot.wait(lambda: len(robot.topic.cuts.cut(1).sides["grid"]) == 3)
    robot.click("fusion.next")
    robot.wait(lambda: "会断成几块" in robot.says("fusion.words"))
    assert not robot.can_accept()
    robot.widget(QWidget, "fusion.torn").setChecked(True)
    assert robot.can_accept()
    assert robot.sketches()
    robot.choose("topics.choice", "checklists")
    robot.wait(lambda: robot.sketches() == ())
    laid = []
    context.sketch_asked.connect(laid.append)
    context.ask(measure="property")  # a page out of sight leaves the map to others
    robot.wait(lambda: not robot.window.tasks.is_busy)
    assert laid == []
    robot.open()
    robot.wait(lambda: bool(robot.sketches()))


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_a_compound_chosen_on_the_map_is_the_one_proposed(robot):
    robot.window.context.select(["C2"], "map")
    robot.wait(lambda: "大关东二苑" in robot.says("fusion.words"))
    assert robot.topic.current.code == "C2"


def lattice(outline, step):
    """Return a bent lattice of cells that tile an outline: ``(column, row) → cell``, in degrees."""
    west, south, east, north = outline.bounds
    columns, rows = int((east - west) / step) + 2, int((north - south) / step) + 2
    bend = np.random.default_rng(3).uniform(-0.3, 0.3, (columns + 1, rows + 1, 2))

    def post(i, j):
        return (west + (i - 0.5 + bend[i, j, 0]) * step, south + (j - 0.5 + bend[i, j, 1]) * step)

    cells = {
        (i, j): shapely.Polygon([post(i, j), post(i + 1, j), post(i + 1, j + 1), post(i, j + 1)])
        for i in range(columns)
        for j in range(rows)
    }
    lines = [cell.boundary for cell in cells.values()]
    faces = shapely.get_parts(shapely.polygonize([shapely.unary_union([*lines, outline.boundary])]))
    tree, names = shapely.STRtree(list(cells.values())), list(cells)
    found: dict[tuple[int, int], list[shapely.Polygon]] = {}
    for face in faces:
        spot = face.representative_point()
        if outline.covers(spot):
            found.setdefault(names[int(tree.query(spot, predicate="within")[0])], []).append(face)
    return {place: shapely.coverage_union_all(parts) for place, parts in found.items()}


def test_that_borders_can_be_led_along_real_compounds_of_hangzhou(shared_data, tmp_path):
    folder = shared_data / "02_hangzhou_osm"
    registry = create_registry(tmp_path / "hz.gpkg", load_profile("yaohai"), by="tester")
    for source, kind, options in (
        ("outline_cnmaps_gcj02/330108.geojson", "districts", {"datum": "gcj02"}),
        ("residential_landuse_outside_xihu.geojson", "compounds", {"mapping": {"name": "name"}}),
    ):
        commit_import(
            registry, plan_import(registry, ImportRequest(source=folder / source, kind=kind, **options))
        )
    cells = lattice(shapely.make_valid(registry.dataset.find("330108").geometry), 0.006)
    records = []
    parents: dict[str, list[shapely.Polygon]] = {}
    for (i, j), cell in cells.items():
        street = f"330108{i // 6 * 9 + j // 6 + 1:03d}"
        community = f"{street}{i // 3 * 20 + j // 3 + 1:03d}"
        code = f"{community}{i % 3 * 3 + j % 3 + 1:03d}"
        for name, of in ((street, "streets"), (community, "communities")):
            parents.setdefault(f"{of} {name}", []).append(cell)
        records.append(make_record("grids", str(uuid.uuid4()), code, community=community, geometry=cell))
    for name, parts in parents.items():
        kind, code = name.split()
        above = {"district": "330108"} if kind == "streets" else {"street": code[:9]}
        outline = shapely.coverage_union_all(parts)
        records.append(make_record(kind, str(uuid.uuid4()), code, name=code, geometry=outline, **above))
    records.sort(key=lambda record: UNITS.index(record.kind))
    registry.commit([Put(record) for record in records], verb="import", is_bulk=True)
    found = find_cuts(registry.engine, DAY)
    assert len(found) > 50
    inside = [cut for cut in found if all(side != OUTSIDE for side, _ in cut.sides["grid"])]
    was = {kind: overlap_and_gap(registry, kind) for kind in UNITS}
    done = 0
    for cut in inside[:25]:
        proposal = propose(registry.engine, cut.code, DAY)
        if proposal.emptied or proposal.torn:
            continue
        assert proposal.after is None
        accept(registry, proposal)
        done += 1
    assert done >= 15
    for kind in UNITS:
        assert overlap_and_gap(registry, kind) == pytest.approx(was[kind], abs=1e-3)
        assert tiling(registry, kind)[1]  # edge by edge, to the last digit
    registry.close()
