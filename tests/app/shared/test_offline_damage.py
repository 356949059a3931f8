"""A copy that can't be read any more: another is made, with nothing of the old one in it, and what it may hold is kept and told."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from app.errors import StorageFault
from app.persistence.shared.address import address_of
from app.persistence.shared.mirror.place import folder_of, make_folder
from app.services.edit import edit
from app.services.registry import away
from app.services.registry.registry import Registry
from tests.app.shared.test_offline import line  # noqa: F401  # the fixture
from tests.drills.children import child, word

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

_OWN = ("COMPOUND_REGISTRY_SETTINGS", "PGPASSFILE")


def writes(pipe: Connection, address: Path, surroundings: dict[str, str]) -> None:
    """Enter something without the server, and wait to be killed."""
    os.environ.update(surroundings)
    registry = Registry.open(address, is_desk=True)
    edit.set_values(registry, ["C1"], {"name": "没送回"})
    pipe.send("safe")
    pipe.recv()


def test_that_a_copy_that_cant_be_read_is_kept_with_its_log_and_told_of(line):  # noqa: F811
    with line.desk() as desk:
        folder = desk.desk.folder
    line.relay.cut()
    with child(writes, line.address(), {name: os.environ[name] for name in _OWN}) as (process, pipe):
        word(pipe)
        process.kill()
        process.join()
    assert (folder / "mirror.db-wal").stat().st_size > 0, "what was entered stands in the log alone"
    whole = (folder / "mirror.db").read_bytes()
    (folder / "mirror.db").write_bytes(whole[: len(whole) // 2])
    with line.other() as other:
        edit.set_values(other, ["C1"], {"name": "别人的"})
    line.relay.mend()
    with line.desk() as desk:
        (aside,) = folder.glob("aside-*-mirror.db")
        assert str(aside) in away.how_it_stands(desk).fault.zh
        assert not away.how_it_stands(desk).waiting
        line.cut(desk)
        assert desk.dataset.find("C1").get("name") == "别人的", (
            "nothing of the old log is read into the new copy"
        )
    aside.write_bytes(whole)
    with closing(sqlite3.connect(aside)) as plain:
        assert plain.execute("SELECT name FROM compound WHERE code = 'C1'").fetchone() == ("没送回",)


def test_that_a_log_whose_copy_is_gone_is_not_read_into_another(line):  # noqa: F811
    with line.desk() as desk:
        folder = desk.desk.folder
    line.relay.cut()
    with child(writes, line.address(), {name: os.environ[name] for name in _OWN}) as (process, pipe):
        word(pipe)
        process.kill()
        process.join()
    (folder / "mirror.db").unlink()
    with line.other() as other:
        edit.set_values(other, ["C1"], {"name": "别人的"})
    line.relay.mend()
    with line.desk() as desk:
        assert len(list(folder.glob("aside-*-mirror.db-wal"))) == 1
        line.cut(desk)
        assert desk.dataset.find("C1").get("name") == "别人的"


@pytest.mark.parametrize("is_folder", [False, True])
def test_that_a_desk_whose_key_cant_be_held_says_why_and_works_on_the_server(line, is_folder):  # noqa: F811
    with line.desk() as desk:
        folder = desk.desk.folder
    for path in folder.glob("in-use.db*"):
        path.unlink()
    if is_folder:
        (folder / "in-use.db").mkdir()
    else:
        (folder / "in-use.db").write_text("this is no database" * 100)
    with line.desk() as desk:
        state = away.how_it_stands(desk)
        assert "写不了" in state.fault.zh
        assert "另一个窗口" not in state.fault.zh
        assert desk.dataset.find("C1") is not None


def test_that_a_copy_deleted_while_its_desk_is_open_is_made_anew(line):  # noqa: F811
    with line.desk() as desk:
        shutil.rmtree(desk.desk.folder)
        edit.set_values(desk, ["C1"], {"name": "照样存"})
        desk.desk.keep_up()
        assert away.how_it_stands(desk).waiting == ()
        line.cut(desk)
        assert desk.dataset.find("C1").get("name") == "照样存"
        line.mend(desk)


def test_that_another_logins_copy_is_not_shown_without_the_server(line):  # noqa: F811
    with line.desk() as desk:
        folder = desk.desk.folder
    own = folder_of(address_of(line.address("wu")))
    make_folder(own)
    shutil.copy(folder / "mirror.db", own / "mirror.db")
    line.relay.cut()
    with pytest.raises(StorageFault, match="还没有它的副本"):
        Registry.open(line.address("wu"), is_desk=True)
    assert not (own / "mirror.db").exists()
