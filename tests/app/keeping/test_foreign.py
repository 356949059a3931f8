"""Edits that another program made in the file are listed, taken or turned back, and never punished."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest

from app.domain.kinds import KINDS
from app.errors import IntegrityFault, InvalidInput
from app.persistence.foreign.known import known_records
from app.services.edit import edit
from app.services.keeping import care
from app.services.keeping.foreign import found_edits, settle
from app.services.registry.registry import Registry
from tests.app.builders import square
from tests.app.persistence.damaging import by_sql
from tests.app.persistence.foreign import a_worked_registry, rows_of


@pytest.fixture
def path(tmp_path):
    registry = a_worked_registry(tmp_path)
    registry.close()
    return registry.path


@dataclass(frozen=True)
class Case:
    """What another program does, and how it must be listed: kind, code, what, field → (before, after)."""

    name: str
    sql: str
    listed: tuple[str, str, str]
    cells: dict[str, tuple[object, object]]


CASES = [
    Case(
        "a cell of an imported record",
        "UPDATE compound SET households = 999 WHERE code = 'B1'",
        ("compounds", "B1", "changed"),
        {"households": (120, 999)},
    ),
    Case(
        "a cell of a record that was never edited since",
        "UPDATE compound SET name = '别名' WHERE code = 'B3'",
        ("compounds", "B3", "changed"),
        {"name": ("一次来的3", "别名")},
    ),
    Case(
        "a cell of a record made alone",
        "UPDATE compound SET address = NULL, households = 0 WHERE code = 'C1'",
        ("compounds", "C1", "changed"),
        {"households": (120, 0), "address": ("临泉路 1 号", None)},
    ),
    Case(
        "a day",
        "UPDATE compound SET valid_from = '2020-01-02' WHERE code = 'B2'",
        ("compounds", "B2", "changed"),
        {"valid_from": (None, "2020-01-02")},
    ),
    Case(
        "an outline",
        "UPDATE compound SET geom = (SELECT geom FROM compound WHERE code = 'B3') WHERE code = 'B2'",
        ("compounds", "B2", "changed"),
        {"geometry": (square(0.012, 0.0041).wkt, square(0.012, 0.006).wkt)},
    ),
    Case(
        "a guard of ours alone",
        "UPDATE compound SET checksum = 'x' WHERE code = 'B2'",
        ("compounds", "B2", "changed"),
        {},
    ),
    Case(
        "our row's id, by a calculator",
        "UPDATE compound SET id = 'theirs', households = 7 WHERE code = 'B3'",
        ("compounds", "B3", "changed"),
        {"households": (103, 7)},
    ),
    Case(
        "a fact",
        "UPDATE fact SET value = 'no' WHERE key = 'gate_guard'",
        ("facts", "", "changed"),
        {"value": ("yes", "no")},
    ),
    Case(
        "a row without any of our columns",
        "INSERT INTO compound (name, households, geom) SELECT '画的', 12, geom FROM compound WHERE code = 'B3'",
        ("compounds", "C000001", "added"),
        {"name": (None, "画的"), "households": (None, 12), "geometry": (None, square(0.012, 0.006).wkt)},
    ),
    Case(
        "a deleted record",
        "DELETE FROM compound WHERE code = 'B1'",
        ("compounds", "B1", "deleted"),
        {"name": ("改过的名", None), "kind": ("old", None), "households": (120, None)},
    ),
    Case(
        "a deleted fact",
        "DELETE FROM fact WHERE key = 'gate_guard'",
        ("facts", "", "deleted"),
        {"value": ("yes", None)},
    ),
]
ids = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def found_in(path):
    registry = Registry.open(path)
    try:
        return found_edits(registry)
    finally:
        registry.close()


def settled(path, **choice):
    registry = Registry.open(path, by="tester")
    try:
        return settle(registry, choice.get("take", ()), choice.get("turn_back", ()), why="看过")
    finally:
        registry.close()


@ids
def test_that_an_edit_is_listed_and_reading_goes_on_as_before(path, case):
    before = Registry.open(path).dataset
    by_sql(path, case.sql)
    registry = Registry.open(path)
    for kind in KINDS:
        assert registry.dataset.of(kind) == before.of(kind)
    (found,) = found_edits(registry)
    assert (found.kind, found.what) == (case.listed[0], case.listed[2])
    assert case.listed[1] in ("", found.code)
    cells = {cell.field: (cell.before, cell.after) for cell in found.cells}
    assert cells == cells | case.cells
    assert case.listed[2] != "changed" or set(cells) == set(case.cells)
    assert found.problem is None
    with pytest.raises(IntegrityFault, match="foreign"):
        edit.set_values(registry, ["C2"], {"households": 5})
    registry.close()
    assert len(care.verify(path)) == 1


@ids
def test_that_an_edit_turned_back_leaves_the_rows_to_the_bit(path, case):
    rows = rows_of(path)
    by_sql(path, case.sql)
    assert rows_of(path) != rows
    changes, taken, back = settled(path, turn_back=["all"])
    assert (len(taken), len(back), changes.change is not None) == (0, 1, True)
    assert rows_of(path) == rows
    assert care.verify(path) == []
    assert found_in(path) == []


@ids
def test_that_an_edit_taken_is_one_change_that_can_be_taken_back(path, case):
    registry = Registry.open(path)
    before, steps = registry.dataset, registry.last_step
    registry.close()
    by_sql(path, case.sql)
    code = found_in(path)[0].code
    settled(path, take=[code])
    assert care.verify(path) == []
    registry = Registry.open(path, by="tester")
    assert registry.last_step == steps + 1
    assert (registry.history()[0].verb, registry.history()[0].why) == ("foreign", "看过")
    if case.cells:
        assert _plain(registry.dataset) != _plain(before)
        for name, (_, after) in case.cells.items():
            assert _says(registry, code, case.listed[0], name) in (after, None)
        registry.undo()
    assert _plain(registry.dataset) == _plain(before)
    registry.close()
    assert care.verify(path) == []


@pytest.mark.parametrize("case", [c for c in CASES if c.cells], ids=[c.name for c in CASES if c.cells])
def test_that_turning_back_can_be_taken_back_and_done_again(path, case):
    registry = Registry.open(path)
    before = registry.dataset
    registry.close()
    by_sql(path, case.sql)
    settled(path, turn_back=[found_in(path)[0].code])
    registry = Registry.open(path, by="tester")
    registry.undo()
    with_theirs = registry.dataset
    assert _plain(with_theirs) != _plain(before)
    registry.redo()
    assert _plain(registry.dataset) == _plain(before)
    registry.undo()
    assert _plain(registry.dataset) == _plain(with_theirs), "and once more"
    registry.redo()
    assert _plain(registry.dataset) == _plain(before)
    registry.close()
    assert care.verify(path) == []


@pytest.mark.parametrize(
    ("take", "turn_back"), [([], ["all"]), (["B1"], ["all"]), (["all"], ["B1"])], ids=["back", "gone", "kept"]
)
def test_that_a_record_deleted_and_a_row_about_it_edited_are_one_step_back_and_forth(path, take, turn_back):
    by_sql(path, "UPDATE fact SET value = 'no' WHERE key = 'gate_guard'")
    by_sql(path, "DELETE FROM compound WHERE code = 'B1'")
    settled(path, take=take, turn_back=turn_back)
    registry = Registry.open(path, by="tester")
    left = registry.dataset
    registry.undo()
    assert (registry.dataset.find("B1") is None) is ("B1" not in take)
    registry.redo()
    assert _plain(registry.dataset) == _plain(left)
    registry.close()
    assert care.verify(path) == []


def _plain(dataset):
    """Return all records but for their ids and versions."""
    return {
        kind: {code: record._replace(id="", version=0) for code, record in dataset.of(kind).items()}
        for kind in KINDS
    }


def _says(registry, code, kind, name):
    record = registry.dataset.of(kind).get(code)
    if record is None:
        return None
    value = record.geometry.wkt if name == "geometry" else record.said(name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_that_each_record_is_known_again_exactly(path):
    registry = Registry.open(path)
    kind_of = {r.id: kind for kind in KINDS for r in registry.dataset.of(kind).values()}
    with registry._store.reading() as connection:
        known = known_records(connection, kind_of)
    assert {r.id: r for kind in KINDS for r in registry.dataset.of(kind).values()} == known
    registry.close()


def test_that_each_record_of_a_sample_is_known_again_exactly(yaohai_sample):
    registry = Registry.open(yaohai_sample)
    kind_of = {r.id: kind for kind in KINDS for r in registry.dataset.of(kind).values()}
    with registry._store.reading() as connection:
        known = known_records(connection, kind_of)
    assert {r.id: r for kind in KINDS for r in registry.dataset.of(kind).values()} == known
    registry.close()


def test_that_a_copy_with_its_codes_is_an_added_record_that_keeps_the_code_it_got(path):
    by_sql(
        path,
        "INSERT INTO compound (id, code, name, kind, households, version, checksum, geom)"
        " SELECT id || '_1', code || '_1', name, kind, households, version, checksum, geom FROM compound WHERE code = 'B3'",
    )
    (found,) = found_in(path)
    assert (found.what, found.code, found.problem) == ("added", "B3_1", None)
    settled(path, take=["B3_1"])
    registry = Registry.open(path)
    assert registry.find("B3_1").get("households") == registry.find("B3").get("households")
    assert registry.find("B3_1").id != registry.find("B3").id
    registry.close()
    assert care.verify(path) == []


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE compound SET households = -5 WHERE code = 'B1'", "B1"),
        ("UPDATE compound SET code = 'B9' WHERE code = 'B1'", "B1"),
        ("UPDATE compound SET name = '13812345678' WHERE code = 'B1'", "B1"),
        ("UPDATE compound SET kind = 'castle' WHERE code = 'B1'", "B1"),
        ("UPDATE compound SET valid_from = '2020-02-01', valid_until = '2020-01-01' WHERE code = 'B1'", "B1"),
        ("DELETE FROM community WHERE code = '340102001001'", "340102001001"),
        ("INSERT INTO community (name) VALUES ('没有代码')", "fid2"),
        ("UPDATE compound SET community_id = 'nothing' WHERE code = 'B1'", "B1"),
    ],
)
def test_that_what_does_not_hold_says_why_and_can_only_be_turned_back(path, sql, code):
    rows = rows_of(path)
    by_sql(path, sql)
    (found,) = found_in(path)
    assert found.code == code
    assert found.problem is not None
    with pytest.raises(InvalidInput) as refused:
        settled(path, take=["all"])
    assert [problem.message for problem in refused.value.problems] == [found.problem]
    assert found_in(path) != []
    settled(path, turn_back=["all"])
    assert rows_of(path) == rows
    assert care.verify(path) == []


def test_that_turning_back_what_never_held_is_kept_to_be_read_and_in_no_ones_way(path):
    by_sql(path, "UPDATE compound SET households = -5 WHERE code = 'B1'")
    registry = Registry.open(path, by="tester")
    before, undone = registry.dataset, registry.next_undo()
    settle(registry, [], ["all"])
    (kept,) = registry.history()[0].details
    assert (kept.kind, kept.code, kept.field, kept.before, kept.after) == (
        "foreign",
        "B1",
        "households",
        -5,
        120,
    )
    assert registry.next_undo() == undone
    assert registry.dataset.of("compounds") == before.of("compounds")
    registry.undo()
    registry.redo()
    assert registry.dataset.find("B3") is not None
    registry.close()
    assert care.verify(path) == []


def test_that_a_record_is_unmade_though_what_never_held_was_turned_back_on_it(path):
    registry = Registry.open(path, by="tester")
    edit.add(registry, "firms", {"code": "FX", "name": "新物业"})
    edit.set_values(registry, ["FX"], {"name": "改名物业"})
    registry.close()
    by_sql(path, "UPDATE firm SET street_id = 'nowhere' WHERE code = 'FX'")
    settled(path, turn_back=["FX"])
    registry = Registry.open(path, by="tester")
    registry.undo()
    registry.undo()
    assert registry.dataset.find("FX") is None
    registry.close()
    assert care.verify(path) == []


def test_that_an_added_record_goes_back_and_comes_again_as_often_as_is_wished(path):
    by_sql(path, "INSERT INTO organisation (code, name, type) VALUES ('OX', '另一程序的', 'branch')")
    settled(path, turn_back=["OX"])
    registry = Registry.open(path, by="tester")
    for _ in range(3):
        registry.undo()
        assert registry.find("OX").text("name") == "另一程序的"
        registry.redo()
        assert registry.dataset.find("OX") is None
    registry.close()
    assert care.verify(path) == []


def test_that_rows_that_lean_on_what_never_held_are_in_no_ones_way_either(path):
    """A removed record comes back under its own code, which never holds, and the rows about it lean on that."""
    tables = ("compound", "fact")
    with closing(sqlite3.connect(path)) as raw:
        rows = {table: raw.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
        held = {row[0] for row in raw.execute("SELECT id FROM compound WHERE code = 'B1'")}
    registry = Registry.open(path, by="tester")
    edit.remove(registry, "B1", "撤了")
    registry.close()
    with closing(sqlite3.connect(path)) as raw:
        for table in tables:
            mine = [row for row in rows[table] if held & set(row)]
            raw.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(mine[0]))})', mine)
        raw.commit()
    assert {e.kind for e in found_in(path)} == {"compounds", "facts"}
    settled(path, turn_back=["all"])
    registry = Registry.open(path, by="tester")
    registry.undo()
    assert registry.find("B1").text("name") == "改过的名", "the removal is what was undone"
    registry.close()
    assert care.verify(path) == []


def test_that_some_are_taken_and_some_turned_back_at_once_and_the_rest_waits(path):
    by_sql(
        path,
        "UPDATE compound SET households = 999 WHERE code = 'B1'",
        "UPDATE compound SET households = -5 WHERE code = 'B2'",
        "UPDATE compound SET name = '别名' WHERE code = 'B3'",
    )
    by_sql(path, "DELETE FROM fact")
    settled(path, take=["B1"], turn_back=["B2", *(e.code for e in found_in(path) if e.kind == "facts")])
    registry = Registry.open(path, by="tester")
    assert [found.code for found in found_edits(registry)] == ["B3"]
    assert (registry.find("B1").get("households"), registry.find("B3").text("name")) == (999, "一次来的3")
    with pytest.raises(IntegrityFault):
        registry.undo()
    settle(registry, ["all"], [])
    edit.set_values(registry, ["B2"], {"households": 6})
    registry.close()
    assert care.verify(path) == []


def test_that_a_record_edited_elsewhere_meanwhile_is_not_written_over(path):
    registry = Registry.open(path)
    by_sql(path, "UPDATE compound SET households = 999 WHERE code = 'B1'")
    with pytest.raises(IntegrityFault, match="B1"):
        edit.set_values(registry, ["B1"], {"name": "另名"})
    with pytest.raises(IntegrityFault, match="B1"):
        edit.remove(registry, "B1", "撤了")
    registry.close()
    assert found_in(path)[0].cells[0].after == 999


@pytest.mark.parametrize("value", ["x'00ff'", "CAST(x'e5308f' AS TEXT)", "'many'"])
def test_that_what_cannot_be_decoded_stays_damage(path, value):
    by_sql(path, f"UPDATE compound SET households = {value} WHERE code = 'B1'")
    with pytest.raises(IntegrityFault) as refused:
        Registry.open(path)
    assert [problem.code for problem in refused.value.problems] == ["B1"]


def test_that_damage_of_the_second_copy_is_named_and_a_record_it_held_is_not_made_up(path):
    by_sql(path, "UPDATE kept SET content = substr(content, 1, 40)")
    assert {damage.table for damage in care.verify(path)} == {"kept"}
    Registry.open(path).close()  # nothing is asked of it while every row fits
    by_sql(path, "UPDATE compound SET households = 999 WHERE code = 'B1'")
    with pytest.raises(IntegrityFault, match="B1"):
        Registry.open(path)


def test_that_a_field_calculator_over_a_whole_layer_is_one_edit_a_record(path):
    by_sql(path, "UPDATE compound SET households = COALESCE(households, 0) + 1")
    assert {edit.code for edit in found_in(path)} == {"B1", "B2", "B3", "C1", "C2"}
    settled(path, take=["all"])
    assert care.verify(path) == []
