"""What the window shows can be done: each key, example and hint is tried."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QWidget

from tests.ui.robots.find import the
from ui.actions import ACTIONS
from ui.dialogs.keys import known_keys


def test_that_the_list_of_keys_holds_what_works_and_only_that(window):
    keys = dict(known_keys("zh"))
    for key in ("1 2 0", "F6", "Esc", "Tab", "←↑→↓", "[", "]", "Ctrl 1", "Ctrl 4"):
        assert key in keys
    for spec in ACTIONS:
        if spec.letter and not spec.shortcut:
            assert spec.letter in keys


def test_that_the_example_in_the_search_box_finds_something(window):
    box = the(QLineEdit, "search.box", inside=window.window)
    window.until(lambda: window.window.search.is_ready)
    example = box.placeholderText().split()[-1]
    assert example.isascii()
    window.type_into("search.box", example)
    results = the(QListWidget, "search.results", inside=window.window)
    window.until(results.isVisible)
    assert "没有找到" not in results.item(0).text()


def test_that_undo_and_redo_say_which_step(window):
    window.window.commands.rest_no("340102003001", "authority")
    toast = the(QLabel, "toast.text", inside=window.window)
    window.until(toast.isVisible)
    window.until(window.action("edit.undo").isEnabled)
    window.action("edit.undo").trigger()
    window.until(lambda: toast.text().startswith("已撤销："))
    window.until(window.action("edit.redo").isEnabled)
    window.action("edit.redo").trigger()
    window.until(lambda: toast.text().startswith("已重做："))


def test_that_the_first_page_offers_nothing_that_it_refuses(open_window):
    robot = open_window()
    assert not the(QWidget, "header.as_of", inside=robot.window).isEnabled()
    for mode in ("entry", "review", "check", "publish"):
        assert not robot.action(f"mode.{mode}").isEnabled()
    said = [label.text() for label in robot.window.first_run.findChildren(QLabel)]
    assert not [words for words in said if "也可以用“导入”" in words]
    assert not robot.action("registry.import").isEnabled()
