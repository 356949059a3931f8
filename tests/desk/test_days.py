"""Days are typed as people write them, wherever a day is asked for."""

from __future__ import annotations

import pytest

from tests.desk.program import is_on_screen

pytestmark = pytest.mark.desk

FORMS = ("2024-06-30", "2024.6.30", "20240630", "2024/6/30")


def test_that_the_header_s_day_is_typed_in_every_form_and_its_calendar_lies_on_the_screen(program):
    for form, day in zip(FORMS, ("2024-06-30",) * 4, strict=True):
        program.hands.press("Ctrl+g")
        program.until(lambda: "header.day_popup" in program.ask("names", "header."), "the day's pop-up")
        program.until(lambda: not program.state()["focus"].startswith("map"), "a field for the day")
        if form == FORMS[0]:
            program.picture("header-calendar")
        assert is_on_screen(program.seen("header.day_popup")["rect"])
        program.hands.press("Ctrl+a")
        program.hands.type(form)
        program.hands.press("Enter")
        program.until(lambda day=day: program.state()["as_of"] == day, f"{day} from {form}")
        program.until(lambda: "header.day_popup" not in program.ask("names", "header."), "the pop-up away")
        program.settle()
    program.until(lambda: "387" in program.text("strip.figure"), "387 covered")
    program.picture("as-of-2024")
    program.hands.press("Ctrl+g")
    program.until(lambda: "header.today" in program.ask("names", "header."), "the way back")
    program.click("header.today")
    program.until(lambda: program.state()["as_of"] != "2024-06-30", "today")


def test_that_the_header_refuses_a_month_that_is_not(program):
    today = program.state()["as_of"]
    program.hands.press("Ctrl+g")
    program.until(lambda: "header.day_popup" in program.ask("names", "header."), "the day's pop-up")
    program.hands.press("Ctrl+a")
    program.hands.type("2026-13-01")
    program.hands.press("Enter")
    program.rest()
    program.picture("no-such-month")
    assert program.state()["as_of"] == today
    program.hands.press("Esc")


def test_that_the_coverage_panel_takes_the_day_that_was_typed(program):
    program.hands.press("Ctrl+j")
    program.until(lambda: program.sees("coverage.as_of"), "the panel with its day")
    program.settle()
    for form, day in (("2024-06-30", "2024-06-30"), ("2023-05-15", "2023-05-15"), ("20240101", "2024-01-01")):
        program.type_into("coverage.as_of", form, "Enter")
        program.until(lambda day=day: program.state()["as_of"] == day, f"{day} from {form}")
        program.settle()
    program.click("coverage.against")
    program.until(lambda: program.state()["focus"].startswith("coverage.against"), "the cursor in it")
    program.hands.press("Ctrl+a")
    program.hands.type("2023-06-30")
    program.hands.press("Enter")
    program.until(lambda: program.state()["against"] == "2023-06-30", "the other day")
    program.picture("compared")


def test_that_a_sheet_reads_the_day_and_says_what_is_wrong_under_its_field(program):
    program.go_to("C000400", "C000400")
    program.focus_map()
    before = program.journal()
    known = {row["code"] for row in program.ask("attached", "C000400")}
    program.hands.press("b")
    program.until(lambda: program.seen("attach.what")["has_focus"], "the attach sheet")
    program.hands.type("wg")
    program.until(lambda: program.sees("attach.list") and program.rows("attach.list"), "candidates")
    program.type_into("attach.from", "2026-13-01", "Enter")
    program.until(lambda: program.sees("attach.from.error"), "what is wrong")
    program.picture("wrong-day")
    assert program.journal() == before
    program.type_into("attach.from", "2026.7.1")
    program.until(lambda: not program.sees("attach.from.error"), "the error gone with its cause")
    program.click("attach.commit")
    program.until(lambda: program.journal() == before + 1, "the attachment")
    made = program.until(
        lambda: [row for row in program.ask("attached", "C000400") if row["code"] not in known],
        "the attachment in the window",
    )
    assert [row["valid_from"] for row in made] == ["2026-07-01"]
