"""Ctrl+C while workers are being started: they are started whole, and ended."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import distributed
import pytest

from app.errors import StorageFault
from app.jobs import Ticket
from app.processes import start_of
from app.services.rollup import cluster
from app.services.rollup.cluster import workers
from app.services.rollup.rollup import told_of
from app.text import Text


def test_that_an_interruption_while_workers_start_ends_them(monkeypatch):
    did, deaf = [], []

    def held():
        return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())

    class Cluster:
        def __init__(self, **_given):
            signal.raise_signal(signal.SIGINT)
            begun = threading.Thread(target=lambda: deaf.append(held()))  # as the one that begins workers
            begun.start()
            begun.join()
            did.append("started")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            did.append("ended")

    monkeypatch.setattr(distributed, "LocalCluster", Cluster)
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # who runs the tests may have it ignored
    try:
        with pytest.raises(KeyboardInterrupt), workers(None, 1):
            did.append("used")
    finally:
        signal.signal(signal.SIGINT, before)
    assert did == ["started", "ended"]
    assert deaf == [True], "a terminal tells workers too, which then leave tracebacks"
    assert not held()


def test_that_workers_that_can_t_be_started_are_told(monkeypatch):
    def failing(**_given):
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr(distributed, "LocalCluster", failing)
    with pytest.raises(StorageFault, match="起不来（系统的原话是“Nanny failed to start"), workers(None, 1):
        pass


def ends_the_second_worker(folder):
    """Give something the first time, and end the worker that has to give it again."""
    try:
        (Path(folder) / "once").touch(exist_ok=False)
    except FileExistsError:
        os._exit(1)
    return os.getpid()


def test_that_a_registry_that_ends_its_workers_is_told_also_after_it_answered(tmp_path, monkeypatch):
    """What a worker gave is lost with it, and is computed again when it is asked for."""

    def killed(*asked):
        done, rest = real(*asked)
        for worker in [one.result() for one in done if one.status == "finished"]:
            os.kill(worker, signal.SIGKILL)
        return done, rest

    real = cluster.first_of
    monkeypatch.setattr(cluster, "first_of", killed)
    with workers(None, 1) as client:
        client.cluster.scheduler.allowed_failures = 0
        jobs = [(str(tmp_path),)]
        (found,) = cluster.results(client, ends_the_second_worker, jobs, Ticket(), Text("", ""))
    assert "一个接一个被结束了" in told_of("a.gpkg", found).why.zh


def test_that_workers_whose_work_is_given_up_are_ended_and_not_begun_again(monkeypatch):
    """One that is killed alone is begun anew by what looks after it, and the end would wait for that."""
    begun = []
    real = distributed.Nanny.instantiate

    async def counted(nanny):
        begun.append(nanny)
        return await real(nanny)

    monkeypatch.setattr(distributed.Nanny, "instantiate", counted)
    told = []

    def begin_and_stop():
        with workers(None, 1) as client:
            told.append(client.submit(os.getpid).result())
            told.append(client.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin_and_stop()
    worker, deaf = told
    assert len(begun) == 1
    assert start_of(worker) is None
    assert signal.SIGINT in deaf, "Ctrl+C in a terminal reaches the workers too"
