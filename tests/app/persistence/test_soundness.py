"""What decides a figure is compared when it is read; damage is named, and nothing is built on it."""

from __future__ import annotations

import random
import shutil
import sqlite3
import uuid
from contextlib import closing

import pytest

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.record import make_record
from app.errors import IntegrityFault, RegistryError
from app.persistence.migrations import NEWEST
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.persistence.damaging import by_sql, flip, pages_of, with_right_checksum


@pytest.fixture
def path(tmp_path):
    registry = a_small_registry(tmp_path)
    edit.set_values(registry, ["C1"], {"households": 100, "residents": 300})
    edit.set_values(registry, ["C1"], {"households": 200})
    registry.close()
    return registry.path


def named(path):
    return {(damage.table, damage.code) for damage in care.verify(path)}


def refused(path):
    with pytest.raises(IntegrityFault) as caught:
        Registry.open(path)
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entity SET code = 'C0' WHERE code = 'C1'", "C1"),
        ("UPDATE entity SET kind = 'stations' WHERE code = 'C1'", "C1"),
        ("DELETE FROM entity WHERE code = 'C2'", "C2"),
        ("UPDATE registry_info SET value = value || '#' WHERE key = 'profile'", "profile"),
        ("UPDATE registry_info SET value = '4550' WHERE key = 'zone'", "zone"),
        ("UPDATE registry_info SET value = '另一个' WHERE key = 'name'", "name"),
        ("UPDATE registry_info SET value = NULL WHERE key = 'profile'", "profile"),
        ("DELETE FROM registry_info WHERE key = 'profile'", "profile"),
        ("DELETE FROM registry_info WHERE key = 'name'", "name"),
        ("DELETE FROM registry_info WHERE key = 'id'", "id"),
        ("DELETE FROM registry_info WHERE key = 'is_synthetic'", "is_synthetic"),
        ("UPDATE registry_info SET value = substr(value, 1, 5) WHERE key = 'note'", "note"),
        ("UPDATE compound SET name = CAST(x'e5308f' AS TEXT) WHERE code = 'C1'", "C1"),
        ("INSERT INTO entity (id, code, kind) VALUES ('x', 'C9', 'compounds')", "C9"),
        ("INSERT INTO entity (id, code, kind) VALUES ('x', x'00ff', 'compounds')", "b'\\x00\\xff'"),
    ],
)
def test_that_what_decides_a_figure_is_named_and_no_figure_given(path, statement, code):
    by_sql(path, statement)
    assert code in {found for _, found in named(path)}
    assert code in refused(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("valid_from", "2026-13-01"),
        ("past", "no JSON"),
        ("past", "[" * 5000 + "]" * 5000),
        ("geom", b"no outline"),
        ("version", "x"),
        ("households", "many"),
    ],
)
def test_that_verify_names_what_opening_refuses_though_it_fits_its_checksum(path, column, value):
    with_right_checksum(path, "compound", "C1", column, value)
    assert named(path) == {("compound", "C1")}
    assert refused(path) == {"C1"}


def test_that_an_unreadable_character_is_a_row_and_not_an_end(path):
    by_sql(
        path,
        "UPDATE compound SET name = CAST(x'e5308f' AS TEXT) WHERE code = 'C1'",
        "UPDATE change SET why = CAST(x'e5308f' AS TEXT) WHERE seq = 2",
        "UPDATE compound SET households = 9 WHERE code = 'C2'",
    )
    assert named(path) >= {("compound", "C1"), ("compound", "C2"), ("change", "2")}


def test_that_a_second_copy_that_is_gone_is_named(path):
    registry = Registry.open(path)
    for code in ("Y1", "Y2"):
        record = make_record("firms", str(uuid.uuid4()), code, name=code)
        registry.commit([Put(record)], verb="import", is_bulk=True)
    registry.close()
    assert named(path) == set()
    for fid in (2, 1):
        by_sql(path, f"DELETE FROM kept WHERE fid = {fid}")
        assert {table for table, _ in named(path)} == {"kept"}


@pytest.mark.parametrize("column", ["row_id", "code"])
def test_that_a_detail_about_no_text_is_named_and_ends_nothing(path, column):
    by_sql(path, f"UPDATE change_detail SET {column} = x'00ff' WHERE fid = 1")
    assert "change_detail" in {table for table, _ in named(path)}


def test_that_a_file_that_sqlite_cannot_read_on_is_still_looked_at_to_its_end(path):
    size, (page, *_) = pages_of(path, "backdrop")
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(b"\xff" * 8)
    by_sql(path, "UPDATE change SET why = 'x' WHERE seq = 2")
    assert ("change", "2") in named(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change_detail SET before = '900' WHERE fid = (SELECT MAX(fid) FROM change_detail)",
        "UPDATE change_detail SET after = '{' WHERE fid = (SELECT MAX(fid) FROM change_detail)",
        "UPDATE change SET why = 'x' WHERE seq = (SELECT MAX(seq) FROM change)",
        "UPDATE change SET at = x'00ff' WHERE seq = (SELECT MAX(seq) FROM change)",
    ],
)
def test_that_a_step_that_does_not_check_is_not_taken_back_and_is_named(path, statement):
    by_sql(path, statement)
    registry = Registry.open(path)
    last = registry.last_step
    with pytest.raises(IntegrityFault, match=f"第 {last} 步"):
        registry.undo()
    with pytest.raises(IntegrityFault, match=f"第 {last} 步"):
        registry.history()
    assert registry.find("C1").get("households") == 200
    assert registry.last_step == last
    registry.close()
    assert {table for table, _ in named(path)} <= {"change", "change_detail"}


