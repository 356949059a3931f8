"""A file of an older schema step is brought up to date when it is opened, whole or not at all."""

from __future__ import annotations

import errno
import sqlite3
import tempfile
import uuid
from contextlib import closing
from datetime import date

import pytest

from app.coverage.results import Query
from app.domain.kinds import KINDS
from app.domain.period import today
from app.errors import IntegrityFault, InvalidInput, StorageFault
from app.persistence.care import digest_of, must_be_registry, objects_at, verify_file
from app.persistence.columns import row_names
from app.persistence.files import hindrance
from app.persistence.files.checksum import row_checksum
from app.persistence.migrations import NEWEST, columns_since, tables_since
from app.persistence.packs.names import Names
from app.services.check.check import check
from app.services.check.mending import waive
from app.services.edit import edit
from app.services.keeping.foreign import found_edits, settle
from app.services.profile.profiles import city_profiles, load_profile, modern_text
from app.services.registry.registry import Registry, create_registry
from app.services.snapshots.comparing import is_still_so
from app.services.snapshots.snapshots import keep
from app.text import Text
from tests.app.builders import a_small_registry
from tests.app.persistence.damaging import by_sql
from tests.app.persistence.foreign import a_worked_registry
from tests.app.persistence.hardship import answering

STEP_1 = "1ad1b55c344712a914a97d78d671a8f3"  # the digest that the first release asked for
STEP_2 = "79533c321ee1dd7bce78a51d3b65255b"  # and version 0.2
STEP_3 = "94a3b00ab58c1431091c9171454828bc"  # and what came between that and 0.3
STEP_5 = "7d2c8594d598e2ae899c08d6cd85ee87"
STEP_6 = "1e090366606e981a7a3ee1a179f66688"


