"""The page where no script runs, read as a robot reads it: its own text, without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from app.domain.leaving.paper import low_first
from app.domain.looks import palette, wording
from app.exchange.formats.html_data import data_in
from app.exchange.formats.html_frame import page_with
from app.exchange.formats.html_map import HTML, page_of
from app.exchange.formats.html_still import still_page
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, Grounds
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.exchange_out.builders import EVIL, a_leaving, a_row, with_paper

DAY = date(2026, 11, 30)
VOID = {"br", "meta", "input", "img", "link", "hr"}


class Read(HTMLParser):
    """What a page holds: elements by id, with attributes and text; all tags; scripts are not run."""

    def __init__(self, text):
        super().__init__()
        self.by_id, self.tags, self._open = {}, [], []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if (name := attributes.get("id")) is not None:
            assert name not in self.by_id, f"{name} stands twice"
            self.by_id[name] = {**attributes, "tag": tag, "text": ""}
        if tag not in VOID:
            self._open.append((tag, name))

    def handle_endtag(self, tag):
        opened, _ = self._open.pop()
        assert opened == tag

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data):
        for _, name in self._open:
            if name is not None:
                self.by_id[name]["text"] += data

    def text(self, name):
        return " ".join(self.by_id[name]["text"].split())


@pytest.fixture(scope="module")
def asked():
    first = a_leaving(title="瑶海区" + EVIL, synthetic=Text("编的", "made up"))
    second = replace(first, measure="property", measure_words=Text("物业覆盖", "Property"))
    return with_paper(replace(first, further=(second,)))


@pytest.fixture(scope="module")
def read(asked):
    return Read(still_page(asked))


@pytest.fixture(scope="module")
def registry(yaohai_sample):
    opened = Registry.open(yaohai_sample)
    yield opened
    opened.close()


def gathered(registry, measure, audience="street", by="street"):
    request = ExportRequest(measure=measure, by=by, audience=audience, as_of=DAY)
    light = replace(HTML, layers=(by,))  # no compounds: the still page knows none
    return Grounds(registry, request, [light], Ticket()).leaving(None, light, Ticket())


def counts(row):
    return {name: getattr(row, name) for name in ("covered", "uncovered", "unknown", "total")}


def told(element):
    return {name: float(element[f"data-{name}"]) for name in ("covered", "uncovered", "unknown", "total")}


def test_that_figures_with_and_without_script_are_the_papers(registry):
    seen = 0
    for measure in ("party", "platform", "grid_branch"):
        leaving = gathered(registry, measure)
        (paper,) = leaving.papers
        page = page_of(leaving)
        still, data = Read(page), data_in(page)
        rows = data["levels"]["street"]["rows"]
        assert still.text("rate") == wording.rate(paper.total).zh
        for place, unit in enumerate(paper.units):
            row = unit.row
            element = still.by_id[f"unit-{row.code}"]
            assert told(element) == {name: rows[name][place] for name in counts(row)} == counts(row)
            assert rows["code"][place] == element["data-code"] == row.code
            words = still.text(f"unit-{row.code}")
            assert row.name in words
            assert paper.figure(row) in words or wording.rate(row).zh in words
            assert paper.span(row) in words
            seen += 1
        assert told(still.by_id["total"]) == counts(paper.total)
        assert told(still.by_id["unplaced"]) == counts(paper.unplaced)
        assert data["levels"]["street"]["total"]["cells"][:3] == list(paper.total.cells()[:3])
        assert (
            data["changes"][""]["sentence"]
            in still.text("change")
            == f"和 2026-06-30 比 {paper.change.sentence.zh}"
        )
    assert seen == 39


def test_that_the_still_page_has_all_that_a_reader_needs(read, asked):
    level = asked.levels["street"]
    assert read.text("title").startswith("瑶海区")
    assert read.by_id["title"]["tag"] == "h1"
    assert (read.text("rate"), read.text("range")) == ("78.2%", "可能 61.4–82.9%")
    assert "覆盖 43 / 已查清 55，未知 15" in read.text("top")
    assert "截至 2026-11-21" in read.text("top")
    assert "合成数据" in read.text("top")
    order = [name for name in read.by_id if name.startswith("unit-3401") and not name.endswith("-2")]
    assert order == [f"unit-{row.code}" for row in low_first(level.rows)]
    assert "15/22" in read.text(order[0])
    assert "68.2%" in read.text(order[0])
    assert "46.9–78.1%" in read.text(order[0])
    assert [attributes["scope"] for tag, attributes in read.tags if tag == "th"].count("row") == 8
    assert "覆盖 /（覆盖 + 未覆盖）" in read.text("method")
    assert "审图号" in read.text("source")
    assert "未覆盖多了 3" in read.text("change")
    assert "先办长淮街道" in read.text("todo")


def test_that_further_questions_follow_as_blocks_with_names_of_their_own(read):
    for name in ("title", "rate", "range", "map", "units", "unplaced", "total", "method", "source"):
        assert name in read.by_id
        assert f"{name}-2" in read.by_id
    assert read.by_id["title-2"]["tag"] == "h2"
    assert read.text("title-2").endswith("物业覆盖")


def test_that_nothing_is_drawn_that_only_a_script_could_make_work(read):
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"button", "input", "select", "script", "img", "iframe", "object", "link", "canvas"}
    assert not any(name in ("style", "src", "onclick") for _, attributes in read.tags for name in attributes)
    links = [attributes["href"] for tag, attributes in read.tags if tag == "a"]
    assert links
    assert all(link.startswith("#") and link[1:] in read.by_id for link in links)


def test_that_the_map_fills_units_as_the_paper_says_and_hatches_what_is_not_known():
    leaving = a_leaving(by="grid")
    grids = list(leaving.levels["grid"].rows)
    signs = ((0, 3, 0), (0, 0, 4), (0, 0, 0), (3, 0, 1), (0, 0, 2), (4, 1, 0))
    for place, each in enumerate(signs):
        grids[place] = a_row(grids[place].code, f"格{place}", *each, is_hidden=place == 4)
    level = replace(leaving.levels["grid"], rows=tuple(grids))
    leaving = with_paper(replace(leaving, levels={**leaving.levels, "grid": level}))
    drawn = [
        at for tag, at in Read(still_page(leaving)).tags if tag == "path" and "d" in at and at.get("fill")
    ]
    fills = {}
    for path in drawn:
        fills.setdefault(path["d"], []).append(path["fill"])
    ink = palette.page()
    said = sorted(tuple(each) for each in list(fills.values()))
    hatch = "url(#hatch)"
    for wanted in (
        (ink["seq"][0],), (ink["paper"], hatch), (ink["no_data"],), (ink["seq"][4], hatch), (ink["seq"][2],)
    ):  # fmt: skip
        assert wanted in said


def test_that_what_is_withheld_stands_nowhere_in_the_page():
    leaving = a_leaving()
    rows = list(leaving.levels["street"].rows)
    rows[0] = a_row(rows[0].code, rows[0].name, 7_654_321, 1_234_567, 0, is_hidden=True)
    level = replace(leaving.levels["street"], rows=tuple(rows))
    leaving = with_paper(replace(leaving, levels={**leaving.levels, "street": level}))
    page = page_of(leaving)
    assert not any(
        number in page or number in str(data_in(page)) for number in ("7654321", "1234567", "7,654")
    )
    assert Read(still_page(leaving)).by_id[f"unit-{rows[0].code}"]["data-hidden"] == "yes"


def test_that_the_order_of_what_is_withheld_tells_nothing():
    leaving = a_leaving(by="grid")
    grids = leaving.levels["grid"].rows
    rows = tuple(
        a_row(row.code, row.name, 9 - place % 10, place % 10, place, is_hidden=place % 2 == 0)
        for place, row in enumerate(grids)
    )
    level = replace(leaving.levels["grid"], rows=rows)
    read = Read(still_page(with_paper(replace(leaving, levels={**leaving.levels, "grid": level}))))
    withheld = [each["data-code"] for each in read.by_id.values() if each.get("data-hidden")]
    assert withheld == [row.code for row in rows if row.is_hidden] == sorted(withheld)


def test_that_an_attacking_text_is_text_in_the_page_as_it_stands(read, asked):
    assert EVIL.split("\u2028")[0] in read.by_id["title"]["text"]
    assert "alert(2)" in read.by_id["change"]["text"]
    whole = Read(page_of(asked))
    assert [tag for tag, _ in whole.tags].count("img") == 0
    scripts = [sum(tag == "script" for tag, _ in each.tags) for each in (whole, Read(page_with("", "", "")))]
    assert scripts[0] == scripts[1] + 1, "the block of data, and none of the text's own"


def test_that_a_district_by_street_stays_small_without_its_explorer(registry):
    assert len(still_page(gathered(registry, "party")).encode()) < 60_000
    assert len(still_page(gathered(registry, "party", by="grid")).encode()) < 700_000


def test_that_columns_and_outlines_of_further_questions_stand_once():
    one = a_leaving()
    two = replace(one, further=(replace(one, measure="property"), replace(one, measure="committee")))
    assert len(page_of(two)) - len(still_page(two)) < 1.1 * (len(page_of(one)) - len(still_page(one)))
    assert [asked["meta"]["id"] for asked in data_in(page_of(two))["more"]] == ["property", "committee"]
