"""The grid worker's morning: facts by keyboard, attach, detach with a day and a reason, one fact for many."""

from __future__ import annotations

import pytest

from tests.desk.program import middle

pytestmark = pytest.mark.desk

ANSWERS = (("property_firm", "1", "yes"), ("authority", "2", "no"), ("defence_people", "0", "unknown"))


def found(program, is_it):
    """Return the first compound of which something is so."""
    return next(code for number in range(1, 560) if is_it(code := f"C{number:06d}"))


def answered_otherwise(program):
    """Return a compound to which each of the three answers is news."""
    return found(
        program,
        lambda code: all(program.ask("fact", code, key) not in {value, None} for key, _, value in ANSWERS),
    )


def without_organisation(program):
    """Return a compound to which nothing is attached."""
    return found(program, lambda code: not program.ask("attached", code))


def test_that_three_facts_are_answered_with_three_keys(program):
    code = answered_otherwise(program)
    people = program.ask("fact", code, "defence_people")
    program.go_to(code, code)
    program.focus_map()
    before = program.journal()
    program.hands.press("t")
    program.until(lambda: program.state()["focus"] == "fact.property_firm", "the first answer")
    program.picture("before-answers")
    for done, (key, letter, value) in enumerate(ANSWERS, 1):
        program.hands.press(letter)
        program.until(lambda key=key, value=value: program.ask("fact", code, key) == value, f"{key} {value}")
        program.until(lambda done=done: program.journal() == before + done, f"{done} steps")
    program.rest()
    program.picture("three-answers")
    assert program.journal() == before + 3
    assert program.seen("three_no.status")["text"].startswith("判定")
    program.hands.press("Ctrl+z")
    program.until(lambda: program.journal() == before + 4, "the step taken back")
    program.until(lambda: program.ask("fact", code, "defence_people") == people, "the answer taken back")


def test_that_one_fact_is_set_for_five_rows_chosen_in_the_table(program):
    before = program.journal()
    program.hands.press("Ctrl+j")
    program.open_tab("小区表")
    program.until(lambda: program.sees("table.compounds") and program.rows("table.compounds"), "the table")
    rows = [row for row in program.rows("table.compounds") if row["is_whole"]][:5]
    program.hands.click(*middle(rows[0]["rects"][0]))
    program.until(lambda: len(program.state()["selection"]) == 1, "one row")
    program.hands.press("Shift+Down", "Shift+Down", "Shift+Down", "Shift+Down")
    program.until(lambda: len(program.state()["selection"]) == 5, "five rows")
    codes = program.state()["selection"]
    assert sorted(codes) == sorted(row["code"] for row in rows)
    assert program.text("bulk.count") == "已选 5 个"
    program.choose("bulk.fact", "自治活动")
    program.choose("bulk.value", "有")
    program.picture("bulk")
    program.click("bulk.commit")
    program.until(
        lambda: all(program.ask("fact", code, "activities") == "yes" for code in codes), "five answers"
    )
    program.rest()
    assert program.journal() == before + 1, "one change for all"
    program.picture("bulk-done")


def test_that_a_branch_is_attached_and_detached_with_a_day_and_a_reason(program):
    code = without_organisation(program)
    program.go_to(code, code)
    program.focus_map()
    before = program.journal()
    program.hands.press("b")
    program.until(lambda: program.seen("attach.what")["has_focus"], "the attach sheet")
    program.hands.type("wg")
    program.until(lambda: program.sees("attach.list") and program.rows("attach.list"), "candidates")
    program.picture("attach")
    program.hands.press("Enter")
    program.until(lambda: program.journal() == before + 1, "the attachment")
    program.until(lambda: not program.sees("attach.dialog"), "the end of the sheet")
    attachment = program.ask("attached", code)[0]["code"]
    button = f"inspector.detach.{attachment}"
    program.until(lambda: program.ask("names", button), "the button that ends it")
    program.scroll_to(button, "inspector.scroll")
    program.click(button)
    program.until(
        lambda: program.state()["focus"] not in {"map.canvas", button, "inspector.scroll", ""}, "the day"
    )
    assert program.journal() == before + 1, "nothing is ended before day and reason are given"
    day = program.state()["focus"]
    program.picture("detach-day")
    program.hands.press("Enter")
    program.until(lambda: program.state()["focus"] not in {day, ""}, "the reason's field")
    assert program.text(program.state()["focus"]) == ""
    program.hands.press("Enter")
    program.rest()
    assert program.journal() == before + 1, "no reason, no end"
    program.hands.copy("支部并入社区党委")
    program.hands.press("Ctrl+v")
    program.until(lambda: program.text(program.state()["focus"]) == "支部并入社区党委", "the reason")
    program.picture("detach-reason")
    program.hands.press("Enter")
    program.until(lambda: program.journal() == before + 2, "the end of the attachment")
    assert program.ask("journal")[0]["why"] == "支部并入社区党委"
    program.rest()
    program.picture("detached")
    assert program.state()["selection"] == [code]
