"""The window in the middle of work: another language, another theme, closed with a hand still on the keys."""

from __future__ import annotations

import pytest

from app.domain.period import today
from app.services.registry.registry import Registry

pytestmark = pytest.mark.desk


def work(program):
    """Be in the middle of something: a compound close by, a filter, a text in the search box."""
    program.go_to("C000400", "C000400")
    program.click("inspector.locate")
    program.until(lambda: program.state()["view"][2] < 3, "the map close by")
    program.settle()


def test_that_closing_while_typing_keeps_or_says_what_was_typed(program, sample):
    program.go_to("C000006", "C000006")
    program.click("inspector.edit")
    program.until(lambda: program.seen("field.name")["has_focus"], "the cursor in the name")
    program.type_into("field.households", "777")
    program.picture("typing")
    program.hands.press("Ctrl+w")
    program.check_end()
    registry = Registry.open(sample, by="tester")
    kept = registry.dataset.find("C000006").get("households")
    registry.close()
    assert kept == 777, "a number that was typed and is right is written when the window closes"


def test_that_closing_while_a_fact_is_typed_ends_well(program, sample):
    program.go_to("C000006", "C000006")
    name = "fact.fees_collected_yuan"
    program.until(lambda: program.ask("seen", "inspector.group.fees.fold"), "the section")
    program.scroll_to("inspector.group.fees.fold", "inspector.scroll")
    if not (program.ask("seen", name) or {"is_visible": False})["is_visible"]:
        program.click("inspector.group.fees.fold")
    program.scroll_to(name, "inspector.scroll")
    program.type_into(name, "34")
    program.picture("typing-a-fact")
    program.hands.press("Alt+F4")
    program.check_end()
    registry = Registry.open(sample, by="tester")
    kept = registry.dataset.fact_on("C000006", "fees_collected_yuan", today())
    registry.close()
    assert kept is not None
    assert float(kept.text("value")) == 34


def test_that_closing_while_the_file_is_still_read_ends_well(run, sample):
    program = run(sample)
    program.until(program.hands.windows, "a window")
    program.hands.close_window(program.hands.windows()[0][0])
    program.check_end()


def test_that_closing_in_the_middle_of_figures_ends_well(program):
    program.hands.press("Ctrl+j", "F5", "Ctrl+2", "Ctrl+3", "F5")
    program.hands.press("Ctrl+w")
    program.check_end()


def test_that_another_theme_and_language_leave_the_work_where_it_was(program):
    work(program)
    program.click("search.box")
    program.until(lambda: program.seen("search.box")["has_focus"], "the cursor in the search")
    program.hands.type("hpl")
    program.until(lambda: program.text("search.box") == "hpl", "a search")
    before = program.state()
    program.picture("before")
    text = "hpl"
    for action, key, value in (
        ("view.dark", "theme", "dark"),
        ("view.language", "lang", "en"),
        ("view.dark", "theme", "light"),
        ("view.language", "lang", "zh"),
    ):
        program.choose_menu("view", action)
        program.until(lambda key=key, value=value: program.state()[key] == value, f"{key} {value}")
        program.settle()
        program.rest()
        program.picture(f"{key}-{value}")
        now = program.state()
        for kept in ("selection", "view", "mode", "as_of", "measure", "by", "journal"):
            assert now[kept] == before[kept], f"{kept} after {action}"
        assert program.text("search.box") == text, f"the search after {action}"
