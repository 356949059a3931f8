"""What is being typed belongs to the record it was typed for, whichever way the hand leaves it."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.domain.period import today
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from tests.ui.robots.small import write_small

FEES = "fact.fees_collected_yuan"
MINE, OTHER = "C000001", "C000002"


def the_box(window, name=FEES) -> QLineEdit:
    return the(QLineEdit, name, inside=window.window)


def settle(window) -> None:
    window.until(lambda: not window.window.tasks.is_busy)


def typed(window, text="34"):
    """Choose a compound and type into one of its facts, without leaving it."""
    window.pick(MINE)
    settle(window)
    box = the_box(window)
    window.window.inspector.page.groups.open_for(box)
    box.setFocus()
    QTest.keyClicks(box, text)
    return box


def fees(registry, code):
    fact = registry.dataset.fact_on(code, "fees_collected_yuan", today())
    return None if fact is None else float(fact.text("value"))


def written(registry) -> list[str]:
    return [c.verb for c in registry.history() if c.verb == "set"]


def by_bracket(window):
    window.action("compound.next").trigger()


def by_map(window):
    window.canvas.select([OTHER])


def by_table(window):
    window.pick(OTHER)


def by_tree(window):
    window.places.setCurrentIndex(window.tree_index(OTHER))


def by_search(window):
    window.until(lambda: bool(window.window.search.find("c000002")))
    window.type_into("search.box", "c000002")
    window.press("Enter")


def by_undo(window):
    window.window.context.undo()


def by_several(window):
    window.window.context.select([OTHER, "C000003"], "test")


def by_nothing(window):
    window.window.context.select([], "test")


def by_mode(window):
    window.action("mode.publish").trigger()


def by_language(window):
    window.action("view.language").trigger()


def by_theme(window):
    window.action("view.dark").trigger()


def by_day(window):
    window.window.context.set_as_of(today().replace(year=2025))


def by_other_window(window):
    QTest.keyClick(window.window, Qt.Key.Key_F5)
    window.window.context.leaving.emit()


WAYS = (
    by_bracket,
    by_map,
    by_table,
    by_tree,
    by_search,
    by_several,
    by_nothing,
    by_other_window,
    by_theme,
    by_mode,
    by_language,
    by_day,
)


def test_that_text_goes_to_the_record_it_was_typed_for(window):
    registry = window.window.context.registry
    for count, way in enumerate(WAYS, 1):
        window.action("mode.entry").trigger()
        window.window.context.select([], "test")
        box = typed(window)
        box.selectAll()
        QTest.keyClicks(box, str(40 + count))
        way(window)
        window.press("Enter")
        window.until(lambda count=count: fees(registry, MINE) == 40 + count)
        settle(window)
        assert fees(registry, OTHER) is None
        assert written(registry) == ["set"] * count, way.__name__  # once, however often it was left
        if window.window.context.selection == [OTHER]:
            assert the_box(window).text() == ""


def test_that_enter_and_leaving_write_once(window):
    registry = window.window.context.registry
    box = typed(window)
    QTest.keyClick(box, Qt.Key.Key_Return)
    window.canvas.setFocus()
    window.window.context.select([OTHER], "test")
    window.until(lambda: fees(registry, MINE) == 34)
    settle(window)
    assert written(registry) == ["set"]


def test_that_a_step_taken_back_leaves_what_is_being_typed(window):
    registry = window.window.context.registry
    window.pick(MINE)
    window.canvas.setFocus()
    window.press("T", "2")
    window.until(lambda: written(registry) == ["set"])
    settle(window)
    box = typed(window)
    by_undo(window)
    window.until(lambda: registry.dataset.fact_on(MINE, "property_firm", today()) is None)
    settle(window)
    assert box.text() == "34"
    window.window.context.select([OTHER], "test")
    window.until(lambda: fees(registry, MINE) == 34)


@pytest.mark.parametrize("way", [by_map, by_mode])
def test_that_refused_text_is_told_with_the_record_it_was_for(window, way):
    told: list[Exception] = []
    window.window.context.refused.connect(told.append)
    typed(window, "many")
    way(window)
    settle(window)
    registry = window.window.context.registry
    assert fees(registry, MINE) is None
    if window.window.context.selection == [MINE]:
        assert window.label(f"{FEES}.error")
    else:
        assert len(told) == 1
        assert "大关东一苑" in str(told[0])
        assert "many" in str(told[0])


def test_that_the_fields_of_a_record_are_its_own(window):
    registry = window.window.context.registry
    window.pick(MINE)
    settle(window)
    window.window.inspector.open_fields()
    box = the_box(window, "field.address")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "Lu 9")
    window.canvas.select([OTHER])
    assert box.text() == "临泉路 2 号"
    window.until(lambda: registry.dataset.find(MINE).text("address") == "Lu 9")
    settle(window)
    assert registry.dataset.find(OTHER).text("address") == "临泉路 2 号"
    assert written(registry) == ["set"]


def test_that_the_hand_is_in_the_name_when_the_fields_open(window):
    window.pick(MINE)
    settle(window)
    window.window.activateWindow()
    window.window.inspector.page.identity.edit_button.click()
    assert window.focus() == "field.name"


def test_that_closing_writes_first(open_window, registry_path):
    window = open_window(registry_path).wait_for_registry()
    typed(window)
    assert window.window.close()
    registry = Registry.open(registry_path, by="tester")
    assert fees(registry, MINE) == 34
    assert fees(registry, OTHER) is None
    registry.close()


def test_that_closing_over_refused_text_says_so_once(open_window, registry_path):
    window = open_window(registry_path).wait_for_registry()
    typed(window, "many")
    assert not window.window.close()
    window.until(lambda: bool(window.label(f"{FEES}.error")))
    assert the_box(window).text() == "many"
    assert window.window.close()


def test_that_another_registry_never_gets_it(open_window, registry_path, tmp_path):
    second = write_small(tmp_path / "second.gpkg")
    window = open_window(registry_path).wait_for_registry()
    typed(window)
    window.window.open_path(second)
    window.until(lambda: window.window.context.registry.path == second)
    window.wait_for_registry()
    settle(window)
    assert fees(window.window.context.registry, MINE) is None
    copy = tmp_path / "copy.gpkg"
    shutil.copy(registry_path, copy)
    first = Registry.open(copy, by="tester")
    assert fees(first, MINE) == 34
    first.close()


def test_that_backspace_takes_back_the_last_step_of_this_fact_alone(window):
    registry = window.window.context.registry
    window.pick(MINE)
    window.canvas.setFocus()
    window.press("T", "2")
    window.until(lambda: len(written(registry)) == 1)
    window.pick(OTHER)
    window.canvas.setFocus()
    window.press("T", "2")
    window.until(lambda: len(written(registry)) == 2)
    window.pick(MINE)
    settle(window)
    window.canvas.setFocus()
    window.press("T")
    QTest.keyClick(window.box("fact.property_firm"), Qt.Key.Key_Backspace)
    window.until(lambda: registry.dataset.fact_on(MINE, "property_firm", today()) is None)
    assert registry.dataset.fact_on(OTHER, "property_firm", today()).text("value") == "no"


def test_that_text_typed_for_many_is_not_kept_for_others(window):
    context = window.window.context
    context.select([MINE, OTHER], "test")
    bulk = window.window.inspector.bulk
    bulk.fact.setCurrentIndex(bulk.fact.findData("fees_collected_yuan"))
    the_box(window, "bulk.typed").setText("34")
    context.select([OTHER, "C000003"], "test")
    assert the_box(window, "bulk.typed").text() == ""
