"""Ctrl+C while workers are being started: they are started whole, and ended."""

from __future__ import annotations

import signal

import distributed
import pytest

from app.services.rollup.cluster import workers


def test_that_an_interruption_while_workers_start_ends_them(monkeypatch):
    did = []

    class Cluster:
        def __init__(self, **_given):
            signal.raise_signal(signal.SIGINT)
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
