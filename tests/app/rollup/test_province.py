"""A province that stays open: what each registry answered is kept, and those that changed are asked again alone."""

from __future__ import annotations

import shutil
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.coverage.results import Query
from app.domain.kinds import LEVELS
from app.errors import InvalidInput
from app.jobs import Ticket
from app.services.edit import edit
from app.services.registry.registry import Registry
from app.services.rollup import province as module
from app.services.rollup.part import Failure
from app.services.rollup.province import (
    Remembered,
    answers_of,
    behind,
    map_of,
    names_of,
    reasons,
    seen_of,
    whole_at,
)
from app.services.rollup.rollup import rolled_up
from app.services.rollup.table import write_province
from geo.crs import Zone

DAY = date(2026, 6, 1)
QUERY = Query(measure="party", by="district", as_of=DAY, weight="area")


def asked(sources, query, **more):
    return module.asked(sources, query, Ticket(), standing=Here, **more)


class Here:
    """Stands for workers: does each job in this thread."""

    @staticmethod
    @contextmanager
    def workers(*_given):
        yield None

    client = workers

    @staticmethod
    def results(_client, task, jobs, _ticket, _stage, told=None):
        found = []
        for place, job in enumerate(jobs):
            found.append(task(*job))
            if told is not None:
                told(place, found[-1])
        return found


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Do the work in this process: where it is done changes nothing, and a cluster takes seconds to start."""
    monkeypatch.setattr(module, "results", Here.results)
    monkeypatch.setattr("app.services.rollup.rollup.workers", Here.workers)
    monkeypatch.setattr("app.services.rollup.rollup.results", Here.results)


@pytest.fixture
def folder(province, tmp_path):
    return shutil.copytree(province / "districts", tmp_path / "districts")


def sources(folder):
    return [str(file) for file in sorted(folder.glob("*.gpkg"))]


def test_that_every_level_is_what_rollup_says_to_the_digit(folder):
    """Also where a registry keeps another zone: all are computed in that of the whole."""
    with closing(Registry.open(Path(sources(folder)[0]))) as registry:
        registry.change_zone(Zone(120), why="尝试")
    heard = []
    found = asked(sources(folder), QUERY, told=lambda source, one: heard.append((source, one)))
    answers = list(found.values())
    for level in LEVELS:
        query = Query(measure="party", by=level, as_of=DAY, weight="area")
        assert whole_at(answers, level).coverage == rolled_up([str(folder)], query).coverage
    assert {source for source, _ in heard} == set(found)
    assert len(names_of(answers, "grid")) == len(whole_at(answers, "grid").coverage.rows) > 4
    drawn, zone = map_of(answers)
    assert [len(drawn.of(kind)) for kind in ("districts", "streets", "communities")] == [4, 8, 0]
    assert zone.epsg == answers[0].zone


def test_that_a_partition_stands_at_its_own_level_and_has_no_registry(folder, tmp_path):
    first, *others = sources(folder)
    rolled_up([first], QUERY, partitions=tmp_path / "parts")
    (partition,) = (tmp_path / "parts").glob("*/*.parquet")
    Path(first).unlink()
    answers = list(asked([str(partition), *others], QUERY).values())
    assert whole_at(answers, "district").coverage == rolled_up([str(partition), *others], QUERY).coverage
    assert set(reasons(answers, "district")) == set()
    assert set(reasons(answers, "street")) == {str(partition)}
    assert len(whole_at(answers, "street").coverage.rows) == 6
    unit = answers[0].parts["district"].coverage.rows[0].unit
    (one,) = behind(answers, "district", unit, ("covered", "uncovered", "unknown"))
    assert not one.has_registry


def test_that_only_what_changed_is_asked_again_and_a_change_is_seen(folder, monkeypatch):
    first, *others = sources(folder)
    known = asked([first, *others], QUERY)
    assert all(seen_of(source) == one.seen for source, one in known.items())
    with closing(Registry.open(Path(first))) as registry:
        code = next(iter(registry.dataset.of("compounds")))
        edit.remove(registry, code, "已拆除")
    assert seen_of(first) != known[first].seen
    assert [seen_of(source) == known[source].seen for source in others] == [True] * 3
    opened = []
    monkeypatch.setattr(module, "answers_of", lambda *job: opened.append(job[0]) or answers_of(*job))
    again = asked([first], QUERY, known=known)
    assert opened == [first]
    assert again[first].step == known[first].step + 1
    assert all(again[source] is known[source] for source in others)
    remembered = Remembered()
    remembered.keep(QUERY, known)
    assert set(remembered.of(QUERY, sources(folder))) == set(others), "what changed is asked anew"
    assert remembered.of(replace(QUERY, measure="property"), sources(folder)) == {}
    for day in range(1, 8):
        remembered.keep(replace(QUERY, as_of=date(2026, 5, day)), known)
    assert remembered.of(QUERY, sources(folder)) == {}, "of the last questions alone"
    assert whole_at(list(again.values()), "grid") == whole_at(
        list(asked([first, *others], QUERY).values()), "grid"
    )


def test_that_what_cannot_be_added_is_named_and_the_rest_is(folder):
    first, second, third, _ = sources(folder)
    shutil.copy(second, folder / "zz-copy.gpkg")
    Path(first).write_bytes(b"nothing")
    with closing(Registry.open(Path(third))) as registry:
        registry.replace_profile(registry.profile.text.replace("version = 3", "version = 4"), why="换版")
    answers = list(asked(sources(folder), QUERY).values())
    why = reasons(answers, "district")
    assert set(why) == {first, third, str(folder / "zz-copy.gpkg")}
    assert "同一个台账" in why[str(folder / "zz-copy.gpkg")].zh
    assert "口径" in why[third].zh
    assert len(whole_at(answers, "district").coverage.rows) == 2
    unit = whole_at(answers, "district").coverage.rows[0].unit
    lists = ("covered", "uncovered", "unknown")
    assert [one.source for one in behind(answers, "district", unit, lists)] == [second]
    assert len(behind(answers, "district", "total", lists)) == 2
    assert behind(answers, "district", "nowhere", lists) == []
    file = folder.parent / "汇总.xlsx"
    write_province(file, answers, "street", "某省", "zh", Ticket())
    book = openpyxl.load_workbook(file, read_only=True)
    assert book.sheetnames == ["街道", "区", "社区", "网格", "说明"]
    total = next(row for row in book["街道"].values if row[1] == "合计")
    figures = whole_at(answers, "street").coverage.total.figures
    counts = (figures.covered, figures.uncovered, figures.unknown, figures.total)
    assert total[2:6] == pytest.approx(counts, rel=1e-14)  # a workbook keeps 16 digits
    units = [row.unit for row in whole_at(answers, "district").coverage.rows]
    assert [row[0] for row in book["区"].values if str(row[0]).isdigit()] == units
    about = dict(row[:2] for row in book["说明"].values)
    assert all(Path(source).name in about["注意"] for source in why)
    assert about["截至"] == DAY.isoformat()
    assert "2 本台账之和" in about["来源"]
    book.close()
    write_province(folder.parent / "t.csv", answers, "street", "某省", "zh", Ticket())
    assert Path(first).name in (folder.parent / "t.csv").read_text("utf-8-sig")
    with pytest.raises(InvalidInput, match="xlsx"):
        write_province(folder.parent / "t.doc", answers, "street", "某省", "zh", Ticket())
    assert whole_at([Failure(source=first, error=next(iter(answers)).error)], "district") is None
    assert seen_of(str(folder / "gone.gpkg")) is None
