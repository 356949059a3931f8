"""The page as text: what is in it, what may run in it, and that no data ever met a template."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import branca.element
import jinja2
import pytest

from app.exchange.formats import html_frame
from app.exchange.formats.html_data import data_in
from app.exchange.formats.html_frame import page_with
from app.exchange.formats.html_map import page_of, write_html
from app.jobs import Ticket
from app.text import Text
from tests.app.exchange_out.builders import EVIL, a_leaving, with_paper


@pytest.fixture(scope="module")
def page():
    return page_of(with_paper(a_leaving()))


def test_that_no_text_of_the_data_reaches_a_template(monkeypatch):
    seen = []
    render, element = jinja2.Template.render, branca.element.Element.__init__
    template = jinja2.Environment.from_string

    def spied(self, *args, **values):
        answer = render(self, *args, **values)
        seen.append(answer)
        return answer

    def made(self, *args, **values):
        seen.append(repr((args, values)))
        return element(self, *args, **values)

    def compiled(self, source, *args, **values):
        seen.append(str(source))
        return template(self, source, *args, **values)

    monkeypatch.setattr(jinja2.Template, "render", spied)
    monkeypatch.setattr(jinja2.Environment, "from_string", compiled)
    monkeypatch.setattr(branca.element.Element, "__init__", made)
    html_frame._frame.cache_clear()
    mark = "XX{{7*7}}XX"
    note = Text(mark, mark)
    leaving = a_leaving(
        title=mark, synthetic=note, review_number=mark, source=note, measure_words=note, evil=mark + EVIL
    )
    text = page_of(leaving)
    assert mark in data_in(text)["meta"]["title"]
    assert len(seen) > 3
    assert not any("XX" in said or "7*7" in said for said in seen)
    html_frame._frame.cache_clear()


def test_that_the_data_block_holds_no_sign_that_html_reads(page):
    block = re.search(r'<script type="application/json" id="registry-data">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    assert not set(block[1]) & set("<>&\u2028\u2029")
    assert EVIL in data_in(page)["compounds"]["values"]["name"]


def test_that_only_our_scripts_and_styles_may_run(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert page.index("Content-Security-Policy") < page.index("<script") < page.index("</head>")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(found) >= 2
        hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found}
        assert {f"'sha256-{one}'" for one in hashes} == set(rules[rule].split())


def test_that_the_page_names_no_address_to_fetch(page):
    assert not re.findall(r"<(?:link|img|iframe|object|script)\b[^>]*(?:src|href)=", page)
    assert not re.findall(r"url\((?!#)", page)
    assert "sourceMappingURL" not in page


def test_that_the_script_writes_text_only_as_text():
    script = re.findall(r"<script>(.*?)</script>", page_with("", "", ""), re.DOTALL)[-1]
    assert "use strict" in script
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "bindPopup",
        "bindTooltip",
        "divIcon",
    ):
        assert way not in script


def test_that_the_same_content_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        html_frame._frame.cache_clear()
        (tmp_path / name).mkdir()
        write_html(tmp_path / name / "page.html", with_paper(a_leaving()), Ticket())
    assert (tmp_path / "a/page.html").read_bytes() == (tmp_path / "b/page.html").read_bytes()


def test_that_hidden_rows_carry_no_number():
    leaving = a_leaving()
    street = leaving.levels["street"]
    rows = (replace(street.rows[0], is_hidden=True), *street.rows[1:])
    leaving = replace(leaving, levels={**leaving.levels, "street": replace(street, rows=rows)})
    told = data_in(page_of(leaving))["levels"]["street"]["rows"]
    assert [
        told[name][0] for name in ("covered", "uncovered", "unknown", "total", "rate", "low", "high")
    ] == [None] * 7
    assert told["hidden"] == [1, 0]
