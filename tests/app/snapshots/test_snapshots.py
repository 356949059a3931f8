"""Kept tables: to the digit after whatever happened since, and beside them what was put right, and what changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from app.coverage.results import Query
from app.errors import InvalidInput
from app.services.edit import edit
from app.services.keeping.care import verify
from app.services.registry.registry import Registry
from app.services.snapshots.comparing import coverage_against, differs, explain_against, is_still_so
from app.services.snapshots.snapshots import keep, rename, snapshot_called, snapshots, take_away
from tests.app.town import a_town, ground, made

D1, D2 = date(2024, 1, 1), date(2024, 12, 31)
HOUSES = {(0, 0): 100, (2, 0): 120, (9, 0): 80, (12, 0): 60, (18, 0): 40}
SPLIT = Query(measure="party", by="community", as_of=D1, weight="households", count="split")
WHOLE = Query(measure="party", by="street", as_of=D1)
COLUMNS = ("covered", "uncovered", "unknown")


@pytest.fixture
def town(tmp_path, carried):
    across = made(
        "compounds", "C9", name="跨界", kind="old", households=70, geometry=ground(460, 300, 80, 80)
    )
    branch = made("organisations", "O1", name="支部", type="branch")
    registry = carried(a_town(tmp_path, across, branch, households=HOUSES))
    yield registry
    registry.close()


def reopened(registry):
    registry.close()
    return Registry.open(registry.path)


def adds_up(found):
    for row in (*found.rows, found.unplaced, found.total):
        for column in COLUMNS:
            moved = sum(getattr(part, column) for part in row.parts)
            then = getattr(row.before, column) + moved
            assert then == pytest.approx(getattr(row.figures, column), abs=1e-9 * 500), (row.unit, column)


def told(row):
    return [(p.part, p.covered, p.uncovered, p.unknown, p.codes) for p in row.parts]


@pytest.mark.parametrize("query", [WHOLE, SPLIT])
@pytest.mark.both_stores
def test_that_a_kept_table_is_the_same_to_the_digit_after_edits_undo_and_reopening(town, query):
    counted = town.engine.coverage(query)
    _, kept = keep(town, query, name="一月通报")
    assert kept.published.coverage.rows == counted.rows
    edit.set_values(town, ["C000001"], {"households": 140, "party_organisation": "no"}, since=D1)
    edit.set_values(town, ["C9"], {"geometry": ground(440, 300, 80, 80)})
    town = reopened(town)
    kept = snapshot_called(town, kept.code)
    then = kept.published.coverage
    assert (then.rows, then.unplaced, then.total) == (counted.rows, counted.unplaced, counted.total)
    assert then.as_json("zh")["rows"] == counted.as_json("zh")["rows"]
    assert (is_still_so(town, kept), differs(town, kept)) == (False, ["records"])
    town.undo()
    town.undo()
    assert (is_still_so(town, kept), differs(town, kept)) == (True, [])
    town = reopened(town)
    assert (is_still_so(town, kept), differs(town, kept)) == (True, [])
    assert coverage_against(town, kept, D1).total.parts == ()
    town.close()


def test_that_what_was_put_right_stands_before_what_changed_and_all_adds_up(town):
    _, kept = keep(town, WHOLE)
    edit.attach(town, "O1", ["C000001"], since=date(2023, 5, 1))  # entered late: it was so on D1
    edit.attach(town, "O1", ["C000002"], since=date(2024, 6, 1))
    edit.remove(town, "C000005", "重复")
    found = coverage_against(town, kept, D2)
    adds_up(found)
    assert found.query.against == D1
    assert told(found.total) == [
        ("corrected", 1, 0, -2, ("C000001", "C000005")),
        ("attached", 1, 0, -1, ("C000002",)),
    ]
    west, east = found.rows
    assert told(west) == [
        ("corrected", 1, 0, -1, ("C000001",)),
        ("attached", 1, 0, -1, ("C000002",)),
    ]
    assert told(east) == [("corrected", 0, 0, -1, ("C000005",))]
    changed = explain_against(town, kept, "total", D2).changed
    assert [(one.part, one.code) for one in changed] == [
        ("corrected", "C000001"),
        ("corrected", "C000005"),
        ("attached", "C000002"),
    ]
    assert changed[0].was == {
        "answer": "unknown",
        "reason": "not_surveyed",
        "units": ["340102001"],
        "weight": 1,
    }
    assert changed[0].now["reason"] == "in_force"
    assert changed[1].now == {"answer": None, "reason": "not_in_force", "units": [], "weight": None}


def test_that_a_move_put_right_leaves_the_total_and_shares_add_up(town):
    _, kept = keep(town, SPLIT)
    edit.set_values(town, ["C9"], {"geometry": ground(440, 300, 80, 80)})
    found = coverage_against(town, kept, D2)
    adds_up(found)
    assert told(found.total) == []
    assert [row.parts[0].codes for row in found.rows if row.parts] == [("C9",), ("C9",)]


def test_that_a_day_before_the_tables_own_has_its_change_turned_round(town):
    _, kept = keep(town, replace(WHOLE, as_of=D2))
    edit.attach(town, "O1", ["C000001"], since=date(2024, 6, 1))
    found = coverage_against(town, kept, D1)
    adds_up(found)
    assert told(found.total) == [
        ("corrected", 1, 0, -1, ("C000001",)),
        ("attached", -1, 0, 1, ("C000001",)),
    ]


def test_that_only_another_profile_is_a_definition_and_with_records_a_correction(town):
    edit.add(town, "firms", {"name": "安居", "code": "F9"})
    edit.attach(town, "F9", ["C000001"], role="trial", since=date(2023, 1, 1))
    _, other = keep(town, WHOLE)
    _, with_trial = keep(town, replace(WHOLE, measure="property"))
    narrower = town.profile.text.replace('stages = ["trial", ', "stages = [", 1)
    assert narrower != town.profile.text
    town.replace_profile(narrower, why="试用不计")
    (part,) = coverage_against(town, with_trial, D1).total.parts
    assert (part.part, part.covered, part.unknown, part.codes) == ("definition", -1, 1, ("C000001",))
    assert differs(town, with_trial) == ["profile"]
    edit.set_values(town, ["C000002"], {"households": 1})
    assert coverage_against(town, with_trial, D1).total.parts[0].part == "corrected"
    assert coverage_against(town, other, D1).total.parts == ()


def test_that_a_unit_that_is_gone_keeps_its_row(town):
    _, kept = keep(town, replace(WHOLE, by="community"))
    edit.set_values(town, ["C000005"], {"geometry": ground(20, 600, 80, 80)})
    edit.remove(town, "340102002001", "登记错了")
    found = coverage_against(town, kept, D2)
    adds_up(found)
    gone = next(row for row in found.rows if row.unit == "340102002001")
    assert (gone.before.total, gone.figures.total, gone.name) == (2, 0, "社区2001")
    assert gone.parts[0].part == "corrected"


@pytest.mark.both_stores
def test_that_tables_are_listed_named_and_taken_away_and_each_is_taken_back(town):
    change, kept = keep(town, WHOLE, why="一季度通报")
    assert (change.verb, change.codes, kept.code) == ("snapshot", ("P000001",), "P000001")
    assert kept.name == "党组织覆盖·按街道·2024-01-01"
    rename(town, kept.code, "一季度")
    assert [one.name for one in snapshots(town)] == ["一季度"]
    take_away(town, kept.code, why="重复")
    assert snapshots(town) == []
    town.undo()
    assert snapshot_called(town, kept.code).published == kept.published
    town.undo()
    town.undo()
    assert snapshots(town) == []
    assert keep(town, WHOLE)[1].code == "P000002"


def test_that_a_table_is_not_falsified_by_set_and_needs_name_and_reason(town):
    _, kept = keep(town, WHOLE)
    for words in ({"figures": "{}"}, {"name": "另一张"}):
        with pytest.raises(InvalidInput, match="程序自己写"):
            edit.set_values(town, [kept.code], words)
    for name in ("", "找13812345678"):
        with pytest.raises(InvalidInput):
            rename(town, kept.code, name)
    with pytest.raises(InvalidInput):
        take_away(town, kept.code, why=" ")
    with pytest.raises(InvalidInput, match="P000001"):
        snapshot_called(town, "P9")
    assert snapshots(town) == [kept]


def test_that_damage_of_a_kept_table_is_named(town):
    _, kept = keep(town, WHOLE)
    town.close()
    with sqlite3.connect(town.path) as other:
        other.execute("UPDATE snapshot SET figures = replace(figures, '4', '5')")
    assert [(one.table, one.code) for one in verify(town.path)] == [("snapshot", kept.code)]
