"""Two desks, each with a screen of its own, at one registry on a server: who is here, what came, whose value holds."""

from __future__ import annotations

import pytest

from tests.desk.program import middle
from tests.relay import Relay
from tests.ui.robots.small import GRIDS, write_small

pytestmark = pytest.mark.desk

CHIEF, WORKER = "wang", "lina"  # the district's login, and that of the first grid
PLACE, NAME = "C000001", "大关东一苑"
OF_OTHERS = ("C000004", "C000005")  # in the other grid


@pytest.fixture(scope="session")
def logins(server):
    """Return a server that lets both in."""
    for login in (CHIEF, WORKER):
        server.make_login(login)
    return server


@pytest.fixture
def story(logins, on_server, tmp_path):
    """Return the name of a registry on the server where the two have what is theirs."""
    database = on_server(write_small(tmp_path / "small.gpkg")).name
    with logins.connect(database, "keeper") as keeper:
        keeper.execute("SELECT registry.take_on(%s, 'district')", (CHIEF,))
        keeper.execute("SELECT registry.take_on(%s, 'grid', %s)", (WORKER, GRIDS[0]))
    return database


@pytest.fixture
def sit_down(run, tmp_path):
    """Give what starts the program at a desk for somebody who knows the passwords and has no registry open."""
    passwords = tmp_path / "passwords"
    passwords.write_text("127.0.0.1:*:*:*:of-the-tests\n")
    passwords.chmod(0o600)
    return lambda at: run(at=at, PGPASSFILE=str(passwords), XDG_DATA_HOME=str(tmp_path / at.folder.name))


@pytest.fixture
def relay(server):
    """Return a way to the server that can be cut."""
    found = Relay(server.port)
    yield found
    found.close()


def open_address(program, login, port, database):
    """Type an address where a file's path is typed, and bring the table into sight."""
    program.rest_of_start()
    program.hands.press("Ctrl+o")
    program.until(lambda: program.seen("open.path")["has_focus"], "the cursor in the address")
    program.hands.type(f"postgresql://{login}@127.0.0.1:{port}/{database}")
    program.hands.press("Enter")
    program.wait_until_open()
    program.hands.press("Ctrl+j")
    program.open_tab("小区表")
    program.until(lambda: program.sees("table.compounds") and program.rows("table.compounds"), "the table")
    return program.settle()


def cell(program, code=PLACE):
    """Return where the households of a compound stand in the table, and what it says there."""
    column = program.ask("headers", "table.compounds").index("户")
    row = program.row("table.compounds", code)
    return row["rects"][column], row["texts"][column]


def until_shown(program, households, code=PLACE):
    program.until(lambda: cell(program, code)[1] == households, f"{households} in the table")


def begin_to_write(program, households):
    """Double click the cell and type over what it holds."""
    spot = program.rest() and cell(program)[0]
    program.hands.double_click(*middle(spot))
    program.until(
        lambda: program.state()["focus"] not in {"table.compounds", "map.canvas", ""}, "the cell's editor"
    )
    program.hands.press("Ctrl+a")
    program.hands.type(households)
    program.until(lambda: program.text(program.state()["focus"]) == households, f"{households} typed")


def write(program, households):
    begin_to_write(program, households)
    program.hands.press("Enter")
    until_shown(program, households)
    program.settle()


def sat_down(sit_down, here, there, ports, database):
    """Have both open the registry, each by the address that is typed, and see each other there."""
    chief, worker = sit_down(here), sit_down(there)
    open_address(chief, CHIEF, ports[0], database)
    open_address(worker, WORKER, ports[1], database)
    for program in (chief, worker):
        program.until(lambda program=program: program.text("together.people") == "2 人在", "both are here")
    return chief, worker


def end_well(*programs):
    for program in programs:
        program.rest()
        program.picture("in-the-end")
        program.close()


def test_that_two_desks_see_each_other_and_whoever_comes_second_chooses(
    sit_down, desk, other_desk, story, server
):
    chief, worker = sat_down(sit_down, desk, other_desk, (server.port, server.port), story)
    assert {*OF_OTHERS, PLACE} < {row["code"] for row in chief.rows("table.compounds")}
    chief.click("together.people")
    others, mine = chief.seen("together.desks")["text"].splitlines()
    assert others.startswith(f"{WORKER} · 第一网格 · ")
    assert mine.startswith(f"{CHIEF}（您） · 全区 · ")
    chief.rest()
    chief.picture("who-is-here")
    chief.hands.press("Esc")
    chief.until(lambda: not chief.sees("together.panel"), "the panel away")

    hand = worker.state()["focus"]
    write(chief, "250")
    until_shown(worker, "250")
    worker.until(lambda: worker.sees("together.news"), "that others changed something")
    assert worker.text("together.news") == "别人改了 1 处"
    assert worker.state()["focus"] == hand, "what comes takes no hand"

    begin_to_write(worker, "300")
    write(chief, "260")
    worker.until(lambda: worker.ask("record", PLACE)["households"] == "260", "what came while it was typed")
    worker.hands.press("Enter")
    worker.until(lambda: worker.sees("conflict.dialog") and worker.rows("conflict.conflicts"), "the question")
    (asked,) = worker.rows("conflict.conflicts")
    record, field, base, mine, theirs, who, choice = asked["texts"]
    assert (record, field, base, mine, theirs, choice) == (NAME, "户数", "250", "300", "260", "没定")
    assert who.startswith(f"{CHIEF} 今天 ")
    assert not worker.sees("table.refused"), "it is asked once"
    worker.rest()
    worker.picture("asked")
    worker.click("conflict.mine")
    worker.until(lambda: worker.rows("conflict.conflicts")[0]["texts"][-1] == "我方", "the choice")
    worker.click("conflict.commit")
    worker.until(lambda: not worker.sees("conflict.dialog"), "the question away")
    for program in (chief, worker):
        until_shown(program, "300")
    assert not {row["code"] for row in worker.rows("table.compounds")} & {*OF_OTHERS}
    assert [worker.ask("record", code) for code in OF_OTHERS] == [None, None]
    end_well(chief, worker)


def test_that_a_desk_goes_on_without_the_server_and_comes_back_by_itself(
    sit_down, desk, other_desk, story, server, relay
):
    chief, worker = sat_down(sit_down, desk, other_desk, (relay.port, server.port), story)
    chief.choose_menu("data", "offline.open")
    chief.until(lambda: chief.text("offline.place").startswith("副本到"), "the copy on this computer")
    chief.hands.press("Esc")
    chief.until(lambda: not chief.sees("offline.dialog"), "the sheet away")
    relay.cut()
    chief.until(lambda: chief.sees("together.offline"), "that the server is away")
    assert chief.text("together.offline") == "离线：看的是本机副本"
    assert chief.seen("map.banner.text")["text"].startswith("连不上服务器了。接着看、接着改都行")
    chief.until(lambda: not chief.sees("together.people"), "that nobody is said to be here")
    write(chief, "260")
    chief.until(lambda: chief.text("together.offline") == "离线：1 处修改等着送回", "what waits")
    chief.rest()
    chief.picture("waits")
    assert cell(worker)[1] == "100"
    relay.mend()
    chief.until(lambda: not chief.sees("together.offline"), "the server again")
    until_shown(worker, "260")
    chief.until(lambda: chief.sees("together.people"), "who is here")
    assert not chief.sees("map.banner")
    assert cell(chief)[1] == "260"
    end_well(chief, worker)
