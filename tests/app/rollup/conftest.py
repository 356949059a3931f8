"""A province of four small districts, by itself and in one file, and workers that every test here may use."""

from __future__ import annotations

import logging

import pytest

from app.jobs import Ticket
from app.sample.big import PLANS, BigPlan
from app.sample.write import write_districts, write_sample
from app.services.registry.registry import Registry
from app.services.rollup.part import answer_of

_TINY = BigPlan(side=2, streets=2, communities=1, grids=3, compounds=30, width=1500.0, facts=0.5)


@pytest.fixture(scope="package")
def province(tmp_path_factory):
    """Return a folder of four districts and a registry that holds all four."""
    folder = tmp_path_factory.mktemp("province")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PLANS, "city", _TINY)
        write_districts(folder / "districts", "yaohai", size="city", seed=3, ticket=Ticket())
        write_sample(folder / "whole.gpkg", "yaohai", size="city", seed=3, ticket=Ticket())
    return folder


@pytest.fixture(scope="package")
def parts_of(province):
    """Return a function that answers a question by each district, in the zone of the whole."""
    districts = [Registry.open(file) for file in sorted((province / "districts").iterdir())]
    yield lambda query: [answer_of(one, str(one.path), query, None) for one in districts]
    for one in districts:
        one.close()


@pytest.fixture(scope="package")
def scheduler():
    """Return the address of a scheduler with two workers, each a process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster.scheduler_address
