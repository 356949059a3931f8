"""Files come and go: a workbook imported from the sheet, a page exported and looked at, a file opened twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
import xlsxwriter

from tests.desk.program import ROOT

pytestmark = pytest.mark.desk


@pytest.fixture
def roster(tmp_path):
    """Return a workbook as a street sends it: two new compounds and one that is known."""
    path = tmp_path / "街道 报来.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("小区")
        rows = [
            ("代码", "小区名称", "户数", "地址"),
            ("C000001", "绣锦国际", 168, "明光路街道站前路377号"),
            ("", "和平里新村", 120, "和平路 12 号"),
            ("", "铁道小区", 80, "和平路 14 号"),
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_that_a_workbook_is_imported_from_the_sheet(program, sample, roster):
    before = program.journal()
    program.choose_menu("file", "registry.import")
    program.seen("import.dialog")
    program.paste_into("import.path", str(roster), "Enter")
    program.until(lambda: program.sees("import.counts") and "=" in program.text("import.counts"), "the plan")
    program.settle()
    program.picture("plan")
    assert program.text("import.counts") == "2 + 1 + 0 + 0 + 0 = 3 行，一行不少"
    assert program.journal() == before, "a preview writes nothing"
    program.click("import.commit")
    program.until(lambda: program.journal() == before + 1, "one change")
    program.until(lambda: program.ask("record", "C000001")["households"] == "168", "the new count")
    program.until(lambda: program.ask("count", "table.compounds") == 562, "two new rows")
    if program.sees("import.dialog"):
        program.hands.press("Esc")
        program.until(lambda: not program.sees("import.dialog"), "the end of the sheet")
    program.rest()
    program.picture("imported")
    program.close()
    told = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "history", str(sample), "--json"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    changes = json.loads(told.stdout)["changes"]
    assert len(changes) == before + 1, "what the window wrote is what another process reads"


def test_that_the_page_leaves_and_is_seen_in_a_browser(program, tmp_path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    assert browser, "install: chromium"
    page = tmp_path / "覆盖.html"
    program.hands.press("Ctrl+e")
    program.seen("export.dialog")
    format_before = program.text("export.format")
    line = next(
        row["texts"][0]
        for row in program.open_list("export.format")["rows"]
        if "HTML" in row["texts"][0] or "网页" in row["texts"][0]
    )
    program.hands.press("Esc")
    program.until(lambda: program.ask("popup") is None, "the end of the list")
    assert program.sees("export.dialog"), "Esc closed the innermost thing alone"
    assert program.text("export.format") == format_before
    if line != format_before:
        program.choose("export.format", line)
    program.paste_into("export.path", str(page))
    program.picture("export")
    program.click("export.commit")
    program.until(page.exists, "the page")
    program.until(lambda: program.sees("export.result"), "what left")
    program.settle()
    program.picture("exported")
    shot = tmp_path / "page.png"
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--window-size=1366,768",
    ]
    with (tmp_path / "browser.txt").open("wb") as said:
        subprocess.run(
            [*command, f"--user-data-dir={tmp_path / 'browser'}", f"--screenshot={shot}", page.as_uri()],
            check=True, stdout=said, stderr=said, timeout=90,
        )  # fmt: skip
    from PySide6.QtGui import QImage

    image = QImage(str(shot))
    assert (image.width(), image.height()) == (1366, 768)
    colours = {image.pixel(x, y) for x in range(0, 1366, 7) for y in range(0, 768, 7)}
    assert len(colours) > 30, "the page is blank"
    text = page.read_text("utf-8")
    assert "合成" in text
    assert "387" in text


def test_that_a_file_that_is_no_registry_is_refused_in_the_window(run, tmp_path):
    path = tmp_path / "不是台账.gpkg"
    path.write_bytes(b"no registry at all" * 100)
    program = run(path)
    program.until(lambda: program.sees("window.banner"), "what is wrong, in the window")
    program.rest_of_start()
    program.picture("refused")
    assert "不是台账" in program.text("window.banner.text")
    program.close()


def test_that_a_file_opened_twice_raises_the_window_that_has_it(program, sample):
    first = program.hands.windows()
    assert len(first) == 1
    program.hands.minimise(first[0][0])
    program.until(lambda: not program.state()["is_active"], "the window put away")
    second = program.start(sample, socket_name="probe-of-the-second")
    program.until(lambda: second.poll() is not None, "the end of the second start")
    assert second.returncode == 0
    program.until(lambda: program.state()["is_active"], "the first window in front")
    assert program.hands.windows() == first, "no second window stays"
    program.picture("raised")


def test_that_a_double_click_s_address_opens_the_file(run, sample):
    program = run(sample.as_uri()).wait_until_open()
    assert program.state()["title"].startswith("瑶海.gpkg")
    assert program.ask("count", "table.compounds") == 560
    program.close()
