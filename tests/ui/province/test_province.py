"""A folder of districts in the window: its table, the way from a figure into a registry and back, what is left out."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QPushButton, QToolButton, QWidget

from app.coverage.explain import explain
from app.domain.period import today
from app.services.edit import edit
from app.services.registry.registry import Registry
from app.services.rollup import province, standing
from app.services.rollup.cluster import workers
from app.text import Text
from tests.app.rollup.four import cluster_of_two, write_four
from tests.ui.robots.find import the
from tests.ui.robots.walker import cut_texts
from tests.ui.shell.test_shell import nobody_is_anonymous
from ui.cli.output import Output
from ui.cli.run import verb_called
from ui.panels.coverage.model import COUNTS, Column
from ui.widgets.coverage_cell import CODE_ROLE


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    return write_four(tmp_path_factory.mktemp("province"))


@pytest.fixture(scope="module")
def scheduler():
    with cluster_of_two() as address:
        yield address


@pytest.fixture
def folder(four, tmp_path):
    return shutil.copytree(four, tmp_path / "districts")


@pytest.fixture
def asked(monkeypatch, scheduler):
    """Have the work done by a cluster that is there already; return which registries were asked, in turns."""
    turns, real = [], province.asked

    def told(sources, query, ticket, **more):
        turns.append(tuple(Path(source).name for source in sources))
        return real(sources, query, ticket, **more)

    monkeypatch.setattr(standing, "workers", lambda _, number: workers(scheduler, number))
    monkeypatch.setattr(province, "asked", told)
    return turns


def computed(robot):
    """Wait until nothing is being computed; return the page."""
    robot.until(lambda: (room := robot.window.province).page is not None and not room.state.is_running)
    return robot.window.province.page


def opened(open_window, folder, **more):
    robot = open_window(folder, **more)
    computed(robot)
    return robot


def shown(robot, name="province.table"):
    """Return the rows of a table: the unit's code and its counts."""
    model = robot.view(name).model()
    return {
        str(model.index(row, 0).data(CODE_ROLE)): [model.index(row, column).data() for column in COUNTS]
        for row in range(model.rowCount())
    }


def click(robot, unit, column, name="province.table"):
    view = robot.view(name)
    row = list(shown(robot, name)).index(unit)
    index = view.model().index(row, column)
    view.scrollTo(index)
    spot = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def text(robot, name):
    return the(QLabel, name, inside=robot.window).text()


def press(robot, name):
    the(QPushButton, name, inside=robot.window).click()


