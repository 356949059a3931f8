"""A purge leaves no copy of a text in file, log, backups within reach and the program's own files, and keeps the steps."""

from __future__ import annotations

import gzip
import json
import lzma
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.domain.purging import PURGED, Sought
from app.errors import Conflict, IntegrityFault, InvalidInput
from app.persistence import backup_making, reading
from app.services.check.describe import history_of
from app.services.edit import edit
from app.services.keeping.backups import kept, make
from app.services.keeping.care import backup, restore, verify
from app.services.keeping.purging.asked import Asked
from app.services.keeping.purging.doing import look, purge
from app.services.keeping.restoring import bring_back, then_in
from app.services.keeping.since import news_after
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from ui.cli.run import run

PLANTED = "张三丰"
WHY = "本人要求"
STEPS = Path(__file__).resolve().parents[1] / "steps"


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    """Keep settings, reports and temporary files of these tests together."""
    for name in ("settings", "tmp", "state"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(tmp_path / "settings" / "s.ini"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path / "settings" / "s.ini"


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


@pytest.fixture
def registry(desk):
    registry = a_small_registry(desk)
    yield registry
    registry.close()


def planted(registry):
    """Plant the text in name, address, reasons, source, a fact, an attachment and a code; take the record out again."""
    values = {
        "code": "CX",
        "name": f"{PLANTED}园",
        "address": f"临泉路{PLANTED}号",
        "source": f"{PLANTED} 说的",
    }
    edit.add(registry, "compounds", values, why=f"{PLANTED} 来报")
    edit.set_values(registry, ["CX"], {"address": f"改成 {PLANTED}", "gate_guard": "yes"})
    edit.attach(registry, "O1", ["CX"], role=f"{PLANTED}联系")
    edit.remove(registry, "CX", f"{PLANTED} 搬走了")


def bytes_of(path, text=PLANTED):
    """Count a text in every file of a folder, logs and hidden ones too."""
    return sum(one.read_bytes().count(text.encode()) for one in path.rglob("*") if one.is_file())


def test_that_a_text_is_nowhere_afterwards_and_every_step_is_still_told(registry, desk):
    planted(registry)
    steps = [(change.seq, change.verb, change.codes) for change in registry.history()]
    assert bytes_of(desk) > 4
    done = purge(registry, Asked(text=PLANTED), WHY)
    assert done.left == 0
    assert bytes_of(desk) == 0
    assert verify(registry.path) == []
    history = registry.history()
    assert [(change.seq, change.verb, change.codes) for change in history[1:]] == steps
    assert (history[0].verb, history[0].why) == ("purge", WHY)
    told = history_of(registry, history).as_json("zh")["changes"]
    assert [change["seq"] for change in told if any(d.get("purged") for d in change["details"])] == sorted(
        done.taken.steps, reverse=True
    )
    added = next(d for change in told for d in change["details"] if d["field"] == "record" and d["after"])
    assert added["code"] == "CX" or added["kind"] == "attachments"
    news_after(registry, 0)
    registry.close()
    assert bytes_of(desk) == 0
    assert Registry.open(registry.path).dataset.find("CX") is None


def test_that_what_the_journal_keeps_of_a_record_goes_by_its_code(registry, desk):
    planted(registry)
    done = purge(registry, Asked(code="CX"), WHY)
    assert not done.stands
    assert bytes_of(desk) == 0
    assert verify(registry.path) == []
    history = registry.history("CX")
    assert [change.verb for change in history] == ["purge", "remove", "attach", "set", "add"]
    whole = history[-1].details[0].after
    assert whole["code"] == "CX"
    assert set(whole["fields"].values()) == {PURGED}
    assert history[2].details[0].after["fields"]["organisation"] == "O1", "what it was about stays"
    assert registry.history("C1")[0].why is None, "nothing of another record"


def test_that_of_a_record_that_stands_the_journal_keeps_what_stands(registry, desk):
    edit.set_values(registry, ["C1"], {"name": f"{PLANTED}园"})
    edit.set_values(registry, ["C1"], {"name": "东三苑", "address": "临泉路 1 号"})
    before = registry.find("C1")
    done = purge(registry, Asked(code="C1"), WHY)
    assert done.stands
    assert registry.find("C1") == before
    assert bytes_of(desk) == 0
    last = registry.history("C1")[1]
    assert {(d.field, d.before, d.after) for d in last.details} == {
        ("name", PURGED, "东三苑"),
        ("address", None, "临泉路 1 号"),
    }
    assert verify(registry.path) == []


def test_that_a_text_leaves_records_that_stand_and_the_change_says_so(registry, desk):
    edit.set_values(registry, ["C1"], {"name": f"{PLANTED}园", "source": f"问过{PLANTED}"})
    edit.set_values(registry, ["340102001"], {"name": f"{PLANTED}街道"})
    found = look(registry, Asked(text=PLANTED))
    assert found.records == ("340102001", "C1")
    assert bytes_of(desk) > 0, "looking writes nothing"
    purge(registry, Asked(text=PLANTED), WHY)
    assert registry.find("C1").get("name") == f"{PURGED}园"
    assert registry.find("C1").source == f"问过{PURGED}"
    assert registry.history("C1")[0].verb == "purge"
    assert bytes_of(desk) == 0
    assert verify(registry.path) == []
    again = Registry.open(registry.path)
    assert again.find("340102001").get("name") == f"{PURGED}街道"
    again.close()
    edit.set_values(registry, ["C1"], {"name": "东三苑"})
    registry.undo()
    assert registry.find("C1").get("name") == f"{PURGED}园"


def test_that_a_number_is_found_however_it_is_parted_and_in_number_fields(registry, desk, monkeypatch):
    with monkeypatch.context() as old:
        old.setattr("app.domain.rules.rules.newly_personal", lambda record, before: ())
        edit.set_values(registry, ["C1"], {"address": "找 138 1234-5678", "residents": "13812345678"})
        edit.set_values(
            registry, ["C2"], {"address": "１３８１２３４５６７８", "name": "另找 13912345678 和 13812345678"}
        )
    purge(registry, Asked(text="13812345678"), WHY)
    c1, c2 = registry.find("C1"), registry.find("C2")
    assert (c1.get("address"), c1.get("residents")) == (f"找 {PURGED}", None)
    assert (c2.get("address"), c2.get("name")) == (PURGED, f"另找 13912345678 和 {PURGED}")
    assert [bytes_of(desk, text) for text in ("13812345678", "138 1234-5678", "１３８１２３４５６７８")] == [
        0,
        0,
        0,
    ]
    assert verify(registry.path) == []


def test_that_a_day_goes_where_somebody_typed_it_and_what_stays_is_said(registry, capsys):
    edit.set_values(registry, ["C1"], {"name": "1987-03-05"}, why="生日 1987-03-05")
    edit.set_values(registry, ["C1"], {"name": "东三苑", "valid_from": "1987-03-05"})
    edit.set_values(registry, ["C1"], {"name": "1987-03-05"}, since=date(2024, 1, 1))
    edit.set_values(registry, ["C1"], {"name": "西苑"}, since=date(2025, 1, 1))
    registry.close()
    assert run(["purge", str(registry.path), "--text", "1987-03-05", "--why", WHY]) == 0
    said = capsys.readouterr().out
    assert "不再有它" not in said
    assert "日期" in said
    assert verify(registry.path) == []
    again = Registry.open(registry.path)
    told = [(d.field, d.before, d.after) for change in again.history("C1") for d in change.details]
    again.close()
    assert [name for name, *values in told if "1987-03-05" in str(values)] == ["valid_from"]


def test_that_a_step_of_which_something_is_purged_is_never_taken_back(registry):
    planted(registry)
    edit.set_values(registry, ["C2"], {"name": "另一个"})
    purge(registry, Asked(text=PLANTED), WHY)
    registry.undo()  # the step before the purge, of which nothing was purged
    assert registry.find("C2").get("name") == "大关东二苑"
    with pytest.raises(Conflict, match="彻底清除"):
        registry.undo()
    registry.redo()
    assert registry.find("C2").get("name") == "另一个"
    with pytest.raises(InvalidInput, match="彻底清除"):
        registry.undo(registry.history()[2].change)
    edit.set_values(registry, ["C1"], {"address": PLANTED})
    registry.undo()
    purge(registry, Asked(text=PLANTED), WHY)
    with pytest.raises(Conflict, match="彻底清除"):
        registry.redo()
    assert verify(registry.path) == []


def test_that_a_step_after_which_a_purge_changed_the_record_says_so(registry):
    edit.add(registry, "compounds", {"code": "CY", "name": f"{PLANTED}园"})
    step = registry.history()[0].change
    purge(registry, Asked(text=PLANTED), WHY)
    with pytest.raises(Conflict, match="彻底清除"):
        registry.undo(step)


def test_that_codes_used_before_lose_it_and_codes_that_stand_are_refused(registry, desk):
    edit.add(registry, "compounds", {"code": "zhangsanfeng-1", "name": "甲"})
    edit.add(registry, "compounds", {"code": "Zhangsanfeng-1x", "name": "乙"})
    with pytest.raises(InvalidInput, match="编码") as refused:
        purge(registry, Asked(text="zhangsanfeng"), WHY)
    assert {problem.code for problem in refused.value.problems} == {"zhangsanfeng-1", "Zhangsanfeng-1x"}
    edit.attach(registry, "O1", ["zhangsanfeng-1"])
    for code in ("zhangsanfeng-1", "Zhangsanfeng-1x"):
        edit.remove(registry, code, "搬走了")
    purge(registry, Asked(text="zhangsanfeng"), WHY)
    assert bytes_of(desk, "hangsanfeng") == 0
    assert verify(registry.path) == []
    again = Registry.open(registry.path)
    assert {"PURGED-1", "PURGED-1x"} <= again.dataset.used_codes
    again.close()


def test_that_free_pages_of_other_programs_are_gone_too(registry, desk):
    registry.close()
    with closing(sqlite3.connect(registry.path)) as other:
        other.execute("PRAGMA secure_delete=OFF")
        other.execute("CREATE TABLE notes (text TEXT)")
        other.executemany(
            "INSERT INTO notes VALUES (?)", [(f"{PLANTED}{number}" * 40,) for number in range(200)]
        )
        other.execute("DROP TABLE notes")
        other.commit()
    assert bytes_of(desk) > 0
    registry = Registry.open(registry.path)
    done = purge(registry, Asked(text=PLANTED), WHY)
    registry.close()
    assert (done.change, done.left, bytes_of(desk)) == (None, 0, 0), "no step for what no row holds"


def test_that_a_table_of_another_program_is_named_and_left_alone(registry):
    with closing(sqlite3.connect(registry.path)) as other:
        other.execute('CREATE TABLE "my ""notes" (text TEXT)')
        other.execute('INSERT INTO "my ""notes" VALUES (?)', (PLANTED,))
        other.commit()
    done = purge(registry, Asked(text=PLANTED), WHY)
    assert done.others == {'my "notes': 1}
    assert done.left == 1


def test_that_automatic_backups_and_those_by_hand_are_purged_too(registry, desk, tmp_path):
    edit.add(registry, "compounds", {"code": "CX", "name": f"{PLANTED}园"})
    edit.set_values(registry, ["CX"], {"gate_guard": "yes"})
    make(registry.path)
    (tmp_path / "elsewhere").mkdir()
    by_hand = tmp_path / "elsewhere" / "b.gpkg"
    backup(registry.path, by_hand)
    edit.remove(registry, "CX", "搬走了")
    found = look(registry, Asked(code="CX"))
    assert sorted(one.path for one in found.backups) == sorted([kept(registry.path).backups[0].path, by_hand])
    done = purge(registry, Asked(code="CX"), WHY)
    assert done.unreached == ()
    assert bytes_of(tmp_path) == 0
    (automatic,) = kept(registry.path).backups
    assert automatic.is_verified
    for copy in (automatic.path, by_hand):
        assert verify(copy) == []
    restore(by_hand, tmp_path / "restored.gpkg")
    with closing(Registry.open(tmp_path / "restored.gpkg")) as restored:
        left = restored.find("CX")
        assert (left.get("name"), left.geometry, restored.dataset.facts("CX")) == (PURGED, None, {})
    again = purge(registry, Asked(code="CX"), WHY)
    assert (again.change, again.backups) == (None, ())


def test_that_a_backup_says_of_a_record_that_stands_what_it_says_today(registry, desk, tmp_path):
    edit.set_values(registry, ["C1"], {"name": f"{PLANTED}园", "gate_guard": "yes", "households": "7"})
    make(registry.path)
    edit.set_values(registry, ["C1"], {"name": "东三苑", "gate_guard": "no"})
    purge(registry, Asked(code="C1"), WHY)
    assert bytes_of(desk) == 0
    (automatic,) = kept(registry.path).backups
    assert verify(automatic.path) == []
    with closing(Registry.open(automatic.path)) as copy:
        assert copy.find("C1").values == registry.find("C1").values
        assert [f.text("value") for f in copy.dataset.facts("C1")["gate_guard"]] == ["no"]


def test_that_a_purged_backup_gives_back_what_else_it_holds(registry, desk):
    edit.set_values(registry, ["C1"], {"name": f"{PLANTED}园", "address": "临泉路 1 号"})
    make(registry.path)
    edit.set_values(registry, ["C1"], {"address": "别处"})
    purge(registry, Asked(text=PLANTED), WHY)
    (automatic,) = kept(registry.path).backups
    bring_back(registry, then_in(automatic.path), "C1", "address")
    assert registry.find("C1").get("address") == "临泉路 1 号"
    assert bytes_of(desk) == 0


def test_that_a_backup_that_is_just_being_made_is_waited_for(registry, desk, monkeypatch):
    edit.set_values(registry, ["C1"], {"name": f"{PLANTED}园"})
    make(registry.path)
    is_copied, may_go_on = threading.Event(), threading.Event()
    copy = backup_making.copy_into

    def slowly(*arguments):
        copy(*arguments)
        is_copied.set()
        may_go_on.wait()

    monkeypatch.setattr(backup_making, "copy_into", slowly)
    waited = backup_making.wait_for_others
    monkeypatch.setattr(
        "app.services.keeping.purging.doing.wait_for_others", lambda folder: (may_go_on.set(), waited(folder))
    )
    with ThreadPoolExecutor(1) as other:
        making = other.submit(make, registry.path)
        is_copied.wait()
        purge(registry, Asked(text=PLANTED), WHY)
        making.result()
    assert len(kept(registry.path).backups) == 2
    assert bytes_of(desk) == 0


def test_that_a_backup_out_of_reach_is_named_with_why(registry, desk, tmp_path):
    planted(registry)
    away, damaged = tmp_path / "away.gpkg", tmp_path / "damaged.gpkg"
    backup(registry.path, away)
    backup(registry.path, damaged)
    away.unlink()
    with closing(sqlite3.connect(damaged)) as other:
        other.execute("UPDATE compound SET name = 'x'")
        other.commit()
    twin = desk / "twin.gpkg"
    registry.close()
    shutil.copyfile(registry.path, twin)
    registry = Registry.open(registry.path)
    done = purge(registry, Asked(text=PLANTED), WHY)
    assert {one.path for one in done.unreached} == {away, damaged, twin}
    assert all(one.problem.zh and one.problem.en for one in done.unreached)
    assert twin.read_bytes().count(PLANTED.encode()) > 0, (
        "what somebody works in is not touched from elsewhere"
    )
    registry.close()


def test_that_settings_reports_and_leftovers_of_killed_work_are_wiped(registry, tmp_path, settings):
    registry.close()
    named = registry.path.with_name(f"{PLANTED}.gpkg")
    registry.path.rename(named)
    recent = json.dumps([[str(named), "2026"], ["/tmp/other.gpkg", "2026"]], ensure_ascii=False)
    settings.write_text(f"[General]\nrecent={json.dumps(recent, ensure_ascii=False)}\ntheme=dark\n", "utf-8")
    report = tmp_path / "tmp" / "compound-registry" / "crash-1.txt"
    report.parent.mkdir()
    report.write_text(f"KeyError: '{PLANTED}'", "utf-8")
    registry = Registry.open(named)
    done = purge(registry, Asked(text=PLANTED), WHY)
    assert sorted(done.traces) == sorted([settings, report])
    assert bytes_of(tmp_path / "settings") + bytes_of(tmp_path / "tmp") == 0
    assert "theme=dark" in settings.read_text("utf-8")
    assert "/tmp/other.gpkg" in settings.read_text("utf-8")
    registry.close()


@pytest.mark.parametrize("value", ["{", "[" * 4000, ""])
def test_that_a_detail_that_cannot_be_read_is_damage_to_a_purge(registry, value):
    planted(registry)
    with closing(sqlite3.connect(registry.path)) as other:
        other.execute("UPDATE change_detail SET after = ? WHERE fid = 2", (value,))
        other.commit()
    with pytest.raises(IntegrityFault, match="与写下时不同"):
        purge(registry, Asked(text=PLANTED), WHY)


def test_that_a_damaged_step_is_never_made_good(registry):
    planted(registry)
    with closing(sqlite3.connect(registry.path)) as other:
        other.execute(
            "UPDATE change_detail SET before = replace(before, '园', '院') WHERE before LIKE '%园%'"
        )
        other.commit()
    history = registry.last_step
    with pytest.raises(IntegrityFault, match="与写下时不同"):
        purge(registry, Asked(text=PLANTED), WHY)
    assert registry.last_step == history
    assert verify(registry.path) != []


def test_that_a_log_somebody_reads_is_named_and_empty_the_next_time(registry, desk, monkeypatch, capsys):
    planted(registry)
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    monkeypatch.setattr(reading, "A_TRY", 0.05)
    with closing(sqlite3.connect(registry.path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT COUNT(*) FROM compound").fetchone()
        assert run(["purge", str(registry.path), "--text", PLANTED, "--why", WHY, "--json"]) == 4
        assert json.loads(capsys.readouterr().out)["error"]["kind"] == "busy"
    assert run(["purge", str(registry.path), "--text", PLANTED, "--why", WHY, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["left"] == 0
    assert bytes_of(desk) == 0


@pytest.mark.parametrize(
    ("options", "why", "said"),
    [
        (["--text", PLANTED, "--code", "C1"], WHY, "一次一个"),
        ([], WHY, "一次一个"),
        (["--code", "nowhere"], WHY, "没有编码"),
        (["--text", "张"], WHY, "太短"),
        (["--text", "ab"], WHY, "太短"),
        (["--text", "1234"], WHY, "太短"),
        (["--text", "小区"], WHY, "用词"),
        (["--text", "compound"], WHY, "用词"),
        (["--text", "grid_branch"], WHY, "用词"),
        (["--text", PURGED], WHY, "用词"),
        (["--text", PLANTED], " ", "为什么"),
        (["--text", PLANTED], f"{PLANTED} 要求", "理由"),
        (["--text", PLANTED], "13812345678 要求", "手机号"),
    ],
)
def test_that_what_would_ruin_or_keep_is_refused(registry, capsys, options, why, said):
    planted(registry)
    registry.close()
    before = registry.path.read_bytes()
    assert run(["purge", str(registry.path), *options, "--why", why, "--json"]) == 2
    assert said in json.loads(capsys.readouterr().out)["error"]["message"]
    assert registry.path.read_bytes() == before


def test_that_the_verb_tells_where_it_was_and_what_is_not_reached(registry, capsys):
    planted(registry)
    arguments = ["purge", str(registry.path), "--text", PLANTED, "--why", WHY]
    assert run([*arguments, "--dry-run", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert run([*arguments, "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert seen["change"] is None
    assert (done["verb"], done["values"], done["steps"]) == ("purge", seen["values"], seen["steps"])
    assert done["change"]
    assert run([*arguments, "--lang", "en"]) == 0
    assert "nowhere" in capsys.readouterr().out


def test_that_a_word_is_recognised_whatever_its_width_and_case():
    sought = Sought("ＺhangSan")
    assert sought.without("找 zhangsan 和 ZHANGSAN") == f"找 {PURGED} 和 {PURGED}"
    assert Sought("13812345678").is_in_code("138123456789") is False
    assert Sought('a"b').without('x a"b') == f"x {PURGED}"


def test_that_a_backup_of_an_older_version_is_purged_and_leaves_none_beside_it(desk):
    (desk / "old.gpkg").write_bytes(gzip.decompress((STEPS / "step1.gpkg.gz").read_bytes()))
    registry = Registry.open(desk / "old.gpkg")
    name = "柏文名邸"
    assert [one.why for one in kept(registry.path).backups] == ["step"]
    done = purge(registry, Asked(text=name), WHY)
    registry.close()
    assert done.unreached == ()
    assert bytes_of(desk, name) == 0
    assert [path.name for path in desk.rglob("*.backups")] == ["old.gpkg.backups"]
    for copy in (desk / "old.gpkg", kept(desk / "old.gpkg").backups[0].path):
        assert verify(copy) == []


def test_that_packed_records_lose_it_and_are_known_again(desk, tmp_path):
    source = tmp_path / "people.csv"
    source.write_text(f"code,name\nP1,{PLANTED}园\nP2,别的园\n", "utf-8")
    registry = a_small_registry(desk)
    registry.close()
    assert run(["import", str(registry.path), str(source), "--as", "compounds", "--quiet"]) == 0
    registry = Registry.open(registry.path)
    purge(registry, Asked(text=PLANTED), WHY)
    registry.close()
    with closing(sqlite3.connect(registry.path)) as other:
        packs = [row[0] for row in other.execute("SELECT content FROM kept WHERE length(content) > 0")]
        other.execute("UPDATE compound SET name = '改过' WHERE code IN ('P1', 'P2')")
        other.commit()
    assert packs
    assert not any(PLANTED.encode() in lzma.decompress(pack) for pack in packs)
    again = Registry.open(registry.path)
    assert [again.find(code).get("name") for code in ("P1", "P2")] == [f"{PURGED}园", "别的园"]
    assert len(again.foreign) == 2
    again.close()
