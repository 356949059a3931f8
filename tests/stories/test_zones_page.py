"""Residents open the public page of a street and see the zones with the firm of each."""

from __future__ import annotations

import pytest

from app.services.bring_out.export_data import ExportRequest, export
from app.services.edit import edit
from app.services.zones.edits import make_zone
from tests.app.exchange_out.browser import chromium
from tests.app.town import a_town

pytestmark = [pytest.mark.story, pytest.mark.system(28)]
INK = "(() => {{ let n = 0; for (const t of document.querySelectorAll('#map_registry .leaflet-tile-container canvas')) {{ const b = t.getContext('2d').getImageData(0, 0, t.width, t.height).data; for (let i = 0; i < b.length; i += 4) if (b[i] === 0x27 && b[i + 1] === 0x34 && b[i + 2] === 0x3C) n++; }} return n; }})()".replace(
    "{{", "{"
).replace("}}", "}")
TICKS = "[...document.querySelectorAll('#legend label')].map((label) => label.textContent)"
SETTLE = "new Promise(done => setTimeout(() => requestAnimationFrame(() => done(1)), 300))"


@pytest.fixture
def page_file(tmp_path):
    registry = a_town(tmp_path, households={(i, 0): 500 for i in range(12)})
    make_zone(registry, ["C000001", "C000002", "C000003"])
    firm = edit.add(registry, "firms", {"name": "安居物业"}).codes[0]
    edit.set_values(registry, ["Z000001"], {"firm": firm})
    report = export(registry, tmp_path / "zones.html", ExportRequest(audience="public"))
    registry.close()
    assert {name for name in report.fields_left if name.startswith("zone.")} == {
        "zone.code", "zone.name", "zone.firm_name", "zone.compounds",
    }  # fmt: skip
    return report.path


def test_that_zones_are_drawn_named_in_the_legend_and_can_be_switched_off(page_file, tmp_path):
    with chromium(tmp_path) as browser:
        browser.open(page_file)
        browser.ask(SETTLE)
        ticks = browser.ask(TICKS)
        assert "片区" in ticks
        with_zones = browser.ask(INK)
        browser.ask(f"document.querySelectorAll('#legend label input')[{ticks.index('片区')}].click()")
        browser.ask(SETTLE)
        assert browser.ask(INK) < with_zones - 200
        assert browser.console == []
