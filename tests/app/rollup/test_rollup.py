"""Many registries added up are one that holds them all, to the digit; what can't be added is named."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from app import VERSION
from app.coverage.change.rows import coverage_apart
from app.coverage.measures import parse_measure
from app.coverage.results import Query
from app.domain.kinds import LEVELS
from app.errors import IntegrityFault, InvalidInput, StorageFault
from app.jobs import Cancelled, Ticket
from app.sample.write import write_districts
from app.services.bring_out.coverage_csv import write_coverage_csv
from app.services.registry.registry import Registry
from app.services.rollup.adding import added_up, over_the_border, units_in_several
from app.services.rollup.answering import answer_alike
from app.services.rollup.cluster import results, workers
from app.services.rollup.part import Failure
from app.services.rollup.rollup import rolled_up, told_of
from app.text import Text
from ui.cli.output import Output
from ui.cli.run import verb_called

DAY, EARLIER = date(2026, 6, 1), date(2020, 1, 1)


def test_that_every_figure_is_that_of_one_registry_to_the_digit(province, parts_of):
    registry = Registry.open(province / "whole.gpkg")
    asked = 0
    for name in ("party", "property", "grid_branch", "firms_with_party", "not_three_no"):
        weights = parse_measure(registry.profile, name).spec.weights
        for by, weight, count in product(LEVELS, weights, ("whole", "split")):
            query = Query(measure=name, by=by, as_of=DAY, weight=weight, count=count)
            one = registry.engine.coverage(query)
            assert added_up(parts_of(query)) == one, query
            asked += one.total.figures.total > 0
    registry.close()
    assert asked > 40


@pytest.mark.parametrize("question", [("party", "area", "split"), ("property", "compounds", "whole")])
def test_that_the_parts_of_a_change_add_up_too(province, parts_of, question):
    name, weight, count = question
    with closing(Registry.open(province / "whole.gpkg")) as registry:
        query = Query(measure=name, by="street", as_of=DAY, weight=weight, count=count, against=EARLIER)
        one = coverage_apart(registry.engine, query)
    found = added_up(parts_of(query))
    assert found == one
    assert found.total.parts


def test_that_a_unit_in_several_registries_is_added_up_exactly(parts_of):
    query = Query(measure="party", by="district", as_of=DAY, weight="area", count="split")
    first, second, *_ = parts_of(query)
    unit, other = first.coverage.rows[0].unit, second.coverage.rows[0].unit
    renamed = replace(
        second,
        coverage=replace(second.coverage, rows=(replace(second.coverage.rows[0], unit=unit),)),
        now=second.now._replace(by_unit={unit: second.now.by_unit[other]}),
    )
    found = added_up([first, renamed])
    assert units_in_several([first, renamed]) == (unit,)
    assert [row.unit for row in found.rows] == [unit]
    assert found.rows[0].figures == found.total.figures


def test_that_what_reaches_into_another_registry_is_named(parts_of):
    first, second, *_ = parts_of(Query(measure="party", by="grid", as_of=DAY))
    assert over_the_border([first, second]) == ()
    moved = replace(second, districts=first.districts, reaching=first.reaching)
    assert over_the_border([first, moved]) == first.reaching


def test_that_districts_in_zones_of_their_own_are_computed_in_that_of_the_whole(
    province, scheduler, tmp_path
):
    query = Query(measure="party", by="district", as_of=DAY, weight="area")
    folder = tmp_path / "districts"
    shutil.copytree(province / "districts", folder)
    some = min(folder.iterdir())
    with closing(Registry.open(some)) as registry:
        from geo.crs import Zone

        registry.change_zone(Zone(120), why="尝试")
    with closing(Registry.open(province / "whole.gpkg")) as registry:
        one = registry.engine.coverage(query)
    assert rolled_up([str(folder)], query, scheduler=scheduler).coverage == one
    assert rolled_up([str(folder)], query, scheduler=scheduler, crs="EPSG:4549").coverage.crs == "EPSG:4549"


def asked(scheduler, *sources, **more):
    return rolled_up(
        [str(one) for one in sources],
        Query(measure="party", by="street", as_of=DAY),
        scheduler=scheduler,
        **more,
    )


def test_that_a_damaged_registry_is_named_and_the_rest_added_where_that_is_wanted(
    province, scheduler, tmp_path
):
    folder = tmp_path / "districts"
    shutil.copytree(province / "districts", folder)
    broken, *_, last = sorted(folder.iterdir())
    broken.write_bytes(broken.read_bytes()[:9000])
    gone = tmp_path / "gone.gpkg"
    with pytest.raises(IntegrityFault) as refused:
        asked(scheduler, folder, gone)
    assert {problem.file for problem in refused.value.problems} == {str(broken), str(gone)}
    found = asked(scheduler, folder, gone, is_partial=True)
    by_source = {one.source: one for one in found.registries}
    assert by_source[str(broken)].error is not None
    assert by_source[str(gone)].rows == 0
    assert by_source[str(last)].rows == 2
    assert len(found.coverage.rows) == 6
    assert any("5 个台账中的 3 个" in note.zh for note in found.notes)
    kept = tmp_path / "kept.csv"
    write_coverage_csv(kept, found.coverage, found.profile, found.info, remarks=found.notes)
    assert "5 个台账中的 3 个" in kept.read_text("utf-8-sig"), "a table that is passed on says it, too"
    with pytest.raises(IntegrityFault):
        asked(scheduler, gone, is_partial=True)


def test_that_another_profile_a_copy_and_a_question_that_is_none_are_refused(province, scheduler, tmp_path):
    folder = tmp_path / "districts"
    shutil.copytree(province / "districts", folder)
    first, second, *_ = sorted(folder.iterdir())
    with pytest.raises(InvalidInput, match="没有"):
        rolled_up([str(folder)], Query(measure="nothing", by="street", as_of=DAY), scheduler=scheduler)
    shutil.copy(first, folder / "copy.gpkg")
    with pytest.raises(InvalidInput, match="同一个台账"):
        asked(scheduler, folder)
    (folder / "copy.gpkg").unlink()
    with pytest.raises(InvalidInput, match="两次"):
        asked(scheduler, folder, first)
    with closing(Registry.open(second)) as registry:
        registry.replace_profile(registry.profile.text.replace("version = 3", "version = 4"), why="换版")
    with pytest.raises(IntegrityFault, match="1 个") as refused:
        asked(scheduler, folder)
    assert [problem.file for problem in refused.value.problems] == [str(second)]
    empty = tmp_path / "empty"
    empty.mkdir()
    for nothing in ([], [empty]):
        with pytest.raises(InvalidInput):
            asked(scheduler, *nothing)


def dies_once(folder, number):
    """End the worker the first time that one of the jobs is tried."""
    try:
        (Path(folder) / "died").touch(exist_ok=False)
    except FileExistsError:
        return number * number
    os._exit(1)


def test_that_a_worker_that_dies_is_survived(scheduler, tmp_path):
    with workers(scheduler, 3) as client:
        jobs = [(str(tmp_path), number) for number in range(6)]
        found = results(client, dies_once, jobs, Ticket(), Text("", ""))
    assert (tmp_path / "died").exists()
    assert found == [number * number for number in range(6)]


def fails(number):
    if number == 1:
        raise RuntimeError("not a matter of the user's")
    return number


def test_that_a_task_that_breaks_off_is_told_and_a_cancelled_one_stops(scheduler):
    with workers(scheduler, 2) as client:
        found = results(client, fails, [(0,), (1,)], Ticket(), Text("", ""))
        assert found[0] == 0
        assert isinstance(found[1], RuntimeError)
        ticket = Ticket()
        ticket.cancel()
        with pytest.raises(Cancelled):
            results(client, fails, [(0,)], ticket, Text("", ""))


def test_that_a_worker_of_another_version_or_without_this_program_is_told(province):
    source = str(min((province / "districts").iterdir()))
    query = Query(measure="party", by="street", as_of=DAY)
    assert not isinstance(answer_alike(VERSION, source, query, None, None), Failure)
    other = answer_alike("0.2.9", source, query, None, None)
    assert VERSION in other.why.zh
    assert "0.2.9" in other.why.zh
    lacking = told_of(source, ModuleNotFoundError("No module named 'app'"))
    assert "没有装这个程序" in lacking.why.zh
    assert lacking.error.exit_status == 2


def test_that_an_address_where_nobody_answers_is_told(monkeypatch):
    monkeypatch.setattr("app.services.rollup.cluster._PATIENCE", 0.2)
    with pytest.raises(StorageFault, match="没有应答"), workers("tcp://127.0.0.1:9", 1):
        pass
    with pytest.raises(InvalidInput, match="地址"), workers("nowhere://", 1):
        pass


def begun_alone():
    """Start a scheduler as a process of its own that has no worker, and return the process and its address."""
    words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *words], stderr=subprocess.PIPE, text=True
    )
    said = next(line for line in process.stderr if "Scheduler at:" in line)
    return process, said.split()[-1]


def test_that_a_scheduler_without_workers_and_one_that_dies_are_told(monkeypatch):
    """Without a worker a task would wait for ever; a scheduler that is killed takes every task with it."""
    monkeypatch.setattr("app.services.rollup.cluster._PATIENCE", 5.0)
    process, address = begun_alone()

    class Kills(Ticket):
        def step(self, stage, done, total):
            process.kill()
            process.wait()
            super().step(stage, done, total)

    try:
        with workers(address, 1) as client:
            monkeypatch.setattr("app.services.rollup.cluster._PATIENCE", 0.0)
            monkeypatch.setattr("app.services.rollup.cluster._ASK", 0.0)
            with pytest.raises(StorageFault, match="没有计算进程"):
                results(client, fails, [(0,)], Ticket(), Text("", ""))
            with pytest.raises(StorageFault, match="途中断开") as told:
                results(client, fails, [(0,), (2,)], Kills(), Text("", ""))
        assert told.value.exit_status == 4
    finally:
        process.kill()
        process.communicate()


def test_the_json_is_that_of_coverage_with_the_registries_on_top(province, scheduler, capsys):
    verb_called("rollup")(
        Output(as_json=True),
        sources=(str(province / "districts"),),
        scheduler=scheduler,
        measure="party",
        by="street",
        as_of=DAY,
    )
    told = json.loads(capsys.readouterr().out)
    verb_called("coverage")(
        Output(as_json=True), registry=province / "whole.gpkg", measure="party", by="street", as_of=DAY
    )
    registries = told.pop("registries")
    assert told == json.loads(capsys.readouterr().out)
    assert [one["rows"] for one in registries] == [2, 2, 2, 2]
    assert [one["error"] for one in registries] == [None] * 4


def test_that_districts_hold_what_the_one_file_holds_and_no_folder_is_half_there(province, tmp_path):
    def rows(path):
        with closing(sqlite3.connect(path)) as file:
            return sum(
                file.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("compound", "grid", "fact")
            )

    assert sum(rows(file) for file in (province / "districts").iterdir()) == rows(province / "whole.gpkg")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "a.txt").touch()
    with pytest.raises(InvalidInput, match="已经有了"):
        write_districts(tmp_path / "taken", "yaohai", size="city", seed=0, ticket=Ticket())
    with pytest.raises(InvalidInput, match="只有一个区"):
        write_districts(tmp_path / "new", "yaohai", size="district", seed=0, ticket=Ticket())
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]
