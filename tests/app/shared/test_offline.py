"""A desk whose server goes away goes on from its own copy, and what was entered comes back by itself, once."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.errors import InvalidInput, StorageFault
from app.persistence.store import instant_text
from app.services.edit import edit
from app.services.registry import away
from app.services.registry.disagreed import Disagreed
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.relay import Relay
from ui.cli.run import run

GRID = "340102001001001"


class Line:
    """A registry on a server, by the line that can be cut and by one that can't."""

    def __init__(self, relay: Relay, server, straight: Path) -> None:
        self.relay, self.server, self.straight = relay, server, straight
        self.database = straight.as_posix().rsplit("/", 1)[1]

    def address(self, login: str = "keeper") -> Path:
        return Path(f"postgresql://{login}@127.0.0.1:{self.relay.port}/{self.database}")

    @contextmanager
    def desk(self, login: str = "keeper"):
        """Give a desk whose copy is there."""
        with closing(Registry.open(self.address(login), is_desk=True)) as registry:
            if not registry.desk.is_away:
                registry.desk.keep_up()
            yield registry

    @contextmanager
    def other(self):
        """Give somebody whose line holds."""
        with closing(Registry.open(self.straight)) as registry:
            yield registry

    def cut(self, desk: Registry) -> None:
        self.relay.cut()
        desk.refresh()
        assert desk.desk.is_away

    def mend(self, desk: Registry) -> None:
        self.relay.mend()
        desk.desk.is_back = True
        desk.refresh()
        assert not desk.desk.is_away


