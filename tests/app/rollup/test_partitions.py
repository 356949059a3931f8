"""Partitions: GeoParquet files of what registries add, that stand in their place and are never taken for what they are not."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from app.coverage.change.rows import coverage_apart
from app.coverage.results import Query
from app.errors import IntegrityFault, InvalidInput, StorageFault
from app.services.edit import edit
from app.services.registry.registry import Registry
from app.services.rollup.answering import known_answer
from app.services.rollup.kept import folder_of, keep_part, kept_part
from app.services.rollup.part import Failure, answer_of, part_of
from app.services.rollup.rollup import rolled_up

DAY, EARLIER = date(2026, 6, 1), date(2020, 1, 1)
QUERY = Query(measure="party", by="grid", as_of=DAY, weight="area", count="split")


@pytest.fixture(scope="module")
def scheduler():
    """Return the address of a scheduler whose worker is a thread of this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def kept(province, scheduler, tmp_path_factory):
    """Return the folder with the partitions of all four districts for the question."""
    folder = tmp_path_factory.mktemp("partitions")
    found = rolled_up([str(province / "districts")], QUERY, scheduler=scheduler, partitions=folder)
    assert found.kept == 0
    return folder_of(folder, QUERY)


def whole(province, query):
    with closing(Registry.open(province / "whole.gpkg")) as registry:
        return coverage_apart(registry.engine, query)


def text(coverage):
    return json.dumps(coverage.as_json("zh"))


@pytest.mark.parametrize(
    "query",
    [
        QUERY,
        Query(measure="party", by="street", as_of=DAY),
        Query(measure="firms_with_party", by="street", as_of=DAY),
        replace(QUERY, by="community", against=EARLIER),
        Query(measure="property", by="district", as_of=DAY, against=EARLIER),
    ],
)
def test_that_a_part_comes_back_from_its_partition_to_the_digit(province, tmp_path, query):
    source = str(min((province / "districts").iterdir()))
    made = part_of(source, query, None, lambda part, registry: keep_part(part, registry, tmp_path))
    back = kept_part(source, query, None, tmp_path)
    assert back == replace(made, is_kept=True)
    assert text(back.coverage) == text(made.coverage)


def test_that_partitions_alone_or_among_registries_are_one_registry(province, kept, scheduler):
    first, second, *files = sorted((province / "districts").iterdir())
    of = {known_answer(str(file), QUERY, None, None).info.id: file for file in kept.iterdir()}
    ids = []
    for path in (first, second):
        with closing(Registry.open(path)) as registry:
            ids.append(registry.info.id)
    one = text(whole(province, QUERY))
    alone = rolled_up([str(kept)], QUERY)  # nothing is computed, so no worker is started
    assert (text(alone.coverage), alone.kept) == (one, 4)
    mixed = rolled_up([*(str(of[id_]) for id_ in ids), *map(str, files)], QUERY, scheduler=scheduler)
    assert (text(mixed.coverage), mixed.kept) == (one, 2)
    with pytest.raises(InvalidInput, match="同一个台账"):
        rolled_up([str(of[ids[0]]), str(first)], QUERY, scheduler=scheduler)


def test_that_the_same_content_gives_the_same_bytes_and_any_program_reads_it_as_a_layer(
    province, kept, tmp_path
):
    import geopandas

    source = min((province / "districts").iterdir())
    part_of(str(source), QUERY, None, lambda part, registry: keep_part(part, registry, tmp_path))
    (again,) = folder_of(tmp_path, QUERY).iterdir()
    assert again.read_bytes() == (kept / again.name).read_bytes()
    layer = geopandas.read_parquet(again)
    assert layer.crs.to_epsg() == 4490
    assert layer.geometry.notna().all()
    with closing(Registry.open(source)) as registry:
        table = registry.engine.coverage(QUERY)
        grid = registry.dataset.find(table.rows[0].unit)
        assert layer.geometry[0].equals(grid.geometry)
    assert list(layer["code"]) == [row.unit for row in table.rows]
    assert list(layer["covered"]) == [row.figures.covered for row in table.rows]
    assert set(layer["street"]) == {row.unit[:9] for row in table.rows}
    assert not {"compounds", "address"} & set(layer.columns)


