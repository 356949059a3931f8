"""A supervisor opens an exported page on a machine without network, on a desk and on a phone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.exchange.formats.html_map import write_html
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, export
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.exchange_out.browser import chromium
from tests.app.exchange_out.builders import EVIL, a_leaving, a_row

pytestmark = pytest.mark.story
SETTLE = "new Promise(done => setTimeout(() => requestAnimationFrame(() => done(1)), 120))"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "map.html"
    write_html(path, a_leaving(title=EVIL, synthetic=Text("编的" + EVIL, EVIL)), Ticket())
    return path


@pytest.fixture
def browser(tmp_path):
    with chromium(tmp_path) as page:
        yield page
        assert page.console == [], (
            "nothing is said on the console: no error, no refusal by the policy, no dialog"
        )
        assert [url for url in page.requests if not url.startswith("file:")] == []
        assert len(page.requests) == 1, "the page itself, and nothing after it"


def text(browser, selector):
    return browser.ask(f"document.querySelector({selector!r}).textContent")


def colours(browser, selector="#map_registry .leaflet-tile-container canvas"):
    """Return the colours of the map's tiles, most frequent first."""
    return browser.ask(f"""(() => {{
      const seen = new Map();
      for (const tile of document.querySelectorAll({selector!r})) {{
        const bytes = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
        for (let i = 0; i < bytes.length; i += 4) {{
          if (bytes[i + 3] < 255) continue;
          const key = '#' + [bytes[i], bytes[i+1], bytes[i+2]].map(v => v.toString(16).padStart(2, '0')).join('').toUpperCase();
          seen.set(key, (seen.get(key) || 0) + 1);
        }}
      }}
      return [...seen].sort((a, b) => b[1] - a[1]).map(([key]) => key);
    }})()""")


def test_that_the_page_shows_figures_list_legend_and_notes(browser, page_file):
    browser.open(page_file)
    assert text(browser, "#sum-rate") == "78.2%"
    assert text(browser, "#sum-counts") == "43 覆盖，12 未覆盖，15 未知"
    assert text(browser, "#sum-range") == "43/55 · 已知 55/70 · 可能 61.4–82.9%"
    rows = browser.ask(
        "[...document.querySelectorAll('#list li, #foot li')].map(row => row.innerText.replace(/\\s+/g, ' '))"
    )
    assert len(rows) == 4
    assert rows[0].startswith("长淮街道 68.2% 15/22 已知 22/32 · 可能 46.9–78.1%")
    assert rows[2].startswith("未落格")
    assert rows[3].startswith("合计 78.2% 43/55 已知 55/70")
    legend = text(browser, "#legend")
    for word in (
        "不到 50%",
        "85–100",
        "四分之一以上未查清",
        "全未查清",
        "没有可计的",
        "覆盖",
        "未覆盖",
        "网格驿站",
    ):
        assert word in legend
    notes = text(browser, "#notes")
    for word in ("2026-11-21", "WGS 84", "瑶海区台账", "yaohai@3", "EPSG:4548"):
        assert word in notes
    assert "合成数据" in text(browser, "#synthetic")
    assert "WGS 84" in text(browser, "#offline")


def test_that_the_map_is_painted_in_the_legends_own_colours(browser, page_file):
    browser.open(page_file)
    seen = colours(browser)
    assert seen[0] in ("#B6DBD5", "#D3E9E2")  # wash classes 70-85 and 50-70 of the two streets
    assert {"#B6DBD5", "#D3E9E2", "#1C8178", "#F7CFB6", "#CFE0E8"} <= set(seen)
    browser.ask("document.querySelector('#legend input').click()")  # compounds off: the stronger classes
    browser.ask(SETTLE)
    seen = colours(browser)
    assert {"#78BDB9", "#B2DCD3"} <= set(seen)
    assert "#1C8178" not in seen


def test_that_an_attacking_name_is_shown_as_the_text_it_is(browser, page_file):
    browser.open(page_file)
    assert browser.ask("document.querySelector('#title').textContent").startswith(EVIL)
    assert browser.ask("document.querySelectorAll('img, iframe, #list script').length") == 0
    browser.ask(
        "(() => { const box = document.querySelector('#search'); box.value = '{{7*7'; box.dispatchEvent(new Event('input')); })()"
    )
    assert browser.ask("document.querySelector('#found button span').textContent") == EVIL
    browser.ask("document.querySelector('#found button').click()")
    browser.ask(SETTLE)
    assert text(browser, "#detail h2") == EVIL
    assert "49" not in text(browser, "#detail h2")


def test_that_a_click_on_the_map_tells_of_a_compound_and_then_of_its_unit(browser, page_file):
    browser.open(page_file)
    browser.ask(
        "document.querySelector('#search').value = '大关东0苑'; document.querySelector('#search').dispatchEvent(new Event('input'))"
    )
    browser.ask("document.querySelector('#found button').click()")
    browser.ask(SETTLE)
    frame = browser.ask(
        "(() => { const b = document.querySelector('#map_registry').getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; })()"
    )
    browser.ask("document.querySelector('#list button').click()")
    browser.ask("document.querySelector('#found').hidden = true")
    browser.ask(SETTLE)
    assert text(browser, "#detail h2") == "长淮街道"
    assert text(browser, "#detail .big") == "68.2%"
    assert "15/22" in text(browser, "#detail")
    assert "已知 22/32 · 可能 46.9–78.1%" in text(browser, "#detail")
    assert "未覆盖的 7 个" in text(browser, "#detail")
    browser.ask("document.querySelector('.chips button').click()")
    browser.ask(SETTLE)
    name = text(browser, "#detail h2")
    browser.ask("document.querySelector('#list button').focus()")
    browser.click(*frame)
    browser.ask(SETTLE)
    assert text(browser, "#detail h2") == name
    assert "未覆盖" in text(browser, "#detail .badge")
    assert "老旧" in text(browser, "#detail dl")
    assert "WGS 84" in text(browser, "#detail dl")


