"""What others changed since I last looked, on a file and on a server: by person and record, before and after, in words."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.domain.edits import Put
from app.domain.record import make_record
from app.services.edit import edit
from app.services.keeping.looked import keep_looked, keep_opened, looked_at
from app.services.keeping.others import OthersReader
from app.services.keeping.purging.asked import Asked
from app.services.keeping.purging.doing import purge
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

GRID = "340102001001001"


@pytest.fixture(params=["file", "server"])
def desks(request, tmp_path):
    """Return two desks at one registry: mine, and somebody else's."""
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    if request.param == "file":
        places = [(path, "我"), (path, "李娜")]
    else:
        address = request.getfixturevalue("on_server")(path)
        theirs = Path(request.getfixturevalue("server").address(address.name))
        places = [(address, None), (theirs, None)]
    mine, theirs = (Registry.open(place, by=by) for place, by in places)
    yield mine, theirs
    mine.close()
    theirs.close()


def told(mine, mark):
    mine.refresh()
    return OthersReader(mine).read(mark).edits


def lines(mine, mark):
    return [(entry.code, entry.said("zh")) for entry in told(mine, mark)]


def test_that_each_record_stands_once_with_what_became_of_its_fields(desks):
    mine, theirs = desks
    mark = mine.last_step
    edit.set_values(theirs, ["C1"], {"households": "420"})
    edit.set_values(theirs, ["C1"], {"households": "430", "kind": "commercial"})
    edit.set_values(mine, ["C2"], {"name": "我改的"})
    edit.set_values(theirs, ["C1"], {"gate_guard": "no"}, since=date(2026, 1, 1))
    edit.set_values(theirs, ["C2"], {"gate_guard": "no"}, since=date(2026, 1, 1))
    edit.set_values(theirs, ["C1"], {"gate_guard": "yes"}, since=date(2026, 3, 1))
    edit.attach(theirs, "O1", ["C2"], since=date(2026, 1, 1))
    (c2, c1) = told(mine, mark)
    assert (c2.code, c2.said("zh"), c2.by) == ("C2", "门卫 无；挂接 第一网格支部 新登记", theirs.by)
    assert c1.said("zh") == "户数 412 → 430；类型 老旧 → 商品房；门卫 有"
    assert "households" not in c1.said("en")
    assert "430" in c1.said("en")
    assert GRID in c1.units
    assert c1.name.zh == "大关东三苑 C1"
    assert c1.at <= c2.at
    mark = mine.last_step
    edit.set_values(theirs, ["C2"], {"gate_guard": "yes"}, since=date(2026, 5, 1))
    assert lines(mine, mark) == [("C2", "门卫 无 → 有")], "another answer from a day on is one line"


def test_that_what_was_put_back_or_taken_back_is_no_news_and_mine_never_is(desks):
    mine, theirs = desks
    mark = mine.last_step
    edit.set_values(theirs, ["C1"], {"households": "1"})
    edit.set_values(theirs, ["C1"], {"households": "412"})
    edit.set_values(theirs, ["C2"], {"households": "9"})
    theirs.undo()
    edit.add(theirs, "firms", {"code": "F9", "name": "一时"})
    edit.remove(theirs, "F9", why="登错了")
    mine.refresh()
    done = edit.set_values(mine, ["C2"], {"name": "我改的"})
    assert lines(mine, mark) == []
    theirs.refresh()
    theirs.undo(done.change)
    assert lines(mine, mark) == [("C2", "名称 我改的 → 大关东二苑")], "mine, taken back by somebody else"


def test_that_a_whole_import_is_one_line_with_all_that_it_touched(desks):
    mine, theirs = desks
    mark = mine.last_step
    made = [make_record("firms", f"id{n}", f"F{n:05}", name=f"企业{n}") for n in range(1, 121)]
    theirs.commit([Put(record) for record in made], verb="import", why="f.xlsx", is_bulk=True)
    edit.set_values(theirs, ["C1"], {"households": "7"})
    (small, many) = told(mine, mark)
    assert (small.code, many.is_many, many.name.zh) == ("C1", True, "导入 120 条记录")
    assert set(many.codes) == {record.code for record in made}
    assert OthersReader(mine).read(mark).after(small.seq - 1) == 1


def test_that_what_was_removed_for_good_is_said_nowhere(tmp_path):
    with closing(a_small_registry(tmp_path)) as mine, closing(Registry.open(mine.path, by="李娜")) as theirs:
        mark = mine.last_step
        edit.set_values(theirs, ["C1"], {"address": "秘密路一号"})
        edit.add(theirs, "firms", {"code": "F9", "name": "秘密路物业"})
        mine.refresh()
        reader = OthersReader(mine)
        assert "秘密路" in str(reader.read(mark))
        purge(theirs, Asked(text="秘密路"), "依申请")
        mine.refresh()
        assert "秘密路" not in str(reader.read(mark))


def test_that_new_begins_where_it_was_first_opened_until_somebody_looks(tmp_path):
    path = tmp_path / "s.looked.json"
    first, before = keep_opened("a", 5, path)
    assert (first.seq, before) == (5, None)
    again, before = keep_opened("a", 9, path)
    assert (again.seq, before.seq) == (5, 5)
    assert looked_at("a", path) == 0, "opened is not looked at"
    keep_looked("a", 8, path)
    again, before = keep_opened("a", 9, path)
    assert (again.seq, before.seq) == (8, 9)
    assert again.at >= before.at
    path.write_text('{"b": 7}', "utf-8")  # of an older program
    assert keep_opened("b", 9, path)[0] == (7, "")
