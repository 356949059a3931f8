"""A supervisor opens an exported page on a machine without network, on a desk and on a phone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from app.exchange.formats.html_map import write_html
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, export
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.exchange_out.browser import chromium
from tests.app.exchange_out.builders import EVIL, a_leaving, a_level, a_row, with_paper

pytestmark = pytest.mark.story
SETTLE = "new Promise(done => setTimeout(() => requestAnimationFrame(() => done(1)), 120))"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "map.html"
    write_html(path, with_paper(a_leaving(title=EVIL, synthetic=Text("编的" + EVIL, EVIL))), Ticket())
    return path


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
def browser(program):
    yield program
    said, wanted = list(program.console), list(program.requests)
    program.close()
    assert said == [], "nothing is said on the console: no error, no refusal by the policy, no dialog"
    assert [url for url in wanted if not url.startswith("file:")] == []
    assert len(wanted) == 1, "the page itself, and nothing after it"


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
        "['map-card', 'list-card', 'detail'].map(id => document.getElementById(id).getBoundingClientRect().top)"
    )
    assert order == sorted(order)
    small = browser.ask(
        "[...document.querySelectorAll('button')].filter(b => b.offsetHeight && b.offsetHeight < 24).length"
    )
    assert small == 0
    assert "#B6DBD5" in colours(browser)


@pytest.mark.parametrize("size", [(1366, 900), (390, 844)])
def test_that_no_name_of_the_list_is_cut_and_the_bar_of_scale_speaks_as_the_page_does(
    browser, tmp_path, size
):
    leaving = a_leaving()
    rows = list(leaving.levels["grid"].rows)
    names = ["填海巷社区第八网格", "金大塘社区第十一网格", "合肥龙岗综合经济开发区"]
    for place, name in enumerate(names):
        rows[place] = a_row(rows[place].code, name, 1, 1, 1)
    level = replace(leaving.levels["grid"], rows=tuple(rows))
    path = tmp_path / "names.html"
    write_html(path, replace(leaving, by="grid", levels={**leaving.levels, "grid": level}), Ticket())
    browser.open(path, width=size[0], height=size[1])
    said = browser.ask(
        "[...document.querySelectorAll('#list .name')].map(n => [n.textContent, [...n.children].every(s => s.scrollWidth <= s.clientWidth)])"
    )
    whole = dict(said)
    assert {name: whole[name] for name in names} == dict.fromkeys(names, True)
    assert re.fullmatch(r"[\d.]+ (米|公里)", text(browser, ".leaflet-control-scale-line"))


def test_that_without_scripts_a_phone_shows_all_of_it_and_nothing_else(browser, page_file):
    browser.open_without_scripts(page_file, width=360)
    shown = browser.ask("document.body.innerText")
    for word in (
        "党组织覆盖",
        "78.2%",
        "覆盖 43 / 已查清 55，未知 15",
        "可能 61.4–82.9%",
        "长淮街道",
        "15/22",
        "合计",
    ):
        assert word in shown
    assert browser.ask("document.documentElement.scrollWidth") == 360
    assert browser.ask("document.querySelector('#map svg').getBoundingClientRect().width") > 150
    drawn = (
        "[...document.querySelectorAll('button, input, .folium-map')].filter(one => one.offsetHeight).length"
    )
    assert browser.ask(drawn) == 0


def test_that_with_scripts_one_page_stands_there_once(browser, page_file):
    browser.open(page_file)
    assert browser.ask("document.querySelectorAll('#still, .still, #waiting').length") == 0
    assert browser.ask("document.querySelectorAll('#title').length") == 1


def test_that_a_day_of_which_little_is_known_is_compared_by_what_is_known(browser, tmp_path):
    leaving = with_paper(a_leaving())
    (paper,) = leaving.papers
    before = a_row("", "合计", 1, 0, paper.total.total - 1)
    change = replace(paper.change, before=before)
    path = tmp_path / "thin.html"
    write_html(path, replace(leaving, papers=(replace(paper, change=change),)), Ticket())
    browser.open(path)
    said = text(browser, "#change")
    assert f"已知 1/{paper.total.total} → 已知 " in said
    assert "覆盖率" not in said, "a rate that no head tells is not compared either"


def test_that_the_way_back_from_a_street_is_the_browsers_and_escape_and_a_link(browser, page_file):
    browser.open(page_file)
    heading = "document.querySelector('#detail h2').textContent"
    whole = browser.ask(heading)
    browser.ask("document.querySelector('#list button').click()")
    assert text(browser, "#detail h2") == "长淮街道"
    browser.ask("history.back()")
    browser.wait_for(f"{heading} === {whole!r}")
    browser.ask("history.forward()")
    browser.wait_for(f"{heading} === '长淮街道'")
    browser.ask("document.querySelector('.crumbs button').click()")
    assert text(browser, "#detail h2") == whole
    browser.ask("document.querySelector('#list button').click()")
    browser.ask("dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))")
    assert text(browser, "#detail h2") == whole
    assert browser.ask("document.querySelectorAll('#list [aria-current=true]').length") == 0


def test_that_tabs_ask_another_measure_and_day_and_the_change_is_told(browser, tmp_path):
    first = a_leaving()
    rows = [replace(row, covered=row.covered + 1) for row in first.levels["street"].rows]
    other = replace(
        first,
        measure="property",
        measure_words=Text("物业覆盖", "Property"),
        levels={**first.levels, "street": a_level("street", "街道", rows)},
    )
    path = tmp_path / "tabs.html"
    write_html(path, with_paper(replace(first, further=(other,))), Ticket())
    browser.open(path)
    assert "和 2026-06-30 比" in text(browser, "#change")
    assert "−4.5 个百分点" in text(browser, "#change")
    assert browser.ask("[...document.querySelectorAll('#measures button')].map(one => one.textContent)") == [
        "党组织覆盖",
        "物业覆盖",
    ]
    browser.ask("document.querySelectorAll('#measures button')[1].click()")
    browser.wait_for("document.querySelector('#sum-rate').textContent === '78.9%'")
    assert text(browser, "#title").endswith("物业覆盖")
    browser.ask("history.back()")
    browser.wait_for("document.querySelector('#sum-rate').textContent === '78.2%'")


def test_that_a_phones_card_opens_under_its_row_and_one_finger_moves_the_page(browser, page_file):
    browser.open(page_file, width=390, height=844, is_phone=True)
    browser.ask("document.querySelector('#list button').click()")
    assert browser.ask(
        "document.querySelector('#detail').closest('#list li').querySelector('button').dataset.code"
    )
    assert browser.ask("document.querySelector('#detail').getBoundingClientRect().top") > 0
    browser.ask("scrollTo(0, 0)")
    middle = "map_registry.getCenter().lat.toFixed(9)"
    browser.ask("document.querySelector('.crumbs button').click()")
    browser.ask(SETTLE)
    before = browser.ask(middle)
    x, y = browser.ask(
        "(() => { const b = document.querySelector('#map-frame').getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; })()"
    )
    browser.swipe(x, y, -160)
    browser.wait_for("scrollY > 40")
    assert browser.ask(middle) == before


def test_that_it_prints_on_one_landscape_a4_with_map_list_and_card_and_no_control(
    browser, yaohai_page, tmp_path
):
    browser.open(yaohai_page, width=1366, height=768)
    browser.ask("document.querySelectorAll('#list button')[6].click()")
    path = tmp_path / "page.pdf"
    path.write_bytes(browser.pdf())
    paper = PdfReader(path)
    assert [(round(one.mediabox.width), round(one.mediabox.height)) for one in paper.pages] == [(842, 595)]
    said = unicodedata.normalize("NFKC", paper.pages[0].extract_text())  # Chromium's text has radicals
    for word in (
        "78.0%",
        "方庙街道",
        "75.0%",
        "和平路街道",
        "合计",
        "四分之一以上未查清",
        "审图号",
        "和 2026-06-30 比",
    ):
        assert word in said
    assert "搜小区" not in said
    assert "服务站点" not in said
    shown = browser.ask("getComputedStyle(document.querySelector('#print-map')).display")
    assert shown == "none"


def test_that_a_browser_too_old_for_the_map_still_lists_the_figures(browser, page_file):
    browser.open(page_file)
    # the page is opened anew without the newest thing it asks of a browser
    browser.call("Page.addScriptToEvaluateOnNewDocument", source="delete Element.prototype.replaceChildren")
    browser.requests.clear()
    browser.call("Page.reload")
    browser.wait_for("document.body && document.body.dataset.ready === 'still'")
    assert "太旧" in text(browser, "#banner")
    assert browser.ask("document.querySelectorAll('#units tbody tr[data-code]').length") == 2
    assert browser.ask("getComputedStyle(document.querySelector('#still')).display") == "block"


@pytest.fixture(scope="module")
def yaohai_page(yaohai_sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("yaohai") / "map.html"
    registry = Registry.open(yaohai_sample)
    export(registry, path, ExportRequest(audience="street", as_of=date(2026, 11, 30)))
    registry.close()
    return path


def test_that_no_two_kinds_of_station_share_a_letter(browser, yaohai_page):
    browser.open(yaohai_page)
    letters = browser.ask("[...document.querySelectorAll('[data-letter]')].map(e => e.dataset.letter)")
    kinds = set(load_profile("yaohai").choices["station_kind"])
    assert len(letters) == len(set(letters)) == len(kinds)


RATE = re.compile(r"(?<![\d.–])(\d+\.\d)%")
FRACTION = re.compile(r"(?<!已知 )(?<![\d,.])([\d,]+(?:\.\d+)?)/([\d,]+(?:\.\d+)?)")


def test_that_a_fraction_beside_a_rate_is_that_rates(browser, page_file):
    browser.open(page_file)
    seen = 0
    for level, name in (("street", "街道"), ("grid", "网格")):
        browser.ask(f"document.querySelector('#levels button[data-level={level}]').click()")
        browser.wait_for(f"document.querySelector('#list li').innerText.includes({name!r})")
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