def test_that_pinyin_initials_find_a_place_and_levels_switch(browser, page_file):
    browser.open(page_file)
    browser.ask(
        "document.querySelector('#search').value = 'hpl'; document.querySelector('#search').dispatchEvent(new Event('input'))"
    )
    assert browser.ask("document.querySelector('#found button span').textContent") == "和平路街道"
    browser.ask("[...document.querySelectorAll('#levels button')].at(-1).click()")
    browser.ask(SETTLE)
    assert text(browser, "#list-title") == "各网格"
    assert browser.ask("document.querySelectorAll('#list li').length") == 16


def test_that_the_review_number_can_be_written_in(browser, page_file):
    browser.open(page_file)
    browser.ask("document.querySelector('#review').focus()")
    browser.call("Input.insertText", text="皖S(2026)1号")
    assert browser.ask("document.querySelector('#review').value") == "皖S(2026)1号"


def test_that_it_fits_a_phone(browser, page_file):
    browser.open(page_file, width=390, height=844, is_phone=True)
    assert browser.ask("document.documentElement.scrollWidth") == 390
    order = browser.ask(
        "['map-card', 'detail', 'list-card'].map(id => document.getElementById(id).getBoundingClientRect().top)"
    )
    assert order == sorted(order)
    small = browser.ask(
        "[...document.querySelectorAll('button')].filter(b => b.offsetHeight && b.offsetHeight < 24).length"
    )
    assert small == 0
    assert "#B6DBD5" in colours(browser)


def test_that_a_browser_too_old_for_the_map_still_lists_the_figures(browser, page_file):
    browser.open(page_file)
    # the page is opened anew without the one new thing it asks of a browser
    browser.call("Page.addScriptToEvaluateOnNewDocument", source="delete window.DecompressionStream")
    browser.requests.clear()
    browser.call("Page.reload")
    browser.wait_for("document.querySelector('#banner') && !document.querySelector('#banner').hidden")
    assert "太旧" in text(browser, "#banner")
    assert browser.ask("document.querySelectorAll('#list li').length") == 2


def test_that_no_two_kinds_of_station_share_a_letter(browser, yaohai_sample, tmp_path):
    registry = Registry.open(yaohai_sample)
    export(registry, tmp_path / "map.html", ExportRequest(audience="street"))
    registry.close()
    browser.open(tmp_path / "map.html")
    letters = browser.ask("[...document.querySelectorAll('[data-letter]')].map(e => e.dataset.letter)")
    kinds = set(load_profile("yaohai").choices["station_kind"])
    assert len(letters) == len(set(letters)) == len(kinds)


RATE = re.compile(r"(?<![\d.–])(\d+\.\d)%")
FRACTION = re.compile(r"(?<!已知 )(?<![\d,.])([\d,]+(?:\.\d+)?)/([\d,]+(?:\.\d+)?)")


def test_that_a_fraction_beside_a_rate_is_that_rates(browser, page_file):
    browser.open(page_file)
    seen = 0
    for level in ("street", "grid"):
        browser.ask(f"document.querySelector('#levels button[data-level={level}]').click()")
        places = browser.ask(
            "[...document.querySelectorAll('#list li, #foot li, #sum, #detail .row')].map(one => one.innerText)"
        )
        for said in places:
            fractions = [
                float(n.replace(",", "")) / float(d.replace(",", "")) for n, d in FRACTION.findall(said)
            ]
            rates = [float(rate) / 100 for rate in RATE.findall(said)][: len(fractions)]
            assert len(rates) == len(fractions), said
            assert fractions == pytest.approx(rates, abs=0.0006), said
            seen += len(fractions)
    assert seen > 10


def test_that_zero_unknown_nothing_to_count_and_withheld_are_told_apart(browser, tmp_path):
    leaving = a_leaving()
    grids = list(leaving.levels["grid"].rows)
    signs = {"零": (0, 3, 0), "未查": (0, 0, 4), "空": (0, 0, 0), "藏": (0, 0, 2)}
    for place, (name, counts) in enumerate(signs.items()):
        grids[place] = a_row(grids[place].code, name, *counts, is_hidden=name == "藏")
    level = replace(leaving.levels["grid"], rows=tuple(grids))
    path = tmp_path / "signs.html"
    write_html(path, replace(leaving, by="grid", levels={**leaving.levels, "grid": level}), Ticket())
    browser.open(path)
    rows = {
        said[0]: said[1:]
        for said in browser.ask(
            "[...document.querySelectorAll('#list li')].map(row => ['.name', '.rate', '.nd'].map(part => row.querySelector(part).innerText.trim()))"
        )
    }
    assert rows["零"] == ["0.0%", "0/3\n已查清"]
    assert rows["未查"] == ["—", "已知 0/4\n可能 0.0–100.0%"]
    assert rows["空"] == ["—", "没有可计的"]
    assert rows["藏"] == ["", "未公开"]
    legend = text(browser, "#legend")
    assert all(word in legend for word in ("不到 50%", "全未查清", "没有可计的", "未公开"))
