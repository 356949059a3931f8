"""Workbooks in the format before XML: read as far as they can be, and what can't be seen in them is said."""

from __future__ import annotations

import pytest

from app.exchange.picture import Block
from app.exchange.reader import read_source
from tests.app.exchange.old_workbook import write_old_workbook
from tests.app.exchange.qinglan import said

HEAD = ("小区名称", "社区", "户数")
ROWS = (("新甲院", "柳东社区居委会", 80), ("新乙院", None, "#N/A"), ("新丙院", "柳西社区居委会", 82))


@pytest.fixture
def book(tmp_path):
    return write_old_workbook(tmp_path / "old.xls", (HEAD, *ROWS), merged=[Block(2, 1, 3, 1)], hidden=[4])


def test_that_merged_cells_are_carried_and_what_cant_be_seen_is_said(planned, book):
    plan = planned(book)
    communities = [{c.field: c.after for c in row.cells}.get("community") for row in plan.rows]
    assert communities[0] == communities[1] != communities[2]
    assert None not in communities
    assert "合并单元格里的值按它盖住的每一行读：B2:B3" in said(plan)
    assert "看不出哪些行、列是隐藏的，错误值（#N/A）读成空的" in said(plan)


def test_that_a_workbook_of_which_all_is_seen_says_nothing_of_it(faults):
    sheets = read_source(faults / "two_sheets_hidden_rows.xlsx", layer="all").sheets
    assert not any("旧格式" in note[0] for sheet in sheets for note in sheet.notes)