@pytest.mark.parametrize("seq", ["'zz'", "9223372036854775807"])
def test_that_a_step_with_a_strange_number_is_damage(path, seq):
    by_sql(path, f"UPDATE change SET seq = {seq} WHERE seq = (SELECT MAX(seq) FROM change)")
    assert ("change", "") in named(path)
    refused(path)


@pytest.mark.parametrize("number", ["'3x'", str(NEWEST + 1), "2"])
def test_that_steps_of_the_schema_that_were_never_taken_are_damage(path, number):
    by_sql(
        path,
        "DELETE FROM schema_step WHERE number = 2",
        f"UPDATE schema_step SET number = {number} WHERE number = 3",
    )
    with pytest.raises(IntegrityFault, match="schema_step"):
        care.verify(path)
    with pytest.raises(IntegrityFault, match="schema_step"):
        Registry.open(path)


def test_that_the_last_detail_gone_from_the_journal_is_named_on_opening(path):
    by_sql(path, "DELETE FROM change_detail WHERE fid = (SELECT MAX(fid) FROM change_detail)")
    assert ("change_detail", "") in named(path)
    refused(path)


@pytest.mark.parametrize("from_the_end", [1, 2, 3])
def test_that_a_step_whose_detail_is_gone_is_named_when_it_is_read(path, from_the_end):
    """Opening does not count a long journal; the file ends with steps of one, two and one details."""
    with closing(sqlite3.connect(path)) as raw:
        gone, change = raw.execute(
            f"SELECT fid, change_id FROM change_detail ORDER BY fid DESC LIMIT 1 OFFSET {from_the_end}"
        ).fetchone()
    by_sql(path, f"DELETE FROM change_detail WHERE fid = {gone}")
    assert ("change_detail", "") in named(path)
    registry = Registry.open(path)
    for read in (lambda: registry.undo(change), registry.history, lambda: registry.history("C1")):
        with pytest.raises(IntegrityFault):
            read()
    registry.close()


@pytest.mark.parametrize("hidden", [1, 2])
def test_that_an_index_that_hides_a_detail_is_not_taken_for_nothing(path, hidden):
    with closing(sqlite3.connect(path)) as raw:
        (change,) = raw.execute("SELECT id FROM change ORDER BY seq DESC LIMIT 1 OFFSET 1").fetchone()
    size, pages = pages_of(path, "ix_change_detail_change_id")
    content = path.read_bytes()
    places = [
        at
        for page in pages
        for at in range(page * size, (page + 1) * size)
        if content.startswith(change.encode(), at)
    ]
    assert len(places) == 2
    for at in places[:hidden]:
        flip(path, at + len(change) - 1, 0)
    registry = Registry.open(path)
    with pytest.raises(IntegrityFault, match="没有据此改动"):
        registry.undo(change)
    registry.close()
    assert ("change_detail", "") in named(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'compound'",
        "UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'compound'",
        "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 4326 WHERE srs_id = 4490",
        "UPDATE gpkg_spatial_ref_sys SET definition = replace(definition, '6378137', '6378138')",
    ],
)
def test_that_verify_names_a_frame_that_speaks_otherwise_of_the_layers(path, statement):
    by_sql(path, statement)
    assert {table for table, _ in named(path)} & {
        "gpkg_contents",
        "gpkg_geometry_columns",
        "gpkg_spatial_ref_sys",
    }


_TABLES = ("entity", "compound", "street", "organisation", "registry_info", "change", "change_detail")


@pytest.mark.parametrize("table", _TABLES)
def test_that_a_flipped_bit_is_named_or_moves_nothing(path, tmp_path, table):
    """A control is in it: most flips in pages with content must be told, else the flips hit nothing."""
    before = _content(path)
    rng = random.Random(table)
    size, pages = pages_of(path, table)
    told = 0
    for _ in range(8):
        copy = shutil.copy(path, tmp_path / "flipped.gpkg")
        page = rng.choice(pages)
        filled = [at for at, byte in enumerate(path.read_bytes()[page * size : (page + 1) * size]) if byte]
        flip(copy, page * size + rng.choice(filled), rng.randrange(8))
        try:
            is_named = bool(care.verify(copy))
        except RegistryError:
            is_named = True
        try:
            same = _content(copy) == before
        except IntegrityFault:
            same = True  # refused: no figure
        assert is_named or same
        told += is_named
    assert told >= 4


def _content(path):
    registry = Registry.open(path)
    try:
        rows = {kind: dict(registry.dataset.of(kind)) for kind in KINDS}
        return rows, registry.dataset.used_codes, registry.profile.text, registry.zone
    finally:
        registry.close()


@pytest.mark.parametrize("column", ["sql", "name", "type"])
@pytest.mark.parametrize("value", [b"\xff\xfe", "é".encode() + b"\xc3"])
def test_that_a_damaged_schema_is_damage_whatever_it_holds(path, column, value):
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(f"UPDATE sqlite_master SET {column} = ? WHERE name = 'waiver'", (value,))
        raw.execute(f"UPDATE sqlite_master SET {column} = CAST(? AS TEXT) WHERE name = 'zone'", (value,))
        raw.commit()
    for ask in (care.verify, Registry.open):
        with pytest.raises(RegistryError) as caught:
            ask(path)
        assert caught.value.exit_status in (2, 5)
