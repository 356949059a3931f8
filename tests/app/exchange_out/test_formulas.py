"""Text that begins like a formula stays text, in Excel and in CSV."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from app.exchange.formats.csv_table import write_csv
from app.exchange.formats.plain_text import begins_like_formula
from app.exchange.workbook.book import write_workbook
from app.jobs import Ticket
from tests.app.exchange_out.builders import a_leaving, a_level, a_row

ATTACKS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", " =1", "\u3000=1", "\ufeff=1", "\n=1",
    '=HYPERLINK("http://a")', "http://evil.example", "mailto:a@b", "internal:Sheet1!A1", "123", "1e5", "true",
]  # fmt: skip
DANGEROUS = ATTACKS.index(
    "http://evil.example"
)  # those before it could run; the others are only not to be changed


def attacked():
    rows = [a_row(f"={n}" if n % 2 else f"X{n}", attack, 1, 2, 3) for n, attack in enumerate(ATTACKS)]
    leaving = a_leaving(synthetic=None, title="=1+1")
    return replace(
        leaving, levels={"street": a_level("street", "街道", rows), "grid": leaving.levels["grid"]}
    )


def test_that_a_workbook_holds_no_formula_and_no_link(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, attacked(), Ticket())
    book = openpyxl.load_workbook(path)
    sheet = book["街道"]
    names = [row[1].value for row in sheet.iter_rows(min_row=3, max_row=2 + len(ATTACKS))]
    # openpyxl leaves a carriage return as the file spells it
    assert [name.replace("_x000D_", "\r") for name in names] == ATTACKS
    for sheet in book:
        assert all(
            cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row
        )
    for row in book["街道"].iter_rows(min_row=3, max_row=2 + len(ATTACKS), max_col=2):
        assert all(cell.data_type == "s" for cell in row)
        assert all(
            cell.quotePrefix for cell in row if begins_like_formula(cell.value.replace("_x000D_", "\r"))
        )
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_that_a_csv_cell_never_begins_like_a_formula(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, attacked(), Ticket())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["代码", "名称", "覆盖", "未覆盖", "未知", "合计", "覆盖率", "最低", "最高"]
    assert [row[1].removeprefix("'") for row in rows[1 : 1 + len(ATTACKS)]] == ATTACKS
    told = [row[1].startswith("'") for row in rows[1 : 1 + len(ATTACKS)]]
    assert told == [True] * DANGEROUS + [False] * (len(ATTACKS) - DANGEROUS)
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in rows for cell in row if cell)
    assert [row[1] for row in rows[1 + len(ATTACKS) : 3 + len(ATTACKS)]] == ["未落格", "合计"]


@pytest.mark.parametrize("text", ["大关东苑", "3-2 栋", "A=1", "", "(1)"])
def test_that_ordinary_text_is_left_alone(text):
    assert not begins_like_formula(text)


def test_that_a_workbook_has_a_sheet_for_each_unit_with_its_ends_and_formats(tmp_path):
    path = tmp_path / "a.xlsx"
    leaving = a_leaving()
    write_workbook(path, leaving, Ticket())
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["街道", "网格", "说明"]
    sheet = book["网格"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    count = len(leaving.levels["grid"].rows)
    assert [row[1] for row in rows[count : count + 2]] == ["未落格", "合计"]
    assert sum(row[2] for row in rows[: count + 1]) == rows[count + 1][2]
    assert sheet.freeze_panes == "C3"
    assert sheet["G3"].number_format == "0.0%" or sheet["G3"].value is None
    assert rows[count + 3][0] == "合成数据"
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["截至"] == "2026-11-21"
    assert about["定义"] == "有在期党组织挂接到小区本身"
    assert "审图号" in about


def test_that_zero_unknown_nothing_to_count_and_withheld_are_told_apart_in_a_workbook(tmp_path):
    rows = [a_row("1", "零", 0, 3, 0), a_row("2", "未查", 0, 0, 4), a_row("3", "空", 0, 0, 0)]
    rows.append(a_row("4", "藏", 0, 0, 2, is_hidden=True))
    leaving = a_leaving()
    level = replace(leaving.levels["grid"], rows=tuple(rows))
    write_workbook(tmp_path / "a.xlsx", replace(leaving, levels={"grid": level}, by="grid"), Ticket())
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    zero, unknown, nothing, withheld = (book["网格"].cell(line, 7) for line in range(3, 7))
    assert (zero.value, zero.number_format) == (0, "0.0%")
    assert (unknown.value, unknown.fill.patternType) == (None, "lightUp")
    assert (nothing.value, nothing.fill.patternType) == (None, "solid")
    assert withheld.value == "未公开"
    about = [(row[0].fill.patternType, row[1].value) for row in book["说明"].iter_rows()]
    assert ("lightUp", "全未查清") in about
    assert ("solid", "没有可计的") in about
