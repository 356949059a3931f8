"""Cells of a table written at once: one change, every refusal with its row, nothing half done."""

from __future__ import annotations

import pytest

from app.domain.period import today
from app.errors import InvalidInput
from app.services.edit.sheet_edits import CellEdit, plan_cells, read_block, write_cells
from app.services.registry.registry import Registry
from tests.ui.robots.small import write_small

CODES = [f"C00000{n}" for n in range(1, 6)]


@pytest.fixture
def registry(tmp_path):
    opened = Registry.open(write_small(tmp_path / "small.gpkg"), by="tester")
    yield opened
    opened.close()


def cells(field, *raws):
    return [
        CellEdit(code, field, raw, row, field)
        for row, (code, raw) in enumerate(zip(CODES, raws, strict=False), 1)
    ]


def value(registry, code, key):
    fact = registry.dataset.fact_on(code, key, today())
    return None if fact is None else fact.text("value")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\r\n2\r\n3\r\n", [["1"], ["2"], ["3"]]),
        ("1\n\n3", [["1"], [""], ["3"]]),
        ('"甲\n乙"\t3\n"他说""好"""\t', [["甲 乙", "3"], ['他说"好"', ""]]),
        ('"a\tb"\tc', [["a b", "c"]]),
        ("甲\t乙\n丙", [["甲", "乙"], ["丙", ""]]),
        ("\ufeff 1,200 ", [["1,200"]]),
        ("", []),
    ],
)
def test_that_a_block_is_read_as_a_spreadsheet_writes_it(text, rows):
    assert read_block(text) == rows


def test_that_a_column_of_words_and_numbers_as_people_write_them_is_one_change(registry):
    before = len(registry.history())
    found = [
        *cells("gate_guard", "有", "无", "未知", "是", "否"),
        *cells("households", "1,200", "１２", "3.0", "4", "5"),
    ]
    changes = write_cells(registry, found)
    assert len(registry.history()) == before + 1
    assert [value(registry, code, "gate_guard") for code in CODES] == ["yes", "no", "unknown", "yes", "no"]
    assert [registry.dataset.find(code).get("households") for code in CODES] == [1200, 12, 3, 4, 5]
    registry.undo(changes.change)
    assert [value(registry, code, "gate_guard") for code in CODES] == [None] * 5
    assert [registry.dataset.find(code).get("households") for code in CODES] == [100, 101, 102, 103, 104]


def test_that_one_wrong_cell_keeps_all_from_being_written_and_every_wrong_one_is_told(registry):
    before = len(registry.history())
    found = cells("households", "10", "abc", "30", "-4", "5.5")
    with pytest.raises(InvalidInput) as refused:
        write_cells(registry, found)
    assert [(p.row, p.column, p.code, p.value) for p in refused.value.problems] == [
        (2, "households", "C000002", "abc"),
        (4, "households", "C000004", "-4"),
        (5, "households", "C000005", "5.5"),
    ]
    assert all(problem.message.zh and problem.message.en for problem in refused.value.problems)
    assert len(registry.history()) == before
    write_cells(registry, found, leaves_wrong=True)
    assert len(registry.history()) == before + 1
    assert [registry.dataset.find(code).get("households") for code in CODES] == [10, 101, 30, 103, 104]


def test_that_what_is_registered_already_is_no_change(registry):
    write_cells(registry, cells("gate_guard", "有"))
    before = len(registry.history())
    same = [*cells("gate_guard", "yes"), *cells("households", "100", "101")]
    assert write_cells(registry, same).change is None
    assert plan_cells(registry.dataset, registry.profile, same).count == 0
    assert len(registry.history()) == before


def test_that_a_recorded_fact_is_not_emptied_but_a_field_is(registry):
    assert (
        "清空"
        in plan_cells(registry.dataset, registry.profile, cells("gate_guard", "")).problems[0].message.zh
    )
    write_cells(registry, cells("households", ""))
    assert registry.dataset.find("C000001").get("households") is None


def test_that_what_the_rules_of_a_record_refuse_is_told_by_its_cell_too(registry):
    found = [*cells("address", "临泉路 9 号", "联系 13812345678"), *cells("households", "7", "8")]
    plan = plan_cells(registry.dataset, registry.profile, found)
    assert [(p.row, p.column, p.code) for p in plan.problems] == [(2, "address", "C000002")]
    assert plan.count == 3
    write_cells(registry, found, leaves_wrong=True)
    assert [registry.dataset.find(code).get("households") for code in CODES[:2]] == [7, 8]
    assert registry.dataset.find("C000002").text("address") == "临泉路 2 号"
