"""The same stories on a registry file and on a server, from one source: whatever one does, the other does."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.errors import Conflict, InvalidInput
from app.jobs import Cancelled, Progress, Ticket
from app.services.edit import edit
from app.services.keeping.backups import make, settled
from app.services.keeping.copying import copy_registry
from app.services.registry.info import is_address
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.builders import a_small_registry
from ui.cli.run import run

DAY = date(2026, 6, 1)
GRID = "340102001001001"
ASKED = ("--measure", "party", "--by", "grid", "--as-of", DAY.isoformat())


@pytest.fixture(params=["file", "server"])
def place(request, tmp_path):
    """Return where a small registry is: the path of a file, or the address of a server's."""
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    if request.param == "file":
        return path
    address = request.getfixturevalue("new_address")()
    copy_registry(path, address)
    return address


@pytest.fixture
def call(place, capsys):
    """Run a verb on the registry with ``--json``, insist on its status, and return what it printed."""

    def do(verb, *arguments, status=0):
        found = run([verb, str(place), *map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert found == status, err or out
        return json.loads(out)

    return do


def test_the_story_of_a_fact_and_an_attachment_and_the_figures_they_make(call):
    call("set", "C1", "property_firm=no", "--from", "2025-01-01")
    call("set", "C1", "property_firm=yes", "--from", "2026-01-01")
    facts = [fact for fact in call("show", "C1")["facts"] if fact["key"] == "property_firm"]
    assert [(fact["value"], fact["valid_from"]) for fact in facts] == [
        ("no", "2025-01-01"),
        ("yes", "2026-01-01"),
    ]
    before = call("coverage", *ASKED)
    assert (before["total"]["covered"], before["total"]["unknown"]) == (0, 2)
    call("attach", "O1", "C1", "--from", "2026-02-01")
    after = call("coverage", *ASKED)
    assert (after["total"]["covered"], after["total"]["unknown"]) == (1, 1)
    told = call("explain", *ASKED, "--unit", GRID)
    assert [one["code"] for one in told["covered"]] == ["C1"]
    assert call("undo")["verb"] == "undo"
    assert call("coverage", *ASKED) == before
    assert call("redo")["verb"] == "redo"
    assert call("coverage", *ASKED) == after
    steps = call("history", "C1")
    assert [step["verb"] for step in steps["changes"]] == ["redo", "undo", "attach", "set", "set", "add"]


def test_that_a_stale_edit_is_decided_again_and_one_of_the_same_record_is_a_conflict(place):
    with closing(Registry.open(place)) as mine, closing(Registry.open(place)) as theirs:
        edit.set_values(theirs, ["C2"], {"name": "别的"})
        edit.set_values(mine, ["C1"], {"name": "我的"})  # of another record: decided again
        assert theirs.refresh().codes == ("C1",)
        assert theirs.dataset.find("C1").get("name") == "我的"
        read = mine.dataset
        edit.set_values(theirs, ["C1"], {"name": "他们的"})
        with pytest.raises(Conflict):
            mine.write(lambda _: edit_of(read, "C1", name="又是我的"), verb="set")
        assert mine.refresh().codes == ("C1",)
        assert mine.dataset.find("C1").get("name") == "他们的"


def edit_of(dataset, code, **values):
    """Return the edit of somebody who still sees what was read."""
    from app.domain.edits import Put

    record = dataset.find(code)
    return [Put(record.with_values(**values)._replace(version=record.version + 1), record)]


def test_that_a_code_made_by_mistake_may_be_made_again_and_one_taken_out_may_not(place):
    with closing(Registry.open(place)) as mine, closing(Registry.open(place)) as theirs:
        edit.add(mine, "firms", {"code": "F7", "name": "甲"})
        mine.undo()
        edit.add(mine, "firms", {"code": "F8", "name": "乙"})
        edit.remove(mine, "F8", why="登错了")
        theirs.refresh()
        assert theirs.dataset.unmade.keys() == mine.dataset.unmade.keys() == {"F7"}
        assert theirs.dataset.retired == mine.dataset.retired
        with pytest.raises(InvalidInput):
            edit.add(theirs, "firms", {"code": "F8", "name": "丙"})
        mine.undo()
        theirs.refresh()
        assert theirs.dataset.find("F8") == mine.dataset.find("F8")


def test_that_what_is_refused_leaves_the_registry_as_it_was(call):
    before = call("list", "compounds")
    call("set", "C1", "households=many", status=2)
    call("add", "compounds", "code=C1", "name=又一个", status=2)
    call("undo", "no-such-step", status=2)
    assert call("list", "compounds") == before


def test_that_everything_goes_to_a_server_and_comes_back(tmp_path, new_address, capsys):
    with closing(a_small_registry(tmp_path)) as registry:
        edit.set_values(registry, ["C1"], {"property_firm": "yes"}, since=date(2025, 1, 1))
        edit.remove(registry, "C2", why="拆了")
        registry.undo()
        path = registry.path
    address, back = new_address(), tmp_path / "back.gpkg"
    assert run(["copy", str(path), str(address)]) == 0
    assert run(["copy", str(address), str(back)]) == 0
    assert run(["verify", str(back)]) == 0
    capsys.readouterr()
    for words in (
        ["list", "compounds"],
        ["list", "grids"],
        ["show", "C1"],
        ["history"],
        ["coverage", *ASKED],
        ["measures"],
    ):
        told = []
        for place in (path, address, back):
            assert run([words[0], str(place), *words[1:], "--json"]) == 0
            told.append(capsys.readouterr().out)
        assert told[0] == told[1] == told[2], words


def test_that_a_copy_that_cannot_be_made_is_refused_and_leaves_both_as_they_were(
    tmp_path, new_address, capsys
):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address = new_address()
    assert run(["list", str(address), "compounds"]) == 2, "there is no registry in it yet"
    copy_registry(path, address)
    capsys.readouterr()
    for words, said in (
        ([path, address], "已经有一本台账"),
        ([path, tmp_path / "b.gpkg"], "要有一个地址"),
        ([address, path], "已经在了"),
        ([path, "postgresql://keeper:secret@127.0.0.1/x"], "不写密码"),
    ):
        assert run(["copy", *map(str, words)]) == 2
        err = capsys.readouterr().err
        assert said in err, err
        assert "secret" not in err
    assert run(["copy", str(path), "postgresql://127.0.0.1:1/x"]) == 4
    with closing(Registry.open(Path(address))) as shared, closing(Registry.open(path)) as ours:
        assert shared.last_step == ours.last_step


def test_that_a_desk_hears_at_once_that_another_wrote(tmp_path, new_address):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address, heard = new_address(), threading.Event()
    copy_registry(path, address)
    with closing(Registry.open(address)) as mine, closing(Registry.open(address)) as theirs:
        mine.hear(heard.set)
        assert heard.wait(30), "that it listens is told once"
        heard.clear()
        edit.set_values(theirs, ["C2"], {"name": "别的"})
        assert heard.wait(30)
        assert mine.refresh().codes == ("C2",)
    assert "registry-listening" not in {thread.name for thread in threading.enumerate()}


def test_that_a_registry_is_called_by_its_file_or_by_its_database_and_server(place):
    with closing(Registry.open(place)) as registry:
        if is_address(place):
            assert registry.called == f"{place.name} · 127.0.0.1"
            for look in (settled, make):
                with pytest.raises(InvalidInput, match="只在文件上做"):
                    look(registry.path)
        else:
            assert registry.called == "a.gpkg"


def test_that_the_care_of_a_file_says_what_it_is_on_a_server(tmp_path, new_address, capsys):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address, kept = new_address(), tmp_path / "kept.gpkg"
    copy_registry(path, address)
    assert run(["backup", str(address), str(kept)]) == 0
    assert run(["verify", str(address)]) == run(["verify", str(kept)]) == 0
    capsys.readouterr()
    for words in (
        ["purge", str(address), "--text", "大关东三苑", "--why", "依申请"],
        ["new", str(address), "--profile", "yaohai"],
        ["sample", str(address)],
    ):
        assert run(words) == 2
        assert "只在文件上做" in capsys.readouterr().err, words


class StoppedAt(Ticket):
    """A ticket whose holder is stopped at one of its steps; ``seen``: what was reported before."""

    def __init__(self, step: int) -> None:
        self.seen: list[Progress] = []
        super().__init__(self.seen.append)
        self._at = step

    def step(self, stage: Text, done: int, total: int) -> None:
        if len(self.seen) == self._at:
            self.cancel()
        super().step(stage, done, total)


@pytest.mark.parametrize("step", [0, 9, -1])
def test_that_a_copy_that_is_stopped_leaves_nothing_and_one_that_is_not_tells_how_far_it_is(
    tmp_path, new_address, step
):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address, back = new_address(), tmp_path / "back" / "b.gpkg"
    back.parent.mkdir()
    for source, target in ((path, address), (address, back)):
        ticket = StoppedAt(step)
        if step >= 0:
            with pytest.raises(Cancelled):
                copy_registry(source, target, ticket)
            assert len(ticket.seen) == step
        copy_registry(source, target, ticket := StoppedAt(-1))
        assert ticket.seen[-1].done == ticket.seen[-1].total > 0
        assert sorted(ticket.seen, key=lambda seen: seen.done) == ticket.seen
    assert [lying.name for lying in back.parent.iterdir()] == ["b.gpkg"]
