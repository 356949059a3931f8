"""A province of four small districts, by itself and in one file, and workers that every test here may use."""

from __future__ import annotations

import pytest

from app.services.registry.registry import Registry
from app.services.rollup.part import answer_of
from tests.app.rollup.four import cluster_of_two, write_four


@pytest.fixture(scope="package")
def province(tmp_path_factory):
    """Return a folder of four districts and a registry that holds all four."""
    folder = tmp_path_factory.mktemp("province")
    write_four(folder, with_whole=True)
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
    with cluster_of_two() as address:
        yield address
