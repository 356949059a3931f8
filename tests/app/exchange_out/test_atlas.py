"""The atlas as PDF: what it says is what the paper says, found again as text, linked, and the same bytes each time."""

from __future__ import annotations

import io
import re
from contextlib import closing
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from app.domain.leaving.paper import units_low_first
from app.exchange.atlas.atlas import PDF, atlas_of
from app.exchange.atlas.page import fitted, fitting
from app.exchange.atlas.reading import fields_in_atlas, sheets_in_atlas, texts_in
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, Grounds, export
from app.services.edit.edit import set_values
from app.services.registry.registry import Registry
from tests.app.town import a_town

DAY = date(2026, 11, 30)
RADICALS = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06\u3000-\u3000]")


def leaving_of(registry, **asked):
    request = ExportRequest(as_of=DAY, **asked)
    return Grounds(registry, request, [PDF], Ticket()).leaving(request.unit, PDF, Ticket())


@pytest.fixture(scope="module")
def leaving(yaohai_sample):
    with closing(Registry.open(yaohai_sample)) as registry:
        yield leaving_of(registry, unit="340102011", by="community")


@pytest.fixture(scope="module")
def atlas(leaving, tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "a.pdf"
    path.write_bytes(atlas_of(leaving, Ticket()).bytes())
    return path


@pytest.fixture(scope="module")
def pages(atlas):
    return pypdf.PdfReader(atlas, strict=True).pages


def title_of(page):
    return page.extract_text().split("\u3000")[0].split("\n")[0]


def test_that_another_reader_finds_every_figure_as_it_was_written(leaving, pages, atlas):
    (paper,) = leaving.papers
    texts = [page.extract_text() for page in pages]
    whole = "\n".join(texts)
    assert RADICALS.findall(whole.replace("\u3000", "")) == []
    assert [text for page in texts_in(atlas) for text in page if text not in whole] == []
    of_unit = dict(zip((title_of(page) for page in pages), texts, strict=True))
    for name, row, todo, change in (
        (paper.place, paper.total, paper.todo, paper.change),
        *((unit.row.name, unit.row, unit.todo, unit.change) for unit in paper.units),
    ):
        said = of_unit[name].replace("\n", "")
        for part in (paper.figure(row), paper.counts(row), paper.fraction(row), paper.between(row)):
            assert part in said
        assert change.sentence.zh in said
        for each in todo:
            assert each.text.zh.split("，")[0] in said
    for unit in paper.units:
        for row in (row for row in unit.below if row.total):
            assert re.search(rf"{row.name}\s*{paper.fraction(row)}\s", of_unit[unit.row.name])


def test_that_large_counts_stand_whole_in_head_and_total(leaving):
    (paper,) = leaving.papers
    known = replace(paper.total, covered=370, uncovered=52, unknown=1387)
    nowhere = replace(paper.unplaced, covered=0, uncovered=0, unknown=1342)
    large = replace(leaving, papers=(replace(paper, total=known, unplaced=nowhere),))
    said = pypdf.PdfReader(io.BytesIO(atlas_of(large, Ticket()).bytes())).pages[0].extract_text()
    assert "370 个已覆盖，52 个未覆盖，1,387 个还没查清" in said
    assert re.search(r"合计（\d 个社区，未落格 1,342）", said)
    told = f"合计（13 个街道，未落格 {1342:,}）"
    assert fitted(told, fitting(told, 7, 91, bold=True), 91.1, bold=True) == told


def test_that_the_same_content_gives_the_same_bytes_and_names_nobody(leaving, atlas):
    assert atlas_of(leaving, Ticket()).bytes() == atlas.read_bytes()
    said = pypdf.PdfReader(atlas).metadata
    assert dict(said) == {
        "/Title": "长淮街道\u3000党组织覆盖",
        "/CreationDate": "D:20261130000000Z",
        "/ModDate": "D:20261130000000Z",
    }
    assert b"/Metadata" not in atlas.read_bytes()


def test_that_bookmarks_and_links_lead_to_the_sheet_of_each_unit(leaving, pages, atlas):
    (paper,) = leaving.papers
    reader = pypdf.PdfReader(atlas)
    names = [unit.row.name for unit in units_low_first(paper.units)]
    first, below, notes = reader.outline
    assert (first.title, [mark.title for mark in below]) == (paper.title, [*names, "数据里要看的"])
    assert notes.title == "说明"
    for mark, name in zip(below, names, strict=False):
        assert title_of(pages[reader.get_destination_page_number(mark)]) == name
    numbers = {page.indirect_reference.idnum: at for at, page in enumerate(pages)}
    leads = [numbers[link.get_object()["/Dest"][0].idnum] for link in pages[0]["/Annots"]]
    assert {title_of(pages[at]) for at in leads} == set(names)  # from the table and from the map
    back = {numbers[link.get_object()["/Dest"][0].idnum] for link in pages[1]["/Annots"]}
    assert 0 in back
    count = len(pages)
    assert all(f"第 {at} 页 / 共 {count} 页" in page.extract_text() for at, page in enumerate(pages, 1))


def test_that_a_page_has_its_scale_north_review_line_and_what_is_synthetic(pages):
    said = pages[1].extract_text()
    for part in ("A4 比例尺 1:", "北", "审图号：", "合成数据", "街道版", "覆盖率", "未知 ≥ 25%", " 米"):
        assert part in said
    width, height = pages[1].mediabox.width, pages[1].mediabox.height
    assert (round(float(width)), round(float(height))) == (842, 595)


def test_that_only_sheets_of_which_something_changed_are_made_again(tmp_path):
    with closing(a_town(tmp_path, households={(1, 1): 10, (2, 2): 20, (12, 1): 30})) as town:
        first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
        asked = ExportRequest(as_of=DAY, by="street")
        export(town, first, asked)
        set_values(town, ["C000003"], {"party_organisation": "no"}, since=DAY)
        export(town, second, ExportRequest(as_of=date(2026, 12, 1), by="street", since=first))
        again = export(town, tmp_path / "3.pdf", ExportRequest(as_of=DAY, by="street", since=second))
    assert again.size == 0  # another day alone makes no other sheet
    before, now = ([title_of(page) for page in pypdf.PdfReader(path).pages] for path in (first, second))
    assert before[1:] == ["西街道", "东街道", "数据里要看的", "说明"]
    assert now == [before[0], "东街道", "说明"]  # C3 lies there
    assert re.search("没有再印的\\s*西街道、数据里要看的", pypdf.PdfReader(second).pages[-1].extract_text())


def test_that_the_public_gets_no_list_of_work_and_no_grids_of_safety(yaohai_sample, tmp_path):
    with closing(Registry.open(yaohai_sample)) as registry:
        report = export(
            registry, tmp_path / "p.pdf", ExportRequest(measure="not_three_no", audience="public")
        )
    said = "\n".join(text for page in texts_in(tmp_path / "p.pdf") for text in page)
    assert not any(field.startswith(("grid.", "compound.status")) for field in report.fields_left)
    for word in ("先办", "先上门", "最该先做", "错误", "警告"):
        assert word not in said
    assert "未公开" in said


def test_that_a_file_cut_short_and_another_programs_file_are_told_from_an_atlas(atlas, leaving, tmp_path):
    cut, other = tmp_path / "cut.pdf", tmp_path / "other.pdf"
    cut.write_bytes(atlas.read_bytes()[:-300])
    with pytest.raises(OSError, match="whole"):
        fields_in_atlas(cut, leaving)
    other.write_bytes(b"%PDF-1.4\n%%EOF\n")
    assert sheets_in_atlas(other) == {}
    assert {"340102011", "party community"} < sheets_in_atlas(atlas).keys()
