"""Four tiny districts of one city, a file each, and a cluster that tests share: starting one takes seconds."""

from __future__ import annotations

import logging
from contextlib import contextmanager

import pytest

from app.jobs import Ticket
from app.sample.big import PLANS, BigPlan
from app.sample.write import write_districts, write_sample

TINY = BigPlan(side=2, streets=2, communities=1, grids=3, compounds=30, width=1500.0, facts=0.5)


def write_four(folder, *, with_whole=False):
    """Write four districts into ``folder/districts`` and, if wanted, ``folder/whole.gpkg`` that holds all four."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PLANS, "city", TINY)
        write_districts(folder / "districts", "yaohai", size="city", seed=3, ticket=Ticket())
        if with_whole:
            write_sample(folder / "whole.gpkg", "yaohai", size="city", seed=3, ticket=Ticket())
    return folder / "districts"


@contextmanager
def cluster_of_two():
    """Yield the address of a scheduler with two workers, each a process."""
    from distributed import LocalCluster
    from distributed.utils import offload

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        cluster.sync(offload, int)  # starts a thread that this process keeps; none of a window's own
        yield cluster.scheduler_address
