"""After "new" the window says what to do first, and asks at a level that exists."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget
from shapely.geometry import box

from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.ui.robots.find import the


def test_that_the_four_steps_stand_on_the_empty_map_and_go_when_there_is_a_compound(open_window, tmp_path):
    path = tmp_path / "new.gpkg"
    create_registry(path, load_profile("yaohai")).close()
    robot = open_window(path)
    robot.until(lambda: robot.window.context.registry is not None)
    steps = the(QWidget, "steps", inside=robot.window)
    robot.until(steps.isVisible)
    the(QPushButton, "steps.borders", inside=robot.window).click()
    robot.until(lambda: bool(robot.window.findChildren(QDialog, "import.dialog")))
    context = robot.window.context
    context.edit(
        lambda _t: edit.add(
            context.registry, "compounds", {"name": "甲", "geometry": box(117, 31, 117.01, 31.01)}
        ),
        context.measure_words(),
    )
    robot.until(lambda: not steps.isVisible())


@pytest.mark.parametrize("state", ["nothing open", "a past day", "to read only"])
def test_that_a_new_registry_is_made_whatever_is_open(open_window, registry_path, tmp_path, state):
    robot = open_window(None if state == "nothing open" else registry_path)
    context = robot.window.context
    if state != "nothing open":
        robot.wait_for_registry()
    if state == "a past day":
        context.set_as_of(date(2025, 6, 1))
    if state == "to read only":
        context.registry.is_read_only = True
    the(QAction, "registry.new", inside=robot.window).trigger()
    robot.until(lambda: bool(robot.window.findChildren(QDialog, "new.dialog")))
    the(QLineEdit, "new.path", inside=robot.window).setText(str(tmp_path / "另一本"))
    the(QPushButton, "new.commit", inside=robot.window).click()
    robot.until(lambda: context.registry is not None and context.registry.path.stem == "另一本")


def test_that_nothing_is_called_saved_by_a_sentence(open_window, registry_path):
    robot = open_window(registry_path).wait_for_registry()
    context = robot.window.context
    context.registry.is_read_only = True
    context.registry_opened.emit()
    saved = the(QLabel, "status.saved", inside=robot.window)
    said = saved.text()
    context.said.emit(context.lock)
    assert saved.text() == said