def of_step_6(path):
    """Take back what came after step 6, of which nothing is filled: tables of their own."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for table in tables_since(6):
            file.execute(f'DROP TABLE "{table}"')
            file.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        file.execute("DELETE FROM schema_step WHERE number > 6")


def of_step_5(path):
    """Take back what step 6 did: a row of the journal for every record of many, foreign keys, nothing packed apart."""
    of_step_6(path)
    ours = objects_at(5)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA foreign_keys=OFF")
        details = [row for told in file.execute(DETAILS).fetchall() for row in alone(file, told)]
        tables = [kind.table for kind in KINDS.values() if kind.table not in tables_since(6)]
        for table in ("entity", "change_detail", *tables, "kept"):
            names = ", ".join(f'"{row[1]}"' for row in file.execute(f'PRAGMA table_info("{table}")'))
            file.execute(f'ALTER TABLE "{table}" RENAME TO newer')
            file.execute(ours["table", table])
            if table not in ("change_detail", "kept"):
                file.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM newer')
            file.execute("DROP TABLE newer")
        file.executemany(
            'INSERT INTO change_detail (id, change_id, kind, row_id, code, field, "before", "after", checksum)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            details,
        )
        file.execute("DELETE FROM registry_info WHERE key = 'details'")
        for (what, name), sql in ours.items():
            if what == "index":
                file.execute(f'DROP INDEX IF EXISTS "{name}"')
                file.execute(sql)
        file.execute("DELETE FROM schema_step WHERE number > 5")


DETAILS = 'SELECT id, change_id, kind, row_id, code, field, "before", "after", checksum FROM change_detail ORDER BY fid'


def alone(file, told):
    """Give the rows of the journal that step 5 had in place of one."""
    if told[5] != "records":
        yield told
        return
    (content,) = file.execute("SELECT names FROM kept WHERE id = ?", (told[3],)).fetchone()
    for row_id, code in Names.read(content).all():
        head = [str(uuid.uuid4()), told[1], told[2], row_id, code, "record", None, None]
        yield (*head, row_checksum(head))


def of_step_3(path):
    """Take back what step 4 did: each table says itself what is unique, and nothing is packed."""
    of_step_5(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for (what, table), sql in objects_at(3).items():
            if what == "table" and table in {kind.table for kind in KINDS.values()} - tables_since(3):
                names = ", ".join(f'"{row[1]}"' for row in file.execute(f'PRAGMA table_info("{table}")'))
                file.execute(f'ALTER TABLE "{table}" RENAME TO newer')
                file.execute(sql)
                file.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM newer')
                file.execute("DROP TABLE newer")
        for table in tables_since(3) - tables_since(6):
            file.execute(f'DROP TABLE "{table}"')
            for told in ("gpkg_geometry_columns", "gpkg_contents"):
                file.execute(f"DELETE FROM {told} WHERE table_name = ?", (table,))
        file.execute("DELETE FROM schema_step WHERE number > 3")


def of_step_1(path):
    """Take back what step 2 did to a file that has none of it filled."""
    of_step_2(path)
    ours = objects_at(3)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA foreign_keys=OFF")
        for table in tables_since(1) - tables_since(2):
            file.execute(f'DROP TABLE "{table}"')
            file.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        names = [n for n in row_names("assessments") if n not in columns_since(1, "assessment")]
        listed = ", ".join(f'"{name}"' for name in names)
        rows = file.execute(f"SELECT fid, {listed} FROM assessment").fetchall()
        file.execute("DROP TABLE assessment")
        file.execute(ours["table", "assessment"].replace(" scheme_version INTEGER,", ""))
        for row in rows:
            values = list(row)
            values[1 + names.index("checksum")] = row_checksum(values[1 : 1 + names.index("checksum")])
            marks = ",".join("?" * len(values))
            file.execute(f"INSERT INTO assessment (fid, {listed}) VALUES ({marks})", values)
        file.execute("DELETE FROM schema_step WHERE number > 1")


def of_step_2(path):
    """Take back what step 3 did to a file in which nothing is waived."""
    of_step_3(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for table in tables_since(2) - tables_since(3):
            file.execute(f'DROP TABLE "{table}"')
            file.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        file.execute("DELETE FROM schema_step WHERE number > 2")


@pytest.fixture
def old_file(tmp_path):
    registry = a_small_registry(tmp_path)
    edit.add(
        registry,
        "assessments",
        {
            "subject": "C1",
            "scheme": "five_haves_ten_goods",
            "item": "haves1",
            "score": "1",
            "on": "2024-03-01",
        },
    )
    registry.close()
    of_step_1(registry.path)
    return registry.path


@pytest.mark.parametrize("city", city_profiles())
def test_that_a_file_of_step_2_keeps_its_profile_to_the_letter(tmp_path, city):
    path = tmp_path / "kept.gpkg"
    text = load_profile(city).text
    create_registry(path, load_profile(city)).close()
    of_step_2(path)
    registry = Registry.open(path, by="tester")
    assert registry.profile.text == text
    registry.close()
    Registry.open(path, by="tester").close()
    assert verify_file(path) == []


def test_that_a_file_of_step_2_takes_a_waiver_once_it_is_opened(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    of_step_2(registry.path)
    assert (must_be_registry(registry.path), digest_of(objects_at(2))) == (2, STEP_2)
    assert verify_file(registry.path) == []
    registry = Registry.open(registry.path, by="tester")
    finding = check(registry.dataset, registry.profile, registry.engine, registry.zone, today())[0]
    waive(registry, finding, why="本月在改", until=today())
    registry.close()
    assert must_be_registry(registry.path) == NEWEST
    assert verify_file(registry.path) == []


def test_that_a_file_of_step_3_knows_each_record_again_once_it_is_opened(tmp_path):
    registry = a_worked_registry(tmp_path)
    before = registry.dataset
    registry.close()
    of_step_3(registry.path)
    assert (must_be_registry(registry.path), digest_of(objects_at(3))) == (3, STEP_3)
    assert verify_file(registry.path) == []
    Registry.open(registry.path, by="tester").close()
    assert verify_file(registry.path) == []
    by_sql(registry.path, "UPDATE compound SET households = 999", "DELETE FROM fact")
    registry = Registry.open(registry.path, by="tester")
    assert {kind: registry.dataset.of(kind) for kind in KINDS} == {kind: before.of(kind) for kind in KINDS}
    registry.close()


def test_that_a_file_of_step_5_gets_a_lean_journal_that_tells_the_same(tmp_path):
    registry = a_worked_registry(tmp_path)
    before, told = registry.dataset, registry.history()
    about = registry.history("B1")
    registry.close()
    lean = details_in(registry.path)
    of_step_5(registry.path)
    assert (must_be_registry(registry.path), digest_of(objects_at(5))) == (5, STEP_5)
    assert verify_file(registry.path) == []
    assert details_in(registry.path) > lean
    registry = Registry.open(registry.path, by="tester")
    assert (registry.history(), registry.history("B1")) == (told, about)
    assert {kind: registry.dataset.of(kind) for kind in KINDS} == {kind: before.of(kind) for kind in KINDS}
    registry.close()
    assert details_in(registry.path) == lean
    assert verify_file(registry.path) == []
    with closing(sqlite3.connect(registry.path)) as file:
        assert file.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_that_a_file_of_step_6_takes_a_task_once_it_is_opened(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    of_step_6(registry.path)
    assert (must_be_registry(registry.path), digest_of(objects_at(6))) == (6, STEP_6)
    assert verify_file(registry.path) == []
    registry = Registry.open(registry.path, by="tester")
    edit.add(registry, "tasks", {"subject": "C1", "why": "缺口"})
    registry.close()
    assert must_be_registry(registry.path) == NEWEST
    assert verify_file(registry.path) == []


def details_in(path):
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT COUNT(*) FROM change_detail").fetchone()[0]


def test_that_the_objects_of_step_1_are_those_of_the_first_release():
    assert digest_of(objects_at(1)) == STEP_1


def test_that_a_file_of_step_1_opens_with_everything_in_it(old_file):
    assert must_be_registry(old_file) == 1
    assert verify_file(old_file) == []
    registry = Registry.open(old_file, by="tester")
    (row,) = registry.dataset.of("assessments").values()
    assert (row.text("item"), row.get("scheme_version")) == ("haves1", None)
    assert len(registry.dataset.of("compounds")) == 2
    edit.add(registry, "departments", {"name": "城管局"})
    registry.close()
    assert must_be_registry(old_file) == NEWEST
    assert verify_file(old_file) == []
    with closing(sqlite3.connect(old_file)) as file:
        listed = {row[0] for row in file.execute("SELECT table_name FROM gpkg_contents")}
    assert {KINDS["links"].table, KINDS["departments"].table} <= listed


def test_that_a_file_of_step_1_with_a_foreign_trigger_stays_closed_and_as_it_was(old_file):
    with closing(sqlite3.connect(old_file)) as file:
        file.execute("CREATE TRIGGER theirs AFTER INSERT ON compound BEGIN SELECT 1; END")
    before = old_file.read_bytes()
    with pytest.raises(IntegrityFault):
        Registry.open(old_file)
    assert old_file.read_bytes() == before


def test_that_an_old_file_that_cant_be_written_nor_copied_says_what_to_do(old_file, tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.registry.registry.is_read_only_file", lambda _path: True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    before = old_file.read_bytes()
    with pytest.raises(InvalidInput) as refused:
        Registry.open(old_file)
    assert "Copy it" in refused.value.message.en
    assert old_file.read_bytes() == before


def test_that_an_upgrade_that_fails_leaves_the_file_as_it_was(old_file, monkeypatch):
    def fails(_text):
        raise RuntimeError

    monkeypatch.setattr("app.services.registry.checks.modern_text", fails)
    with pytest.raises(RuntimeError):
        Registry.open(old_file)
    assert must_be_registry(old_file) == 1
    assert verify_file(old_file) == []


def test_that_a_citys_own_profile_keeps_its_text_and_its_measure_gets_its_meaning():
    text = load_profile("quzhou").text
    theirs = text[text.index("[[measures]]") : text.index("[[measures]]", text.index("[[measures]]") + 1)]
    own = 'id = "mine"\n' + theirs.replace(
        'within = "branch_eligible"\ncovered = "organisation=functional_branch"\n', ""
    )
    modern = modern_text(own)
    assert 'covered = "organisation=functional_branch"' in modern
    assert modern_text('id = "other"\n') == 'id = "other"\n'


@pytest.fixture
def edited_old(tmp_path):
    """A file of step 3 in which another program changed what only the import knew, and what the journal knows."""
    registry = a_worked_registry(tmp_path)
    registry.close()
    of_step_3(registry.path)
    by_sql(
        registry.path,
        "UPDATE compound SET households = 999, kind = 'commercial' WHERE code = 'B1'",
        "UPDATE compound SET name = '别名' WHERE code = 'C1'",
        "DELETE FROM compound WHERE code = 'B2'",
    )
    return registry.path


def test_that_an_old_file_edited_elsewhere_lists_what_the_journal_knows_and_offers_taking_alone(edited_old):
    with pytest.raises(IntegrityFault, match="foreign"):
        Registry.open(edited_old)
    registry = Registry.open(edited_old, is_settling=True)
    found = {edit.code: edit for edit in found_edits(registry)}
    assert {code: edit.can_turn_back for code, edit in found.items()} == {
        "B1": False,
        "B2": False,
        "C1": True,
    }
    assert [(cell.field, cell.before, cell.after) for cell in found["B1"].cells] == [("households", 120, 999)]
    with pytest.raises(InvalidInput, match="不知道原来"):
        settle(registry, [], ["all"])
    settle(registry, ["B1", "B2"], ["C1"])
    registry.close()
    assert verify_file(edited_old) == []
    registry = Registry.open(edited_old, by="tester")
    assert registry.find("B1").said("kind") == "commercial"
    assert (registry.find("C1").text("name"), "B2" in registry.dataset.retired) == ("大关东三苑", True)
    registry.close()


def test_that_what_was_taken_unseen_is_known_from_then_on(edited_old):
    registry = Registry.open(edited_old, is_settling=True)
    settle(registry, ["all"], [])
    before = registry.find("B1")
    registry.close()
    by_sql(edited_old, "UPDATE compound SET households = 1 WHERE code = 'B1'")
    registry = Registry.open(edited_old)
    assert registry.find("B1") == before
    registry.close()


def test_that_an_older_file_that_can_only_be_read_is_read_from_a_copy_and_stays_as_it_was(
    old_file, monkeypatch
):
    before = old_file.read_bytes()
    with monkeypatch.context() as only:
        only.setattr("app.services.registry.registry.is_read_only_file", lambda _path: True)
        with closing(Registry.open(old_file)) as registry:
            assert registry.path == old_file
            assert registry.is_read_only
            assert len(registry.dataset.of("compounds")) == 2
            assert registry.history()
            assert registry.refresh() is None
            with pytest.raises(StorageFault):
                edit.add(registry, "departments", {"name": "城管局"})
    assert old_file.read_bytes() == before


def test_that_without_room_for_its_steps_an_older_file_is_read_until_there_is(old_file, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(hindrance.tempfile, "TemporaryFile", answering(errno.ENOSPC))
        full.setattr("app.persistence.backup_making.make_backup", no_room)
        registry = Registry.open(old_file, by="tester")
        assert "磁盘满了" in registry.why_read_only.zh
        assert must_be_registry(old_file) == 1
        assert len(registry.dataset.of("compounds")) == 2
    assert registry.look_at_standing()
    assert must_be_registry(old_file) == NEWEST
    edit.add(registry, "departments", {"name": "城管局"})
    registry.close()
    assert verify_file(old_file) == []


def no_room(*_args, **_named):
    raise StorageFault(Text("没有备份", "no backup"))


def test_that_a_file_of_step_6_keeps_a_table_once_it_is_opened(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    of_step_6(registry.path)
    opened = Registry.open(registry.path)
    try:
        _, kept = keep(opened, Query(measure="party", by="grid", as_of=date(2024, 1, 1)))
        assert is_still_so(opened, kept)
    finally:
        opened.close()
    assert verify_file(registry.path) == []