@pytest.fixture
def line(tmp_path, on_server, server, monkeypatch):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    database = on_server(path).name
    straight = Path(server.address(database))
    passwords = tmp_path / "passwords"
    passwords.write_text(f"127.0.0.1:*:*:*:{'of-the-tests'}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    relay = Relay(server.port)
    yield Line(relay, server, straight)
    relay.close()


def test_that_nobody_is_said_to_be_here_once_the_server_is_away(line):
    with line.desk() as desk:
        seen = []
        desk.hear(lambda: None, lambda: seen.append(desk.desk.is_away))
        line.cut(desk)
        assert seen[-1], "whoever shows who is here looks at once"
        assert desk.desks() is None


def content(registry):
    """Return all records of a registry, without the versions that writing counts."""
    from app.domain.kinds import KINDS
    from app.persistence.journal_values import whole

    return {
        (kind, record.code): {**whole(record), "version": 0}
        for kind in KINDS
        for record in registry.dataset.of(kind).values()
    }


def told(registry):
    """Return the journal, its steps by number as anybody reads them."""
    return [
        (c.change, c.seq, c.at, c.by, c.verb, c.why, c.undoes, c.undone_by, c.details)
        for c in registry.history()
    ]


def test_that_the_copy_is_what_the_server_is_and_follows_it(line):
    with line.desk() as desk, line.other() as other:
        edit.set_values(other, ["C2"], {"name": "别的"}, why="更名")
        edit.add(other, "firms", {"code": "F7", "name": "甲"})
        other.undo()
        edit.remove(other, "C2", why="拆了")
        desk.refresh()
        desk.desk.keep_up()
        edit.set_values(desk, ["C1"], {"name": "我的"})
        seen, steps = content(desk), told(desk)
        assert desk.desk.brought_to == desk.last_step, "one's own change is in the copy at once"
        line.cut(desk)
        assert (content(desk), told(desk)) == (seen, steps)
        assert desk.dataset.retired >= {"C2", "F7"}
    with line.desk() as desk:
        assert (content(desk), told(desk)) == (seen, steps), (
            "and so it is when the day begins without the server"
        )


def test_that_what_is_entered_without_the_server_is_as_if_it_had_been_there(line):
    with line.desk() as desk, line.other() as other:
        line.cut(desk)
        edit.set_values(desk, ["C1"], {"property_firm": "yes"}, since=date(2026, 1, 1), why="走访")
        edit.set_values(desk, ["C1"], {"name": "走访后的名字"})
        edit.add(desk, "compounds", {"name": "新小区", "grid": GRID})
        edit.set_values(desk, ["C2"], {"households": "9"})
        desk.undo()
        made = next(c for c in desk.dataset.of("compounds") if c not in ("C1", "C2"))
        edit.set_values(desk, [made], {"households": "120"})
        steps = [(c.change, c.at, c.by, c.verb, c.why) for c in desk.history()][:6]
        between = datetime.now(UTC)
        edit.set_values(other, ["C1"], {"households": "500"})  # another cell of the same record
        other_made = edit.add(other, "compounds", {"name": "别人的小区", "grid": GRID}).codes[0]
        assert other_made == made, "both gave the same next code"
        state = away.how_it_stands(desk)
        assert (state.is_away, len(state.waiting), state.undecided) == (True, 4, ())
        line.mend(desk)
        state = away.how_it_stands(desk)
        assert (state.is_away, state.waiting, state.undecided) == (False, (), ())
        other.refresh()
        assert content(desk) == content(other)
        now = desk.dataset.find("C1")
        assert (now.get("name"), now.get("households")) == ("走访后的名字", 500)
        new = [c.seq for c in other.history() if c.at >= instant_text(between)]
        assert other.last_step_before(between) == min(new) - 1, "older steps may stand behind newer ones"
        theirs = desk.dataset.find(other_made)
        assert theirs.get("name") == "别人的小区"
        mine = next(r for r in desk.dataset.of("compounds").values() if r.get("name") == "新小区")
        assert mine.get("households") == 120
        brought = [(c.change, c.at, c.by, c.verb, c.why) for c in desk.history()]
        left = [step for step in steps if step in brought]
        assert [step[3] for step in left] == ["set", "add", "set", "set"], (
            "what was taken back is not brought back"
        )
        desk.undo()
        assert desk.dataset.find(mine.code).get("households") is None
    with line.desk() as desk:
        line.relay.cut()
        desk.refresh()
        other_content = content(desk)
    line.relay.mend()
    with line.other() as other:
        assert content(other) == other_content, "after the return the copy is what the server is"


def test_that_what_others_changed_meanwhile_waits_for_a_word_and_all_else_comes_back(line):
    with line.desk() as desk, line.other() as other:
        line.cut(desk)
        edit.set_values(desk, ["C1"], {"name": "我的"}, why="改名")
        edit.set_values(desk, ["C1"], {"name": "我的二"})
        edit.set_values(desk, ["C2"], {"name": "也是我的"})
        edit.set_values(other, ["C1"], {"name": "他们的"})
        line.mend(desk)
        state = away.how_it_stands(desk)
        assert [one.step.codes for one in state.undecided] == [("C1",), ("C1",)]
        assert desk.dataset.find("C1").get("name") == "他们的"
        assert desk.dataset.find("C2").get("name") == "也是我的"
        first, second = state.undecided
        (apart,) = away.disagreements(desk, first.change)
        assert (apart.base, apart.mine, apart.theirs) == ("大关东三苑", "我的", "他们的")
        away.drop(desk, second.change)
        assert away.disagreements(desk, second.change) == (), "it does not wait any more"
        edit.set_values(other, ["C1"], {"name": "他们的二"})
        with pytest.raises(Disagreed) as error:
            away.decide(desk, first.change, {apart.id: "mine"})  # what was chosen over is another by now
        assert error.value.wanted is None, "it waits in one place"
        desk.refresh()
        (apart,) = away.disagreements(desk, first.change)
        assert (apart.theirs, apart.by) == ("他们的二", "keeper")
        away.decide(desk, first.change, {apart.id: "mine"})
        assert desk.dataset.find("C1").get("name") == "我的"
        assert away.how_it_stands(desk).undecided == ()
        assert desk.history()[0].change == first.change
        other.refresh()
        assert content(other) == content(desk)


def test_that_what_builds_upon_a_change_comes_back_with_it_and_verbs_count_what_waits(line, capsys):
    def told(status):
        assert run(["list", str(line.address()), "compounds", "--json"]) == status
        said = capsys.readouterr()
        return json.loads(said.out).get("unsent"), "处没送回" in said.err

    with line.desk() as desk, line.other() as other:
        assert told(0) == (None, False)
        line.cut(desk)
        edit.set_values(desk, ["C1"], {"name": "我的"})
        edit.set_values(desk, ["C1"], {"name": "我的二"})
        edit.set_values(desk, ["C2"], {"name": "一"})
        edit.set_values(desk, ["C2"], {"name": "二"})
        edit.set_values(desk, ["C2"], {"households": "9"})
        desk.undo()
        assert told(4) == (4, True)
        edit.set_values(other, ["C1"], {"name": "他们的"})
        edit.set_values(other, ["C2"], {"name": "他们的"})
        line.mend(desk)
        assert told(0) == (4, True)
        waits = [one.change for one in away.how_it_stands(desk).undecided]
        chosen = {found.id: "mine" for found in away.disagreements(desk, waits[0])}
        changes = away.decide(desk, waits[0], chosen)
        assert (changes.codes, desk.dataset.find("C1").get("name")) == (("C1",), "我的二")
        left = away.how_it_stands(desk).undecided
        assert [one.change for one in left] == waits[2:], "in their order, and what leans on another waits"
        away.drop(desk, waits[2])
        (last,) = away.how_it_stands(desk).undecided
        assert (last.change, "他们的" in last.why.zh) == (waits[3], True), "it meets theirs, and says so now"
        assert desk.dataset.find("C2").get("name") == "他们的"
        other.refresh()
        assert content(other) == content(desk)


@pytest.mark.parametrize("when", ["before", "after"])
def test_that_a_commit_whose_answer_is_lost_is_done_once(line, when):
    with line.desk() as desk, line.other() as other:
        line.relay.lose_next(when)
        changes = edit.add(desk, "firms", {"name": "只登一次"})
        assert desk.desk.is_away
        assert changes.codes == tuple(
            r.code for r in desk.dataset.of("firms").values() if r.get("name") == "只登一次"
        )
        edit.set_values(desk, [changes.codes[0]], {"name": "改过名"})
        line.mend(desk)
        other.refresh()
        assert [r.get("name") for r in other.dataset.of("firms").values()].count("改过名") == 1
        assert [c.verb for c in other.history(changes.codes[0])] == ["set", "add"]
        assert content(other) == content(desk)


def test_that_a_line_that_fails_in_the_middle_of_the_return_loses_and_doubles_nothing(line):
    with line.desk() as desk, line.other() as other:
        line.cut(desk)
        for number in range(3):
            edit.add(desk, "firms", {"name": f"公司{number}"})
        edit.add(other, "firms", {"name": "别人的公司"})  # under the code that the first of ours had
        for when, commit in (("after", 2), ("before", 3), ("after", 3)):  # the first is that of coming in
            line.relay.mend()
            line.relay.lose_next(when, commit=commit)
            desk.desk.is_back = True
            desk.refresh()
            assert desk.desk.is_away
            assert len(away.how_it_stands(desk).waiting) == 3
        line.mend(desk)
        other.refresh()
        names = [record.get("name") for record in other.dataset.of("firms").values()]
        assert names[-4:] == ["别人的公司", "公司0", "公司1", "公司2"]
        assert away.how_it_stands(desk).undecided == ()
        assert content(other) == content(desk)


@pytest.fixture
def worker(line, server):
    """Return the login of a grid worker who has the grid of C1."""
    with server.connect("postgres") as connection:
        is_there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'mei'").fetchone()
    if not is_there:
        server.make_login("mei")
    with server.connect(line.database, "keeper") as keeper:
        keeper.execute("SELECT registry.take_on('mei', 'grid', %s)", (GRID,))
    return "mei"


def files_of(registry) -> bytes:
    return b"".join(path.read_bytes() for path in registry.desk.folder.glob("*mirror.db*"))


def test_that_a_workers_copy_holds_and_keeps_only_what_the_worker_may_see(line, worker, server):
    with line.other() as other:
        edit.set_values(other, ["C1"], {"address": "里面的话"})
        edit.set_values(other, ["C2"], {"address": "外面的话"}, why="外面的理由")
        with line.desk(worker) as desk:
            folder = desk.desk.folder
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((folder / "mirror.db").stat().st_mode) == 0o600
            kept = files_of(desk)
            assert "里面的话".encode() in kept
            assert "外面的话".encode() not in kept
            assert "外面的理由".encode() not in kept
            taken = edit.add(other, "compounds", {"name": "在别的网格", "grid": f"{GRID[:-1]}2"}).codes[0]
            desk.refresh()
            desk.desk.keep_up()
            line.cut(desk)
            assert desk.dataset.find("C2") is None
            assert not desk.shows_all
            made = edit.add(desk, "compounds", {"name": "我网格里的", "grid": GRID}).codes[0]
            assert made != taken, "the next code goes on from what others have that is not shown"
            with pytest.raises(InvalidInput):
                desk.replace_profile(desk.profile.text + "\n", why="不行")
            edit.set_values(desk, ["C1"], {"name": "改过"})
            with server.connect(line.database, "keeper") as keeper:  # another grid is theirs by now
                keeper.execute("SELECT registry.let_go('mei')")
                keeper.execute("SELECT registry.take_on('mei', 'grid', %s)", (f"{GRID[:-1]}2",))
            line.mend(desk)
            state = away.how_it_stands(desk)
            assert [one.step.verb for one in state.undecided] == ["add", "set"]
            assert all(one.why.zh for one in state.undecided)
            assert desk.dataset.find("C1") is None
            assert desk.dataset.find("C2") is not None
            assert "里面的话".encode() not in files_of(desk), "what is not theirs any more has left the copy"
            away.drop(desk, state.undecided[0].change)
            line.cut(desk)
            edit.set_values(desk, ["C2"], {"name": "又改"})
            (folder / "aside-before-mirror.db").write_bytes(b"of a copy that was damaged")
            with server.connect(line.database, "keeper") as keeper:
                keeper.execute("SELECT registry.let_go('mei')")
            line.relay.mend()
            desk.desk.is_back = True
            with pytest.raises(InvalidInput, match="还没有分到"):
                desk.refresh()
            assert not files_of(desk), "nothing of it stays with who has nothing there any more"
            (unsent,) = folder.glob("unsent-*.json")
            told = [one["details"][-1]["after"] for one in json.loads(unsent.read_text("utf-8"))]
            assert told == ["改过", "又改"]


def test_that_a_copy_is_no_registry_has_one_program_at_a_time_and_goes_when_told_to(line, tmp_path):
    address = line.address()
    with line.desk() as desk:
        folder = desk.desk.folder
        with pytest.raises(InvalidInput, match="副本"):
            Registry.open(folder / "mirror.db")
        with line.desk() as second:
            assert not second.desk.has_mirror
            assert "另一个窗口" in second.desk.fault.zh
            line.relay.cut()
            with pytest.raises(StorageFault, match="另一个窗口"):
                second.refresh()
        line.relay.mend()
        line.cut(desk)
        with pytest.raises(StorageFault, match="另一个窗口"):
            Registry.open(address, is_desk=True)
        edit.set_values(desk, ["C1"], {"name": "等着"})
        with pytest.raises(StorageFault, match="先送回"):
            away.forget(desk)
        line.mend(desk)
        away.forget(desk)
        assert not list(folder.glob("mirror.db*"))
    assert run(["list", str(address), "compounds"]) == 0
    line.relay.cut()
    with pytest.raises(StorageFault, match="不留副本"):
        Registry.open(address, is_desk=True)
    assert run(["list", str(address), "compounds"]) == 4, "a verb never answers from a copy"
    line.relay.mend()
    away.may_keep_copy(address, may=True)
    with line.desk() as desk:
        assert desk.desk.has_mirror
    with sqlite3.connect(folder / "mirror.db") as plain:
        plain.execute("UPDATE compound SET checksum = 'x' WHERE code = 'C1'")
    with line.desk() as desk:
        line.cut(desk)
        assert desk.dataset.find("C1") is not None, "a copy that is not as it was written is made anew"
