"""Ctrl+C while workers are being started: they are started whole, and ended."""

from __future__ import annotations

import os
import signal
import threading

import distributed
import pytest

from app.processes import start_of
from app.services.rollup.cluster import workers


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
