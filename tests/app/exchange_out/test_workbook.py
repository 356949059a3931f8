"""The workbook for leaders: one A4 with bars, formats by what a number is, names beside codes, ledgers on request."""

from __future__ import annotations

import re
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from app.coverage.results import Query
from app.domain.leaving.paper import low_first
from app.exchange.workbook.book import WORKBOOK
from app.exchange.workbook.style import width_of
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, Grounds, export, write_one
from app.services.registry.registry import Registry

DAY = date(2026, 11, 30)
STREET = "340102011"


@pytest.fixture(scope="module")
def registry(yaohai_sample):
    with closing(Registry.open(yaohai_sample)) as opened:
        yield opened


@pytest.fixture(scope="module")
def leaders(registry, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    leaving = Grounds(registry, ExportRequest(as_of=DAY), [WORKBOOK], Ticket()).leaving(
        None, WORKBOOK, Ticket()
    )
    write_one(path, WORKBOOK, leaving, Ticket())
    return leaving.papers[0], path


@pytest.fixture(scope="module")
def ledgers(registry, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "l.xlsx"
    export(registry, path, ExportRequest(as_of=DAY, unit=STREET, by="community", ledgers=True))
    return openpyxl.load_workbook(path)


def column(sheet, heading):
    heads = [cell.value for cell in sheet[2]]
    return [cells[heads.index(heading)] for cells in sheet.iter_rows(min_row=3)]


def test_that_the_first_sheet_says_what_the_paper_says_with_bars_on_one_a4(leaders, registry):
    paper, path = leaders
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["一览", "街道", "区", "社区", "网格", "说明"]
    sheet = book["一览"]
    said = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    for part in (
        paper.title,
        "2026-11-30",
        paper.headline,
        paper.fraction(paper.total),
        "合成数据：",
        "审图号：",
    ):
        assert part in said
    assert paper.change.sentence.zh in said
    assert all(todo.text.zh in said for todo in paper.todo)
    rows = [[cell.value for cell in row[:10]] for row in sheet.iter_rows(min_row=6, max_row=6 + 14)]
    ordered = [*low_first(unit.row for unit in paper.units), paper.unplaced, paper.total]
    assert [row[:2] for row in rows] == [[row.name, row.code] for row in ordered]
    found = registry.engine.coverage(Query(measure="party", by="street", as_of=DAY))
    by_code = {row.unit: row.figures for row in found.rows}
    for row in rows[:13]:
        exact = by_code[row[1]]
        assert row[2:6] == [exact.covered, exact.uncovered, exact.unknown, exact.total]
        rates = [exact.rate, exact.low, exact.unknown / exact.total, exact.high]
        assert row[6:10] == pytest.approx(rates, rel=1e-15)  # a workbook keeps sixteen figures
    setup = sheet.page_setup  # one page by one is what a file need not say
    assert (setup.paperSize, setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (setup.fitToWidth, setup.fitToHeight) == (None, None)
    with zipfile.ZipFile(path) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    bars = re.findall(r'<x14:dataBar .*?gradient="0".*?<xm:f>(.*?)</xm:f>.*?<xm:f>(.*?)</xm:f>', xml)
    assert bars == [("0", "1"), ("0", "1")]  # what is covered for sure, and what is unknown apart from it
    assert re.findall(r"<xm:sqref>(.*?)</xm:sqref>", xml) == ["H6:H20", "I6:I20"]


def test_that_a_headline_without_a_rate_leaves_room_for_the_sentence_beside_it(registry, tmp_path):
    path = tmp_path / "thin.xlsx"
    leaving = Grounds(registry, ExportRequest(as_of=DAY), [WORKBOOK], Ticket()).leaving(
        None, WORKBOOK, Ticket()
    )
    (paper,) = leaving.papers
    thin = replace(paper, total=replace(paper.total, covered=370, uncovered=52, unknown=1387))
    write_one(path, WORKBOOK, replace(leaving, papers=(thin,)), Ticket())
    cell = openpyxl.load_workbook(path)["一览"]["A3"]
    assert (cell.value, cell.font.size) == ("已知 422/1,809", 15)


def test_that_every_sheet_says_what_when_and_whose_and_which_page_of_how_many(leaders, ledgers):
    for book in (openpyxl.load_workbook(leaders[1]), ledgers):
        for sheet in book:
            header, footer = sheet.oddHeader, sheet.oddFooter
            assert header.left.text.strip()
            assert header.right.text.strip().startswith("2026-11-30 合成数据")
            assert footer.right.text.strip() == "第 &P 页 / 共 &N 页"
            assert sheet.page_setup.paperSize == 9
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.page_setup.fitToWidth in (None, 1)
            assert sheet.print_title_rows
    for name in ledgers.sheetnames:
        if name.endswith("台账"):
            assert re.match(rf"长淮街道\u3000{name} · 截至 2026-11-30 · 合成数据", ledgers[name]["A1"].value)
            assert ledgers[name].freeze_panes[-1] == "3"


def test_that_numbers_are_shown_as_what_they_are(ledgers):
    compounds = ledgers["小区台账"]
    shown = {
        "建成年份": "0", "经度（EPSG:4490）": "0.000000", "纬度（EPSG:4490）": "0.000000", "户数": "#,##0",
        "物业费（元/平方米·月）": "#,##0.00", "面积（平方米）": "#,##0.00",
    }  # fmt: skip
    for heading, number_format in shown.items():
        cells = [cell for cell in column(compounds, heading) if cell.value is not None]
        assert {cell.number_format for cell in cells} == {number_format}, heading
    assert {cell.number_format for cell in column(ledgers["社区"], "覆盖率") if cell.value} == {"0.0%"}
    services = ledgers["物业服务台账"]
    first = next(cell for cell in column(services, "第一天") if cell.value is not None)
    assert (first.is_date, first.number_format) == (True, "yyyy-mm-dd")


def test_that_codes_have_names_beside_them_and_ids_are_words_of_the_profile(ledgers):
    compounds = ledgers["小区台账"]
    assert {cell.value for cell in column(compounds, "街道")} == {STREET}
    assert {cell.value for cell in column(compounds, "街道名称")} == {"长淮街道"}
    assert all(cell.value for cell in column(compounds, "网格名称"))
    scores = ledgers["评分台账"]
    assert {cell.value for cell in column(scores, "评价办法")} <= {"5 个有和 10 个好", "三类五星"}
    assert not any(re.match(r"^[a-z_0-9]+$", str(cell.value)) for cell in column(scores, "项目"))
    assert {cell.value for cell in column(ledgers["关系台账"], "关系")} & {"片区成员"}


def test_that_no_column_is_narrower_than_its_longest_value(ledgers):
    for sheet in ledgers:
        for number in range(1, sheet.max_column + 1):
            cells = [sheet.cell(line, number) for line in range(3, sheet.max_row + 1)]
            texts = [cell.value for cell in cells if isinstance(cell.value, str)]
            letter = openpyxl.utils.get_column_letter(number)
            wide = sheet.column_dimensions[letter].width
            longest = max((sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts), default=0)
            if sheet.title.endswith("台账"):
                assert wide >= min(longest, 60), (sheet.title, number)


def test_that_a_chinese_character_is_taken_for_two():
    assert width_of(["一二三四五六七八九十"]) > 20.7
    assert width_of(["91340100MA2MY00000"]) > 18


def test_that_several_questions_have_a_sheet_each_and_no_ledger_leaves_unasked(registry, tmp_path):
    request = ExportRequest.asking(["party", "property"], [DAY, date(2026, 1, 1)])
    report = export(registry, tmp_path / "m.xlsx", request)
    names = openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames
    assert names[:4] == [
        "党组织覆盖 2026-11-30", "党组织覆盖 2026-01-01", "物业覆盖 2026-11-30", "物业覆盖 2026-01-01",
    ]  # fmt: skip
    assert not any(name.endswith("台账") for name in names)
    assert not any(field.startswith("compound.") for field in report.fields_left)
