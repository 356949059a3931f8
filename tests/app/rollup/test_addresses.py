"""Registries on a server are added up with files; what a login sees in part is named, never counted as the whole."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.coverage.results import Query
from app.errors import IntegrityFault, InvalidInput
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from app.services.rollup.part import Failure, Part, part_of
from app.services.rollup.rollup import rolled_up
from app.services.rollup.sources import sources_of

QUERY = Query(measure="party", by="street", as_of=date(2026, 6, 1), weight="area", count="split")


@pytest.fixture(scope="module")
def scheduler():
    """Return the address of a scheduler whose worker is a thread of this process: it knows the tests' passwords."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def test_that_districts_on_a_server_and_in_files_are_one_registry(province, new_address, scheduler):
    first, second, *files = sorted((province / "districts").iterdir())
    addresses = [str(new_address()) for _ in (first, second)]
    for file, address in zip((first, second), addresses, strict=True):
        copy_registry(file, Path(address))
    found = rolled_up([*addresses, *map(str, files)], QUERY, scheduler=scheduler)
    with closing(Registry.open(province / "whole.gpkg")) as registry:
        assert found.coverage == registry.engine.coverage(QUERY)
    assert [one.source for one in found.registries][:2] == addresses
    with pytest.raises(InvalidInput, match="同一个台账"):
        rolled_up([addresses[0], *map(str, [first, *files])], QUERY, scheduler=scheduler)


def test_that_what_a_login_sees_in_part_is_not_taken_for_the_district(province, server, new_address):
    address = str(new_address())
    copy_registry(min((province / "districts").iterdir()), Path(address))
    with closing(Registry.open(Path(address))) as registry:
        grid = min(registry.dataset.of("grids"))
    database = address.rpartition("/")[2]
    server.make_login("rollup_worker")
    with server.connect(database, "keeper") as connection:
        connection.execute("SELECT registry.take_on('rollup_worker', 'grid', %s)", (grid,))
    told = part_of(server.address(database, "rollup_worker"), QUERY, None)
    assert isinstance(told, Failure)
    assert not told.is_question
    assert "rollup_worker" in told.why.zh
    assert "不是全区" in told.why.zh
    with server.connect(database, "keeper") as connection:
        connection.execute("SELECT registry.take_on('rollup_worker', 'district')")
    assert isinstance(part_of(server.address(database, "rollup_worker"), QUERY, None), Part)


def test_that_an_address_is_taken_as_it_is_typed_and_never_with_a_password(new_address, scheduler):
    empty = str(new_address())
    assert sources_of([empty]) == (empty,)
    for words in ([empty, empty], ["postgresql://keeper:secret@host/db"], ["postgresql://"]):
        with pytest.raises(InvalidInput):
            sources_of(words)
    with pytest.raises(IntegrityFault) as refused:
        rolled_up([empty, "postgresql://nobody@127.0.0.1:9/nothing"], QUERY, scheduler=scheduler)
    assert [problem.file for problem in refused.value.problems] == [
        empty,
        "postgresql://nobody@127.0.0.1:9/nothing",
    ]
