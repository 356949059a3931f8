"""A login's own part of a shared registry: what a whole import of it brings, and what is seen when the part becomes another."""

from __future__ import annotations

import json
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.errors import Conflict, InvalidInput
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from app.services.registry.working_zone import zone_of_code
from tests.app.bring_in.tables import a_geojson
from tests.app.builders import a_small_registry, square
from ui.cli.run import run

GRIDS = ("340102001001001", "340102001001002")
WORKER, OFFICER = "own_worker", "own_officer"


@pytest.fixture(scope="module")
def logins(server):
    """Let the worker and the district's officer in."""
    for login in (WORKER, OFFICER):
        server.make_login(login)


@pytest.fixture
def told(server, logins, tmp_path, new_address):
    """Return what the keeper says to the server, once the worker has the first grid and the officer everything."""
    with closing(a_small_registry(tmp_path)) as registry:
        edit.set_values(registry, ["C1"], {"households": "5"})
        path = registry.path
    address = new_address()
    copy_registry(path, address)
    with server.connect(address.name, "keeper") as keeper:

        def say(function, *given):
            keeper.execute(f"SELECT registry.{function}({', '.join(['%s'] * len(given))})", given)

        say("take_on", WORKER, "grid", GRIDS[0])
        say("take_on", OFFICER, "district")
        say.address = lambda login: Path(server.address(address.name, login))
        yield say


def brought(registry, path, *, is_partial=False):
    request = ImportRequest(source=path, kind="compounds", partial=is_partial)
    return commit_import(registry, plan_import(registry, request))


def test_that_a_worker_s_whole_import_goes_in_and_rows_of_others_are_named_one_by_one(told, tmp_path):
    names = ("甲苑", "乙苑", "丙苑", "丁苑")
    places = (
        (0.004, 0.004),
        (0.014, 0.004),
        (0.006, 0.006),
        (0.016, 0.008),
    )  # mine, another's, mine, another's
    rows = [({"名称": name, "门卫": "有"}, square(*at)) for name, at in zip(names, places, strict=True)]
    mixed, mine = (
        a_geojson(tmp_path / "mixed.geojson", *rows),
        a_geojson(tmp_path / "mine.geojson", rows[0], rows[2]),
    )
    with (
        closing(Registry.open(told.address(WORKER))) as worker,
        closing(Registry.open(told.address("keeper"))) as all_,
    ):
        with pytest.raises(InvalidInput) as refused:
            brought(worker, mixed)
        assert [(problem.value, problem.row) for problem in refused.value.problems] == [
            ("乙苑", 2),
            ("丁苑", 4),
        ]
        assert all_.refresh() is None, "nothing was written"
        done = brought(worker, mixed, is_partial=True)
        assert [problem.value for problem in done.warnings] == ["乙苑", "丁苑"]
        all_.refresh()
        there = {record.get("name") for record in all_.dataset.of("compounds").values()}
        assert there >= {"甲苑", "丙苑"}
        assert not there & {"乙苑", "丁苑"}
        assert all_.history(limit=1)[0].by == WORKER
        worker.undo()
        assert set(worker.dataset.of("compounds")) == {"C1"}
        brought(worker, mine)
        with closing(Registry.open(told.address(WORKER))) as anew:
            assert {r.get("name") for r in anew.dataset.of("compounds").values()} == {
                "大关东三苑",
                "甲苑",
                "丙苑",
            }


def test_that_a_desk_shows_its_new_part_once_it_is_told_and_nothing_of_the_old_one(told):
    heard = threading.Event()
    told("take_on", WORKER, "grid", GRIDS[1])
    with closing(Registry.open(told.address(WORKER))) as worker:
        step = edit.set_values(worker, ["C1", "C2"], {"households": "6"}).change
        worker.hear(heard.set)
        assert heard.wait(30)
        heard.clear()
        told("let_go", WORKER)
        told("take_on", WORKER, "grid", GRIDS[1])
        assert heard.wait(30), "though nobody wrote"
        changes = worker.refresh()
        assert changes.codes == ("C1",)
        assert changes.kinds == {"compounds"}
        assert set(worker.dataset.of("compounds")) == {"C2"}
        assert worker.engine.dataset is worker.dataset
        assert worker.next_undo() is None, "what he did there, too, is not his to take back"
        with pytest.raises(Conflict, match="不归您的登录名管"):
            worker.undo(step)
        assert worker.refresh() is None
        told("let_go", WORKER)
        for act in (worker.refresh, worker.history, lambda: edit.set_values(worker, ["C2"], {"name": "新"})):
            with pytest.raises(InvalidInput, match="没有街道或网格"):
                act()


def test_that_profile_and_zone_are_the_district_s_to_change_and_follow_at_every_desk(told):
    with (
        closing(Registry.open(told.address(OFFICER))) as officer,
        closing(Registry.open(told.address(WORKER))) as worker,
    ):
        for act in (
            lambda who: who.replace_profile(f"{who.profile.text}\n", why="试行"),
            lambda who: who.change_zone(zone_of_code("EPSG:4547"), why="试行"),
        ):
            with pytest.raises(InvalidInput, match="不归您的登录名管"):
                act(worker)
            assert act(officer).change is not None
            worker.refresh()
        assert worker.profile.text == officer.profile.text
        assert worker.zone == officer.zone == zone_of_code("EPSG:4547")


def test_that_a_rest_that_goes_in_is_told_row_by_row_on_the_command_line(told, tmp_path, capsys):
    at = ((0.004, 0.004), (0.014, 0.004))
    source = a_geojson(tmp_path / "two.geojson", *(({"名称": f"苑{place}"}, square(*place)) for place in at))
    words = ["import", str(told.address(WORKER)), str(source), "--as", "compounds", "--partial", "--json"]
    assert run(words) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["action"] for row in document["rows"]] == ["create", "refuse"]
    assert "不在您的街道、网格里" in document["rows"][1]["problems"][0]["message"]


def test_that_a_table_of_a_part_says_that_it_is_one_on_the_command_line_and_in_its_file(
    told, tmp_path, capsys
):
    for login, is_whole in ((WORKER, False), (OFFICER, True)):
        file = tmp_path / f"{login}.csv"
        words = ["coverage", str(told.address(login)), "--measure", "party", "--by", "street", "--json"]
        assert run([*words, "--csv", str(file)]) == 0
        said = capsys.readouterr().err
        for text in (said, file.read_text("utf-8-sig")):
            assert ("不是全区的" in text) is not is_whole


@pytest.mark.parametrize("ending", ["html", "csv", "xlsx", "pdf"])
def test_that_a_file_of_a_part_says_so_in_its_name_and_its_notes(told, tmp_path, ending):
    for login, is_whole in ((WORKER, False), (OFFICER, True)):
        file = tmp_path / f"{login}.{ending}"
        words = ["export", str(told.address(login)), str(file), "--measure", "party", "--by", "street"]
        assert run(words) == 0
        said = _words_in(file)
        for text in ("部分街道或网格", "不是全区的"):
            assert (text in said) is not is_whole, text


def _words_in(file):
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as book:
            return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    if file.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(file).pages).replace("\n", "")
    return file.read_text("utf-8-sig")