def test_that_the_table_is_what_rollup_says_and_a_figure_leads_to_its_compounds_and_back(
    open_window, folder, asked, scheduler, capsys
):
    robot = opened(open_window, folder)
    page, context = robot.window.province.page, robot.window.context
    robot.box("province.by").setCurrentIndex(1)
    verb_called("rollup")(
        Output(as_json=True), sources=(str(folder),), scheduler=scheduler, measure="party", by="street"
    )
    told = json.loads(capsys.readouterr().out)
    rows = {row["unit"]: [str(row[name]) for name in COUNTS.values()] for row in told["rows"]}
    assert shown(robot) == rows
    assert shown(robot, "province.total")["total"] == [str(told["total"][name]) for name in COUNTS.values()]
    assert text(robot, "province.state") == "4 本台账"
    robot.until(lambda: cut_texts(page) == [])
    robot.until(lambda: robot.window.findChild(QWidget, "province.map").is_sharp())
    mode = robot.window.findChild(QToolButton, "header.review")
    mode.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    barred = mode.grab().toImage()
    assert not mode.isEnabled()
    mode.setEnabled(True)
    assert mode.grab().toImage() != barred, "a way of working that a province has not looks so"
    mode.setEnabled(False)
    unit = next(unit for unit, counts in rows.items() if counts[1] != "0")
    robot.view("province.table").sortByColumn(Column.UNCOVERED, Qt.SortOrder.DescendingOrder)
    click(robot, unit, Column.UNCOVERED)
    robot.until(lambda: context.registry is not None and bool(context.selection))
    with closing(Registry.open(context.registry.path)) as registry:
        entries = explain(registry.engine, page.state.question.query(today()), unit).uncovered
    assert set(context.selection) == {entry.code for entry in entries}
    assert (context.question.measure, context.question.by) == ("party", "street")
    robot.wait_for_registry()
    assert robot.action("province.back").isEnabled()
    before = list(shown(robot))
    robot.action("province.back").trigger()
    assert context.registry is None
    assert page.isVisible()
    assert list(shown(robot)) == before
    assert robot.view("province.table").currentIndex().data(CODE_ROLE) == unit
    QTest.keyClick(robot.view("province.table"), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().count("\n") == len(rows) + 2
    robot.window.set_language("en")
    assert robot.window.province.page is not page
    assert list(shown(robot)) == before
    assert text(robot, "province.state") == "4 registries"
    nobody_is_anonymous(robot.window.province.page)
    robot.until(lambda: cut_texts(robot.window.province.page) == [])
    file = folder.parent / "out.csv"
    picked = []
    context.pick_asked.disconnect()
    context.pick_asked.connect(picked.append)
    press(robot, "province.export")
    picked[0].take(str(file))
    robot.until(file.exists)
    assert all(unit in file.read_text("utf-8-sig") for unit in rows)
    assert len(asked) == 1  # another level, and the way there and back, computed nothing
    for measure in ("property", "party", "property"):
        robot.window.province.state.ask(measure=measure)
        computed(robot)
    assert [len(turn) for turn in asked] == [
        4,
        4,
        0,
        0,
    ]  # what was answered before by the same files is at hand


def test_that_a_registry_that_changed_is_said_and_computed_again_alone(open_window, folder, asked):
    robot = opened(open_window, folder)
    room, context = robot.window.province, robot.window.context
    some = min(folder.iterdir())
    before = shown(robot, "province.total")
    with closing(Registry.open(some)) as registry:
        edit.remove(registry, next(iter(registry.dataset.of("compounds"))), "已拆除")
    room.state.look()
    robot.until(lambda: the(QWidget, "province.banner", inside=robot.window).isVisible())
    assert "1 本台账" in text(robot, "province.banner.text")
    said = []
    context.said.connect(said.append)
    click(robot, next(iter(shown(robot))), Column.TOTAL)
    robot.until(lambda: context.registry is not None and not room.state.is_running and len(asked) == 2)
    assert asked[1] == (some.name,)
    assert any(some.name in one.zh for one in said)
    robot.action("province.back").trigger()
    assert shown(robot, "province.total") != before
    assert not room.state.outdated


def test_that_what_is_left_out_is_named_and_tried_again_alone(open_window, folder, asked):
    some = min(folder.iterdir())
    whole = some.read_bytes()
    some.write_bytes(whole[:9000])
    robot = opened(open_window, folder)
    assert text(robot, "province.state") == "数字只是 3/4 本台账的"
    listed = the(QAbstractItemView, "province.registries", inside=robot.window)
    assert listed.model().index(0, 1).data() == some.name
    assert listed.model().index(0, 2).data() == "没有汇总"
    assert text(robot, "province.reason")
    assert len(shown(robot)) == 3
    some.write_bytes(whole)
    press(robot, "province.retry")
    computed(robot)
    assert asked[1] == (some.name,)
    assert text(robot, "province.state") == "4 本台账"
    name = robot.window.province.state.name_of(str(some))
    assert name != some.stem
    some.unlink()
    press(robot, "province.recompute")
    computed(robot)
    assert text(robot, "province.state") == "数字只是 3/4 本台账的"
    assert some.name in str(listed.model().index(0, 1).data())
    assert listed.model().index(0, 0).data() == name, "a district keeps its name where its file is gone"
    some.write_bytes(whole[:9000])
    robot.window.open_path(folder)
    computed(robot)
    listed = the(QAbstractItemView, "province.registries", inside=robot.window)
    assert listed.model().index(0, 0).data() == name, "and when its folder is opened another day"


def test_that_a_run_is_stopped_and_the_old_figures_stay(open_window, folder, asked, monkeypatch):
    robot = opened(open_window, folder)
    room, before, never = robot.window.province, shown(robot), threading.Event()
    heading = text(robot, "province.heading")
    assert heading.startswith("党组织覆盖")
    assert heading.endswith(f"截至 {today().isoformat()}")

    runs = []

    def endless(_sources, query, ticket, **_more):
        runs.append(query)
        ticket.step(Text("", ""), 1, 4)
        while not ticket.is_cancelled:
            never.wait(0.01)

    monkeypatch.setattr(province, "asked", endless)
    room.state.ask(measure="property")
    robot.until(lambda: room.state.done == (1, 4))
    room.state.ask(by="street")
    room.state.ask(by="district")
    assert len(runs) == 1, "another level of the same question is no other run"
    assert text(robot, "province.state") == "正在算 1/4，算好之前显示原来的数字"
    assert text(robot, "province.heading") == f"原来的数字：{heading}"
    assert shown(robot) == before
    assert robot.window.findChild(QWidget, "province.table").parentWidget().graphicsEffect() is not None
    press(robot, "province.cancel")
    robot.until(lambda: not robot.window.tasks.is_busy)
    assert not room.state.is_running
    assert shown(robot) == before


def test_that_rows_come_as_registries_are_read_and_a_run_goes_on_from_there(
    open_window, folder, asked, monkeypatch
):
    some, never, whole = str(min(folder.iterdir())), threading.Event(), province.asked

    def endless(_sources, query, ticket, *, told, **_more):
        told(some, province.answers_of(some, query, None))
        ticket.step(Text("", ""), 1, 4)
        while not ticket.is_cancelled:
            never.wait(0.01)

    monkeypatch.setattr(province, "asked", endless)
    robot = open_window(folder)
    robot.until(lambda: robot.window.province.page is not None and len(shown(robot)) == 1)
    assert text(robot, "province.heading").startswith("先读完的 1/4 本之和：党组织覆盖")
    assert text(robot, "province.state") == "正在算 1/4"
    assert not the(QPushButton, "province.export", inside=robot.window).isEnabled()
    press(robot, "province.cancel")
    robot.until(lambda: not robot.window.tasks.is_busy)
    assert text(robot, "province.state") == "数字只是 1/4 本台账的"
    monkeypatch.setattr(province, "asked", whole)
    robot.window.province.state.compute()
    computed(robot)
    assert [len(turn) for turn in asked] == [3], "what was read before is not read again"
    assert len(shown(robot)) == 4
    assert text(robot, "province.heading").startswith("党组织覆盖")


@pytest.mark.usefixtures("scheduler")
def test_that_a_window_closed_while_it_computes_leaves_no_process(open_window, folder):
    before = worker_processes()
    robot = open_window(folder, lang="en")
    robot.until(lambda: len(worker_processes() - before) == os.cpu_count())
    started = worker_processes() - before
    robot.window.close()
    assert not [one for one in started if one.is_running()]


def worker_processes():
    """Return the processes of workers that this one started; not that of Python which sweeps up after them."""
    found = set()
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(one.cmdline()):
                found.add(one)
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_a_folder_without_registries_and_a_missing_extra_are_said_in_place(
    open_window, folder, tmp_path, monkeypatch, lang
):
    empty = tmp_path / "空的"
    empty.mkdir()
    robot = open_window(empty, lang=lang)
    assert str(empty) in text(robot, "province.banner.text")
    monkeypatch.setitem(sys.modules, "distributed", None)
    robot.window.open_path(folder)
    computed(robot)
    assert "compound-registry[cluster]" in text(robot, "province.banner.text")
    robot.until(lambda: cut_texts(robot.window.province.page) == [])
    assert robot.window.windowTitle().startswith(folder.name)
