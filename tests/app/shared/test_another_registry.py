"""An address under which another registry lies by now, or the same one made anew."""

from __future__ import annotations

from contextlib import closing

import pytest

from app.errors import StorageFault
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry import away
from app.services.registry.registry import Registry
from tests.app.shared.test_offline import line  # noqa: F401  # a server, and a line to it that can be cut
from ui.cli.run import run


def put_anew(line, path):  # noqa: F811
    """Empty the database and copy another file's registry into it, as whoever keeps it may."""
    with line.server.connect(line.database, "keeper") as keeper:
        keeper.execute("DROP SCHEMA registry CASCADE")
    copy_registry(path, line.straight)


def test_that_a_copy_follows_a_registry_that_was_purged_in_a_file_and_put_back(line, tmp_path, capsys):  # noqa: F811
    with line.other() as other:
        edit.set_values(other, ["C1"], {"name": "不该再有的名字"})
    with line.desk() as desk:
        folder = desk.desk.folder
    assert "不该再有的名字".encode() in (folder / "mirror.db").read_bytes()
    out = tmp_path / "out.gpkg"
    assert run(["copy", str(line.straight), str(out)]) == 0
    assert run(["purge", str(out), "--text", "不该再有的名字", "--why", "依申请"]) == 0
    capsys.readouterr()
    put_anew(line, out)
    with line.desk() as desk:
        assert not away.how_it_stands(desk).fault
    for path in folder.iterdir():
        assert "不该再有的名字".encode() not in path.read_bytes(), path


def test_that_what_waits_is_never_brought_to_another_registry(line, tmp_path):  # noqa: F811
    path = tmp_path / "other.gpkg"
    assert run(["new", str(path), "--profile", "yaohai"]) == 0
    with line.desk() as desk:
        line.cut(desk)
        edit.set_values(desk, ["C1"], {"name": "没送回"})
        put_anew(line, path)
        line.relay.mend()
        desk.desk.is_back = True
        desk.refresh()
        stands = away.how_it_stands(desk)
        assert stands.is_away
        assert len(stands.waiting) == 1
        assert "另一本台账" in stands.fault.zh
        assert desk.dataset.find("C1").get("name") == "没送回"
    with line.desk() as desk:
        assert desk.dataset.find("C1") is None
        assert "别的台账" in away.how_it_stands(desk).fault.zh
        assert list(desk.desk.folder.glob("aside-*-mirror.db"))


def test_that_an_open_registry_writes_nothing_into_another_that_takes_its_place(line, tmp_path):  # noqa: F811
    path = tmp_path / "other.gpkg"
    assert run(["new", str(path), "--profile", "yaohai"]) == 0
    with line.other() as other:
        put_anew(line, path)
        with pytest.raises(StorageFault, match="另一本台账"):
            edit.add(other, "firms", {"code": "F7", "name": "甲"})
    with line.other() as other:
        assert other.dataset.find("F7") is None


def test_that_an_open_registry_follows_its_own_that_was_made_anew(line, tmp_path, capsys):  # noqa: F811
    with line.other() as other:
        edit.set_values(other, ["C1"], {"name": "一"})
        out = tmp_path / "out.gpkg"
        assert run(["copy", str(line.straight), str(out)]) == 0
        capsys.readouterr()
        with closing(Registry.open(out)) as file:
            edit.set_values(file, ["C2"], {"name": "二"})
            edit.set_values(file, ["C2"], {"name": "三"})
            file.undo()
        put_anew(line, out)
        other.refresh()
        assert other.dataset.find("C2").get("name") == "二"
        edit.set_values(other, ["C1"], {"name": "四"})
        assert other.dataset.find("C1").get("name") == "四"