def test_that_no_bit_and_no_length_of_a_partition_may_be_another(kept, tmp_path):
    some = min(kept.iterdir())
    content = some.read_bytes()
    broken = tmp_path / "broken.parquet"
    for place in range(0, len(content), max(1, len(content) // 200)):
        for changed in (
            content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :],
            content[:place],
        ):
            broken.write_bytes(changed)
            told = known_answer(str(broken), QUERY, None, None)
            assert isinstance(told, Failure)
            assert isinstance(told.error, IntegrityFault)
            assert told.source == str(broken)


def test_that_what_is_lost_damaged_or_stale_is_made_anew_and_the_rest_is_not(province, scheduler, tmp_path):
    districts, folder = tmp_path / "districts", tmp_path / "partitions"
    shutil.copytree(province / "districts", districts)

    def again(query=QUERY, **more):
        return rolled_up([str(districts)], query, scheduler=scheduler, partitions=folder, **more)

    first = again()
    place = folder_of(folder, QUERY)
    lost, cut, *_ = sorted(place.iterdir())
    assert again().kept == 4
    lost.unlink()
    cut.write_bytes(cut.read_bytes()[:-7])
    mended = again()
    assert mended.kept == 2
    assert text(mended.coverage) == text(first.coverage)
    assert again().kept == 4
    written = min(districts.iterdir())
    with closing(Registry.open(written)) as registry:
        code = min(registry.dataset.of("compounds"))
        edit.remove(registry, code, why="重复")
    found = again()
    assert found.kept == 3
    assert found.coverage.total.figures != first.coverage.total.figures
    with closing(Registry.open(written)) as registry:
        assert kept_part(str(written), QUERY, None, folder).coverage == registry.engine.coverage(QUERY)
        registry.undo()
    assert text(again().coverage) == text(first.coverage)
    assert again(crs="EPSG:4549").kept == 0  # areas are of another zone
    assert again(replace(QUERY, by="street")).kept == 0
    assert len(list(folder.iterdir())) == 2


def test_that_a_partition_handed_in_answers_its_own_question_alone(kept, monkeypatch, scheduler, tmp_path):
    some = str(min(kept.iterdir()))
    for query, crs, told in (
        (replace(QUERY, measure="property"), None, "另一个问题：party"),
        (replace(QUERY, as_of=EARLIER), None, "2026-06-01"),
        (replace(QUERY, against=EARLIER), None, "另一个问题"),
        (replace(QUERY, weight=None), None, "area"),
        (QUERY, "EPSG:4549", "EPSG:4549"),
    ):
        with pytest.raises(IntegrityFault) as refused:
            rolled_up([str(kept)], query, crs=crs)
        assert told in refused.value.problems[0].message.zh
        assert len(refused.value.problems) == 4
    gone, stranger = str(tmp_path / "gone.parquet"), tmp_path / "stranger.parquet"
    stranger.write_bytes(b"PAR1 nothing of ours PAR1")
    found = rolled_up([str(kept), gone, str(stranger)], QUERY, is_partial=True)
    assert [one.source for one in found.registries if one.error is not None] == [gone, str(stranger)]
    assert any("6 个台账中的 4 个" in note.zh for note in found.notes)
    monkeypatch.setattr("app.services.rollup.partition.VERSION", "9.9.9")
    with pytest.raises(IntegrityFault) as refused:
        rolled_up([some], QUERY)
    assert "9.9.9" in refused.value.problems[0].message.zh


def test_that_one_default_weight_named_or_not_is_the_same_question(province, tmp_path):
    source = str(min((province / "districts").iterdir()))
    asked = Query(measure="party", by="street", as_of=DAY)
    part_of(source, asked, None, lambda part, registry: keep_part(part, registry, tmp_path))
    (file,) = folder_of(tmp_path, asked).iterdir()
    named = known_answer(str(file), replace(asked, weight="compounds"), None, None)
    assert named.coverage.query.weight == "compounds"


def test_that_a_folder_that_takes_nothing_is_told(province, tmp_path):
    (tmp_path / "taken").write_text("")
    source = str(min((province / "districts").iterdir()))
    told = part_of(source, QUERY, None, lambda part, registry: keep_part(part, registry, tmp_path / "taken"))
    assert isinstance(told, Failure)
    assert isinstance(told.error, StorageFault)
    assert "写不了" in told.why.zh


def test_that_firms_that_two_registries_hold_are_named(province, tmp_path):
    from app.services.rollup.whole import whole_of

    sources = sorted((province / "districts").iterdir())[:2]
    parts = []
    for number, source in enumerate(sources):
        path = shutil.copy(source, tmp_path / source.name)
        with closing(Registry.open(path)) as registry:
            edit.add(registry, "firms", {"name": f"企业{number}", "credit_code": "91340100MA2MRH0C35"})
            for measure in ("firms_with_party", "party"):
                query = Query(measure=measure, by="street", as_of=DAY)
                parts.append(answer_of(registry, str(path), query, None))
    firms = [note.zh for note in whole_of(parts[::2], is_partial=False).notes if "信用代码" in note.zh]
    assert len(firms) == 1
    assert "1 家企业" in firms[0]
    assert not any("信用代码" in note.zh for note in whole_of(parts[1::2], is_partial=False).notes)
