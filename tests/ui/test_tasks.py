"""No worker touches what may be deleted, and what nobody caught is told."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.text import Text
from ui.bridge.errors import Uncaught
from ui.bridge.lines import Line
from ui.bridge.tasks import TaskRunner
from ui.map.tiles import GroundPainter

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def runner(qtbot):
    runner = TaskRunner()
    yield runner
    runner.shut_down()
    QApplication.processEvents()


def delete_deferred() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


class HeldCallbacks:
    """Holds each worker inside the callback that tells of its end."""

    def __init__(self, monkeypatch):
        self.go_on = threading.Event()
        self.is_told = threading.Event()
        self.errors = []
        self.is_over = threading.Event()
        plain = Future.add_done_callback

        def held(future, tell):
            def hold(ended):
                tell(ended)
                self.is_told.set()
                self.go_on.wait(30)
                try:
                    tell(ended)  # the very object the worker was inside of
                except RuntimeError as error:
                    self.errors.append(error)
                self.is_over.set()

            plain(future, hold)

        monkeypatch.setattr(Future, "add_done_callback", held)


def test_that_what_a_worker_calls_outlives_the_announcement(qtbot, runner, monkeypatch):
    callbacks = HeldCallbacks(monkeypatch)
    announced = []
    is_started = threading.Event()  # a job that is over at once would be told of in this thread
    task = runner.start(lambda _: 7 if is_started.wait(30) else 0, on_registry=True)
    task.succeeded.connect(announced.append)
    gone = []
    task.destroyed.connect(lambda: gone.append(True))
    del task
    is_started.set()
    qtbot.waitUntil(lambda: callbacks.is_told.is_set() and announced == [7])
    delete_deferred()
    assert gone == [True]
    callbacks.go_on.set()
    qtbot.waitUntil(callbacks.is_over.is_set)
    assert callbacks.errors == []
    QApplication.processEvents()
    assert announced == [7]


def test_that_a_report_after_the_end_goes_nowhere(qtbot, runner):
    tickets = []
    task = runner.start(tickets.append, on_registry=False)
    came = []
    task.progressed.connect(came.append)
    with qtbot.waitSignal(task.ended):
        pass
    delete_deferred()
    tickets[0].step(Text("后", "after"), 1, 1)
    QApplication.processEvents()
    assert came == []


def test_that_a_runner_may_be_deleted_with_a_job_under_way(qtbot):
    runner = TaskRunner()
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def job(ticket):
        begun.set()
        go_on.wait(30)
        seen.append(ticket.is_cancelled)

    runner.start(job, on_registry=False)
    qtbot.waitUntil(begun.is_set)
    runner.deleteLater()
    delete_deferred()
    go_on.set()
    qtbot.waitUntil(lambda: seen == [True])
    runner.shut_down()
    QApplication.processEvents()


def test_that_the_end_of_a_task_may_end_the_runner(qtbot):
    runner = TaskRunner()
    ended = []

    def end_all(_result):
        runner.shut_down()
        runner.deleteLater()
        delete_deferred()

    task = runner.start(lambda _: 1, on_registry=True)
    task.succeeded.connect(end_all)
    runner.start(lambda _: 2, on_registry=True).ended.connect(lambda: ended.append(True))
    with qtbot.waitSignal(runner.destroyed):
        pass
    QApplication.processEvents()
    assert ended in ([], [True])


def test_that_every_task_ends_once_when_the_runner_is_shut_down(qtbot):
    runner = TaskRunner()
    ended = []
    begun = threading.Event()

    def job(ticket):
        begun.set()
        while not ticket.is_cancelled:
            threading.Event().wait(0.001)

    for number in range(20):
        task = runner.start(job, on_registry=bool(number % 2))
        task.ended.connect(lambda number=number: ended.append(number))
    qtbot.waitUntil(begun.is_set)
    runner.shut_down()
    runner.shut_down()
    runner.start(job, on_registry=True).ended.connect(lambda: ended.append(20))
    qtbot.waitUntil(lambda: len(ended) >= 21)
    assert sorted(ended) == list(range(21))
    assert not runner.is_busy


def test_that_what_a_job_holds_is_let_go_of_in_the_windows_thread(qtbot, runner):
    class Held(QObject):
        pass

    where = []
    held = Held()
    held.destroyed.connect(lambda: where.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)
    begun, go_on = threading.Event(), threading.Event()

    def job(_ticket, held=held):
        begun.set()
        go_on.wait(30)
        raise ValueError(held.objectName())

    runner.start(job, on_registry=False, on_failure=lambda _error: None)
    del held, job
    qtbot.waitUntil(begun.is_set)
    go_on.set()
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.get_ident()]


def test_that_no_worker_collects_garbage(qtbot, runner):
    collected = set()

    def note(phase, _info):
        if phase == "start":
            collected.add(threading.get_ident())

    def job(_ticket):
        for _ in range(200_000):
            ring = []
            ring.append(ring)

    gc.callbacks.append(note)
    try:
        with qtbot.waitSignal(runner.start(job, on_registry=False).ended):
            pass
        qtbot.waitUntil(lambda: bool(collected))
    finally:
        gc.callbacks.remove(note)
    assert collected == {threading.get_ident()}


def test_that_a_line_whose_owner_is_gone_is_harmless(qtbot):
    class Owner(QObject):
        def hear(self, _word):
            raise AssertionError

    owner = Owner()
    line = Line(owner.hear)
    owner.deleteLater()
    delete_deferred()
    speaker = threading.Thread(target=line.say, args=(1,))
    speaker.start()
    speaker.join()
    QApplication.processEvents()
    del owner
    line.say(2)
    QApplication.processEvents()


class TestUncaught:
    @pytest.fixture
    def told(self, qtbot, monkeypatch):
        for name in ("excepthook", "unraisablehook"):
            monkeypatch.setattr(sys, name, lambda *_: None)
        monkeypatch.setattr(threading, "excepthook", lambda _: None)
        told = []
        watch = Uncaught()
        watch.caught.connect(told.append)
        yield told
        watch.end()

    def test_that_a_thread_that_dies_is_told(self, qtbot, told):
        def die():
            raise ValueError("thread")

        threading.Thread(target=die).start()
        qtbot.waitUntil(lambda: [str(e) for e in told] == ["thread"])

    def test_that_a_slot_that_fails_is_told(self, qtbot, told):
        def fail():
            raise ValueError("slot")

        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: [str(e) for e in told] == ["slot"])

    def test_that_a_finaliser_that_fails_is_told(self, qtbot, told):
        class Bad:
            def __del__(self):
                raise ValueError("gone")

        Bad()
        qtbot.waitUntil(lambda: [str(e) for e in told] == ["gone"])

    def test_that_painting_that_fails_is_told(self, qtbot, told):
        class Bad(QWidget):
            def paintEvent(self, _event):
                raise ValueError("paint")

        bad = Bad()
        qtbot.addWidget(bad)
        bad.show()
        qtbot.waitUntil(lambda: "paint" in {str(e) for e in told})


def test_that_the_windows_hooks_go_when_the_last_window_goes(qtbot):
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    first, second = Uncaught(), Uncaught()
    first.end()
    assert sys.excepthook != before[0]
    second.end()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


@pytest.mark.qt_no_exception_capture  # it is the window that takes it
def test_that_a_failure_of_the_maps_painter_is_told_and_the_map_goes_on(
    window, qtbot, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def fail(*_args, **_kwargs):
        raise ValueError("no colour")

    area = window.window.map_area
    with monkeypatch.context() as broken:
        broken.setattr(GroundPainter, "paint", fail)
        area.canvas.set_dark(True)
        qtbot.waitUntil(area.banner.isVisible)
    (report,) = (tmp_path / "compound-registry" / "log").glob("crash-*.txt")
    assert str(report) in area.banner.said.text()
    said = report.read_text(encoding="utf-8")
    assert "ValueError" in said
    assert "tests/ui/test_tasks.py" in said
    assert "verb: window" in said
    assert "ValueError: no colour" not in said, "what a sentence says may be a record's"
    area.canvas.set_dark(False)
    qtbot.waitUntil(area.canvas.is_sharp)
    assert "no colour" in capsys.readouterr().err


def test_that_many_tasks_end_without_a_word():
    done = subprocess.run(
        [sys.executable, "scripts/drill_tasks.py", "2000"],
        cwd=_ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "2,000" in done.stdout
