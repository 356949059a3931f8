"""After "new" the window says what to do first, and asks at a level that exists."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from shapely.geometry import box

from app.services import edit
from app.services.profiles import load_profile
from app.services.registry import create_registry
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
